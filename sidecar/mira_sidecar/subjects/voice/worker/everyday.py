"""Speech in which nobody says a wake word, made by voices: what a word that is taught has to be told from.

`scripts/everyday-speech` makes it. It is in two halves: by one is set how near is near, by the other that is tried.
"""

from functools import cache
from importlib import resources
from typing import IO, Literal

import numpy as np

from .likeness import BANDS, Row, Rows, rows_of

EVERYDAY = "everyday.npz"
type Half = Literal["fitted", "tried"]


def write(file: IO[bytes], fitted: bytes, tried: bytes) -> None:
    """Write both halves, as likeness.py has them; two bands in a byte."""
    both = np.frombuffer(fitted + tried, np.uint8).reshape(-1, BANDS)
    mean_of_both = both.mean(axis=0, dtype=np.float32)
    np.savez_compressed(file, mean=mean_of_both, fitted=_packed(fitted), tried=_packed(tried))


def _packed(half: bytes) -> np.ndarray:
    bands = np.frombuffer(half, np.uint8).reshape(-1, BANDS)
    packed: np.ndarray = bands[:, ::2] << 4 | bands[:, 1::2]
    return packed


@cache
def mean() -> Row:
    """Of all of it."""
    loaded: Row = _member("mean")
    return loaded


def rows(half: Half) -> Rows:
    """One half."""
    packed = _member(half)
    both = np.stack([packed >> 4, packed & 0x0F], axis=2)
    return rows_of(both.reshape(-1, BANDS).tobytes(), mean())


def _member(name: str) -> np.ndarray:
    with resources.files(__package__).joinpath(EVERYDAY).open("rb") as file, np.load(file) as loaded:
        member: np.ndarray = loaded[name]
        return member
