"""Where frames come from: a file, a device, or a stream on the network, always the newest one.

A thread reads as fast as the source sends; what is not asked for in time is dropped.
"""

import errno
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

import av
import av.error
import numpy as np

from mira_sidecar.address import place_of
from mira_sidecar.devices.messages import FailureCode
from mira_sidecar.devices.source import SourceError

_TIMEOUT_S = 5.0
"""For a source to answer, and then for each next frame."""
_LAST_FRAME_S = 0.2
"""For one more to come after the last that was wanted."""
_WIDEST = 1280
"""Wider pictures are made smaller: there are enough pixels in it, and the rest would cost time."""
_OPTIONS = {
    "rtsp": {"rtsp_transport": "tcp", "fflags": "nobuffer"},
    "http": {"fflags": "nobuffer"},
    "https": {"fflags": "nobuffer", "tls_verify": "1"},
}
_STAYS_HERE = {"max_redirects": "0", "format_whitelist": "mpjpeg,mjpeg,jpeg_pipe,mov,matroska,mpegts,flv,h264,hevc"}
"""With a token. FFmpeg would show it to whomever a redirect names, or the list of another format (HLS, DASH)."""


type Rgb = np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]
"""Shape (height, width, 3)."""
type _Packet = av.Packet[av.VideoStream]
type _Seen = _Packet | av.VideoFrame
"""A picture, decoded or not yet."""


@dataclass(frozen=True, eq=False)
class Taken:
    """A frame, and when it arrived: milliseconds of the monotonic clock."""

    frame: av.VideoFrame
    t_ms: float

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in which the frame is looked at: 1,280 pixels wide at most."""
        width = min(self.frame.width, _WIDEST)
        return width, self.frame.height * width // self.frame.width

    @cached_property
    def rgb(self) -> Rgb:
        """The frame in that size, for all who look at it: not to be changed."""
        width, height = self.size
        picture: Rgb = self.frame.to_ndarray(format="rgb24", width=width, height=height)  # type: ignore[assignment]
        return picture


class NewestFrame:
    """The newest frame of a source that is read in the background until it is closed, or the process ends."""

    def __init__(self, camera: str, token: str | None = None) -> None:
        """Start to open the source, which `place_of` names without its password; `token` is for http alone."""
        self._camera = camera
        self._token = token
        self._place = place_of(camera)
        self._change = threading.Condition()
        self._newest: tuple[_Seen, float] | None = None
        self._showed = False
        self._error: SourceError | None = None
        self._reader = threading.Thread(target=self._read, name="camera", daemon=True)
        self._reader.start()

    def end(self) -> bool:
        """Close the source, from any thread; who waits for a frame waits no longer.

        That takes one more frame. False where none came soon: the source is closed with the process then.
        """
        with self._change:
            self._newest, self._error = None, _ended(self._place)
            self._change.notify()
        self._reader.join(_LAST_FRAME_S)
        return not self._reader.is_alive()

    def take(self) -> Taken:
        """Wait for a frame that was not taken yet. Raises SourceError, after 6 s at the latest."""
        deadline = time.monotonic() + _TIMEOUT_S + 1  # a second more than the reader gives itself
        while True:
            with self._change:
                self._change.wait_for(lambda: self._newest or self._error, deadline - time.monotonic())
                newest, self._newest = self._newest, None
                if newest is None:
                    raise self._error or SourceError(*_silent(self._place))
            seen, t_ms = newest
            for frame in [seen] if isinstance(seen, av.VideoFrame) else _decoded(seen):
                return Taken(frame, t_ms)

    def _read(self) -> None:
        try:
            self._read_on()
        except (SourceError, av.error.FFmpegError, OSError, ValueError) as err:
            error = _explained(err, self._place, with_token=self._token is not None)
            if self._showed and error.code == "unreachable":
                error = _ended(self._place)
        else:
            error = _ended(self._place)
        with self._change:
            self._error = error
            self._change.notify()

    def _read_on(self) -> None:
        scheme = urlsplit(self._camera).scheme
        live = scheme not in {"", "file"} or self._camera.startswith("/dev/")
        options = dict(_OPTIONS.get(scheme, {}))
        if self._token and scheme in {"http", "https"}:
            options |= {"headers": f"Authorization: Bearer {self._token}\r\n", **_STAYS_HERE}
        with av.open(self._camera, timeout=(_TIMEOUT_S, _TIMEOUT_S), options=options) as source:
            if not source.streams.video:
                raise SourceError("no_video", f"{self._place} has no video. Choose another camera.")
            stream = source.streams.video[0]
            stream.codec_context.thread_count = 1
            alone = stream.codec_context.codec.intra_only
            started = time.monotonic()
            for packet in source.demux(stream):
                arrived = time.monotonic()
                for seen in _whole(packet) if alone else _decoded(packet):
                    if not live and seen.pts is not None and seen.time_base:
                        # A file plays at its own speed, as a camera would.
                        arrived = max(arrived, started + float(seen.pts * seen.time_base))
                        time.sleep(max(0.0, arrived - time.monotonic()))
                    self._show(seen, arrived * 1000)

    def _show(self, seen: _Seen, t_ms: float) -> None:
        with self._change:
            if self._error:
                raise self._error
            self._newest = seen, t_ms
            self._showed = True
            self._change.notify()


def _whole(packet: _Packet) -> Sequence[_Seen]:
    """The packet itself, where each is a picture: those nobody takes need no decoding. The last one is empty."""
    return [packet] if packet.size else []


def _decoded(packet: _Packet) -> Sequence[av.VideoFrame]:
    """The pictures in a packet; none where it came damaged, which the next one need not be."""
    try:
        return packet.decode()
    except av.error.InvalidDataError:
        return []


def _explained(err: Exception, place: str, *, with_token: bool) -> SourceError:
    """What a failure of the reader means. FFmpeg's own text may hold a password, so it is left out."""
    code: FailureCode
    match err:
        case SourceError():
            return err
        case av.error.ExitError() | TimeoutError():
            code, message = _silent(place)
        case ConnectionError():
            code, message = "refused", f"The camera {place} refused the connection. Is it on, and its port right?"
        case FileNotFoundError() | av.error.HTTPNotFoundError():
            code, message = "not_found", f"There is no camera at {place}. Check the camera setting."
        case av.error.HTTPUnauthorizedError() | av.error.HTTPForbiddenError():
            code, message = "not_allowed", f"The camera {place} asks for another user, password or token."
        case PermissionError():
            code, message = "not_allowed", f"{place} may not be read. Let this user (often: in the group `video`)."
        case OSError(errno=errno.EIO) if with_token:
            code = "unreachable"
            message = (
                f"The camera {place} cannot be opened. With a token no redirect is followed, for the token would go "
                "along: set the address that it leads to."
            )
        case av.error.InvalidDataError() | av.error.ArgumentError():
            code, message = "no_video", f"What {place} sends is no video. Check the camera setting."
        case _:
            reason = (err.strerror if isinstance(err, OSError) else None) or type(err).__name__
            code, message = "unreachable", f"The camera {place} cannot be opened ({reason})."
    return SourceError(code, message)


def _ended(place: str) -> SourceError:
    return SourceError("ended", f"The camera {place} sends no more pictures. Is it still on?")


def _silent(place: str) -> tuple[FailureCode, str]:
    return "silent", f"The camera {place} sent no picture for {_TIMEOUT_S:.0f} s. Is it on, and the address right?"
