"""The event log on a real disk."""

import asyncio
import contextlib
import itertools
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import msgspec
import pytest

from mira_sidecar.core.arbiter import Position
from mira_sidecar.core.state import initial_document
from mira_sidecar.protocol import Event, Snapshot, State
from mira_sidecar.snapshots import load
from mira_sidecar.store.errors import DatabaseFullError, DatabaseReadOnlyError, DuplicateCommandError, StoreError
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.log_reader import LogReader

NOW = "2026-11-20T12:00:00.000Z"


def event(seq: int, command: str | None = None, **more: object) -> Event:
    facts = {"id": f"event-{seq}", "ts": NOW, "type": "accepted", "source": "touch", "action": "toggle_camera"}
    return msgspec.convert({"seq": seq, "command_id": command or f"command-{seq}", **facts, **more}, Event)


def patch(seq: int, rev: int, *, on: bool = True, at: str = "/camera/on") -> Event:
    payload = {"patch": [{"op": "replace", "path": at, "value": on}]}
    return event(seq, f"command-{seq - 1}", type="state_patch", rev=rev, payload=payload)


def toggled(count: int) -> list[Event]:
    """The log of a camera that was toggled so often."""
    pairs = ((event(2 * n - 1), patch(2 * n, n, on=n % 2 == 1)) for n in range(1, count + 1))
    return [one for pair in pairs for one in pair]


@contextlib.asynccontextmanager
async def opened(path: Path) -> AsyncIterator[EventStore]:
    """A store that is closed afterwards, or its thread would outlive a test that fails."""
    store = await EventStore.open(path)
    try:
        yield store
    finally:
        await store.close()


async def stored(store: EventStore) -> list[Event]:
    return [event async for page in store.events_after(0) for event in page]


async def written(path: Path, events: Iterable[Event]) -> None:
    """A closed database that holds these events."""
    async with opened(path) as store:
        await store.append(list(events))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a folder" / "mira #1%20?.db"


async def test_what_was_appended_is_there_after_reopening(path: Path) -> None:
    async with opened(path) as store:
        events = [event(1, confidence=0.5, origin={"device": "touch"}), event(2, reason="expired", type="rejected")]
        await store.append(events)
        server_id = store.server_id
    async with opened(path) as store:
        assert await stored(store) == events
        assert await store.last_seq() == 2
        assert await store.event(2) == events[1]
        assert await store.event(3) is None
        assert store.server_id == server_id


async def test_a_long_log_is_read_in_order(path: Path) -> None:
    events = [event(seq) for seq in range(1, 1_203)]
    await written(path, events)
    async with opened(path) as store:
        assert await stored(store) == events
        assert [one.seq async for page in store.events_after(1_200) for one in page] == [1_201, 1_202]


async def test_a_batch_with_an_answered_command_is_not_stored_at_all(path: Path) -> None:
    async with opened(path) as store:
        await store.append([event(1, "first")])
        with pytest.raises(DuplicateCommandError):
            await store.append([event(2, "second"), event(3, "first")])
        assert await stored(store) == [event(1, "first")]
        assert await store.answers(["first", "second"]) == {"first": event(1, "first")}
        await store.append([event(2, "second")])
        assert await store.last_seq() == 2


async def test_a_place_in_the_log_is_taken_once(path: Path) -> None:
    async with opened(path) as store:
        await store.append([event(1)])
        with pytest.raises(StoreError, match=r"cannot be used"):
            await store.append([event(2), event(1, "another")])
        assert await stored(store) == [event(1)]


async def test_the_answer_is_the_first_event_and_not_its_patch(path: Path) -> None:
    await written(path, toggled(1))
    async with opened(path) as store:
        assert await store.answers(["command-1", "nobody"]) == {"command-1": event(1)}


@pytest.mark.parametrize("kept_at", [None, 0, 3, 10])
async def test_a_snapshot_and_what_came_after_is_the_whole_log(path: Path, kept_at: int | None) -> None:
    async with opened(path) as store:
        document = {**initial_document(), "camera": {"on": True}}
        for number in range(5):
            await store.append(toggled(5)[2 * number : 2 * number + 2])
            if kept_at == 2 * number + 2 or (kept_at == 3 and number == 1):
                state = msgspec.convert(initial_document() if number % 2 else document, State)
                await store.save_snapshot(Snapshot(rev=number + 1, seq=2 * number + 2, at=NOW, state=state))
    async with opened(path) as store:
        assert await load(store) == Position(10, 5, document)


async def test_a_snapshot_of_another_version_does_not_stop_the_start(path: Path) -> None:
    async with opened(path) as store:
        await store.append(toggled(3))
        state = msgspec.convert(initial_document(), State)
        await store.save_snapshot(Snapshot(rev=3, seq=6, at=NOW, state=state))
        await store._connection.execute("UPDATE snapshots SET body = ?", (b'{"rev": 3, "seq": 6, "state": {}}',))
        await store._connection.commit()
    async with opened(path) as store:
        assert await load(store) == Position(6, 3, {**initial_document(), "camera": {"on": True}})


