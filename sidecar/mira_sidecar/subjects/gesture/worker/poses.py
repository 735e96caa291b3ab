"""Which static pose a hand shows: a shape that is turned the right way."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

from .classifier import Classifier, trained
from .hand import MIDDLE_KNUCKLE, WRIST, Hand, Points
from .shapes import INDEX, KNUCKLES, THUMB_BASE, THUMB_TIP, TIPS, Shape, ramp, shapes_by_rules

type PoseName = Literal[
    "palm", "fist", "pointing_up", "thumb_up", "thumb_down", "victory", "ok", "rock", "call", "pinch"
]

_MIN_CONFIDENCE = 0.5
_UPRIGHT = (75, 45)
"""Degrees of lean at which a hand certainly points up no more, and at which it certainly does."""
_NOT_HANGING = (120, 90)


@dataclass(frozen=True)
class Pose:
    """A pose and how sure it is, 0 to 1: as sure as its shape, or as the direction where that is less."""

    name: str
    """A PoseName, or that of a gesture that was taught."""
    confidence: float


def pose_of(hand: Hand) -> Pose | None:
    """The pose of the hand; None where it is none of Mira's, or where it cannot be told."""
    return pose_of_shapes(hand, shapes_of(hand))


def shapes_of(hand: Hand, *, rules: bool = False) -> dict[Shape, float]:
    """How sure each shape of the hand is, 0 to 1: by the trained classifier, or by rules."""
    return shapes_by_rules(hand.landmarks) if rules else _classifier().shapes(hand.landmarks)


def pose_of_shapes(hand: Hand, shapes: dict[Shape, float]) -> Pose | None:
    """The same, where it is known how sure each shape is."""
    points = hand.landmarks
    shape = max(shapes, key=shapes.__getitem__)
    name, turned = _turned(shape, points)
    confidence = min(shapes[shape], turned) * hand.score
    return Pose(name, confidence) if confidence >= _MIN_CONFIDENCE else None


def _turned(shape: Shape, points: Points) -> tuple[PoseName, float]:
    """What a shape means as it is turned, and how sure that is."""
    lean = tilt(points[WRIST], points[MIDDLE_KNUCKLE])
    match shape:
        case "open":
            return "palm", ramp(lean, *_UPRIGHT)
        case "closed":
            return "fist", ramp(lean, *_NOT_HANGING)
        case "pointing":
            return "pointing_up", ramp(tilt(points[KNUCKLES[INDEX]], points[TIPS[INDEX]]), 60, 35)
        case "thumb":
            to = tilt(points[THUMB_BASE], points[THUMB_TIP])
            return ("thumb_up", ramp(to, 60, 35)) if to < 90 else ("thumb_down", ramp(to, 120, 145))
        case "victory" | "ok" | "rock":
            return shape, ramp(lean, *_UPRIGHT)
        case "call" | "pinch":
            return shape, ramp(lean, *_NOT_HANGING)


def tilt(start: Points, end: Points) -> float:
    """The angle between a line and straight up, in degrees: 0 to 180."""
    x, y = (end - start).tolist()
    return abs(math.degrees(math.atan2(x, -y)))


@cache
def _classifier() -> Classifier:
    return trained()
