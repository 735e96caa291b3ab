"""What became of a command, and why: put together from the log alone."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from mira_sidecar.core.arbiter import Position
from mira_sidecar.core.state import Document
from mira_sidecar.protocol import Changed, Event, Explanation, Related, milliseconds

type Step = tuple[Event, Position, Position]
"""An event, with the position before and after it; where that is not known, its document is empty."""
type Find = Callable[[str], Event | None]
"""The answer to the command of this id."""
_WATCHED_MS = 60_000
"""Milliseconds after a command in which others may still have lost to it: the longest `hold_ms`."""


def explained(answer: Event, steps: Iterable[Step], find: Find) -> Explanation:
    """The explanation of an answer, from the steps of the log from there on, or from somewhere ahead of it."""
    own, rev = answer.command_id, None
    changed: list[Changed] | None = None
    before = list(_referred(find, answer, {}))
    led_to: list[Related] = []
    end: Document = {}
    for event, old, new in steps:
        if event.seq < answer.seq:
            continue
        end = new.document
        if event.seq == answer.seq:
            changed, before = [] if end else None, list(_referred(find, answer, old.document))
        elif event.command_id == own:
            changed = list(_changes(old.document, event.payload["patch"])) if end else None
            rev = event.rev
        else:
            led_to += _consequences(event, own, old.document, end, led_to)
            recent = milliseconds(event.ts) - milliseconds(answer.ts) < _WATCHED_MS
            if not recent and not _waits(end, own) and not _undoable(end, own):
                break
    return Explanation(answer, changed, rev, before, led_to, _waits(end, own), _undoable(end, own))


def _waits(document: Document, command_id: str) -> bool:
    pending = document.get("pending")
    return pending is not None and pending["command_id"] == command_id


def _undoable(document: Document, command_id: str) -> bool:
    return any(entry["command_id"] == command_id for entry in document.get("undoable", ()))


def _referred(find: Find, answer: Event, document: Document) -> Iterator[Related]:
    """The commands that this one is about."""
    named = [("answers", answer.payload.get("confirmed") or answer.payload.get("cancelled"))]
    named.append(("takes back", answer.payload.get("undone")))
    if answer.action == "time_out":
        named.append(("ends", answer.payload.get("command_id")))
    if answer.action == "withdraw":
        named.append(("withdraws", answer.payload.get("command_id")))
    named += [("cannot take back", command_id) for command_id in answer.payload.get("skipped", ())]
    if answer.reason == "superseded":
        named.append(("lost to", answer.values.get("command_id")))
    for how, command_id in named:
        if command_id and (found := find(command_id)):
            yield _related(how, found)


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
    elif event.action == "withdraw" and payload.get("command_id") == own:
        yield _related("no longer stood, so withdrawn by", event)
    elif event.reason == "superseded" and event.values.get("command_id") == own:
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
