"""What is so now, on a real Redis."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from house.redis import RedisServer
from mira_sidecar.protocol import Keys
from mira_sidecar.transport.connection import connect
from mira_sidecar.transport.live import LiveChannel

KEYS = Keys("hall")


class Sight(msgspec.Struct):
    """Anything that changes often."""

    hands: int


@pytest.fixture
async def redis(redis_server: RedisServer) -> AsyncIterator[Redis]:
    async with connect(redis_server.url) as redis:
        yield redis


@contextlib.asynccontextmanager
async def running(redis: Redis) -> AsyncIterator[LiveChannel]:
    live = LiveChannel(redis, KEYS.live)
    task = asyncio.create_task(live.run())
    yield live
    task.cancel()
    await asyncio.wait((task,))


@contextlib.asynccontextmanager
async def heard(redis: Redis) -> AsyncIterator[asyncio.Queue[dict[str, Any]]]:
    """What comes over the channel."""
    messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def listen() -> None:
        async for message in channel.listen():
            messages.put_nowait(json.loads(message["data"]))

    async with redis.pubsub(ignore_subscribe_messages=True) as channel:
        await channel.subscribe(KEYS.live)
        assert await channel.get_message(timeout=1) is None  # that it is subscribed
        task = asyncio.create_task(listen())
        yield messages
        task.cancel()
        await asyncio.wait((task,))


async def test_what_is_shown_is_heard_and_nothing_is_kept(redis: Redis) -> None:
    async with heard(redis) as messages, running(redis) as live:
        for hands in (1, 0):
            live.show(Sight(hands))
            assert await asyncio.wait_for(messages.get(), 5) == {"hands": hands}
    assert await redis.dbsize() == 0


async def test_what_redis_does_not_take_is_dropped_for_what_is_newer(redis_server: RedisServer, redis: Redis) -> None:
    async with heard(redis) as messages, running(redis) as live:
        redis_server.pause()
        live.show(Sight(1))
        await asyncio.sleep(0.1)
        for number in range(50):
            live.show(Sight(number))
        live.show(Sight(0))
        redis_server.resume()
        assert [(await asyncio.wait_for(messages.get(), 5))["hands"] for _ in range(2)] == [1, 0]
        await asyncio.sleep(0.2)
        assert messages.empty()


async def test_without_redis_nothing_is_sent_and_nothing_waits(redis_server: RedisServer, redis: Redis) -> None:
    async with running(redis) as live:
        redis_server.kill()
        live.show(Sight(1))
        await asyncio.sleep(0.2)
        redis_server.start()
        async with heard(redis) as messages:
            live.show(Sight(0))
            assert (await asyncio.wait_for(messages.get(), 5))["hands"] == 0
