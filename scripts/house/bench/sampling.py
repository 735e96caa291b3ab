"""Medians, percentiles, and rounds that alternate: what disturbs a machine disturbs both sides of a ratio."""

import math
import statistics
from collections.abc import Callable, Sequence


def percentile(samples: Sequence[float], percent: float) -> float:
    """The smallest sample that so many per cent of the samples do not exceed (nearest rank)."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def alternating[T](rounds: int, sides: Sequence[Callable[[], T]]) -> list[list[T]]:
    """What each side gave, round by round; every other round goes backwards, so that nobody is always first."""
    given: list[list[T]] = [[] for _ in sides]
    for number in range(rounds):
        order = range(len(sides)) if number % 2 == 0 else reversed(range(len(sides)))
        for side in order:
            given[side].append(sides[side]())
    return given


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
