"""A mirror's view and its log, over Home Assistant's websocket, as docs/websocket.md says."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import voluptuous as vol
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.messages import construct_event_message
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.json import json_bytes

from .const import DOMAIN, OWN_ACTIONS
from .coordinator import SIGNAL_DECISION, SIGNAL_EVENTS, SIGNAL_VIEW, MiraConfigEntry, MiraCoordinator
from .display import CONF_DISPLAY, SettingsError, changed_display, display_of
from .errors import MiraError
from .event_log import event_filter
from .frontend import DATA_VERSION
from .models import Event
from .pins import PIN_ACTIONS
from .services import EVENT_FIELDS, EVENT_TYPES, wanted_events
from .view import view_of


@callback
def async_setup_websocket(hass: HomeAssistant) -> None:
    """Register the commands."""
    websocket_api.async_register_command(hass, websocket_subscribe)
    websocket_api.async_register_command(hass, websocket_events)
    websocket_api.async_register_command(hass, websocket_command)
    websocket_api.async_register_command(hass, websocket_unlock)
    websocket_api.async_register_command(hass, websocket_configure_display)


@websocket_api.websocket_command(
    {
        vol.Required("type"): "mira/subscribe",
        vol.Optional("entry_id"): str,
        vol.Optional("live", default=False): bool,
    }
)
@callback
def websocket_subscribe(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    """Send a mirror's view now and after each change, each decision as it is made, and where wanted what is seen live.

    Subscribers hang on signals of the integration, not on a coordinator, so a reload of the entry
    goes on where it stopped: `connected` is false in between. Who named no entry and whose mirror
    was removed gets the next one that is set up. Error `not_found`: no such mirror is loaded.
    """
    entry = _entry(hass, msg.get("entry_id"))
    if entry is None:
        _send_not_found(connection, msg)
        return
    follows = _follow_one(hass, entry.entry_id, forever="entry_id" in msg)

    followed: MiraCoordinator | None = None

    @callback
    def send_view(coordinator: MiraCoordinator) -> None:
        nonlocal followed
        if not follows(coordinator):
            return
        connection.send_message(construct_event_message(msg["id"], _encoded_view(coordinator)))
        if msg["live"]:
            followed = coordinator
            coordinator.async_listen_live(send_live)

    @callback
    def send_live(live: bytes) -> None:
        connection.send_message(construct_event_message(msg["id"], live))

    @callback
    def send_decision(coordinator: MiraCoordinator, event: Event) -> None:
        if follows(coordinator):
            connection.send_event(msg["id"], {"type": "event", "event": event.document})

    stop_views = async_dispatcher_connect(hass, SIGNAL_VIEW, send_view)
    stop_decisions = async_dispatcher_connect(hass, SIGNAL_DECISION, send_decision)

    @callback
    def unsubscribe() -> None:
        stop_views()
        stop_decisions()
        if followed:
            followed.async_unlisten_live(send_live)

    connection.subscriptions[msg["id"]] = unsubscribe
    connection.send_result(msg["id"])
    send_view(entry.runtime_data)


@websocket_api.websocket_command(
    {
        vol.Required("type"): "mira/events",
        vol.Optional("entry_id"): str,
        vol.Optional("event_type", default=list): EVENT_TYPES,
        **EVENT_FIELDS,
        vol.Optional("subscribe", default=False): bool,
    }
)
@websocket_api.async_response
async def websocket_events(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """A page of the log, newest first; with `subscribe`, then each new event that fits: none twice, none left out.

    After an outage the events of that time come, too. Error `not_found`: no such mirror is loaded; any other code:
    Redis cannot be read.
    """
    entry = _entry(hass, msg.get("entry_id"))
    if entry is None:
        _send_not_found(connection, msg)
        return
    client, wanted = entry.runtime_data.client, wanted_events(msg, msg["event_type"])
    before_seq: int | None = msg.get("cursor")
    answered: Callable[[], None] | None = None
    if msg["subscribe"]:
        answered = _send_new_events(hass, connection, msg, entry.entry_id, event_filter(**wanted))
        if before_seq is None and client.read_to is not None:
            before_seq = client.read_to + 1  # what comes after is sent as new
    try:
        page = await client.log.page(before_seq=before_seq, limit=msg["limit"], **wanted)
    except MiraError as err:
        if unsubscribe := connection.subscriptions.pop(msg["id"], None):
            unsubscribe()
        connection.send_error(msg["id"], err.code, str(err))
        return
    events = [event.document for event in page.events]
    connection.send_result(msg["id"], {"events": events, "cursor": page.before_seq})
    if answered:
        answered()


@callback
def _send_new_events(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
    entry_id: str,
    fits: Callable[[Event], bool],
) -> Callable[[], None]:
    """Collect a mirror's new events from now on; send them once what is returned has been called."""
    follows = _follow_one(hass, entry_id, forever="entry_id" in msg)
    held: list[Event] | None = []

    @callback
    def send(events: Sequence[Event]) -> None:
        if documents := [event.document for event in events if fits(event)]:
            connection.send_event(msg["id"], {"events": documents})

    @callback
    def happened(coordinator: MiraCoordinator, events: Sequence[Event]) -> None:
        if not follows(coordinator):
            return
        if held is None:
            send(events)
        else:
            held.extend(events)

    @callback
    def answered() -> None:
        nonlocal held
        send(held or ())
        held = None

    connection.subscriptions[msg["id"]] = async_dispatcher_connect(hass, SIGNAL_EVENTS, happened)
    return answered