async def test_of_each_thousand_events_the_last_snapshot_is_kept_as_far_back_as_redis_goes(path: Path) -> None:
    async with opened(path) as store:
        assert await store.snapshot() is None
        state = msgspec.convert(initial_document(), State)

        async def kept(*places: int) -> list[int]:
            for seq in places:
                await store.save_snapshot(Snapshot(rev=seq, seq=seq, at=NOW, state=state))
                assert await store.snapshot() == Snapshot(rev=seq, seq=seq, at=NOW, state=state)
            return [row[0] for row in await store._all("SELECT seq FROM snapshots ORDER BY seq")]

        assert await kept(1, 2, 2, 5) == [5]
        assert await kept(1_000, 1_001, 1_900, 2_950) == [1_000, 1_900, 2_950]
        assert await kept(12_500) == [1_900, 2_950, 12_500]
        assert await kept(90_000) == [90_000]


async def test_a_log_without_its_beginning_goes_on_from_the_base(path: Path) -> None:
    await written(path, toggled(5))
    async with opened(path) as store:
        assert await store.base() is None
        document = {**initial_document(), "camera": {"on": True}}
        base = Snapshot(rev=3, seq=6, at=NOW, state=msgspec.convert(document, State))
        await store.begin_at(msgspec.structs.replace(base, seq=2, rev=1))
        await store.begin_at(base)
        while await store.forget(7):
            pass
        assert await store.base() == base
        assert (await store.extent())[:2] == (7, 10)
    assert await opened_and_loaded(path) == Position(10, 5, document)


async def test_writers_that_meet_are_served_one_after_the_other(path: Path) -> None:
    async with opened(path) as store:
        await store.append(toggled(50))
        steps = (
            (store.append([event(n)]), store.append([event(n + 100), event(300, "command-99")]), store.forget(81, 4))
            for n in range(101, 121)
        )
        done = await asyncio.gather(*itertools.chain.from_iterable(steps), return_exceptions=True)
        assert [type(one) for one in done[1::3]] == [DuplicateCommandError] * 20
        assert [one.seq for one in await stored(store)] == list(range(81, 121))


async def test_a_writer_that_is_cancelled_leaves_all_or_nothing(path: Path) -> None:
    async with opened(path) as store:
        for number in range(30):
            seq = await store.last_seq()
            writing = asyncio.create_task(store.append([event(seq + 1), event(seq + 2)], b"hash of 16 bytes"))
            for _ in range(number % 10):
                await asyncio.sleep(0)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            assert await store.last_seq() in (seq, seq + 2)
            if await store.last_seq() == 0:
                assert await store.pins() == {}


async def test_a_newer_schema_is_refused_and_left_untouched(path: Path) -> None:
    await written(path, [event(1)])
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"newer sidecar \(schema 99, this one knows \d+\)\. Update the sidecar"):
        await opened_and_loaded(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["no database", "header", "middle", "truncated"])
async def test_a_damaged_file_is_refused_and_left_untouched(path: Path, damage: str) -> None:
    await written(path, toggled(400))
    whole = path.read_bytes()
    broken = {
        "no database": b"This is a letter to my aunt. " * 200,
        "header": b"X" * 100 + whole[100:],
        "middle": whole[:4096] + b"\xa5" * (len(whole) - 8192) + whole[-4096:],
        "truncated": whole[: len(whole) // 2],
    }[damage]
    path.write_bytes(broken)
    with pytest.raises(StoreError, match=r"is damaged \(.+\)\. Restore it from a backup"):
        await opened_and_loaded(path)
    assert path.read_bytes() == broken


@pytest.mark.parametrize(
    ("statement", "body"),
    [
        ("UPDATE events SET body = ? WHERE seq = 3", b"{}"),
        ("UPDATE events SET body = ? WHERE seq = 3", b"\xff\x00"),
        ("UPDATE events SET body = ? WHERE seq = 2", msgspec.json.encode(patch(2, 2, on=True))),
        ("UPDATE events SET body = ? WHERE seq = 2", msgspec.json.encode(patch(2, 1, at="/nothing/on"))),
        ("UPDATE events SET body = ? WHERE seq = 2", msgspec.json.encode(patch(2, 1, at="/camera/on/deeper"))),
        ("DELETE FROM events WHERE seq = 1 OR body = ?", b""),
        ("DELETE FROM events WHERE seq = 2 OR body = ?", b""),
        ("INSERT INTO base VALUES (2, 1, ?)", b"{}"),
    ],
)
async def test_rows_that_do_not_fold_are_refused(path: Path, statement: str, body: bytes) -> None:
    await written(path, toggled(3))
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, (body,))
    with pytest.raises(StoreError, match=r"is damaged \(.+\)\. Restore it from a backup"):
        await opened_and_loaded(path)


