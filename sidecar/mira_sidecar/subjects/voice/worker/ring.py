"""The last two seconds of what was heard, in memory alone."""

from typing import Final

import numpy as np

RATE: Final = 16_000
"""Samples a second."""
_KEPT = 2 * RATE
_SLICE = RATE // 100
"""10 ms: of so many samples the level is taken where a word is to have ended."""
_QUIET = 10 ** (-15 / 20)
"""So much softer than the loudest of a word is what lies behind it."""
_WORD = round(0.6 * RATE)
_PAUSE, _STILL = 8, 3
"""Slices that have to be quiet: less is within a word, as ahead of a `b`, unless it is quiet still."""

type Samples = np.ndarray[tuple[int], np.dtype[np.int16]]


class Ring:
    """Sound by its place: the number of samples since it began."""

    def __init__(self) -> None:
        self._sound = bytearray()
        self.end = 0
        self._t_ms = 0.0

    @property
    def start(self) -> int:
        """The place of the oldest sample that is still here."""
        return self.end - len(self._sound) // 2

    def add(self, pcm: bytes, t_ms: float) -> None:
        """A block, and when it ended."""
        self._sound += pcm
        self.end += len(pcm) // 2
        self._t_ms = t_ms
        del self._sound[: max(0, len(self._sound) - 2 * _KEPT)]

    def skip(self, samples: int) -> None:
        """So many were lost; what was before them is not followed by what comes, and forgotten."""
        self._sound.clear()
        self.end += samples

    def read(self, place: int, samples: int) -> bytes:
        """So many samples from a place on."""
        first = 2 * (place - self.start)
        return bytes(self._sound[first : first + 2 * samples])

    def time_ms(self, place: int) -> float:
        """When what is at a place was heard."""
        return self._t_ms - (self.end - place) * 1000 / RATE

    def place(self, t_ms: float) -> int:
        """What was heard then; the nearest that is here."""
        place = self.end - round((self._t_ms - t_ms) * RATE / 1000)
        return min(max(place, self.start), self.end)

    def end_of_word(self, lag_ms: int) -> int:
        """Where a word ended that was heard just now, at most `lag_ms` after its end.

        That is where the first quiet begins in that time, by the loudest of the word; where there is none, for somebody
        went on at once or it is loud here, the earliest that it can have been: rather some of the word than none of
        what follows it.
        """
        earliest = max(self.start, self.end - lag_ms * RATE // 1000)
        levels = self._levels(max(self.start, earliest - _WORD))
        quiet = levels < levels.max(initial=0.0) * _QUIET
        for left in range((self.end - earliest) // _SLICE, _STILL - 1, -1):
            if quiet[len(quiet) - left :][:_PAUSE].all():
                return self.end - left * _SLICE
        return earliest

    def _levels(self, place: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """How loud each slice is from there on; they end where the sound does."""
        samples = np.frombuffer(self.read(place, self.end - place), "<i2").astype(np.float64)
        whole = samples[len(samples) % _SLICE :].reshape(-1, _SLICE)
        levels: np.ndarray[tuple[int], np.dtype[np.float64]] = np.sqrt(np.mean(whole**2, axis=1))
        return levels
