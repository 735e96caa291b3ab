"""`mira-sidecar backup`: a copy of the whole log, taken while the sidecar runs."""

from pathlib import Path

from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.progress import Progress
from mira_sidecar.printing import say
from mira_sidecar.store.copies import CopyError, copied
from mira_sidecar.store.files import beside


def back_up(database: Path, file: Path, *, force: bool) -> None:
    """Write a backup, whole or not at all, that only this user can read. Raises StoreError or OperationError."""
    _check_target(database, file, force=force)
    try:
        with Progress("backing up", "pages") as progress, copied(database, file, progress.reach) as copy:
            size = copy.path.stat().st_size
            copy.rename(file)
    except CopyError as error:
        raise OperationError(
            f"The backup cannot be written to {file} ({error}). Nothing was changed. Make room, or name another file."
        ) from error
    last = f", the last of {copy.last_ts}" if copy.last_ts else ""
    say(f"{file} holds {copy.events:,} events{last} ({size / 1e6:,.1f} MB), and is sound.")
    say("It also holds the hash of the PIN: keep it where only you can read it.")


def _check_target(database: Path, file: Path, *, force: bool) -> None:
    if file.is_dir():
        raise OperationError(f"{file} is a folder. Name the file to write.")
    if not file.parent.is_dir():
        raise OperationError(f"There is no folder {file.parent}. Make it, or name a file in another one.")
    if file.exists() and database.exists() and file.samefile(database):
        raise OperationError(f"{file} is the database itself. Name another file.")
    if any(path.exists() for path in beside(file)):
        raise OperationError(f"{file} is a database that is in use, or was when it stopped. Name another file.")
    if file.exists() and not force:
        raise OperationError(f"{file} exists. Name another file, or replace it with --force.")
