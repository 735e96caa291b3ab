"""Home Assistant actions: ask the mirror for something, and look into its state and its log."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

import voluptuous as vol
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import JsonObjectType, JsonValueType, json_loads_object

from .client.event_log import Wanted
from .const import DOMAIN, GESTURE_NAME, NAMING_ACTIONS, PEOPLE_ACTIONS, SOURCES
from .coordinator import MiraConfigEntry, raise_if_refused, translated
from .emotions import EMOTIONS
from .errors import MiraError
from .helpers import find_mirror
from .permissions import async_reader
from .persona import personas
from .pin_redaction import Pin, opened, pin_payload, take_pins, take_pins_of_payload
from .schemas import BUTTONS, MESSAGE_LENGTH, PICTURE, QUESTION_LENGTH, TITLE_LENGTH
from .speaking_up import Speech, async_speak_up
from .translation import sentence

SERVICE_SEND_COMMAND = "send_command"
SERVICE_SHOW_MESSAGE = "show_message"
SERVICE_ASK = "ask"
SERVICE_SPEAK_UP = "speak_up"
SERVICE_UNDO = "undo"
SERVICE_SET_GESTURE = "set_gesture"
SERVICE_TEACH_GESTURE = "teach_gesture"
SERVICE_FORGET_GESTURE = "forget_gesture"
SERVICE_TEACH_WAKE_WORD = "teach_wake_word"
SERVICE_FORGET_WAKE_WORD = "forget_wake_word"
SERVICE_EXPRESS = "express"
SERVICE_FORGET_TALK = "forget_talk"
SERVICE_SET_PIN = "set_pin"
SERVICE_GET_STATE = "get_state"
SERVICE_GET_EVENTS = "get_events"
SERVICE_EXPLAIN = "explain"

TYPES = ["accepted", "rejected", "state_patch"]

SEND_COMMAND_FIELDS = {
    vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
    vol.Required("action"): vol.All(str, vol.Length(1, 64)),
    vol.Optional("payload", default=dict): dict,
    vol.Optional("confidence"): vol.All(vol.Coerce(float), vol.Range(0, 100)),
    vol.Optional("confirm", default=False): cv.boolean,
}

SHOW_MESSAGE_FIELDS = {
    vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
    vol.Required("message"): vol.All(cv.string, vol.Length(1, MESSAGE_LENGTH)),
    vol.Optional("title"): vol.All(cv.string, vol.Length(max=TITLE_LENGTH)),
    vol.Optional("duration", default={"seconds": 10}): vol.All(
        cv.positive_time_period, vol.Range(timedelta(seconds=1), timedelta(days=1))
    ),
    vol.Optional("picture"): PICTURE,
    vol.Optional("buttons", default=list): BUTTONS,
}

ASK_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
        vol.Required("question"): vol.All(cv.string, vol.Length(1, QUESTION_LENGTH)),
        vol.Optional("timeout", default={"seconds": 30}): vol.All(
            cv.positive_time_period, vol.Range(timedelta(seconds=1), timedelta(minutes=5))
        ),
    }
)

SPEAK_UP_FIELDS = {
    vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
    vol.Required("message"): vol.All(cv.string, vol.Length(1, MESSAGE_LENGTH)),
    vol.Required("kind"): cv.matches_regex(r"^[a-z0-9_]{1,64}\Z"),
    vol.Optional("ask", default=False): cv.boolean,
    vol.Optional("emotion"): vol.In(list(EMOTIONS)),
}

UNDO_FIELDS = {
    vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
    vol.Exclusive("command_id", "which"): str,
    vol.Exclusive("source", "which"): vol.In(SOURCES),
}

SET_GESTURE_FIELDS = {
    vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
    vol.Required("gesture"): cv.matches_regex(GESTURE_NAME),
    vol.Optional("enabled"): cv.boolean,
    vol.Optional("min_confidence"): vol.All(vol.Coerce(float), vol.Range(0, 100)),
    vol.Optional("hold"): vol.All(
        cv.positive_time_period, vol.Range(timedelta(milliseconds=100), timedelta(seconds=10))
    ),
    vol.Optional("cooldown"): vol.All(cv.positive_time_period, vol.Range(max=timedelta(minutes=1))),
    vol.Optional("reset", default=False): cv.boolean,
}

TEACH_GESTURE_FIELDS = {
    vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
    vol.Required("gesture"): cv.matches_regex(GESTURE_NAME),
    vol.Optional("kind", default="pose"): vol.In(["pose", "motion"]),
    vol.Optional("samples", default=10): vol.All(vol.Coerce(int), vol.Range(3, 20)),
}

FORGET_GESTURE_FIELDS = {
    vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
    vol.Required("gesture"): cv.matches_regex(GESTURE_NAME),
}

WAKE_PHRASE = vol.All(cv.string, str.strip, vol.Length(1, 64), cv.matches_regex(r"^.+$"))

TEACH_WAKE_WORD_FIELDS = {
    vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
    vol.Required("phrase"): WAKE_PHRASE,
    vol.Optional("takes", default=8): vol.All(vol.Coerce(int), vol.Range(5, 20)),
}

FORGET_WAKE_WORD_FIELDS = {
    vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
    vol.Required("phrase"): WAKE_PHRASE,
}

EXPRESS_FIELDS = {
    vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
    vol.Required("emotion"): vol.In(EMOTIONS),
    vol.Optional("seconds", default=10): vol.All(vol.Coerce(int), vol.Range(1, 3_600)),
}

FORGET_TALK_FIELDS = {
    vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
    vol.Optional("persona"): cv.entity_id,
    vol.Optional("everybody", default=False): cv.boolean,
}

SET_PIN_FIELDS = {
    vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
    # Whatever they are: what is refused here Home Assistant would write into its log.
    vol.Optional("pin"): Pin,
    vol.Optional("current"): Pin,
}

GET_STATE_SCHEMA = vol.Schema({vol.Optional(ATTR_CONFIG_ENTRY_ID): str})

EVENT_TYPES = vol.All(cv.ensure_list, [vol.In(TYPES)])
EVENT_FIELDS = {
    vol.Optional("source", default=list): vol.All(cv.ensure_list, [vol.In(SOURCES)]),
    vol.Optional("action", default=list): vol.All(cv.ensure_list, [str]),
    vol.Optional("reason", default=list): vol.All(cv.ensure_list, [str]),
    vol.Optional("since"): cv.datetime,
    vol.Optional("until"): cv.datetime,
    vol.Optional("limit", default=100): vol.All(vol.Coerce(int), vol.Range(1, 1000)),
    vol.Optional("cursor"): vol.All(vol.Coerce(int), vol.Range(min=1)),
}

GET_EVENTS_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
        vol.Optional("type", default=list): EVENT_TYPES,
        **EVENT_FIELDS,
    }
)

EXPLAIN_SCHEMA = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): str,
        vol.Exclusive("command_id", "which"): str,
        vol.Exclusive("seq", "which"): vol.All(vol.Coerce(int), vol.Range(min=1)),
    }
)


def _entry(call: ServiceCall) -> MiraConfigEntry:
    """The mirror that the call names, or the only one. Raises MirrorError."""
    named = call.data.get(ATTR_CONFIG_ENTRY_ID)
    return find_mirror(call.hass, *([] if named is None else [named]))


async def _async_decide(call: ServiceCall, action: str, payload: Mapping[str, Any], **how: Any) -> ServiceResponse:
    """Ask the mirror. A refusal is an answer where one is wanted, and an error where not."""
    decision = await _entry(call).runtime_data.async_send(action, payload, context=call.context, **how)
    if not call.return_response:
        raise_if_refused(decision)
        return None
    return decision.answer(sentence(call.hass, decision))


async def _async_send_command(call: ServiceCall) -> ServiceResponse:
    """Ask for any action: as an automation, for no action of Home Assistant comes from somebody at the mirror.

    What is about people is for administrators, and a name has no way here: the recorder keeps the data of every call.
    """
    data = call.data
    about_people = data["action"] in PEOPLE_ACTIONS or "person" in data["payload"]
    if about_people and not (await async_reader(call.hass, call.context)).reads_all:
        raise Unauthorized(context=call.context)
    if data["action"] in NAMING_ACTIONS:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="people_in_settings")
    confidence = data["confidence"] / 100 if "confidence" in data else None
    payload = _plain(opened(data["payload"]))
    return await _async_decide(call, data["action"], payload, confidence=confidence, confirm=data["confirm"])


async def _async_show_message(call: ServiceCall) -> ServiceResponse:
    """Show a message on the glass."""
    data = call.data
    more = {name: data[name] for name in ("title", "picture", "buttons") if data.get(name)}
    payload = {"text": data["message"], "duration_ms": data["duration"] // timedelta(milliseconds=1), **more}
    return await _async_decide(call, "show_message", payload)


async def _async_ask(call: ServiceCall) -> ServiceResponse:
    """Ask something at the glass, and wait for the answer."""
    mirror, data = _entry(call).runtime_data, call.data
    return await mirror.async_ask(data["question"], data["timeout"].total_seconds(), call.context)


async def _async_speak_up(call: ServiceCall) -> ServiceResponse:
    """Say something at the mirror by itself, where its rules let it."""
    data = call.data
    speech = Speech(data["message"], data["kind"], ask=data["ask"], emotion=data.get("emotion"))
    decision = await async_speak_up(_entry(call).runtime_data, speech, call.context)
    if not call.return_response:
        raise_if_refused(decision)
        return None
    return {"spoken": decision.status == "done", **decision.answer(sentence(call.hass, decision))}


async def _async_undo(call: ServiceCall) -> ServiceResponse:
    """Take back a change: the named one, the last one of a source, or simply the last one."""
    which = {name: call.data[name] for name in ("command_id", "source") if name in call.data}
    return await _async_decide(call, "undo", which)


async def _async_set_gesture(call: ServiceCall) -> ServiceResponse:
    """Set from where on one gesture counts: what is named, or with `reset` that alone."""
    data, payload = call.data, {"name": call.data["gesture"]}
    if data["reset"]:
        payload |= {"enabled": True, "min_confidence": None, "hold_ms": None, "cooldown_ms": None}
    if "enabled" in data:
        payload["enabled"] = data["enabled"]
    if "min_confidence" in data:
        payload["min_confidence"] = data["min_confidence"] / 100
    for name in ("hold", "cooldown"):
        if name in data:
            payload[f"{name}_ms"] = data[name] // timedelta(milliseconds=1)
    return await _async_decide(call, "set_gesture", payload)


async def _async_teach_gesture(call: ServiceCall) -> ServiceResponse:
    """Have a gesture taught, once somebody at the glass agrees."""
    data = call.data
    payload = {"name": data["gesture"], "kind": data["kind"], "samples": data["samples"]}
    return await _async_decide(call, "teach_gesture", payload)


async def _async_forget_gesture(call: ServiceCall) -> ServiceResponse:
    """Forget a gesture that was taught."""
    return await _async_decide(call, "forget_gesture", {"name": call.data["gesture"]})


async def _async_teach_wake_word(call: ServiceCall) -> ServiceResponse:
    """Have a wake word taught, once somebody at the glass agrees."""
    return await _async_decide(call, "teach_wake_word", {"phrase": call.data["phrase"], "takes": call.data["takes"]})


async def _async_forget_wake_word(call: ServiceCall) -> ServiceResponse:
    """Forget a wake word that was taught."""
    return await _async_decide(call, "forget_wake_word", {"phrase": call.data["phrase"]})


async def _async_express(call: ServiceCall) -> ServiceResponse:
    """Have the face show an emotion for a while."""
    payload = {name: call.data[name] for name in ("emotion", "seconds")}
    return await _async_decide(call, "express", payload)


async def _async_forget_talk(call: ServiceCall) -> ServiceResponse:
    """Delete what was said with personas: by whoever calls; everybody's is for administrators and automations."""
    everybody = call.data["everybody"]
    if everybody and not (await async_reader(call.hass, call.context)).reads_all:
        raise Unauthorized(context=call.context)
    payload = {"everybody": everybody} | ({"persona": _persona(call)} if "persona" in call.data else {})
    return await _async_decide(call, "forget_talk", payload)


