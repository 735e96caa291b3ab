"""The lease on a real Redis: one holder at a time, and nothing is published by another."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis.asyncio import Redis

from house.redis import RedisServer
from mira_sidecar.core.arbiter import Position
from mira_sidecar.core.state import initial_document
from mira_sidecar.log_key import LogKey
from mira_sidecar.protocol import GROUP, Event, Head, Keys
from mira_sidecar.snapshots import picture
from mira_sidecar.transport.connection import connect
from mira_sidecar.transport.ids import StreamIds
from mira_sidecar.transport.inbox import Inbox
from mira_sidecar.transport.lease import LeaseKey, LeaseLostError
from mira_sidecar.transport.outbox import Outbox

NOW = "2026-11-20T12:00:00.000Z"
KEYS = Keys("hall")
LOG = "the log"
KEY = LogKey(bytes(32), Path("unused"))


@dataclass
class House:
    """A Redis, and two sidecars that want the lease of the same mirror."""

    redis: Redis
    ours: LeaseKey
    theirs: LeaseKey

    async def end(self) -> None:
        """Have the lease end, as if nobody had renewed it."""
        await self.redis.delete(KEYS.lease)


@pytest.fixture
async def house(redis_server: RedisServer) -> AsyncIterator[House]:
    redis = connect(redis_server.url)
    yield House(
        redis,
        LeaseKey(redis, KEYS, "our store", "pi:1", standby=False),
        LeaseKey(redis, KEYS, "their store", "nas:1", standby=True),
    )
    await redis.aclose()


async def publish(house: House, lease: LeaseKey, seq: int) -> None:
    event = Event(seq, f"event-{seq}", NOW, f"command-{seq}", "accepted", "touch", "lock")
    position = Position(seq, 0, initial_document())
    entries = await Inbox(house.redis, KEYS, StreamIds(house.redis, print)).read()
    head, outbox = Head(0, seq, NOW), Outbox(house.redis, KEYS, lease, KEY)
    await outbox.publish([event], [b"{}"], head, lambda: picture(position, NOW), answered=entries)


async def test_one_has_it_and_the_other_sees_who(house: House) -> None:
    ours = await house.ours.take(LOG)
    assert (ours.fence, ours.server_id, ours.store_id, ours.node) == (1, LOG, "our store", "pi:1")
    assert await house.theirs.take(LOG) == await house.theirs.read() == ours
    house.ours.check()
    with pytest.raises(LeaseLostError):
        house.theirs.check()
    assert 1_000 < await house.redis.pttl(KEYS.lease) <= 2_000


async def test_whoever_comes_next_has_a_higher_number(house: House) -> None:
    await house.ours.take(LOG)
    await house.end()
    assert (await house.theirs.take(LOG)).fence == 2
    await house.redis.flushall()
    assert (await house.theirs.take(LOG)).fence == 3


async def test_the_same_database_has_it_back_at_once(house: House) -> None:
    await house.ours.take(LOG)
    again = LeaseKey(house.redis, KEYS, "our store", "pi:2", standby=False)
    assert (await again.take(LOG)).fence == 2
    with pytest.raises(LeaseLostError):
        await house.ours.renew()


async def test_renewed_it_goes_on(house: House) -> None:
    await house.ours.take(LOG)
    await house.redis.pexpire(KEYS.lease, 100)
    await house.ours.renew()
    assert await house.redis.pttl(KEYS.lease) > 1_000


async def test_a_lease_that_another_took_is_not_renewed(house: House) -> None:
    await house.ours.take(LOG)
    await house.end()
    theirs = await house.theirs.take(LOG)
    with pytest.raises(LeaseLostError):
        await house.ours.renew()
    with pytest.raises(LeaseLostError):
        house.ours.check()
    assert await house.ours.read() == theirs


async def test_only_the_holder_releases_it(house: House) -> None:
    await house.ours.take(LOG)
    await house.end()
    await house.theirs.take(LOG)
    await house.redis.set(KEYS.presence, "theirs")
    await house.ours.release()
    assert await house.redis.exists(KEYS.lease, KEYS.presence) == 2
    await house.theirs.release()
    assert await house.redis.exists(KEYS.lease, KEYS.presence) == 0


async def test_the_holder_hears_that_it_is_wanted_back(house: House) -> None:
    await house.theirs.take(LOG)
    await house.theirs.renew()
    assert not house.theirs.wanted_back
    await house.ours.claim()
    await house.theirs.renew()
    assert house.theirs.wanted_back
    assert house.theirs.wanted_by == "pi:1"
    await house.theirs.release()
    await house.ours.take(LOG)
    assert not await house.ours.is_claimed()


async def test_what_one_without_the_lease_publishes_is_not_seen_and_not_acknowledged(house: House) -> None:
    inbox = Inbox(house.redis, KEYS, StreamIds(house.redis, print))
    await inbox.open()
    await house.ours.take(LOG)
    await publish(house, house.ours, 1)
    await house.redis.xadd(KEYS.commands["home"], {"command": "{}"})
    before = await house.redis.get(KEYS.head)
    await house.end()
    await house.theirs.take(LOG)
    with pytest.raises(LeaseLostError):
        await publish(house, house.ours, 2)
    assert await house.redis.xlen(KEYS.events) == 1
    assert await house.redis.get(KEYS.head) == before
    assert (await house.redis.xpending(KEYS.commands["home"], GROUP))["pending"] == 1
    await publish(house, house.theirs, 2)
    assert await house.redis.xlen(KEYS.events) == 2
    assert await house.redis.xlen(KEYS.commands["home"]) == 0
