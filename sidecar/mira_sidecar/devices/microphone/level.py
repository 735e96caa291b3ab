"""How loud it is: a looker that says so once, for `mira-sidecar doctor`."""

import math
from typing import Final

import msgspec
import numpy as np

from mira_sidecar.devices.lookers import Tell

from .messages import SILENT_DB, Loudness
from .source import Block

_BLOCKS: Final = 50
"""As many as make a second."""


class LevelLooker:
    """Listens for a second."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._power: list[float] = []

    def set(self, settings: msgspec.Raw) -> None:
        """There is nothing to set."""

    def look(self, taken: Block) -> float:
        """Listen; every block is wanted."""
        samples = np.frombuffer(taken.pcm, "<i2").astype(np.float64) / 32_768
        self._power.append(float(np.mean(samples**2)))
        if len(self._power) == _BLOCKS:
            power = sum(self._power) / _BLOCKS
            self._tell(Loudness(max(SILENT_DB, 10 * math.log10(power)) if power else SILENT_DB))
        return 0.0


LOOKER = LevelLooker
