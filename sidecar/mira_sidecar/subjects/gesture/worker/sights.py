"""Which of the frames are told to displays. Pure: time comes with each frame."""

import math
from collections.abc import Sequence

from mira_sidecar.subjects.gesture.seen import LiveHand

from .messages import Seen

_BETWEEN_MS = 1000 / 15
"""On average, between two frames that are told."""
_EARLY_MS = _BETWEEN_MS / 2
"""A frame may come so much before its time: frames are not evenly spaced, and the next one may be long in coming."""


class Sights:
    """Tells of hands at most 15 times a second, and once that the last one has gone."""

    def __init__(self) -> None:
        self._due_ms = -math.inf
        self._shown = False

    def observe(self, t_ms: float, hands: Sequence[LiveHand]) -> Seen | None:
        """What is to be told of the hands in the frame taken at `t_ms`."""
        if hands:
            if t_ms < self._due_ms - _EARLY_MS:
                return None
            self._due_ms = max(t_ms - _EARLY_MS, self._due_ms) + _BETWEEN_MS
        elif not self._shown:
            return None
        self._shown = bool(hands)
        return Seen(hands=list(hands), t_ms=t_ms)
