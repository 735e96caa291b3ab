"""What the speaker plays, for who listens beside it: memory that the processes of both have, and no file.

It is a ring of sound by its place: samples of the monotonic clock, 16,000 a second. Who plays writes where what it
hands over will be heard. Either side may end, begin anew, or never come: what was not written is silence.
"""

import mmap
import os
import struct
from typing import Final

RATE: Final = 16_000
"""Samples a second: signed 16 bits, little-endian, one channel."""
_KEPT: Final = 1 << 16
"""Samples: 4 s."""
_END: Final = struct.Struct("<q")
_SIZE: Final = _END.size + 2 * _KEPT


class Loopback:
    """That memory. One process writes, others read."""

    def __init__(self, handle: int) -> None:
        """Map it, by a handle that this process has inherited, or made, and needs no longer."""
        self._memory = mmap.mmap(handle, _SIZE, trackfd=False)
        os.close(handle)

    @property
    def end(self) -> int:
        """The place up to which it was written."""
        end: int = _END.unpack_from(self._memory)[0]
        return end

    def write(self, place: int, pcm: bytes) -> None:
        """What will be heard from this place on. What was written behind it will not be."""
        if self.end > place:
            self.cut(place)
        self._put(max(self.end, place - _KEPT), bytes(2 * min(_KEPT, place - self.end)))
        self._put(place, pcm)
        _END.pack_into(self._memory, 0, place + len(pcm) // 2)

    def cut(self, place: int) -> None:
        """What was written behind this place is not heard."""
        if (end := self.end) > place:
            first = max(place, end - _KEPT)
            self._put(first, bytes(2 * (end - first)))
            _END.pack_into(self._memory, 0, place)

    def read(self, place: int, samples: int) -> bytes:
        """So many from a place on; silence where nothing was written, and what was is over 4 s old."""
        end = self.end
        first, last = max(place, end - _KEPT), min(place + samples, end)
        if first >= last:
            return bytes(2 * samples)
        at, wrapped = first % _KEPT, max(0, first % _KEPT + last - first - _KEPT)
        begin = _END.size + 2 * at
        sound = self._memory[begin : begin + 2 * (last - first - wrapped)]
        sound += self._memory[_END.size : _END.size + 2 * wrapped]
        return bytes(2 * (first - place)) + sound + bytes(2 * (place + samples - last))

    def _put(self, place: int, pcm: bytes) -> None:
        at = 2 * (place % _KEPT)
        room = 2 * _KEPT - at
        self._memory[_END.size + at : _END.size + at + len(pcm[:room])] = pcm[:room]
        self._memory[_END.size : _END.size + len(pcm[room:])] = pcm[room:]


def memory() -> int:
    """Make such memory; the handle by which to map it and to hand it on. It is there while somebody has it."""
    handle = os.memfd_create("mira-loopback")
    os.ftruncate(handle, _SIZE)
    return handle
