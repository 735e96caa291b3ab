"""What a person shows of a gesture while it is being taught, and the ways that a hand goes. Pure."""

import math

from .hand import Hand
from .messages import Lesson, Sampled
from .own import motion_values, pose_values
from .track import Point

_BETWEEN_MS = 700
"""Between two samples of a pose: the hand has moved a little meanwhile, and so has its image."""


class Strokes:
    """Cuts the way of a hand where it rests."""

    def __init__(self) -> None:
        self._way: list[Point] = []

    def observe(self, point: Point, *, moving: bool) -> list[Point]:
        """The way that has just ended; empty while there is none."""
        if moving:
            self._way.append(point)
            return []
        way, self._way = [*self._way, point], [point]
        return way if len(way) > 2 else []


class Recorder:
    """Takes the samples of a lesson from one hand."""

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        self._last_ms = -math.inf

    def observe(self, t_ms: float, hand: Hand, way: list[Point], *, still: bool) -> Sampled | None:
        """The sample that this frame completes; `still`: the hand is engaged, and rests."""
        if self._lesson.kind == "motion":
            values = motion_values(way) if way else None
        elif still and t_ms - self._last_ms >= _BETWEEN_MS:
            values = pose_values(hand)
        else:
            return None
        if values is None:
            return None
        self._last_ms = t_ms
        return Sampled(lesson=self._lesson, values=values)
