"""The words of commands, which pass Redis by Pub/Sub alone: heard before their command comes, held for a moment."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from mira_sidecar.protocol import MAX_PRIVATE_BYTES, Keys, PrivateWords

log = structlog.get_logger()

_HELD = 256
"""Commands whose words are held at most; the oldest go first."""
_HELD_S = 60.0
_LATE_S = 1.0
"""Words are sent before their command, by another connection: one may be held up for longer than the other."""
_READ_S = 0.5
_PAUSE_S = 5.0
"""After Redis did not let us listen."""
_WORDS = msgspec.json.Decoder(PrivateWords)


class HeldWords:
    """Hears words while this is the sidecar that decides. Nothing of them is in logs, events or errors."""

    def __init__(self, redis: Redis, keys: Keys, steady: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis
        self._channel = keys.private
        self._steady = steady
        self._held: dict[str, tuple[float, dict[str, Any]]] = {}
        self._heard = asyncio.Event()
        self._wanted = asyncio.Event()
        self._era = 0

    def listen(self, deciding: bool) -> None:
        """Whether it is for us to hear them. A new connection to Redis is a new one here, too."""
        if not deciding and self._wanted.is_set():
            self._wanted.clear()
            self._era += 1
        elif deciding:
            self._wanted.set()

    async def run(self) -> None:
        """Listen until cancelled, through every outage of Redis, of which the flow is the one to speak."""
        while True:
            await self._wanted.wait()
            try:
                await self._listen(self._era)
            except ResponseError as error:
                log.warning("private words are not heard: Redis refuses to let Mira listen", why=str(error))
                await asyncio.sleep(_PAUSE_S)
            except RedisError, OSError:
                await asyncio.sleep(_READ_S)

    async def take(self, command_id: str) -> dict[str, Any] | None:
        """The words of an accepted command, which are then held no more; None where none came."""
        try:
            async with asyncio.timeout(_LATE_S):
                while command_id not in self._held:
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            return None
        return self._held.pop(command_id)[1]

    def drop(self, command_ids: Iterable[str]) -> None:
        """Forget the words of commands that were refused."""
        for command_id in command_ids:
            self._held.pop(command_id, None)

    def hear(self, body: bytes) -> None:
        """Hold words; the first for a command count. What is none is passed over."""
        now = self._steady()
        for command_id in [one for one, (until, _) in self._held.items() if until <= now]:
            del self._held[command_id]
        if len(body) > MAX_PRIVATE_BYTES:
            return
        try:
            message = _WORDS.decode(body)
        except ValueError, RecursionError:
            return
        if message.command_id not in self._held:
            if len(self._held) >= _HELD:
                del self._held[next(iter(self._held))]
            self._held[message.command_id] = now + _HELD_S, message.words
            self._heard.set()

    async def _listen(self, era: int) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(self._channel)
            while era == self._era:
                if message := await channel.get_message(timeout=_READ_S):
                    self.hear(message["data"])
