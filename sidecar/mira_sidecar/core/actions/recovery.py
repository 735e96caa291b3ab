"""What the mirror does about itself after a mishap: a clock that jumped, a disk that took too long."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

import msgspec

from mira_sidecar.core.actions.system import NOT_ALLOWED
from mira_sidecar.core.decision import Action, Change, Context, Refusal
from mira_sidecar.core.state import Document, replace
from mira_sidecar.protocol import Event, PatchOperation, instant, milliseconds

type Opened = Literal["camera", "microphone", "lock"]
LATE_MS = 5_000
"""Milliseconds from its decision in which a command that opens something is acted on, where its own life is not known
any more: as long as commands live whose senders do not say."""
_OFF: dict[Opened, tuple[str, Any]] = {
    "camera": ("/camera/on", False),
    "microphone": ("/microphone/on", False),
    "lock": ("/access/unlocked_until", None),
}
_TIMES: tuple[tuple[str, ...], ...] = (
    ("pending", "asked_at"),
    ("pending", "deadline"),
    ("access", "unlocked_until"),
    ("access", "blocked_until"),
    ("access", "elsewhere", "*", "blocked_until"),
    ("last_changes", "*", "captured_at"),
    ("gestures_seen", "*"),
    ("message", "at"),
    ("message", "until"),
    ("teaching", "until"),
)
"""The times in a state by which something is decided later."""


class ShiftTimes(msgspec.Struct, frozen=True):
    """Payload of `shift_times`: how far the clock was put forward, or back where that is negative."""

    by_ms: int


class Revoke(msgspec.Struct, frozen=True):
    """Payload of `revoke`: what a command opened, and that its decision was stored too late."""

    command_id: str
    opened: Opened


def _shift(document: Document, payload: ShiftTimes, context: Context) -> Change | Refusal:
    """Have each time come when it would have come by the clock of before."""
    if context.command.source != "system":
        return NOT_ALLOWED
    patch = [
        replace(path, instant(milliseconds(time) + payload.by_ms))
        for steps in _TIMES
        for path, time in _found(document, steps)
    ]
    return Change({"by_ms": payload.by_ms}, patch)


def _found(node: Any, steps: tuple[str, ...], path: str = "") -> Iterator[tuple[str, str]]:
    """The times behind these steps, with their paths; `*` is every member."""
    if not steps:
        if isinstance(node, str):
            yield path, node
        return
    if isinstance(node, dict):
        for name in node if steps[0] == "*" else (steps[0],):
            yield from _found(node.get(name), steps[1:], f"{path}/{name}")


def _revoke(document: Document, payload: Revoke, context: Context) -> Change | Refusal:
    if context.command.source != "system":
        return NOT_ALLOWED
    path, off = _OFF[payload.opened]
    done = {"command_id": payload.command_id, "opened": payload.opened}
    return Change(done, [replace(path, off)] if _is_open(document, payload.opened) else [])


def _is_open(document: Document, what: Opened) -> bool:
    path, off = _OFF[what]
    _, place, member = path.split("/")
    return bool(document[place][member] != off)


def openings(events: Iterable[Event]) -> Iterator[tuple[Opened, Event]]:
    """What was opened in a part of the log, each with the patch that opened it."""
    for event in events:
        if event.type == "state_patch":
            for operation in msgspec.convert(event.payload["patch"], list[PatchOperation]):
                for what, (path, off) in _OFF.items():
                    if operation.path == path and operation.value != off:
                        yield what, event


ACTIONS = (Action("shift_times", ShiftTimes, _shift), Action("revoke", Revoke, _revoke))
