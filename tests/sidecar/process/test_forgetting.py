"""What was taught and is forgotten: gone from the disk, however often that takes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mira_sidecar.core.state import initial_document
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.subjects.gesture import teacher as teaching
from mira_sidecar.subjects.gesture.teacher import Teacher


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[EventStore]:
    """A log with two samples of a gesture that its state does not know."""
    store = await EventStore.open(tmp_path / "mira.db")
    for number in (1.0, 2.0):
        await store.keep_sample("forgotten", [number])
    yield store
    await store.close()


async def nobody(source: str, action: str, payload: object) -> None:
    """Takes commands, and does nothing with them."""


async def test_samples_of_a_forgotten_gesture_go_once_the_disk_can_be_written_again(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teaching, "_AGAIN_S", 0.01)
    teacher = Teacher(store, nobody, mirrored=False)
    await teacher.open()
    running = asyncio.create_task(teacher.run())
    await store._connection.execute("PRAGMA query_only = 1")
    teacher.recognition(initial_document())
    teacher.tidy()
    await asyncio.sleep(0.1)
    assert not running.done()
    assert await store.samples() != {}
    await store._connection.execute("PRAGMA query_only = 0")
    async with asyncio.timeout(5):
        while await store.samples():  # noqa: ASYNC110 - it is SQLite that tells
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_samples_stay_until_redis_has_said_what_the_log_lacks(store: EventStore) -> None:
    teacher = Teacher(store, nobody, mirrored=False)
    await teacher.open()
    running = asyncio.create_task(teacher.run())
    teacher.recognition(initial_document())
    await asyncio.sleep(0.05)
    assert await store.samples() != {}
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
