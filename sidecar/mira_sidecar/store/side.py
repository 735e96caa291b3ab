"""The side store: what is personal, or large, beside the log and never in it.

A file of its own with a thread of its own: where it hangs, is full or damaged, the mirror goes on deciding. What is in
a row is sealed with its owner's key; in plain are its id, whose it is, when it was written, and what it is found by.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Self, override

import aiosqlite
import msgspec

from mira_sidecar.store.database import Connected
from mira_sidecar.store.ending import Connection, Ending
from mira_sidecar.store.errors import DatabaseDamagedError, StoreError, check_file, explained, refused
from mira_sidecar.store.files import aside, found_keys_of, keys_of, make_private, media_of, set_aside
from mira_sidecar.store.keys import HOUSEHOLD, KeyRing, KeysDamagedError
from mira_sidecar.store.rows import PAGE, decoded
from mira_sidecar.store.schema import steps_in
from mira_sidecar.store.sealed_files import SealedFiles

_AT_ONCE = 100
"""Rows deleted at a time by age or number: between two steps others get their turn."""
_DAY_MS = 86_400_000
_OURS = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS steps (subject TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS identity (server_id TEXT NOT NULL) STRICT;
COMMIT;
"""
"""How far each subject's tables are, and whose log it lies beside."""
TABLES = (
    "SELECT m.name FROM sqlite_master m WHERE EXISTS (SELECT 1 FROM pragma_table_info(m.name) WHERE name = 'sealed')"
)
"""The tables of subjects."""


@dataclass(frozen=True, slots=True)
class Table[T]:
    """A table that a subject has made, with the columns `id`, `owner`, `at`, `key`, `sealed` and those of its own."""

    name: str
    """Begins with that of the subject."""
    value: type[T]
    """What is sealed in a row."""
    columns: tuple[str, ...] = ()
    """Those of its own, in plain: rows are found by them."""
    days: int = 0
    """How long a row is kept; 0: until somebody deletes it."""
    rows: int = 0
    """How many are kept, the youngest; 0: all. A table that has a limit has an index on `at`."""


@dataclass(frozen=True, slots=True)
class SideTables:
    """What a subject has in the side store."""

    steps: Traversable
    """The folder of the SQL that makes its tables, and brings older ones up to date."""
    tables: tuple[Table[Any], ...]


class FileSecret(msgspec.Struct, frozen=True):
    """What is sealed in the row of a file."""

    secret: bytes
    """The key of this file."""
    sha256: bytes
    """Of what is in it."""

    @override
    def __repr__(self) -> str:
        return "<file secret>"


FILES: Table[FileSecret] = Table("media_files", FileSecret, columns=("subject", "kind", "bytes", "keep_s"))
"""The files of all subjects; `media.py` writes them."""
_OWN = {"media": SideTables(resources.files("mira_sidecar.store") / "media_tables", (FILES,))}


class Row[T](msgspec.Struct, frozen=True, kw_only=True):
    """A row; rows sort by their ids, so an id of uuid7 sorts by time."""

    id: str
    at_ms: int
    value: T | None
    """None where it cannot be opened: its key is gone."""
    owner: str = HOUSEHOLD
    columns: dict[str, Any] = {}


