"""Copies of a log, or of a side store: of one moment, checked, and on the disk before anyone needs them."""

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mira_sidecar.private import sync
from mira_sidecar.store.errors import StoreError, explained
from mira_sidecar.store.files import beside
from mira_sidecar.store.inheritance import Inheritance, inherit
from mira_sidecar.store.log_reader import fault, read_only, tables_in
from mira_sidecar.store.schema import check_version
from mira_sidecar.store.side import is_side

_PAGES = 256
"""Pages copied at a time: 1 MB."""


class CopyError(Exception):
    """The copy cannot be written; the text is the system's reason."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that is whole, under a name that it should not keep."""

    path: Path

    def rename(self, target: Path) -> None:
        """Give it its name, durably; what had that name before is gone. Raises CopyError."""
        try:
            self.path.replace(target)
            sync(target.parent)
        except OSError as error:
            raise CopyError(str(error)) from error


@dataclass(frozen=True, slots=True)
class LogCopy(Copy):
    """That of a log."""

    events: int
    last_ts: str | None
    """When the last event was decided."""

    def inherit(self, left: Inheritance) -> bool:
        """Get what no event has from the database whose place it takes; see `inherit`. Raises CopyError."""
        try:
            waits = inherit(self.path, left)
            sync(self.path)
        except (sqlite3.Error, OSError) as error:
            raise CopyError(str(error)) from error
        return waits


@contextlib.contextmanager
def copied(source: Path, target: Path, report: Callable[[int, int], None]) -> Iterator[LogCopy]:
    """A checked copy of the log in `source`, in the folder of `target`; it is removed unless it is renamed.

    `report` hears how many pages of how many are copied. Raises StoreError where the log is damaged, newer or no log
    of Mira's, CopyError where the copy cannot be written.
    """
    with _copied(source, target, report, _check_log) as path:
        yield LogCopy(path, *_extent(path, source))


@contextlib.contextmanager
def copied_side(source: Path, target: Path, report: Callable[[int, int], None]) -> Iterator[Copy]:
    """The same of a side store, whose rows stay as they are sealed."""
    with _copied(source, target, report, _check_side) as path:
        yield Copy(path)


@contextlib.contextmanager
def _copied(
    source: Path, target: Path, report: Callable[[int, int], None], check: Callable[[sqlite3.Connection, Path], None]
) -> Iterator[Path]:
    with contextlib.closing(read_only(source)) as database:
        try:
            # Hold on to it as it is now.
            database.execute("BEGIN")
            check(database, source)
        except sqlite3.Error as error:
            raise explained(error, source) from error
        try:
            descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
            os.close(descriptor)
        except OSError as error:
            raise CopyError(str(error)) from error
        path = Path(name)
        try:
            _write(database, path, source, report)
            _check_pages(path, source)
            sync(path)
            yield path
        finally:
            for file in (path, *beside(path)):
                file.unlink(missing_ok=True)


def _check_log(log: sqlite3.Connection, source: Path) -> None:
    """Raise StoreError where it is none, or newer than this sidecar."""
    if not tables_in(log) >= {"events", "snapshots", "identity"}:
        raise StoreError(f"The file {source} is a database, but no log of Mira's.")
    check_version(log.execute("PRAGMA user_version").fetchone()[0], source)


def _check_side(side: sqlite3.Connection, source: Path) -> None:
    """Raise StoreError where it is none."""
    if not is_side(tables_in(side)):
        raise StoreError(f"The file {source} is a database, but no side store of Mira's.")


def _write(log: sqlite3.Connection, path: Path, source: Path, report: Callable[[int, int], None]) -> None:
    def reached(_: int, remaining: int, total: int) -> None:
        report(total - remaining, total)

    try:
        with contextlib.closing(sqlite3.connect(path)) as copy:
            # It is of use when it is whole, or not at all: no journal.
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")
            log.backup(copy, pages=_PAGES, progress=reached)
            # One file, that can be read where nobody may write; the next start goes back to WAL.
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise explained(error, source) from error
        raise CopyError(str(error)) from error


def _check_pages(path: Path, source: Path) -> None:
    """Look at every page of the copy. Raises StoreError where one is damaged."""
    try:
        with contextlib.closing(read_only(path)) as copy:
            found = fault(copy, "integrity_check")
    except sqlite3.Error as error:
        raise explained(error, source) from error
    if found:
        raise StoreError(f"The database {source} is damaged ({found}). Use an earlier backup; nothing was changed.")


def _extent(path: Path, source: Path) -> tuple[int, str | None]:
    """How many events the copy has, and when the last was decided."""
    query = "SELECT json_extract(CAST(body AS TEXT), '$.ts') FROM events ORDER BY seq DESC LIMIT 1"
    try:
        with contextlib.closing(read_only(path)) as copy:
            events = copy.execute("SELECT count(*) FROM events").fetchone()[0]
            last = copy.execute(query).fetchone()
    except sqlite3.Error as error:
        raise explained(error, source) from error
    return events, last[0] if last else None
