"""Takes out of a microphone's sound what the speaker beside it plays, so that who speaks over it is heard.

A linear filter learns the way from the speaker to the microphone (a partitioned-block frequency-domain Kalman filter:
Enzner and Vary 2006; Kuech, Mabande and Enzner 2014). It takes nothing else out, as the suppressors of telephones do,
after which wake words are not found. What is played and heard are counted by two clocks: where the one lies in the
other is looked for again and again.
"""

from typing import Final

import numpy as np

from mira_sidecar.devices.loopback import RATE, Loopback

type Samples = np.ndarray[tuple[int], np.dtype[np.floating]]
type Spectrum = np.ndarray[tuple[int], np.dtype[np.complexfloating]]
type Powers = np.ndarray[tuple[int, ...], np.dtype[np.floating]]
"""By frequency, and, where it is of the filter, by part."""

BLOCK: Final = 320
"""Samples that are heard at once: 20 ms."""
_PARTS: Final = 12
"""Blocks that the filter is long: a quarter of a second, in which what is played dies away."""
_TAPS: Final = _PARTS * BLOCK
_REST: Final = RATE // 2
"""Samples after the last that is played in which it may still be heard."""
_LEAD: Final = 160
"""Samples of the filter before what comes straight."""
_STAYS: Final = 0.999**2
"""Of the way, from block to block: people move."""
_UNSURE: Final = 10.0
"""The power of what is not known of the way, at first."""
_SMOOTH: Final = 0.8
"""Of the power of what is not explained, from block to block."""
_LOOKED_AT: Final = RATE
"""Samples in which what is played is looked for: a second,"""
_FIRST_LOOKS, _LOOK_EACH = 5, 25
"""so often, in blocks, until it is found where that was known before, and then each half a second."""
_EARLIEST, _LATEST = -RATE // 20, RATE * 6 // 10
"""So much earlier or later than was thought what is played may be heard."""
_LOST: Final = 10
"""Looks after which what is known of the way is no help to find it."""
_CLEAR: Final = 12.0
"""Times the mean of what it might be by chance, to be believed."""
_WORKS: Final = 0.5
"""Of the power that was heard, at most, is left where the filter knows the way: 3 dB."""
_DRIFT_MS: Final = 0.002
"""By which a block may come later than the one before it, as the microphone's clock goes: 100 ppm."""


