"""The event log on disk. What `append` returned from is there after a power cut."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from mira_sidecar.protocol import EVENTS_KEPT, Event, Instant, Snapshot
from mira_sidecar.store.database import Database
from mira_sidecar.store.errors import DuplicateCommandError
from mira_sidecar.store.rows import EVENT, PAGE, SNAPSHOT, answer_to, decoded

type Pins = Mapping[str | None, bytes]
"""Hashes of PINs by whose they are, None: the household's; empty bytes take one away."""
NO_PINS: Pins = {}
SNAPSHOT_EVERY = 1_000
"""Events between snapshots: folding a tail of that length takes 3 ms, where a million take 3 s."""
COALESCED_KEPT = 100_000
"""Refused commands without an event of their own that get their answer again, if they come again: some 10 MB."""
FORGOTTEN_AT_ONCE = 100
"""Events deleted at a time: under 1 ms, for which a command may have to wait."""


class EventStore(Database):
    """Writes and reads events, and the states that they lead to."""

    async def append(
        self, events: Sequence[Event], pins: Pins = NO_PINS, coalesced: Sequence[tuple[str, int]] = ()
    ) -> list[bytes]:
        """Store a batch whole, or nothing of it; the events as they are stored.

        With it new hashes of PINs; and refused commands without an event of their own, each with the place of the one
        that stands for it. Raises DuplicateCommandError or StoreError.
        """
        bodies = [msgspec.json.encode(event) for event in events]
        rows = [(e.seq, e.command_id, e.type, body, e.action, e.ts) for e, body in zip(events, bodies, strict=True)]

        def write(connection: sqlite3.Connection) -> None:
            try:
                connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", rows)
                if coalesced:
                    _coalesce(connection, coalesced)
            except sqlite3.IntegrityError as error:
                if "command_id" in str(error):
                    raise DuplicateCommandError from error
                raise
            for person, hashed in pins.items():
                _put_pin(connection, person, hashed)

        await self._at_once(write)
        return bodies

    async def copy(self, events: Sequence[Event], pins: Pins = NO_PINS) -> None:
        """Store what another sidecar has decided, `pins` as `append` takes them. Raises as that.

        It may have carried out what we had refused and counted with others: what we remember of that goes.
        """
        async with self._transaction():
            await self._connection.execute(
                "DELETE FROM coalesced WHERE command_id IN (SELECT value FROM json_each(?))",
                (msgspec.json.encode([event.command_id for event in events]).decode(),),
            )
        await self.append(events, pins)

    async def answers(self, command_ids: Iterable[str]) -> dict[str, Event]:
        """The first answers to those of the commands that were answered before."""
        query = (
            "SELECT command_id, body FROM events "
            "WHERE command_id IN (SELECT value FROM json_each(?1)) AND type != 'state_patch' "
            "UNION ALL SELECT coalesced.command_id, body FROM coalesced JOIN events USING (seq) "
            "WHERE coalesced.command_id IN (SELECT value FROM json_each(?1))"
        )
        wanted = msgspec.json.encode(list(command_ids)).decode()
        rows = await self._all(query, wanted)
        return {row[0]: answer_to(row[0], decoded(row[1], EVENT, self.path)) for row in rows}

    async def pins(self) -> dict[str | None, bytes]:
        """The hashes of the PINs, as `append` took them."""
        rows = await self._all("SELECT NULL, hash FROM pin UNION ALL SELECT person, hash FROM person_pins")
        return {person: bytes(hashed) for person, hashed in rows}

    async def waiting_pin(self, command_id: str) -> bytes | None:
        """The hash of the PIN that a command set, which a restored log has not got back yet; see `carry_over`."""
        rows = await self._all("SELECT hash FROM pins_waiting WHERE command_id = ?", command_id)
        return bytes(rows[0][0]) if rows else None

    async def key_id(self) -> str | None:
        """Which key signed what Redis has of this log; None where it was never signed."""
        rows = await self._all("SELECT key_id FROM signed_with")
        return str(rows[0][0]) if rows else None

    async def settle(self, key_id: str) -> None:
        """All that Redis has of this log is signed with this key, and it has no more of it. Raises StoreError.

        What waited for events that Redis had to give back waits no longer.
        """
        if await self.key_id() == key_id and not await self._all("SELECT 1 FROM pins_waiting LIMIT 1"):
            return
        async with self._transaction():
            await self._connection.execute("DELETE FROM pins_waiting")
            await self._connection.execute("DELETE FROM signed_with")
            await self._connection.execute("INSERT INTO signed_with VALUES (?)", (key_id,))

    async def left_in(self, table: str) -> list[tuple[Any, ...]]:
        """The rows of a table of the log that older versions wrote, and whose place is the side store now."""
        return [tuple(row) for row in await self._all(f"SELECT * FROM {table} ORDER BY rowid")]  # noqa: S608 - a part's

    async def empty(self, table: str) -> None:
        """Overwrite all of such a table, once the side store has it. Raises StoreError."""
        await self._all("PRAGMA secure_delete = ON")
        async with self._transaction():
            await self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - a part's
        async with self._transaction():
            await self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def last_seq(self) -> int:
        """The last event's place; 0 in an empty log."""
        rows = await self._all("SELECT max(seq) FROM events")
        return int(rows[0][0] or 0)

    async def event(self, seq: int) -> Event | None:
        """One event by its place."""
        rows = await self._all("SELECT body FROM events WHERE seq = ?", seq)
        return decoded(rows[0][0], EVENT, self.path) if rows else None

    async def events_after(self, seq: int) -> AsyncIterator[list[Event]]:
        """All events behind a place, in order, a page at a time."""
        while rows := await self._all("SELECT body FROM events WHERE seq > ? ORDER BY seq LIMIT ?", seq, PAGE):
            page = [decoded(row[0], EVENT, self.path) for row in rows]
            yield page
            seq = page[-1].seq

    async def snapshot(self) -> Snapshot | None:
        """The last snapshot; None also where this version cannot read it: the log leads to the same state."""
        rows = await self._all("SELECT body FROM snapshots ORDER BY seq DESC LIMIT 1")
        with contextlib.suppress(ValueError, TypeError):
            return SNAPSHOT.decode(rows[0][0]) if rows else None
        return None

    async def save_snapshot(self, snapshot: Snapshot) -> None:
        """Keep a snapshot, and move the log into the main file. Raises StoreError.

        Of older ones stays the last of each SNAPSHOT_EVERY events, as far back as Redis has events.
        """
        async with self._transaction():
            await self._connection.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?)", _row(snapshot))
            await self._connection.execute(
                "DELETE FROM snapshots WHERE seq < ? "
                "OR seq NOT IN (SELECT max(seq) FROM snapshots GROUP BY (seq - 1) / ?)",
                (snapshot.seq - EVENTS_KEPT - SNAPSHOT_EVERY, SNAPSHOT_EVERY),
            )
        async with self._transaction():
            await self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    async def base(self) -> Snapshot | None:
        """The state where the log begins that can be folded; None where it is the first event."""
        rows = await self._all("SELECT body FROM base")
        return decoded(rows[0][0], SNAPSHOT, self.path) if rows else None

    async def begin_at(self, base: Snapshot) -> None:
        """Let the log begin behind a place, with the state there. What comes before may go. Raises StoreError."""
        async with self._transaction():
            await self._connection.execute("DELETE FROM base")
            await self._connection.execute("INSERT INTO base VALUES (?, ?, ?)", _row(base))

    async def set_aside(self, after: int) -> None:
        """Take the events behind a place out of the log, into a table of their own. Raises StoreError.

        With a PIN that was set there its hash goes: the log knows of another one. So do those of all persons, for whose
        it was stands in no column.
        """
        async with self._transaction():
            for statement in (
                "INSERT INTO set_aside (body) SELECT body FROM events WHERE seq > ? ORDER BY seq",
                "DELETE FROM pin WHERE EXISTS (SELECT 1 FROM events WHERE seq > ? AND action = 'set_pin')",
                "DELETE FROM person_pins WHERE EXISTS (SELECT 1 FROM events WHERE seq > ? AND action = 'set_pin')",
                "DELETE FROM coalesced WHERE seq > ?",
                "DELETE FROM events WHERE seq > ?",
            ):
                await self._connection.execute(statement, (after,))

    async def forget(self, before: int, count: int = FORGOTTEN_AT_ONCE) -> int:
        """Delete the oldest events in front of a place, at most so many of them; how many. Raises StoreError.

        It is for the caller to let the log begin there, and to come again until nothing is left.
        """
        query = "DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE seq < ? ORDER BY seq LIMIT ?)"
        async with self._transaction():
            return (await self._connection.execute(query, (before, count))).rowcount

    async def forget_set_aside(self, before: Instant) -> None:
        """Delete what was set aside and is older. Raises StoreError."""
        async with self._transaction():
            await self._connection.execute(
                "DELETE FROM set_aside WHERE json_extract(CAST(body AS TEXT), '$.ts') < ?", (before,)
            )

    async def erase(
        self, begin: Snapshot, erased: Callable[[Event], Event | None], report: Callable[[int], None]
    ) -> None:
        """Put other events in the place of those that are to go, and let the log begin behind all of them.

        `erased` says what comes in an event's place, None: it stays; `report` hears how far that came. What was set
        aside goes, too. Raises StoreError; then nothing has changed.
        """
        await self._all("PRAGMA secure_delete = ON")
        async with self._transaction():
            for table in ("base", "snapshots", "set_aside", "coalesced"):
                await self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - one of ours
            await self._connection.execute("INSERT INTO base VALUES (?, ?, ?)", _row(begin))
            await self._connection.execute("INSERT INTO snapshots VALUES (?, ?, ?)", _row(begin))
            await self._connection.execute("INSERT INTO republish VALUES (1)")
            async for page in self.events_after(0):
                rows = [(new.action, msgspec.json.encode(new), new.seq) for one in page if (new := erased(one))]
                await self._connection.executemany("UPDATE events SET action = ?, body = ? WHERE seq = ?", rows)
                report(page[-1].seq)

    async def clock(self) -> tuple[int, int, int] | None:
        """What is known of the clock, as `keep_clock` took it."""
        rows = await self._all("SELECT believed, seen, watched FROM clock")
        return (int(rows[0][0]), int(rows[0][1]), int(rows[0][2])) if rows else None

    async def keep_clock(self, believed_ms: int, seen_ms: int, watched_ms: int) -> None:
        """Keep what is known of the clock; see `retention.Belief`. Raises StoreError."""
        async with self._transaction():
            await self._connection.execute("DELETE FROM clock")
            await self._connection.execute("INSERT INTO clock VALUES (?, ?, ?)", (believed_ms, seen_ms, watched_ms))

    async def must_republish(self) -> bool:
        """Whether Redis may have what was erased here."""
        return bool(await self._all("SELECT 1 FROM republish LIMIT 1"))

    async def republish(self) -> None:
        """Redis is to be filled anew. Raises StoreError."""
        async with self._transaction():
            await self._connection.execute("INSERT INTO republish VALUES (1)")

    async def republished(self) -> None:
        """Redis has been filled anew. Raises StoreError."""
        async with self._transaction():
            await self._connection.execute("DELETE FROM republish")

    async def extent(self) -> tuple[int, int, int]:
        """The first and the last event's place, both 0 in an empty log, and the bytes that are in use."""
        rows = await self._all(
            "SELECT coalesce(min(seq), 0), coalesce(max(seq), 0), (SELECT (page_count - freelist_count) * page_size "
            "FROM pragma_page_count, pragma_freelist_count, pragma_page_size) FROM events"
        )
        first, last, size = rows[0]
        return int(first), int(last), int(size)


def _row(snapshot: Snapshot) -> tuple[int, int, bytes]:
    return snapshot.seq, snapshot.rev, msgspec.json.encode(snapshot)


def _coalesce(connection: sqlite3.Connection, commands: Sequence[tuple[str, int]]) -> None:
    connection.executemany("INSERT INTO coalesced (command_id, seq) VALUES (?, ?)", commands)
    connection.execute(
        "DELETE FROM coalesced WHERE number <= (SELECT max(number) FROM coalesced) - ?", (COALESCED_KEPT,)
    )


def _put_pin(connection: sqlite3.Connection, person: str | None, hashed: bytes) -> None:
    if person is None:
        connection.execute("DELETE FROM pin")
        connection.executemany("INSERT INTO pin VALUES (?)", [(hashed,)] if hashed else [])
    elif hashed:
        connection.execute("INSERT OR REPLACE INTO person_pins VALUES (?, ?)", (person, hashed))
    else:
        connection.execute("DELETE FROM person_pins WHERE person = ?", (person,))
