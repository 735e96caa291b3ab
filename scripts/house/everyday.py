"""`scripts/everyday-speech`: speech in which nobody says a wake word, as the features by which taught ones are told."""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pymicro_wakeword import MicroWakeWordFeatures

from house.bench.voice_sounds import CACHE, ESPEAK, TEXTS, made_speech
from house.debian import unpacked
from mira_sidecar.subjects.voice.worker import everyday
from mira_sidecar.subjects.voice.worker.likeness import BANDS, coarse

VOICES: Final = (
    *("awb", "awb", "awb", "awb", "en-us", "en-us+f4", "en-us+m1", "en-us+m7"),
    *("en-gb-x-rp+f3", "en-gb-scotland", "en-029", "en-gb-x-rp+f3"),
)
"""Whoever teaches words in the bench is not among them."""
_WORDS: Final = 500
_FIRST: Final = 50
"""Of the sayings, of which the bench says others."""


def sounds_of(sound: Iterable[bytes]) -> bytes:
    """As likeness.py has it."""
    features = MicroWakeWordFeatures()
    heard = [one for pcm in sound for one in features.process_streaming(pcm)]
    return b"".join(coarse([heard[at], heard[at + 1]]) for at in range(0, len(heard) - 1, 2))


def _spoken(half: int) -> Iterator[bytes]:
    for number, voice in enumerate(VOICES):
        if number % 2 == half:
            yield from made_speech(voice, _FIRST + number, _WORDS)


def main() -> None:
    """Make it."""
    parser = argparse.ArgumentParser(description=__doc__)
    there = Path(everyday.__file__).parent / everyday.EVERYDAY
    parser.add_argument("--output", type=Path, default=there, metavar="F")
    output: Path = parser.parse_args().output
    unpacked(CACHE, TEXTS, *ESPEAK)
    fitted, tried = (sounds_of(_spoken(half)) for half in (0, 1))
    with output.open("wb") as file:
        everyday.write(file, fitted, tried)
    minutes = [round(len(half) / BANDS / 50 / 60, 1) for half in (fitted, tried)]
    print(f"{minutes[0]} and {minutes[1]} minutes of speech, {output.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
