"""What was looked at, and whether it is sound: a line each."""

from dataclasses import dataclass
from pathlib import Path

from mira_sidecar.printing import say
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.files import keys_of
from mira_sidecar.store.side_check import look_at


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    sound: bool
    text: str
    """What was found; where it is not sound, also what to do."""

    def show(self) -> None:
        """Print it."""
        say(f"{'✓' if self.sound else '✗'} {self.subject:<9} {self.text}")


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
    return Finding("side", False, f"{text} Copy the right file there; the rows are kept.")