class SideStore(Connected):
    """Reads and writes the rows of all subjects."""

    def __init__(
        self, connection: aiosqlite.Connection, ending: Ending, path: Path, keys: KeyRing, tables: list[Table[Any]]
    ) -> None:
        super().__init__(connection, ending, path)
        self._keys = keys
        self._tables = tables
        self.files = SealedFiles(media_of(path))
        """Those of the rows in `FILES`."""
        self.said: list[str] = []
        """What had to be set aside when it was opened, in sentences."""

    @classmethod
    async def open(cls, path: Path, subjects: Mapping[str, SideTables], server_id: str) -> Self:
        """Open or make the side store of a log; who has that log's lock is alone with it. Raises StoreError.

        What is damaged, or another log's, is kept under another name.
        """
        said: list[str] = []
        subjects = {**_OWN, **subjects}
        try:
            keys = await asyncio.to_thread(_read_keys, path, said)
            try:
                store = await cls._open(path, subjects, server_id, keys)
            except DatabaseDamagedError as error:
                kept = aside(path)
                await asyncio.to_thread(_set_aside, path, kept)
                said.append(f"{error} It is kept as {kept}; a new one is begun.")
                store = await cls._open(path, subjects, server_id, keys)
        except OSError as error:
            raise refused(error, path) from error
        store.said = said
        return store

    @classmethod
    async def _open(cls, path: Path, subjects: Mapping[str, SideTables], server_id: str, keys: KeyRing) -> Self:
        await asyncio.to_thread(check_file, path)
        await asyncio.to_thread(make_private, path)
        ending, connection = Ending(), None
        try:
            connection = await aiosqlite.connect(path, factory=partial(Connection, ending))
            store = cls(connection, ending, path, keys, [table for one in subjects.values() for table in one.tables])
            await store._check(subjects)
            # FULL: a row that was put is there after a power cut, and nobody's decision waits for it.
            for setting in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
                await connection.execute(f"PRAGMA {setting}")
            await store._migrate(subjects)
            await store._belong_to(server_id)
            await store._sweep()
        except BaseException as error:
            if connection is not None:
                await connection.close()
            raise (explained(error, path) if isinstance(error, sqlite3.Error) else error) from error
        return store

    @override
    async def close(self, *, tidy: bool = True) -> None:
        self.files.close()
        await super().close(tidy=tidy)

    async def put[T](self, table: Table[T], *rows: Row[T], key: str | None = None) -> None:
        """Write rows, whole or not at all, in the place of those with the same ids. Raises StoreError.

        `key`: the one that their owner had when they were begun. Where it is erased meanwhile, nothing is written.
        """
        names = ("id", "owner", "at", "key", "sealed", *table.columns)
        places = ", ".join("?" * len(names))
        query = f"INSERT OR REPLACE INTO {table.name} ({', '.join(names)}) VALUES ({places})"  # noqa: S608
        async with self._transaction():
            if key in self._keys.erased:
                raise StoreError("Whose this is was erased meanwhile; it is not kept.")
            keys = {owner: await self._key_for(owner) for owner in {row.owner for row in rows}}
            values = [self._sealed(table, row, keys[row.owner]) for row in rows]
            await self._connection.executemany(query, values)

    async def get[T](self, table: Table[T], row_id: str) -> Row[T] | None:
        """One row. Raises StoreError."""
        rows = await self.page(table, 1, id=row_id)
        return rows[0] if rows else None

    async def page[T](self, table: Table[T], most: int = PAGE, *, after: str = "", **where: object) -> list[Row[T]]:
        """The rows behind an id, in the order of their ids, of those with these columns. Raises StoreError.

        A list stands for any of its values.
        """
        names = ("id", "owner", "at", "key", "sealed", *table.columns)
        conditions, values = _conditions(where)
        query = f"SELECT {', '.join(names)} FROM {table.name} WHERE id > ? AND {conditions} ORDER BY id LIMIT ?"  # noqa: S608 - the names are declared
        return [self._opened(table, row) for row in await self._all(query, after, *values, most)]

    async def rows[T](self, table: Table[T], **where: object) -> AsyncIterator[Row[T]]:
        """All rows with these columns, in the order of their ids, a page at a time. Raises StoreError."""
        after = ""
        while page := await self.page(table, PAGE, after=after, **where):
            for row in page:
                yield row
            after = page[-1].id

    async def delete(self, table: Table[Any], **where: object) -> int:
        """Overwrite the rows with these columns, a list for any of its values; how many. Raises StoreError."""
        conditions, values = _conditions(where)
        count = await self._delete(f"DELETE FROM {table.name} WHERE {conditions}", *values)  # noqa: S608
        await self._truncate()
        return count

    async def erase(self, owner: str) -> int:
        """Overwrite all that is an owner's, in the tables of subjects that are switched off, too; how many rows.

        Files are deleted. All is gone from backups as well, for its key is. Raises StoreError, also where another
        program still reads what is to go: then it can be read by nobody, and the same again overwrites it.
        """
        # The key first: what is stopped on the way can be read nowhere any more, and goes at the next start.
        async with self._turn:
            try:
                await asyncio.to_thread(self._keys.erase, owner)
            except OSError as error:
                raise refused(error, self.path) from error
        count = 0
        for name in await self._names():
            count += await self._delete(f"DELETE FROM {name} WHERE owner = ?", owner)  # noqa: S608 - from the schema
        await self.drop_files()
        if not await self._truncate():
            raise StoreError(f"Another program reads the database {self.path}. End it, and do this once more.")
        return count

    async def key_for(self, owner: str) -> str:
        """The id of an owner's key, on the disk, for `put` of what takes long. Raises StoreError."""
        async with self._turn:
            return await self._key_for(owner)

    async def select(self, query: str, *parameters: object) -> list[sqlite3.Row]:
        """What a query finds in the columns in plain. Raises StoreError."""
        return await self._all(query, *parameters)

    async def file_names(self) -> set[str]:
        """The names of the files that have a row. Raises StoreError."""
        return {str(name) for (name,) in await self._all("SELECT subject || '/' || id FROM media_files")}

    async def drop_files(self) -> None:
        """Delete the files that have no row. Raises StoreError."""
        await self.files.keep_only(await self.file_names())

    async def owned_by(self, owner: str) -> int:
        """How many rows are an owner's. Raises StoreError."""
        counts = [
            await self._all(f"SELECT count(*) FROM {name} WHERE owner = ?", owner)  # noqa: S608 - from the schema
            for name in await self._names()
        ]
        return sum(int(rows[0][0]) for rows in counts)

    async def owners(self, table: Table[Any]) -> set[str]:
        """Whose rows there are. Raises StoreError."""
        return {owner for (owner,) in await self._all(f"SELECT DISTINCT owner FROM {table.name}")}  # noqa: S608

    async def unreadable(self) -> int:
        """How many rows there are whose keys are missing. Raises StoreError."""
        count = 0
        for name in await self._names():
            rows = await self._all(f"SELECT key, count(*) FROM {name} GROUP BY key")  # noqa: S608 - from the schema
            count += sum(int(many) for key, many in rows if key not in self._keys.known)
        return count

    async def retain(self, sure_ms: int, latest_ms: int, *, rest_s: float) -> int:
        """Delete what is beyond the tables' limits, a few rows at a time; how many. Raises StoreError.

        `sure_ms` is the time by which rows are old, and `latest_ms` the latest that it may be: a row of later than that
        was written by a clock that was wrong, and is as old as one of then.
        """
        count = 0
        for table in self._tables:
            name = table.name
            if table.days:
                await self.bring_down(table, latest_ms)
                old = f"SELECT id FROM {name} WHERE at < ? ORDER BY at LIMIT ?"  # noqa: S608 - the names are declared
                count += await self._delete_in_steps(table, old, sure_ms - table.days * _DAY_MS, rest_s)
            if table.rows:
                surplus = f"max(0, min((SELECT count(*) FROM {name}) - ?, ?))"  # noqa: S608 - the names are declared
                oldest = f"SELECT id FROM {name} ORDER BY at, id LIMIT {surplus}"  # noqa: S608 - the names are declared
                count += await self._delete_in_steps(table, oldest, table.rows, rest_s)
        if count:
            await self._truncate()
        return count

    async def bring_down(self, table: Table[Any], latest_ms: int) -> None:
        """Let no row be of later than this; see `retain`. Raises StoreError."""
        async with self._transaction():
            await self._connection.execute(f"UPDATE {table.name} SET at = ?1 WHERE at > ?1", (latest_ms,))  # noqa: S608

    async def _delete_in_steps(self, table: Table[Any], ids: str, limit: int, rest_s: float) -> int:
        count = 0
        while gone := await self._delete(f"DELETE FROM {table.name} WHERE id IN ({ids})", limit, _AT_ONCE):  # noqa: S608
            count += gone
            await asyncio.sleep(rest_s)
        return count

    async def _delete(self, query: str, *parameters: object) -> int:
        async with self._transaction():
            cursor = await self._connection.execute(query, parameters)
            return cursor.rowcount

    async def _truncate(self) -> bool:
        """Take what was deleted out of the WAL, too; whether nobody kept it from that."""
        async with self._transaction():
            (busy, *_), *_ = await self._connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        return not busy

    async def _key_for(self, owner: str) -> str:
        try:
            return await asyncio.to_thread(self._keys.key_for, owner)
        except OSError as error:
            raise refused(error, keys_of(self.path)) from error

    def _sealed[T](self, table: Table[T], row: Row[T], key: str) -> tuple[Any, ...]:
        sealed = self._keys.seal(key, msgspec.json.encode(row.value), bound_to(table.name, row.id, row.owner))
        return (row.id, row.owner, row.at_ms, key, sealed, *(row.columns[name] for name in table.columns))

    def _opened[T](self, table: Table[T], found: sqlite3.Row) -> Row[T]:
        row_id, owner, at_ms, key, sealed, *others = found
        plain = self._keys.unseal(key, sealed, bound_to(table.name, row_id, owner))
        value = None if plain is None else decoded(plain, msgspec.json.Decoder(table.value), self.path)
        columns = dict(zip(table.columns, others, strict=True))
        return Row(id=row_id, at_ms=at_ms, value=value, owner=owner, columns=columns)

    async def _names(self) -> list[str]:
        """All tables of subjects, those of switched off and unknown ones among them."""
        return [str(name) for (name,) in await self._all(TABLES)]

    async def _check(self, subjects: Mapping[str, SideTables]) -> None:
        """Raise StoreError where the file is damaged, another program's, or newer; nothing is written."""
        ((found,),) = await self._all("PRAGMA quick_check(1)")
        if found != "ok":
            raise DatabaseDamagedError(f"The database {self.path} is damaged ({found}).")
        tables = {name for (name,) in await self._all("SELECT name FROM sqlite_master")}
        if not is_side(tables):
            raise DatabaseDamagedError(f"The database {self.path} is not Mira's.")
        if not tables:
            return
        for subject, version in await self._all("SELECT subject, version FROM steps"):
            if subject in subjects and version > (known := len(steps_in(subjects[subject].steps))):
                raise StoreError(
                    f"The database {self.path} was made by a newer sidecar ({subject} {version}, this one knows "
                    f"{known}). Update the sidecar, or restore a backup made before the update."
                )

    async def _migrate(self, subjects: Mapping[str, SideTables]) -> None:
        """Bring all tables up to date, whole or not at all."""
        await self._connection.executescript(_OURS)
        rows = await self._all("SELECT subject, version FROM steps")
        versions = {str(subject): int(version) for subject, version in rows}
        script = ""
        for subject, declared in subjects.items():
            steps = steps_in(declared.steps)
            for step in steps[versions.get(subject, 0) :]:
                script += f"{step.read_text()};"
                script += f"INSERT OR REPLACE INTO steps VALUES ('{subject}', {len(steps)});"  # noqa: S608 - a folder's
        if script:
            await self._connection.executescript(f"BEGIN IMMEDIATE; {script} COMMIT;")

    async def _belong_to(self, server_id: str) -> None:
        """Raise DatabaseDamagedError where this lies beside another log than it did: what it has is not of this one."""
        known = {str(one) for (one,) in await self._all("SELECT server_id FROM identity")}
        if server_id in known:
            return
        if known:
            for name in await self._names():
                if await self._all(f"SELECT 1 FROM {name} LIMIT 1"):  # noqa: S608 - from the schema
                    raise DatabaseDamagedError(f"The database {self.path} belongs to another log than the one there.")
        async with self._transaction():
            await self._connection.execute("DELETE FROM identity")
            await self._connection.execute("INSERT INTO identity VALUES (?)", (server_id,))

    async def _sweep(self) -> None:
        """Delete what an erasure, stopped on the way, or a backup from before it, has left."""
        for name in await self._names():
            gone = f"DELETE FROM {name} WHERE key IN (SELECT value FROM json_each(?))"  # noqa: S608 - from the schema
            await self._delete(gone, msgspec.json.encode(self._keys.erased).decode())


