"""The event log on disk. What `append` returned from is there after a power cut."""

import os
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Self
from uuid import uuid4

import aiosqlite
import msgspec

from mira_sidecar.protocol import Event, Snapshot
from mira_sidecar.store.errors import DatabaseReadOnlyError, DuplicateCommandError, StoreError, explained
from mira_sidecar.store.lock import locked, place_id
from mira_sidecar.store.rows import EVENT, PAGE, SNAPSHOT, decoded
from mira_sidecar.store.schema import migrate

FORGOTTEN_AT_ONCE = 100
"""Events deleted at a time: under 1 ms, for which a command may have to wait."""


class EventStore:
    """Owns the one connection that writes."""

    def __init__(
        self, connection: aiosqlite.Connection, lock: int, path: Path, *, server_id: str, store_id: str
    ) -> None:
        self._connection = connection
        self._lock = lock
        self.path = path
        self.server_id = server_id
        """Of the log, wherever it is kept."""
        self.store_id = store_id
        """Of this database, which only its owner has."""

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open or make the database. Raises StoreError where it is damaged, newer, locked or out of reach."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = locked(path)
            store_id = place_id(lock)
        except OSError as error:
            raise DatabaseReadOnlyError(
                f"The database {path} cannot be written ({error.strerror}). Give this user access, or set `database`."
            ) from error
        connection = None
        try:
            connection = await aiosqlite.connect(path)
            # FULL: a commit is on the disk before anyone hears of it. Checkpoints come with the snapshots,
            # outside the commands' way.
            for setting in ("journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 0"):
                await connection.execute(f"PRAGMA {setting}")
            await migrate(connection, path)
            server_id = await _identity(connection)
        except (sqlite3.Error, StoreError) as error:
            if connection is not None:
                await connection.close()
            os.close(lock)
            raise explained(error, path) from error
        return cls(connection, lock, path, server_id=server_id, store_id=store_id)

    async def close(self) -> None:
        """Close the connection; the last of the log moves into the main file."""
        await self._connection.close()
        os.close(self._lock)

    async def append(self, events: Sequence[Event], pin: bytes | None = None) -> None:
        """Store a batch whole, or nothing of it; with it a new hash of the PIN, or, empty, that there is none.

        Raises DuplicateCommandError or StoreError.
        """
        rows = [(e.seq, e.command_id, e.type, msgspec.json.encode(e), e.action, e.ts) for e in events]
        try:
            # The first INSERT opens the transaction; one more trip to the connection's thread commits it.
            await self._connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", rows)
            if pin is not None:
                await self._connection.execute("DELETE FROM pin")
                await self._connection.executemany("INSERT INTO pin VALUES (?)", [(pin,)] if pin else [])
            await self._connection.commit()
        except sqlite3.Error as error:
            await self._undo()
            if isinstance(error, sqlite3.IntegrityError) and "command_id" in str(error):
                raise DuplicateCommandError from error
            raise explained(error, self.path) from error

    async def answers(self, command_ids: Iterable[str]) -> dict[str, Event]:
        """The first answers to those of the commands that were answered before."""
        query = (
            "SELECT command_id, body FROM events "
            "WHERE command_id IN (SELECT value FROM json_each(?)) AND type != 'state_patch'"
        )
        wanted = msgspec.json.encode(list(command_ids)).decode()
        return {row[0]: decoded(row[1], EVENT, self.path) for row in await self._all(query, wanted)}

    async def pin(self) -> bytes | None:
        """The hash of the PIN, as `append` took it."""
        rows = await self._all("SELECT hash FROM pin")
        return bytes(rows[0][0]) if rows else None

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
        """The last snapshot."""
        rows = await self._all("SELECT body FROM snapshots ORDER BY seq DESC LIMIT 1")
        return decoded(rows[0][0], SNAPSHOT, self.path) if rows else None

    async def save_snapshot(self, snapshot: Snapshot) -> None:
        """Keep a snapshot in place of older ones, and move the log into the main file. Raises StoreError."""
        row = (snapshot.seq, snapshot.rev, msgspec.json.encode(snapshot))
        try:
            await self._connection.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?)", row)
            await self._connection.execute("DELETE FROM snapshots WHERE seq < ?", (snapshot.seq,))
            await self._connection.commit()
            await self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite3.Error as error:
            await self._undo()
            raise explained(error, self.path) from error

    async def adopt(self, server_id: str) -> None:
        """Keep another sidecar's log from now on; ours has to be empty. Raises StoreError."""
        await self._change(("UPDATE identity SET server_id = ?", (server_id,)))
        self.server_id = server_id

    async def set_aside(self, after: int) -> None:
        """Take the events behind a place out of the log, into a table of their own. Raises StoreError.

        With a PIN that was set there its hash goes: the log knows of another one.
        """
        await self._change(
            ("INSERT INTO set_aside (body) SELECT body FROM events WHERE seq > ? ORDER BY seq", (after,)),
            ("DELETE FROM pin WHERE EXISTS (SELECT 1 FROM events WHERE seq > ? AND action = 'set_pin')", (after,)),
            ("DELETE FROM events WHERE seq > ?", (after,)),
        )

    async def forget(self, before: int, count: int = FORGOTTEN_AT_ONCE) -> int:
        """Delete the oldest events in front of a place, at most so many of them; how many. Raises StoreError.

        It is for the caller to keep a snapshot at or behind that place, and to come again until nothing is left.
        """
        query = "DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE seq < ? ORDER BY seq LIMIT ?)"
        try:
            deleted = await self._connection.execute(query, (before, count))
            await self._connection.commit()
        except sqlite3.Error as error:
            await self._undo()
            raise explained(error, self.path) from error
        return deleted.rowcount

    async def _change(self, *statements: tuple[str, Sequence[object]]) -> None:
        """Carry out all of it, or nothing."""
        try:
            for statement, parameters in statements:
                await self._connection.execute(statement, parameters)
            await self._connection.commit()
        except sqlite3.Error as error:
            await self._undo()
            raise explained(error, self.path) from error

    async def _undo(self) -> None:
        if self._connection.in_transaction:
            await self._connection.rollback()

    async def _all(self, query: str, *parameters: object) -> list[sqlite3.Row]:
        try:
            return list(await self._connection.execute_fetchall(query, parameters))
        except sqlite3.Error as error:
            raise explained(error, self.path) from error


async def _identity(connection: aiosqlite.Connection) -> str:
    rows = list(await connection.execute_fetchall("SELECT server_id FROM identity"))
    if rows:
        return str(rows[0][0])
    server_id = str(uuid4())
    await connection.execute("INSERT INTO identity VALUES (?)", (server_id,))
    await connection.commit()
    return server_id
