"""From the bytes of a stream entry to a command, or to what can be said about it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import msgspec.inspect

from mira_sidecar.core.decision import InvalidValueError, Refusal
from mira_sidecar.protocol import (
    CARRIES,
    HOME_SAYS_FOR_US,
    KNOWS_PERSONS,
    MAX_COMMAND_BYTES,
    MAX_COMMAND_LEVELS,
    Command,
    Sender,
    Source,
    milliseconds,
)
from mira_sidecar.reasons import Values, sentence


@dataclass(frozen=True, slots=True)
class Misfit:
    """JSON with an id, so that its sender can be answered, but no command."""

    command: Command
    """As much of it as could be read, for the log; without its payload, which nobody has checked."""
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Garbage:
    """Nothing that could be answered."""

    reason: str


class _Envelope(msgspec.Struct):
    id: str
    source: Any = None
    action: Any = None


_COMMAND = msgspec.json.Decoder(Command)
_ENVELOPE = msgspec.json.Decoder(_Envelope)
_IDENTIFIED = msgspec.json.Decoder(msgspec.defstruct("Identified", [("id", Command.__annotations__["id"])]))
_FIRST_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*"([0-9A-Za-z_-]{8,64})"')
_TOO_DEEP: Final[Values] = {"fault": "too_deep", "limit": MAX_COMMAND_LEVELS}
_PLACE = re.compile(r"(.*?)(?: - at `(?:key in )?\$\.?(.*)`)?", re.DOTALL)
"""What msgspec finds wrong, and where."""
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_LIMIT = re.compile(r"Expected `(\w+)`( of length)? (>=|<=) ([0-9.]+)")
_EXPECTED = re.compile(r"Expected `(\w+)(?: \| \w+)*`, got `\w+`")
_KINDS = {
    "str": "not_text",
    "int": "not_a_whole_number",
    "float": "not_a_number",
    "bool": "not_true_or_false",
    "array": "not_a_list",
    "object": "not_an_object",
}
_LIMITS = {
    ("str", ">="): "too_short",
    ("str", "<="): "too_long",
    ("array", ">="): "too_few",
    ("array", "<="): "too_many",
}


def read(raw: bytes, sender: Sender, from_home: Mapping[Source, Collection[str]] = {}) -> Command | Misfit | Garbage:
    """A command of this sender, or why it is none; of a longer one the beginning is enough. Never raises.

    `from_home`: by source, what Home Assistant may ask for with it, where that is not everything.
    """
    if len(raw) > MAX_COMMAND_BYTES:
        return _too_long(raw, sender)
    try:
        command = _COMMAND.decode(raw)
    except (ValueError, RecursionError) as error:
        return _unfit(raw, sender, fault_in(error, Command))
    if fault := _fault(command, raw, sender):
        return _unfit(raw, sender, fault)
    narrow = sender == "home" and command.source in HOME_SAYS_FOR_US
    if command.source not in CARRIES[sender] or (narrow and command.action not in from_home.get(command.source, ())):
        found: Values = {"sender": sender, "source": command.source}
        return Misfit(_noted(command.id, command.action, sender), Refusal("source_not_allowed", "source", found))
    return command


def _fault(command: Command, raw: bytes, sender: Sender) -> Values | None:
    """What is wrong with a command whose types are right."""
    # Counted first, for that takes no time: hardly a command has so many brackets at all.
    if raw.count(b"[") + raw.count(b"{") >= MAX_COMMAND_LEVELS and _is_deep(command.payload):
        return _TOO_DEEP
    try:
        milliseconds(command.ts)
    except ValueError:
        return {"fault": "bad_format", "field": "ts"}
    if command.origin and command.origin.person is not None and not _knows_persons(sender, command.source):
        return {"fault": "not_theirs", "field": "origin.person"}
    return None


def _knows_persons(sender: Sender, source: Source) -> bool:
    """Whether this sender may say who it was: Home Assistant only where it speaks for this mirror."""
    return sender in KNOWS_PERSONS or (sender == "home" and source in HOME_SAYS_FOR_US)


def fault_in(error: Exception, kind: type[msgspec.Struct]) -> Values:
    """What is wrong with a value of this kind: the field and what it takes, and nothing of the value itself."""
    if isinstance(error, RecursionError):
        return _TOO_DEEP
    if isinstance(error.__cause__, InvalidValueError):
        return error.__cause__.values
    found = _PLACE.fullmatch(str(error))
    assert found  # noqa: S101 - for the type checker: it fits everything
    what, field = found[1], found[2] or ""
    if missing := _MISSING.fullmatch(what):
        return {"fault": "missing", "field": f"{field}.{missing[1]}".lstrip(".")}
    return {"field": field, **_fault_of(what, field, kind)} if field else {"fault": "unreadable"}


def _fault_of(what: str, field: str, kind: type[msgspec.Struct]) -> Values:
    """The fault that msgspec tells of a field."""
    if limit := _LIMIT.fullmatch(what):
        return _limited(*limit.groups())
    if expected := _EXPECTED.fullmatch(what):
        return {"fault": _KINDS.get(expected[1], "bad_format")}
    if what.startswith("Invalid enum value") and field in kind.__struct_fields__:
        return {"fault": "not_one_of", "choices": _choices(kind, field)}
    return {"fault": "bad_format"}


def _limited(kind: str, length: str | None, side: str, limit: str) -> Values:
    """The fault of what is beyond a limit."""
    if length is None:
        return {"fault": "too_small" if side == ">=" else "too_large", "limit": msgspec.json.decode(limit)}
    if (side, limit) == (">=", "1"):
        return {"fault": "empty"}
    return {"fault": _LIMITS[kind, side], "limit": int(limit)}


def _choices(kind: type[msgspec.Struct], name: str) -> list[str]:
    """The words that a field takes."""
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)  # noqa: S101 - for the type checker
    field = next(field for field in info.fields if field.name == name)
    kinds = field.type.types if isinstance(field.type, msgspec.inspect.UnionType) else (field.type,)
    return [str(word) for one in kinds if isinstance(one, msgspec.inspect.LiteralType) for word in one.values]


def _is_deep(payload: dict[str, Any]) -> bool:
    """Whether a payload has more levels than its command may have."""
    level: list[Any] = [payload]
    for _ in range(MAX_COMMAND_LEVELS - 1):
        inside = (node.values() if isinstance(node, dict) else node for node in level)
        level = [child for children in inside for child in children if isinstance(child, dict | list)]
        if not level:
            return False
    return True


def _unfit(raw: bytes, sender: Sender, fault: Values) -> Misfit | Garbage:
    try:
        _IDENTIFIED.decode(raw)
        envelope = _ENVELOPE.decode(raw)
    except ValueError, RecursionError:
        return Garbage(f"No usable id. {sentence('bad_command', fault)}")
    source = envelope.source if envelope.source in CARRIES[sender] else None
    command = _noted(envelope.id, envelope.action if isinstance(envelope.action, str) else "", sender, source)
    return Misfit(command, Refusal("bad_command", "validation", fault))


def _too_long(raw: bytes, sender: Sender) -> Misfit | Garbage:
    """It is not read; it can be answered where it begins with its id, as those of all our senders do."""
    fault: Values = {"fault": "too_big", "limit": MAX_COMMAND_BYTES}
    found = _FIRST_ID.match(raw)
    if found is None:
        return Garbage(f"No usable id. {sentence('bad_command', fault)}")
    command = _noted(found[1].decode(), "", sender)
    return Misfit(command, Refusal("bad_command", "validation", fault))


def _noted(command_id: str, action: str, sender: Sender, source: Source | None = None) -> Command:
    """As much of a command as the log may have of one that is none, without its payload, which nobody has checked."""
    return Command(
        id=command_id, ts="1970-01-01T00:00:00.000Z", source=source or CARRIES[sender][0], action=action[:64]
    )
