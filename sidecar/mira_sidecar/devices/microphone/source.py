"""Where sound comes from: a microphone that ALSA knows, in blocks of 20 ms, none of which is left out unsaid.

A thread reads as the device gives, three blocks at once: what each wake costs, with all that left the caches meanwhile,
is more than what is done then. Who takes too slowly loses the oldest blocks, and sees so by their numbers.
"""

import threading
import time
from collections import deque
from typing import Final, NamedTuple

import numpy as np

from mira_sidecar.devices import alsa
from mira_sidecar.devices.loopback import Loopback
from mira_sidecar.devices.source import SourceError

from .echo import EchoCanceller

RATE: Final = 16_000
"""Samples a second in a block."""
BLOCK: Final = 320
"""Samples in a block."""
_TIMEOUT_S = 5.0
"""For the microphone to open, and then for each next block."""
_LAST_BLOCK_S = 0.2
"""For one more to come after the last that was wanted."""
_WAITING = 100
"""Blocks that wait at most: 2 s."""
_BUFFER_MS = 500
"""What waits in the device: so long may all else in this process take."""
_BLOCK_MS = 1000 * BLOCK / RATE
_AT_ONCE = 3
_PERIOD_MS = round(_AT_ONCE * _BLOCK_MS)
_STEP = alsa.RATE // RATE
_TAPS = 96
"""Of the filter that keeps out what 16,000 samples a second cannot hold: 2 ms."""


class Block(NamedTuple):
    """20 ms of sound, and when its end was heard: milliseconds of the monotonic clock."""

    pcm: bytes
    """Signed 16 bits, little-endian, one channel."""
    t_ms: float
    number: int
    """From 0; where one is missing, that block was lost."""


class Sound:
    """The sound of a microphone that is read in the background until the process ends."""

    def __init__(self, microphone: str, played: Loopback | None = None) -> None:
        """Start to open it, by its name in ALSA; `played`: what the speaker beside it plays, which is left out."""
        self._name = microphone
        self._canceller = EchoCanceller(played) if played else None
        self._change = threading.Condition()
        self._blocks = deque[Block](maxlen=_WAITING)
        self._number = 0
        self._error: SourceError | None = None
        self._reader = threading.Thread(target=self._read, name="microphone", daemon=True)
        self._reader.start()

    def end(self) -> None:
        """Close it, from any thread: that takes one more block. Where none comes, it is closed with the process."""
        with self._change:
            self._error = SourceError("ended", f"The microphone `{self._name}` is closed.")
            self._change.notify()
        self._reader.join(_LAST_BLOCK_S)

    def take(self) -> Block:
        """Wait for the oldest block that was not taken yet. Raises SourceError, after 5 s at the latest."""
        with self._change:
            if not self._change.wait_for(lambda: self._blocks or self._error, _TIMEOUT_S):
                text = f"The microphone `{self._name}` gave no sound for {_TIMEOUT_S:.0f} s. Is it connected?"
                raise SourceError("silent", text)
            if not self._blocks:
                assert self._error  # noqa: S101 - else it would have waited
                raise self._error
            return self._blocks.popleft()

    def _read(self) -> None:
        try:
            with alsa.Pcm(
                *(self._name, "capture"), channels=1, buffer_ms=_BUFFER_MS, period_ms=_PERIOD_MS, better_rate=RATE
            ) as device:
                narrow = Narrowing() if device.rate != RATE else bytes
                while not self._error:
                    self._give(narrow(device.read(_AT_ONCE * BLOCK * device.rate // RATE)), time.monotonic() * 1000)
        except SourceError as error:
            with self._change:
                self._error = error
                self._change.notify()

    def _give(self, pcm: bytes, t_ms: float) -> None:
        """Blocks, of which the last ended then."""
        blocks = []
        for at in range(0, len(pcm), 2 * BLOCK):
            block = Block(
                pcm[at : at + 2 * BLOCK], t_ms - (len(pcm) - at - 2 * BLOCK) / (2 * BLOCK) * _BLOCK_MS, self._number
            )
            if self._canceller:
                block = block._replace(pcm=self._canceller.hear(*block))
            blocks.append(block)
            self._number += 1
        with self._change:
            self._blocks += blocks
            self._change.notify()


class Narrowing:
    """Leaves two of three samples out, and before that what would be heard as something else then."""

    def __init__(self) -> None:
        places = np.arange(_TAPS) - (_TAPS - 1) / 2
        low = np.sinc(places / _STEP * 0.9) * np.kaiser(_TAPS, 6)
        self._filter = (low / low.sum()).astype(np.float32)
        self._before = np.zeros(_TAPS - _STEP, np.float32)

    def __call__(self, pcm: bytes) -> bytes:
        """The next of it, whose samples have to be so many times three."""
        samples = np.concatenate([self._before, np.frombuffer(pcm, "<i2").astype(np.float32)])
        self._before = samples[-(_TAPS - _STEP) :]
        # Of each third sample alone: what would be left out is not computed.
        phases = (
            np.convolve(samples[at::_STEP], self._filter[_STEP - 1 - at :: _STEP], "valid") for at in range(_STEP)
        )
        return sum(phases, np.float32()).round().clip(-32_768, 32_767).astype("<i2").tobytes()
