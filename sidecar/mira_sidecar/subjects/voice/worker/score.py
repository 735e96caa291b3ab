"""How well a wake word was heard: found, missed, heard where nobody said it. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from .truth import Spoken

_LATE_MS: Final = 500
"""So long after its end, as the truth has it, a word may have ended as the looker has it."""
_SURE: Final = 0.95


@dataclass(frozen=True, kw_only=True)
class Told:
    """A wake word as it was told, in milliseconds from the beginning of the sound."""

    ended_ms: float
    """When it ended, as the looker has it."""
    at_ms: float
    """When that was told."""


@dataclass
class Score:
    """What became of one wake word, over files."""

    hours: float = 0.0
    spoken: int = 0
    found: int = 0
    false: int = 0
    """Where nobody said it, or once more than it was said."""
    near_misses: int = 0
    lags_ms: list[float] = field(default_factory=list)
    """From the end of a word that was found until that was told."""
    begins_ms: list[float] = field(default_factory=list)
    """From the end of a word that was found to where the sound of its turn begins: what is above 0 would be lost."""

    @property
    def missed(self) -> int:
        """Said, and not found."""
        return self.spoken - self.found

    @property
    def an_hour(self) -> float | None:
        """False wakes; None where nothing was heard."""
        return self.false / self.hours if self.hours else None

    @property
    def at_most_an_hour(self) -> float | None:
        """False wakes that there may be: with more, there would have been more here in 95 of 100 such trials."""
        return most_expected(self.false) / self.hours if self.hours else None

    def add(self, spoken: Sequence[Spoken], told: Sequence[Told], near_misses: int, length_ms: float) -> None:
        """Take sound of this length, with where the word is said in it and where it was heard."""
        self.hours += length_ms / 3_600_000
        self.spoken += len(spoken)
        self.near_misses += near_misses
        left = list(told)
        for one in spoken:
            start_ms, end_ms = one.start_s * 1000, one.end_s * 1000
            mine = next((each for each in left if start_ms <= each.ended_ms <= end_ms + _LATE_MS), None)
            if mine:
                left.remove(mine)
                self.found += 1
                self.lags_ms.append(mine.at_ms - end_ms)
                self.begins_ms.append(mine.ended_ms - end_ms)
        self.false += len(left)


def most_expected(count: int) -> float:
    """The largest mean with which so few still come in 5 of 100 trials (Poisson): 3.0 for none."""
    low, high = 0.0, 10.0 + 3 * count
    while high - low > 1e-6:
        mean = (low + high) / 2
        few = math.fsum(math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(count + 1))
        low, high = (mean, high) if few > 1 - _SURE else (low, mean)
    return high
