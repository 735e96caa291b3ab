"""One sidecar a database."""

import fcntl
import os
from pathlib import Path
from uuid import uuid4

from mira_sidecar.private import make_folder, private
from mira_sidecar.store.errors import DatabaseInUseError, check_file
from mira_sidecar.store.files import lock_of, tighten_all


def locked(path: Path) -> int:
    """Keep a second sidecar off this database until the descriptor is closed, or the process ends in whatever way.

    Its folder is made where that is missing. Raises DatabaseInUseError where one has it, and OSError where the file
    beside it cannot be made.
    """
    check_file(path)
    make_folder(path.parent)
    lock = private(lock_of(path), os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise DatabaseInUseError(f"Another sidecar is using the database {path}. Stop it first.") from None
    tighten_all(path)
    return lock


def place_id(lock: int) -> str:
    """The name of a database at its place, whose lock we have: a copy elsewhere has another. Raises OSError."""
    known = os.pread(lock, 64, 0).decode(errors="replace")
    if not known:
        known = str(uuid4())
        os.pwrite(lock, known.encode(), 0)
    return known
