"""Why the mirror refuses: each reason with the values that come with it, and the sentence that is made of both.

Here are those that every mirror knows, whatever its subjects; the others are in the records of their subjects.

Clients word a reason in their reader's language from its code and its values. The sentence here is English: it is for
logs and the command line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
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
    "repeated": Wording("`{field}` has an entry twice", _FIELD),
    "words_beside": Wording(
        "`{field}` does not belong in a command: what was said or named goes ahead of it, by the channel `private`",
        _FIELD,
    ),
    "not_theirs": Wording("`{field}` is not for this sender to say", _FIELD),
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
    "low_confidence": Wording(
        "Confidence below the threshold: {percent}%, needed are {needed}%.", {"percent": int, "needed": int}
    ),
    "pin_required": Wording("This needs the PIN."),
    "pin_opens_less": Wording("This PIN does not open that."),
    "superseded": Wording(
        "A {source} command ({command_id}) decided this just now.", {"source": str, "command_id": str}
    ),
    "question_pending": Wording("Another question waits for its answer first."),
    "nothing_pending": Wording("No question is waiting for an answer."),
    "consent_needed": Wording(
        "This needs a yes at the mirror, by touch, voice or gesture, and not from where it was asked for."
    ),
    "already_done": Wording("This has been done already: nothing is left to do."),
    "changed_since": Wording("What this is about has changed since then."),
    "not_allowed": Wording("Only the mirror itself may ask for this."),
    "fault": Wording("Mira itself failed on this; the sidecar's log says more."),
}
"""Why a command is refused."""
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


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The codes that are known, each with its words."""

    reasons: Mapping[str, Wording]
    """Why a command is refused."""
    query_reasons: Mapping[str, Wording]
    """Why a query is refused."""
    faults: Mapping[str, Wording]
    """What is wrong with what was sent."""


COMMON: Final = Vocabulary(REASONS, QUERY_REASONS, FAULTS)
"""What needs no subject."""


def sentence(reason: str, values: Mapping[str, Any], words: Vocabulary = COMMON) -> str:
    """A refusal in English. Raises LookupError where it or a value is not known."""
    wording = (words.reasons.get(reason) or words.query_reasons[reason]).sentence
    if reason in INVALID:
        return f"{wording}: {fault(values, words)}."
    return wording.format(**_said(values))


def fault(values: Mapping[str, Any], words: Vocabulary = COMMON) -> str:
    """What is wrong with what was sent, as the end of a sentence. Raises LookupError where that is not known."""
    return words.faults[values["fault"]].sentence.format(**_said(values))


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: ", ".join(value) if isinstance(value, list) else value for name, value in values.items()}


def json_schemas(words: Vocabulary) -> dict[str, Any]:
    """For each table the JSON Schema of the values that come with its codes."""
    tables = {
        "Faults": ("What is wrong with what was sent, by `fault`, with its values.", words.faults),
        "QueryReasons": ("Why a query is refused, by `reason`, with its values.", words.query_reasons),
        "Reasons": ("Why a command is refused, by `reason`, with its values.", words.reasons),
    }
    return {
        name: {
            "description": description,
            "type": "object",
            "properties": {code: _values(code, wording, words) for code, wording in wordings.items()},
        }
        for name, (description, wordings) in tables.items()
    }


def _values(code: str, wording: Wording, words: Vocabulary) -> dict[str, Any]:
    if code in INVALID:
        # With those of the fault.
        return {"type": "object", "properties": {"fault": {"enum": list(words.faults)}}, "required": ["fault"]}
    types = {name: msgspec.json.schema(kind) for name, kind in wording.values.items()}
    return {"type": "object", "properties": types, "required": list(types)}
