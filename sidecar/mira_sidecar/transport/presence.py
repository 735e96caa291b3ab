"""The heartbeat: that the sidecar is there, and what it observes of its devices."""

import msgspec
from redis.asyncio import Redis

from mira_sidecar.protocol import PRESENCE_TTL_MS, Keys, Presence


class PresenceKey:
    """The presence of one mirror in Redis."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._key = keys.presence

    async def read(self) -> Presence | None:
        """Who serves this mirror now; None also where the key holds something else."""
        body = await self._redis.get(self._key)
        try:
            return msgspec.json.decode(body, type=Presence) if body else None
        except msgspec.DecodeError:
            return None

    async def renew(self, presence: Presence) -> None:
        """Say that we are here, until PRESENCE_TTL_MS from now."""
        await self._redis.set(self._key, msgspec.json.encode(presence), px=PRESENCE_TTL_MS)
