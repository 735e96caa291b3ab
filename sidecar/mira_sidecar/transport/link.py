"""The way between the arbiter and one Redis, there and back."""

import contextlib
from dataclasses import dataclass
from typing import Self

from redis.asyncio import Redis
from redis.exceptions import RedisError

from mira_sidecar.log_key import LogKey
from mira_sidecar.protocol import Keys
from mira_sidecar.transport.connection import RedisClock, explain
from mira_sidecar.transport.feed import Feed
from mira_sidecar.transport.ids import StreamIds
from mira_sidecar.transport.inbox import Inbox
from mira_sidecar.transport.lease import LeaseKey
from mira_sidecar.transport.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Link:
    """What comes in, what goes out and who may send it, all by one clock."""

    redis: Redis
    url: str
    clock: RedisClock
    lease: LeaseKey
    feed: Feed
    inbox: Inbox
    outbox: Outbox

    @classmethod
    def of(
        cls, redis: Redis, url: str, keys: Keys, *, key: LogKey, store_id: str, node: str, standby: bool, ids: StreamIds
    ) -> Self:
        """The way of the sidecar that has this log and its key, on this machine."""
        lease = LeaseKey(redis, keys, store_id, node, standby=standby)
        feed, outbox = Feed(redis, keys, key), Outbox(redis, keys, lease, key)
        return cls(redis, url, RedisClock(redis), lease, feed, Inbox(redis, keys, ids), outbox)

    async def renew(self) -> None:
        """Have every call connect anew: after a failover behind one address, or on a link that died in silence.

        What is under way ends on the old connection, which is closed then.
        """
        pool = self.redis.connection_pool
        await pool.update_active_connections_for_reconnect()  # type: ignore[no-untyped-call]
        # Without waiting for their goodbye: by TLS, a peer that is gone would keep us for seconds, and then raise.
        for idle in tuple(pool._available_connections):  # noqa: SLF001 - the pool's own ways wait
            with contextlib.suppress(RedisError, OSError):
                await idle.disconnect(nowait=True)

    def explain(self, error: RedisError | OSError) -> str:
        """What an error of this server means, and what to do."""
        return explain(error, self.url)
