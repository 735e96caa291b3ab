"""Why the mirror refuses: each reason with the values that come with it, and the sentence that is made of both.

Clients word a reason in their reader's language from its code and its values. The sentence here is English: it is for
logs and the command line.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec

type Value = int | float | str | list[str]
type Values = dict[str, Value]


class Wording(NamedTuple):
    """How a code is said in English, and the types of the values that come with it."""

    sentence: str
    values: Mapping[str, type] = {}


_FIELD: Final = {"field": str}
INVALID: Final = ("bad_command", "bad_payload", "bad_query")
"""Reasons that come with a fault, and with its values."""
FAULTS: Final[Mapping[str, Wording]] = {
    "missing": Wording("`{field}` is missing", _FIELD),
    "empty": Wording("`{field}` is empty", _FIELD),
    "not_text": Wording("`{field}` takes text", _FIELD),
    "not_a_number": Wording("`{field}` takes a number", _FIELD),
    "not_a_whole_number": Wording("`{field}` takes a whole number", _FIELD),
    "not_true_or_false": Wording("`{field}` takes true or false", _FIELD),
    "not_a_list": Wording("`{field}` takes a list", _FIELD),
    "not_an_object": Wording("`{field}` takes an object", _FIELD),
    "not_one_of": Wording("`{field}` takes one of {choices}", {**_FIELD, "choices": list[str]}),
    "too_short": Wording("`{field}` has at least {limit} characters", {**_FIELD, "limit": int}),
    "too_long": Wording("`{field}` has at most {limit} characters", {**_FIELD, "limit": int}),
    "too_few": Wording("`{field}` has at least {limit} entries", {**_FIELD, "limit": int}),
    "too_many": Wording("`{field}` has at most {limit} entries", {**_FIELD, "limit": int}),
    "too_small": Wording("`{field}` is at least {limit}", {**_FIELD, "limit": float}),
    "too_large": Wording("`{field}` is at most {limit}", {**_FIELD, "limit": float}),
    "bad_format": Wording("`{field}` does not have the form that it needs", _FIELD),
    "bad_due": Wording(
        "`{field}` takes a date (2026-11-20) or a time with its offset (2026-11-20T18:00:00+01:00)", _FIELD
    ),
    "bad_picture": Wording(
        "`{field}` takes a media-source id, an entity of a camera, image, person or media player, or a path below "
        "/local, /media or one of Home Assistant's picture proxies",
        _FIELD,
    ),
    "bad_pin": Wording("`{field}` takes 4 to 12 digits", _FIELD),
    "repeated": Wording("`{field}` has an entry twice", _FIELD),
    "gesture_exists": Wording("`{field}` is that of a gesture that every mirror knows", _FIELD),
    "too_deep": Wording("it is nested in more than {limit} levels", {"limit": int}),
    "too_big": Wording("it is longer than {limit} bytes", {"limit": int}),
    "unreadable": Wording("it cannot be read"),
}
"""What is wrong with what was sent."""
REASONS: Final[Mapping[str, Wording]] = {
    "bad_command": Wording("This is no valid command"),
    "unknown_action": Wording("Mira knows no action of this name."),
    "bad_payload": Wording("The action cannot take this"),
    "source_not_allowed": Wording(
        "The commands stream `{sender}` does not carry commands from {source}.", {"sender": str, "source": str}
    ),
    "rate_limited": Wording("Too many commands at once. Try again in a moment."),
    "expired": Wording(
        "The command came too late: it was {age_s} s old and may be {limit_s} s.", {"age_s": int, "limit_s": int}
    ),
    "microphone_off": Wording("The microphone is off."),
    "camera_off": Wording("The camera is off."),
    "gesture_off": Wording("This gesture is switched off."),
    "low_confidence": Wording(
        "Confidence below the threshold: {percent}%, needed are {needed}%.", {"percent": int, "needed": int}
    ),
    "cooldown": Wording("The same gesture was seen a moment ago."),
    "pin_required": Wording("This needs the PIN."),
    "superseded": Wording(
        "A {source} command ({command_id}) decided this just now.", {"source": str, "command_id": str}
    ),
    "question_pending": Wording("Another question waits for its answer first."),
    "wrong_pin": Wording("The PIN is wrong."),
    "pin_blocked": Wording("Too many wrong PINs; the next try is possible in {seconds} s.", {"seconds": int}),
    "pin_unknown": Wording("The PIN was set at another sidecar; this one cannot check it."),
    "no_pin": Wording("There is no PIN, so nothing is locked."),
    "nothing_pending": Wording("No question is waiting for an answer."),
    "consent_needed": Wording(
        "This needs a yes at the mirror, by touch, voice or gesture, and not from where it was asked for."
    ),
    "already_done": Wording("This has been done already: nothing is left to do."),
    "changed_since": Wording("What this is about has changed since then."),
    "nothing_to_undo": Wording("There is nothing of this kind that can be taken back."),
    "unknown_todo": Wording("There is no such to-do on the list; it may have been removed."),
    "todo_exists": Wording("A to-do with this uid is on the list already."),
    "too_many_todos": Wording("The list holds {limit} to-dos at most. Remove some first.", {"limit": int}),
    "unknown_page": Wording("There is no page of this name; there are: {pages}.", {"pages": list[str]}),
    "unknown_gesture": Wording("There is no such gesture; it may have been forgotten."),
    "too_many_gestures": Wording("The mirror knows {limit} gestures that were taught, and no more.", {"limit": int}),
    "message_gone": Wording("The message is not on the mirror any more."),
    "unknown_button": Wording("The message has no such button."),
    "not_allowed": Wording("Only the mirror itself may ask for this."),
    "fault": Wording("Mira itself failed on this; the sidecar's log says more."),
}
"""Why a command is refused, in the order of docs/protocol."""
QUERY_REASONS: Final[Mapping[str, Wording]] = {
    "bad_query": Wording("This is no valid query"),
    "unknown_query": Wording("Mira answers no such question; it knows: {kinds}.", {"kinds": list[str]}),
    "unknown_command": Wording("The log knows no such command, or none any more."),
    "storage_failed": Wording("The log cannot be read; the sidecar's log says why."),
    "disk_full": Wording("The log cannot be read: its disk is full."),
    "database_read_only": Wording("The log cannot be read: the sidecar may not write its database."),
    "fault": REASONS["fault"],
}
"""Why a query is refused."""


def sentence(reason: str, values: Mapping[str, Any], own: Mapping[str, Wording] = MappingProxyType({})) -> str:
    """A refusal in English; `own` are reasons of subjects. Raises LookupError where it or a value is not known."""
    said = {name: ", ".join(value) if isinstance(value, list) else value for name, value in values.items()}
    wording = (own.get(reason) or REASONS.get(reason) or QUERY_REASONS[reason]).sentence
    if reason in INVALID:
        return f"{wording}: {FAULTS[values['fault']].sentence.format(**said)}."
    return wording.format(**said)


def json_schemas() -> dict[str, Any]:
    """For each table the JSON Schema of the values that come with its codes."""
    return {
        "Faults": _schema("What is wrong with what was sent, by `fault`, with its values.", FAULTS),
        "QueryReasons": _schema("Why a query is refused, by `reason`, with its values.", QUERY_REASONS),
        "Reasons": _schema("Why a command is refused, by `reason`, with its values.", REASONS),
    }


def _schema(description: str, wordings: Mapping[str, Wording]) -> dict[str, Any]:
    return {
        "description": description,
        "type": "object",
        "properties": {code: _values(code, wording) for code, wording in wordings.items()},
    }


def _values(code: str, wording: Wording) -> dict[str, Any]:
    if code in INVALID:
        # With those of the fault.
        return {"type": "object", "properties": {"fault": {"enum": list(FAULTS)}}, "required": ["fault"]}
    types = {name: msgspec.json.schema(kind) for name, kind in wording.values.items()}
    return {"type": "object", "properties": types, "required": list(types)}
