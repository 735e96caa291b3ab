"""A channel of Redis that is listened to while this is the sidecar that decides."""

import asyncio
from collections.abc import Callable

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

log = structlog.get_logger()

_READ_S = 0.5
_PAUSE_S = 5.0
"""After Redis did not let us listen."""


class Subscription:
    """Hears a channel, through every outage of Redis, of which the flow is the one to speak."""

    def __init__(self, redis: Redis, channel: str, hear: Callable[[bytes], None], what: str) -> None:
        """`what`: what is not heard where Redis refuses it, for the log."""
        self._redis = redis
        self._channel = channel
        self._hear = hear
        self._what = what
        self._wanted = asyncio.Event()
        self._era = 0

    def listen(self, deciding: bool) -> None:
        """Whether it is for us to hear it. A new connection to Redis is a new one here, too."""
        if not deciding and self._wanted.is_set():
            self._wanted.clear()
            self._era += 1
        elif deciding:
            self._wanted.set()

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            await self._wanted.wait()
            try:
                await self._listen(self._era)
            except ResponseError as error:
                log.warning("a channel is not heard: Redis refuses to let Mira listen", what=self._what, why=str(error))
                await asyncio.sleep(_PAUSE_S)
            except RedisError, OSError:
                await asyncio.sleep(_READ_S)

    async def _listen(self, era: int) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(self._channel)
            while era == self._era:
                if message := await channel.get_message(timeout=_READ_S):
                    self._hear(message["data"])
