"""A standby's log beside a Redis that changes while it is looked at."""

import asyncio
from pathlib import Path
from typing import Any, cast

from mira_sidecar.log_key import LogKey
from mira_sidecar.protocol import Event, Lease
from mira_sidecar.snapshots import Snapshots, load
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.log_reader import LogReader
from mira_sidecar.succession import Succession
from mira_sidecar.transport.feed import Feed
from mira_sidecar.transport.lease import LeaseKey
from mira_sidecar.transport.outbox import Outbox

EVENTS = [
    Event(seq, f"event-{seq}", "2026-11-20T12:00:00.000Z", f"command-{seq}", "accepted", "touch", "lock")
    for seq in range(1, 11)
]


class RefilledFeed:
    """A Redis that was emptied and is given the log again: each look at its end finds one event more."""

    def __init__(self) -> None:
        self.length = 1
        self.met_unsigned = False
        self.full = asyncio.Event()

    async def first(self) -> Event:
        return EVENTS[0]

    async def last(self) -> Event:
        self.length = min(self.length + 1, len(EVENTS))
        return EVENTS[self.length - 1]

    async def event(self, seq: int) -> Event | None:
        return EVENTS[seq - 1] if seq <= self.length else None

    async def after(self, seq: int, block_ms: int | None = None) -> list[Event]:
        self.full.set()
        await asyncio.sleep(0.01)
        return EVENTS[seq : self.length]


class AnothersLease:
    """A lease that another sidecar holds."""

    def __init__(self, server_id: str) -> None:
        self.lease = Lease(2, server_id, "another store", "nas:1")

    async def read(self) -> Lease:
        return self.lease

    def is_own(self, lease: Lease | None) -> bool:
        return False


async def test_a_redis_that_is_being_refilled_is_not_another_log(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("mira_sidecar.succession.LOOK_S", 0.01)
    store = await EventStore.open(tmp_path / "mira.db")
    try:
        await store.append(EVENTS)
        feed, stop = RefilledFeed(), asyncio.Event()
        succession = Succession(
            store=store,
            snapshots=await Snapshots.of(store),
            lease=cast("LeaseKey", AnothersLease(store.server_id)),
            feed=cast("Feed", feed),
            outbox=cast("Outbox", None),
            key=LogKey(bytes(32), tmp_path / "key"),
            mirror="hall",
            standby=True,
            report=lambda problem: None,
        )
        following = asyncio.create_task(succession.take_over(await load(store), stop))
        async with asyncio.timeout(10):
            await feed.full.wait()
            stop.set()
            assert await following is None
    finally:
        await store.close()
    with LogReader(tmp_path / "mira.db") as log:
        assert log.set_aside() == []
        assert log.last(100) == EVENTS
