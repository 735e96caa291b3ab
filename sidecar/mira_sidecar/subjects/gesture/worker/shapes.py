"""Which shape a hand has, whichever way it is turned, by rules that can be read. Pure.

A shape is what the fingers do; poses.py says which way it has to be turned to be a pose.
"""

import math
from typing import Literal

import numpy as np

from .hand import MIDDLE_KNUCKLE, WRIST, Points

type Shape = Literal["open", "closed", "pointing", "thumb", "victory", "ok", "rock", "call", "pinch"]

KNUCKLES = np.array((5, 9, 13, 17))
TIPS = KNUCKLES + 3
THUMB_BASE, THUMB_TIP = 2, 4
INDEX, MIDDLE, LITTLE = 0, 1, 3
_JOINTS = KNUCKLES + 1


def size_of(points: Points) -> float:
    """The palm's length or width, whichever is more, in the unit of the points."""
    long = math.dist(points[WRIST], points[MIDDLE_KNUCKLE])
    return max(long, math.dist(points[KNUCKLES[INDEX]], points[KNUCKLES[LITTLE]]))


def shapes_by_rules(points: Points) -> dict[Shape, float]:
    """How sure each shape is, 0 to 1: as sure as the least sure of the fingers that it rests on."""
    index, middle, ring, little = _stretched(points)
    size = size_of(points)
    thumb = _thumb_out(points, size)
    folded = 1 - max(index, middle, ring, little)
    touch = ramp(math.dist(points[THUMB_TIP], points[TIPS[INDEX]]) / size, 0.45, 0.2)
    ring_made = min(touch, _index_off(points, size))
    return {
        "open": min(index, middle, ring, little, 1 - ring_made),
        "closed": min(folded, 1 - thumb, 1 - ring_made),
        "pointing": min(index, 1 - max(middle, ring, little), 1 - touch),
        "thumb": min(folded, thumb),
        "victory": min(index, middle, 1 - max(ring, little), _spread(points)),
        "ok": min(ring_made, middle, ring, little),
        "rock": min(index, little, 1 - max(middle, ring)),
        "call": min(thumb, little, 1 - max(index, middle, ring)),
        "pinch": min(ring_made, 1 - max(middle, ring, little)),
    }


def _stretched(points: Points) -> list[float]:
    """How far index, middle, ring and little finger are stretched, 0 to 1.

    A tip of a stretched finger is farther from the wrist than its middle joint: 1.2 times or more in 95 % of
    the recorded open hands, 0.95 times or less in 95 % of the closed ones.
    """
    wrist = points[WRIST]
    tips = np.linalg.norm(points[TIPS] - wrist, axis=1)
    joints = np.linalg.norm(points[_JOINTS] - wrist, axis=1)
    return [ramp(reach, 0.9, 1.2) for reach in (tips / np.maximum(joints, 1e-6)).tolist()]


def _thumb_out(points: Points, size: float) -> float:
    """How far the thumb stands off the fingers, 0 to 1; 95 % of the recorded fists keep it within 0.4 palms."""
    nearest = np.linalg.norm(points[KNUCKLES[INDEX] :] - points[THUMB_TIP], axis=1).min()
    return ramp(float(nearest) / size, 0.35, 0.65)


def _index_off(points: Points, size: float) -> float:
    """How far the tip of the index finger is off the palm, 0 to 1: a thumb on a folded finger makes no ring."""
    return ramp(math.dist(points[TIPS[INDEX]], points[WRIST]) / size, 0.85, 1.1)


def _spread(points: Points) -> float:
    """How far index and middle finger are apart, 0 to 1: tips at 1.3 times the distance of the knuckles or more."""
    tips = math.dist(points[TIPS[INDEX]], points[TIPS[MIDDLE]])
    knuckles = math.dist(points[KNUCKLES[INDEX]], points[KNUCKLES[MIDDLE]])
    return ramp(tips / max(knuckles, 1e-6), 0.9, 1.5)


def ramp(value: float, none: float, full: float) -> float:
    """0 at `none`, 1 at `full`, a straight line between."""
    return min(1.0, max(0.0, (value - none) / (full - none)))
