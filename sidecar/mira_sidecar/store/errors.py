"""What can be wrong with the log, in sentences for the user."""

import sqlite3
from pathlib import Path


class StoreError(Exception):
    """The database cannot be used; the text says why and what to do."""

    code = "storage_failed"


class DatabaseFullError(StoreError):
    """No room on the disk."""

    code = "disk_full"


class DatabaseReadOnlyError(StoreError):
    """The database, or its folder, may not be written."""

    code = "database_read_only"


class DatabaseInUseError(StoreError):
    """Another process has it."""


class DuplicateCommandError(Exception):
    """A command of this batch has been answered before; nothing of the batch was stored."""


def check_file(path: Path) -> None:
    """Raise StoreError where something else has the database's place."""
    if path.is_dir():
        raise StoreError(f"The database {path} is a folder. Set `database` to a file.")


_READ_ONLY = "The database {path} cannot be written ({error}). Give this user access; Mira goes on by itself."
_DAMAGED = "The database {path} is damaged ({error}). Restore it from a backup; nothing was changed."
_TAKEN = "Another program has the database {path} ({error}). End it; Mira goes on by itself."
_MEANINGS: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_FULL: (DatabaseFullError, "The disk of {path} is full. Make room; Mira goes on by itself."),
    sqlite3.SQLITE_READONLY: (DatabaseReadOnlyError, _READ_ONLY),
    sqlite3.SQLITE_CANTOPEN: (DatabaseReadOnlyError, _READ_ONLY),
    sqlite3.SQLITE_PERM: (DatabaseReadOnlyError, _READ_ONLY),
    sqlite3.SQLITE_CORRUPT: (StoreError, _DAMAGED),
    sqlite3.SQLITE_NOTADB: (StoreError, _DAMAGED),
    sqlite3.SQLITE_IOERR: (
        StoreError,
        "The disk of {path} fails ({error}). Check it; Mira goes on by itself once it works.",
    ),
    sqlite3.SQLITE_BUSY: (StoreError, _TAKEN),
    sqlite3.SQLITE_LOCKED: (StoreError, _TAKEN),
}
_UNKNOWN = (StoreError, "The database {path} cannot be used ({error}). Restore it from a backup.")


def explained(error: Exception, path: Path) -> StoreError:
    """What SQLite's error means, and what to do."""
    if isinstance(error, StoreError):
        return error
    kind, sentence = _MEANINGS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, _UNKNOWN)
    return kind(sentence.format(path=path, error=error))
