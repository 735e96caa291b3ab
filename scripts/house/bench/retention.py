"""Writing while old events are deleted: the same store, as the sidecar has it, does both."""

import asyncio
import shutil
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid7

import msgspec

from house.bench.figures import Measured
from house.bench.sampling import percentile
from house.process import HouseError
from mira_sidecar.protocol import Event, instant
from mira_sidecar.retention import REST_S
from mira_sidecar.store.event_store import SNAPSHOT_EVERY, EventStore

_AT_ONCE = 8
"""Events a write, as of four commands that came together."""


def figures(folder: Path, long_log: Path, *, events: int, rounds: int) -> dict[str, Measured]:
    """Milliseconds until a write is durable, 99th percentile, while so many of the oldest events are being deleted."""
    database = folder / "retained.db"
    shutil.copyfile(long_log, database)
    passed = [asyncio.run(_round(database, events)) for _ in range(rounds)]
    slowest = [percentile(samples, 99) for samples in passed]
    note = (
        f"{events:,} events deleted, {statistics.median(len(samples) for samples in passed):,.0f} writes beside it; "
        f"median {statistics.median(percentile(samples, 50) for samples in passed):.2f} ms"
    )
    return {"writer_p99_ms_during_retention": Measured(statistics.median(slowest), note)}


async def _round(database: Path, events: int) -> Sequence[float]:
    store = await EventStore.open(database)
    try:
        first = await anext(aiter(store.events_after(0)))
        snapshot = await store.snapshot()
        if snapshot is None:
            raise HouseError("The long log has no snapshot.")
        deletion = asyncio.create_task(_delete(store, first[0].seq + events))
        passed: list[float] = []
        seq = await store.last_seq()
        while not deletion.done():
            batch = [_event(seq + place) for place in range(1, _AT_ONCE + 1)]
            began = time.perf_counter()
            await store.append(batch)
            if seq // SNAPSHOT_EVERY != batch[-1].seq // SNAPSHOT_EVERY:
                # As the sidecar does; what was written and deleted moves from the WAL into the main file with it.
                await store.save_snapshot(msgspec.structs.replace(snapshot, seq=batch[-1].seq))
            passed.append((time.perf_counter() - began) * 1000)
            seq += _AT_ONCE
        await deletion
    finally:
        await store.close()
    return passed


async def _delete(store: EventStore, before: int) -> None:
    deleted = 1
    while deleted:
        deleted = await store.forget(before)
        await asyncio.sleep(REST_S)


def _event(seq: int) -> Event:
    moment = instant(time.time_ns() // 1_000_000)
    return Event(seq, str(uuid7()), moment, str(uuid7()), "accepted", "automation", "show_page", {"page": "home"})
