"""The keys of the API: who may ask for what. They have a file of their own, which commands change while we serve."""

import asyncio
import contextlib
import hashlib
import hmac
import os
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, override

import msgspec
import structlog
from msgspec import Meta

from mira_sidecar.operations.errors import OperationError
from mira_sidecar.private import is_shared, make_folder, private
from mira_sidecar.protocol import Instant, instant
from mira_sidecar.store.errors import DatabaseFailingError, StoreError, explained, refused
from mira_sidecar.store.files import api_keys_of

log = structlog.get_logger()

_TEXT = re.compile(r"mira_([0-9a-f]{12})_[0-9a-f]{64}", re.ASCII)
_ID_BYTES, _SECRET_BYTES, _SALT_BYTES = 6, 32, 16
_SCHEMA = 1
_TABLE = """
CREATE TABLE key (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    capabilities TEXT NOT NULL,
    with_pin TEXT NOT NULL,
    person TEXT,
    created_at TEXT NOT NULL,
    last_used_at TEXT,
    hash BLOB NOT NULL
) STRICT, WITHOUT ROWID
"""
_LOOK_S = 0.5
"""Between two looks at the file: a revoked key is refused within a second."""
_WRITE_S = 60.0
"""Between two notes of a key's last use."""
_WAIT_S = 1.0
"""For the file, where a command has it."""
_MOST_TRIES = 4
"""Texts for one key whose hashes are waited for at a time."""

type KeySource = Literal["automation", "touch", "voice", "sensor"]
type KeyName = Annotated[str, Meta(min_length=1, max_length=64)]


class TooManyTriesError(Exception):
    """So many texts for one key are being compared already that this one was not."""


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """What one client may do, and as whom."""

    id: str
    name: KeyName
    """For people. No log shows it."""
    source: KeySource
    """What its commands count as."""
    capabilities: frozenset[str]
    with_pin: frozenset[str] = frozenset()
    """What it may do only together with a PIN."""
    person: str | None = None
    created_at: Instant
    last_used_at: Instant | None = None

    @override
    def __repr__(self) -> str:
        return f"<API key {self.id}>"


class _Kept(msgspec.Struct, frozen=True):
    key: Key
    hash: bytes

    @override
    def __repr__(self) -> str:
        return repr(self.key)


