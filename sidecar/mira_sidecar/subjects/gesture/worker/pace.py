"""How often the camera's picture is looked at. Pure: the caller tells the time."""

import math

_WATCHING_S = 0.03
"""Between the beginnings of two looks while there is a hand: all frames of a camera that gives 30 a second."""
_LINGERING_S = 1 / 15
"""For a moment after the hand has gone: it may be back."""
_WAITING_S = 1 / 5
"""While there is none."""
_LINGER_S = 1.0
_SHARE = 0.5
"""Of its time that looking may take: a slow or busy machine looks less often."""
_SLOWEST_S = 1 / 10
"""A hand is watched so often in any case: a swipe takes 0.2 to 0.4 s."""
_SMOOTHING = 0.1


class Pace:
    """Follows whether there is a hand, and how long a look takes."""

    def __init__(self) -> None:
        self._seen_s = -math.inf
        self._now_s = 0.0
        self._look_s = 0.0

    @property
    def lingering(self) -> bool:
        """Whether a hand has been there a moment ago."""
        return self._now_s - self._seen_s < _LINGER_S

    def rest_s(self, began_s: float, ended_s: float, *, seen: bool) -> float:
        """How long to rest after a look of this length, which saw a hand or not."""
        self._now_s = ended_s
        took_s = ended_s - began_s
        if seen:
            self._seen_s = ended_s
            self._look_s += (took_s - self._look_s) * (_SMOOTHING if self._look_s else 1)
            between_s = max(_WATCHING_S, min(_SLOWEST_S, self._look_s / _SHARE))
        else:
            between_s = _LINGERING_S if self.lingering else _WAITING_S
        return max(0.0, between_s - took_s)
