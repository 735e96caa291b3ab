"""Encoded sound becomes blocks that a speaker takes, while it still comes."""

import io
import itertools
from collections.abc import Iterator, Sequence
from typing import Final, Literal, Protocol

import av
import av.error

from mira_sidecar.devices.alsa import RATE

from . import wav

_BLOCKS_A_SECOND: Final = 50
_SAMPLE: Final = 2
"""Bytes of one channel."""
_OPTIONS = {
    # What is here was made by others: no list that names further files, and no way into the network.
    "format_whitelist": "mp3,ogg,flac,aac,mov,mp4,m4a,3gp,3g2,mj2,u8,s16le,s24le,s32le,f32le",
    "codec_whitelist": "mp3float,mp3,vorbis,opus,libopus,flac,aac,alac,pcm_u8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le",
    "protocol_whitelist": "none",
    # The first sound is not to wait for more than it takes to know what it is.
    "probesize": "8192",
    "analyzeduration": "100000",
}
_READ: Final = 4_096


class File(Protocol):
    """A file that comes piece by piece."""

    def read(self, size: int) -> bytes:
        """So many bytes at most; none at its end."""


class NoSoundError(Exception):
    """It is no sound, or none of a kind that is played here."""


def decoded(file: File, rate: int = RATE, layout: Literal["mono", "stereo"] = "stereo") -> Iterator[bytes]:
    """Its sound, in blocks of 20 ms as the speaker takes them; what is damaged in it is left out.

    Raises NoSoundError where none of it can be heard.
    """
    heard = False
    try:
        for block in _blocks(_Begun(file), rate, layout):
            heard = True
            yield bytes(block.planes[0])[: _SAMPLE * block.layout.nb_channels * block.samples]
    except av.error.FFmpegError, IndexError, wav.WavError:  # cut off, or without any sound
        pass
    if not heard:
        raise NoSoundError


def _blocks(file: _Begun, rate: int, layout: str) -> Iterator[av.AudioFrame]:
    kind, options, whole = None, _OPTIONS, None
    if file.begin[:4] == b"RIFF" and file.begin[8:] == b"WAVE":
        file.begin = b""
        head = wav.head(file.read_all)
        file.left = head.size
        kind, options = head.format, {**_OPTIONS, "sample_rate": str(head.rate), "ch_layout": _layout(head.channels)}
    elif file.begin[4:8] == b"ftyp":  # it may have what is needed first at its end
        whole = io.BytesIO(file.read_all(-1))
    with av.open(whole or file, "r", format=kind, options=options, buffer_size=_READ) as container:
        frames = (frame for packet in container.demux(audio=0) for frame in _frames(packet))
        # A file may go on with another rate, where it was put together of several.
        for _, alike in itertools.groupby(frames, lambda frame: (frame.rate, frame.format.name, frame.layout.name)):
            resampler = av.AudioResampler("s16", layout, rate, rate // _BLOCKS_A_SECOND)
            for frame in itertools.chain(alike, [None]):
                yield from resampler.resample(frame)


def _layout(channels: int) -> str:
    return {1: "mono", 2: "stereo"}.get(channels, f"{channels}c")


def _frames(packet: av.Packet[av.AudioStream]) -> Sequence[av.AudioFrame]:
    """The sound in a packet; none where it came damaged, which the next one need not be."""
    try:
        return packet.decode()
    except av.error.InvalidDataError:
        return []


class _Begun:
    """A file whose beginning was looked at."""

    def __init__(self, file: File) -> None:
        self._file = file
        self.begin = b""
        self.left: int | None = None
        """How many bytes of it are wanted still; None: all."""
        self.begin = self.read_all(12)

    def read(self, size: int) -> bytes:
        """So many bytes at most; none at its end."""
        if self.begin:
            piece, self.begin = self.begin[:size], self.begin[size:]
            return piece
        if self.left is not None:
            size = min(size, self.left)
        piece = self._file.read(size) if size else b""
        if self.left is not None:
            self.left -= len(piece)
        return piece

    def read_all(self, size: int) -> bytes:
        """So many bytes, or what there is of them; -1: the rest."""
        read = bytearray()
        while (size < 0 or len(read) < size) and (piece := self.read(size - len(read) if size > 0 else _READ)):
            read += piece
        return bytes(read)
