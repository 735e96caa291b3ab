"""The file that the log is in: whose it is, and how it is written."""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Self, override
from uuid import uuid4

import aiosqlite

from mira_sidecar.store.ending import Connection, Ending
from mira_sidecar.store.errors import DatabaseOnShareError, StoreError, explained, refused
from mira_sidecar.store.files import make_private
from mira_sidecar.store.lock import locked, place_id
from mira_sidecar.store.older import Older, Report
from mira_sidecar.store.schema import check, migrate


class Connected:
    """Owns the one connection that writes to a file, and the thread that it is used in."""

    def __init__(self, connection: aiosqlite.Connection, ending: Ending, path: Path) -> None:
        self._connection = connection
        self._ending = ending
        self.path = path
        self._turn = asyncio.Lock()

    async def close(self, *, tidy: bool = True) -> None:
        """Close the connection. The last that was written moves into the main file, where it is to be `tidy`."""
        self._ending.tidy = tidy
        await self._connection.close()

    async def aclose(self) -> None:
        """Close it in order, for `contextlib.aclosing`."""
        await self.close()

    @contextlib.asynccontextmanager
    async def _transaction(self) -> AsyncIterator[None]:
        """All that is done in it, or nothing; one at a time, for they share the connection. Raises StoreError."""
        async with self._turn:
            try:
                yield
                await self._connection.commit()
            except BaseException as error:
                # What was under way in the connection's thread ends first, also when we were cancelled.
                await self._connection.rollback()
                if isinstance(error, sqlite3.Error):
                    raise explained(error, self.path) from error
                raise

    async def _at_once(self, write: Callable[[sqlite3.Connection], object]) -> None:
        """A transaction as above, in one trip to the connection's thread, also when we are cancelled meanwhile."""

        def whole(connection: sqlite3.Connection) -> None:
            with connection:
                write(connection)

        async with self._turn:
            try:
                # The library's own ways are a trip for each statement, and one for the commit.
                await self._connection._execute(whole, self._connection._conn)  # type: ignore[no-untyped-call]  # noqa: SLF001
            except sqlite3.Error as error:
                raise explained(error, self.path) from error

    async def _all(self, query: str, *parameters: object) -> list[sqlite3.Row]:
        try:
            return list(await self._connection.execute_fetchall(query, parameters))
        except sqlite3.Error as error:
            raise explained(error, self.path) from error


class Database(Connected):
    """The file of the log."""

    def __init__(
        self, connection: aiosqlite.Connection, ending: Ending, lock: int, path: Path, *, server_id: str, store_id: str
    ) -> None:
        super().__init__(connection, ending, path)
        self._lock = lock
        self.server_id = server_id
        """Of the log, wherever it is kept."""
        self.store_id = store_id
        """Of this database, which only its owner has."""

    @classmethod
    async def open(cls, path: Path, older: Iterable[Older] = (), report: Report = lambda done, total: None) -> Self:
        """Open or make the database. Raises StoreError where it is damaged, newer, locked or out of reach.

        `older` says how events of older versions are brought up to date, and `report` hears how far that came.
        """
        try:
            lock = locked(path)
        except OSError as error:
            raise refused(error, path) from error
        ending, connection = Ending(), None
        try:
            store_id = place_id(lock)
            make_private(path)
            connection = await aiosqlite.connect(path, factory=partial(Connection, ending))
            await check(connection, path)
            # FULL: a commit is on the disk before anyone hears of it. Checkpoints come with the snapshots,
            # outside the commands' way.
            ((mode,),) = await connection.execute_fetchall("PRAGMA journal_mode = WAL")
            if mode != "wal":
                raise DatabaseOnShareError.at(path, "no shared memory")
            for setting in ("synchronous = FULL", "wal_autocheckpoint = 0"):
                await connection.execute(f"PRAGMA {setting}")
            await asyncio.to_thread(migrate, path, older, report)
            server_id = await _identity(connection)
        except (sqlite3.Error, StoreError, OSError) as error:
            if connection is not None:
                await connection.close()
            os.close(lock)
            raise (refused(error, path) if isinstance(error, OSError) else explained(error, path)) from error
        return cls(connection, ending, lock, path, server_id=server_id, store_id=store_id)

    @override
    async def close(self, *, tidy: bool = True) -> None:
        await super().close(tidy=tidy)
        os.close(self._lock)

    async def adopt(self, server_id: str) -> None:
        """Keep another sidecar's log from now on; ours has to be empty. Raises StoreError."""
        async with self._transaction():
            await self._connection.execute("UPDATE identity SET server_id = ?", (server_id,))
        self.server_id = server_id

    async def shrink(self) -> None:
        """Give the disk back what is not in use, in the WAL, too. It takes as much room again meanwhile.

        Raises StoreError, also where another program still reads what is to go.
        """
        async with self._transaction():
            await self._connection.execute("VACUUM")
            (busy, *_), *_ = await self._connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        if busy:
            raise StoreError(f"Another program reads the database {self.path}. End it, and do this once more.")


async def _identity(connection: aiosqlite.Connection) -> str:
    rows = list(await connection.execute_fetchall("SELECT server_id FROM identity"))
    if rows:
        return str(rows[0][0])
    server_id = str(uuid4())
    await connection.execute("INSERT INTO identity VALUES (?)", (server_id,))
    await connection.commit()
    return server_id
