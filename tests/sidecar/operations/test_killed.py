"""Operations that are killed at any moment, and what they show while they run."""

import asyncio
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from house.sidecar import PROGRAM
from mira_sidecar.operations.erase import ERASED
from tests.sidecar.operations.kept import CommandLine, events_in, lived_in, opened_side, written

MOMENTS_S = (0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2)
"""After the operation has the database. All of it takes some 0.2 s."""


@pytest.fixture
async def long(tmp_path: Path) -> Path:
    """The log of a longer life, to be copied for each kill."""
    return await written(tmp_path / "long.db", lived_in(300).events)


@pytest.fixture
def killed(tmp_path: Path, long: Path) -> Callable[..., Iterator[Path]]:
    """Runs an operation on one copy after the other, and kills it at another moment each time; the copies."""

    def each(*arguments: str | Path) -> Iterator[Path]:
        for number, moment_s in enumerate(MOMENTS_S):
            folder = tmp_path / str(number)
            folder.mkdir()
            database = Path(shutil.copyfile(long, folder / "mira.db"))
            process = subprocess.Popen(
                [PROGRAM, *arguments, "--database", database], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            deadline = time.monotonic() + 10
            while not database.with_name("mira.db.lock").exists() and time.monotonic() < deadline:
                time.sleep(0.005)
            time.sleep(moment_s)
            process.kill()
            process.wait()
            yield database

    return each


def test_killed_while_erasing_all_is_gone_or_nothing(mira: CommandLine, killed: Callable[..., Iterator[Path]]) -> None:
    count = len(lived_in(300).events)
    for database in killed("erase", "--since", "2026-01-01", "--until", "2027-01-01", "--yes"):
        code, out, _ = mira("verify", "--database", database)
        assert code == 0, out
        assert {event.payload == ERASED for event in events_in(database)[:count]} in ({True}, {False})


HALF_WRITTEN = """
import os, signal, sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("PRAGMA cache_size = 1")
database.execute("BEGIN")
database.execute("CREATE TABLE half (written)")
for _ in range(50):
    database.execute("INSERT INTO half VALUES (zeroblob(8192))")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("name", ["mira.db", "mira.db.side"])
async def test_what_a_kill_left_half_written_is_taken_back_and_sound(
    mira: CommandLine, long: Path, tmp_path: Path, name: str
) -> None:
    database = Path(shutil.copyfile(long, tmp_path / "mira.db"))
    async with opened_side(database):
        pass
    file = tmp_path / name
    # As it is while SQLite takes a file into use that was never in WAL mode: a new one, or a restored one.
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    before = file.read_bytes()
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", HALF_WRITTEN, file], check=False)
    assert file.read_bytes() != before
    code, out, _ = mira("verify", "--database", database)
    assert code == 0, out
    assert file.read_bytes() == before


def test_killed_while_restoring_there_is_the_one_or_the_other_or_what_was_kept(
    mira: CommandLine, killed: Callable[..., Iterator[Path]], database: Path
) -> None:
    for place in killed("restore", database):
        logs = [path for path in place.parent.glob("mira.db*") if path.suffix != ".lock"]
        assert any(len(events_in(path)) == len(lived_in(300).events) for path in logs)
        if place.exists():
            code, out, _ = mira("verify", "--database", place)
            assert code == 0, out


def test_on_a_terminal_it_shows_how_far_it_is(long: Path) -> None:
    ours, theirs = os.openpty()
    try:
        subprocess.run([PROGRAM, "verify", "--database", long], check=True, stdout=subprocess.DEVNULL, stderr=theirs)
        shown = os.read(ours, 4_096).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert f"verifying: 500 of {len(lived_in(300).events):,} events" in shown
    assert shown.endswith("\r\x1b[K")
