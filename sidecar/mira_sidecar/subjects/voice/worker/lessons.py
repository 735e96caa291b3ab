"""Cuts what is said while a wake word is taught into takes. Of the sound itself nothing is left."""

from collections import deque
from collections.abc import Iterable
from typing import Final

import numpy as np

from mira_sidecar.subjects.voice.core.slice import TakeFault

from .likeness import coarse
from .messages import Lesson, Take

_BLOCK_MS: Final = 20
_QUIET_BLOCKS: Final = 100
"""By so many, 2 s, is told how loud it is while nobody speaks; it takes a quarter of them until anything is."""
_SOFT: Final = 0.2
_LOUDER_DB: Final = 10.0
"""Than while nobody speaks, where somebody does: for three blocks at least."""
_OVER_BLOCKS: Final = 20
"""Of quiet after a word."""
_BEFORE_BLOCKS: Final = 6
"""Ahead of where it was loud enough; a word may begin softly."""
_RANGE_DB: Final = 24.0
"""What is so much softer than the loudest of a word does not belong to it, such as what a room adds."""
_CLEAR_DB: Final = 15.0
"""So much louder than the room the loudest of a word is, at least."""
_SHORTEST: Final = 18
_LONGEST: Final = 100
"""Blocks: 0.36 to 2 s."""
_SILENCE_DB: Final = -90.0


class Takes:
    """Hears a lesson."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self._last = deque[tuple[float, bytes]](maxlen=_BEFORE_BLOCKS)
        self._levels = deque[float](maxlen=_QUIET_BLOCKS)
        self._features: list[np.ndarray] = []
        self._said: list[tuple[float, bytes]] = []
        """Of each block how loud it is, and how it sounds; from the beginning of a word on."""
        self._floor_db = 0.0

    def hear(self, pcm: bytes, features: Iterable[np.ndarray]) -> Take | None:
        """A block of 20 ms; the take that it completes."""
        self._features += features
        if len(self._features) < 2:  # the first blocks have less
            return None
        block = _level_db(pcm), coarse(self._features[:2])
        del self._features[:2]
        if self._said:
            self._said.append(block)
            return self._cut() if self._is_over() else None
        self._levels.append(block[0])
        self._last.append(block)
        self._floor_db = float(np.quantile(self._levels, _SOFT))
        speaks = [level > self._floor_db + _LOUDER_DB for level, _ in self._last][-3:]
        if len(self._levels) >= _QUIET_BLOCKS // 4 and all(speaks):
            self._said = list(self._last)
        return None

    def _is_over(self) -> bool:
        quiet = all(level <= self._least_db() for level, _ in self._said[-_OVER_BLOCKS:])
        return len(self._said) > _OVER_BLOCKS and (quiet or len(self._said) > _LONGEST + 2 * _OVER_BLOCKS)

    def _least_db(self) -> float:
        """What is louder belongs to the word."""
        peak = max(level for level, _ in self._said)
        return max(peak - _RANGE_DB, self._floor_db + _LOUDER_DB / 2)

    def _cut(self) -> Take:
        said, least = self._said, self._least_db()
        peak = max(level for level, _ in said)
        self._said = []
        self._last.clear()
        loud = [number for number, (level, _) in enumerate(said) if level > least]
        word = said[loud[0] : loud[-1] + 1] if loud else []
        fault: TakeFault | None = None
        if len(word) > _LONGEST:
            # It may be louder here than before, and stay so.
            self._levels.clear()
            fault = "too_long"
        elif peak < self._floor_db + _CLEAR_DB:
            fault = "too_soft"
        elif len(word) < _SHORTEST:
            fault = "too_short"
        if fault:
            return Take(lesson=self.lesson.id, fault=fault)
        return Take(lesson=self.lesson.id, sounds=b"".join(sounds for _, sounds in word))


def _level_db(pcm: bytes) -> float:
    samples = np.frombuffer(pcm, "<i2").astype(np.float64) / 32_768
    power = float(np.mean(samples**2))
    return max(_SILENCE_DB, 10 * float(np.log10(power))) if power else _SILENCE_DB
