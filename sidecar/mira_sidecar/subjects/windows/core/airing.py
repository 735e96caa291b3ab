"""Whether a window that is said to be open airs its room."""

import math
from dataclasses import dataclass

from mira_sidecar.subjects.windows.core.drives import Aired, has_no_effect

_MINUTE_MS = 60_000
_OPEN = 50
"""Percent from which on it has to be felt."""


@dataclass(slots=True)
class Airing:
    """The absolute humidity of a room since its window was opened."""

    most: Aired | None = None
    """When it was most different from that outside: who showers meanwhile makes more of it."""
    since_ms: int = 0
    least: Aired | None = None
    """When it was least different after that."""
    judged: bool = False

    def look(self, aired: Aired, now_ms: int) -> bool:
        """Take what is measured now; whether the window has no effect, which is said once."""
        if aired.position < _OPEN:
            self.most, self.least, self.judged = None, None, False
            return False
        if self.judged:
            return False
        if self.most is None or self.least is None or _apart(aired) > _apart(self.most) or now_ms < self.since_ms:
            self.most, self.least, self.since_ms = aired, aired, now_ms
            return False
        if _apart(aired) < _apart(self.least):
            self.least = aired
        # Once it was felt, what makes the air humid later says nothing about the window.
        is_alike = not has_no_effect(self.most, self.most, math.inf)
        is_felt = not has_no_effect(self.most, self.least, math.inf)
        lacks = has_no_effect(self.most, self.least, (now_ms - self.since_ms) / _MINUTE_MS)
        self.judged = lacks or (is_felt and not is_alike)
        return lacks


def _apart(aired: Aired) -> float:
    return abs(aired.inside - aired.outside)