def _persona(call: ServiceCall) -> str:
    """The id of the persona that is meant. Raises a translated error."""
    entity = er.async_get(call.hass).async_get(call.data["persona"])
    if entity is None or entity.config_subentry_id not in personas(_entry(call)):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="persona_not_found",
            translation_placeholders={"persona": call.data["persona"]},
        )
    return str(entity.config_subentry_id)


async def _async_set_pin(call: ServiceCall) -> ServiceResponse:
    """Set, change or clear the PIN."""
    return await _async_decide(call, "set_pin", pin_payload(call.data))


async def _async_get_state(call: ServiceCall) -> ServiceResponse:
    """The mirror's state, the last known one while it is away; what a device says of its error may hold a password."""
    view = (await async_reader(call.hass, call.context)).view(_entry(call).runtime_data)
    return {**view, "devices": {name: device["capture"] for name, device in view["devices"].items()}}


def _plain(payload: dict[str, Any]) -> JsonObjectType:
    """The payload as JSON has it: YAML and templates also make dates and times."""
    try:
        return json_loads_object(json_bytes(payload))
    except (TypeError, ValueError) as err:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="payload_not_json") from err


def wanted_events(data: Mapping[str, Any], types: list[str]) -> Wanted:
    """The filter that a call or a websocket command asks for."""
    return {
        "types": types,
        "sources": data["source"],
        "actions": data["action"],
        "reasons": data["reason"],
        "since": data.get("since"),
        "until": data.get("until"),
    }


