"""Swipes, by the track of the hand. Pure: time comes with each hand.

A swipe starts from rest: a hand that is raised into the picture has not rested yet, and does not swipe up. It counts
as soon as it is too long for a swing of a wave, or when it has come to its end and does not turn back.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from .track import Point, Track, distance

type SwipeName = Literal["swipe_left", "swipe_right", "swipe_up", "swipe_down"]

_DISTANCE = 1.5
"""Palms that a swipe covers at least: 13 cm."""
_LONG = 2.4
"""Palms after which it need not have ended: a swing of a wave is shorter."""
_DURATION_MS = 450
"""Within this time; so a swipe has 30 cm/s or more."""
_BRISK = 6.0
"""Palms a second at which a movement is certainly meant."""
_STRAIGHT = 0.4
"""Movement across, as a part of the movement along, that a swipe may have."""
_BENT = 0.06
"""How far its points may lie off the line that is fitted to them, as a part of its length (root mean square)."""
_SLOWED = 0.4
"""Of its greatest speed: a movement that is slower comes to its end."""
_TURNED = 0.15
"""Palms that a hand which turns back has gone from its farthest point."""
_END_MS = 60
"""For so long it has to be slow, or out of the picture, and not turn back."""
_REST = 1.2
"""Palms a second below which a hand rests: trembling and the model's noise stay below 0.6 at 15 frames a second."""
_REST_MS = 120
"""Measured over so long, or a frame if that is longer."""
_SETTLED_MS = 150
"""So long it has to rest, as a hand that counts, before a swipe may start: talking hands rest for a moment only."""
_NEAR_REST = 0.5
"""Palms from where the hand rested that a swipe begins at most; a wave's second swing begins farther away."""
_STOP_MS = 600
"""A swipe down comes to rest in the picture within this time; a hand that is lowered does not."""
_RETURN_MS = 800
"""A movement back that begins within this time of the end of another, be it a swipe or not, is the way back."""
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
class _Movement:
    """What may become a swipe, so far."""

    swipe: Swipe
    start: Point
    palm: float
    found_ms: float
    farthest: float
    """Palms."""
    fastest: float
    """Palms a second."""
    slow_since: float | None = None

    def along(self, point: Point) -> float:
        """Palms from the start, in the direction of the swipe."""
        x, y = (point.x - self.start.x) / self.palm, (point.y - self.start.y) / self.palm
        return {"swipe_right": x, "swipe_left": -x, "swipe_up": y, "swipe_down": -y}[self.swipe.name]


