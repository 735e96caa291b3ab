"""Tries a model of a wake word: `python -m mira_sidecar.subjects.voice.worker.check`, told which on standard input.

Prints why it cannot be used, where that can be told; a damaged one may end this process.
"""

import sys

import msgspec
import numpy as np

from .ear import Ear
from .messages import WakeModel

_BINS = 40
"""Of the features of 10 ms."""


def fault(word: WakeModel) -> str | None:
    """Why a model cannot be used."""
    try:
        ear = Ear(word)
        for _ in range(100):
            ear.hear(np.zeros((1, 1, _BINS), np.float32))
    except (RuntimeError, ValueError, OSError) as error:
        return f"its model cannot be used ({error})"
    return None


if __name__ == "__main__":
    if text := fault(msgspec.json.decode(sys.stdin.buffer.read(), type=WakeModel)):
        sys.stdout.write(text)
        sys.exit(1)
