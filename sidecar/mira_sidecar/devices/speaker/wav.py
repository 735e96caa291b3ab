"""The head of a WAV file, read as it comes: FFmpeg would wait for 64 kB more, which are seconds of speech."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_PCM: Final = 1
_FLOAT: Final = 3
_EXTENSIBLE: Final = 0xFFFE
_LONGEST_CHUNK: Final = 1_000_000
_FORMATS: Final = {
    (_PCM, 8): "u8",
    (_PCM, 16): "s16le",
    (_PCM, 24): "s24le",
    (_PCM, 32): "s32le",
    (_FLOAT, 32): "f32le",
}
"""As FFmpeg calls them, by what the head says: the kind of numbers, and their bits."""


class WavError(Exception):
    """It is damaged, or holds what is not read here."""


@dataclass(frozen=True)
class Head:
    """What the rest of the file is like: bare samples."""

    format: str
    rate: int
    channels: int
    size: int | None
    """Of the samples; None: as far as the file goes. So it is where whoever made it did not know yet."""


def head(read: Callable[[int], bytes]) -> Head:
    """Read on behind `RIFF…WAVE`, until the samples begin. `read` gives so many bytes. Raises WavError."""
    like: tuple[str, int, int] | None = None
    while True:
        name, size = struct.unpack("<4sI", _exactly(read, 8))
        if name == b"data":
            if like is None:
                raise WavError
            return Head(*like, size if 0 < size < 0x7FFF_0000 else None)
        if size > _LONGEST_CHUNK:
            raise WavError
        content = _exactly(read, size + size % 2)
        if name == b"fmt ":
            if size < 16:
                raise WavError
            kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", content)
            if kind == _EXTENSIBLE and size >= 26:
                (kind,) = struct.unpack_from("<H", content, 24)
            if (kind, bits) not in _FORMATS or not 1 <= channels <= 8 or not 4_000 <= rate <= 384_000:
                raise WavError
            like = _FORMATS[kind, bits], rate, channels


def _exactly(read: Callable[[int], bytes], size: int) -> bytes:
    content = read(size)
    if len(content) < size:
        raise WavError
    return content
