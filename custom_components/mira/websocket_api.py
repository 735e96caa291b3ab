"""A mirror's view and its log, over Home Assistant's websocket, as docs/websocket.md says."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import voluptuous as vol
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.messages import construct_event_message
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.json import json_bytes

from .client.event_log import event_filter
from .const import CONF_MIRROR, DOMAIN, OWN_ACTIONS, PEOPLE_ACTIONS
from .coordinator import (
    SIGNAL_DECISION,
    SIGNAL_EVENTS,
    SIGNAL_VIEW,
    SIGNAL_VOICE,
    LiveListener,
    MiraConfigEntry,
    MiraCoordinator,
    translated,
)
from .device import distinct_names
from .display_settings import CONF_DISPLAY, SettingsError, changed_display, display_of, shows_words
from .errors import MiraError
from .frontend import DATA_VERSION
from .helpers import MirrorError, all_mirrors, find_mirror, is_loaded
from .models.event import Event
from .permissions import Reader, may_hear
from .pin_redaction import PIN_ACTIONS, pin_payload
from .services import EVENT_FIELDS, EVENT_TYPES, wanted_events
from .shown_view import ShownView
from .translation import sentence

WHICH: Final[Mapping[vol.Marker, Any]] = {
    vol.Exclusive("entry_id", "which"): str,
    # As an address names it, by its entry, its id or its name; or several names, of which the first known one counts.
    vol.Exclusive("mirror", "which"): vol.All(cv.ensure_list, [str]),
}


@callback
def async_setup_websocket(hass: HomeAssistant) -> None:
    """Register the commands."""
    websocket_api.async_register_command(hass, websocket_mirrors)
    websocket_api.async_register_command(hass, websocket_subscribe)
    websocket_api.async_register_command(hass, websocket_levels)
    websocket_api.async_register_command(hass, websocket_speech)
    websocket_api.async_register_command(hass, websocket_air)
    websocket_api.async_register_command(hass, websocket_events)
    websocket_api.async_register_command(hass, websocket_command)
    websocket_api.async_register_command(hass, websocket_unlock)
    websocket_api.async_register_command(hass, websocket_set_pin)
    websocket_api.async_register_command(hass, websocket_configure_display)


@websocket_api.websocket_command({vol.Required("type"): "mira/mirrors"})
@callback
def websocket_mirrors(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    """The mirrors that are set up: for a display to be told whose it is."""
    known = [
        {
            "entry_id": entry.entry_id,
            "id": entry.data[CONF_MIRROR],
            "name": name,
            "loaded": is_loaded(entry),
        }
        for name, entry in distinct_names(hass, all_mirrors(hass)).items()
    ]
    connection.send_result(msg["id"], {"mirrors": known})


@websocket_api.websocket_command(
    {
        vol.Required("type"): "mira/subscribe",
        **WHICH,
        vol.Optional("live", default=False): bool,
        vol.Optional("patches", default=False): bool,
        vol.Optional("voice", default=False): bool,
    }
)
@callback
def websocket_subscribe(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    """Send a mirror's view now and after each change, each decision as it is made, and where wanted what is seen live.

    What is being said comes where it is wanted, and only to those who may read all.

    With `patches`, what follows the first view is its difference from the one before, as far as this reader was shown
    that and may see this.

    Subscribers hang on signals of the integration, not on a coordinator, so a reload of the entry goes on where it
    stopped: `connected` is false in between. A mirror that was removed and is added again goes on, too; none takes its
    place.
    """
    entry = entry_of(hass, connection, msg)
    if entry is None:
        return
    follows = _follows(entry)

    followed: MiraCoordinator | None = None
    shown: ShownView | None = None

    @callback
    def send_view(coordinator: MiraCoordinator) -> None:
        nonlocal followed, shown
        if not follows(coordinator):
            return
        view = _shown_view(coordinator, Reader.of(connection.user))
        content = view.since(shown) if shown and msg["patches"] else view.whole
        shown = view
        # The time is that of sending: the view itself may have been made for another subscriber, hours ago.
        now = json_bytes({"now": coordinator.client.now()})
        connection.send_message(construct_event_message(msg["id"], b"%b,%b" % (content[:-1], now[1:])))
        if msg["live"]:
            followed = coordinator
            coordinator.async_listen_live(send_live)

    @callback
    def send_live(live: bytes) -> None:
        connection.send_message(construct_event_message(msg["id"], live))

    send_voice = _voice(connection, msg, follows)
    stops = (
        async_dispatcher_connect(hass, SIGNAL_VIEW, send_view),
        async_dispatcher_connect(hass, SIGNAL_DECISION, _decisions(connection, msg, follows)),
        async_dispatcher_connect(hass, SIGNAL_VOICE, send_voice),
    )

    @callback
    def unsubscribe() -> None:
        for stop in stops:
            stop()
        if followed:
            followed.async_unlisten_live(send_live)

    connection.subscriptions[msg["id"]] = unsubscribe
    connection.send_result(msg["id"])
    send_view(entry.runtime_data)
    if not entry.runtime_data.voice.is_idle:
        send_voice(entry.runtime_data)


@websocket_api.websocket_command({vol.Required("type"): "mira/levels", **WHICH})
@callback
def websocket_levels(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    """Send how loud it is at a mirror's microphones, five times a second: it is measured while somebody asks for it."""
    _follow_live(hass, connection, msg, MiraCoordinator.async_listen_levels)


