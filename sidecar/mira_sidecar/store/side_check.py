"""What a program beside the sidecar sees of a side store."""

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from mira_sidecar.store.errors import StoreError, explained
from mira_sidecar.store.files import keys_of, media_of
from mira_sidecar.store.keys import KeyRing
from mira_sidecar.store.log_reader import fault, read_only, tables_in
from mira_sidecar.store.side import TABLES, bound_to, is_side


@dataclass(frozen=True, slots=True)
class SideState:
    """What was found."""

    rows: int
    sealed: int
    """Those that cannot be opened with the keys beside it."""
    has_keys: bool


@dataclass(frozen=True, slots=True)
class MediaState:
    """What was found of the files of subjects."""

    files: int
    bytes: int
    missing: int
    """Those that are not where they should be."""


def look_for_files(path: Path) -> MediaState:
    """Look whether the files are there whose rows are in a side store. Raises StoreError."""
    rows = []
    try:
        with contextlib.closing(read_only(path)) as side:
            if "media_files" in tables_in(side):
                rows = side.execute("SELECT subject || '/' || id, bytes FROM media_files").fetchall()
    except sqlite3.Error as error:
        raise explained(error, path) from error
    missing = sum(not (media_of(path) / name).exists() for name, _ in rows)
    return MediaState(len(rows), sum(size for _, size in rows), missing)


def look_at(path: Path) -> SideState:
    """Look at every page, and open every row with the keys beside it. Raises StoreError where it is not sound."""
    keys = keys_of(path)
    ring = KeyRing.read(keys)
    try:
        with contextlib.closing(read_only(path)) as side:
            if found := fault(side, "integrity_check"):
                raise StoreError(f"The database {path} is damaged ({found}). Restore it from a backup.")
            if not is_side(tables_in(side)):
                raise StoreError(f"The database {path} is not Mira's, or damaged. Restore it from a backup.")
            rows = sealed = 0
            for (name,) in side.execute(TABLES).fetchall():
                query = f"SELECT id, owner, key, sealed FROM {name}"  # noqa: S608 - from the schema
                for row_id, owner, key, body in side.execute(query):
                    rows += 1
                    sealed += ring.unseal(key, body, bound_to(name, row_id, owner)) is None
    except sqlite3.Error as error:
        raise explained(error, path) from error
    return SideState(rows, sealed, keys.exists())
