"""Damaged, cut short, too new, half updated: a sentence with the way out, and every file as it was."""

import contextlib
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from house.process import handed_on
from house.redis import RedisServer
from mira_sidecar.store import schema
from tests.attack import dying
from tests.attack.effort import SEED, Progress, times
from tests.attack.victim import Files, Victim

FLIPS = times(2, full=25)
"""Of each kind of place."""
KILLED = times(3, full=25)
CUTS = times(2, full=20)
_PAGE = 4_096


@pytest.fixture(autouse=True)
def _loopback(socket_enabled: None) -> None:
    """These tests speak to Redis."""


@pytest.fixture(scope="module")
def victim(shared_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victim]:
    """A log to be damaged, for all tests of the module: each has a copy."""
    victim = Victim(shared_redis, tmp_path_factory.mktemp("victim"))
    yield victim
    victim.mirror.sidecar.kill()
    victim.mirror.redis.close()


def in_the_header(main: bytes, chance: random.Random) -> int:
    return chance.randrange(100)


def in_the_head_of_a_page(main: bytes, chance: random.Random) -> int:
    page = chance.randrange(len(main) // _PAGE)
    return page * _PAGE + (100 if page == 0 else 0) + chance.randrange(12)


def in_the_pointers_of_a_page(main: bytes, chance: random.Random) -> int:
    return chance.randrange(1, len(main) // _PAGE) * _PAGE + chance.randrange(8, 60)


def anywhere(main: bytes, chance: random.Random) -> int:
    return chance.randrange(len(main))


@pytest.mark.parametrize("place", [in_the_header, in_the_head_of_a_page, in_the_pointers_of_a_page, anywhere])
def test_a_flipped_byte_is_refused_or_does_no_harm(
    victim: Victim, progress: Progress, place: Callable[[bytes, random.Random], int]
) -> None:
    refused = 0
    chance = random.Random(f"{SEED} {place.__name__}")
    for number in range(1, FLIPS + 1):
        main = bytearray(victim.whole.main)
        at = place(victim.whole.main, chance)
        main[at] ^= chance.randrange(1, 256)
        progress(f"flip {number} of {FLIPS}, byte {at}, {victim.whole.main[at]} to {main[at]}")
        refused += victim.meets(Files(bytes(main))) is not None
    progress(f"{FLIPS} flips, {refused} refused, {FLIPS - refused} in places that were not needed")


def cut_short(wal: bytes, chance: random.Random) -> bytes:
    return wal[: chance.randrange(len(wal))]


def with_garbage_at_its_end(wal: bytes, chance: random.Random) -> bytes:
    return cut_short(wal, chance) + chance.randbytes(chance.randrange(1, 20_000))


def with_a_byte_flipped(wal: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(wal))
    return wal[:at] + bytes([wal[at] ^ chance.randrange(1, 256)]) + wal[at + 1 :]


@pytest.mark.parametrize("damaged", [cut_short, with_garbage_at_its_end, with_a_byte_flipped])
def test_what_a_half_written_wal_has_lost_comes_back_from_redis(
    victim: Victim, progress: Progress, damaged: Callable[[bytes, random.Random], bytes]
) -> None:
    assert victim.killed.wal
    chance = random.Random(f"{SEED} {damaged.__name__}")
    for number in range(1, CUTS + 1):
        wal = damaged(victim.killed.wal, chance)
        progress(f"{number} of {CUTS}, {len(wal):,} bytes of {len(victim.killed.wal):,} left")
        assert victim.meets(Files(victim.killed.main, wal)) is None
    progress(f"{CUTS} write-ahead logs")


def test_a_copy_without_its_wal_gets_what_it_lacks_from_redis(victim: Victim) -> None:
    assert victim.meets(Files(victim.killed.main)) is None


def altered(files: Files, folder: Path, *statements: str) -> Files:
    """The files after someone else's program was at them."""
    copy = folder / "altered.db"
    copy.write_bytes(files.main)
    connection = sqlite3.connect(copy)
    connection.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return Files.at(copy)


def test_a_database_of_a_newer_sidecar_is_left_alone(victim: Victim, tmp_path: Path) -> None:
    newer = altered(victim.whole, tmp_path, "CREATE TABLE dreams (body BLOB)", "PRAGMA user_version = 1000")
    assert newer.wal
    said = victim.meets(newer)
    assert said
    assert "made by a newer sidecar" in said
    assert "Update the sidecar, or restore a backup" in said


@pytest.mark.parametrize("version", [0, 7])
def test_a_database_of_another_program_is_left_alone(victim: Victim, tmp_path: Path, version: int) -> None:
    connection = sqlite3.connect(tmp_path / "other.db")
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    said = victim.meets(Files.at(tmp_path / "other.db"))
    assert said
    assert "is not Mira's" in said


def of_an_older_sidecar(files: Files, folder: Path, *statements: str) -> Files:
    """The same log as the second schema had it."""
    (folder / "now.db").write_bytes(files.main)
    with contextlib.closing(sqlite3.connect(folder / "then.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(";".join(step.read_text() for step in schema.steps()[:2]))
        connection.execute("ATTACH ? AS now", (str(folder / "now.db"),))
        connection.execute("INSERT INTO events SELECT seq, command_id, type, body FROM now.events")
        connection.execute("INSERT INTO snapshots SELECT * FROM now.snapshots")
        connection.execute("INSERT INTO identity SELECT * FROM now.identity")
        connection.commit()
        for statement in ("PRAGMA user_version = 2", *statements):
            connection.execute(statement)
    return Files.at(folder / "then.db")


def test_an_update_that_fails_changes_nothing(victim: Victim, tmp_path: Path) -> None:
    # The name is taken, for a step that comes after others: they must not have happened either.
    said = victim.meets(of_an_older_sidecar(victim.whole, tmp_path, "CREATE TABLE base (seq)"))
    assert said
    assert "table base already exists" in said


def test_killed_in_the_midst_of_an_update_it_is_done_at_the_next_start(
    victim: Victim, tmp_path: Path, progress: Progress
) -> None:
    older = of_an_older_sidecar(victim.whole, tmp_path)
    chance = random.Random(SEED)
    for number in range(1, KILLED + 1):
        after = round(10 ** chance.uniform(1, 4))  # of some 70,000, most of them in the copying of two columns
        progress(f"kill {number} of {KILLED}, after {after} instructions")
        database = victim.place(older)
        settings = {"MIRA_DATABASE": str(database), "MIRA_REDIS_URL": victim.server.url, "DIES_AFTER": str(after)}
        command = [sys.executable, dying.__file__, "run"]
        done = subprocess.run(command, env={**handed_on(), **settings}, check=False, timeout=60)
        assert done.returncode == -signal.SIGKILL
        assert victim.meets(Files.at(database)) is None
    progress(f"{KILLED} kills")


def test_a_log_that_ends_before_its_snapshot_is_refused(victim: Victim, tmp_path: Path) -> None:
    said = victim.meets(altered(victim.whole, tmp_path, "DELETE FROM events WHERE seq > 900"))
    assert said
    assert "is damaged" in said


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET body = CAST(replace(body, 'Milk', 'Mild') AS BLOB) WHERE seq > 1000",
        "UPDATE snapshots SET body = CAST(replace(body, 'Milk', 'Mild') AS BLOB)",
    ],
)
def test_a_log_that_leads_to_another_state_than_was_published_is_refused(
    victim: Victim, tmp_path: Path, statement: str
) -> None:
    said = victim.meets(altered(victim.whole, tmp_path, statement))
    assert said
    assert "is damaged" in said
