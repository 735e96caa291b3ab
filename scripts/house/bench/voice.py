"""`scripts/bench voice`: how well wake words are heard in hours of sound and across rooms, and what listening costs."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from house.bench import voice_echo, voice_false, voice_rooms, voice_taught, voice_turns, voice_words
from house.bench.figures import Measured
from house.bench.voice_sounds import made_speech
from house.process import HouseError
from house.sound import Alsa
from mira_sidecar.devices.microphone.settings import Microphone
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.subjects.voice.commands.report import Reading, measured
from mira_sidecar.subjects.voice.worker import words

type Progress = Callable[[str], None]

_TWO_WORDS = ("okay_nabu", "alexa")


def measure(folder: Path, *, quick: bool, progress: Progress) -> dict[str, Measured]:
    """Take every figure. Raises HouseError where what is needed cannot be had."""
    if not words.built_in():
        raise HouseError("What hears wake words is not installed. Run scripts/setup.")
    return (
        _listening(folder, 4 if quick else 60, progress)
        | voice_turns.figures(folder, quick=quick, progress=progress)
        | voice_echo.figures(quick=quick, progress=progress)
        | voice_rooms.figures(quick=quick, progress=progress)
        | voice_words.figures(quick=quick, progress=progress)
        | voice_false.figures(quick=quick, progress=progress)
        | voice_taught.figures(quick=quick, progress=progress)
    )


def _listening(folder: Path, seconds: float, progress: Progress) -> dict[str, Measured]:
    """What the microphone's process costs while somebody speaks in the room."""
    progress(f"listening for {seconds:.0f} s")
    models = [words.built_in()[word].model for word in _TWO_WORDS]
    with Alsa(folder / "room") as room, _in_environment(room.environment):
        for pcm in made_speech("slt", 0, round(5 * seconds)):
            room.play(pcm)
        try:
            reading = asyncio.run(measured(Microphone(room.microphone), models, seconds))
        except OperationError as error:
            raise HouseError(str(error)) from error
    return _costs(reading)


def _costs(reading: Reading) -> dict[str, Measured]:
    note = f"of one core, over {reading.seconds:g} s, {reading.words} words, in which somebody speaks"
    return {
        "listening_cpu_percent": Measured(reading.cpu_percent, note),
        "listening_rss_mb": Measured(reading.memory_mb, "resident set of the microphone's process"),
        "microphone_open_ms": Measured(reading.opened_ms, "from the start of its process to the first sound"),
    }


@contextmanager
def _in_environment(variables: dict[str, str]) -> Iterator[None]:
    """The programs that are started meanwhile have these."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
