"""The sign that the mirror listens: two soft notes, a fifth apart, made here."""

import io
import wave
from array import array
from math import exp, pi, sin
from typing import Final

_RATE: Final = 24_000
_NOTES: Final = ((0.0, 659.26), (0.07, 987.77))
"""When each begins, in seconds, and its frequency: e″ and b″."""
_LENGTH_S = 0.32
_ATTACK_S = 0.006
_DECAY_S = 0.07
_FADE_S = 0.02
_PEAK = 0.25


def chime() -> bytes:
    """It as a WAV file."""
    sound = [_at(place / _RATE) for place in range(round(_LENGTH_S * _RATE))]
    loudness = _PEAK * 32_767 / max(map(abs, sound))
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(array("h", (round(one * loudness) for one in sound)).tobytes())
    return made.getvalue()


def _at(time_s: float) -> float:
    """The sound at this time."""
    fade = min(1.0, (_LENGTH_S - time_s) / _FADE_S)
    return fade * sum(_note(time_s - start_s, frequency) for start_s, frequency in _NOTES if time_s > start_s)


def _note(since_s: float, frequency: float) -> float:
    """With its octave, softly and shorter, as a bar of wood has it."""
    envelope = min(1.0, since_s / _ATTACK_S) * exp(-since_s / _DECAY_S)
    turn = 2 * pi * frequency * since_s
    return envelope * (sin(turn) + 0.25 * envelope * sin(2 * turn))
