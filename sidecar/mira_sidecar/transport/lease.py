"""The lease: which sidecar decides for a mirror.

Each new holder gets a higher fencing number, and what is published names it: one that slept through the end of its
lease is recognised by Redis itself, however sure it is of itself.
"""

import time

import msgspec
from redis.asyncio import Redis

from mira_sidecar.protocol import Keys, Lease
from mira_sidecar.transport.connection import decoded
from mira_sidecar.transport.script import script

LEASE_MS = 2_000
"""With a standby that looks every quarter of a second, another one serves within 3 s."""
RENEWAL_S = 0.5
_CLAIM_MS = 1_000


class LeaseLostError(Exception):
    """Another sidecar decides now, or may: nothing more may be written or published."""


class LeaseKey:
    """The lease of one mirror in Redis, as one sidecar sees it."""

    def __init__(self, redis: Redis, keys: Keys, store_id: str, node: str, *, standby: bool) -> None:
        self._redis = redis
        self._keys = keys
        self._store_id = store_id
        self._node = node
        self._standby = standby
        self._fence = 0
        self._until = 0.0
        self._take = script(redis, "take_lease")
        self._renew = script(redis, "renew_lease")
        self._release = script(redis, "release_lease")
        self.body = b""
        """The lease as we hold it, byte for byte as Redis has it; empty where we do not."""
        self.wanted_by: str | None = None
        """The node that asks for it."""
        self.emptied = False
        """Whether Redis has lost what it had of the log."""

    async def read(self) -> Lease | None:
        """Who holds it."""
        body = await self._redis.get(self._keys.lease)
        return decoded(body, Lease, self._keys.lease) if body else None

    async def take(self, server_id: str) -> Lease:
        """Take it where it is free, or held by one that had our database before us; whose it is now."""
        asker = {"server_id": server_id, "store_id": self._store_id, "node": self._node}
        asked_at = time.monotonic()
        body: bytes = await self._take(
            keys=[self._keys.lease, self._keys.fence], args=[msgspec.json.encode(asker), self._fence, LEASE_MS]
        )
        lease = decoded(body, Lease, self._keys.lease)
        self._fence = max(self._fence, lease.fence)
        if self.is_own(lease):
            self.body = body
            self.wanted_by = None
            self._until = asked_at + LEASE_MS / 1000
            await self._redis.delete(self._keys.claim)
        return lease

    async def renew(self) -> None:
        """Hold it for longer, and look whether Redis has the head and the state. Raises LeaseLostError."""
        asked_at = time.monotonic()
        keys = [self._keys.lease, self._keys.claim, self._keys.head, self._keys.state]
        held, claim, is_there = await self._renew(keys=keys, args=[self.body, LEASE_MS])
        if not held:
            self.forget()
        self.check()
        self._until = asked_at + LEASE_MS / 1000
        self.wanted_by = claim.decode(errors="replace") if claim else None
        self.emptied = self.emptied or not is_there

    @property
    def wanted_back(self) -> bool:
        """Whether we are the standby, and the primary sidecar asks for it. A primary never gives it away."""
        return self._standby and self.wanted_by is not None

    def is_own(self, lease: Lease | None) -> bool:
        """Whether a lease is held by our store: by us, or by one that had it before us and is gone."""
        return lease is not None and lease.store_id == self._store_id

    def check(self) -> None:
        """Raise LeaseLostError where it has ended by our own clock, or another holds it."""
        if not self.body or time.monotonic() >= self._until:
            raise LeaseLostError

    def forget(self) -> None:
        """Know that we do not hold it."""
        self.body = b""

    async def release(self) -> None:
        """Let another have it at once, and say that we serve no more, where we did."""
        if self.body:
            body, self.body = self.body, b""
            await self._release(keys=[self._keys.lease, self._keys.presence], args=[body])

    async def claim(self) -> None:
        """Ask the standby that holds it for it."""
        await self._redis.set(self._keys.claim, self._node, px=_CLAIM_MS)

    async def is_claimed(self) -> bool:
        """Whether the mirror's own sidecar is about to take it."""
        return bool(await self._redis.exists(self._keys.claim))
