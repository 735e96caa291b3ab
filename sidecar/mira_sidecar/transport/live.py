"""What is so now, for displays, beside the decisions: never stored."""

import asyncio

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError


class LiveChannel:
    """Publishes the newest message as fast as Redis takes it; what came before is dropped, as is all without Redis."""

    def __init__(self, redis: Redis, channel: str) -> None:
        self._redis = redis
        self._channel = channel
        self._newest: msgspec.Struct | None = None
        self._news = asyncio.Event()

    def show(self, message: msgspec.Struct) -> None:
        """This is so now. Returns at once."""
        self._newest = message
        self._news.set()

    async def run(self) -> None:
        """Publish until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._redis.publish(self._channel, msgspec.json.encode(self._newest))
            except RedisError, OSError:
                continue  # whoever looks sees that nothing comes
