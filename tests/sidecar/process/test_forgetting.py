"""What was taught and is forgotten: gone from the disk, however often that takes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mira_sidecar.core.state import initial_document
from mira_sidecar.keeping import side_tables
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.side import SideStore
from mira_sidecar.subjects.gesture import samples
from mira_sidecar.subjects.gesture import teacher as teaching
from mira_sidecar.subjects.gesture.teacher import Teacher
from mira_sidecar.subjects.gesture.worker.messages import Lesson, Sampled


class Beside:
    """A side store that is opened when the test says so."""

    def __init__(self, store: SideStore) -> None:
        self._store = store
        self.is_open = asyncio.Event()

    async def opened(self) -> SideStore:
        await self.is_open.wait()
        return self._store

    def now(self) -> SideStore:
        if not self.is_open.is_set():
            raise StoreError("It is not open.")
        return self._store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SideStore]:
    """Two samples of a gesture that the state does not know."""
    store = await SideStore.open(tmp_path / "mira.db.side", side_tables(), "ours")
    for number in range(2):
        await samples.keep(store, "forgotten", number, [float(number)], 0)
    yield store
    await store.close()


@pytest.fixture
def side(store: SideStore) -> Beside:
    """The same, open."""
    side = Beside(store)
    side.is_open.set()
    return side


async def nobody(source: str, action: str, payload: object) -> None:
    """Takes commands, and does nothing with them."""


async def test_samples_of_a_forgotten_gesture_go_once_the_disk_can_be_written_again(
    store: SideStore, side: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teaching, "_AGAIN_S", 0.01)
    read = asyncio.Event()
    teacher = Teacher(side, nobody, mirrored=False)
    running = asyncio.create_task(teacher.run(read.set))
    await read.wait()
    await store._connection.execute("PRAGMA query_only = 1")
    teacher.recognition(initial_document())
    teacher.tidy()
    await asyncio.sleep(0.1)
    assert not running.done()
    assert await samples.samples(store) != {}
    await store._connection.execute("PRAGMA query_only = 0")
    async with asyncio.timeout(5):
        while await samples.samples(store):  # noqa: ASYNC110 - it is SQLite that tells
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_samples_stay_until_redis_has_said_what_the_log_lacks(store: SideStore, side: Beside) -> None:
    teacher = Teacher(side, nobody, mirrored=False)
    running = asyncio.create_task(teacher.run(lambda: None))
    teacher.recognition(initial_document())
    await asyncio.sleep(0.05)
    assert await samples.samples(store) != {}
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_sample_counts_only_once_it_is_kept(store: SideStore) -> None:
    side, taken = Beside(store), []

    async def submit(source: str, action: str, payload: object) -> None:
        taken.append(payload)

    teacher = Teacher(side, submit, mirrored=False)
    lesson = Lesson(name="mine", kind="pose", command_id="yes")
    document = initial_document()
    document["teaching"] = {"name": "mine", "kind": "pose", "command_id": "yes"}
    teacher.recognition(document)
    await teacher.keep(Sampled(lesson=lesson, values=[1.0]))
    assert taken == []
    side.is_open.set()
    for value in (1.0, 2.0):
        await teacher.keep(Sampled(lesson=lesson, values=[value]))
    assert taken == [{"name": "mine"}] * 2
    assert (await samples.samples(store))["yes"] == [[1.0], [2.0]]


async def test_a_gesture_without_samples_here_is_said_and_others_are_recognised(store: SideStore, side: Beside) -> None:
    teacher = Teacher(side, nobody, mirrored=False)
    document = initial_document()
    for name, command_id in (("mine", "forgotten"), ("elsewhere", "taught-on-another-machine")):
        document["taught"][name] = {"kind": "pose", "samples": 2, "command_id": command_id}
    assert teacher.lacking(document) is None  # it does not know yet
    read = asyncio.Event()
    running = asyncio.create_task(teacher.run(read.set))
    await read.wait()
    assert [own.name for own in teacher.recognition(document).own] == ["mine"]
    problem = teacher.lacking(document)
    assert problem
    assert (problem.code, "1 of the 2 gestures" in problem.message) == ("samples_missing", True)
    assert "elsewhere" not in problem.message
    del document["taught"]["elsewhere"]
    assert teacher.lacking(document) is None
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
