"""The tables, and how older databases get them."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import aiosqlite

from mira_sidecar.store.errors import StoreError


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


async def migrate(connection: aiosqlite.Connection) -> None:
    """Bring the schema up to date, whole or not at all: an older sidecar can still read what could not be updated."""
    await connection.executescript(upgrade(await _version(connection)))


def upgrade(version: int) -> str:
    """The script that brings the tables of this version up to date; empty where they are."""
    known = steps()
    if version == len(known):
        return ""
    script = ";".join(step.read_text() for step in known[version:])
    return f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {len(known)}; COMMIT;"


async def _version(connection: aiosqlite.Connection) -> int:
    rows = list(await connection.execute_fetchall("PRAGMA user_version"))
    return int(rows[0][0])
