"""A log as a mirror has it after some years, written by the real core, straight into the database."""

import asyncio
import itertools
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid7

import msgspec

from mira_sidecar.core.arbiter import Position, settle
from mira_sidecar.core.decision import Rules
from mira_sidecar.core.state import initial_document
from mira_sidecar.discovery import all_subjects
from mira_sidecar.protocol import Command, Event, Snapshot, Source, State, instant
from mira_sidecar.store.event_store import EventStore

DAY_MS = 86_400_000
DAYS = 30
"""The log ends now, and begins so long ago."""
PAGE = 500
"""Events written at a time, and behind the last snapshot: half of what the sidecar lets come together."""
_RULES = Rules(rates={}, confirm=frozenset())
_GESTURES: tuple[str, ...] = ("palm", "thumb_up", "victory", "pointing_up")


def write(path: Path, events: int, progress: Callable[[str], None]) -> None:
    """Write a log of at least so many events, with a snapshot near its end."""
    asyncio.run(_empty(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        kept = False
        for position, page in _pages(events):
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", map(_row, page))
            if not kept and position.seq >= events - PAGE:
                connection.execute("INSERT INTO snapshots VALUES (?, ?, ?)", _snapshot(position))
                kept = True
            connection.execute("COMMIT")
            progress(f"writing a log: {position.seq:,} of {events:,} events")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def _empty(path: Path) -> None:
    await (await EventStore.open(path)).close()


def _pages(events: int) -> Iterator[tuple[Position, list[Event]]]:
    """The log by pages, with the position after each."""
    position = Position(0, 0, initial_document())
    start_ms = time.time_ns() // 1_000_000 - DAYS * DAY_MS
    page: list[Event] = []
    for source, action, payload in _commands():
        now_ms = start_ms + position.seq * DAYS * DAY_MS // events
        command = Command(_id(), instant(now_ms), source, action, payload)
        position, decided = settle(
            all_subjects(), position, command, sender=None, arrived_ms=now_ms, now_ms=now_ms, rules=_RULES, new_id=_id
        )
        page += decided
        if len(page) >= PAGE:
            yield position, page
            page = []
            if position.seq >= events:
                return


def _id() -> str:
    return str(uuid7())


def _row(event: Event) -> tuple[int, str, str, bytes, str, str]:
    return event.seq, event.command_id, event.type, msgspec.json.encode(event), event.action, event.ts


def _snapshot(position: Position) -> tuple[int, int, bytes]:
    state = msgspec.convert(position.document, State)
    moment = instant(time.time_ns() // 1_000_000)
    return position.seq, position.rev, msgspec.json.encode(Snapshot(position.rev, position.seq, moment, state))


def _commands() -> Iterator[tuple[Source, str, dict[str, object]]]:
    """What a household asks of its mirror: the same every time."""
    chance = random.Random(1)
    yield "system", "set_camera", {"on": True}
    for number in itertools.count():
        yield "touch", "show_page", {"page": ("todos", "clock", "home")[number % 3]}
        if number % 4 == 0:
            yield "gesture", "gesture", {"name": chance.choice(_GESTURES), "hold_ms": 600}
        if number % 16 == 0:
            yield "automation", "show_message", {"text": f"The washing machine is ready ({number})."}
