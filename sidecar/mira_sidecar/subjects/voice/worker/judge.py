"""Judges a wake word that was taught: `python -m mira_sidecar.subjects.voice.worker.judge`, told its takes as JSON.

In a process of its own: it takes some seconds of a core, in which the mirror goes on.
"""

import sys
from typing import Final

import msgspec
import numpy as np

from mira_sidecar.subjects.voice.core.slice import LessonOutcome, WordTrial

from . import everyday
from .likeness import STEP_MS, Likeness, nearest, rows_of
from .taught_ear import apart

_TOWARDS: Final = 0.7
"""Of the way from how far takes are from each other to the nearest of other speech: so far a word is heard."""
_FOUND: Final = 0.8
"""The part of the takes that is found by the others, at least."""
_MOST_FALSE: Final = 1
_LEAST_APART: Final = 0.28
"""From the nearest of other speech. Measured: words of one or two short syllables 0.19 to 0.31, others 0.29 to 0.44."""
_ONCE_STEPS: Final = 1_500 // STEP_MS
"""After a wake word, in which none is heard."""


class Verdict(msgspec.Struct, frozen=True):
    """What came of it."""

    outcome: LessonOutcome
    reach: float
    trial: WordTrial


def judged(takes: list[bytes]) -> Verdict:
    """Set how near is near by one half of everyday speech, and try it on the other."""
    each = [apart(takes, number) for number in range(len(takes))]
    typical = float(np.median(each))
    other = float(_distances(takes, "fitted").min())
    reach = max(0.0, typical + _TOWARDS * (other - typical))
    found = sum(one <= reach for one in each)
    tried = _distances(takes, "tried")
    trial = WordTrial(
        takes=len(takes),
        found=found,
        false_wakes=_times(tried <= reach),
        minutes=round(len(tried) * STEP_MS / 60_000),
    )
    if found < _FOUND * len(takes):
        return Verdict("takes_differ", reach, trial)
    common = other < _LEAST_APART or trial.false_wakes > _MOST_FALSE
    return Verdict("too_common" if common else "learned", reach, trial)


def _distances(takes: list[bytes], half: everyday.Half) -> np.ndarray:
    likeness = Likeness([rows_of(take, everyday.mean()) for take in takes])
    return np.array([nearest(likeness.hear(row)) for row in everyday.rows(half)])


def _times(near: np.ndarray) -> int:
    """How often the word would be heard."""
    times, deaf_until = 0, 0
    for step in np.flatnonzero(near):
        if step >= deaf_until:
            times, deaf_until = times + 1, step + _ONCE_STEPS
    return times


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(judged(msgspec.json.decode(sys.stdin.buffer.read(), type=list[bytes]))))