class KeyRing:
    """The keys as they are now, for the server. It never fails: where the file cannot be relied on, no key is valid."""

    def __init__(
        self,
        database: Path,
        on_change: Callable[[frozenset[str]], None] = lambda gone: None,
        report: Callable[[StoreError | None], None] = lambda problem: None,
    ) -> None:
        """`on_change` hears the ids of keys that are valid no more, `report` what is wrong with the file."""
        self._path = api_keys_of(database)
        self._on_change = on_change
        self._report = report
        self._kept: Mapping[str, _Kept] = {}
        self._proven: dict[str, bytes] = {}
        """By id, the SHA-256 digest of the one text that fits: it takes microseconds, the hash in the file 50 ms."""
        self._tries: dict[tuple[str, bytes], asyncio.Task[bool]] = {}
        self._one_at_a_time = asyncio.Lock()
        self._mark: object = None
        self._used: dict[str, int] = {}
        self.problem: StoreError | None = None
        """What is wrong with the file."""

    async def load(self) -> None:
        """Look at the file once."""
        try:
            found = await asyncio.to_thread(_look, self._path, self._mark)
        except DatabaseFailingError as error:
            # A command has it, or the disk fails, so that nothing can be revoked either.
            self._take(self._kept, error)
        except StoreError as error:
            self._take({}, error)
        else:
            if found is not None:
                self._mark, kept = found
                self._take(kept, None)

    async def run(self) -> None:
        """Look at it, and note when keys were used, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_looking())
            # Not in one loop: where the disk takes no note, a revoked key is refused all the same.
            tasks.create_task(self._keep_noting())

    async def find(self, text: str) -> Key | None:
        """The key that this is the text of. Raises TooManyTriesError.

        The text of a key that was not used since the start takes some 50 ms in a thread, one text at a time. All others
        take next to nothing: also wrong ones for a key that was used, so a guesser keeps nobody waiting for long.
        """
        kept = self._kept.get(id_in(text) or "")
        if kept is None:
            return None
        digest = hashlib.sha256(text.encode()).digest()
        proven = self._proven.get(kept.key.id)
        fits = hmac.compare_digest(proven, digest) if proven else await self._fits(kept, text, digest)
        return kept.key if fits and self._is_valid(kept) else None

    def named(self, key_id: str) -> Key | None:
        """The key with this id, while it is valid."""
        kept = self._kept.get(key_id)
        return kept.key if kept else None

    def used(self, key: Key) -> None:
        """A key was used just now."""
        self._used[key.id] = time.time_ns() // 1_000_000

    async def _fits(self, kept: _Kept, text: str, digest: bytes) -> bool:
        """Whether the text has the key's hash. Who asks for the same text meanwhile waits for the same answer."""
        key_id = kept.key.id
        task = self._tries.get((key_id, digest))
        if task is None:
            if sum(waiting == key_id for waiting, _ in self._tries) >= _MOST_TRIES:
                raise TooManyTriesError
            task = asyncio.create_task(self._compare(kept, text, digest))
            self._tries[key_id, digest] = task
            task.add_done_callback(lambda _: self._tries.pop((key_id, digest)))
        # A client that goes away must not make room for the next: its hash is being made all the same.
        return await asyncio.shield(task)

    async def _compare(self, kept: _Kept, text: str, digest: bytes) -> bool:
        async with self._one_at_a_time:
            made = await asyncio.to_thread(_hash, text, kept.hash[:_SALT_BYTES])
        fits = hmac.compare_digest(made, kept.hash)
        if fits and self._is_valid(kept):
            self._proven[kept.key.id] = digest
        return fits

    def _is_valid(self, kept: _Kept) -> bool:
        """Whether it was not revoked meanwhile."""
        now = self._kept.get(kept.key.id)
        return now is not None and now.hash == kept.hash

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            await self.load()

    async def _keep_noting(self) -> None:
        noted: dict[str, float] = {}
        while True:
            await asyncio.sleep(_LOOK_S)
            now = time.monotonic()
            due = {key_id: ms for key_id, ms in self._used.items() if now - noted.get(key_id, -_WRITE_S) >= _WRITE_S}
            if due:
                noted |= dict.fromkeys(due, now)
                for key_id in due:
                    self._used.pop(key_id)
                # It is lost without harm, and what is wrong with the file, the next look says.
                with contextlib.suppress(StoreError):
                    await asyncio.to_thread(_note, self._path, due)

    def _take(self, kept: Mapping[str, _Kept], problem: StoreError | None) -> None:
        if str(problem) != str(self.problem):
            if problem:
                log.warning("the keys of the API cannot be read", why=str(problem))
            self._report(problem)
        if problem:
            self._mark = None
        before, self._kept, self.problem = self._kept, kept, problem
        gone = frozenset(key_id for key_id, one in before.items() if not self._is_valid(one))
        for key_id in gone:
            self._proven.pop(key_id, None)
        if gone:
            self._on_change(gone)


