"""A log that an older version wrote, with what was said in it: the words leave it, whole or not at all."""

import asyncio
import contextlib
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.core.state import initial_document
from mira_sidecar.keeping import older
from mira_sidecar.operations.opened import open_up_to_date
from mira_sidecar.protocol import Event
from mira_sidecar.snapshots import picture
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.older import brought_up
from mira_sidecar.store.schema import steps
from mira_sidecar.subjects.voice.kept import SAID
from tests.sidecar.operations.kept import CommandLine, events_in, loaded, opened_side

pytestmark = pytest.mark.usefixtures("no_settings")

OLD = Path(__file__).parent / "log_of_0_1.jsonl"
"""What a sidecar wrote before the words left the log: its last snapshot, an event set aside, and the events."""
VERSION = 7
"""That of its tables."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The database of that sidecar."""
    return write_old(tmp_path / "mira.db")


def write_old(path: Path) -> Path:
    """Write that database."""
    snapshot, aside, *events = map(json.loads, OLD.read_text().splitlines())
    with contextlib.closing(sqlite3.connect(path)) as log, log:
        log.execute("PRAGMA journal_mode = WAL")
        log.executescript(";".join(step.read_text() for step in steps()[:VERSION]))
        log.execute(f"PRAGMA user_version = {VERSION}")
        log.execute("INSERT INTO identity VALUES ('ours')")
        log.execute("INSERT INTO set_aside VALUES (?)", (msgspec.json.encode(aside["set_aside"]),))
        state: dict[str, Any] = snapshot["snapshot"]
        log.execute("INSERT INTO snapshots VALUES (?, ?, ?)", (state["seq"], state["rev"], msgspec.json.encode(state)))
        rows = [(e["seq"], e["command_id"], e["type"], msgspec.json.encode(e), e["action"], e["ts"]) for e in events]
        log.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", rows)
    return path


def words_in(path: Path) -> int:
    """How often one of the words stands in any file beside a log."""
    return sum(file.read_bytes().count(b"canary") for file in path.parent.rglob("*") if file.is_file())


def contents(path: Path) -> tuple[int, list[Any]]:
    """The version of the tables, and what is in them."""
    with contextlib.closing(sqlite3.connect(path)) as log:
        ((version,),) = log.execute("PRAGMA user_version")
        return version, [
            log.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()  # noqa: S608 - one of these
            for table in ("events", "snapshots", "base", "set_aside")
        ]


async def test_nothing_is_left_of_what_was_said_and_all_else_stays(mira: CommandLine, old: Path) -> None:
    before = [json.loads(line) for line in OLD.read_text().splitlines()[2:]]
    assert words_in(old) > 10
    async with opened_side(old, open_up_to_date) as side:
        kept = {row.id: row.value async for row in side.rows(SAID)}
    assert words_in(old) == 0
    said = {
        one["command_id"]: operation["value"]["text"]
        for one in before
        for operation in one["payload"].get("patch", [])
        if operation["path"] == "/utterance"
    }
    assert kept == said
    assert "Yes!" in kept.values()

    after = events_in(old)
    for was, event in zip(before, after, strict=True):
        assert (event.id, event.seq, event.command_id, event.action) == tuple(
            was[name] for name in ("id", "seq", "command_id", "action")
        )
        if b"utterance" not in msgspec.json.encode(was):
            assert event == msgspec.convert(was, Event)
    (yes,) = (event for event in after if event.payload.get("asked") == "show_message" and event.type == "accepted")
    assert (yes.payload["length"], yes.payload["answer"]) == (4, "yes")
    assert yes.payload["text"] == "Dinner is ready", "a message is for everybody to see"
    assert [one.payload for one in after if one.action == "utterance" and one.type == "rejected"] == [
        {"length": 22, "answer": None, "language": None}
    ]
    document = (await loaded(old)).document
    assert document["utterance"]["length"] == 4
    assert document["pending"]["payload"] == {"length": 22, "answer": None, "language": None}
    code, out, _ = mira("verify", "--database", old)
    assert code == 0, out


