"""How alike two pieces of speech are: dynamic time warping over what the wake words' library makes of sound. Pure.

A take is how somebody said a word: each 20 ms are 20 bytes, the power in bands from low to high, coarse. No sound, but
what was said, and by whom, might be told from it: it is personal.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

BANDS: Final = 20
STEP_MS: Final = 20
_COARSE = 2.0
"""What the library says of a band, up to 26, in such steps."""
_NEAREST = 2
"""By so many takes: one that was caught badly takes in nothing alone."""
_FAR = np.float32(1e6)

type Row = np.ndarray[tuple[int], np.dtype[np.float32]]
type Rows = np.ndarray[tuple[int, int], np.dtype[np.float32]]


def coarse(features: Sequence[np.ndarray]) -> bytes:
    """What is kept of 20 ms: of the library's features of twice 10 ms."""
    both = np.mean([np.reshape(one, (BANDS, -1)).mean(axis=1) for one in features], axis=0)
    sounds: bytes = np.round(both / _COARSE).astype(np.uint8).tobytes()
    return sounds


def rows_of(sounds: bytes, mean: Row) -> Rows:
    """Each 20 ms as a direction from the mean of speech: however loud it was."""
    rows = np.frombuffer(sounds, np.uint8).reshape(-1, BANDS).astype(np.float32) - mean
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return rows


class Likeness:
    """Compares what is heard with takes, as it comes: each may be said up to twice as fast or as slow."""

    def __init__(self, takes: Sequence[Rows]) -> None:
        longest, count = max(len(take) for take in takes), len(takes)
        side_by_side = np.zeros((longest, count, BANDS), np.float32)
        for number, take in enumerate(takes):
            side_by_side[: len(take), number] = take
        self._takes = side_by_side.reshape(-1, BANDS)
        self._last = np.array([len(take) - 1 for take in takes])
        self._numbers = np.arange(count)
        self._shape = longest, count
        self.reset()

    def reset(self) -> None:
        """Begin anew: what comes does not follow what came."""
        # The cheapest ways that end here, one step ago and two; and what the last step cost by itself.
        self._before = np.full(self._shape, _FAR, np.float32)
        self._earlier, self._cost = self._before, np.zeros(self._shape, np.float32)

    def hear(self, row: Row) -> Row:
        """The next 20 ms; how far what ends with them is from each take: 0 is alike, 1 has nothing in common."""
        cost = 1 - (self._takes @ row).reshape(self._shape)
        ways = np.empty_like(cost)
        ways[0] = cost[0]
        ways[1:] = np.minimum(
            self._before[:-1] + cost[1:],  # as fast as the take
            self._earlier[:-1] + (self._cost[1:] + cost[1:]) / 2,  # half as fast
        )
        np.minimum(ways[2:], self._before[:-2] + cost[1:-1] + cost[2:], out=ways[2:])  # twice as fast
        self._earlier, self._before, self._cost = self._before, ways, cost
        distances: Row = ways[self._last, self._numbers] / (self._last + 1)
        return distances


def nearest(distances: Row) -> float:
    """How far it is from the word, by the takes."""
    return float(np.sort(distances)[:_NEAREST].mean())
