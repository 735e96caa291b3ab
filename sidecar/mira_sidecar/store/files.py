"""The files of a log: which there are, and that they are its owner's alone."""

import contextlib
import glob
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from mira_sidecar.private import is_shared, private, sync, tighten

_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database; a stale one would be taken for a part of it."""
_KEPT = ".????-??-??T*Z*"
"""How that is named which another file takes the place of."""


def beside(path: Path) -> list[Path]:
    """The files that SQLite may keep beside a database. It makes them with the modes of the database."""
    return [path.with_name(path.name + suffix) for suffix in _BESIDE]


def lock_of(path: Path) -> Path:
    """The file whose lock is the database's."""
    return path.with_name(f"{path.name}.lock")


def key_of(path: Path) -> Path:
    """The file of the log's key, unless the settings name another one."""
    return path.with_name(f"{path.name}.key")


def side_of(path: Path) -> Path:
    """The side store of a log, or of a backup."""
    return path.with_name(f"{path.name}.side")


def keys_of(side: Path) -> Path:
    """The file of the keys of a side store."""
    return side.with_name(f"{side.name}.keys")


def found_keys_of(side: Path) -> Path:
    """Where somebody puts a file of keys that was lost: the next start adds them to those that there are."""
    return keys_of(side).with_name(f"{keys_of(side).name}.found")


def media_of(side: Path) -> Path:
    """The folder of the files whose rows are in a side store."""
    return side.with_suffix(".media")


def api_keys_of(path: Path) -> Path:
    """The file of the API's keys."""
    return path.with_name(f"{path.name}.api")


def certificate_of(path: Path) -> Path:
    """The file of the API's certificate, where the sidecar has made it."""
    return path.with_name(f"{path.name}.api.crt")


def certificate_key_of(path: Path) -> Path:
    """The file of its key."""
    return path.with_name(f"{path.name}.api.key")


def set_aside(path: Path, kept: Path) -> bool:
    """Rename a database with what SQLite has beside it; whether there was one. Raises OSError."""
    was_there = path.exists()
    # The database first: without it, what lies beside it is no part of anything.
    for file in (path, *beside(path)):
        if file.exists():
            file.rename(kept.with_name(kept.name + file.name.removeprefix(path.name)))
    sync(path.parent)
    return was_there


def aside(path: Path) -> Path:
    """The name under which a file is kept that another one takes the place of."""
    return path.with_name(f"{path.name}.{datetime.now(UTC):%Y-%m-%dT%H%M%S.%fZ}")


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
    side = side_of(path)
    keys = api_keys_of(path)
    yield from (path, *beside(path), lock_of(path), key_of(path), side, *beside(side), keys_of(side), media_of(side))
    yield from (keys, *beside(keys), certificate_of(path), certificate_key_of(path))
    for name in (path.name, side.name, keys_of(side).name, media_of(side).name):
        yield from path.parent.glob(glob.escape(name) + _KEPT)
