"""A wave: an open hand that swings from side to side, three times back at least. Pure."""

import math
from dataclasses import dataclass

from .track import Point, Track

_REVERSALS = 3
_SWING = 0.7
"""Palms that the finger tips swing at least: brushing teeth moves a hand by half of it."""
_TURN = 0.25
"""Palms that they have gone back when the swing before is over: noise is less."""
_SHORTEST_MS, _LONGEST_MS = 90, 450
"""A swing takes so long."""
_ALIKE = 0.6
"""The shortest swing, as a part of the longest, in palms and in time."""
_ACROSS = 0.5
"""How far the hand may go up and down meanwhile, as a part of the longest swing."""
_OPEN = 0.6
"""Of its points that show an open hand: the tips of a quick hand are blurred."""
_OVER_MS = 700
"""Without a turn for so long, a wave is over."""
_PERIOD_MS = 3000


@dataclass(frozen=True)
class _Turn:
    t_ms: float
    tips: float


class WaveDetector:
    """Follows one hand."""

    def __init__(self) -> None:
        self._track = Track(_PERIOD_MS)
        self._turns: list[_Turn] = []
        """Where the tips turned back, the last ones."""
        self._extreme: _Turn | None = None
        """Where they are farthest in the direction in which they go."""
        self._right = 0
        """The direction in which they go: 1 to the person's right, -1 to their left, 0 not known yet."""
        self._last_ms = -math.inf
        """The last turn of a wave that has counted: as long as it goes on, it does not again."""

    def going_on(self, t_ms: float) -> bool:
        """Whether a wave that has counted is not over yet."""
        return t_ms - self._last_ms <= _OVER_MS

    def observe(self, point: Point) -> float | None:
        """How sure the wave is that this point completes, 0 to 1; None: none."""
        if self._track.lost(point.t_ms) or not point.ready:
            self.forget()
        if not point.ready:
            return None
        self._track.add(point)
        if not self._turned(point, self._track.palm):
            return None
        turned_ms = self._turns[-1].t_ms
        goes_on = self.going_on(turned_ms)
        sure = None if goes_on or len(self._turns) <= _REVERSALS else self._sureness()
        if goes_on or sure is not None:
            self._last_ms = turned_ms
        return sure

    def forget(self) -> None:
        """Begin anew."""
        self._track.clear()
        self._turns.clear()
        self._extreme, self._right = None, 0

    def _turned(self, point: Point, palm: float) -> bool:
        """Whether the tips have just turned back."""
        here = _Turn(point.t_ms, point.tips)
        if self._extreme is None:
            self._extreme = here
            return False
        gone = (point.tips - self._extreme.tips) / palm
        if self._right == 0:
            if abs(gone) >= _TURN:
                self._turns = [self._extreme]
                self._right, self._extreme = (1 if gone > 0 else -1), here
            return False
        if gone * self._right >= 0:
            self._extreme = here
            return False
        if abs(gone) < _TURN:
            return False
        self._turns = [*self._turns, self._extreme][-_REVERSALS - 1 :]
        self._right, self._extreme = -self._right, here
        return True

    def _sureness(self) -> float | None:
        """How much the last swings are a wave; None: they are none."""
        pairs = list(zip(self._turns, self._turns[1:], strict=False))
        palm = self._track.palm
        swings = [abs(end.tips - start.tips) / palm for start, end in pairs]
        times = [end.t_ms - start.t_ms for start, end in pairs]
        if min(swings) < _SWING or min(times) < _SHORTEST_MS or max(times) > _LONGEST_MS:
            return None
        alike = min(min(swings) / max(swings), min(times) / max(times))
        points = [point for point in self._track if point.t_ms >= self._turns[0].t_ms]
        heights = [point.y for point in points]
        across = (max(heights) - min(heights)) / palm / max(swings)
        opened = sum(point.open for point in points) / len(points)
        if alike < _ALIKE or across > _ACROSS or opened < _OPEN:
            return None
        score = sum(point.score for point in points) / len(points)
        return (0.7 + 0.3 * min(1.0, 1.3 * alike)) * score
