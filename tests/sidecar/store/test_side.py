"""The side store: sealed, found again, let go of in time, and erased for good; whatever is wrong, nothing is lost."""

import asyncio
import contextlib
import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from mira_sidecar.store.errors import DatabaseFailingError, DatabaseFullError, DatabaseReadOnlyError, StoreError
from mira_sidecar.store.files import found_keys_of, keys_of
from mira_sidecar.store.keys import HOUSEHOLD, KeyRing
from mira_sidecar.store.side import Row, SideStore, SideTables, Table
from mira_sidecar.store.side_check import look_at

DAY_MS = 86_400_000
NOW_MS = 1_796_000_000_000
CANARY = "Bosun Whistlewick"
SQL = """
CREATE TABLE diary_words (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, at INTEGER NOT NULL, key TEXT NOT NULL, sealed BLOB NOT NULL,
    about TEXT NOT NULL
) STRICT;
CREATE INDEX diary_words_at ON diary_words (at);
"""
WORDS: Table[str] = Table("diary_words", str, columns=("about",))


def declared(folder: Path, table: Table[str] = WORDS, *steps: str) -> dict[str, SideTables]:
    """A subject `diary` with this table, and steps behind the first."""
    folder.mkdir(exist_ok=True)
    for number, step in enumerate((SQL, *steps), 1):
        (folder / f"{number:04}_step.sql").write_text(step)
    return {"diary": SideTables(folder, (table,))}


def words(row_id: str, text: str = CANARY, owner: str = HOUSEHOLD, at_ms: int = NOW_MS, about: str = "") -> Row[str]:
    return Row(id=row_id, at_ms=at_ms, value=text, owner=owner, columns={"about": about})


def files_of(path: Path) -> bytes:
    """All that lies beside a side store, and it."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mira.db.side"


@pytest.fixture
def opened(path: Path, tmp_path: Path) -> Callable[..., contextlib.AbstractAsyncContextManager[SideStore]]:
    """Opens the side store of the test for a while."""

    @contextlib.asynccontextmanager
    async def opened(table: Table[str] = WORDS, server_id: str = "ours", *steps: str) -> AsyncIterator[SideStore]:
        store = await SideStore.open(path, declared(tmp_path / "steps", table, *steps), server_id)
        try:
            yield store
        finally:
            await store.close()

    return opened


type Opened = Callable[..., contextlib.AbstractAsyncContextManager[SideStore]]


def change(path: Path, statement: str, *parameters: object) -> None:
    """Change a closed side store behind everyone's back."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, parameters)


