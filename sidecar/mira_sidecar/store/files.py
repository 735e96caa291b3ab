"""The files of a log: which there are, and that they are its owner's alone."""

import contextlib
import glob
import os
from collections.abc import Iterator
from pathlib import Path

from mira_sidecar.private import is_shared, private, tighten

_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database; a stale one would be taken for a part of it."""
_KEPT = ".????-??-??T*Z*"
"""How `restore` names what it found."""


def beside(path: Path) -> list[Path]:
    """The files that SQLite may keep beside a database. It makes them with the modes of the database."""
    return [path.with_name(path.name + suffix) for suffix in _BESIDE]


def lock_of(path: Path) -> Path:
    """The file whose lock is the database's."""
    return path.with_name(f"{path.name}.lock")


def key_of(path: Path) -> Path:
    """The file of the log's key, unless the settings name another one."""
    return path.with_name(f"{path.name}.key")


def make_private(path: Path) -> None:
    """Make the database where it is missing: SQLite itself would let others read it. Raises OSError."""
    with contextlib.suppress(FileExistsError):
        os.close(private(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))


def tighten_all(path: Path) -> None:
    """Take back from others what older versions let them read."""
    for file in _all(path):
        tighten(file)


def shared_files(path: Path) -> list[Path]:
    """Those of its files that others may read."""
    return [file for file in _all(path) if is_shared(file)]


def _all(path: Path) -> Iterator[Path]:
    """The database with all that belongs to it, and what restores have kept of earlier ones."""
    yield from (path, *beside(path), lock_of(path), key_of(path))
    yield from path.parent.glob(glob.escape(path.name) + _KEPT)
