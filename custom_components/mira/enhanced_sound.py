"""Sound for a speech-to-text that wants it without noise, and of one loudness: by what Home Assistant has for that."""

from collections.abc import Mapping
from typing import Any, Self

from homeassistant.components.assist_pipeline.audio_enhancer import MicroVadSpeexEnhancer

from .client.sound import SECOND

_CHUNK = SECOND // 100
"""Bytes that are worked on at once: 10 ms."""
_NOISE_SUPPRESSION = 2
"""Of 0 to 4: 30 dB at most. What is more takes speech away, too."""
_AUTO_GAIN = 15
"""Of 0 to 31."""


class EnhancedSound:
    """Takes noise away and makes soft speech louder, piece by piece."""

    def __init__(self, *, gain: bool, noise: bool) -> None:
        self._enhancer = MicroVadSpeexEnhancer(_AUTO_GAIN if gain else 0, _NOISE_SUPPRESSION if noise else 0, False)
        self._rest = b""

    @classmethod
    def wanted(cls, audio_processing: Mapping[str, Any]) -> Self | None:
        """As speech-to-text wants it; None where it wants the sound as it is."""
        gain = bool(audio_processing.get("prefers_auto_gain_enabled"))
        noise = bool(audio_processing.get("prefers_noise_reduction_enabled"))
        return cls(gain=gain, noise=noise) if gain or noise else None

    def enhance(self, sound: bytes) -> bytes:
        """The next piece. Less than 10 ms wait for more."""
        sound = self._rest + sound
        end = len(sound) - len(sound) % _CHUNK
        self._rest = sound[end:]
        return b"".join(
            self._enhancer.enhance_chunk(sound[place : place + _CHUNK], 0).audio for place in range(0, end, _CHUNK)
        )
