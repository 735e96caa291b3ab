"""One sidecar a database."""

import fcntl
import os
from pathlib import Path
from uuid import uuid4

from mira_sidecar.private import make_folder, private
from mira_sidecar.store.errors import DatabaseInUseError, check_file
from mira_sidecar.store.files import lock_of, tighten_all
from mira_sidecar.store.share import check_share


def locked(path: Path) -> int:
    """Keep a second sidecar off this database until the descriptor is closed, or the process ends in whatever way.

    Its folder is made where that is missing. Raises DatabaseInUseError where one has it, DatabaseOnShareError where
    none may have it there, and OSError where the file beside it cannot be made or locked.
    """
    check_file(path)
    make_folder(path.parent)
    check_share(path)
    lock = private(lock_of(path), os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise DatabaseInUseError(f"Another sidecar is using the database {path}. Stop it first.") from None
    except OSError:
        os.close(lock)
        raise
    try:
        tighten_all(path)
    except OSError:
        os.close(lock)
        raise
    return lock


def place_id(lock: int) -> str:
    """The name of a database at its place, whose lock we have, until the machine starts again. Raises OSError.

    A copy elsewhere has another, be it of the folder or of the whole disk: so of two sidecars with the same log each
    knows that the other one is there.
    """
    file = os.fstat(lock)
    place = f"{file.st_dev}:{file.st_ino}:{_boot()}"
    known, _, where = os.pread(lock, 256, 0).decode(errors="replace").partition(" ")
    if where != place:
        known = str(uuid4())
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{known} {place}".encode(), 0)
    return known


def _boot() -> str:
    """Names this start of this machine, where the system has a name for it."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
