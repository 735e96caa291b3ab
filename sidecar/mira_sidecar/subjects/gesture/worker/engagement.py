"""Whether a hand is meant for the mirror: raised, near, facing it, inside the picture, and so for some frames. Pure.

What begins an engagement is stricter than what keeps it: a hand at a limit does not come and go.
"""

import math
from dataclasses import dataclass

from .hand import MIDDLE_KNUCKLE, WRIST, Hand
from .shapes import INDEX, KNUCKLES, LITTLE

_AGREE_MS = 60
"""For so long, and in two frames at least, a hand has to be fit before it is engaged."""
_LAPSE_MS = 250
"""A hand that was unfit for less is engaged still."""


@dataclass(frozen=True)
class _Limits:
    lean: float
    """Degrees that the hand may lean from straight up: a thumb that points down has a hand that lies on its side."""
    size: float
    """Of the palm, as a part of the picture's height: 9 cm are 5 % of it at 2 m, where the picture is 1.8 m high."""
    narrow: float
    wide: float
    """Of the row of knuckles, in lengths of the palm: a hand seen from its edge is narrower, one that points at the
    camera is wider."""
    border: float
    """What has to be between the palm's middle and the picture's edge, as a part of the picture's width or height."""
    bottom: float
    """The same of the lower edge: from there a hand is on its way up."""


_ENTER = _Limits(lean=130, size=0.05, narrow=0.25, wide=1.7, border=0.05, bottom=0.15)
_STAY = _Limits(lean=145, size=0.04, narrow=0.15, wide=2.0, border=0.0, bottom=0.0)


class Engagement:
    """The gate of one hand."""

    def __init__(self) -> None:
        self._fit_since: float | None = None
        self._fit_frames = 0
        self._fit_last = -math.inf
        self._engaged = False

    @property
    def engaged(self) -> bool:
        """Whether the hand counts."""
        return self._engaged

    def observe(self, t_ms: float, hand: Hand) -> bool:
        """Whether the hand of this frame counts."""
        if _fits(hand, _STAY if self._engaged else _ENTER):
            self._fit_last = t_ms
            self._fit_frames += 1
            if self._fit_since is None:
                self._fit_since = t_ms
            if self._fit_frames >= 2 and t_ms - self._fit_since >= _AGREE_MS:
                self._engaged = True
        elif not self._engaged or t_ms - self._fit_last > _LAPSE_MS:
            self._engaged, self._fit_since, self._fit_frames = False, None, 0
        return self._engaged


def _fits(hand: Hand, limits: _Limits) -> bool:
    points, palm = hand.landmarks, hand.palm
    if palm == 0:
        return False
    width, height = hand.picture
    right, down = (points[MIDDLE_KNUCKLE] - points[WRIST]).tolist()
    knuckles = math.dist(points[KNUCKLES[INDEX]], points[KNUCKLES[LITTLE]])
    x, y = hand.centre.tolist()
    inside = min(x / width, 1 - x / width, y / height)
    return (
        math.degrees(math.atan2(abs(right), -down)) <= limits.lean
        and max(palm, knuckles) >= limits.size * height
        and limits.narrow * palm <= knuckles <= limits.wide * palm
        and inside >= limits.border
        and 1 - y / height >= limits.bottom
    )
