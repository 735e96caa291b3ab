"""Writes what a camera shows as a film, for `mira-sidecar gestures record`. The capture process has no part in it."""

import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av

from mira_sidecar.devices.camera.source import NewestFrame

_TICK = Fraction(1, 1000)


def write_film(camera: NewestFrame, path: Path, seconds: float, reached: Callable[[float], None]) -> None:
    """Write so many seconds from now on into a new file that this user alone may read.

    Each frame keeps the time at which it came, and `reached` is told it, from the first one on. Raises SourceError,
    OSError, FFmpegError, and what `reached` raises; what is there of the file then stays.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    first = taken = camera.take()
    width, height = (length // 2 * 2 for length in first.size)  # even, as H.264 wants it
    with av.open(str(path), "w", format="mp4") as film:
        # Without looking ahead: the frames' times begin at 0.
        options = {"preset": "veryfast", "crf": "18", "tune": "zerolatency"}
        stream = film.add_stream("libx264", rate=30, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = _TICK
        ticks = -1
        while (at_s := (taken.t_ms - first.t_ms) / 1000) <= seconds:
            reached(at_s)
            frame = taken.frame.reformat(width=width, height=height, format="yuv420p")
            ticks = max(ticks + 1, round(at_s / _TICK))
            frame.pts, frame.time_base, frame.pict_type = ticks, _TICK, av.video.frame.PictureType.NONE
            film.mux(stream.encode(frame))
            taken = camera.take()
        film.mux(stream.encode())
