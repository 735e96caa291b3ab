"""`mira-sidecar voice report`: what a microphone hears and what listening costs, where it is; to be shown to others.

No sound, no word and no name is in it, and none is kept.
"""

import asyncio
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from mira_sidecar import __version__
from mira_sidecar.config import Settings
from mira_sidecar.devices import messages as device
from mira_sidecar.devices.microphone.settings import Microphone
from mira_sidecar.devices.process import Capture, capturing
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.progress import Progress
from mira_sidecar.printing import say
from mira_sidecar.store.lock import locked
from mira_sidecar.subjects.voice.commands.choosing import chosen, known_words
from mira_sidecar.subjects.voice.names import FIRST_WORD
from mira_sidecar.subjects.voice.settings import VoiceSettings
from mira_sidecar.subjects.voice.worker.messages import Level, LookerSettings, Message, Missed, WakeModel, Woken

_LOOKER: Final = "mira_sidecar.subjects.voice.worker.looker"
_SETTLED_S: Final = 2.0
"""After it was opened, models have been loaded."""
_TO_SPEAK_S: Final = 5.0
_decode = msgspec.json.Decoder(Message)


@dataclass
class Reading:
    """What was measured."""

    seconds: float
    words: int
    """That were listened for."""
    opened_ms: float = 0.0
    """From the start of the process to the first sound."""
    cpu_percent: float = 0.0
    """Of one core."""
    memory_mb: float = 0.0
    levels_db: list[float] = field(default_factory=list)
    noise_db: list[float] = field(default_factory=list)
    wakes: int = 0
    near_misses: int = 0
    asked: int = 0
    """How often somebody was asked for the wake word."""
    found: int = 0


def report(settings: Settings, seconds: int, speak: int, *, as_json: bool) -> None:
    """Listen for so long, and print what was measured. Raises OperationError, StoreError."""
    own = settings.of(VoiceSettings)
    if settings.microphone is None:
        raise OperationError("No microphone is set. Set `microphone` to its name in ALSA, such as `default`.")
    known = known_words(own.wake_models)
    models = [known[word].model for word in chosen(known, own.wake_words or [FIRST_WORD])]
    phrase = known[models[0].id].about.phrase
    # The sidecar's own has the microphone; and none is to start meanwhile.
    lock = locked(settings.database_path)
    try:
        told = f"The microphone is open for {seconds} s, whatever the mirror's switch says. No sound is kept."
        say(told, file=sys.stderr)
        reading = asyncio.run(measured(Microphone(settings.microphone), models, seconds, speak, phrase))
    finally:
        os.close(lock)
    if as_json:
        say(*json.dumps(_figures(reading), indent=2).splitlines())
    else:
        say(*_page(reading))


async def measured(
    microphone: Microphone, models: Sequence[WakeModel], seconds: float, speak: int = 0, phrase: str = ""
) -> Reading:
    """Listen in the process in which the mirror does. Raises OperationError where the microphone fails."""
    reading = Reading(seconds, len(models))
    looker = LookerSettings(words=list(models), levels=True)
    order = device.LookerOrder(_LOOKER, msgspec.Raw(msgspec.json.encode(looker)))
    orders = device.Orders(device=msgspec.Raw(msgspec.json.encode(microphone)), lookers={"voice": order})
    began = time.monotonic()
    async with capturing(microphone.process, orders) as capture:
        said = capture.messages()
        await _opened(said)
        reading.opened_ms = (time.monotonic() - began) * 1000
        await _listen(said, _SETTLED_S, lambda message: None)
        await _rest(capture, said, reading)
        for number in range(speak):
            say(f"Say “{phrase}” now ({number + 1} of {speak}).", file=sys.stderr)
            heard: list[Woken] = []
            await _listen(said, _TO_SPEAK_S, partial(_note, heard))
            reading.asked += 1
            reading.found += bool(heard)
    return reading


def _note(heard: list[Woken], message: Message) -> None:
    if isinstance(message, Woken):
        heard.append(message)


async def _rest(capture: Capture, said: AsyncIterator[device.Message], reading: Reading) -> None:
    """Take what there is while nobody is asked for anything."""

    def hear(message: Message) -> None:
        match message:
            case Level():
                reading.levels_db.append(message.level_db)
                reading.noise_db.append(message.noise_db)
                progress.reach(round(time.monotonic() - began), round(reading.seconds))
            case Woken():
                reading.wakes += 1
            case Missed():
                reading.near_misses += message.count
            case _:
                pass

    began, before = time.monotonic(), _cpu_seconds(capture.pid)
    with Progress("listening", "seconds") as progress:
        await _listen(said, reading.seconds, hear)
    passed = time.monotonic() - began
    reading.cpu_percent = (_cpu_seconds(capture.pid) - before) / passed * 100
    reading.memory_mb = _resident_mb(capture.pid)


async def _opened(said: AsyncIterator[device.Message]) -> None:
    async for message in said:
        _check(message)
        if isinstance(message, device.Opened):
            return


async def _listen(said: AsyncIterator[device.Message], seconds: float, hear: Callable[[Message], None]) -> None:
    """Take what is said for so long: five levels come each second, or that the microphone failed."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        message = await anext(said)
        _check(message)
        if isinstance(message, device.Said):
            hear(_decode.decode(message.message))


def _check(message: device.Message) -> None:
    """Raise OperationError where the microphone, or what listens in it, failed."""
    match message:
        case device.Failed():
            raise OperationError(message.message)
        case device.Faulted():
            raise OperationError(message.message or f"What listens failed ({message.error}): please report it.")
        case _:
            pass


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process so far (proc(5): utime and stime are the 14th and 15th field of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


def _figures(reading: Reading) -> dict[str, object]:
    figures = {name: value for name, value in asdict(reading).items() if not isinstance(value, list)}
    rounded = {name: round(value, 2) if isinstance(value, float) else value for name, value in figures.items()}
    levels = {"level_db": statistics.median(reading.levels_db), "noise_db": statistics.median(reading.noise_db)}
    return {"version": __version__, "machine": _machine(), **rounded, **levels}


def _page(reading: Reading) -> Iterator[str]:
    level, noise = statistics.median(reading.levels_db), statistics.median(reading.noise_db)
    words = "one wake word" if reading.words == 1 else f"{reading.words} wake words"
    yield f"Mira {__version__} on {_machine()}"
    yield f"microphone   open after {reading.opened_ms:,.0f} ms"
    yield f"sound        {level:.1f} dB of full scale, {noise:.1f} dB while nobody speaks (medians)"
    yield f"listening    for {words}: {reading.cpu_percent:.2f} % of a core, {reading.memory_mb:.0f} MB"
    yield f"wake words   {reading.wakes} heard in {reading.seconds:g} s, {reading.near_misses} near-misses"
    if reading.asked:
        yield f"asked for    {reading.asked}: {reading.found} found, {reading.asked - reading.found} missed"


def _machine() -> str:
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{_model()}, {os.cpu_count()} cores, {system}"


def _model() -> str:
    """What the machine calls itself, or its processor."""
    try:
        return Path("/proc/device-tree/model").read_text().strip("\0\n ")
    except OSError:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
