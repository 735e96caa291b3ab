"""What was looked at, and whether it is sound: a line each."""

from dataclasses import dataclass

from mira_sidecar.printing import say


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
