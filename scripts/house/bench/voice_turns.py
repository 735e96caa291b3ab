"""How soon a mirror shows that it listens, is silent, and lets go of the microphone: a real sidecar at a made one."""

import contextlib
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import redis

from house.bench.figures import Measured
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from house.sound import RATE, Alsa
from house.voices import pause, spoken, wav
from mira_sidecar.protocol import Keys
from mira_sidecar.transport.sound import Frame, encode

_WORD = "okay nabu"
_MS = 1000.0
_PIECE = 16_000
_STEP_S = 0.002
_BUFFER_MS = 100.0
"""What a speaker has been given already; the made one plays it, a real one drops it."""


def figures(folder: Path, *, quick: bool, progress: Callable[[str], None]) -> dict[str, Measured]:
    """Turns that nobody answers: the sound goes to a listener that throws it away."""
    wakes, stops, offs = (3, 2, 3) if quick else (30, 20, 50)
    with RedisServer(folder / "turns-redis") as server, Alsa(folder / "turns-room") as room:
        sidecar = SidecarProcess(
            server.url,
            folder / "turns.db",
            environment=room.environment,
            microphone=room.microphone,
            speaker=room.speaker,
        )
        listener = redis.Redis.from_url(server.url)
        with listener.pubsub() as channel:  # type: ignore[no-untyped-call]
            channel.subscribe(Keys("hall").audio)  # without it no wake word is answered
            sidecar.start()
            try:
                mirror = _Mirror(sidecar, room, listener)
                mirror.switch(on=True)
                progress(f"{wakes} wake words")
                chimes = sorted(mirror.chime_ms() for _ in range(wakes))
                progress(f"{stops} replies that are stopped")
                silences = [mirror.silence_ms() for _ in range(stops)]
                progress(f"the microphone off {offs} times")
                freed = [mirror.freed_ms() for _ in range(offs)]
            finally:
                sidecar.stop()
    slowest = chimes[round(0.95 * (len(chimes) - 1))]
    heard = f"{wakes} times `{_WORD}`, from its end; fastest {chimes[0]:.0f}, slowest {chimes[-1]:.0f} ms"
    silent = f"{stops} times `stop_talking` in the midst of a reply; median {statistics.median(silences):.0f} ms"
    ended = f"{offs} times off until its process has ended; median {statistics.median(freed):.0f} ms"
    return {
        "chime_p50_ms": Measured(statistics.median(chimes), heard),
        "chime_p95_ms": Measured(slowest, "of the same"),
        "silence_worst_ms": Measured(max(silences), silent),
        "microphone_free_worst_ms": Measured(max(freed), ended),
    }


class _Mirror:
    def __init__(self, sidecar: SidecarProcess, room: Alsa, client: redis.Redis) -> None:
        self._sidecar = sidecar
        self._room = room
        self._client = client
        self._word = spoken(_WORD)

    def switch(self, *, on: bool) -> None:
        """Switch the microphone on, and wait until it is open."""
        self._sidecar.bus.send("set_microphone", {"on": on})
        while self._room.listened_to is not on:
            time.sleep(_STEP_S)
        time.sleep(1)  # the models are there

    def chime_ms(self) -> float:
        """From the end of the wake word until the speaker gets the chime."""
        ends_s = self._room.play(pause(0.5) + self._word) - _silence_after(self._word)
        self._room.play(pause(1))
        self._room.forget()
        while not any(self._room.played) and time.monotonic() < ends_s + 5:
            time.sleep(_STEP_S)
        took = (time.monotonic() - ends_s) * _MS
        self._sidecar.bus.send("stop_talking", {}, source="touch")
        time.sleep(1)
        return took

    def silence_ms(self) -> float:
        """From `stop_talking` until nothing of a reply can be heard any more."""
        speech = self._sidecar.bus.send("say", {"kind": "announcement"})["command_id"]
        sound = wav(spoken("This is a reply that goes on for longer than anybody wants to listen to it. " * 3))
        pieces = [sound[at : at + _PIECE] for at in range(0, len(sound), _PIECE)]
        for number, piece in enumerate(pieces):
            last = number == len(pieces) - 1
            frame = Frame(speech, number, piece, last_of_file=last, last=last)
            self._client.publish(Keys("hall").speech, encode(frame))
        self._room.forget()
        while len(self._room.played) < RATE:
            time.sleep(_STEP_S)
        asked_s = time.monotonic()
        self._sidecar.bus.send("stop_talking", {}, source="touch")
        size, grew_s = len(self._room.played), time.monotonic()
        while time.monotonic() < grew_s + 0.5:
            if size != (size := len(self._room.played)):
                grew_s = time.monotonic()
            time.sleep(_STEP_S)
        return (grew_s - asked_s) * _MS + _BUFFER_MS

    def freed_ms(self) -> float:
        """From `off` until the process of the microphone has ended."""
        (process,) = (one for one in _children(self._sidecar) if b"microphone.capture" in _command(one))
        asked_s = time.monotonic()
        self._sidecar.bus.send("set_microphone", {"on": False})
        while _command(process):
            time.sleep(_STEP_S)
        took = (time.monotonic() - asked_s) * _MS
        self.switch(on=True)
        return took


def _silence_after(sound: bytes) -> float:
    """Seconds of next to nothing at the end of what was spoken."""
    samples = memoryview(sound).cast("h")
    loudest = max(map(abs, samples))
    last = next(at for at in range(len(samples) - 1, 0, -1) if abs(samples[at]) > loudest / 50)
    return (len(samples) - last) / 16_000


def _children(sidecar: SidecarProcess) -> Iterator[int]:
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == sidecar.process.pid:
                yield int(process.name)


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""
