"""From the bytes of a stream entry to a command, or to what can be said about it."""

import re
from dataclasses import dataclass
from typing import Any

import msgspec
import msgspec.inspect

from mira_sidecar.core.decision import Refusal
from mira_sidecar.protocol import CARRIES, MAX_COMMAND_BYTES, MAX_COMMAND_LEVELS, Command, Sender, Source, milliseconds


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
_CHOICE = re.compile(r"Invalid enum value .* - at `\$\.(\w+)`", re.DOTALL)
_TOO_DEEP = "it is nested too deeply"


def read(raw: bytes, sender: Sender) -> Command | Misfit | Garbage:
    """A command of this sender, or why it is none; of a longer one the beginning is enough. Never raises."""
    if len(raw) > MAX_COMMAND_BYTES:
        return _too_long(raw, sender)
    try:
        command = _COMMAND.decode(raw)
    except (ValueError, RecursionError) as error:
        return _unfit(raw, sender, plain(error, Command))
    # Counted first, for that takes no time: hardly a command has so many brackets at all.
    if raw.count(b"[") + raw.count(b"{") >= MAX_COMMAND_LEVELS and _is_deep(command.payload):
        return _unfit(raw, sender, _TOO_DEEP)
    try:
        milliseconds(command.ts)
    except ValueError:
        return _unfit(raw, sender, "`ts` is no time")
    if command.source not in CARRIES[sender]:
        carried = " or ".join(CARRIES[sender])
        why = f"The commands stream `{sender}` carries only commands from {carried}, not from {command.source}."
        return Misfit(_noted(command.id, command.action, sender), Refusal("source_not_allowed", "source", why))
    return command


def plain(error: Exception, kind: type[msgspec.Struct]) -> str:
    """What is wrong with a value of this kind: the field and what it takes, and nothing of the value itself."""
    if isinstance(error, RecursionError):
        return _TOO_DEEP
    if choice := _CHOICE.fullmatch(str(error)):
        return f"`{choice[1]}` takes one of {', '.join(_choices(kind, choice[1]))}"
    return str(error).replace("`$.", "`").replace(" - at `$`", "")


def _choices(kind: type[msgspec.Struct], name: str) -> list[str]:
    """The words that a field takes."""
    info = msgspec.inspect.type_info(kind)
    assert isinstance(info, msgspec.inspect.StructType)  # noqa: S101 - for the type checker
    (field,) = (field for field in info.fields if field.name == name)
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


def _unfit(raw: bytes, sender: Sender, why: str) -> Misfit | Garbage:
    try:
        _IDENTIFIED.decode(raw)
        envelope = _ENVELOPE.decode(raw)
    except ValueError, RecursionError:
        return Garbage(f"This is no command and has no usable id: {why}")
    source = envelope.source if envelope.source in CARRIES[sender] else None
    command = _noted(envelope.id, envelope.action if isinstance(envelope.action, str) else "", sender, source)
    return Misfit(command, Refusal("bad_command", "validation", f"This is no valid command: {why}."))


def _too_long(raw: bytes, sender: Sender) -> Misfit | Garbage:
    """It is not read; it can be answered where it begins with its id, as those of all our senders do."""
    why = f"it is longer than {MAX_COMMAND_BYTES:,} bytes"
    found = _FIRST_ID.match(raw)
    if found is None:
        return Garbage(f"This is no command and has no usable id: {why}")
    command = _noted(found[1].decode(), "", sender)
    return Misfit(command, Refusal("bad_command", "validation", f"This is no valid command: {why}."))


def _noted(command_id: str, action: str, sender: Sender, source: Source | None = None) -> Command:
    """As much of a command as the log may have of one that is none, without its payload, which nobody has checked."""
    return Command(
        id=command_id, ts="1970-01-01T00:00:00.000Z", source=source or CARRIES[sender][0], action=action[:64]
    )
