"""Home Assistant actions: ask the mirror for something, and look into its log."""

from typing import Any, cast

import voluptuous as vol
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import service
from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import JsonObjectType, JsonValueType, json_loads_object

from .const import DOMAIN
from .coordinator import MiraConfigEntry, raise_if_refused, translated
from .errors import MiraError

SERVICE_SEND_COMMAND = "send_command"
SERVICE_GET_EVENTS = "get_events"

CONF_CONFIG_ENTRY = "config_entry"
SOURCES = ["automation", "touch", "voice", "gesture"]
TYPES = ["accepted", "rejected", "state_patch"]

SEND_COMMAND_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_CONFIG_ENTRY): str,
        vol.Required("action"): vol.All(str, vol.Length(1, 64)),
        vol.Optional("payload", default=dict): dict,
        vol.Optional("source", default="automation"): vol.In(SOURCES),
        vol.Optional("confidence"): vol.All(vol.Coerce(float), vol.Range(0, 1)),
        vol.Optional("confirm", default=False): cv.boolean,
    }
)

GET_EVENTS_SCHEMA = vol.Schema(
    {
        vol.Optional(CONF_CONFIG_ENTRY): str,
        vol.Optional("type", default=list): vol.All(cv.ensure_list, [vol.In(TYPES)]),
        vol.Optional("source", default=list): vol.All(cv.ensure_list, [vol.In([*SOURCES, "system"])]),
        vol.Optional("action", default=list): vol.All(cv.ensure_list, [str]),
        vol.Optional("reason", default=list): vol.All(cv.ensure_list, [str]),
        vol.Optional("since"): cv.datetime,
        vol.Optional("until"): cv.datetime,
        vol.Optional("limit", default=100): vol.All(vol.Coerce(int), vol.Range(1, 1000)),
        vol.Optional("cursor"): vol.All(vol.Coerce(int), vol.Range(min=1)),
    }
)


def _entry(call: ServiceCall) -> MiraConfigEntry:
    """The entry that the call names, or the only one. Raises ServiceValidationError."""
    return service.async_get_config_entry(call.hass, DOMAIN, call.data.get(CONF_CONFIG_ENTRY))


async def _async_send_command(call: ServiceCall) -> ServiceResponse:
    """Ask the mirror. A refusal is an answer where one is wanted, and an error where not."""
    decision = await _entry(call).runtime_data.async_send(
        call.data["action"],
        _plain(call.data["payload"]),
        context=call.context,
        source=call.data["source"],
        confidence=call.data.get("confidence"),
        confirm=call.data["confirm"],
    )
    if not call.return_response:
        raise_if_refused(decision)
        return None
    return {
        "command_id": decision.command_id,
        "outcome": decision.outcome,
        "reason": decision.reason,
        "message": decision.message,
        "seq": decision.seq,
        "payload": dict(decision.payload),
    }


def _plain(payload: dict[str, Any]) -> JsonObjectType:
    """The payload as JSON has it: YAML and templates also make dates and times."""
    try:
        return json_loads_object(json_bytes(payload))
    except (TypeError, ValueError) as err:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="payload_not_json") from err


async def _async_get_events(call: ServiceCall) -> ServiceResponse:
    """Look into the mirror's log, newest first."""
    data = call.data
    try:
        page = await _entry(call).runtime_data.client.log.page(
            types=data["type"],
            sources=data["source"],
            actions=data["action"],
            reasons=data["reason"],
            since=data.get("since"),
            until=data.get("until"),
            before_seq=data.get("cursor"),
            limit=data["limit"],
        )
    except MiraError as err:
        raise HomeAssistantError(**translated(err)) from err
    events = cast("list[JsonValueType]", [event.document for event in page.events])
    return {"events": events, "cursor": page.before_seq}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_SEND_COMMAND,
        _async_send_command,
        schema=SEND_COMMAND_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_GET_EVENTS,
        _async_get_events,
        schema=GET_EVENTS_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
