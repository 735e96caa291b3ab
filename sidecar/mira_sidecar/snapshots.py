"""The state document now and then, so that a start need not fold the whole log."""

from typing import Self

import msgspec
import structlog

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.core.state import initial_document
from mira_sidecar.protocol import Instant, Snapshot, State
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.event_store import SNAPSHOT_EVERY, EventStore
from mira_sidecar.store.log_reader import LogReader

log = structlog.get_logger()

_BEHIND_ALL = 2**63 - 1
"""A place behind every event there can be."""


async def load(store: EventStore) -> Position:
    """Where the log ends: from the last snapshot, or from the base, on. Raises StoreError where it does not fold."""
    base = await store.base()
    position = position_of(await store.snapshot() or base)
    try:
        async for events in store.events_after(position.seq):
            for event in events:
                position = fold(position, event)
    except (ValueError, LookupError, TypeError) as error:
        raise StoreError(f"The log in {store.path} is damaged ({error}). Restore it from a backup.") from error
    if position.seq > max(await store.last_seq(), base.seq if base else 0):
        raise StoreError(
            f"The log in {store.path} is damaged (it ends before its snapshot at {position.seq}). "
            "Restore it from a backup."
        )
    return position


def position_of(snapshot: Snapshot | None) -> Position:
    """The position that a snapshot shows; without one, that before the first event."""
    if snapshot is None:
        return Position(0, 0, initial_document())
    return Position(snapshot.seq, snapshot.rev, msgspec.to_builtins(snapshot.state))


def nearest(log: LogReader, seq: int) -> Position | None:
    """The last position ahead of an event of which there is a picture, or the base. None: the log begins later."""
    base, snapshot = position_of(log.base()), log.snapshot_ahead(seq)
    position = position_of(snapshot) if snapshot and snapshot.seq > base.seq else base
    return position if position.seq < seq else None


def latest(log: LogReader) -> Position:
    """Where a log ends that is only read. Raises StoreError where it does not fold."""
    position = nearest(log, _BEHIND_ALL) or position_of(log.base())
    try:
        while page := log.after(position.seq):
            for event in page:
                position = fold(position, event)
    except (ValueError, LookupError, TypeError) as error:
        raise StoreError(f"The log is damaged ({error}). `mira-sidecar verify` says more.") from error
    return position


def picture(position: Position, at: Instant) -> Snapshot:
    """The state at a position, as it is published and kept."""
    return Snapshot(position.rev, position.seq, at, msgspec.convert(position.document, State))


class Snapshots:
    """Keeps the last picture of a log. Of what is not published there is none: it may have to be set aside."""

    def __init__(self, store: EventStore, seq: int) -> None:
        self._store = store
        self._seq = seq

    @classmethod
    async def of(cls, store: EventStore) -> Self:
        """Those of a log. What came since its last one counts, also when it was written before many short lives."""
        last = await store.snapshot()
        return cls(store, last.seq if last else 0)

    async def keep(self, position: Position, at: Instant, *, least: int = SNAPSHOT_EVERY) -> None:
        """Keep one where at least so many events came since the last; without it, the next start takes longer."""
        if position.seq - self._seq < least:
            return
        try:
            await self._store.save_snapshot(picture(position, at))
            self._seq = position.seq
        except StoreError as error:
            log.warning("no snapshot: the next start takes longer", why=str(error))
