"""Frames of sound, which pass Redis by Pub/Sub alone: no file of Redis has any of it.

A byte with the version, one with flags, one with the length of the id, the id, four with the place in the sequence
(big-endian, from 0), and the sound.
"""

import asyncio
import re
import struct
from typing import Final, NamedTuple

from redis.asyncio import Redis
from redis.exceptions import RedisError

_VERSION: Final = 1
_LAST_OF_FILE, _LAST = 1, 2
_HEAD = struct.Struct(">BBB")
_PLACE = struct.Struct(">I")
_ID = re.compile(rb"[0-9A-Za-z_-]{8,64}")
MAX_SOUND: Final = 16_384
"""Bytes of sound in a frame."""
_WAITING = 128
"""Frames that wait at most for a Redis that is slow: some 5 s."""


class Frame(NamedTuple):
    """A piece of sound."""

    id: str
    """What it belongs to: a turn, or a speech."""
    sequence: int
    sound: bytes = b""
    last_of_file: bool = False
    last: bool = False
    """Nothing more comes of what it belongs to."""


def encode(frame: Frame) -> bytes:
    """A frame as it is sent."""
    flags = _LAST_OF_FILE * frame.last_of_file | _LAST * frame.last
    name = frame.id.encode()
    return _HEAD.pack(_VERSION, flags, len(name)) + name + _PLACE.pack(frame.sequence) + frame.sound


def decode(body: bytes) -> Frame | None:
    """A frame; None where it is none, or one of another version."""
    if len(body) < _HEAD.size:
        return None
    version, flags, length = _HEAD.unpack_from(body)
    start = _HEAD.size + length
    name, sound = body[_HEAD.size : start], body[start + _PLACE.size :]
    is_whole = len(body) >= start + _PLACE.size and _ID.fullmatch(name) is not None
    if version != _VERSION or flags > _LAST_OF_FILE | _LAST or not is_whole or len(sound) > MAX_SOUND:
        return None
    (sequence,) = _PLACE.unpack_from(body, start)
    return Frame(name.decode(), sequence, sound, bool(flags & _LAST_OF_FILE), bool(flags & _LAST))


class Assembly:
    """Frames of one thing, in their order: only the next one fits."""

    def __init__(self, name: str, most_bytes: int) -> None:
        self.name = name
        self.is_broken = False
        """Whether one was lost, or more came than may: nothing fits any more."""
        self._left = most_bytes
        self._next = 0

    def fits(self, frame: Frame) -> bool:
        """Whether a frame is the next one; it is taken then."""
        if self.is_broken or frame.id != self.name or frame.sequence < self._next:
            return False
        self._left -= len(frame.sound)
        # One connection sends them, and Redis keeps its order: what is missing does not come any more.
        self.is_broken = frame.sequence > self._next or self._left < 0
        self._next += 1
        return not self.is_broken


class SoundOut:
    """Sends frames as fast as Redis takes them; where that is too slow, the oldest are lost."""

    def __init__(self, redis: Redis, channel: str) -> None:
        self._redis = redis
        self._channel = channel
        self._waiting = asyncio.Queue[bytes](_WAITING)

    def send(self, frame: Frame) -> None:
        """Send it soon. Returns at once."""
        if self._waiting.full():
            self._waiting.get_nowait()
        self._waiting.put_nowait(encode(frame))

    async def heard_by(self) -> int:
        """How many listen to the channel. Raises RedisError or OSError."""
        ((_, count),) = await self._redis.pubsub_numsub(self._channel)
        return int(count)

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            body = await self._waiting.get()
            try:
                await self._redis.publish(self._channel, body)
            except RedisError, OSError:
                continue  # who listens sees by the sequence that something is missing
