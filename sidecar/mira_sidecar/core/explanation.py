"""What became of a command, and why: put together from the log alone."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from mira_sidecar.core.arbiter import Position
from mira_sidecar.core.state import Document, steps_of
from mira_sidecar.core.subject import Reference
from mira_sidecar.protocol import Changed, Event, Explanation, Related, milliseconds

type Step = tuple[Event, Position, Position]
"""An event, with the position before and after it; where that is not known, its document is empty."""
type Find = Callable[[str], Event | None]
"""The answer to the command of this id."""
_WINNER = re.compile(r"\(([0-9A-Za-z_-]{8,64})\)")
"""The command that stood against another, in the sentence of a log from before reasons had values."""
_WATCHED_MS = 60_000
"""Milliseconds after a command in which others may still have lost to it: the longest `hold_ms`."""


def explained(answer: Event, steps: Iterable[Step], find: Find, references: Sequence[Reference]) -> Explanation:
    """The explanation of an answer, from the steps of the log from there on, or from somewhere ahead of it."""
    own, rev = answer.command_id, None
    changed: list[Changed] | None = None
    before = list(_referred(find, answer, references))
    led_to: list[Related] = []
    end: Document = {}
    for event, old, new in steps:
        if event.seq < answer.seq:
            continue
        end = new.document
        if event.seq == answer.seq:
            changed = [] if end else None
        elif event.command_id == own:
            changed = list(_changes(old.document, event.payload["patch"])) if end else None
            rev = event.rev
        else:
            ended = _waits(old.document, own) and not _waits(end, own)
            led_to += _consequences(event, own, led_to, references, ended=ended)
            recent = milliseconds(event.ts) - milliseconds(answer.ts) < _WATCHED_MS
            if not recent and not _waits(end, own) and not _undoable(end, own):
                break
    return Explanation(answer, changed, rev, before, led_to, _waits(end, own), _undoable(end, own))


def _waits(document: Document, command_id: str) -> bool:
    pending = document.get("pending")
    return pending is not None and pending["command_id"] == command_id


def _undoable(document: Document, command_id: str) -> bool:
    return any(entry["command_id"] == command_id for entry in document.get("undoable", ()))


def named(answer: Event, reference: Reference) -> list[str]:
    """The commands that an answer names there."""
    found = answer.payload.get(reference.name) if reference.action in (None, answer.action) else None
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, str)]


def _referred(find: Find, answer: Event, references: Sequence[Reference]) -> Iterator[Related]:
    """The commands that this one is about."""
    about = [(one.how, command_id) for one in references for command_id in named(answer, one)]
    if answer.reason == "superseded":
        about += [("lost to", winner) for winner in _winners(answer)]
    for how, command_id in about:
        if found := find(command_id):
            yield _related(how, found)


def _consequences(
    event: Event, own: str, known: list[Related], references: Sequence[Reference], *, ended: bool
) -> Iterator[Related]:
    """What a later event has to do with the command; `ended`: it no longer waits behind it."""
    if event.type == "state_patch":
        if ended and event.command_id not in [one.command_id for one in known]:
            yield _related("was ended by", event)
    elif how := next((one.back for one in references if one.back and own in named(event, one)), ""):
        yield _related(how, event)
    elif event.reason == "superseded" and own in _winners(event):
        yield _related("stood against", event)


def _winners(answer: Event) -> list[str]:
    """The command that stood against one that was superseded."""
    winner = answer.values.get("command_id")
    return [winner] if isinstance(winner, str) else _WINNER.findall(answer.message or "")


def _related(how: str, event: Event) -> Related:
    return Related(how, event.command_id, event.seq, event.ts, event.source, event.action)


def _changes(document: Document, patch: list[dict[str, Any]]) -> Iterator[Changed]:
    """What a patch does to a document, in places."""
    for operation in patch:
        _, *steps = steps_of(operation["path"])
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
