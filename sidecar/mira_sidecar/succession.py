"""Who decides next: waiting for the lease, following the log of its holder meanwhile, and going on where that ended."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.protocol import Event, Lease
from mira_sidecar.snapshots import Snapshots, load, picture
from mira_sidecar.store.errors import DuplicateCommandError
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.transport.feed import Feed
from mira_sidecar.transport.lease import LeaseKey

log = structlog.get_logger()

LOOK_S = 0.25
"""How long a lease, or the database of another sidecar, may be free before one that waits for it notices."""


class ForeignLogError(Exception):
    """Redis holds events that the database neither has nor can take from there; the text says what to do."""


class MirrorTakenError(Exception):
    """A sidecar with another log serves this mirror on this Redis."""


class _EmptiedError(Exception):
    """Redis has an event no more that it had a moment ago."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """How far our log and what Redis has of one are the same."""

    seq: int
    """The last place where both have the same event."""
    parted: bool
    """Whether both go on from there, with different events; otherwise one of them ends there."""


class Succession:
    """The way of one sidecar, with its own log, to the lease."""

    def __init__(
        self, *, store: EventStore, snapshots: Snapshots, lease: LeaseKey, feed: Feed, mirror: str, standby: bool
    ) -> None:
        self._store = store
        self._snapshots = snapshots
        self._lease = lease
        self._feed = feed
        self._mirror = mirror
        self._standby = standby
        self._decided_last = False
        self._aligned_with: int | None = None
        self._said: str | None = None

    async def take_over(self, position: Position, stop: asyncio.Event) -> Position | None:
        """Wait for the lease, and bring the log in line with what Redis has. None: told to stop.

        Raises ForeignLogError or MirrorTakenError where waiting does not help.
        """
        self._aligned_with = None
        # The last attempt may have ended with Redis, in the middle of following.
        position = await load(self._store)
        while not stop.is_set():
            holder = await self._lease.read()
            if (holder is None or self._lease.is_own(holder)) and await self._may_decide(position):
                holder = await self._lease.take(self._store.server_id)
                if self._lease.is_own(holder):
                    position = await self._caught_up(position)
                    self._decided_last, self._said = True, None
                    if self._standby:
                        log.warning("the standby takes over: the mirror's own sidecar is away")
                    return position
            position = await self._follow(position, holder)
        return None

    async def _may_decide(self, position: Position) -> bool:
        """Whether our log is known to hold all that was ever published.

        The mirror's own sidecar takes that for granted. A standby has to see in Redis where the log ends: of a Redis
        that was emptied it cannot tell how much it has missed. And it makes way where that sidecar is back.
        """
        if not self._standby:
            return True
        if await self._lease.is_claimed():
            return False
        published = await self._feed.snapshot()
        if self._decided_last or (published is not None and 0 < published.seq <= position.seq):
            return True
        why = "its log is not complete" if published else "Redis does not show how far the log goes"
        if self._said != why:
            self._said = why
            log.warning("the standby waits for the mirror's own sidecar", why=why, seq=position.seq)
        return False

    async def _follow(self, position: Position, holder: Lease | None) -> Position:
        """Take part, for a moment, in the log of the lease's holder; the position after it."""
        if holder is not None:
            self._decided_last = False
            await self._join(position, holder)
        fence = holder.fence if holder else 0
        if self._aligned_with != fence:
            shared = await self._shared(position)
            if shared is None or (holder is None and position.seq == 0):
                await asyncio.sleep(LOOK_S)
                return position
            if shared.seq < position.seq and not shared.parted:
                # What we have beyond it may be what Redis, emptied or cut short, is just being given again: ours is not
                # another log until Redis shows another event.
                if not self._standby:
                    await self._lease.claim()
                await asyncio.sleep(LOOK_S)
                return position
            position = await self._without_tail(position, shared.seq)
            self._aligned_with = fence
            if holder is not None:
                log.info("following", node=holder.node, seq=position.seq)
        events = await self._feed.after(position.seq, block_ms=round(LOOK_S * 1000))
        if not (events or self._standby):
            await self._lease.claim()
        return await self._with(position, events)

    async def _join(self, position: Position, holder: Lease) -> None:
        """Make the holder's log our own, where we are to and have none yet. Raises MirrorTakenError."""
        if holder.server_id == self._store.server_id:
            return
        if position.seq or not self._standby:
            raise MirrorTakenError(
                f"Another sidecar ({holder.node}), with another log, serves the mirror `{self._mirror}` on this Redis. "
                "Stop it, or give this mirror another name with `mirror`. A standby begins with an empty database."
            )
        await self._store.adopt(holder.server_id)

    async def _caught_up(self, position: Position) -> Position:
        """The position after the log got what Redis has and it lacks; the lease is ours."""
        if (shared := await self._shared(position)) is not None:
            if shared.parted:
                position = await self._without_tail(position, shared.seq)
            while events := await self._feed.after(position.seq):
                position = await self._with(position, events)
        published = await self._feed.snapshot()
        if published is not None and published.seq > position.seq:
            raise self._foreign(published.seq, position)
        if published is not None and published.seq == position.seq and picture(position, published.at) != published:
            raise ForeignLogError(
                f"The log in {self._store.path} is damaged, or the state in Redis is: at {position.seq} they differ. "
                "Restore the database from a backup; where it is Redis, delete the mirror's keys there."
            )
        return position

    async def _shared(self, position: Position) -> _Shared | None:
        """What our log and Redis have in common; None where Redis has no events, or lost them while we looked.

        Raises ForeignLogError where there is no such place, or none that Redis still has.
        """
        first, last = await self._feed.first(), await self._feed.last()
        if first is None or last is None:
            return None
        if position.seq == 0 and not self._standby:
            raise self._foreign(last.seq, position)
        low, high = first.seq - 1, min(position.seq, last.seq)
        if high < low:
            raise ForeignLogError(
                f"The log in {self._store.path} ends at {position.seq}, and Redis has only the events from {first.seq} "
                "on. Restore a backup of the database of the sidecar that serves (`mira-sidecar backup` there, "
                "`mira-sidecar restore` here), and start again."
            )
        try:
            if high == low or await self._is_common(high):
                return _Shared(high, parted=False)
            # What two logs share is their beginning.
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if await self._is_common(middle) else (low, middle)
        except _EmptiedError:
            return None
        if low < first.seq:
            raise self._foreign(last.seq, position)
        return _Shared(low, parted=True)

    async def _is_common(self, seq: int) -> bool:
        """Whether both have the same event at a place. Raises _EmptiedError where Redis has none there."""
        ours, theirs = await self._store.event(seq), await self._feed.event(seq)
        if theirs is None:
            raise _EmptiedError
        return ours is not None and ours.id == theirs.id

    async def _without_tail(self, position: Position, seq: int) -> Position:
        """The position after what we stored behind a place, and the holder of the lease did not, was set aside.

        That was never published: whoever sent those commands gets the answer from the one who decides now.
        """
        if seq == position.seq:
            return position
        snapshot = await self._store.snapshot()
        if snapshot is not None and snapshot.seq > seq:
            raise self._foreign(seq + 1, position)
        await self._store.set_aside(seq)
        log.warning("events that were not published are set aside", count=position.seq - seq, after=seq)
        return await load(self._store)

    async def _with(self, position: Position, events: Sequence[Event]) -> Position:
        """The position after storing events of the holder of the lease."""
        if not events:
            return position
        try:
            for event in events:
                position = fold(position, event)
            # The hash of a new PIN stays where it was set; with the old one, the old PIN would open the mirror again.
            new_pin = any(event.action == "set_pin" and event.type == "accepted" for event in events)
            await self._store.copy(events, b"" if new_pin else None)
        except (ValueError, LookupError, DuplicateCommandError) as error:
            raise self._foreign(events[-1].seq, position) from error
        await self._snapshots.keep(position, events[-1].ts)
        return position

    def _foreign(self, seq: int, position: Position) -> ForeignLogError:
        return ForeignLogError(
            f"Redis holds event {seq} of this mirror, and the database {self._store.path}, which ends at "
            f"{position.seq}, does not have it. Restore the database, set `database` to the right one, "
            "or, to begin anew, delete the mirror's keys in Redis."
        )
