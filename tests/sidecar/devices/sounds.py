"""Sound for tests: tones, and files of all kinds that are played."""

import io
from collections.abc import Sequence
from typing import Final

import av
import numpy as np

from house.voices import wav

KINDS: Final = {
    "wav": ("", "wav"),
    "mp3": ("libmp3lame", "mp3"),
    "ogg": ("libopus", "ogg"),
    "flac": ("flac", "flac"),
    "aac": ("aac", "adts"),
    "m4a": ("aac", "mp4"),
}
"""Files that may be played: the codec, and the container."""
RATE: Final = 24_000


def tone(frequency: float, seconds: float = 1.0, rate: int = 16_000) -> bytes:
    """A pure tone: 16 bits, one channel."""
    time_s = np.arange(round(seconds * rate)) / rate
    return (np.sin(2 * np.pi * frequency * time_s) * 10_000).astype("<i2").tobytes()


def encoded(kind: str, seconds: float = 2.0, frequency: float = 440) -> bytes:
    """A tone in a file of this kind."""
    codec, container = KINDS[kind]
    pcm = tone(frequency, seconds, RATE)
    if not codec:
        return wav(pcm, RATE)
    made = io.BytesIO()
    with av.open(made, "w", format=container) as file:
        stream = file.add_stream(codec, rate=RATE if codec != "libopus" else 48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.frombuffer(pcm, "<i2")[np.newaxis, :], "s16", "mono")
        frame.sample_rate = RATE
        for one in (frame, None):
            file.mux(stream.encode(one))
    return made.getvalue()


def level_of(pcm: bytes | Sequence[int]) -> float:
    """Of the loudest in it, in dBFS."""
    samples = np.frombuffer(pcm, "<i2") if isinstance(pcm, bytes) else np.asarray(pcm)
    return float(20 * np.log10(np.abs(samples.astype(float)).max(initial=0) / 32_768 + 1e-9))


def pitch_of(pcm: bytes, rate: int) -> float:
    """The loudest frequency of it."""
    samples = np.frombuffer(pcm, "<i2").astype(float)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.fft.rfftfreq(len(samples), 1 / rate)[spectrum.argmax()])
