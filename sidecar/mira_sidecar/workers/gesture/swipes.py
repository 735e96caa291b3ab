"""Swipes, by the track of the hand. Pure: time comes with each hand.

Distances are in palms (wrist to middle knuckle, about 9 cm), so that it does not matter how far away the person is.
A swipe starts from rest: a hand that is raised into the picture has not rested yet, and does not swipe up.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Literal

from .hand import MIDDLE_KNUCKLE, WRIST, Hand

type SwipeName = Literal["swipe_left", "swipe_right", "swipe_up", "swipe_down"]

_DISTANCE = 1.5
"""Palms that a swipe covers at least: 13 cm."""
_DURATION_MS = 450
"""Within this time; so a swipe has 30 cm/s or more."""
_BRISK = 6.0
"""Palms a second at which a movement is certainly meant."""
_STRAIGHT = 0.5
"""Movement across, as a part of the movement along, that a swipe may have."""
_REST = 1.2
"""Palms a second below which a hand rests: trembling and the model's noise stay below 0.6 at 15 frames a second."""
_REST_MS = 120
"""Measured over so long, or a frame if that is longer."""
_STOP_MS = 600
"""A swipe down comes to rest in the picture within this time; a hand that is lowered does not."""
_RETURN_MS = 800
"""A movement back that begins within this time of the end of a swipe is the hand on its way back."""
_LOST_MS = 500
"""A hand that was not seen for longer is another one."""
_OPPOSITE: dict[SwipeName, SwipeName] = {
    "swipe_left": "swipe_right",
    "swipe_right": "swipe_left",
    "swipe_up": "swipe_down",
    "swipe_down": "swipe_up",
}


@dataclass(frozen=True)
class Swipe:
    """A swipe, in the directions of the person, and how sure it is, 0 to 1."""

    name: SwipeName
    confidence: float


@dataclass(frozen=True)
class _Point:
    t_ms: float
    x: float
    y: float
    palm: float
    score: float
    raised: bool


class SwipeDetector:
    """Follows one hand. The image is the camera's own, so the person's right is its left."""

    def __init__(self) -> None:
        self._track: deque[_Point] = deque()
        self._rested = False
        self._start: _Point | None = None
        """Where the hand last rested."""
        self._down: tuple[Swipe, float] | None = None
        """A swipe down, and until when the hand has to come to rest: else it was lowered."""
        self._last: SwipeName | None = None
        self._last_ms = -math.inf

    @property
    def moving(self) -> bool:
        """Whether the hand is moving, or too new to tell."""
        return not self._resting()

    @property
    def travel(self) -> tuple[float, float]:
        """Palms that the hand went to the person's right, and up, since it last rested."""
        if not self._track or self._start is None:
            return 0.0, 0.0
        now = self._track[-1]
        return (self._start.x - now.x) / now.palm, (self._start.y - now.y) / now.palm

    def observe(self, t_ms: float, hand: Hand | None) -> Swipe | None:
        """The swipe that this hand completes. None for the hand: there is none in the frame of this time."""
        if self._track and t_ms - self._track[-1].t_ms > _LOST_MS:
            self._forget()
        if hand is None:
            return None
        self._track.append(_point(t_ms, hand))
        while t_ms - self._track[0].t_ms > _DURATION_MS:
            self._track.popleft()
        if self._resting():
            down, self._down = self._down, None
            self._rested = self._track[-1].raised
            self._start = self._track[-1]
            return self._fire(down[0]) if down and self._rested and t_ms <= down[1] else None
        movement = self._movement()
        if movement is None:
            return None
        swipe, start_ms = movement
        if swipe.name == self._last:
            self._last_ms = t_ms
        rested, self._rested = self._rested, False
        if not rested or self._is_return(swipe, start_ms):
            return None
        if swipe.name == "swipe_down":
            self._down = swipe, t_ms + _STOP_MS
            return None
        return self._fire(swipe)

    def _fire(self, swipe: Swipe) -> Swipe:
        self._last, self._last_ms = swipe.name, self._track[-1].t_ms
        return swipe

    def _forget(self) -> None:
        self._track.clear()
        self._rested = False
        self._start = None
        self._down = None

    def _is_return(self, swipe: Swipe, start_ms: float) -> bool:
        back = self._last is not None and swipe.name == _OPPOSITE[self._last]
        return back and start_ms - self._last_ms < _RETURN_MS

    def _resting(self) -> bool:
        """Whether the hand has kept still for the last moments."""
        if not self._track:
            return False
        now = self._track[-1]
        before = next((point for point in reversed(self._track) if now.t_ms - point.t_ms >= _REST_MS), None)
        if before is None:
            return False
        seconds = (now.t_ms - before.t_ms) / 1000
        return math.hypot(now.x - before.x, now.y - before.y) < _REST * seconds * now.palm

    def _movement(self) -> tuple[Swipe, float] | None:
        """The movement of the last moments, where it is far, quick and straight enough, and when it began."""
        now = self._track[-1]
        palm = max(point.palm for point in self._track)
        away = [math.hypot(now.x - point.x, now.y - point.y) for point in self._track]
        farthest = max(away)
        # The last one that is about as far: before it, the hand rested.
        start = [point for point, distance in zip(self._track, away, strict=True) if distance >= 0.9 * farthest][-1]
        x, y = (now.x - start.x) / palm, (now.y - start.y) / palm
        along, across = max(abs(x), abs(y)), min(abs(x), abs(y))
        if along < _DISTANCE or across > _STRAIGHT * along:
            return None
        if abs(x) > abs(y):
            name: SwipeName = "swipe_right" if x < 0 else "swipe_left"
        else:
            name = "swipe_up" if y < 0 else "swipe_down"
        speed = along / (now.t_ms - start.t_ms) * 1000
        slowest = _DISTANCE / _DURATION_MS * 1000
        brisk = min(1.0, max(0.0, (speed - slowest) / (_BRISK - slowest)))
        straight = 1 - across / along / _STRAIGHT
        score = sum(point.score for point in self._track) / len(self._track)
        # At its limits a movement is as likely meant as not.
        return Swipe(name, (0.5 + 0.5 * min(1.0, 2 * straight) * brisk) * score), start.t_ms


def _point(t_ms: float, hand: Hand) -> _Point:
    x, y = hand.centre.tolist()
    across, up = (hand.landmarks[MIDDLE_KNUCKLE] - hand.landmarks[WRIST]).tolist()
    lean = abs(math.degrees(math.atan2(across, -up)))
    return _Point(t_ms, x, y, hand.palm, hand.score, raised=lean <= 110)
