"""The recorded hands of static_poses.csv, in blocks of rows that were recorded one after the other."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mira_sidecar.subjects.gesture.worker.classifier import Rows

CLASSES = ("open", "closed", "pointing")
BLOCKS = 10
HELD_OUT = (2, 7)
"""Blocks of each class that no training sees."""
_MARGIN = 4
"""Rows beside a block that is held out, which nearly repeat it: neither trained with nor tested."""


@dataclass(frozen=True, eq=False)
class Recorded:
    """Hands (n, 21, 2) with the names of their shapes, and in which block of their class each is."""

    hands: Rows
    shapes: np.ndarray[tuple[int], np.dtype[np.str_]]
    blocks: np.ndarray[tuple[int], np.dtype[np.int64]]
    places: np.ndarray[tuple[int], np.dtype[np.float64]]
    """Of each row within its class, in blocks."""

    @property
    def held_out(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which rows no training has seen."""
        return np.isin(self.blocks, HELD_OUT)

    def split(self, held_out: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Which rows to train with, and which are held out."""
        out = np.isin(self.blocks, held_out)
        length = np.array([np.sum(self.shapes == shape) for shape in self.shapes]) / BLOCKS
        near = np.zeros(len(out), bool)
        for block in held_out:
            near |= (self.places > block - _MARGIN / length) & (self.places < block + 1 + _MARGIN / length)
        return ~near, out


def read(table: Path) -> Recorded:
    """The rows of the table, in their order."""
    rows = [row for row in csv.reader(table.open()) if row]
    numbers = np.array([int(row[0]) for row in rows])
    places = np.zeros(len(rows))
    for number in range(len(CLASSES)):
        mine = np.flatnonzero(numbers == number)
        places[mine] = np.arange(len(mine)) * BLOCKS / len(mine)
    return Recorded(
        hands=np.array([row[1:] for row in rows], np.float32).reshape(-1, 21, 2),
        shapes=np.array(CLASSES)[numbers],
        blocks=places.astype(np.int64),
        places=places,
    )
