"""The tables, and how older databases get them."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import aiosqlite

from mira_sidecar.store.errors import StoreError


def steps() -> list[Traversable]:
    """The migrations in their order; the number of the last is the version that this sidecar knows."""
    folder = resources.files("mira_sidecar.store") / "migrations"
    return sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)


def check_version(version: int, path: Path) -> None:
    """Raise StoreError where a database is newer than this sidecar."""
    if version > (known := len(steps())):
        raise StoreError(
            f"The database {path} was made by a newer sidecar (schema {version}, this one knows {known}). "
            "Update the sidecar, or restore a backup made before the update."
        )


async def migrate(connection: aiosqlite.Connection, path: Path) -> None:
    """Bring the schema up to date, each step whole or not at all."""
    rows = list(await connection.execute_fetchall("PRAGMA user_version"))
    version = int(rows[0][0])
    check_version(version, path)
    for number, step in enumerate(steps()[version:], version + 1):
        await connection.executescript(f"BEGIN IMMEDIATE; {step.read_text()}; PRAGMA user_version = {number}; COMMIT;")