async def test_it_is_published_anew_where_that_changed_something_and_only_there(old: Path, tmp_path: Path) -> None:
    store = await open_up_to_date(old)
    assert await store.must_republish()
    await store.close()
    store = await open_up_to_date(tmp_path / "new.db")
    assert not await store.must_republish()
    await store.close()


async def test_one_that_is_damaged_stays_as_it_is_and_is_said(old: Path) -> None:
    with contextlib.closing(sqlite3.connect(old)) as log, log:
        log.execute("UPDATE events SET body = ? WHERE seq = 30", (b'{"action": "utterance"',))
    before = contents(old)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"damaged: its events cannot be brought up to date .* Restore it"):
            await open_up_to_date(old)
    assert contents(old) == before


DYING = """
import asyncio, os, signal, sys
from pathlib import Path
from mira_sidecar.keeping import older
from mira_sidecar.store import schema
from mira_sidecar.store.event_store import EventStore
moment, path, calls = int(sys.argv[1]), Path(sys.argv[2]), 0
def reach(done, total):
    global calls
    calls += 1
    if calls == moment:
        os.kill(os.getpid(), signal.SIGKILL)
script = schema._script
def dying(version, known):
    if version == 10 and moment == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return script(version, known)
schema._script = dying
asyncio.run(EventStore.open(path, older(), reach))
"""


@pytest.mark.parametrize(("moment", "version"), [(1, VERSION), (20, VERSION), (0, 10)])
async def test_a_start_that_is_killed_leaves_it_as_it_was_or_as_it_is_to_be(
    old: Path, moment: int, version: int
) -> None:
    before = contents(old)
    killed = [sys.executable, "-c", DYING, str(moment), str(old)]
    assert (await asyncio.to_thread(subprocess.run, killed, check=False)).returncode == -9
    left = contents(old)
    await (await open_up_to_date(old)).close()
    assert left == (before if version == VERSION else (10, contents(old)[1]))
    async with opened_side(old, open_up_to_date):
        assert words_in(old) == 0


def test_what_another_sidecar_has_published_is_taken_without_the_words() -> None:
    events = [msgspec.json.decode(line, type=Event) for line in OLD.read_text().splitlines()[2:]]
    now = brought_up(events, older())
    assert b"canary" not in msgspec.json.encode(now)
    position = Position(0, 0, initial_document())
    for event in now:
        position = fold(position, event)
    assert picture(position, "").state.utterance
    assert brought_up(now, older()) == now


@pytest.mark.parametrize("command", [["replay"], ["export"], ["explain", "1"]])
def test_what_folds_or_exports_a_log_asks_for_a_start_first(mira: CommandLine, old: Path, command: list[str]) -> None:
    assert "Start the sidecar once: that takes the words out of the log" in mira.refuses(*command, "--database", old)
    assert mira("verify", "--database", old)[0] == 1


async def test_a_backup_of_an_older_version_is_brought_up_to_date_when_it_is_back(
    mira: CommandLine, old: Path, tmp_path: Path
) -> None:
    (tmp_path / "now").mkdir()
    database = tmp_path / "now" / "mira.db"
    await (await open_up_to_date(database)).close()  # what is there has something to leave, too
    assert mira("restore", old, "--database", database)[0] == 0
    async with opened_side(database, open_up_to_date):
        assert words_in(database) == 0
    assert mira("verify", "--database", database)[0] == 0


@pytest.mark.parametrize("version", range(8, len(steps())))
async def test_a_log_whose_version_is_wrong_is_refused_as_it_is(tmp_path: Path, version: int) -> None:
    path = tmp_path / "mira.db"
    await (await open_up_to_date(path)).close()
    with contextlib.closing(sqlite3.connect(path)) as log:
        log.execute(f"PRAGMA user_version = {version}")
    before = path.read_bytes()
    with pytest.raises(StoreError):
        await open_up_to_date(path)
    assert path.read_bytes() == before
