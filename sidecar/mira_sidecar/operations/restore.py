"""`mira-sidecar restore`: a backup in the place of the database, which is kept beside it."""

import os
from datetime import UTC, datetime
from pathlib import Path

from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.progress import Progress
from mira_sidecar.printing import say
from mira_sidecar.store.copies import CopyError, copied, sync_folder
from mira_sidecar.store.files import beside
from mira_sidecar.store.inheritance import inheritance
from mira_sidecar.store.lock import locked


def restore(database: Path, file: Path) -> None:
    """Put a backup where a stopped sidecar has its database. Raises StoreError or OperationError."""
    if not file.is_file():
        raise OperationError(f"There is no backup at {file}.")
    if database.exists() and file.samefile(database):
        raise OperationError(f"{file} is the database itself. Name a backup of it.")
    try:
        lock = locked(database)
    except OSError as error:
        raise OperationError(
            f"The database {database} cannot be written ({error.strerror}). Give this user access, or set `database`."
        ) from error
    try:
        left = inheritance(database) if database.exists() else None
        with Progress("restoring", "pages") as progress, copied(file, database, progress.reach) as copy:
            pin_waits = copy.inherit(left) if left else False
            kept = _set_aside(database)
            copy.rename(database)
    except (CopyError, OSError) as error:
        raise OperationError(
            f"The database {database} cannot be written ({error}). Make room, or give this user access; "
            "what was there is kept."
        ) from error
    finally:
        os.close(lock)
    last = f", the last of {copy.last_ts}" if copy.last_ts else ""
    say(f"{database} is what was backed up: {copy.events:,} events{last}.")
    if kept:
        say(f"The database that was there is kept as {kept}.")
        if left is None:
            say("It cannot be read: a PIN or a gesture that was set or taught after the backup cannot be kept.")
        elif pin_waits:
            say("The PIN was set after the backup. It is kept, and holds once Redis has given that back.")
    say("Start the sidecar. Where Redis holds later events of this mirror, it takes them over, or says why it cannot.")


def _set_aside(database: Path) -> Path | None:
    """Rename the database with all that belongs to it; what it is called now."""
    kept = database.with_name(f"{database.name}.{datetime.now(UTC):%Y-%m-%dT%H%M%S.%fZ}")
    was_there = database.exists()
    # The database first: without it, what lies beside it is no part of anything.
    for path in (database, *beside(database)):
        if path.exists():
            path.rename(kept.with_name(kept.name + path.name.removeprefix(database.name)))
    sync_folder(database.parent)
    return kept if was_there else None
