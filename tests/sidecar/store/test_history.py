"""Asking the log page by page, and for one kind of command."""

import contextlib
import sqlite3
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from mira_sidecar.protocol import Event, instant
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.log_reader import LogReader

NOON_MS = 1_795_176_000_000


def answer(seq: int, action: str, *, minute: int) -> Event:
    return Event(
        seq=seq,
        id=f"event-{seq}",
        ts=instant(NOON_MS + minute * 60_000),
        command_id=f"command-{seq}",
        type="accepted",
        source="gesture",
        action=action,
    )


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    """A log of 60 events, a gesture every other one, two events a minute."""
    store = await EventStore.open(tmp_path / "mira.db")
    await store.append([answer(n, "gesture" if n % 2 else "show_page", minute=n // 2) for n in range(1, 61)])
    await store.close()
    return tmp_path / "mira.db"


def seqs(events: list[Event]) -> list[int]:
    return [event.seq for event in events]


@pytest.mark.parametrize("action", [None, "gesture"])
def test_every_event_is_on_exactly_one_page(path: Path, action: str | None) -> None:
    with LogReader(path) as log:
        found: list[int] = []
        page = log.last(7, action=action)
        while page:
            found = seqs(page) + found
            page = log.last(7, action=action, before=page[0])
    assert found == [seq for seq in range(1, 61) if action is None or seq % 2]


def test_only_what_was_decided_since_then_is_shown(path: Path) -> None:
    with LogReader(path) as log:
        assert seqs(log.last(100, action="gesture", since=instant(NOON_MS + 27 * 60_000))) == [55, 57, 59]
        assert seqs(log.last(100, since=instant(NOON_MS + 29 * 60_000))) == [58, 59, 60]


async def test_a_page_ends_between_two_events_of_the_same_moment(tmp_path: Path) -> None:
    store = await EventStore.open(tmp_path / "mira.db")
    await store.append([answer(seq, "gesture", minute=0) for seq in range(1, 6)])
    await store.close()
    with LogReader(tmp_path / "mira.db") as log:
        page = log.last(2, action="gesture")
        assert seqs(page) == [4, 5]
        assert seqs(log.last(2, action="gesture", before=page[0])) == [2, 3]


async def test_a_log_of_an_older_version_can_be_asked_too(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    migrations = resources.files("mira_sidecar.store") / "migrations"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for step in ("0001_log.sql", "0002_pin.sql"):
            connection.executescript((migrations / step).read_text())
        events = [answer(1, "gesture", minute=0), answer(2, "show_page", minute=0), answer(3, "gesture", minute=1)]
        rows = [(e.seq, e.command_id, e.type, msgspec.json.encode(e)) for e in events]
        connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?)", rows)
        connection.execute("PRAGMA user_version = 2")
        connection.commit()
    await (await EventStore.open(path)).close()
    with LogReader(path) as log:
        assert seqs(log.last(10, action="gesture")) == [1, 3]


async def test_the_oldest_events_are_forgotten_a_few_at_a_time(path: Path) -> None:
    store = await EventStore.open(path)
    assert [await store.forget(26, 10) for _ in range(4)] == [10, 10, 5, 0]
    await store.close()
    with LogReader(path) as log:
        assert seqs(log.after(0)) == list(range(26, 61))
