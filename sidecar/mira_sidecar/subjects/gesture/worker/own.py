"""Gestures that people taught: a hand's shape, or its way, compared with how it was shown.

The nearest examples decide, where they are near enough. How near two hands are is measured where the same posture of
the same hand, seen from another side, is 1 away in each direction: `scripts/train-shapes` makes that from hands of
bones in postures of any kind, so it holds for one that nobody has thought of, too.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from typing import Protocol

import numpy as np

from .classifier import FEATURES, Rows, features
from .hand import MIDDLE_KNUCKLE, WRIST, Hand
from .messages import OwnGesture
from .track import Point

type Values = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

_STEPS = 16
"""Places of a way, evenly spaced along it."""
_SHORTEST = 1.5
"""Palms that a motion covers at least."""
_LONGEST_MS = 3_000
LIKENESS = "likeness.npy"
_WIDER = 1.5
"""How many times the typical distance between examples of a pose is near …"""
_POSE_LIMITS = (1.1, 1.6)
"""… but this at least, and this at most."""
_ASIDE = 45.0
"""Degrees that a hand may lean more, or less, than while the pose was taught: thumbs up and down are one shape."""
_TIMES = 2.5
"""How many times the typical distance between examples of a motion is near …"""
_MOTION_LIMITS = (0.1, 0.25)
"""… but this at least, and this at most."""


def pose_values(hand: Hand) -> list[float]:
    """How the hand looks, whichever it is, wherever and however large: its shape, and how it leans."""
    across, down = (hand.landmarks[MIDDLE_KNUCKLE] - hand.landmarks[WRIST]).tolist()
    shape = features(hand.landmarks[np.newaxis])[0].tolist()
    palm = max(hand.palm, 1e-6)
    return [round(value, 4) for value in (*shape, abs(across) / palm, -down / palm)]


def motion_values(points: Sequence[Point]) -> list[float] | None:
    """Which way the hand went, wherever and however far: places from its middle. None: it hardly moved."""
    way = np.array([(point.x, point.y) for point in points], np.float32)
    steps = np.linalg.norm(np.diff(way, axis=0), axis=1)
    length = float(steps.sum())
    palm = float(np.median([point.palm for point in points])) if points else 0.0
    if palm == 0 or length < _SHORTEST * palm or points[-1].t_ms - points[0].t_ms > _LONGEST_MS:
        return None
    along = np.concatenate(([0.0], np.cumsum(steps)))
    places = np.linspace(0, length, _STEPS)
    even = np.stack([np.interp(places, along, way[:, axis]) for axis in range(2)], axis=1)
    even -= even.mean(axis=0)
    size = float(np.abs(even).max())
    return [round(value, 4) for value in (even / max(size, 1e-6)).ravel().tolist()]


class _Taught(Protocol):
    """The examples of one gesture."""

    name: str

    def distance(self, values: Values) -> float:
        """How far they are, as a part of what is near enough."""


class OwnGestures:
    """The examples of all gestures that were taught."""

    def __init__(self, gestures: Sequence[OwnGesture], likeness: Rows | None = None) -> None:
        """`likeness`: another measure than the package's."""
        self._poses = [
            _Pose(each, _trained() if likeness is None else likeness) for each in gestures if each.kind == "pose"
        ]
        self._motions = [_Motion(each) for each in gestures if each.kind == "motion"]

    def pose(self, hand: Hand) -> tuple[str, float] | None:
        """The pose that the hand shows, and how sure that is."""
        return _nearest(self._poses, pose_values(hand)) if self._poses else None

    def motion(self, points: Sequence[Point]) -> tuple[str, float] | None:
        """The motion that the hand has made, and how sure that is."""
        values = motion_values(points) if self._motions else None
        return _nearest(self._motions, values) if values else None


class _Pose:
    """By the second nearest example: one that was caught badly takes in nothing alone."""

    def __init__(self, gesture: OwnGesture, likeness: Rows) -> None:
        samples = np.array(gesture.samples, np.float32)
        leans = [_lean(sample) for sample in samples]
        self.name = gesture.name
        self._likeness = likeness
        self._samples: Values = samples[:, :FEATURES] @ likeness
        self._leans = min(leans) - _ASIDE, max(leans) + _ASIDE
        self._reach = _reach(self._samples, _second, _WIDER, _POSE_LIMITS)

    def distance(self, values: Values) -> float:
        if not self._leans[0] <= _lean(values) <= self._leans[1]:
            return math.inf
        return _second(_distances(self._samples, values[:FEATURES] @ self._likeness)) / self._reach


class _Motion:
    """By the nearest example."""

    def __init__(self, gesture: OwnGesture) -> None:
        self.name = gesture.name
        self._samples: Values = np.array(gesture.samples, np.float32)
        self._reach = _reach(self._samples, _first, _TIMES, _MOTION_LIMITS)

    def distance(self, values: Values) -> float:
        return _first(_distances(self._samples, values)) / self._reach


def _first(distances: Values) -> float:
    return float(distances.min())


def _second(distances: Values) -> float:
    return float(np.sort(distances)[:2][-1])


def _reach(samples: Values, to_all: Callable[[Values], float], times: float, limits: tuple[float, float]) -> float:
    """What is near enough: some times the typical distance from one example to the others, within limits."""
    rows = range(len(samples)) if len(samples) > 1 else ()
    apart = [to_all(_distances(np.delete(samples, row, axis=0), samples[row])) for row in rows]
    typical = float(np.median(apart)) if apart else 0.0
    return min(limits[1], max(limits[0], times * typical))


def _lean(values: Values) -> float:
    """Degrees from straight up, to either side, of a hand with these values."""
    across, up = values[FEATURES:].tolist()
    return math.degrees(math.atan2(across, up))


def _distances(samples: Values, values: Values) -> Values:
    """Root mean square over the values."""
    distances: Values = np.sqrt(((samples - values) ** 2).mean(axis=1))
    return distances


def _nearest(gestures: Sequence[_Taught], values: Sequence[float]) -> tuple[str, float] | None:
    found = np.array(values, np.float32)
    distance, name = min((each.distance(found), each.name) for each in gestures)
    # As sure as a gesture has to be, where it is just near enough.
    return (name, 1 - 0.3 * distance) if distance <= 1 else None


@cache
def _trained() -> Rows:
    """The measure that the package carries: (151, 24)."""
    with resources.files(__package__).joinpath(LIKENESS).open("rb") as file:
        likeness: Rows = np.load(file)
    return likeness
