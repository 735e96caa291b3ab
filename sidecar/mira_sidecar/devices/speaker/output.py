"""A speaker that is open: it is given sound a little before that is heard, so that it can be silent soon."""

import time
from types import TracebackType
from typing import Final, Self

from mira_sidecar.devices import alsa

from .speech import Speech

_AHEAD_MS: Final = 100
"""So much sound waits in the speaker at most. Less would be heard as gaps where this machine is busy."""


class Output:
    """The speaker, for the length of a block."""

    def __init__(self, name: str) -> None:
        """Open it, by its name in ALSA. Raises SourceError."""
        self._device = alsa.Pcm(name, "playback", channels=2, buffer_ms=_AHEAD_MS)
        self._heard_s = 0.0
        """When all that it was given will have been heard."""

    def write(self, speech: Speech, pcm: bytes) -> None:
        """Give it this as soon as it takes it: two channels, 16 bits. Raises SourceError, StoppedError."""
        speech.wait(self._heard_s - _AHEAD_MS / 1000)  # here, where a stop is heard, and not in the device
        self._device.write(pcm)
        self._heard_s = max(self._heard_s, time.monotonic()) + len(pcm) / 4 / alsa.RATE

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
        self._device.close()