async def test_what_is_kept_is_there_again_and_readable_in_no_file(opened: Opened, path: Path) -> None:
    async with opened() as side:
        await side.put(WORDS, words("a", owner="anna", about="sea"), words("b", "Tea", about="kitchen"))
        assert CANARY.encode() not in files_of(path)
    async with opened() as side:
        assert await side.get(WORDS, "a") == words("a", owner="anna", about="sea")
        assert await side.get(WORDS, "c") is None
        assert [row.id async for row in side.rows(WORDS, about="kitchen")] == ["b"]
    for file in path.parent.glob(f"{path.name}*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_list_is_read_page_by_page_behind_the_last_id(opened: Opened) -> None:
    async with opened() as side:
        await side.put(WORDS, *(words(f"{number:04}", str(number)) for number in range(1_200)))
        first = await side.page(WORDS, 500)
        assert [first[0].id, first[-1].id] == ["0000", "0499"]
        assert (await side.page(WORDS, 2, after="0499"))[0].value == "500"
        assert len([row async for row in side.rows(WORDS)]) == 1_200


async def test_a_row_that_is_put_again_takes_the_place_of_the_first(opened: Opened) -> None:
    async with opened() as side:
        await side.put(WORDS, words("a"))
        await side.put(WORDS, words("a", "Tea"))
        assert [row.value for row in await side.page(WORDS)] == ["Tea"]


@pytest.mark.parametrize(
    "swap", ["UPDATE diary_words SET owner = 'ben'", "UPDATE diary_words SET id = 'z'"], ids=["owner", "id"]
)
async def test_a_row_that_was_moved_to_another_place_is_not_believed(opened: Opened, path: Path, swap: str) -> None:
    async with opened() as side:
        await side.put(WORDS, words("a", owner="anna"))
    change(path, swap)
    async with opened() as side:
        assert [row.value for row in await side.page(WORDS)] == [None]
    assert look_at(path).sealed == 1


async def test_the_same_words_are_never_sealed_the_same(opened: Opened, path: Path) -> None:
    async with opened() as side:
        await side.put(WORDS, *(words(str(number)) for number in range(100)))
    with contextlib.closing(sqlite3.connect(path)) as connection:
        sealed = [row[0] for row in connection.execute("SELECT sealed FROM diary_words")]
    assert len({body[:12] for body in sealed}) == len({body[12:] for body in sealed}) == 100


async def test_whoever_is_erased_is_gone_while_it_serves_and_from_older_backups(opened: Opened, path: Path) -> None:
    async with opened() as side:
        await side.put(WORDS, words("a", owner="anna", about="anna-about-the-sea"), words("b", "Tea", owner="ben"))
        older = files_of(path)
        with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(":memory:")) as to:
            source.backup(to)
            copy = to.serialize()
        assert b"anna-about-the-sea" in older
        began = time.monotonic()
        assert await side.erase("anna") == 1
        assert time.monotonic() - began < 1
        assert b"anna" not in files_of(path)
        assert [row.value for row in await side.page(WORDS)] == ["Tea"]
    path.write_bytes(copy)
    assert look_at(path).sealed == 1
    async with opened() as side:  # and with the next start it goes there, too
        assert [row.id for row in await side.page(WORDS)] == ["b"]


async def test_an_erasure_that_was_killed_behind_the_key_is_ended_at_the_next_start(opened: Opened, path: Path) -> None:
    async with opened() as side:
        await side.put(WORDS, words("a", owner="anna"), words("b", "Tea"))
        side._keys.erase("anna")
    async with opened() as side:
        assert [row.id for row in await side.page(WORDS)] == ["b"]
        assert await side.unreadable() == 0


async def test_whoever_was_erased_is_gone_from_subjects_that_are_not_installed(opened: Opened, path: Path) -> None:
    async with opened() as side:
        await side.put(WORDS, words("a", owner="anna"))
    side = await SideStore.open(path, {}, "ours")
    assert await side.owned_by("anna") == 1
    assert await side.erase("anna") == 1
    await side.close()
    async with opened() as side:
        assert await side.page(WORDS) == []


