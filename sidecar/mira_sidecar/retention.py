"""How long events are kept. What goes is the beginning of the log; the state that it led to becomes the base."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from mira_sidecar.core.arbiter import fold
from mira_sidecar.protocol import EVENTS_KEPT, Event, instant
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


class Retention:
    """Lets old events go while the sidecar runs, a few at a time."""

    def __init__(self, store: EventStore, limits: Limits, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._limits = limits
        self._now_ms = now_ms

    async def run(self) -> None:
        """Look every ten minutes whether something is too old or too much, until cancelled."""
        while True:
            try:
                if count := await retain(self._store, self._limits, self._now_ms(), rest_s=REST_S):
                    log.info("old events deleted", count=count)
            except StoreError as error:
                log.warning("old events could not be deleted", why=str(error))
            await asyncio.sleep(_EVERY_S)


async def retain(
    store: EventStore,
    limits: Limits,
    now_ms: int,
    *,
    rest_s: float = 0.0,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Delete what is beyond the limits, at most up to the last snapshot; how many events. Raises StoreError."""
    first, last, size = await store.extent()
    snapshot = await store.snapshot()
    end = min(snapshot.seq, last - LEAST_KEPT) if snapshot else 0
    surplus = max(0.0, 1 - limits.megabytes * 1e6 / size) if limits.megabytes else 0.0
    large = first - 1 + math.ceil(surplus * (last - first + 1))
    old = instant(now_ms - limits.days * _DAY_MS) if limits.days else ""
    young = instant(now_ms - LEAST_KEPT_MS)

    def goes(event: Event) -> bool:
        return event.seq <= end and event.ts < young and (event.ts < old or event.seq <= large)

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
