"""Who lives here, over Home Assistant's websocket: for administrators alone, as docs/people.md says.

No Home Assistant actions: the recorder keeps the data of every call, and a name is in no log.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import uuid7

import voluptuous as vol
from homeassistant.components import websocket_api
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er

from .const import CONSENTS, DOMAIN
from .coordinator import MiraCoordinator
from .websocket_api import WHICH, entry_of, send_error

_PAGE = 100
"""People in an answer."""
_NAME_LENGTH = 64
_PERSON = "person"
"""The domain of Home Assistant's people."""

type Ask = Callable[[MiraCoordinator, Context, dict[str, Any]], Awaitable[Mapping[str, Any]]]

_SETTABLE: Final[Mapping[vol.Marker, Any]] = {
    # Whatever they are: what is refused here Home Assistant would write into its log, and these are names.
    vol.Optional("name"): object,
    vol.Optional("ha_person"): object,
    vol.Optional("consents"): [vol.In(CONSENTS)],
}


async def _async_list(mirror: MiraCoordinator, context: Context, msg: dict[str, Any]) -> Mapping[str, Any]:
    """A page of them, with their names; `next` is what the following page comes `after`."""
    page = await mirror.async_query("people", {"limit": _PAGE, **_given(msg, "after")})
    registry = er.async_get(mirror.hass)
    for person in page["people"]:
        if entry := registry.async_get(person["ha_person"] or ""):
            person["ha_person"] = entry.entity_id
    return page


async def _async_add(mirror: MiraCoordinator, context: Context, msg: dict[str, Any]) -> Mapping[str, Any]:
    """Add somebody; the decision names the new id."""
    words = {"name": _name(msg.get("name"))}
    payload = {"person": f"p_{uuid7().hex}", **_link(mirror.hass, msg), **_given(msg, "consents")}
    return (await mirror.async_command("add_person", payload, context=context, words=words)).answer(None)


async def _async_change(mirror: MiraCoordinator, context: Context, msg: dict[str, Any]) -> Mapping[str, Any]:
    """Change what is named of somebody."""
    words = {"name": _name(msg["name"])} if "name" in msg else None
    payload = {"person": msg["person"], **_link(mirror.hass, msg), **_given(msg, "consents")}
    return (await mirror.async_command("change_person", payload, context=context, words=words)).answer(None)


async def _async_forget(mirror: MiraCoordinator, context: Context, msg: dict[str, Any]) -> Mapping[str, Any]:
    """Forget somebody for ever."""
    payload = {"person": msg["person"]}
    return (await mirror.async_command("forget_person", payload, context=context)).answer(None)


_COMMANDS: Final[Mapping[str, tuple[Ask, Mapping[vol.Marker, Any]]]] = {
    "list": (_async_list, {vol.Optional("after"): str}),
    "add": (_async_add, _SETTABLE),
    "change": (_async_change, {vol.Required("person"): str, **_SETTABLE}),
    "forget": (_async_forget, {vol.Required("person"): str}),
}


@callback
def async_setup_websocket_people(hass: HomeAssistant) -> None:
    """Register the commands."""
    for name, (ask, fields) in _COMMANDS.items():
        command = websocket_api.websocket_command({vol.Required("type"): f"mira/people/{name}", **WHICH, **fields})
        websocket_api.async_register_command(hass, command(_for_administrators(ask)))


def _for_administrators(ask: Ask) -> websocket_api.WebSocketCommandHandler:
    """A handler that sends what comes of it; an error has the key of its text as its code."""

    @websocket_api.require_admin
    @websocket_api.async_response
    async def answer(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
        entry = entry_of(hass, connection, msg)
        if entry is None:
            return
        try:
            connection.send_result(msg["id"], await ask(entry.runtime_data, connection.context(msg), msg))
        except HomeAssistantError as err:
            send_error(connection, msg, str(err.translation_key), err)

    return answer


def _given(msg: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {name: msg[name]} if name in msg else {}


def _name(name: object) -> str:
    """The name as it is kept. Raises ServiceValidationError."""
    if not isinstance(name, str):
        raise _invalid("not_text")
    if not (stripped := name.strip()):
        raise _invalid("empty")
    if len(stripped) > _NAME_LENGTH:
        raise _invalid("too_long", limit=str(_NAME_LENGTH))
    return stripped


def _invalid(fault: str, **more: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=f"invalid_{fault}",
        translation_placeholders={"field": "name", **more},
    )


def _link(hass: HomeAssistant, msg: Mapping[str, Any]) -> dict[str, str | None]:
    """The person of Home Assistant that is named, with their user; nothing where none is named."""
    if "ha_person" not in msg:
        return {}
    if (entity_id := msg["ha_person"]) is None:
        return {"ha_person": None, "ha_user": None}
    entry = er.async_get(hass).async_get(entity_id) if isinstance(entity_id, str) else None
    if entry is None or entry.domain != _PERSON:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="ha_person_not_found")
    state = hass.states.get(entry.entity_id)
    # Its id in the registry: that of an entity is a name, which no log of the mirror has, and may change.
    return {"ha_person": entry.id, "ha_user": state.attributes.get("user_id") if state else None}