def is_side(tables: set[str]) -> bool:
    """Whether these are the tables of a side store; of one that was only just made, too."""
    return not tables or tables >= {"steps", "identity"}


def bound_to(table: str, row_id: str, owner: str) -> bytes:
    """What a sealed value can be opened with only: in another row, or as another's, it cannot."""
    return msgspec.json.encode([table, row_id, owner])


def _conditions(where: Mapping[str, object]) -> tuple[str, list[object]]:
    """What rows with these columns fulfil, in SQL, and its parameters."""
    conditions, values = ["true"], []
    for name, value in where.items():
        is_list = isinstance(value, list)
        any_of = "IN (SELECT value FROM json_each(?))"
        conditions.append(f"{name} {any_of if is_list else '= ?'}")
        values.append(msgspec.json.encode(value).decode() if is_list else value)
    return " AND ".join(conditions), values


def _set_aside(path: Path, kept: Path) -> None:
    # The files first: beside a new side store they would be nobody's, and deleted.
    if (files := media_of(path)).exists():
        files.rename(aside(files))
    set_aside(path, kept)


def _read_keys(side: Path, said: list[str]) -> KeyRing:
    path, found = keys_of(side), found_keys_of(side)
    try:
        keys = KeyRing.read(path)
    except KeysDamagedError as error:
        kept = aside(path)
        path.rename(kept)
        said.append(f"{error} The one that was there is kept as {kept}.")
        keys = KeyRing.read(path)
    try:
        if found.exists():
            keys.adopt(KeyRing.read(found))
            found.unlink()
    except KeysDamagedError as error:
        said.append(str(error))
    return keys
