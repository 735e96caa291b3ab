"""`mira-sidecar backup`: a copy of the whole log, taken while the sidecar runs."""

import contextlib
from pathlib import Path

from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.progress import Progress
from mira_sidecar.printing import say
from mira_sidecar.store.copies import CopyError, copied, copied_side
from mira_sidecar.store.files import beside, keys_of, side_of
from mira_sidecar.store.keys import KeyRing


def back_up(database: Path, file: Path, *, force: bool, with_keys: bool) -> None:
    """Write a backup, whole or not at all, that only this user can read. Raises StoreError or OperationError."""
    _check_target(database, file, force=force)
    try:
        _back_up(database, file, with_keys=with_keys)
    except (CopyError, OSError) as error:
        raise OperationError(
            f"The backup cannot be written to {file} ({error}). Nothing was changed. Make room, or name another file."
        ) from error


def _back_up(database: Path, file: Path, *, with_keys: bool) -> None:
    side, their_side = side_of(database), side_of(file)
    their_keys = keys_of(their_side)
    with contextlib.ExitStack() as stack:
        reach = stack.enter_context(Progress("backing up", "pages")).reach
        copy = stack.enter_context(copied(database, file, reach))
        side_copy = stack.enter_context(copied_side(side, their_side, reach)) if side.exists() else None
        size = copy.path.stat().st_size
        # What an earlier backup of this name had of personal things goes: it is of another moment.
        # From here on only the keys take room, so they are first; the rest are names.
        if side_copy and with_keys:
            KeyRing.read(keys_of(side)).write_to(their_keys)
        else:
            their_keys.unlink(missing_ok=True)
        if side_copy:
            side_copy.rename(their_side)
        else:
            their_side.unlink(missing_ok=True)
        copy.rename(file)
    last = f", the last of {copy.last_ts}" if copy.last_ts else ""
    say(f"{file} holds {copy.events:,} events{last} ({size / 1e6:,.1f} MB), and is sound.")
    say("It also holds the hash of the PIN: keep it where only you can read it.")
    if not side_copy:
        return
    say(f"{their_side} belongs to it: what is personal, sealed. Keep the two together.")
    if with_keys:
        say(f"{their_keys} has the keys: whoever has them reads what is sealed. Keep them apart from the two.")
    else:
        say("The keys are not in it. `mira-sidecar backup --keys` writes them, too; without them nobody can read it.")


def _check_target(database: Path, file: Path, *, force: bool) -> None:
    if file.is_dir():
        raise OperationError(f"{file} is a folder. Name the file to write.")
    if not file.parent.is_dir():
        raise OperationError(f"There is no folder {file.parent}. Make it, or name a file in another one.")
    if file.exists() and database.exists() and file.samefile(database):
        raise OperationError(f"{file} is the database itself. Name another file.")
    if any(path.exists() for path in (*beside(file), *beside(side_of(file)))):
        raise OperationError(f"{file} is a database that is in use, or was when it stopped. Name another file.")
    for there in (file, side_of(file), keys_of(side_of(file))):
        if there.exists() and not force:
            raise OperationError(f"{there} exists. Name another file, or replace it with --force.")
