"""What the mirror hears, sorted by turn, and what it is to say: sound that is in no key, stream or file."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable

from redis.asyncio import Redis

from ..errors import BadMessage, NotListening
from .connection import redis_errors
from .frames import Frame

SAMPLE_BYTES = 2
SECOND = 16_000 * SAMPLE_BYTES
"""Bytes of a second of what is heard: 16 kHz, mono, 16 bits."""
MAX_SPEECH = 20_000_000
"""Bytes of a speech that the mirror takes."""

_PATIENCE = 3.0
"""Seconds without a frame after which nothing more comes."""
_EARLY = 3.0
"""Seconds for which frames are kept that come before their turn was opened."""
_EARLY_FRAMES = 200
_TURNS_REMEMBERED = 16
_MAX_GAP = 3 * SECOND
"""Bytes of silence at most that fill a gap, whatever sequence a frame claims."""
_MAX_UNREAD = 60 * SECOND

_PIECE = 16_000
"""Bytes of a speech in one frame."""
_AHEAD = 1_000_000
_RATE = 1_000_000
"""Bytes that are sent at once, and then a second: faster than any file is played, and far below what makes Redis close
the connection of a subscriber that cannot keep up."""


class TurnSound:
    """What is heard in one turn, without gaps."""

    def __init__(self) -> None:
        self.missing = 0
        """Frames that were lost, in whose place there is silence."""
        self._frames = asyncio.Queue[Frame]()
        self._unread = 0

    def hear(self, frame: Frame) -> None:
        """Take a frame; one that nobody has room for is lost."""
        if self._unread + len(frame.payload) <= _MAX_UNREAD:
            self._unread += len(frame.payload)
            self._frames.put_nowait(frame)

    async def chunks(self) -> AsyncGenerator[bytes]:
        """The sound, until the last frame, or until none comes any more."""
        expected = size = 0
        while True:
            try:
                async with asyncio.timeout(_PATIENCE):
                    frame = await self._frames.get()
            except TimeoutError:
                return
            self._unread -= len(frame.payload)
            if (gap := frame.sequence - expected) < 0:
                continue
            size = len(frame.payload) or size
            if gap:
                self.missing += gap
                yield bytes(min(gap * size, _MAX_GAP))
            expected = frame.sequence + 1
            if frame.payload:
                yield frame.payload
            if frame.last:
                return


class Hearing:
    """Sorts frames by turn. They may be here before the event that opens their turn, and are kept for that moment."""

    def __init__(self) -> None:
        self.dropped = 0
        """Frames that were none."""
        self._turns: dict[str, TurnSound] = {}
        self._early = deque[tuple[float, Frame]](maxlen=_EARLY_FRAMES)
        self._over = deque[str](maxlen=_TURNS_REMEMBERED)
        """Turns of which nobody wants to hear any more."""

    def hear(self, data: bytes) -> None:
        """Take what came over the channel."""
        try:
            frame = Frame.decode(data)
        except BadMessage:
            self.dropped += 1
            return
        if len(frame.payload) % SAMPLE_BYTES or len(frame.payload) > SECOND:
            self.dropped += 1
        elif turn := self._turns.get(frame.id):
            turn.hear(frame)
        elif frame.id not in self._over:
            self._forget()
            self._early.append((time.monotonic(), frame))

    def open(self, turn_id: str) -> TurnSound:
        """What is heard in this turn, from its first frame on."""
        self._forget()
        sound = self._turns[turn_id] = TurnSound()
        early, self._early = self._early, deque(maxlen=_EARLY_FRAMES)
        for at, frame in early:
            if frame.id == turn_id:
                sound.hear(frame)
            else:
                self._early.append((at, frame))
        return sound

    def close(self, turn_id: str) -> None:
        """The turn is over: what still comes of it is for nobody."""
        del self._turns[turn_id]
        self._over.append(turn_id)

    def _forget(self) -> None:
        while self._early and time.monotonic() - self._early[0][0] > _EARLY:
            self._early.popleft()


async def speak(
    redis: Redis,
    channel: str,
    speech_id: str,
    files: Iterable[AsyncIterable[bytes]],
    started: Callable[[], None],
) -> None:
    """Send the encoded files of a speech, one after another, while they are still being made.

    `started` is called when the first piece is on its way. What is longer than the mirror takes is cut.
    Raises CannotConnect, InvalidAuth, or NotListening where no sidecar hears it.
    """
    sequence = sent = 0
    began = time.monotonic()

    async def send(payload: bytes = b"", *, last_of_file: bool = False, last: bool = False) -> None:
        nonlocal sequence, sent
        if (ahead := sent - _AHEAD - _RATE * (time.monotonic() - began)) > 0:
            await asyncio.sleep(ahead / _RATE)
        frame = Frame(speech_id, sequence, payload, last_of_file=last_of_file, last=last)
        with redis_errors():
            if not await redis.publish(channel, frame.encode()):
                raise NotListening("No sidecar takes what is to be said.")
        if not sequence:
            started()
        sequence += 1
        sent += len(payload)

    for file in files:
        async for data in file:
            for start in range(0, min(len(data), MAX_SPEECH - sent), _PIECE):
                await send(data[start : min(start + _PIECE, start + MAX_SPEECH - sent)])
            if sent == MAX_SPEECH:
                break
        await send(last_of_file=True)
    await send(last=True)
