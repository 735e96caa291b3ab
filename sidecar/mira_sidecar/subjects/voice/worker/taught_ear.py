"""Hears one wake word that somebody taught, in features of sound."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from .everyday import mean
from .likeness import Likeness, coarse, nearest, rows_of
from .messages import TaughtWord

_NEAR: Final = 1.25
"""So many times as far as a word may be is a near-miss."""
_SETTLED: Final = 4
"""Steps of 20 ms in which it comes no nearer: before its end, a word comes nearer with each."""


class TaughtEar:
    """Listens for a wake word. It is told once that it was heard, however long it is near."""

    lag_ms: Final = 200
    """At most between its end and when it is told."""

    def __init__(self, word: TaughtWord) -> None:
        self.word = word
        self._likeness = Likeness([rows_of(take, mean()) for take in word.takes])
        self._features: list[np.ndarray] = []
        self._least = math.inf
        """The shortest distance since it was last far."""
        self._since = 0
        """Steps since it was the shortest."""
        self._told = False
        self.missed: float | None = None
        """How sure it was, where that is over and was nearly enough; until the next `hear`."""

    def hear(self, features: np.ndarray) -> float | None:
        """Listen to the next 10 ms; how sure the word is, where it has just been heard."""
        self.missed = None
        self._features.append(features)
        if len(self._features) < 2:
            return None
        row = rows_of(coarse(self._features), mean())[0]
        self._features.clear()
        return self._observe(nearest(self._likeness.hear(row)))

    def _observe(self, distance: float) -> float | None:
        reach = self.word.reach
        self._since = 0 if distance < self._least else self._since + 1
        self._least = min(self._least, distance)
        least, far = self._least, distance > _NEAR * reach
        if far:
            self._least = math.inf
            if reach < least <= _NEAR * reach:
                self.missed = _sure(least, reach)
        tells = least <= reach and not self._told and (far or self._since >= _SETTLED)
        self._told = not far and (self._told or tells)
        return _sure(least, reach) if tells else None


def _sure(distance: float, reach: float) -> float:
    """As sure as voice has to be unless its owner says otherwise, where it is just near enough."""
    return max(0.0, 1 - 0.5 * distance / reach)


def apart(takes: Sequence[bytes], number: int) -> float:
    """How far a take is from all others."""
    rest = [rows_of(take, mean()) for other, take in enumerate(takes) if other != number]
    likeness = Likeness(rest)
    return min(nearest(likeness.hear(row)) for row in rows_of(takes[number], mean()))
