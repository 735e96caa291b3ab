"""`mira-sidecar restore`: a backup in the place of the database, which is kept beside it."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.progress import Progress
from mira_sidecar.printing import say
from mira_sidecar.store.copies import CopyError, LogCopy, copied, copied_side
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.files import aside, beside, keys_of, set_aside, side_of
from mira_sidecar.store.inheritance import inheritance
from mira_sidecar.store.keys import KeyRing
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
        done = _put(database, file)
    except (CopyError, OSError) as error:
        raise OperationError(
            f"The database {database} cannot be written ({error}). Make room, or give this user access; "
            "what was there is kept."
        ) from error
    finally:
        os.close(lock)
    _say(database, done)


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of it."""

    log: LogCopy
    kept: Path | None
    """The database that was there."""
    was_readable: bool
    pin_waits: bool
    with_side: bool
    """Whether the backup had a side store."""


def _put(database: Path, file: Path) -> _Done:
    side, their_side = side_of(database), side_of(file)
    left = inheritance(database) if database.exists() else None
    with contextlib.ExitStack() as stack:
        reach = stack.enter_context(Progress("restoring", "pages")).reach
        copy = stack.enter_context(copied(file, database, reach))
        side_copy = stack.enter_context(copied_side(their_side, side, reach)) if their_side.exists() else None
        keys, their_keys = KeyRing.read(keys_of(side)), KeyRing.read(keys_of(their_side))
        pin_waits = copy.inherit(left) if left else False
        # From here on files get other names: whoever stops it finds all of them, and does it once more.
        kept = aside(database)
        was_there = set_aside(database, kept)
        copy.rename(database)
        if side.exists():
            _keep_side(side, side_of(kept))
        if their_keys.known:
            keys.adopt(their_keys)
        if side_copy:
            for stale in beside(side):
                stale.unlink(missing_ok=True)
            side_copy.rename(side)
    return _Done(copy, kept if was_there else None, left is not None, pin_waits, side_copy is not None)


def _say(database: Path, done: _Done) -> None:
    last = f", the last of {done.log.last_ts}" if done.log.last_ts else ""
    say(f"{database} is what was backed up: {done.log.events:,} events{last}.")
    if done.kept:
        say(f"The database that was there is kept as {done.kept}.")
        if not done.was_readable:
            say("It cannot be read: a PIN that was set after the backup cannot be kept.")
        elif done.pin_waits:
            say("The PIN was set after the backup. It is kept, and holds once Redis has given that back.")
    if done.with_side:
        say(f"{side_of(database)}, what is personal, is what was backed up with it.")
    elif side_of(database).exists():
        say(f"{side_of(database)}, what is personal, stays as it is: the backup has none.")
    say("Start the sidecar. Where Redis holds later events of this mirror, it takes them over, or says why it cannot.")


def _keep_side(side: Path, kept: Path) -> None:
    """Keep a copy beside the database that was there, for whoever goes back to that: it belongs to it."""
    try:
        with copied_side(side, kept, lambda done, total: None) as copy:
            copy.rename(kept)
    except StoreError:
        # It is damaged: as it is, with all that belongs to it.
        set_aside(side, kept)
