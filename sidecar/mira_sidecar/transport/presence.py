"""The heartbeat: that the sidecar is there, and what it observes of its devices."""

import msgspec
from redis.asyncio import Redis

from mira_sidecar.protocol import PRESENCE_TTL_MS, Keys, Presence
from mira_sidecar.transport.script import script


class PresenceKey:
    """The presence of one mirror in Redis."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = [keys.presence, keys.lease]
        self._show = script(redis, "show_presence")

    async def read(self) -> Presence | None:
        """Who serves this mirror now; None also where the key holds something else."""
        body = await self._redis.get(self._keys[0])
        try:
            return msgspec.json.decode(body, type=Presence) if body else None
        except msgspec.DecodeError:
            return None

    async def renew(self, presence: Presence, lease: bytes) -> None:
        """Say that we are here, until PRESENCE_TTL_MS from now, unless another holds the lease; `lease` is ours."""
        await self._show(keys=self._keys, args=[msgspec.json.encode(presence), PRESENCE_TTL_MS, lease])
