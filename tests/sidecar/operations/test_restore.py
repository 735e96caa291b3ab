"""Restoring: the backup in the place of the database, and nothing lost."""

import asyncio
from pathlib import Path

import pytest

from mira_sidecar.store.files import keys_of, side_of
from mira_sidecar.subjects.gesture import samples
from tests.sidecar.operations.kept import (
    CommandLine,
    events_in,
    execute,
    leftovers,
    lived_in,
    loaded,
    opened_side,
    side_with,
    written,
)
from tests.sidecar.process.mirror import Mirror


@pytest.fixture
def backup(mira: CommandLine, database: Path, tmp_path: Path) -> Path:
    """A backup of the database."""
    file = tmp_path / "mira.backup"
    assert mira("backup", "--database", database, file)[0] == 0
    return file


def kept(database: Path) -> list[Path]:
    """What lies beside the database under a dated name."""
    return sorted(database.parent.glob(f"{database.name}.2*"))


async def test_the_backup_takes_the_place_of_the_database_which_is_kept(
    mira: CommandLine, database: Path, backup: Path
) -> None:
    more = lived_in(5).events
    await written(database, more[len(lived_in().events) :])
    code, out, err = mira("restore", "--database", database, backup)
    assert (code, err) == (0, "")
    (aside,) = kept(database)
    assert f"is what was backed up: {len(lived_in().events)} events" in out
    assert f"The database that was there is kept as {aside}." in out
    assert events_in(database) == lived_in().events
    assert events_in(aside) == more
    assert leftovers(database.parent, database, backup, aside) == set()


async def test_what_a_crash_left_in_the_wal_stays_with_the_database_that_is_kept(
    mira: CommandLine, database: Path, backup: Path
) -> None:
    database.write_bytes(b"damaged beyond repair")
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).write_bytes(b"of the damaged one")
    assert mira("restore", "--database", database, backup)[0] == 0
    assert (await loaded(database)).seq == len(lived_in().events)
    aside, shm, wal = kept(database)
    assert (aside.read_bytes(), wal.read_bytes()) == (b"damaged beyond repair", b"of the damaged one")
    assert (shm.name, wal.name) == (aside.name + "-shm", aside.name + "-wal")
    assert events_in(database) == lived_in().events


def test_where_there_was_no_database_there_is_one_now(mira: CommandLine, backup: Path, tmp_path: Path) -> None:
    new = tmp_path / "new" / "mira.db"
    code, out, _ = mira("restore", "--database", new, backup)
    assert (code, "is kept as" in out) == (0, False)
    assert events_in(new) == lived_in().events


async def samples_of(database: Path) -> list[str]:
    """What a closed log's side store has samples of."""
    async with opened_side(database) as side:
        assert side.said == []
        return sorted(await samples.samples(side))


async def test_a_gesture_that_was_taught_after_the_backup_keeps_its_samples(
    mira: CommandLine, database: Path, backup: Path
) -> None:
    await side_with(database, "later")
    for _ in range(2):
        code, out, _ = await asyncio.to_thread(mira, "restore", "--database", database, backup)
        assert code == 0
    assert "stays as it is: the backup has none." in out
    assert await samples_of(database) == ["later"]


async def test_a_backup_with_a_side_store_brings_it_back_and_what_was_there_is_kept_with_its_database(
    mira: CommandLine, database: Path, tmp_path: Path
) -> None:
    await side_with(database, "earlier")
    assert (await asyncio.to_thread(mira, "backup", "--database", database, tmp_path / "b"))[0] == 0
    await side_with(database, "later")
    code, out, _ = await asyncio.to_thread(mira, "restore", "--database", database, tmp_path / "b")
    assert (code, "is what was backed up with it" in out) == (0, True)
    assert await samples_of(database) == ["earlier"]
    (aside,) = [path for path in kept(database) if not path.name.endswith((".side", "-wal", "-shm"))]
    assert (await asyncio.to_thread(mira, "restore", "--database", database, aside))[0] == 0
    assert await samples_of(database) == ["earlier", "later"]


async def test_on_a_new_disk_the_rows_can_be_read_where_the_keys_were_backed_up(
    mira: CommandLine, database: Path, tmp_path: Path
) -> None:
    await side_with(database, "earlier")
    for name, flags in (("without", []), ("with", ["--keys"])):
        code, out, _ = await asyncio.to_thread(mira, "backup", "--database", database, tmp_path / name, *flags)
        assert (code, keys_of(side_of(tmp_path / name)).exists()) == (0, name == "with")
        new = tmp_path / "new" / name / "mira.db"
        assert (await asyncio.to_thread(mira, "restore", "--database", new, tmp_path / name))[0] == 0
        code, out, _ = await asyncio.to_thread(mira, "verify", "--database", new)
        assert (code, "1 of 1 rows of" in out) == ((0, False) if name == "with" else (1, True))
        code, out, _ = await asyncio.to_thread(mira, "verify", "--database", tmp_path / name)
        assert (code, "Their keys are not beside it" in out) == (0, name == "without")