async def opened_and_loaded(path: Path) -> Position:
    async with opened(path) as store:
        return await load(store)


async def test_a_second_store_on_the_same_database_is_refused(path: Path) -> None:
    async with opened(path):
        with pytest.raises(StoreError, match=r"Another sidecar is using the database .* Stop it first"):
            await opened_and_loaded(path)
    async with opened(path) as store:
        assert await stored(store) == []


KILLED_WHILE_STORING = """
import asyncio, os, signal, sys
from pathlib import Path
from mira_sidecar.store.event_store import EventStore
from tests.sidecar.store.test_event_store import event

async def main():
    store = await EventStore.open(Path(sys.argv[1]))
    await store.append([event(1), event(2)])
    late = "SELECT 3, 'late', type, body, action, ts FROM events WHERE seq = 1"
    await store._connection.execute(f"INSERT INTO events {late}")  # noqa: S608 - our own words
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_a_killed_store_keeps_what_it_answered_for_and_locks_nobody_out(path: Path) -> None:
    root = Path(__file__).parents[3]
    process = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", KILLED_WHILE_STORING, str(path)],
        cwd=root,
        check=False,
        capture_output=True,
    )
    assert process.returncode == -9, process.stderr.decode()
    async with opened(path) as store:
        assert await stored(store) == [event(1), event(2)]


async def test_on_a_full_disk_nothing_of_a_batch_is_stored_and_with_room_it_goes_on(path: Path) -> None:
    async with opened(path) as store:
        await store.append([event(1)])
        await store._connection.execute("PRAGMA max_page_count = 1")  # SQLite rounds it up to what there is
        batch = [event(seq, action="x" * 60) for seq in range(2, 102)]
        with pytest.raises(DatabaseFullError, match=r"is full. Make room; Mira goes on by itself.") as raised:
            await store.append(batch)
        assert raised.value.code == "disk_full"
        assert await stored(store) == [event(1)]
        await store._connection.execute("PRAGMA max_page_count = 1000000")
        await store.append(batch)
        assert await stored(store) == [event(1), *batch]


async def test_a_database_that_became_read_only_says_so_and_goes_on_afterwards(path: Path) -> None:
    async with opened(path) as store:
        await store._connection.execute("PRAGMA query_only = 1")
        with pytest.raises(DatabaseReadOnlyError, match=r"cannot be written") as raised:
            await store.append([event(1)])
        assert raised.value.code == "database_read_only"
        await store._connection.execute("PRAGMA query_only = 0")
        await store.append([event(1)])
        assert await stored(store) == [event(1)]


@pytest.mark.parametrize("place", ["/proc/mira.db", "/proc/mira/mira.db", "/dev/null/mira.db"])
async def test_a_place_where_nobody_may_write_is_refused(place: str) -> None:
    with pytest.raises(DatabaseReadOnlyError, match=r"cannot be written .* Give this user access, or set `database`"):
        await opened_and_loaded(Path(place))


async def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"is a folder. Set `database` to a file"):
        await opened_and_loaded(tmp_path)


async def test_a_commit_is_on_the_disk_before_it_is_answered_for(path: Path) -> None:
    async with opened(path) as store:
        assert await store._all("PRAGMA synchronous") == [(2,)]  # FULL
        assert await store._all("PRAGMA journal_mode") == [("wal",)]


class TestLogReader:
    """Who looks at the log disturbs nobody."""

    async def test_it_reads_while_a_sidecar_writes(self, path: Path) -> None:
        async with opened(path) as store:
            await store.append(toggled(400))
            with LogReader(path) as log:
                assert log.count() == 800
                assert log.last(3) == toggled(400)[-3:]
                assert [one.seq for one in log.after(0)] == list(range(1, 501))
                assert [one.seq for one in log.after(500)] == list(range(501, 801))
                assert log.after(800) == []
                log.check()
                await store.append([event(801)])
                assert log.count() == 801

    async def test_it_changes_nothing(self, path: Path) -> None:
        await written(path, toggled(3))
        before = path.read_bytes()
        with LogReader(path) as log:
            assert log.count() == 6
        assert path.read_bytes() == before

    def test_a_database_that_is_not_there_is_not_made(self, path: Path) -> None:
        with pytest.raises(StoreError, match=r"There is no database at .* Start the sidecar once, or set `database`"):
            LogReader(path)
        assert not path.exists()

    def test_a_folder_is_no_log(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match=r"is a folder. Set `database` to a file."):
            LogReader(tmp_path)

    def test_a_file_of_something_else_is_no_log(self, tmp_path: Path) -> None:
        letter = tmp_path / "letter.db"
        letter.write_text("Dear aunt, " * 500)
        with LogReader(letter) as log, pytest.raises(StoreError, match=r"damaged"):
            log.check()
