"""A speaker that is open: it is given sound a little before that is heard, so that it can be silent soon."""

import time
from types import TracebackType
from typing import Final, Self

import av

from mira_sidecar.devices import alsa
from mira_sidecar.devices import loopback as loopbacks
from mira_sidecar.devices.loopback import Loopback

from .speech import Speech

_AHEAD_MS: Final = 100
"""So much sound waits in the speaker at most. Less would be heard as gaps where this machine is busy."""


class Output:
    """The speaker, for the length of a block."""

    def __init__(self, name: str, loopback: Loopback | None) -> None:
        """Open it, by its name in ALSA; `loopback`: for who listens beside it. Raises SourceError."""
        self._device = alsa.Pcm(name, "playback", channels=2, buffer_ms=_AHEAD_MS)
        self._heard_s = 0.0
        """When all that it was given will have been heard."""
        self._loopback = loopback
        self._narrow = av.AudioResampler("s16", "mono", loopbacks.RATE) if loopback else None
        self._place: int | None = None
        """Of what comes next, in the loopback."""

    def write(self, speech: Speech, pcm: bytes) -> None:
        """Give it this as soon as it takes it: two channels, 16 bits. Raises SourceError, StoppedError."""
        speech.wait(self._heard_s - _AHEAD_MS / 1000)  # here, where a stop is heard, and not in the device
        self._device.write(pcm)
        now_s = time.monotonic()
        if self._heard_s < now_s:  # it begins, or ran dry
            self._heard_s, self._place = now_s, None
        if self._loopback and self._narrow:
            self._reflect(self._loopback, self._narrow, pcm)
        self._heard_s += len(pcm) / 4 / alsa.RATE

    def _reflect(self, loopback: Loopback, narrow: av.AudioResampler, pcm: bytes) -> None:
        """Tell who listens beside it what will be heard, and when."""
        if self._place is None:
            self._place = round(self._heard_s * loopbacks.RATE)
        frame = av.AudioFrame("s16", "stereo", len(pcm) // 4)
        frame.sample_rate = alsa.RATE
        frame.planes[0].update(pcm)
        for narrowed in narrow.resample(frame):
            loopback.write(self._place, bytes(narrowed.planes[0])[: 2 * narrowed.samples])
            self._place += narrowed.samples

    def drain(self, speech: Speech) -> None:
        """Wait until all was heard. Raises StoppedError."""
        speech.wait(self._heard_s)
        self._device.drain()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._device.drop()
        if self._loopback:
            self._loopback.cut(round(time.monotonic() * loopbacks.RATE))
        self._device.close()
