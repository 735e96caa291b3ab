"""How long events are kept. What goes is the beginning of the log; the state that it led to becomes the base.

A clock that is wrong for a moment must not cost a year of history: nothing goes by age before the clock is believed.
"""

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from mira_sidecar.core.arbiter import fold
from mira_sidecar.protocol import EVENTS_KEPT, Event, instant, milliseconds
from mira_sidecar.snapshots import picture, position_of
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.event_store import EventStore

log = structlog.get_logger()

LEAST_KEPT = EVENTS_KEPT + 1_000
"""Events that stay in any case: Redis, which trims its stream roughly, is filled from them and compared with them."""
LEAST_KEPT_MS = 2 * 3_600_000
"""How young an event must be to stay in any case. A command lives an hour at most (`ttl_ms`): whoever sends one again
whose answer is gone is told that it has expired, and it is not carried out twice."""
_DAY_MS = 86_400_000
LEAP_MS = 2 * _DAY_MS
"""How far the clock may be ahead of what was believed last: a mirror may be switched off over a weekend."""
CONFIRMED_MS = _DAY_MS
"""For how long a clock that is further ahead has to go on evenly, with the sidecar running, to be believed."""
_EVERY_S = 600.0
REST_S = 0.01
"""Between two pages or deletions, for the commands that came meanwhile: without it they take twice as long."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept; the stricter one decides."""

    days: int
    """0: for ever."""
    megabytes: int
    """0: without limit."""


@dataclass(frozen=True, slots=True)
class Belief:
    """How far a clock is believed; what the sidecar knew at the last look. All in milliseconds."""

    believed_ms: int
    """The latest time that is believed."""
    seen_ms: int
    """What the clock said."""
    watched_ms: int = 0
    """For how long it has gone on evenly, ahead of what is believed."""

    def after(self, now_ms: int, passed_ms: int) -> Belief:
        """The same after another look at the clock, so long after the last one by a steady clock.

        Between two lives of the sidecar nobody watched, and nothing has passed.
        """
        if now_ms <= self.believed_ms + passed_ms + LEAP_MS:
            return Belief(max(self.believed_ms, now_ms), now_ms)
        evenly = abs(now_ms - self.seen_ms - passed_ms) <= LEAP_MS
        watched_ms = self.watched_ms + passed_ms if evenly else 0
        if watched_ms >= CONFIRMED_MS:
            return Belief(now_ms, now_ms)
        return Belief(self.believed_ms, now_ms, watched_ms)

    @property
    def is_doubted(self) -> bool:
        """Whether the clock said something that is not believed yet."""
        return self.seen_ms > self.believed_ms + LEAP_MS

    def sure_ms(self) -> int:
        """The time by which events are old: never later than what is believed."""
        return min(self.seen_ms, self.believed_ms)


async def belief(store: EventStore, now_ms: int) -> Belief:
    """What is known of the clock in this log; of one that was never looked at, its last event says it."""
    known = await store.clock()
    if known is not None:
        return Belief(*known)
    last = await store.event(await store.last_seq())
    moment = milliseconds(last.ts) if last else now_ms
    return Belief(moment, moment)


class Retention:
    """Lets old events go while the sidecar runs, a few at a time."""

    def __init__(self, store: EventStore, limits: Limits, now_ms: Callable[[], int], joined: asyncio.Event) -> None:
        """`joined`: set once the log may be changed."""
        self._joined = joined
        self._store = store
        self._limits = limits
        self._now_ms = now_ms
        self._looked_at: float | None = None
        self._doubted = False

    async def run(self) -> None:
        """Look every ten minutes whether something is too old or too much, until cancelled."""
        await self._joined.wait()
        while True:
            try:
                await self.look()
            except StoreError as error:
                log.warning("old events could not be deleted", why=str(error))
            await asyncio.sleep(_EVERY_S)

    async def look(self) -> None:
        """Delete what is too old, by what is believed of the clock, or too much. Raises StoreError."""
        now_ms, looked_at = self._now_ms(), time.monotonic()
        passed_ms = round((looked_at - self._looked_at) * 1000) if self._looked_at is not None else 0
        there = (await belief(self._store, now_ms)).after(now_ms, passed_ms)
        self._looked_at = looked_at
        if there.is_doubted and not self._doubted:
            log.warning(
                "the clock is ahead of what the log has seen: nothing is deleted by age before it goes on so for a day",
                clock=instant(now_ms),
                believed=instant(there.believed_ms),
            )
        self._doubted = there.is_doubted
        await self._store.keep_clock(there.believed_ms, there.seen_ms, there.watched_ms)
        if count := await retain(self._store, self._limits, there.sure_ms(), rest_s=REST_S):
            log.info("old events deleted", count=count)


async def retain(
    store: EventStore,
    limits: Limits,
    now_ms: int,
    *,
    rest_s: float = 0.0,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Delete what is beyond the limits, at most up to the last snapshot; how many events. Raises StoreError.

    An event that is later than now was decided by a clock that was wrong. It is as old as the one before it.
    """
    first, last, size = await store.extent()
    snapshot = await store.snapshot()
    end = min(snapshot.seq, last - LEAST_KEPT) if snapshot else 0
    surplus = max(0.0, 1 - limits.megabytes * 1e6 / size) if limits.megabytes else 0.0
    large = first - 1 + math.ceil(surplus * (last - first + 1))
    old = instant(now_ms - limits.days * _DAY_MS) if limits.days else ""
    young, now = instant(now_ms - LEAST_KEPT_MS), instant(now_ms)
    dated = ""

    def goes(event: Event) -> bool:
        nonlocal dated
        if event.ts <= now:
            dated = event.ts
        is_old = "" < dated < old
        return event.seq <= end and dated < young and (is_old or event.seq <= large)

    await store.forget_set_aside(old)
    begin = await _begin(store, first, goes, now_ms, rest_s=rest_s, report=report)
    deleted = 0
    while count := await store.forget(begin):
        deleted += count
        report(deleted, begin - first)
        await asyncio.sleep(rest_s)
    return deleted


async def _begin(
    store: EventStore,
    first: int,
    goes: Callable[[Event], bool],
    now_ms: int,
    *,
    rest_s: float,
    report: Callable[[int, int], None],
) -> int:
    """Let the log begin with the first command that stays, where that is later than now; its place."""
    base = position_of(await store.base())
    begin, behind, position = first, base, base
    try:
        async for page in store.events_after(first - 1):
            for event in page:
                if event.type != "state_patch":
                    # A command and what it changed stay together.
                    begin, behind = event.seq, position
                if not goes(event):
                    if begin > base.seq + 1:
                        await store.begin_at(picture(behind, instant(now_ms)))
                    return begin
                if event.seq > base.seq:
                    position = fold(position, event)
            report(0, page[-1].seq - first)
            await asyncio.sleep(rest_s)
    except (ValueError, LookupError, TypeError) as error:
        raise StoreError(f"The log in {store.path} is damaged ({error}). Restore it from a backup.") from error
    return first
