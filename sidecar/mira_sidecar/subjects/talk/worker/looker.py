"""Takes one photo or video of what the camera shows, and hands it over: no file is written here."""

import io
import time
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import av
import av.codec
import msgspec
import numpy as np
from av.video.frame import PictureType

from mira_sidecar.devices.camera.source import Rgb, Taken
from mira_sidecar.devices.lookers import Tell

from .messages import PIECE_BYTES, Piece, Wanted

_PHOTO: Final = 1_280
"""Pixels of the longer side: enough to read what somebody holds."""
_VIDEO: Final = 640
_FRAME_S: Final = 0.1
"""Between two pictures of a video."""
_CODEC: Final = "libx264" if "libx264" in av.codec.codecs_available else "mpeg4"
"""What the libraries that are installed have; all that read MP4 read both."""
_MILLISECOND: Final = Fraction(1, 1_000)
_BITS: Final = 1_000_000
"""A second of video."""
_DONE_S: Final = 60.0
_decode = msgspec.json.Decoder(Wanted)


class Photographer:
    """Waits for the time that was agreed on, and takes it."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._film: Film | None = None

    def set(self, settings: msgspec.Raw) -> None:
        """What to take."""
        self._wanted = _decode.decode(settings)
        self._film, self._is_done = None, False

    def look(self, taken: Taken) -> float:
        """Take it from the first frame on that shows the time that was agreed on."""
        wanted = self._wanted
        if self._is_done:
            return _DONE_S
        if taken.t_ms < wanted.at_ms:
            return max(0.0, wanted.at_ms / 1_000 - time.monotonic())
        if not wanted.seconds:
            return self._hand_over(photo(taken.frame, flip=wanted.flip))
        self._film = self._film or Film(taken.t_ms)
        if taken.t_ms - self._film.began_ms < wanted.seconds * 1_000:
            self._film.add(small(taken.frame, _VIDEO, flip=wanted.flip), taken.t_ms)
            return _FRAME_S
        return self._hand_over(self._film.end())

    def _hand_over(self, content: bytes) -> float:
        self._is_done, self._film = True, None
        for piece, last in _pieces(content):
            self._tell(Piece(capture=self._wanted.capture, content=piece, last=last))
        return _DONE_S


class Film:
    """A video without sound, in memory."""

    def __init__(self, began_ms: float) -> None:
        self.began_ms = began_ms
        self._file = io.BytesIO()
        self._output = av.open(self._file, "w", format="mp4")
        self._stream: av.VideoStream | None = None

    def add(self, frame: av.VideoFrame, t_ms: float) -> None:
        """The next picture, all in one size."""
        stream = self._stream = self._stream or self._begun(frame)
        fitting = frame.reformat(stream.width, stream.height, "yuv420p")
        fitting.pts = round(t_ms - self.began_ms)
        fitting.time_base = stream.codec_context.time_base
        fitting.pict_type = PictureType.NONE
        self._output.mux(stream.encode(fitting))

    def end(self) -> bytes:
        """All of it, as MP4."""
        if self._stream:
            self._output.mux(self._stream.encode(None))
        self._output.close()
        return self._file.getvalue()

    def _begun(self, frame: av.VideoFrame) -> av.VideoStream:
        options = {"preset": "veryfast", "tune": "zerolatency"} if _CODEC == "libx264" else {}
        stream = self._output.add_stream(_CODEC, rate=10, options=options)
        stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuv420p"
        stream.bit_rate = _BITS
        stream.codec_context.time_base = _MILLISECOND
        stream.codec_context.thread_count = 1
        return stream


def photo(frame: av.VideoFrame, *, flip: bool) -> bytes:
    """A frame as JPEG, without a word of when and where."""
    picture = small(frame, _PHOTO, flip=flip)
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = picture.width, picture.height, "yuvj420p"
    encoder.time_base = _MILLISECOND
    encoder.qmin = encoder.qmax = 3
    picture = picture.reformat(format="yuvj420p", dst_color_range=2)
    picture.pts, picture.time_base = 0, _MILLISECOND
    return b"".join(bytes(packet) for packet in [*encoder.encode(picture), *encoder.encode(None)])


def small(frame: av.VideoFrame, longest: int, *, flip: bool) -> av.VideoFrame:
    """A frame in its own proportions, no larger than that and in whole blocks of colour, as others see the person."""
    part = min(1.0, longest / max(frame.width, frame.height))
    width, height = (max(2, round(side * part) & ~1) for side in (frame.width, frame.height))
    rgb: Rgb = frame.to_ndarray(format="rgb24", width=width, height=height)  # type: ignore[assignment]
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb[:, ::-1]) if flip else rgb, format="rgb24")


def _pieces(content: bytes) -> Iterator[tuple[bytes, bool]]:
    for start in range(0, len(content), PIECE_BYTES):
        yield content[start : start + PIECE_BYTES], start + PIECE_BYTES >= len(content)


LOOKER = Photographer
