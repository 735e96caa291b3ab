"""Where a hand was, in the person's own directions: what swipes, waves and circles are told from. Pure.

Distances are in palms (wrist to middle knuckle, about 9 cm), so that it does not matter how far away the person is.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .hand import Hand
from .shapes import TIPS, size_of

LOST_MS = 500
"""A hand that was not seen for longer is another one."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """A hand at one time. Places are in pixels: to the person's right, and up."""

    t_ms: float
    x: float
    y: float
    tips: float
    """The same as `x`, of the middle of the finger tips."""
    palm: float
    """Pixels."""
    score: float
    ready: bool
    """Whether the hand counts: engagement.py."""
    open: bool
    """Whether the fingers are stretched."""


def point_of(t_ms: float, hand: Hand, *, ready: bool, is_open: bool) -> Point:
    """The hand, as the camera sees it (the person's right is its left), at one time."""
    x, y = hand.centre.tolist()
    tips = float(np.mean(hand.landmarks[TIPS, 0]))
    size = size_of(hand.landmarks)
    return Point(t_ms=t_ms, x=-x, y=-y, tips=-tips, palm=size, score=hand.score, ready=ready, open=is_open)


class Track:
    """The last moments of one hand."""

    def __init__(self, length_ms: float) -> None:
        self._length_ms = length_ms
        self._points: deque[Point] = deque()

    def __len__(self) -> int:
        return len(self._points)

    def __iter__(self) -> Iterator[Point]:
        return iter(self._points)

    @property
    def now(self) -> Point:
        """The last point."""
        return self._points[-1]

    @property
    def palm(self) -> float:
        """The hand's size in pixels: the median, which one bad frame does not move."""
        return float(np.median([point.palm for point in self._points]))

    def add(self, point: Point) -> None:
        """Take the next point."""
        self._points.append(point)
        while point.t_ms - self._points[0].t_ms > self._length_ms:
            self._points.popleft()

    def clear(self) -> None:
        """Forget where the hand was."""
        self._points.clear()

    def lost(self, t_ms: float) -> bool:
        """Whether a hand that is seen now is another one."""
        return bool(self._points) and t_ms - self._points[-1].t_ms > LOST_MS

    def before(self, milliseconds: float) -> Point | None:
        """The point so long ago, or a little longer."""
        now = self._points[-1].t_ms
        return next((point for point in reversed(self._points) if now - point.t_ms >= milliseconds), None)


def distance(one: Point, two: Point) -> float:
    """Pixels between two points."""
    return math.hypot(one.x - two.x, one.y - two.y)