async def test_what_somebody_still_reads_is_said_and_unreadable_meanwhile(opened: Opened, path: Path) -> None:
    async with opened() as side:
        await side.put(WORDS, words("a", owner="anna"))
        await side._connection.execute("PRAGMA busy_timeout = 50")
        with contextlib.closing(sqlite3.connect(path)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM diary_words").fetchall()
            with pytest.raises(StoreError, match="Another program reads"):
                await side.erase("anna")
        assert await side.erase("anna") == 0
        assert b"anna" not in files_of(path)


async def test_rows_go_by_age_and_by_number_a_few_at_a_time(opened: Opened) -> None:
    aged = Table("diary_words", str, columns=("about",), days=30, rows=150)
    async with opened(aged) as side:
        old = (words(f"old-{number:03}", at_ms=NOW_MS - 31 * DAY_MS) for number in range(350))
        young = (words(f"young-{number:03}", at_ms=NOW_MS - number) for number in range(200))
        await side.put(aged, *old, *young)
        assert await side.retain(NOW_MS, NOW_MS, rest_s=0) == 400
        assert [row.id for row in await side.page(aged)] == [f"young-{number:03}" for number in range(150)]


async def test_a_clock_that_is_not_believed_makes_nothing_old(opened: Opened) -> None:
    aged = Table("diary_words", str, columns=("about",), days=30)
    async with opened(aged) as side:
        await side.put(aged, words("a"), words("from-2099", at_ms=NOW_MS + 26_000 * DAY_MS))
        # It says 2099, and what is believed is now.
        assert await side.retain(NOW_MS, NOW_MS + 26_000 * DAY_MS, rest_s=0) == 0
        # It is back: the row of then is as old as one of now, and goes with it.
        assert await side.retain(NOW_MS, NOW_MS, rest_s=0) == 0
        # It says 1970, as at a start without a network.
        assert await side.retain(0, NOW_MS, rest_s=0) == 0
        assert await side.retain(NOW_MS + 31 * DAY_MS, NOW_MS + 31 * DAY_MS, rest_s=0) == 2


@pytest.mark.parametrize("how", ["no database", "another program's", "overwritten"])
async def test_a_damaged_one_is_kept_and_a_new_one_begun(opened: Opened, path: Path, how: str) -> None:
    async with opened() as side:
        await side.put(WORDS, *(words(f"{number}") for number in range(200)))
    match how:
        case "no database":
            path.write_bytes(b"Dear aunt, " * 1_000)
        case "another program's":
            path.unlink()
            change(path, "CREATE TABLE recipes (text)")
        case "overwritten":
            body = path.read_bytes()
            path.write_bytes(body[:8192] + b"\xa5" * (len(body) - 8192))
    broken = path.read_bytes()
    async with opened() as side:
        (said,) = side.said
        kept = min(path.parent.glob(f"{path.name}.2*"))  # what SQLite had beside it follows
        assert f"It is kept as {kept}; a new one is begun." in said
        assert kept.read_bytes() == broken
        await side.put(WORDS, words("a"))
    async with opened() as side:
        assert (side.said, len(await side.page(WORDS))) == ([], 1)


async def test_one_that_was_only_just_made_when_it_was_killed_is_none_that_is_damaged(
    opened: Opened, path: Path
) -> None:
    path.touch(0o600)
    assert look_at(path).rows == 0
    async with opened() as side:
        assert side.said == []


async def test_what_lies_beside_another_log_is_kept_and_not_believed(opened: Opened, path: Path) -> None:
    async with opened() as side:
        assert await side.page(WORDS) == []
    async with opened(server_id="another") as side:  # an empty one goes with any log: a standby's
        assert side.said == []
        await side.put(WORDS, words("a"))
    async with opened(server_id="ours") as side:
        assert "belongs to another log" in side.said[0]
        assert await side.page(WORDS) == []


async def test_a_lost_file_of_keys_that_is_found_opens_what_was_kept_since_too(opened: Opened, path: Path) -> None:
    async with opened() as side:
        await side.put(WORDS, words("a"))
    lost = keys_of(path).rename(path.with_name("lost"))
    async with opened() as side:
        assert await side.unreadable() == 1
        await side.put(WORDS, words("b", "Tea"))
        assert [row.value for row in await side.page(WORDS)] == [None, "Tea"]
    assert (look_at(path).rows, look_at(path).sealed) == (2, 1)
    found = found_keys_of(path)
    found.write_bytes(b"Dear aunt")
    async with opened() as side:
        assert f"{found} is no file of keys" in side.said[0]
    lost.replace(found)
    async with opened() as side:
        assert [row.value for row in await side.page(WORDS)] == [CANARY, "Tea"]
    async with opened() as side:
        assert [row.value for row in await side.page(WORDS)] == [CANARY, "Tea"]
    assert not found.exists()


@pytest.mark.parametrize(
    "content",
    [b"Dear aunt", b'{"keys": [{"id": "a", "owner": "household", "secret": "c2hvcnQ="}]}'],
    ids=["text", "short"],
)
async def test_a_file_of_keys_that_is_none_is_kept_under_another_name(
    opened: Opened, path: Path, content: bytes
) -> None:
    keys_of(path).write_bytes(content)
    async with opened() as side:
        assert "is no file of keys" in side.said[0]
        await side.put(WORDS, words("a"))
    (kept,) = path.parent.glob(f"{keys_of(path).name}.2*")
    assert kept.read_bytes() == content


async def test_no_key_of_a_backup_comes_back_that_was_erased(opened: Opened, path: Path, tmp_path: Path) -> None:
    async with opened() as side:
        await side.put(WORDS, words("a", owner="anna"), words("b", owner="ben"))
        older = side._keys
        older.write_to(tmp_path / "older")
        await side.erase("anna")
        await side.erase("ben")
        await side.put(WORDS, words("c", owner="ben"))
        side._keys.adopt(type(older).read(tmp_path / "older"))
        assert b"anna" not in keys_of(path).read_bytes()
        assert len(side._keys.known) == 1
        assert [row.value for row in await side.page(WORDS)] == [CANARY]


async def test_a_newer_one_is_left_as_it_is(opened: Opened, path: Path, tmp_path: Path) -> None:
    async with opened(WORDS, "ours", "ALTER TABLE diary_words ADD COLUMN mood TEXT NOT NULL DEFAULT '';"):
        pass
    (tmp_path / "steps" / "0002_step.sql").unlink()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"made by a newer sidecar \(diary 2, this one knows 1\)"):
        async with opened():
            pass
    assert path.read_bytes() == before


