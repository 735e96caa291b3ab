"""What the camera sees of hands, while it sees them: for displays, beside the decisions."""

import asyncio
from collections.abc import Sequence

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from mira_sidecar.protocol import Keys, instant
from mira_sidecar.subjects.gesture.seen import Live, LiveHand
from mira_sidecar.transport.connection import RedisClock


class LiveChannel:
    """Publishes the newest sight as fast as Redis takes it; what came before is dropped, as is all without Redis."""

    def __init__(self, redis: Redis, keys: Keys, clock: RedisClock) -> None:
        self._redis = redis
        self._channel = keys.live
        self._clock = clock
        self._newest: Live | None = None
        self._news = asyncio.Event()

    def show(self, hands: Sequence[LiveHand], *, age_ms: int) -> None:
        """These hands were seen so long ago. Returns at once."""
        self._newest = Live(instant(self._clock.now_ms() - age_ms), list(hands))
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
