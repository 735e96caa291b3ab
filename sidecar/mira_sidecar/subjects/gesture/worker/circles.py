"""Circles, drawn with a hand in the air. Pure."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from .track import Point, Track, distance

type CircleName = Literal["circle_clockwise", "circle_counter_clockwise"]

_LONGEST_MS, _SHORTEST_MS = 2500, 500
"""One turn takes so long."""
_TURN = 340
"""Degrees about its middle that make a circle: people stop a little short."""
_RADIUS = 0.7, 3.5
"""Palms: smaller is a hand that trembles or scrubs, larger an arm that swings."""
_ROUND = 0.12
"""How far its points may lie off the circle that fits them best, as a part of its radius (root mean square)."""
_BACK = 0.1
"""Of the way about the middle that may go back."""
_STEP = 0.12
"""Palms between the points that count: at rest there are many in one place."""
_FEWEST = 7
_NEAR_REST = 0.6
"""Palms from where the hand rested that a circle begins and ends at most …"""
_SOON_MS = 350
"""… and how soon after it begins: hands that talk loop anywhere, at any time."""
_NEAR = 0.2
"""How far from its start a circle ends at most, as a part of its way round."""


@dataclass(frozen=True)
class Circle:
    """A circle, as the person sees their own hand go, and how sure it is, 0 to 1."""

    name: CircleName
    confidence: float


class CircleDetector:
    """Follows one hand."""

    def __init__(self) -> None:
        self._track = Track(_LONGEST_MS)
        self._before: Point | None = None
        """Where the last circle ended: another may begin there."""

    def observe(self, point: Point, rest: Point | None) -> Circle | None:
        """The circle that this point completes; `rest`: where the hand last rested, and may begin one."""
        if self._track.lost(point.t_ms) or not point.ready:
            self.forget()
        if not point.ready:
            return None
        self._track.add(point)
        palm = self._track.palm
        begins = [place for place in (rest, self._before) if place]
        circle = _closed(_spaced(list(self._track), _STEP * palm), palm, begins)
        if circle:
            self.forget()
            self._before = point
        return circle

    def forget(self) -> None:
        """Begin anew."""
        self._track.clear()
        self._before = None


def _spaced(points: list[Point], step: float) -> list[Point]:
    """The points from the newest back that are a step apart at least."""
    kept = points[-1:]
    for point in reversed(points):
        if distance(point, kept[-1]) >= step:
            kept.append(point)
    return kept[::-1]


def _closed(points: list[Point], palm: float, begins: list[Point]) -> Circle | None:
    """The circle that the last points make, where it begins at one of these places and they went round it once."""
    now, way = points[-1], 0.0
    if not any(distance(now, place) <= _NEAR_REST * palm for place in begins):
        return None
    for first in range(len(points) - 2, -1, -1):
        way += distance(points[first], points[first + 1])
        long_enough = now.t_ms - points[first].t_ms >= _SHORTEST_MS and len(points) - first >= _FEWEST
        begun = any(_begins(place, points[first], palm) for place in begins)
        if long_enough and begun and distance(now, points[first]) <= _NEAR * way:
            circle = _fitted(points[first:], palm)
            if circle:
                return circle
    return None


def _begins(place: Point, first: Point, palm: float) -> bool:
    """Whether the hand came to this point straight from a place where it may begin."""
    return distance(place, first) <= _NEAR_REST * palm and first.t_ms - place.t_ms <= _SOON_MS


def _fitted(points: list[Point], palm: float) -> Circle | None:
    """The circle through points, by least squares (Kåsa, 1976), where they go round it once."""
    places = np.array([(point.x, point.y) for point in points]) / palm
    places -= places.mean(axis=0)
    x, y = places.T
    (a, b, c), *_ = np.linalg.lstsq(np.column_stack((x, y, np.ones(len(x)))), x**2 + y**2, rcond=None)
    radius = math.sqrt(max(0.0, c + a * a / 4 + b * b / 4))
    if not _RADIUS[0] <= radius <= _RADIUS[1]:
        return None
    angles = np.unwrap(np.arctan2(y - b / 2, x - a / 2))
    steps = np.diff(angles)
    turned = float(angles[-1] - angles[0])
    off = np.hypot(x - a / 2, y - b / 2) - radius
    rough = float(np.sqrt((off**2).mean())) / radius
    back = float(np.abs(steps[steps * turned < 0]).sum()) / max(abs(turned), 1e-6)
    if abs(turned) < math.radians(_TURN) or rough > _ROUND or back > _BACK:
        return None
    score = sum(point.score for point in points) / len(points)
    name: CircleName = "circle_clockwise" if turned < 0 else "circle_counter_clockwise"
    return Circle(name, (1 - 0.3 * rough / _ROUND) * score)