def add(
    database: Path,
    name: str,
    source: KeySource,
    capabilities: Iterable[str],
    *,
    with_pin: Iterable[str] = (),
    person: str | None = None,
) -> tuple[Key, str]:
    """Make a key; with it the text, which is nowhere else. Raises StoreError or OperationError."""
    key = Key(
        id=secrets.token_hex(_ID_BYTES),
        name=name,
        source=source,
        capabilities=frozenset(capabilities),
        with_pin=frozenset(with_pin),
        person=person,
        created_at=instant(time.time_ns() // 1_000_000),
    )
    text = f"mira_{key.id}_{secrets.token_hex(_SECRET_BYTES)}"
    row = msgspec.to_builtins(key)
    row |= {many: msgspec.json.encode(sorted(row[many])).decode() for many in ("capabilities", "with_pin")}
    row["hash"] = _hash(text, os.urandom(_SALT_BYTES))
    path = api_keys_of(database)
    _make(path)
    with _opened(path) as file:
        try:
            file.execute(f"INSERT INTO key ({', '.join(row)}) VALUES (:{', :'.join(row)})", row)  # noqa: S608 - our fields
        except sqlite3.IntegrityError:
            raise OperationError(f"There is a key `{name}` already. Choose another name, or revoke it.") from None
    return key, text


def all_keys(database: Path) -> list[Key]:
    """The keys, the oldest first; none where there is no file. Raises StoreError."""
    path = api_keys_of(database)
    if not path.exists():
        return []
    return sorted((kept.key for kept in _read(path).values()), key=lambda key: key.created_at)


def revoke(database: Path, key_id: str) -> None:
    """Delete a key. Raises StoreError."""
    with _opened(api_keys_of(database)) as file:
        file.execute("DELETE FROM key WHERE id = ?", (key_id,))


def id_in(text: str) -> str | None:
    """The id of the key that this would be the text of."""
    given = _TEXT.fullmatch(text)
    return given[1] if given else None


def _hash(text: str, salt: bytes) -> bytes:
    """Salt and scrypt hash, as of PINs: 16 MB and some 50 ms a try."""
    return salt + hashlib.scrypt(text.encode(), salt=salt, n=2**14, r=8, p=1)


_NO_FILE = object()


def _look(path: Path, seen: object) -> tuple[object, Mapping[str, _Kept]] | None:
    """The keys in the file, and what tells it from what it will be; None where it is as it was `seen`."""
    try:
        mark = _mark(path)
        return None if mark == seen else (mark, _read(path))
    except FileNotFoundError:
        return _NO_FILE, {}  # nobody has a key yet, or somebody deleted them all
    except OSError as error:
        raise StoreError(f"The file {path} cannot be read ({error.strerror}). Give this user access.") from error


def _mark(path: Path) -> object:
    """What is another after each change. Two within a tick of the file system have the same time, so SQLite counts."""
    with path.open("rb") as file:
        header = file.read(28)
        there = os.fstat(file.fileno())
    return there.st_ino, there.st_size, there.st_mtime_ns, there.st_ctime_ns, header[24:]


def _read(path: Path) -> Mapping[str, _Kept]:
    with _opened(path) as file:
        return {row["id"]: _kept(row, path) for row in file.execute("SELECT * FROM key")}


def _kept(row: sqlite3.Row, path: Path) -> _Kept:
    values: dict[str, Any] = dict(row)
    hashed = values.pop("hash")
    try:
        many = {name: msgspec.json.decode(values[name]) for name in ("capabilities", "with_pin")}
        return _Kept(msgspec.convert(values | many, Key), hashed)
    except ValueError as error:
        raise StoreError(_DAMAGED.format(path=path, why=f"the key {row['id']} cannot be read")) from error


def _note(path: Path, used: Mapping[str, int]) -> None:
    with _opened(path) as file:
        file.executemany(
            "UPDATE key SET last_used_at = ? WHERE id = ?", [(instant(ms), key_id) for key_id, ms in used.items()]
        )


_DAMAGED = "The file {path} is no file of keys, or damaged ({why}). Delete it, and make the keys anew."
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""SQLite's codes for it; the last where a table is not as it should be."""
_SHARED = (
    "Other users may read or write {path}, so none of its keys is valid. Run `chmod go= {path}`; on a disk without "
    "modes, mount it with umask=077."
)
_NEWER = "The file {path} was made by a newer sidecar (schema {version}, this one knows {known}). Update the sidecar."


def _make(path: Path) -> None:
    """Make the file where it is missing, for this user alone. Raises StoreError."""
    try:
        make_folder(path.parent)
        os.close(private(path, os.O_CREAT | os.O_RDWR))
    except OSError as error:
        raise refused(error, path) from error
    with _connected(path) as file:
        file.execute("BEGIN IMMEDIATE")
        if not file.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            file.execute(_TABLE)
            file.execute(f"PRAGMA user_version = {_SCHEMA}")
        file.execute("COMMIT")


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, where it is one that may be relied on. Raises StoreError."""
    if is_shared(path):
        raise StoreError(_SHARED.format(path=path))
    with _connected(path) as file:
        version = file.execute("PRAGMA user_version").fetchone()[0]
        if version > _SCHEMA:
            raise StoreError(_NEWER.format(path=path, version=version, known=_SCHEMA))
        if version < _SCHEMA:
            raise StoreError(_DAMAGED.format(path=path, why="it has no keys"))
        yield file


@contextlib.contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    """The file, whatever it is; each statement is one transaction. Raises StoreError."""
    try:
        address = f"{path.absolute().as_uri()}?mode=rw"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=_WAIT_S, autocommit=True)) as file:
            file.row_factory = sqlite3.Row
            yield file
    except sqlite3.Error as error:
        # One without a code is about a text that is none.
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF in _DAMAGE:
            raise StoreError(_DAMAGED.format(path=path, why=error)) from error
        raise explained(error, path) from error