@websocket_api.websocket_command(
    {
        vol.Required("type"): "mira/command",
        vol.Optional("entry_id"): str,
        vol.Required("action"): vol.All(str, vol.Length(1, 64)),
        # Whatever it is: what is refused here Home Assistant would write into its log.
        vol.Optional("payload", default=dict): object,
        vol.Optional("confirm", default=False): bool,
    }
)
@websocket_api.async_response
async def websocket_command(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Ask for what was tapped on the mirror; the result is the decision, as `mira.send_command` answers.

    The display's own way: whoever calls a Home Assistant action is not in front of the mirror. Error `not_found`: no
    such mirror is loaded; `invalid_format`: the payload is no object; `not_allowed`: the mirror asks this of itself,
    or it takes a PIN, for which there is `mira/unlock`.
    """
    entry = _entry(hass, msg.get("entry_id"))
    if entry is None:
        _send_not_found(connection, msg)
    elif msg["action"] in PIN_ACTIONS | OWN_ACTIONS:
        connection.send_error(msg["id"], websocket_api.ERR_NOT_ALLOWED, f"{msg['action']} cannot be tapped.")
    elif not isinstance(msg["payload"], dict):
        connection.send_error(msg["id"], websocket_api.ERR_INVALID_FORMAT, "The payload is no object.")
    else:
        await _async_tap(connection, msg, entry, msg["action"], msg["payload"], confirm=msg["confirm"])


async def _async_tap(
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
    entry: MiraConfigEntry,
    action: str,
    payload: dict[str, Any],
    *,
    confirm: bool = False,
) -> None:
    """Ask for somebody in front of the mirror, and send the decision."""
    decision = await entry.runtime_data.async_send(
        action, payload, context=connection.context(msg), source="touch", confirm=confirm
    )
    connection.send_result(msg["id"], asdict(decision))


@websocket_api.websocket_command(
    {
        vol.Required("type"): "mira/unlock",
        vol.Optional("entry_id"): str,
        # Whatever it is: what is refused here Home Assistant would write into its log.
        vol.Required("pin"): object,
    }
)
@websocket_api.async_response
async def websocket_unlock(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Give a PIN that was tapped on the glass; the result is the decision, as `mira.send_command` answers.

    No Home Assistant action: the recorder keeps the data of every call. Error `not_found`: no such mirror is loaded.
    """
    entry = _entry(hass, msg.get("entry_id"))
    if entry is None:
        _send_not_found(connection, msg)
        return
    await _async_tap(connection, msg, entry, "unlock", {"pin": str(msg["pin"])})


@websocket_api.websocket_command(
    {
        vol.Required("type"): "mira/display/configure",
        vol.Optional("entry_id"): str,
        vol.Required("display"): dict,
    }
)
@websocket_api.require_admin
@callback
def websocket_configure_display(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Settle what a mirror's displays show; they follow at once. The result is all that is settled then.

    Error `bad_settings`: they are refused with a sentence; `not_found`: no such mirror is loaded.
    """
    entry = _entry(hass, msg.get("entry_id"))
    if entry is None:
        _send_not_found(connection, msg)
        return
    try:
        display = changed_display(entry, msg["display"])
    except SettingsError as err:
        connection.send_error(msg["id"], "bad_settings", str(err))
        return
    hass.config_entries.async_update_entry(entry, options={**entry.options, CONF_DISPLAY: display})
    entry.runtime_data.async_publish()
    connection.send_result(msg["id"], {"display": display})


def _send_not_found(connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    connection.send_error(msg["id"], websocket_api.ERR_NOT_FOUND, "No mirror is set up, or it is not loaded.")


def _entry(hass: HomeAssistant, entry_id: str | None) -> MiraConfigEntry | None:
    """The loaded entry of this id, or the first one."""
    entries: list[MiraConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return next((entry for entry in entries if entry_id in (None, entry.entry_id)), None)


def _follow_one(hass: HomeAssistant, entry_id: str, *, forever: bool) -> Callable[[MiraCoordinator], bool]:
    """A test whether a coordinator is that of the mirror to follow."""
    followed = entry_id

    def follows(coordinator: MiraCoordinator) -> bool:
        nonlocal followed
        entry = coordinator.config_entry
        if not forever and hass.config_entries.async_get_entry(followed) is None and _is_up(entry):
            followed = entry.entry_id
        return entry.entry_id == followed

    return follows


def _is_up(entry: MiraConfigEntry) -> bool:
    return entry.state in (ConfigEntryState.SETUP_IN_PROGRESS, ConfigEntryState.LOADED)


def _encoded_view(coordinator: MiraCoordinator) -> bytes:
    """The view in JSON, made once for all subscribers."""
    if coordinator.encoded_view is None:
        shown = {
            "display": display_of(coordinator.config_entry),
            "frontend": coordinator.hass.data.get(DATA_VERSION),
        }
        coordinator.encoded_view = json_bytes({"type": "view", **view_of(coordinator), **shown})
    return coordinator.encoded_view
