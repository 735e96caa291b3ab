"""What became of a command, and why: put together from the log alone."""

from collections.abc import Iterator
from typing import Any

import msgspec

from mira_sidecar.core.arbiter import Position
from mira_sidecar.core.state import Document
from mira_sidecar.operations.recorded_log import RecordedLog
from mira_sidecar.protocol import Event, milliseconds

_WATCHED_MS = 60_000
"""Milliseconds after a command in which others may still have lost to it: the longest `hold_ms`."""


class Changed(msgspec.Struct, frozen=True, omit_defaults=True):
    """One place of the state; `before` is absent where something was added, `after` where it was removed."""

    place: str
    """With dots: `camera.on`, `todos`."""
    before: Any = msgspec.UNSET
    after: Any = msgspec.UNSET


class Related(msgspec.Struct, frozen=True):
    """Another command, and what it has to do with this one."""

    how: str
    command_id: str
    seq: int
    ts: str
    source: str
    action: str


class Explanation(msgspec.Struct, frozen=True):
    """All that the log knows of a command."""

    answer: Event
    changed: list[Changed] | None
    """None where the log begins later."""
    rev: int | None
    """The revision that it led to."""
    before: list[Related]
    """What it refers to: the question that it answers, what it takes back, what it lost to."""
    led_to: list[Related]
    waiting: bool
    """Whether it is a question that still waits at the end of the log."""
    undoable: bool
    """Whether it could be taken back at the end of what was looked at."""


def explained(log: RecordedLog, answer: Event) -> Explanation:
    """The explanation of an answer. Raises StoreError or OperationError."""
    own, changed, rev = answer.command_id, None, None
    before = list(_referred(log, answer, {}))
    led_to: list[Related] = []
    position: Position | None = None
    for event, old, position in log.steps("explaining"):
        if event.seq < answer.seq:
            continue
        if event.seq == answer.seq:
            changed, before = [], list(_referred(log, answer, old.document))
        elif event.command_id == own:
            changed, rev = list(_changes(old.document, event.payload["patch"])), event.rev
        else:
            led_to += _consequences(event, own, old.document, position.document, led_to)
            recent = milliseconds(event.ts) - milliseconds(answer.ts) < _WATCHED_MS
            if not recent and not _waits(position.document, own) and not _undoable(position.document, own):
                break
    end = position.document if position else {}
    return Explanation(answer, changed, rev, before, led_to, _waits(end, own), _undoable(end, own))


def _waits(document: Document, command_id: str) -> bool:
    pending = document.get("pending")
    return pending is not None and pending["command_id"] == command_id


def _undoable(document: Document, command_id: str) -> bool:
    return any(entry["command_id"] == command_id for entry in document.get("undoable", ()))


def _referred(log: RecordedLog, answer: Event, document: Document) -> Iterator[Related]:
    """The commands that this one is about."""
    named = [("answers", answer.payload.get("confirmed") or answer.payload.get("cancelled"))]
    named.append(("takes back", answer.payload.get("undone")))
    if answer.action == "time_out":
        named.append(("ends", answer.payload.get("command_id")))
    if answer.reason == "superseded":
        last = (change["command_id"] for change in document.get("last_changes", {}).values())
        named += [("lost to", command_id) for command_id in last if command_id in (answer.message or "")]
    for how, command_id in named:
        found = [one for one in log.answers_like(command_id) if one.command_id == command_id] if command_id else []
        yield from (_related(how, one) for one in found)


def _consequences(event: Event, own: str, old: Document, new: Document, known: list[Related]) -> Iterator[Related]:
    """What a later event has to do with the command."""
    payload = event.payload
    if event.type == "state_patch":
        if _waits(old, own) and not _waits(new, own) and event.command_id not in [one.command_id for one in known]:
            yield _related("was ended by", event)
    elif payload.get("confirmed") == own:
        yield _related("was confirmed by", event)
    elif payload.get("cancelled") == own:
        yield _related("was cancelled by", event)
    elif payload.get("undone") == own:
        yield _related("was taken back by", event)
    elif event.action == "time_out" and payload.get("command_id") == own:
        yield _related("was not answered in time, so ended by", event)
    elif event.reason == "superseded" and own in (event.message or ""):
        yield _related("stood against", event)


def _related(how: str, event: Event) -> Related:
    return Related(how, event.command_id, event.seq, event.ts, event.source, event.action)


def _changes(document: Document, patch: list[dict[str, Any]]) -> Iterator[Changed]:
    """What a patch does to a document, in places."""
    for operation in patch:
        steps = [step.replace("~1", "/").replace("~0", "~") for step in operation["path"].split("/")[1:]]
        *folders, last = steps
        node: Any = document
        for step in folders:
            node = node[int(step)] if isinstance(node, list) else node.get(step)
        after = operation.get("value", msgspec.UNSET)
        if isinstance(node, list):
            at = None if operation["op"] == "add" else int(last)
            # Places move while a patch is applied; what is removed is found where it was.
            before = node[at] if at is not None and at < len(node) else msgspec.UNSET
            yield Changed(".".join(folders), before, after)
        else:
            yield Changed(".".join(steps), (node or {}).get(last, msgspec.UNSET), after)
