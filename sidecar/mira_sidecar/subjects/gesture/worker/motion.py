"""Whether anything has moved in front of the camera: an empty room needs no search for hands. Pure."""

import math

import numpy as np

type Grey = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
"""Shape (48, 64): the brightness of a small picture."""

GREY_SIZE = (64, 48)
"""Width and height. A palm of 40 pixels in 640 is four cells wide; a cell is the mean of a hundred pixels, and a
noise of 10 levels is one of 1 there."""
_LEAST = 8.0
"""Levels of 255 by which a cell has to differ: a hand differs from what is behind it by 20 and more."""
_NOISE = 8.0
"""How many times the typical difference it has to be: in the dark a camera's noise grows."""
_UNASKED_MS = 1_000
"""A look without any motion: a hand that rests is found after this time at the latest."""


class MotionGate:
    """Compares pictures with the last one that was searched, so that slow motion adds up."""

    def __init__(self) -> None:
        self._searched: np.ndarray[tuple[int, ...], np.dtype[np.int16]] | None = None
        self._searched_ms = -math.inf

    def opens(self, t_ms: float, grey: Grey) -> bool:
        """Whether this picture is worth a search; it is then the one that the next ones are compared with."""
        now = grey.astype(np.int16)
        if self._searched is not None and t_ms - self._searched_ms < _UNASKED_MS and not _moved(now - self._searched):
            return False
        self._searched, self._searched_ms = now, t_ms
        return True


def _moved(difference: np.ndarray[tuple[int, ...], np.dtype[np.int16]]) -> bool:
    """Whether a part of the picture changed: not all of it alike, as when the exposure changes."""
    apart = np.abs(difference - np.median(difference))
    return bool(apart.max() > max(_LEAST, _NOISE * float(np.median(apart))))
