"""Who decides next: waiting for the lease, following the log of its holder meanwhile, and going on where that ended."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from mira_sidecar.core.access import own_pins
from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.log_key import LogKey
from mira_sidecar.protocol import EVENTS_KEPT, Event, Lease, Problem, Snapshot
from mira_sidecar.published import followed
from mira_sidecar.snapshots import Snapshots, load, picture
from mira_sidecar.store.errors import DuplicateCommandError
from mira_sidecar.store.event_store import EventStore, Pins
from mira_sidecar.store.older import Older, brought_up
from mira_sidecar.transport.feed import PAGE, Feed
from mira_sidecar.transport.lease import LeaseKey
from mira_sidecar.transport.outbox import Outbox

log = structlog.get_logger()

LOOK_S = 0.25
"""How long a lease, or the database of another sidecar, may be free before one that waits for it notices."""


class ForeignLogError(Exception):
    """Redis holds events that the database neither has nor can take from there; the text says what to do."""


class MirrorTakenError(Exception):
    """A sidecar with another log serves this mirror on this Redis."""


_PATIENCE_S = 5.0
"""How long whoever holds the lease may go on after we asked for it, until it is clear that it will not make way."""
FORGED = Problem(
    "forged_events",
    "Somebody else wrote events of this mirror into Redis. They were not believed, and Redis was given the log again. "
    "Change the passwords of Redis, and see who may write there: docs/security.md says how.",
)


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
        self,
        *,
        store: EventStore,
        snapshots: Snapshots,
        lease: LeaseKey,
        feed: Feed,
        outbox: Outbox,
        key: LogKey,
        mirror: str,
        standby: bool,
        report: Callable[[Problem], None],
        older: Sequence[Older] = (),
    ) -> None:
        """`report` hears what somebody else did to what is in Redis; `older`: what an older version wrote there."""
        self._store = store
        self._snapshots = snapshots
        self._lease = lease
        self._feed = feed
        self._outbox = outbox
        self._key = key
        self._mirror = mirror
        self._standby = standby
        self._report = report
        self._older = older
        self._key_is_known = standby
        """Whether what is in Redis was signed with our key before. Then all that is not is forged."""
        self._decided_last = False
        self._aligned_with: int | None = None
        self._asked: tuple[int, float] | None = None
        """Whose lease we asked for, by its number, and since when."""
        self._said: str | None = None
        self.joined = asyncio.Event()
        """Set once our log is known to be the one that Redis has: until then nothing may be changed in it."""

    async def take_over(self, position: Position, stop: asyncio.Event) -> Position | None:
        """Wait for the lease, and bring the log in line with what Redis has. None: told to stop.

        Raises ForeignLogError or MirrorTakenError where waiting does not help.
        """
        self._aligned_with = self._asked = None
        # The last attempt may have ended with Redis, in the middle of following.
        position = await load(self._store)
        while not stop.is_set():
            holder = await self._lease.read()
            if (holder is None or self._lease.is_own(holder)) and await self._may_decide(position):
                holder = await self._lease.take(self._store.server_id)
                if self._lease.is_own(holder):
                    position = await self._caught_up(position)
                    self.joined.set()
                    self._decided_last, self._said = True, None
                    if self._standby:
                        log.warning("the standby takes over: the mirror's own sidecar is away")
                    return position
            position = await self._follow(position, holder)
        return None

    async def fill(self, position: Position, snapshot: Snapshot) -> int | None:
        """Give Redis what it lacks of the log, of which the lease is ours; all of it where what it has is not whole.

        How far Redis had it; None where that is not known. Raises LeaseLostError, or AlteredStreamError where somebody
        else writes there meanwhile.
        """
        there = await self._feed.condition()
        erased = await self._store.must_republish()
        anew = erased or there.forged or not there.complete
        since = max(0 if anew else there.last, position.seq - EVENTS_KEPT)
        await self._outbox.refill(self._store.events_after(since), snapshot, anew=anew)
        if erased:
            await self._store.republished()
            if not await self._outbox.rewrite_file():
                log.warning("what was erased is in the append-only file of Redis: run `redis-cli BGREWRITEAOF`")
        if there.forged and self._key_is_known:
            log.error("the events stream had entries that are not signed with the key of the log; it is filled again")
            self._report(FORGED)
        await self._store.settle(self._key.id)
        self._key_is_known = True
        return None if anew else since

    async def _may_decide(self, position: Position) -> bool:
        """Whether our log is known to hold all that was ever published.

        The mirror's own sidecar takes that for granted. A standby has to see in Redis where the log ends: of a Redis
        that was emptied it cannot tell how much it has missed. And it makes way where that sidecar is back.
        """
        if not self._standby:
            return True
        if await self._lease.is_claimed():
            return False
        published = await self._feed.head()
        if self._decided_last or (published is not None and 0 < published.seq <= position.seq):
            return True
        why = "its log is not complete" if published else "Redis does not show how far the log goes"
        self._say("the standby waits for the mirror's own sidecar", why=why, seq=position.seq)
        return False

    def _say(self, what: str, *, why: str, **facts: Any) -> None:
        """Say in the log what we wait for, once."""
        if self._said != why:
            self._said = why
            log.warning(what, why=why, **facts)

    async def _follow(self, position: Position, holder: Lease | None) -> Position:
        """Take part, for a moment, in the log of the lease's holder; the position after it."""
        if holder is not None:
            self._decided_last = False
            await self._join(position, holder)
            self._look_for_a_twin(holder)
        fence = holder.fence if holder else 0
        if self._aligned_with != fence:
            shared = await self._shared(position)
            if (
                shared is None
                or (holder is None and position.seq == 0)
                # What we have beyond it may be what Redis, emptied or cut short, is just being given again: ours is not
                # another log until Redis shows another event.
                or (shared.seq < position.seq and not shared.parted)
            ):
                await self._wait_for(shared)
                return position
            position = await self._without_tail(position, shared.seq)
            self._aligned_with = fence
            self.joined.set()
            if holder is not None:
                log.info("following", node=holder.node, seq=position.seq)
        events = await self._feed.after(position.seq, block_ms=round(LOOK_S * 1000))
        if self._feed.met_unsigned and not events:
            self._say("events that are not signed with the key of the log are passed over", why="they are forged")
            await asyncio.sleep(LOOK_S)
        if not self._standby and len(events) < PAGE:
            # As good as level: whoever waited for a moment without events would wait for ever under load.
            await self._lease.claim()
        return await self._with(position, events)

    async def _wait_for(self, shared: _Shared | None) -> None:
        """Let the holder of the lease go on, of whose log too little is in Redis now."""
        if not self._standby:
            await self._lease.claim()
        elif shared is None and self._feed.met_unsigned:
            self._say(
                "the standby takes nothing",
                why=f"no event in Redis is signed with the key in {self._key.path}. Copy the key of the mirror's own "
                "sidecar there, and start the standby again.",
            )
        await asyncio.sleep(LOOK_S)

    def _look_for_a_twin(self, holder: Lease) -> None:
        """Say so where the holder of our log does not make way: a standby would have."""
        now = time.monotonic()
        if self._standby:
            return
        if self._asked is None or self._asked[0] != holder.fence:
            self._asked = holder.fence, now
        elif now - self._asked[1] > _PATIENCE_S:
            self._say(
                "this sidecar waits: another one serves the mirror with a copy of this log",
                why=f"{holder.node} has the same data folder, or a copy of it. Stop one of the two. To have this one "
                "stand by, start it with `standby`; for a mirror of its own, give it an empty `database` and another "
                "name with `mirror`.",
            )

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
        self._key_is_known = await self._knows_key()
        if not self._key_is_known:
            await self._check_unsigned(position)
        elif (shared := await self._shared(position)) is not None:
            if shared.parted:
                position = await self._without_tail(position, shared.seq)
            while events := await self._feed.after(position.seq):
                position = await self._with(position, events)
        unsigned = not self._key_is_known
        head = await self._feed.head(unsigned=unsigned)
        if head is not None and head.seq > position.seq:
            raise self._foreign(head.seq, position)
        if await self._store.must_republish():
            return position  # the state there may be one that an older version wrote
        snapshot = await self._feed.snapshot(unsigned=unsigned)
        if snapshot is not None and snapshot.seq > position.seq:
            raise self._foreign(snapshot.seq, position)
        there = await followed(self._feed, snapshot, head)
        if there is not None and there.seq == position.seq and picture(there, "") != picture(position, ""):
            raise ForeignLogError(
                f"The log in {self._store.path} is damaged, or the state in Redis is: at {position.seq} they differ. "
                "Restore the database from a backup; where it is Redis, delete the mirror's keys there."
            )
        return position

    async def _knows_key(self) -> bool:
        """Whether our key was this log's before: a first start, also after an update, or a lost key has a new one."""
        if self._standby or await self._store.key_id() == self._key.id:
            return True
        return await self._feed.last() is not None

    async def _check_unsigned(self, position: Position) -> None:
        """Raise ForeignLogError where Redis may have more of our log than we, written with a key that is not ours."""
        last = await self._feed.unsigned_last()
        if last is None:
            return
        ours = await self._store.event(last.seq)
        if ours is not None and ours.id == last.id:
            return
        if position.seq == 0:
            raise self._foreign(last.seq, position)
        raise ForeignLogError(
            f"Redis holds event {last.seq} of this mirror, the database {self._store.path}, which ends at "
            f"{position.seq}, does not have it, and it is not signed with the key in {self._key.path}. Copy the key "
            "there that the log had before. Where it is lost, delete the mirror's keys in Redis: it then goes on "
            "where the database ends."
        )

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
        now = brought_up(events, self._older)
        if now != events:
            await self._store.republish()
            events = now
        try:
            for event in events:
                position = fold(position, event)
            await self._store.copy(events, await self._pins_after(events, position))
        except (ValueError, LookupError, DuplicateCommandError) as error:
            raise self._foreign(events[-1].seq, position) from error
        await self._snapshots.keep(position, events[-1].ts)
        return position

    async def _pins_after(self, events: Sequence[Event], position: Position) -> Pins:
        """The hashes that `append` gets with these events, which lead there.

        That of a new PIN stays where it was set, or in the database whose place a backup took; with the old one, the
        old PIN would open the mirror again. Whoever was forgotten there has none here.
        """
        last = {
            event.payload.get("person"): event.command_id
            for event in events
            if event.action == "set_pin" and event.type == "accepted"
        }
        persons = own_pins(position.document)
        gone = {one: b"" for one in await self._store.pins() if one is not None and one not in persons}
        return gone | {person: await self._store.waiting_pin(command_id) or b"" for person, command_id in last.items()}

    def _foreign(self, seq: int, position: Position) -> ForeignLogError:
        return ForeignLogError(
            f"Redis holds event {seq} of this mirror, and the database {self._store.path}, which ends at "
            f"{position.seq}, does not have it. Restore the database, set `database` to the right one, "
            "or, to begin anew, delete the mirror's keys in Redis."
        )