async def test_an_update_that_fails_changes_nothing(opened: Opened, path: Path, tmp_path: Path) -> None:
    async with opened() as side:
        await side.put(WORDS, words("a"))
    with pytest.raises(StoreError):
        async with opened(WORDS, "ours", "ALTER TABLE diary_words ADD COLUMN mood TEXT; DROP TABLE nowhere;"):
            pass
    (tmp_path / "steps" / "0002_step.sql").unlink()
    async with opened() as side:
        assert [row.value for row in await side.page(WORDS)] == [CANARY]


async def test_a_disk_that_is_full_or_read_only_is_said_and_passes(opened: Opened) -> None:
    async with opened() as side:
        await side.put(WORDS, words("a"))
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, limits[1]))
        try:
            with pytest.raises((DatabaseFullError, DatabaseFailingError)):
                await side.put(WORDS, words("b", "x" * 500_000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        await side._connection.execute("PRAGMA query_only = 1")
        with pytest.raises(DatabaseReadOnlyError):
            await side.put(WORDS, words("b"))
        await side._connection.execute("PRAGMA query_only = 0")
        await side.put(WORDS, words("b", "Tea"))
        assert [row.value for row in await side.page(WORDS)] == [CANARY, "Tea"]


WRITER = """
import asyncio, pathlib, sys
from mira_sidecar.store.side import SideStore
from tests.sidecar.store.test_side import WORDS, declared, words

async def main(path):
    side = await SideStore.open(path, declared(path.parent / "steps"), "ours")
    for number in range(100_000):
        owner = f"person-{number % 7}"
        await side.put(WORDS, words(f"{number:06}", str(number), owner=owner))
        if number % 7 == 6:
            await side.erase("person-3")
        print(number, flush=True)

asyncio.run(main(pathlib.Path(sys.argv[1])))
"""


@pytest.fixture
def writer(path: Path) -> Iterator[subprocess.Popen[str]]:
    """A program that writes and erases until it is killed, and says what is done."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("after", [3, 20, 60])
async def test_killed_at_any_moment_it_has_what_it_said(
    opened: Opened, writer: subprocess.Popen[str], path: Path, after: int
) -> None:
    assert writer.stdout
    said = [int(await asyncio.to_thread(writer.stdout.readline)) for _ in range(after)]
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    said += [int(line) for line in writer.stdout]
    async with opened() as side:
        there = {int(row.id): row.value async for row in side.rows(WORDS)}
        assert side.said == []
        assert await side.unreadable() == 0
    assert {number: there[number] for number in said if number % 7 != 3} == {
        number: str(number) for number in said if number % 7 != 3
    }
    assert {number for number in there if number % 7 == 3 and number + 4 < said[-1]} == set()


def test_a_key_does_not_show_itself(path: Path) -> None:
    ring = KeyRing.read(keys_of(path))
    ring.key_for("anna")
    secret = msgspec.json.decode(keys_of(path).read_bytes())["keys"][0]["secret"]
    assert secret not in repr(ring._content)
