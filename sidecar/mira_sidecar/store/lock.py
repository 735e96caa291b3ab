"""One sidecar a database."""

import fcntl
import os
from pathlib import Path

from mira_sidecar.store.errors import StoreError


def locked(path: Path) -> int:
    """Keep a second sidecar off this database until the descriptor is closed, or the process ends in whatever way.

    Raises StoreError where one has it, and OSError where the file beside it cannot be made.
    """
    if path.is_dir():
        raise StoreError(f"The database {path} is a folder. Set `database` to a file.")
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise StoreError(f"Another sidecar is using the database {path}. Stop it first.") from None
    return lock
