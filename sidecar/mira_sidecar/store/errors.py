"""What can be wrong with the log, in sentences for the user."""

import errno
import sqlite3
from pathlib import Path
from typing import Self


class StoreError(Exception):
    """The database cannot be used; the text says why and what to do."""

    code = "storage_failed"
    passes = False
    """Whether it may be over in a while, without anybody starting Mira again."""


class DatabaseFullError(StoreError):
    """No room on the disk."""

    code = "disk_full"
    passes = True


class DatabaseReadOnlyError(StoreError):
    """The database, or its folder, may not be written."""

    code = "database_read_only"
    passes = True


class DatabaseDamagedError(StoreError):
    """The file is not what SQLite wrote."""


class DatabaseRefusedError(DatabaseReadOnlyError):
    """This user may not write there, or there is no such place: the settings are wrong, or the rights."""

    passes = False


class DatabaseFailingError(StoreError):
    """The disk fails, or another program has the database."""

    passes = True


class DatabaseOnShareError(StoreError):
    """It is where no log can be kept, such as on a network share."""

    @classmethod
    def at(cls, path: Path, why: str) -> Self:
        """The same, with the reason."""
        return cls(_ON_SHARE.format(path=path, error=why))


class DatabaseInUseError(StoreError):
    """Another process has it."""


class DuplicateCommandError(Exception):
    """A command of this batch has been answered before; nothing of the batch was stored."""


def check_file(path: Path) -> None:
    """Raise StoreError where something else has the database's place."""
    if path.is_dir():
        raise StoreError(f"The database {path} is a folder. Set `database` to a file.")


_FULL = "The disk of {path} is full. Make room; Mira goes on by itself."
_FAILING = "The disk of {path} fails ({error}). Check it; Mira goes on by itself once it works."
_READ_ONLY = "The database {path} cannot be written ({error}). Give this user access; Mira goes on by itself."
_HALF_WRITTEN = (
    "The database {path} was being written when its program was killed ({error}). Start the sidecar once, or give this "
    "user access: that takes back what was half written."
)
_DAMAGED = "The database {path} is damaged ({error}). Restore it from a backup; nothing was changed."
_TAKEN = "Another program has the database {path} ({error}). End it; Mira goes on by itself."
_ON_SHARE = (
    "The database {path} is on a network share or the like ({error}), where a log can be damaged. "
    "Set `database` to a file on a disk of this machine. Backups may be on the share."
)
_MEANINGS: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_FULL: (DatabaseFullError, _FULL),
    sqlite3.SQLITE_READONLY: (DatabaseReadOnlyError, _READ_ONLY),
    sqlite3.SQLITE_READONLY_ROLLBACK: (DatabaseReadOnlyError, _HALF_WRITTEN),
    sqlite3.SQLITE_CANTOPEN: (DatabaseReadOnlyError, _READ_ONLY),
    sqlite3.SQLITE_PERM: (DatabaseReadOnlyError, _READ_ONLY),
    sqlite3.SQLITE_CORRUPT: (DatabaseDamagedError, _DAMAGED),
    sqlite3.SQLITE_NOTADB: (DatabaseDamagedError, _DAMAGED),
    sqlite3.SQLITE_IOERR: (DatabaseFailingError, _FAILING),
    sqlite3.SQLITE_BUSY: (DatabaseFailingError, _TAKEN),
    sqlite3.SQLITE_LOCKED: (DatabaseFailingError, _TAKEN),
    # No locks, or no memory that processes share.
    **dict.fromkeys(
        (
            *(sqlite3.SQLITE_IOERR_LOCK, sqlite3.SQLITE_IOERR_RDLOCK, sqlite3.SQLITE_IOERR_SHMLOCK),
            *(sqlite3.SQLITE_IOERR_SHMMAP, sqlite3.SQLITE_PROTOCOL),
        ),
        (DatabaseOnShareError, _ON_SHARE),
    ),
}
_UNKNOWN = (StoreError, "The database {path} cannot be used ({error}). Restore it from a backup.")


_SYSTEM: dict[int, tuple[type[StoreError], str]] = {
    errno.ENOSPC: (DatabaseFullError, _FULL),
    errno.EDQUOT: (DatabaseFullError, _FULL),
    errno.EROFS: (DatabaseReadOnlyError, _READ_ONLY),
    errno.EIO: (DatabaseFailingError, _FAILING),
    **dict.fromkeys((errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP), (DatabaseOnShareError, _ON_SHARE)),
}
_REFUSED = (
    DatabaseRefusedError,
    "The database {path} cannot be written ({error}). Give this user access, or set `database`.",
)


def refused(error: OSError, path: Path) -> StoreError:
    """What the system's refusal to let a file be made or written means, and what to do."""
    kind, sentence = _SYSTEM.get(error.errno or 0, _REFUSED)
    return kind(sentence.format(path=path, error=error.strerror))


def unkept(error: OSError, path: Path) -> StoreError:
    """What the system's refusal to let a file beside the database be read or written means, and what to do."""
    known = refused(error, path)
    if isinstance(known, DatabaseFullError | DatabaseFailingError):
        return known
    return StoreError(f"What is in {path} cannot be read or written ({error.strerror}). Give this user access.")


def explained(error: Exception, path: Path) -> StoreError:
    """What SQLite's error means, and what to do."""
    if isinstance(error, StoreError):
        return error
    code = getattr(error, "sqlite_errorcode", 0)
    kind, sentence = _MEANINGS.get(code) or _MEANINGS.get(code & 0xFF, _UNKNOWN)
    return kind(sentence.format(path=path, error=error))