class SwipeDetector:
    """Follows one hand."""

    def __init__(self) -> None:
        self._track = Track(_DURATION_MS)
        self._rest: Point | None = None
        """Where the hand last rested."""
        self._settling_ms: float | None = None
        """Since when it rests as one that counts."""
        self._may_start = False
        """Whether it rested long enough, and has not moved since."""
        self._coming: _Movement | None = None
        self._last: SwipeName | None = None
        self._last_ms = -math.inf

    @property
    def moving(self) -> bool:
        """Whether the hand is moving, or too new to tell."""
        return not self._resting()

    @property
    def rest(self) -> Point | None:
        """Where the hand last rested, where a movement may start there."""
        return self._rest if self._may_start else None

    @property
    def travel(self) -> tuple[float, float]:
        """Palms that the hand went to the person's right, and up, since it last rested."""
        if self._rest is None or not len(self._track):
            return 0.0, 0.0
        now = self._track.now
        return (now.x - self._rest.x) / now.palm, (now.y - self._rest.y) / now.palm

    def observe(self, t_ms: float, point: Point | None) -> Swipe | None:
        """The swipe that this point completes. None for the point: there is no hand in the frame of this time."""
        if self._track.lost(t_ms):
            self.forget()
        if point is None:
            return self._left(t_ms)
        self._track.add(point)
        if self._resting():
            return self._stopped()
        self._settling_ms = None
        if self._coming:
            return self._went_on(self._coming)
        movement = self._movement()
        if movement is None:
            return None
        back = self._is_back(movement)
        may_start, self._may_start = self._may_start and not back and self._from_rest(movement), False
        if not back:
            self._last, self._last_ms = movement.swipe.name, t_ms
        if not may_start:
            return None
        self._coming = movement
        return self._went_on(movement)

    def forget(self) -> None:
        """Begin anew: the hand has to rest before it swipes."""
        self._track.clear()
        self._rest = self._coming = self._settling_ms = None
        self._may_start = False

    def _left(self, t_ms: float) -> Swipe | None:
        """The hand is out of the picture. One that went down was lowered."""
        if self._coming is None or t_ms - self._track.now.t_ms < _END_MS:
            return None
        coming, self._coming = self._coming, None
        return None if coming.swipe.name == "swipe_down" else self._count(coming)

    def _stopped(self) -> Swipe | None:
        """The hand rests."""
        now = self._track.now
        coming, self._coming = self._coming, None
        self._settle(now)
        if coming is None or not now.ready or now.t_ms - coming.found_ms > _STOP_MS:
            return None
        return self._count(coming)

    def _settle(self, now: Point) -> None:
        """Take that the hand rests here."""
        if not now.ready:
            self._settling_ms = None
        elif self._settling_ms is None:
            self._settling_ms = now.t_ms
        self._may_start = self._settling_ms is not None and now.t_ms - self._settling_ms >= _SETTLED_MS
        self._rest = now

    def _went_on(self, coming: _Movement) -> Swipe | None:
        """The hand that was about to swipe moves: on, back, or slower."""
        now = self._track.now
        along, speed = coming.along(now), self._speed()
        if along < coming.farthest - _TURNED:
            self._coming = None
            return None
        slow = speed < _SLOWED * coming.fastest
        again = self._movement()
        self._coming = coming = replace(
            coming,
            swipe=again.swipe if again and again.swipe.name == coming.swipe.name else coming.swipe,
            farthest=max(along, coming.farthest),
            fastest=max(speed, coming.fastest),
            slow_since=(coming.slow_since if coming.slow_since is not None else now.t_ms) if slow else None,
        )
        ended = coming.slow_since is not None and now.t_ms - coming.slow_since >= _END_MS
        if coming.swipe.name == "swipe_down" or not (along >= _LONG or ended):
            return None
        self._coming = None
        return self._count(coming)

    def _count(self, movement: _Movement) -> Swipe:
        self._last, self._last_ms = movement.swipe.name, self._track.now.t_ms
        return movement.swipe

    def _is_back(self, movement: _Movement) -> bool:
        back = self._last is not None and movement.swipe.name == _OPPOSITE[self._last]
        return back and movement.start.t_ms - self._last_ms < _RETURN_MS

    def _from_rest(self, movement: _Movement) -> bool:
        return self._rest is not None and distance(movement.start, self._rest) <= _NEAR_REST * movement.palm

    def _resting(self) -> bool:
        """Whether the hand has kept still for the last moments."""
        before = self._track.before(_REST_MS) if len(self._track) else None
        if before is None:
            return False
        now = self._track.now
        # Not where it is against where it was: a hand that turns back is soon where it was, and does not rest.
        farthest = max(distance(now, point) for point in self._track if point.t_ms >= before.t_ms)
        return farthest < _REST * (now.t_ms - before.t_ms) / 1000 * now.palm

    def _speed(self) -> float:
        """Palms a second, of the last two frames."""
        before = self._track.before(1)
        if before is None:
            return 0.0
        return distance(self._track.now, before) / self._track.palm / (self._track.now.t_ms - before.t_ms) * 1000

    def _movement(self) -> _Movement | None:
        """The movement of the last moments, where it is far, quick and straight enough."""
        now, palm = self._track.now, self._track.palm
        away = [distance(now, point) for point in self._track]
        farthest = max(away)
        # The last one that is about as far: before it, the hand rested.
        first = max(at for at, far in enumerate(away) if far >= 0.9 * farthest)
        points = list(self._track)[first:]
        x, y = (now.x - points[0].x) / palm, (now.y - points[0].y) / palm
        along, across = max(abs(x), abs(y)), min(abs(x), abs(y))
        if along < _DISTANCE or across > _STRAIGHT * along or _off_line(points) > _BENT * along * palm:
            return None
        if abs(x) > abs(y):
            name: SwipeName = "swipe_right" if x > 0 else "swipe_left"
        else:
            name = "swipe_up" if y > 0 else "swipe_down"
        speed = along / (now.t_ms - points[0].t_ms) * 1000
        slowest = _DISTANCE / _DURATION_MS * 1000
        brisk = min(1.0, max(0.0, (speed - slowest) / (_BRISK - slowest)))
        straight = 1 - across / along / _STRAIGHT
        score = sum(point.score for point in self._track) / len(self._track)
        # At its limits a movement is as likely meant as not.
        swipe = Swipe(name, (0.5 + 0.5 * min(1.0, 2 * straight) * brisk) * score)
        return _Movement(swipe, points[0], palm, now.t_ms, farthest=along, fastest=speed)


def _off_line(points: list[Point]) -> float:
    """How far points lie off the line that fits them best: pixels, root mean square."""
    places = np.array([(point.x, point.y) for point in points])
    spread = np.linalg.svd(places - places.mean(axis=0), compute_uv=False)
    return float(spread[1] / np.sqrt(len(places)))
