"""Copies of a whole log: consistent while a sidecar writes it, checked, and on the disk before anyone needs them."""

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mira_sidecar.store.errors import StoreError, explained
from mira_sidecar.store.files import beside
from mira_sidecar.store.inheritance import Inheritance, inherit
from mira_sidecar.store.log_reader import fault, read_only
from mira_sidecar.store.schema import check_version

_PAGES = 256
"""Pages copied at a time: 1 MB."""


class CopyError(Exception):
    """The copy cannot be written; the text is the system's reason."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that is whole, under a name that it should not keep."""

    path: Path
    events: int
    last_ts: str | None
    """When the last event was decided."""

    def inherit(self, left: Inheritance) -> bool:
        """Get what no event has from the database whose place it takes; see `inherit`. Raises CopyError."""
        try:
            waits = inherit(self.path, left)
            _sync(self.path)
        except (sqlite3.Error, OSError) as error:
            raise CopyError(str(error)) from error
        return waits

    def rename(self, target: Path) -> None:
        """Give it its name, durably; what had that name before is gone. Raises CopyError."""
        try:
            self.path.replace(target)
            sync_folder(target.parent)
        except OSError as error:
            raise CopyError(str(error)) from error


@contextlib.contextmanager
def copied(source: Path, target: Path, report: Callable[[int, int], None]) -> Iterator[Copy]:
    """A checked copy of the log in `source`, in the folder of `target`; it is removed unless it is renamed.

    `report` hears how many pages of how many are copied. Raises StoreError where the log is damaged, newer or no log
    of Mira's, CopyError where the copy cannot be written.
    """
    with contextlib.closing(read_only(source)) as log:
        _begin(log, source)
        try:
            descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
            os.close(descriptor)
        except OSError as error:
            raise CopyError(str(error)) from error
        path = Path(name)
        try:
            _write(log, path, source, report)
            events, last_ts = _checked(path, source)
            _sync(path)
            yield Copy(path, events, last_ts)
        finally:
            for file in (path, *beside(path)):
                file.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """What was renamed in the folder is so after a power cut. Raises OSError."""
    _sync(folder)


def _begin(log: sqlite3.Connection, source: Path) -> None:
    """Hold on to the log as it is now, and see that it is one."""
    try:
        log.execute("BEGIN")
        tables = {name for (name,) in log.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        version = log.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error as error:
        raise explained(error, source) from error
    if not tables >= {"events", "snapshots", "identity"}:
        raise StoreError(f"The file {source} is a database, but no log of Mira's.")
    check_version(version, source)


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


def _checked(path: Path, source: Path) -> tuple[int, str | None]:
    """Look at every page of the copy; how many events it has, and when the last was decided."""
    try:
        with contextlib.closing(read_only(path)) as copy:
            if found := fault(copy, "integrity_check"):
                raise StoreError(
                    f"The database {source} is damaged ({found}). Use an earlier backup; nothing was changed."
                )
            events = copy.execute("SELECT count(*) FROM events").fetchone()[0]
            last = copy.execute(
                "SELECT json_extract(CAST(body AS TEXT), '$.ts') FROM events ORDER BY seq DESC LIMIT 1"
            ).fetchone()
    except sqlite3.Error as error:
        raise explained(error, source) from error
    return events, last[0] if last else None


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