@websocket_api.websocket_command({vol.Required("type"): "mira/speech", **WHICH})
@callback
def websocket_speech(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    """Send how loud a mirror speaks, ten times a second while it does."""
    _follow_live(hass, connection, msg, MiraCoordinator.async_listen_speech)


@websocket_api.websocket_command({vol.Required("type"): "mira/air", **WHICH})
@callback
def websocket_air(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    """Send what the air is like in the rooms of a mirror with windows, now and whenever that changes."""
    _follow_live(hass, connection, msg, MiraCoordinator.async_listen_air)


def _follow_live(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
    listen: Callable[[MiraCoordinator, LiveListener], CALLBACK_TYPE],
) -> None:
    """Send what is so live; it goes on after a reload of the entry."""
    entry = entry_of(hass, connection, msg)
    if entry is None:
        return
    follows = _follows(entry)

    @callback
    def send(live: bytes) -> None:
        connection.send_message(construct_event_message(msg["id"], live))

    followed = entry.runtime_data
    leave = listen(followed, send)

    @callback
    def follow(coordinator: MiraCoordinator) -> None:
        nonlocal followed, leave
        if follows(coordinator) and coordinator is not followed:
            leave()
            followed, leave = coordinator, listen(coordinator, send)

    stop = async_dispatcher_connect(hass, SIGNAL_VIEW, follow)

    @callback
    def unsubscribe() -> None:
        stop()
        leave()

    connection.subscriptions[msg["id"]] = unsubscribe
    connection.send_result(msg["id"])


def _decisions(
    connection: websocket_api.ActiveConnection, msg: dict[str, Any], follows: Callable[[MiraCoordinator], bool]
) -> Callable[[MiraCoordinator, Event], None]:
    """A listener that sends each decision as it is made."""

    @callback
    def send(coordinator: MiraCoordinator, event: Event) -> None:
        if follows(coordinator):
            reader = Reader.of(connection.user)  # each time: rights may have been given or taken meanwhile
            connection.send_event(msg["id"], {"type": "event", "event": reader.event(event.document)})

    return send


def _voice(
    connection: websocket_api.ActiveConnection, msg: dict[str, Any], follows: Callable[[MiraCoordinator], bool]
) -> Callable[[MiraCoordinator], None]:
    """A listener that sends what is being said, where it is wanted, to those who may hear it."""

    @callback
    def send(coordinator: MiraCoordinator) -> None:
        if msg["voice"] and follows(coordinator) and may_hear(connection.user):
            said = coordinator.voice.message(words=shows_words(coordinator.config_entry))
            connection.send_message(construct_event_message(msg["id"], said))

    return send


@websocket_api.websocket_command(
    {
        vol.Required("type"): "mira/events",
        **WHICH,
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

    After an outage the events of that time come, too. Where Redis cannot be read, the error says why.
    """
    entry = entry_of(hass, connection, msg)
    if entry is None:
        return
    client, wanted = entry.runtime_data.client, wanted_events(msg, msg["event_type"])
    before_seq: int | None = msg.get("cursor")
    answered: Callable[[], None] | None = None
    if msg["subscribe"]:
        answered = _send_new_events(hass, connection, msg, entry, event_filter(**wanted))
        if before_seq is None and client.read_to is not None:
            before_seq = client.read_to + 1  # what comes after is sent as new
    try:
        page = await client.log.page(before_seq=before_seq, limit=msg["limit"], **wanted)
    except MiraError as err:
        if unsubscribe := connection.subscriptions.pop(msg["id"], None):
            unsubscribe()
        error = HomeAssistantError(**translated(err))
        send_error(connection, msg, err.code, error)
        return
    reader = Reader.of(connection.user)
    events = [reader.event(event.document) for event in page.events]
    connection.send_result(msg["id"], {"events": events, "cursor": page.before_seq})
    if answered:
        answered()


@callback
def _send_new_events(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    msg: dict[str, Any],
    entry: MiraConfigEntry,
    fits: Callable[[Event], bool],
) -> Callable[[], None]:
    """Collect a mirror's new events from now on; send them once what is returned has been called."""
    follows = _follows(entry)
    held: list[Event] | None = []

    @callback
    def send(events: Sequence[Event]) -> None:
        reader = Reader.of(connection.user)
        if documents := [reader.event(event.document) for event in events if fits(event)]:
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
        **WHICH,
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

    The display's own way: whoever calls a Home Assistant action is not in front of the mirror. Error `invalid_format`:
    the payload is no object; `not_allowed`: the mirror asks this of itself, it takes a PIN, for which there are
    `mira/unlock` and `mira/set_pin`, or it is about people, for whom there is `mira/people`.
    """
    entry = entry_of(hass, connection, msg)
    if entry is None:
        return
    if msg["action"] in PIN_ACTIONS | OWN_ACTIONS | PEOPLE_ACTIONS:
        error = ServiceValidationError(translation_domain=DOMAIN, translation_key="refused_not_allowed")
        send_error(connection, msg, websocket_api.ERR_NOT_ALLOWED, error)
    elif not isinstance(msg["payload"], dict):
        error = ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="invalid_not_an_object",
            translation_placeholders={"field": "payload"},
        )
        send_error(connection, msg, websocket_api.ERR_INVALID_FORMAT, error)
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
    connection.send_result(msg["id"], decision.answer(sentence(entry.runtime_data.hass, decision)))


@websocket_api.websocket_command(
    {
        vol.Required("type"): "mira/unlock",
        **WHICH,
        # Whatever it is: what is refused here Home Assistant would write into its log.
        vol.Required("pin"): object,
    }
)
@websocket_api.async_response
async def websocket_unlock(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Give a PIN that was tapped on the glass; the result is the decision, as `mira.send_command` answers.

    No Home Assistant action: the recorder keeps the data of every call.
    """
    entry = entry_of(hass, connection, msg)
    if entry is None:
        return
    await _async_tap(connection, msg, entry, "unlock", {"pin": str(msg["pin"])})


@websocket_api.websocket_command(
    {
        vol.Required("type"): "mira/set_pin",
        **WHICH,
        # Whatever they are: what is refused here Home Assistant would write into its log.
        vol.Optional("pin"): object,
        vol.Optional("current"): object,
        vol.Optional("person"): str,
        vol.Optional("opens"): vol.Any(None, [str]),
    }
)
@websocket_api.require_admin
@websocket_api.async_response
async def websocket_set_pin(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Set, change or remove the PIN, or that of a person, on the settings page; the result is the decision.

    No tap: whoever opens that page does not have to be in front of the mirror.
    """
    entry = entry_of(hass, connection, msg)
    if entry is None:
        return
    payload = pin_payload(msg) | {name: msg[name] for name in ("person", "opens") if name in msg}
    decision = await entry.runtime_data.async_send("set_pin", payload, context=connection.context(msg))
    connection.send_result(msg["id"], decision.answer(sentence(hass, decision)))


@websocket_api.websocket_command(
    {
        vol.Required("type"): "mira/display/configure",
        **WHICH,
        vol.Required("display"): dict,
    }
)
@websocket_api.require_admin
@callback
def websocket_configure_display(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> None:
    """Settle what a mirror's displays show; they follow at once. The result is all that is settled then.

    Error `bad_settings`: they are refused.
    """
    entry = entry_of(hass, connection, msg)
    if entry is None:
        return
    try:
        display = changed_display(hass, entry, msg["display"])
    except SettingsError as err:
        send_error(connection, msg, "bad_settings", err)
        return
    hass.config_entries.async_update_entry(entry, options={**entry.options, CONF_DISPLAY: display})
    entry.runtime_data.async_publish()
    connection.send_result(msg["id"], {"display": display})


def entry_of(
    hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]
) -> MiraConfigEntry | None:
    """The loaded mirror that a command means: the named one, or the only one. None: the error was sent."""
    try:
        return find_mirror(hass, *([msg["entry_id"]] if "entry_id" in msg else msg.get("mirror", [])))
    except MirrorError as err:
        send_error(connection, msg, err.code, err)
        return None


def send_error(
    connection: websocket_api.ActiveConnection, msg: dict[str, Any], code: str, error: HomeAssistantError
) -> None:
    """Send an error with what it takes to word it in the reader's language."""
    connection.send_error(
        msg["id"],
        code,
        str(error),
        translation_key=error.translation_key,
        translation_domain=error.translation_domain,
        translation_placeholders=error.translation_placeholders,
    )


def _follows(entry: MiraConfigEntry) -> Callable[[MiraCoordinator], bool]:
    """A test whether a coordinator is that of this mirror, also where it was removed and added again meanwhile."""

    def follows(coordinator: MiraCoordinator) -> bool:
        other = coordinator.config_entry
        return other.entry_id == entry.entry_id or other.unique_id == entry.unique_id

    return follows


def _shown_view(coordinator: MiraCoordinator, reader: Reader) -> ShownView:
    """The view as this reader may see it, made once for all who may see as much of it."""
    if reader.reads_all not in coordinator.shown_views:
        settled = {
            "display": display_of(coordinator.config_entry),
            "frontend": coordinator.hass.data.get(DATA_VERSION),
        }
        coordinator.shown_views[reader.reads_all] = ShownView({**reader.view(coordinator), **settled})
    return coordinator.shown_views[reader.reads_all]
