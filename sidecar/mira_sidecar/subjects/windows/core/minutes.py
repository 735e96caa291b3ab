"""Means of minutes, made of readings as they come."""

from dataclasses import dataclass
from typing import NamedTuple

MINUTE_MS = 60_000
MOST = 20_000
"""Minutes of one sender and kind that are under way: what is beyond is let go, the oldest first."""


class Mean(NamedTuple):
    """What one sender measured of one kind in a minute."""

    sender: str
    kind: str
    minute: int
    """In minutes of Unix time."""
    mean: float
    low: float
    high: float


@dataclass(slots=True)
class _Sum:
    total: float
    low: float
    high: float
    count: int = 1


class Minutes:
    """The minutes under way, and those that nobody has taken yet."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, str, int], _Sum] = {}
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._sums)

    def add(self, sender: str, kind: str, value: float, at_ms: int) -> None:
        """A reading that came then."""
        key = (sender, kind, at_ms // MINUTE_MS)
        if known := self._sums.get(key):
            known.total += value
            known.low, known.high = min(known.low, value), max(known.high, value)
            known.count += 1
            return
        if len(self._sums) >= MOST:
            del self._sums[next(iter(self._sums))]
            self.dropped += 1
        self._sums[key] = _Sum(value, value, value)

    def over(self, now_ms: int) -> list[Mean]:
        """Those of minutes other than the one under way; they stay until they are let go."""
        now = now_ms // MINUTE_MS
        return [
            Mean(sender, kind, minute, one.total / one.count, one.low, one.high)
            for (sender, kind, minute), one in self._sums.items()
            if minute != now
        ]

    def let_go(self, means: list[Mean]) -> None:
        """These are kept elsewhere."""
        for mean in means:
            self._sums.pop((mean.sender, mean.kind, mean.minute), None)
