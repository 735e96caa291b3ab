"""`explain`: what became of a command, and why."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.core.explanation import Step, explained
from mira_sidecar.discovery import all_subjects
from mira_sidecar.protocol import EVENTS_KEPT, Event, Explanation
from mira_sidecar.queries.kind import Kind, QueryRefusedError
from mira_sidecar.snapshots import nearest
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.event_store import SNAPSHOT_EVERY
from mira_sidecar.store.log_reader import LogReader

_FOLDED = 3 * SNAPSHOT_EVERY
"""Events between a snapshot and the command, at most; of what is further back the state is not looked for."""
_LOOKED_AT = EVENTS_KEPT + 2 * _FOLDED
"""Events in all, at most: 0.2 s."""
_PAGE = 50
"""Events read at a time: each page lets the decisions go ahead, which would wait 5 ms for a busy thread."""


class Explain(msgspec.Struct, frozen=True):
    """Payload of `explain`: the command, or the place of one of its events; without either, the last decision."""

    command_id: str | None = None
    seq: int | None = None


def _explain(database: Path, payload: Explain) -> Explanation:
    with LogReader(database) as log:
        log.hold()
        answer = _sought(log, payload)
        return explained(answer, islice(_steps(log, answer.seq), _LOOKED_AT), log.answer_to, all_subjects().references)


def _sought(log: LogReader, payload: Explain) -> Event:
    """The answer that is meant. Raises QueryRefusedError."""
    if payload.command_id is not None:
        found = log.answer_to(payload.command_id)
    elif payload.seq is not None:
        # SQLite has 64 bits for a place.
        event = next(iter(log.after(payload.seq - 1, 1)), None) if 0 < payload.seq < 2**63 else None
        found = log.answer_to(event.command_id) if event and event.seq == payload.seq else None
    else:
        # What a decision changed follows it.
        found = next((event for event in reversed(log.last(2)) if event.type != "state_patch"), None)
    if found is None:
        raise QueryRefusedError("unknown_command")
    return found


def _steps(log: LogReader, seq: int) -> Iterator[Step]:
    """The steps of the log from somewhere ahead of an event on; without documents where that would take long."""
    near = nearest(log, seq)
    position = near if near and seq - near.seq <= _FOLDED else Position(seq - 1, 0, {})
    while page := log.after(position.seq, _PAGE):
        for event in page:
            before, position = position, _behind(position, event)
            yield event, before, position


def _behind(position: Position, event: Event) -> Position:
    """The position behind an event. Raises StoreError."""
    if not position.document:
        return Position(event.seq, event.rev or position.rev, {})
    try:
        return fold(position, event)
    except (ValueError, LookupError, TypeError) as error:
        raise StoreError(f"The log is damaged ({error}). `mira-sidecar verify` says more.") from error


EXPLAIN = Kind("explain", Explain, _explain)