async def _async_get_events(call: ServiceCall) -> ServiceResponse:
    """Look into the mirror's log, newest first."""
    data = call.data
    try:
        page = await _entry(call).runtime_data.client.log.page(
            before_seq=data.get("cursor"), limit=data["limit"], **wanted_events(data, data["type"])
        )
    except MiraError as err:
        raise HomeAssistantError(**translated(err)) from err
    reader = await async_reader(call.hass, call.context)
    events = cast("list[JsonValueType]", [reader.event(event.document) for event in page.events])
    return {"events": events, "cursor": page.before_seq}


async def _async_explain(call: ServiceCall) -> ServiceResponse:
    """What became of a command, and why: of the named one, or of the last one."""
    which = {name: call.data[name] for name in ("command_id", "seq") if name in call.data}
    found = await _entry(call).runtime_data.async_query("explain", which)
    return dict((await async_reader(call.hass, call.context)).explanation(found))


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, handler, fields, prepare in (
        (SERVICE_SEND_COMMAND, _async_send_command, SEND_COMMAND_FIELDS, take_pins_of_payload),
        (SERVICE_SHOW_MESSAGE, _async_show_message, SHOW_MESSAGE_FIELDS, dict),
        (SERVICE_SPEAK_UP, _async_speak_up, SPEAK_UP_FIELDS, dict),
        (SERVICE_UNDO, _async_undo, UNDO_FIELDS, dict),
        (SERVICE_SET_GESTURE, _async_set_gesture, SET_GESTURE_FIELDS, dict),
        (SERVICE_TEACH_GESTURE, _async_teach_gesture, TEACH_GESTURE_FIELDS, dict),
        (SERVICE_FORGET_GESTURE, _async_forget_gesture, FORGET_GESTURE_FIELDS, dict),
        (SERVICE_TEACH_WAKE_WORD, _async_teach_wake_word, TEACH_WAKE_WORD_FIELDS, dict),
        (SERVICE_FORGET_WAKE_WORD, _async_forget_wake_word, FORGET_WAKE_WORD_FIELDS, dict),
        (SERVICE_EXPRESS, _async_express, EXPRESS_FIELDS, dict),
        (SERVICE_FORGET_TALK, _async_forget_talk, FORGET_TALK_FIELDS, dict),
        (SERVICE_SET_PIN, _async_set_pin, SET_PIN_FIELDS, take_pins),
    ):
        schema = vol.Schema(vol.All(prepare, fields))
        hass.services.async_register(DOMAIN, name, handler, schema, SupportsResponse.OPTIONAL)
    for name, handler, schema in (
        (SERVICE_ASK, _async_ask, ASK_SCHEMA),
        (SERVICE_GET_STATE, _async_get_state, GET_STATE_SCHEMA),
        (SERVICE_GET_EVENTS, _async_get_events, GET_EVENTS_SCHEMA),
        (SERVICE_EXPLAIN, _async_explain, EXPLAIN_SCHEMA),
    ):
        hass.services.async_register(DOMAIN, name, handler, schema, SupportsResponse.ONLY)