class EchoCanceller:
    """Hears block after block. What does not fit what was played passes, and so does all while nothing is."""

    def __init__(self, played: Loopback) -> None:
        self._played = played
        self._late_ms = np.inf
        """When block 0 was heard, by those that were taken from the device the soonest."""
        self._lag = 0
        """Samples after which what is played is heard."""
        self._place: int | None = None
        """In what is played, of the end of the block; None while nothing is."""
        self._heard = np.zeros(_LOOKED_AT, np.float32)
        """The last second."""
        self._parts = np.zeros((_PARTS, BLOCK + 1), np.complex64)
        """Spectra of what was played in the block and the one before it, and so on, one block back each."""
        self._blocks = 0
        """Since it began to be played."""
        self._is_found = False
        """Where it is, since then."""
        self._forget()

    def _forget(self) -> None:
        """Know nothing of the way."""
        bins = BLOCK + 1
        self._filter = np.zeros((_PARTS, bins), np.complex64)
        self._unsure: Powers = np.full((_PARTS, bins), _UNSURE, np.float32)
        self._unexplained: Powers = np.full(bins, 1e-4, np.float32)
        self._power_heard = self._power_left = 0.0
        self._works = False
        """Whether it was seen to explain most of what is heard. Who speaks meanwhile makes that less."""
        self._missed = 0
        """Looks since it was found."""

    def hear(self, pcm: bytes, t_ms: float, number: int) -> bytes:
        """The block of this number, which was heard until then, without what is played."""
        of_blocks_ms = number * 1000 * BLOCK / RATE
        self._late_ms = min(t_ms - of_blocks_ms, self._late_ms + _DRIFT_MS)
        now = round((self._late_ms + of_blocks_ms) * RATE / 1000)
        if self._played.end < now - self._lag - _REST:
            self._place = None
            return pcm
        heard = np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32_768)
        if self._place is None:
            self._heard = np.zeros(_LOOKED_AT, np.float32)
            self._blocks = 0
            self._is_found = False
            self._go_to(now - self._lag)
        else:
            self._go_to(self._place + BLOCK, 1)
        self._heard = np.concatenate([self._heard[BLOCK:], heard])
        left, spectrum = self._filtered(heard)
        self._blocks += 1
        # What is known of the way would be lost while that is looked for elsewhere than it was the last time.
        if self._is_found or not self._works:
            self._learn(spectrum)
        if self._blocks % (_LOOK_EACH if self._is_found or not self._works else _FIRST_LOOKS) == 0:
            self._look()
        if self._power_left > self._power_heard:  # it was led astray
            return pcm
        return (left * 32_768).round().clip(-32_768, 32_767).astype("<i2").tobytes()

    def _go_to(self, place: int, blocks: int = _PARTS) -> None:
        """The block ends there; so many parts of what was played until then are not those that are known."""
        self._place = place
        self._parts[blocks:] = self._parts[: _PARTS - blocks]
        sound = self._played_before(place, (blocks + 1) * BLOCK)
        for part in range(blocks):
            ends = len(sound) - part * BLOCK
            self._parts[part] = np.fft.rfft(sound[ends - 2 * BLOCK : ends])

    def _played_before(self, place: int, samples: int) -> Samples:
        sound = np.frombuffer(self._played.read(place - samples, samples), "<i2")
        return sound.astype(np.float32) / np.float32(32_768)

    def _filtered(self, heard: Samples) -> tuple[Samples, Spectrum]:
        """What the filter does not explain, and its spectrum."""
        left = heard - np.fft.irfft((self._filter * self._parts).sum(axis=0))[BLOCK:]
        spectrum = np.fft.rfft(np.concatenate([np.zeros(BLOCK, np.float32), left]))
        self._power_heard += (float(heard @ heard) - self._power_heard) / _LOOK_EACH
        self._power_left += (float(left @ left) - self._power_left) / _LOOK_EACH
        return left, spectrum

    def _learn(self, spectrum: Spectrum) -> None:
        """Learn from what was not explained."""
        power = self._parts.real**2 + self._parts.imag**2
        self._unexplained = _SMOOTH * self._unexplained + (1 - _SMOOTH) * np.abs(spectrum) ** 2
        step = self._unsure / ((self._unsure * power).sum(axis=0) / 2 + self._unexplained + 1e-6)
        learned = np.fft.irfft(step * self._parts.conj() * spectrum, axis=1)
        learned[:, BLOCK:] = 0
        self._filter += np.fft.rfft(learned, axis=1)
        way = self._filter.real**2 + self._filter.imag**2
        self._unsure = _STAYS * (1 - step * power / 2) * self._unsure + (1 - _STAYS) * way

    def _look(self) -> None:
        """Look where in what is heard that is which was played, and go there.

        What the filter makes of it is looked for where that works, and what is played itself where it does not yet: in
        the phases alone, in which that is one sharp peak.
        """
        assert self._place is not None  # noqa: S101 - something is played
        if self._power_left < _WORKS * self._power_heard:
            self._works = True
        way: Samples = np.zeros(_TAPS, np.float32)
        if self._works:
            way = np.fft.irfft(self._filter, axis=1)[:, :BLOCK].ravel()
        else:
            way[_LEAD] = 1.0
        length = 2 * _LOOKED_AT
        played = np.fft.rfft(self._played_before(self._place, length)) * np.fft.rfft(way, length)
        heard = np.fft.rfft(np.concatenate([np.zeros(length - _LOOKED_AT, np.float32), self._heard]))
        both = heard * played.conj()
        likely = np.fft.irfft(both / (np.abs(both) + 1e-9))
        likely = np.concatenate([likely[_EARLIEST:], likely[:_LATEST]])
        found = int(likely.argmax())
        if likely[found] < _CLEAR * float(np.sqrt(np.mean(likely**2))):
            self._missed += 1
            if self._missed >= _LOST:
                self._works = False
            return
        self._is_found, self._missed = True, 0
        later = found + _EARLIEST
        if later:
            self._lag += later
            if not self._works:
                self._forget()
            self._go_to(self._place - later)
