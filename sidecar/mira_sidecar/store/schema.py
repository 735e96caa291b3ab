"""The tables, and how older databases get them."""

import contextlib
import sqlite3
from collections.abc import Iterable
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import aiosqlite

from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.older import Older, Report, bring_up

WITHOUT_WORDS = 10
"""The version from which on the log has no words of anybody who spoke."""
_VACUUMED = 11
"""The version whose file nothing is left in that older ones deleted."""


def steps() -> list[Traversable]:
    """The migrations in their order; the number of the last is the version that this sidecar knows."""
    return steps_in(resources.files("mira_sidecar.store") / "migrations")


def steps_in(folder: Traversable) -> list[Traversable]:
    """The migrations in a folder, in their order."""
    return sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)


def check_version(version: int, path: Path) -> None:
    """Raise StoreError where a database is newer than this sidecar."""
    if version > (known := len(steps())):
        raise StoreError(
            f"The database {path} was made by a newer sidecar (schema {version}, this one knows {known}). "
            "Update the sidecar, or restore a backup made before the update."
        )


async def check(connection: aiosqlite.Connection, path: Path) -> None:
    """Raise StoreError where a database is newer than this sidecar, or of another program; nothing is written."""
    version = await _version(connection)
    tables = {row[0] for row in await connection.execute_fetchall("SELECT name FROM sqlite_master")}
    if tables and not (version and {"events", "identity"} <= tables):
        raise StoreError(
            f"The database {path} is not Mira's, or damaged. Set `database` to another file, or restore a backup."
        )
    check_version(version, path)


def migrate(path: Path, older: Iterable[Older], report: Report) -> None:
    """Bring a log up to date, whole or not at all: an older sidecar can still read what could not be updated.

    Raises sqlite3.Error or StoreError. Who stops it in front of the last step, which writes the file anew, has that
    done next time.
    """
    with contextlib.closing(sqlite3.connect(path, autocommit=True)) as log:
        ((version,),) = log.execute("PRAGMA user_version")
        for setting in ("synchronous = FULL", "secure_delete = ON"):
            log.execute(f"PRAGMA {setting}")
        if version < WITHOUT_WORDS:
            log.executescript(f"BEGIN IMMEDIATE; {_script(version, WITHOUT_WORDS)}")
            try:
                bring_up(log, older, report)
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                why = type(error).__name__  # not its text, which may repeat what somebody said
                raise StoreError(
                    f"The database {path} is damaged: its events cannot be brought up to date ({why}). "
                    "Restore it from a backup."
                ) from error
            log.execute("COMMIT")
        last, known = max(version, WITHOUT_WORDS), len(steps())
        if 0 < version < _VACUUMED:
            # Tried first: a file whose version is wrong is refused as it is, and not written anew.
            log.executescript(f"BEGIN IMMEDIATE; {_script(last, known)} ROLLBACK;")
            log.execute("VACUUM")
            log.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if last < known:
            log.executescript(f"BEGIN IMMEDIATE; {_script(last, known)} COMMIT;")


def upgrade_tables(log: sqlite3.Connection) -> None:
    """Give a log the tables that it lacks, and leave what is in them for the next start. Raises sqlite3.Error."""
    ((version,),) = log.execute("PRAGMA user_version")
    if version < WITHOUT_WORDS - 1:
        log.executescript(f"BEGIN IMMEDIATE; {_script(version, WITHOUT_WORDS - 1)} COMMIT;")


def _script(version: int, known: int) -> str:
    """What brings the tables of one version to those of another."""
    script = ";".join(step.read_text() for step in steps()[version:known])
    return f"{script}; PRAGMA user_version = {known};"


async def _version(connection: aiosqlite.Connection) -> int:
    rows = list(await connection.execute_fetchall("PRAGMA user_version"))
    return int(rows[0][0])
