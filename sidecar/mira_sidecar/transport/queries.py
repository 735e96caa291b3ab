"""Questions about the log: each is read once, and replied to by Pub/Sub, which no file of Redis keeps."""

from dataclasses import dataclass
from typing import Any

import msgspec
from redis.asyncio import Redis

from mira_sidecar.protocol import Keys, Reply
from mira_sidecar.transport.ids import StreamIds

_BATCH = 16
_BLOCK_MS = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One entry of the stream, as it came."""

    arrived_ms: int
    """By the Redis server's clock."""
    body: bytes
    """The field `query`; empty where there is none."""


class Queries:
    """Reads the queries stream for the holder of the lease, and sends the replies."""

    def __init__(self, redis: Redis, keys: Keys, ids: StreamIds) -> None:
        self._redis = redis
        self._keys = keys
        self._ids = ids

    async def read(self) -> list[Asked]:
        """The next ones, or after a while nothing. They leave the stream: one that we fall over does not come again."""
        found: Any = await self._redis.xread({self._keys.queries: "0"}, count=_BATCH, block=_BLOCK_MS)
        entries = found[0][1] if found else []
        if entries:
            await self._redis.xdel(self._keys.queries, *(entry_id for entry_id, _ in entries))
        else:
            await self._ids.check([self._keys.queries])
        return [Asked(int(entry_id.partition(b"-")[0]), fields.get(b"query", b"")) for entry_id, fields in entries]

    async def reply(self, reply: Reply) -> None:
        """Send a reply. Whoever asked listens since before."""
        await self._redis.publish(self._keys.replies, msgspec.json.encode(reply))
