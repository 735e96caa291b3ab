"""How loud it is, and how loud while nobody speaks."""

from collections import deque

import numpy as np

from .messages import Level
from .ring import RATE

_EACH = RATE // 5
"""Samples between two figures: five a second."""
_LOOKED_BACK = 25
"""Figures: five seconds."""
_SOFT = 0.1
"""The part of the time in which nobody speaks, at least."""
_SILENCE_DB = -96.0
"""Nothing is softer with 16 bits."""


class Loudness:
    """Measures sound while somebody looks."""

    def __init__(self) -> None:
        self._sound = bytearray()
        self._levels = deque[float](maxlen=_LOOKED_BACK)

    def hear(self, pcm: bytes) -> Level | None:
        """Add a block; the next figure, where it is time for one."""
        self._sound += pcm
        if len(self._sound) < 2 * _EACH:
            return None
        samples = np.frombuffer(self._sound, "<i2").astype(np.float64) / 32_768
        self._sound = bytearray()
        power = float(np.mean(samples**2))
        level = max(_SILENCE_DB, 10 * float(np.log10(power))) if power else _SILENCE_DB
        self._levels.append(level)
        return Level(level_db=round(level, 1), noise_db=round(float(np.quantile(self._levels, _SOFT)), 1))
