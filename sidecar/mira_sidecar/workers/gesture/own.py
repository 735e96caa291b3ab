"""Gestures that people taught: a hand's shape, or its way, compared with how it was shown. Pure.

The nearest example decides, where it is near enough: within some times the distance that the examples have among
themselves.
"""

from collections.abc import Sequence

import numpy as np

from .classifier import features
from .hand import MIDDLE_KNUCKLE, WRIST, Hand
from .messages import OwnGesture
from .track import Point

type Values = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

_STEPS = 16
"""Places of a way, evenly spaced along it."""
_SHORTEST = 1.5
"""Palms that a motion covers at least."""
_LONGEST_MS = 3_000
_UPRIGHT = 2.0
"""How much it counts which way the hand points: thumb up and thumb down are one shape."""
_TIMES = 2.5
"""How many times the typical distance between examples is near."""
_POSE_LIMITS = (0.1, 0.14)
"""The least and the most that is near for poses. Ten of 40 recorded frames in a row, shown in all directions, then tell
63 % of the next 20 frames, and 2.3 % of the frames of two other shapes."""
_MOTION_LIMITS = (0.1, 0.25)
"""The same for motions."""


def pose_values(hand: Hand) -> list[float]:
    """How the hand looks, whichever it is, wherever and however large: its shape, and how it leans."""
    palm = hand.landmarks[MIDDLE_KNUCKLE] - hand.landmarks[WRIST]
    across, up = (palm * _UPRIGHT / max(hand.palm, 1e-6)).tolist()
    shape = features(hand.landmarks[np.newaxis])[0].tolist()
    return [round(value, 4) for value in (*shape, abs(across), up)]


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


class OwnGestures:
    """The examples of all gestures that were taught."""

    def __init__(self, gestures: Sequence[OwnGesture]) -> None:
        self._poses = [_Examples(each, _POSE_LIMITS) for each in gestures if each.kind == "pose"]
        self._motions = [_Examples(each, _MOTION_LIMITS) for each in gestures if each.kind == "motion"]

    def pose(self, hand: Hand) -> tuple[str, float] | None:
        """The pose that the hand shows, and how sure that is."""
        return _nearest(self._poses, pose_values(hand)) if self._poses else None

    def motion(self, points: Sequence[Point]) -> tuple[str, float] | None:
        """The motion that the hand has made, and how sure that is."""
        values = motion_values(points) if self._motions else None
        return _nearest(self._motions, values) if values else None


class _Examples:
    """Those of one gesture."""

    def __init__(self, gesture: OwnGesture, limits: tuple[float, float]) -> None:
        self.name = gesture.name
        self._samples: Values = np.array(gesture.samples, np.float32)
        apart = [
            float(np.delete(_distances(self._samples, sample), number).min())
            for number, sample in enumerate(self._samples)
            if len(self._samples) > 1
        ]
        typical = float(np.median(apart)) if apart else limits[0]
        self.reach = min(limits[1], max(limits[0], _TIMES * typical))

    def distance(self, values: Values) -> float:
        """To the nearest of them, as a part of what is near enough."""
        return float(_distances(self._samples, values).min()) / self.reach


def _distances(samples: Values, values: Values) -> Values:
    """Root mean square over the values."""
    distances: Values = np.sqrt(((samples - values) ** 2).mean(axis=1))
    return distances


def _nearest(gestures: Sequence[_Examples], values: Sequence[float]) -> tuple[str, float] | None:
    found = np.array(values, np.float32)
    distance, name = min((each.distance(found), each.name) for each in gestures)
    # As sure as a gesture has to be, where it is just near enough.
    return (name, 1 - 0.3 * distance) if distance <= 1 else None
