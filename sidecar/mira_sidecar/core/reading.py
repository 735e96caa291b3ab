"""From the bytes of a stream entry to a command, or to what can be said about it."""

from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from mira_sidecar.core.decision import Refusal
from mira_sidecar.protocol import MAX_COMMAND_BYTES, Command, Source, milliseconds


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
_SOURCES: tuple[str, ...] = get_args(Source.__value__)


def read(raw: bytes) -> Command | Misfit | Garbage:
    """A command, or why it is none. Never raises."""
    if len(raw) > MAX_COMMAND_BYTES:
        return _unfit(raw, f"it has {len(raw):,} bytes, at most {MAX_COMMAND_BYTES:,} are read")
    try:
        command = _COMMAND.decode(raw)
        milliseconds(command.ts)
    except (ValueError, RecursionError) as error:
        return _unfit(raw, plain(error))
    return command


def plain(error: Exception) -> str:
    """What msgspec says of a value, in the words of the payload: a field is `summary`, not `$.summary`."""
    return str(error).replace("`$.", "`").replace(" - at `$`", "")


def _unfit(raw: bytes, why: str) -> Misfit | Garbage:
    try:
        _IDENTIFIED.decode(raw)
        envelope = _ENVELOPE.decode(raw)
    except ValueError, RecursionError:
        return Garbage(f"This is no command and has no usable id: {why}")
    command = Command(
        id=envelope.id,
        ts="1970-01-01T00:00:00.000Z",
        source=envelope.source if envelope.source in _SOURCES else "system",
        action=envelope.action[:64] if isinstance(envelope.action, str) else "",
    )
    return Misfit(command, Refusal("bad_command", "validation", f"This is no valid command: {why}."))
