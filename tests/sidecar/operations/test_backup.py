"""A backup: taken beside a running sidecar, whole or not at all."""

import asyncio
import itertools
import resource
import stat
import threading
from pathlib import Path

import pytest

from mira_sidecar.store.files import keys_of, side_of
from tests.sidecar.operations.kept import (
    CommandLine,
    events_in,
    execute,
    leftovers,
    lived_in,
    loaded,
    side_with,
    written,
)
from tests.sidecar.process.mirror import Mirror


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where to; its folder is empty."""
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder / "mira #1.backup"


async def test_a_backup_has_everything_and_only_its_owner_can_read_it(
    mira: CommandLine, database: Path, file: Path
) -> None:
    code, out, err = mira("backup", "--database", database, file)
    assert (code, err) == (0, "")
    assert out.startswith(f"{file} holds {len(lived_in().events)} events, the last of 2026-11-20T12:00:06.000Z (")
    assert "hash of the PIN" in out
    assert events_in(file) == lived_in().events
    assert await loaded(file) == await loaded(database)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_backup_is_one_file(mira: CommandLine, database: Path, file: Path) -> None:
    mira("backup", "--database", database, file)
    assert mira("events", "--database", file)[0] == 0
    assert leftovers(file.parent, file) == set()


def test_a_backup_beside_a_writing_sidecar_is_a_moment_of_its_log(
    mira: CommandLine, mirror: Mirror, file: Path
) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.wait(0.005 if mirror.unanswered() > 200 else 0):
            mirror.post([mirror.command("toggle_camera") for _ in range(20)])

    mirror.send("toggle_camera")
    writer = threading.Thread(target=write)
    writer.start()
    try:
        sizes = []
        for number in range(3):
            copy = file.with_name(f"{number}.backup")
            assert mira("backup", "--database", mirror.database, copy)[0] == 0
            sizes.append(len(events_in(copy)))
    finally:
        stop.set()
        writer.join()
    mirror.until(lambda: mirror.unanswered() == 0)
    stored = mirror.stored()
    for number, size in enumerate(sizes):
        found = events_in(file.with_name(f"{number}.backup"))
        assert [one.seq for one in found] == list(range(1, size + 1))
        assert [one.id for one in found] == [one["id"] for one in stored[:size]]
    assert all(earlier <= later for earlier, later in itertools.pairwise(sizes))


def test_a_file_that_exists_is_replaced_only_when_told_to(mira: CommandLine, database: Path, file: Path) -> None:
    file.write_bytes(b"another backup")
    said = mira.refuses("backup", "--database", database, file)
    assert said == f"{file} exists. Name another file, or replace it with --force."
    assert file.read_bytes() == b"another backup"
    assert mira("backup", "--database", database, file, "--force")[0] == 0
    assert events_in(file) == lived_in().events


def test_the_database_is_never_its_own_backup(mira: CommandLine, database: Path) -> None:
    before = database.read_bytes()
    said = mira.refuses("backup", "--database", database, database, "--force")
    assert "is the database itself" in said
    assert database.read_bytes() == before


def test_a_database_in_use_is_not_replaced_even_when_told_to(mira: CommandLine, database: Path, file: Path) -> None:
    file.write_bytes(b"a database")
    file.with_name(file.name + "-wal").write_bytes(b"what it was about to write")
    assert "in use" in mira.refuses("backup", "--database", database, file, "--force")
    assert file.read_bytes() == b"a database"


@pytest.mark.parametrize(
    ("place", "says"),
    [(".", "is a folder. Name the file to write"), ("nowhere/mira.backup", "There is no folder")],
)
def test_a_place_that_takes_no_file_is_refused(mira: CommandLine, database: Path, place: str, says: str) -> None:
    assert says in mira.refuses("backup", "--database", database, database.parent / place)


def test_a_damaged_log_is_not_backed_up_and_the_last_backup_stays(
    mira: CommandLine, database: Path, file: Path
) -> None:
    mira("backup", "--database", database, file)
    before = file.read_bytes()
    whole = database.read_bytes()
    database.write_bytes(whole[:8192] + b"\xa5" * (len(whole) - 8192))
    assert "is damaged" in mira.refuses("backup", "--database", database, file, "--force")
    assert file.read_bytes() == before
    assert leftovers(file.parent, file) == set()


async def test_a_damaged_side_store_is_not_backed_up_and_the_last_backup_stays(
    mira: CommandLine, database: Path, file: Path
) -> None:
    await side_with(database, "earlier")
    assert (await asyncio.to_thread(mira, "backup", "--database", database, file, "--keys"))[0] == 0
    files = (file, side_of(file), keys_of(side_of(file)))
    before = [path.read_bytes() for path in files]
    await written(database, lived_in(5).events[len(lived_in().events) :])
    side_of(database).write_bytes(b"Dear aunt, " * 1_000)
    said = await asyncio.to_thread(mira.refuses, "backup", "--database", database, file, "--force")
    assert "nothing was changed" in said
    assert [path.read_bytes() for path in files] == before
    assert leftovers(file.parent, *files) == set()


async def test_the_keys_of_an_earlier_backup_are_replaced_only_when_told_to(
    mira: CommandLine, database: Path, file: Path
) -> None:
    await side_with(database, "earlier")
    assert (await asyncio.to_thread(mira, "backup", "--database", database, file, "--keys"))[0] == 0
    keys = keys_of(side_of(file))
    before = keys.read_bytes()
    # The two were taken to another place: the keys are to be kept apart from them.
    file.unlink()
    side_of(file).unlink()
    said = await asyncio.to_thread(mira.refuses, "backup", "--database", database, file)
    assert said == f"{keys} exists. Name another file, or replace it with --force."
    assert keys.read_bytes() == before


def test_what_is_no_log_is_not_backed_up(mira: CommandLine, tmp_path: Path, file: Path) -> None:
    execute(tmp_path / "other.db", "CREATE TABLE recipes (text)")
    assert "no log of Mira's" in mira.refuses("backup", "--database", tmp_path / "other.db", file)
    assert "There is no database at" in mira.refuses("backup", "--database", tmp_path / "none.db", file)
    assert leftovers(file.parent) == set()


async def test_a_disk_without_room_leaves_nothing_behind(mira: CommandLine, tmp_path: Path, file: Path) -> None:
    database = await written(tmp_path / "long.db", lived_in(50).events)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (database.stat().st_size // 2, limits[1]))
    try:
        said = mira.refuses("backup", "--database", database, file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert f"The backup cannot be written to {file} (" in said
    assert leftovers(file.parent) == set()
