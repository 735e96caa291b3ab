"""What was looked at, and whether it is sound: a line each."""

from dataclasses import dataclass
from pathlib import Path

from mira_sidecar.printing import say
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.files import found_keys_of, keys_of, media_of
from mira_sidecar.store.side_check import look_at, look_for_files


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    sound: bool
    text: str
    """What was found; where it is not sound, also what to do."""

    def show(self) -> None:
        """Print it."""
        say(f"{'✓' if self.sound else '✗'} {self.subject:<10} {self.text}")


def of_side(path: Path, *, in_backup: bool = False) -> Finding:
    """Whether a side store is whole, and can be read."""
    try:
        state = look_at(path)
    except StoreError as error:
        return Finding("side", False, str(error))
    if not state.sealed:
        return Finding("side", True, f"{path} is sound: {state.rows:,} rows, and their keys are there")
    if in_backup and not state.has_keys:
        text = f"{path} is sound: {state.rows:,} rows. Their keys are not beside it, as in every backup without --keys"
        return Finding("side", True, text)
    text = f"{state.sealed:,} of {state.rows:,} rows of {path} cannot be opened: their keys are not in {keys_of(path)}."
    there = "there" if in_backup else f"to {found_keys_of(path)}, and start the sidecar"
    return Finding("side", False, f"{text} Copy the right file {there}; the rows are kept.")


def of_media(side: Path) -> Finding | None:
    """How many files of subjects there are, and whether they are in their place; None where there are none."""
    try:
        state = look_for_files(side)
    except StoreError:
        # What is wrong with the side store is said of that.
        return None
    if not state.files:
        return None
    folder = media_of(side)
    if state.missing:
        text = f"{state.missing:,} of {state.files:,} files are not in {folder}. If they are on another disk, mount it."
        return Finding("media", False, f"{text} The sidecar forgets those that are lost.")
    return Finding("media", True, f"{state.files:,} files, {state.bytes / 1e6:,.1f} MB, in {folder}")
