"""A microphone and a speaker that are not there, as ALSA's `file` devices: programs open them like any other.

with Alsa(folder) as room:
    sidecar = SidecarProcess(…, microphone=room.microphone, speaker=room.speaker, environment=room.environment)
    room.play(pcm)
    room.played
"""

import contextlib
import os
import shlex
import threading
import time
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import numpy as np

RATE: Final = 48_000
"""Samples a second of both devices; the microphone has one channel, the speaker two."""
SPEECH_RATE: Final = 16_000
_TICK_S = 0.06
"""As much as the sidecar reads at once: the device fills what is missing with silence."""
_TICK_BYTES = round(2 * RATE * _TICK_S)
_CONFIGURATION = Path("/usr/share/alsa/alsa.conf")
_DEVICES = """
pcm.{microphone} {{
    type plug
    slave {{
        pcm {{ type file slave.pcm null file /dev/null infile "{pipe}" format raw }}
        rate {rate} channels 1 format S16_LE
    }}
}}
pcm.{speaker} {{
    type plug
    slave {{
        pcm {{ type file slave.pcm null file "|cat >> {played}" format raw }}
        rate {rate} channels 2 format S16_LE
    }}
}}
"""


class Alsa:
    """A quiet room with a microphone and a speaker, for the length of a block. It needs Debian's `libasound2-data`."""

    microphone: Final = "mira_room_microphone"
    speaker: Final = "mira_room_speaker"

    def __init__(self, folder: Path) -> None:
        """What it has to keep is in this folder."""
        folder.mkdir(parents=True, exist_ok=True)
        self.pipe = folder / "microphone"
        """Open in each process that has the microphone open, and in this one."""
        self._file = folder / "played.raw"
        configuration = folder / "asound.conf"
        configuration.write_text(
            _DEVICES.format(
                microphone=self.microphone,
                speaker=self.speaker,
                pipe=self.pipe,
                played=shlex.quote(str(self._file)),
                rate=RATE,
            )
        )
        self.environment = {"ALSA_CONFIG_PATH": f"{_CONFIGURATION}:{configuration}"}
        """For programs that are to have these devices."""
        self._lock = threading.Lock()
        self._ticks = deque[bytes]()
        self._next_s = time.monotonic()
        self._open = False
        self.hangs = False
        """Whether the microphone gives nothing, although it is there."""
        self.echo = 0.0
        """How loud what comes out of the speaker is at the microphone, which hears it some 60 ms later."""
        self._sounding = b""
        self._reflected = 0
        """Bytes of what was played that are in the room, or were."""
        self._over = threading.Event()
        self._pacer = threading.Thread(target=self._pace, daemon=True)

    def play(self, pcm: bytes) -> float:
        """Play this into the microphone: 16,000 samples a second, signed 16 bits, one channel.

        When its end is heard, in seconds of the monotonic clock. What is played while nobody listens is lost.
        """
        made = _converted(pcm)
        with self._lock:
            self._ticks.extend(
                made[at : at + _TICK_BYTES].ljust(_TICK_BYTES, b"\0") for at in range(0, len(made), _TICK_BYTES)
            )
            return self._next_s + (len(self._ticks) - 1) * _TICK_S  # a tick is given when its end is heard

    @property
    def listened_to(self) -> bool:
        """Whether a program has the microphone open."""
        return self._open

    @property
    def played(self) -> bytes:
        """What came out of the speaker up to now: `RATE`, signed 16 bits, two channels, without what was between."""
        with contextlib.suppress(FileNotFoundError):
            return self._file.read_bytes()
        return b""

    def forget(self) -> None:
        """Begin `played` anew."""
        with contextlib.suppress(FileNotFoundError):
            os.truncate(self._file, 0)  # it is written at its end, wherever that is

    def __enter__(self) -> Self:
        self.pipe.unlink(missing_ok=True)  # of a block that was killed
        os.mkfifo(self.pipe, 0o600)
        self._pacer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._pacer.join()
        self.pipe.unlink()

    def _pace(self) -> None:
        """Give the microphone 60 ms of sound each 60 ms: the device itself would take it as fast as it can."""
        pipe: int | None = None
        while not self._over.wait(max(0.0, self._next_s - time.monotonic())):
            with self._lock:
                tick = self._ticks.popleft() if self._ticks else bytes(_TICK_BYTES)
                self._next_s += _TICK_S
            if self.echo:
                tick = self._with_echo(tick)
            if self.hangs:
                continue
            if pipe is None:
                with contextlib.suppress(OSError):  # nobody listens
                    pipe = os.open(self.pipe, os.O_WRONLY | os.O_NONBLOCK)
            if pipe is not None:
                try:
                    os.write(pipe, tick)
                except BlockingIOError:
                    pass  # who listens does not keep up, as with a device whose buffer is full
                except BrokenPipeError:
                    os.close(pipe)
                    pipe = None
            self._open = pipe is not None
        if pipe is not None:
            os.close(pipe)

    def _with_echo(self, tick: bytes) -> bytes:
        """What comes out of the speaker in this moment, too: it was given somewhat more than that."""
        with contextlib.suppress(FileNotFoundError), self._file.open("rb") as file:
            self._reflected = min(self._reflected, file.seek(0, os.SEEK_END))
            file.seek(self._reflected)
            new = file.read()
            new = new[: len(new) // 4 * 4]
            self._reflected += len(new)
            self._sounding += np.frombuffer(new, "<i2")[::2].tobytes()
        echo = np.frombuffer(self._sounding[:_TICK_BYTES].ljust(_TICK_BYTES, b"\0"), "<i2")
        self._sounding = self._sounding[_TICK_BYTES:]
        mixed = np.frombuffer(tick, "<i2") + self.echo * echo
        return mixed.clip(-32_768, 32_767).astype("<i2").tobytes()


def _converted(pcm: bytes) -> bytes:
    """Speech at the rate of the microphone."""
    frame = av.AudioFrame.from_ndarray(np.frombuffer(pcm, "<i2")[np.newaxis, :], "s16", "mono")
    frame.sample_rate = SPEECH_RATE
    resampler = av.AudioResampler("s16", "mono", RATE)
    frames = [*resampler.resample(frame), *resampler.resample(None)]
    return b"".join(one.to_ndarray().tobytes() for one in frames)
