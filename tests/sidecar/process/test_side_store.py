"""The side store of a real sidecar: what is wrong with it keeps no command from being decided, and loses nothing."""

import asyncio
import contextlib
import os
import sqlite3
import time
from pathlib import Path

import msgspec
import pytest

from house.redis import RedisServer
from house.sidecar import SidecarProcess
from mira_sidecar import supervision
from mira_sidecar.config import Settings
from mira_sidecar.protocol import Problem
from mira_sidecar.side_keeper import SideKeeper
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.files import keys_of, side_of
from mira_sidecar.subjects.gesture import samples
from mira_sidecar.supervision import Supervised
from tests.sidecar.core.situation import Situation
from tests.sidecar.operations.kept import execute, opened_side, written
from tests.sidecar.process.mirror import AT_ONCE, Mirror

MOMENTS_S = (0.0, 0.25, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8, 1.0)
"""After the start of a sidecar. It has the side store after some 0.6 s."""


@pytest.fixture(autouse=True)
def _loopback(socket_enabled: None) -> None:
    """These tests speak to Redis."""


def columns(path: Path, query: str) -> list[object]:
    with contextlib.closing(sqlite3.connect(path)) as database:
        return [row[0] for row in database.execute(query)]


def test_one_that_is_damaged_is_kept_aside_and_said(own_mirror: Mirror) -> None:
    mirror = own_mirror
    mirror.until(lambda: side_of(mirror.database).exists())
    mirror.sidecar.stop()
    side_of(mirror.database).write_bytes(b"Dear aunt, " * 1_000)
    mirror.sidecar.start()
    assert mirror.send("toggle_camera")["type"] == "accepted"
    mirror.until(lambda: mirror.degraded() == ["personal_data"])
    (kept,) = mirror.database.parent.glob(f"{side_of(mirror.database).name}.2*")
    assert kept.read_bytes().startswith(b"Dear aunt")
    mirror.check()


async def test_what_is_wrong_is_said_for_as_long_as_the_sidecar_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "_SOUND_S", 2.0)
    database = await written(tmp_path / "mira.db", [])
    side_of(database).write_bytes(b"Dear aunt, " * 1_000)
    joined, wrong = asyncio.Event(), dict[str, Problem | None]()
    joined.set()
    async with contextlib.aclosing(await EventStore.open(database)) as log:
        keeper = SideKeeper(log, Settings(subjects=["gesture"]), wrong.__setitem__)
        task = Supervised("side", lambda: keeper.run(joined), wrong.__setitem__)
        async with supervision.beside([task]):
            await keeper.opened()
            await asyncio.sleep(2.5)  # the task that opened it counts as sound by then
        await keeper.close(tidy=True)
    assert [problem.code for problem in wrong.values() if problem] == ["personal_data"]


def test_one_that_cannot_be_opened_is_said_and_opened_once_it_can(own_mirror: Mirror) -> None:
    mirror = own_mirror
    mirror.until(lambda: side_of(mirror.database).exists())
    mirror.sidecar.stop()
    side_of(mirror.database).unlink()
    side_of(mirror.database).mkdir()
    mirror.sidecar.start()
    assert mirror.send("toggle_camera")["type"] == "accepted"
    mirror.until(lambda: mirror.degraded() == ["personal_data"])
    side_of(mirror.database).rmdir()
    mirror.until(lambda: mirror.degraded() == [], 20)
    assert side_of(mirror.database).is_file()
    mirror.check()


def test_a_disk_of_it_that_hangs_delays_no_command(own_mirror: Mirror) -> None:
    mirror = own_mirror
    mirror.sidecar.stop()
    keys = keys_of(side_of(mirror.database))
    keys.unlink(missing_ok=True)
    os.mkfifo(keys)  # whoever reads it waits for a writer that never comes
    mirror.sidecar.start()
    began = time.monotonic()
    for _ in range(20):
        assert mirror.send("toggle_camera")["type"] == "accepted"
    assert time.monotonic() - began < 5
    mirror.check()
    mirror.sidecar.kill()
    keys.unlink()


def test_nothing_is_sealed_and_nothing_loaded_for_it_where_nothing_is_personal(own_mirror: Mirror) -> None:
    mirror = own_mirror
    mirror.until(lambda: side_of(mirror.database).exists())
    mirror.send("add_todo", {"summary": "Milk"})
    maps = Path(f"/proc/{mirror.sidecar.process.pid}/maps").read_text()
    assert "cryptography" not in maps
    assert not keys_of(side_of(mirror.database)).exists()


async def test_samples_that_are_moved_once_more_are_there_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = await written(tmp_path / "mira.db", [])
    for values in (b"[0.125]", b"[1.125]"):
        execute(database, "INSERT INTO taught VALUES ('yes', ?)", values)
    empty = EventStore.empty

    async def fails(store: EventStore, table: str) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(EventStore, "empty", fails)
    with pytest.raises(StoreError):
        async with opened_side(database):
            pass
    monkeypatch.setattr(EventStore, "empty", empty)
    async with opened_side(database) as side:
        assert await samples.samples(side) == {"yes": [[0.125], [1.125]]}
    assert columns(database, "SELECT count(*) FROM taught") == [0]


async def test_killed_at_any_moment_of_its_first_start_a_new_version_loses_no_sample_and_has_none_twice(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    situation = Situation()
    situation.send("teach_gesture", source="automation", fields={"name": "mine", "samples": 3})
    situation.send("confirm")
    for _ in range(3):
        situation.send("take_sample", source="system", fields={"name": "mine"})
    database = await written(tmp_path / "mira.db", situation.events)
    command_id = situation.document["taught"]["mine"]["command_id"]
    shown = [[number + 0.125] * 150 for number in range(3)]
    for values in shown:
        execute(database, "INSERT INTO taught VALUES (?, ?)", command_id, msgspec.json.encode(values))
    mirror = Mirror(redis_server, SidecarProcess(redis_server.url, database, **AT_ONCE))
    with contextlib.closing(mirror):
        for moment_s in MOMENTS_S:
            mirror.sidecar.launch()
            await asyncio.sleep(moment_s)
            mirror.sidecar.kill()
            in_log = columns(database, "SELECT count(*) FROM taught")[0]
            side = side_of(database)
            moved = columns(side, "SELECT count(*) FROM gesture_samples") if side.exists() and in_log == 0 else [3]
            assert (in_log in (0, 3), moved) == (True, [3])
        mirror.sidecar.start()
        mirror.until(lambda: columns(database, "SELECT count(*) FROM taught") == [0])
        mirror.sidecar.stop()
    assert columns(side_of(database), "SELECT id FROM gesture_samples ORDER BY id") == [
        f"{command_id}:{number:03}" for number in range(3)
    ]
    everything = b"".join(path.read_bytes() for path in tmp_path.glob("mira.db*"))
    assert b"0.125" not in everything
    async with opened_side(database) as side_store:
        assert await samples.samples(side_store) == {command_id: shown}
