"""Hears one wake word in features of sound."""

from pathlib import Path

import numpy as np
import pymicro_wakeword
from pymicro_wakeword import MicroWakeWord

from .messages import WakeModel

_LAG_MS = 180
"""At most between the end of a word and the first look of its model that finds it probable. Measured: 0 to 180."""
_NEAR = 0.5
"""A near-miss is at least as probable as this part of what it takes."""
_STRIDE_MS = 30
"""Between two looks of a model, as all have it so far."""
type Features = np.ndarray[tuple[int, int, int], np.dtype[np.float32]]


class Ear:
    """Listens for a wake word. It is told once that it was heard, however long it is probable."""

    def __init__(self, word: WakeModel) -> None:
        """Load its model. Raises RuntimeError or ValueError where that is none."""
        self.word = word
        self._model = MicroWakeWord(
            word.id,
            wake_word=word.id,
            tflite_model=word.path,
            probability_cutoff=word.cutoff,
            sliding_window_size=word.window,
            trained_languages=[],
            libtensorflowlite_c_path=_library(),
        )
        self.lag_ms = _LAG_MS + word.window * _STRIDE_MS
        """At most between its end and when it is told."""
        self._fed = 0
        self._peak = 0.0
        """The highest since it was last improbable."""
        self.missed: float | None = None
        """How probable it was, where that is over and was nearly enough; until the next `hear`."""

    def hear(self, features: Features) -> float | None:
        """Listen to the next 10 ms; how probable the word is, where it has just been heard."""
        now = self._model.process_streaming_prob(features) or 0.0
        self.missed = None
        self._fed += 1
        if self._fed % self._model.stride:  # the model has not looked, and says 0
            return None
        before, self._peak = self._peak, max(self._peak, now)
        cutoff = self.word.cutoff
        if now < _NEAR * cutoff:
            if _NEAR * cutoff <= self._peak <= cutoff:
                self.missed = self._peak
            self._peak = 0.0
        return now if before <= cutoff < now else None


def _library() -> Path:
    """The library of TensorFlow Lite that is in the package."""
    return next((Path(pymicro_wakeword.__file__).parent / "lib").glob("*tensorflowlite_c.*"))