async def test_a_backup_whose_side_store_is_damaged_changes_nothing(
    mira: CommandLine, database: Path, tmp_path: Path
) -> None:
    await side_with(database, "earlier")
    assert (await asyncio.to_thread(mira, "backup", "--database", database, tmp_path / "b"))[0] == 0
    side_of(tmp_path / "b").write_bytes(b"Dear aunt, " * 1_000)
    assert "is damaged" in await asyncio.to_thread(mira.refuses, "restore", "--database", database, tmp_path / "b")
    assert kept(database) == []
    assert await samples_of(database) == ["earlier"]


async def test_a_backup_of_another_mirror_gets_no_samples_of_this_one(
    mira: CommandLine, database: Path, backup: Path
) -> None:
    await side_with(database, "ours")
    execute(backup, "UPDATE identity SET server_id = 'another'")
    assert (await asyncio.to_thread(mira, "restore", "--database", database, backup))[0] == 0
    async with opened_side(database) as side:
        assert "belongs to another log" in side.said[0]
        assert await samples.samples(side) == {}


def test_a_pin_that_cannot_be_kept_is_said(mira: CommandLine, database: Path, backup: Path) -> None:
    database.write_bytes(b"damaged beyond repair")
    said = mira("restore", "--database", database, backup)[1]
    assert "It cannot be read: a PIN that was set after the backup cannot be kept." in said


def test_restoring_twice_keeps_both(mira: CommandLine, database: Path, backup: Path) -> None:
    for _ in range(2):
        assert mira("restore", "--database", database, backup)[0] == 0
    assert len([path for path in kept(database) if not path.name.endswith(("-wal", "-shm"))]) == 2


async def test_a_damaged_backup_changes_nothing(mira: CommandLine, database: Path, backup: Path) -> None:
    whole = backup.read_bytes()
    before = database.read_bytes()
    broken = {
        "no database": b"Dear aunt, " * 1_000,
        "truncated": whole[: len(whole) // 2],
        "middle": whole[:8192] + b"\xa5" * (len(whole) - 12_288) + whole[-4096:],
    }
    for content in broken.values():
        backup.write_bytes(content)
        assert "is damaged" in mira.refuses("restore", "--database", database, backup)
        assert database.read_bytes() == before
    assert kept(database) == list(database.parent.glob("*.part")) == []


def test_a_newer_backup_is_refused(mira: CommandLine, database: Path, backup: Path) -> None:
    execute(backup, "PRAGMA user_version = 99")
    assert "made by a newer sidecar (schema 99" in mira.refuses("restore", "--database", database, backup)
    assert kept(database) == []


def test_what_is_no_backup_is_refused(mira: CommandLine, database: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    execute(other, "CREATE TABLE recipes (text)")
    assert "no log of Mira's" in mira.refuses("restore", "--database", database, other)
    assert "There is no backup at" in mira.refuses("restore", "--database", database, tmp_path / "none")
    assert "There is no backup at" in mira.refuses("restore", "--database", database, tmp_path)
    assert "is the database itself" in mira.refuses("restore", "--database", database, database)
    assert kept(database) == []


def test_while_a_sidecar_runs_nothing_is_restored(mira: CommandLine, mirror: Mirror, tmp_path: Path) -> None:
    mirror.send("toggle_camera")
    file = tmp_path / "mira.backup"
    assert mira("backup", "--database", mirror.database, file)[0] == 0
    assert "Another sidecar is using" in mira.refuses("restore", "--database", mirror.database, file)
    assert mirror.send("toggle_camera")["type"] == "accepted"
    mirror.check()


def test_a_sidecar_starts_on_what_was_restored(mira: CommandLine, mirror: Mirror, tmp_path: Path) -> None:
    mirror.send("add_todo", {"summary": "Kept"})
    file = tmp_path / "mira.backup"
    assert mira("backup", "--database", mirror.database, file)[0] == 0
    mirror.sidecar.stop()
    mirror.database.write_bytes(b"a disk that forgot")
    assert mira("restore", "--database", mirror.database, file)[0] == 0
    mirror.sidecar.start()
    assert mirror.send("add_todo", {"summary": "New"})["type"] == "accepted"
    mirror.check()


def test_what_redis_has_and_the_backup_lacks_is_taken_over_at_the_next_start(
    mira: CommandLine, mirror: Mirror, tmp_path: Path
) -> None:
    mirror.send("add_todo", {"summary": "In the backup"})
    file = tmp_path / "mira.backup"
    assert mira("backup", "--database", mirror.database, file)[0] == 0
    mirror.send("add_todo", {"summary": "Later"})
    mirror.sidecar.stop()
    assert mira("restore", "--database", mirror.database, file)[0] == 0
    mirror.sidecar.start()
    assert [todo["summary"] for todo in mirror.snapshot()["state"]["todos"]] == ["In the backup", "Later"]
    mirror.check()


def test_a_redis_that_was_emptied_gets_the_backup(mira: CommandLine, mirror: Mirror, tmp_path: Path) -> None:
    mirror.send("add_todo", {"summary": "In the backup"})
    file = tmp_path / "mira.backup"
    assert mira("backup", "--database", mirror.database, file)[0] == 0
    mirror.send("add_todo", {"summary": "Later"})
    mirror.sidecar.stop()
    mirror.redis.flushall()
    assert mira("restore", "--database", mirror.database, file)[0] == 0
    mirror.sidecar.start()
    assert [todo["summary"] for todo in mirror.snapshot()["state"]["todos"]] == ["In the backup"]
    mirror.check()
