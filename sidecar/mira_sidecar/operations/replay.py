"""`mira-sidecar replay`: the state that a log leads to, at its end or at any place before."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from mira_sidecar.core.explanation import Step
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.recorded_log import RecordedLog, opened_log
from mira_sidecar.operations.state_page import page
from mira_sidecar.printing import say
from mira_sidecar.protocol import Instant, Snapshot, instant
from mira_sidecar.snapshots import picture, position_of

type Until = int | Instant
"""A place in the log, or a time."""


def replay(database: Path, file: Path | None, *, until: Until | None, as_json: bool) -> None:
    """Print the state. Raises StoreError or OperationError."""
    with opened_log(database, file) as log:
        snapshot = folded(log, until)
    say(*([msgspec.json.encode(snapshot).decode()] if as_json else page(snapshot)))


def folded(log: RecordedLog, until: Until | None = None) -> Snapshot:
    """The state behind the event at this place, or behind the last one that is not later."""
    position, at = position_of(log.base), log.base.at if log.base else instant(0)
    for event, _, after in steps_until(log, until, "replaying"):
        position, at = after, event.ts
    return picture(position, at)


def steps_until(log: RecordedLog, until: Until | None, what: str) -> Iterator[Step]:
    """The steps of a log up to a place or time. Raises OperationError where that is not in it."""
    seq = 0
    if (base := log.base) is not None:
        seq = base.seq
        if until is not None and (until < seq if isinstance(until, int) else until < base.at):
            raise OperationError(f"This log begins at event {seq:,}, {base.at}; what was before is not kept.")
    for event, before, after in log.steps(what):
        if seq == until or (isinstance(until, str) and event.ts > until):
            return
        seq = event.seq
        yield event, before, after
    if isinstance(until, int) and seq < until:
        raise OperationError(f"This log ends at event {seq:,}.")
