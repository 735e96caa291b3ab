"""The sound of this machine, by its own ALSA library: PyAV's knows neither its files nor its sound server.

That one looks for both in a folder below /tmp, where anybody may put a library that would be run here.
"""

import ctypes
import errno
import os
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, NamedTuple, Self

from .messages import FailureCode
from .source import SourceError

RATE: Final = 48_000
"""Samples a second: what nearly every device does itself. ALSA's own conversion is a coarse one."""
_PROC = Path("/proc/asound")
_NODES = Path("/dev/snd")
# <alsa/pcm.h>
_STREAMS = {"playback": 0, "capture": 1}
_INTERLEAVED = 3
_S16_LE = 2

type Direction = Literal["capture", "playback"]


class Found(NamedTuple):
    """What the kernel knows of a microphone or speaker."""

    name: str
    """In ALSA: it stays the same over restarts, as its number does not."""
    title: str
    """For people."""
    may_open: bool
    """Whether this user may."""


class Pcm:
    """A device that is open: 16 bits, little-endian. Of one thread alone."""

    def __init__(
        self,
        name: str,
        direction: Direction,
        *,
        channels: int,
        buffer_ms: int,
        period_ms: int = 20,
        better_rate: int | None = None,
    ) -> None:
        """Open it, by its name in ALSA. Raises SourceError.

        So much sound waits in it at most, and it wakes who waits for it so often. It is open at `RATE`, or at a better
        one where the device, or the sound server, has that itself.
        """
        self.rate = RATE
        self._name = name
        self._direction = direction
        self._frame = 2 * channels
        self._handle = ctypes.c_void_p()
        # By way of what converts where the device does it otherwise.
        converted = f"plug{name}" if name.startswith("hw:") else name
        try:
            _call("open", ctypes.byref(self._handle), converted.encode(), _STREAMS[direction], 0)
            try:
                if not better_rate or not self._set(better_rate, channels, period_ms, buffer_ms, itself=True):
                    self._set(RATE, channels, period_ms, buffer_ms, itself=False)
            except OSError:
                self.close()
                raise
        except OSError as error:
            raise SourceError(*_explained(error, name, direction)) from error

    def _set(self, rate: int, channels: int, period_ms: int, buffer_ms: int, *, itself: bool) -> bool:
        """Have it like this; whether it has the rate. Raises OSError, for what else it cannot."""
        params = ctypes.c_void_p()
        _call("hw_params_malloc", ctypes.byref(params))
        try:
            _call("hw_params_any", self._handle, params)
            _call("hw_params_set_access", self._handle, params, _INTERLEAVED)
            _call("hw_params_set_format", self._handle, params, _S16_LE)
            _call("hw_params_set_channels", self._handle, params, channels)
            _call("hw_params_set_rate_resample", self._handle, params, int(not itself))
            try:
                _call("hw_params_set_rate", self._handle, params, rate, 0)
            except OSError:
                if itself:
                    return False
                raise
            near = ctypes.c_uint(period_ms * 1000)
            _call("hw_params_set_period_time_near", self._handle, params, ctypes.byref(near), None)
            near = ctypes.c_uint(buffer_ms * 1000)
            _call("hw_params_set_buffer_time_near", self._handle, params, ctypes.byref(near), None)
            _call("hw_params", self._handle, params)
        finally:
            _library().snd_pcm_hw_params_free(params)
        self.rate = rate
        return True

    def read(self, samples: int) -> bytes:
        """Wait for so many samples. What was lost since the last ones is left out. Raises SourceError."""
        read = b""
        while missing := samples - len(read) // self._frame:
            room = ctypes.create_string_buffer(missing * self._frame)
            have = self._moved("readi", room, missing)
            read += room.raw[: have * self._frame]
        return read

    def write(self, pcm: bytes) -> None:
        """Wait until it takes this. Raises SourceError."""
        done = 0
        while done < len(pcm):
            done += self._moved("writei", pcm[done:], (len(pcm) - done) // self._frame) * self._frame

    def _moved(self, work: str, room: bytes | ctypes.Array[ctypes.c_char], samples: int) -> int:
        """How many samples were read or written: at least one."""
        try:
            while True:
                try:
                    if moved := _call(work, self._handle, room, ctypes.c_ulong(samples)):
                        return moved
                except OSError as error:
                    # It ran dry, or over, or the machine slept; any other error comes again.
                    _call("recover", self._handle, -(error.errno or 0), 1)
                else:
                    raise OSError(errno.EIO, os.strerror(errno.EIO))
        except OSError as error:
            raise SourceError(
                "ended",
                f"The {_noun(self._direction)} `{self._name}` is gone ({error.strerror}). Is it still connected?",
            ) from error

    def drop(self) -> None:
        """Be silent at once."""
        _library().snd_pcm_drop(self._handle)

    def drain(self) -> None:
        """Wait until all that was written has been heard."""
        _library().snd_pcm_drain(self._handle)

    def close(self) -> None:
        """Close it; what was not heard yet is not heard any more."""
        _library().snd_pcm_close(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("libasound.so.2")
    for name in ("readi", "writei"):
        getattr(library, f"snd_pcm_{name}").restype = ctypes.c_long
    return library


def _call(name: str, *values: object) -> int:
    """What a function of ALSA's gives. Raises OSError."""
    result: int = getattr(_library(), f"snd_pcm_{name}")(*values)
    if result < 0:
        raise OSError(-result, os.strerror(-result))
    return result


def found(direction: Direction) -> list[Found]:
    """The microphones or speakers that this machine has."""
    try:
        cards = (_PROC / "cards").read_text().splitlines()
        lines = (_PROC / "pcm").read_text().splitlines()
    except OSError:  # a kernel without sound
        return []
    # Such as ` 1 [Device         ]: USB-Audio - USB PnP Sound Device`,
    ids = {int(line[:2]): line.partition("[")[2].partition("]")[0].strip() for line in cards if "]: " in line}
    devices = []
    for line in lines:
        # and `01-00: USB Audio : USB Audio : playback 1 : capture 1`.
        place, _, rest = line.partition(": ")
        card, number = map(int, place.split("-"))
        title, *directions = (part.strip() for part in rest.split(" : "))
        if any(one.startswith(direction) for one in directions):
            node = _NODES / f"pcmC{card}D{number}{direction[0]}"
            name = f"hw:CARD={ids.get(card, card)},DEV={number}"
            devices.append(Found(name, title, os.access(node, os.R_OK | os.W_OK)))
    return devices


def names(direction: Direction) -> str:
    """What may be set here."""
    devices = found(direction)
    named = ", ".join(f"`{one.name}` ({one.title})" for one in devices)
    return f"this machine has {named}" if devices else "this machine has none"


def _noun(direction: Direction) -> str:
    """What people call it, and so does its setting."""
    return "microphone" if direction == "capture" else "speaker"


def _explained(error: OSError, name: str, direction: Direction) -> tuple[FailureCode, str]:
    """Why a device cannot be opened, and what to do."""
    noun, devices = _noun(direction), found(direction)
    match error.errno:
        case None:  # the library itself
            return "unreachable", "ALSA's library is not installed. Install it (Debian: `apt install alsa-utils`)."
        case errno.EBUSY:
            return "busy", (
                f"Another program uses the {noun} `{name}`. End that one, or set `{noun}` to `default`, which several "
                "share where a sound server such as PipeWire runs."
            )
        case errno.EACCES | errno.EPERM:
            forbidden = True
        case _:
            forbidden = bool(devices) and not any(one.may_open for one in devices)
    if forbidden:
        return "not_allowed", (
            f"The {noun} `{name}` may not be opened. Let this user (often: in the group `audio`), and hand `/dev/snd` "
            "to a container."
        )
    if error.errno in {errno.ENOENT, errno.ENODEV, errno.ENXIO}:
        return "not_found", f"There is no {noun} `{name}`: {names(direction)}. Check the `{noun}` setting."
    return "unreachable", f"The {noun} `{name}` cannot be opened ({error.strerror}): {names(direction)}."
