"""The connection for what is asked with each batch: it is made anew, and an answer never comes to another question."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from house.redis import RedisServer
from mira_sidecar.transport.connection import connect
from mira_sidecar.transport.own_connection import OwnConnection, OwnScript, packed


@pytest.fixture
async def redis(redis_server: RedisServer) -> AsyncIterator[Redis]:
    redis = connect(redis_server.url)
    yield redis
    await redis.aclose()


async def test_a_word_of_any_kind_arrives_as_it_is(redis: Redis) -> None:
    own = OwnConnection(redis)
    for word in (b"\r\n$\x00\xff", "ünïcode", "", 7):
        wanted = word if isinstance(word, bytes) else str(word).encode()
        assert await own.ask(packed("ECHO", word)) == wanted


async def test_the_question_after_one_that_was_given_up_has_its_own_answer(redis: Redis) -> None:
    own = OwnConnection(redis)
    asked = asyncio.create_task(own.ask(packed("BLPOP", "nothing", 1)))
    await asyncio.sleep(0.05)
    asked.cancel()
    await asyncio.wait([asked])
    assert await own.ask(packed("ECHO", "next")) == b"next"


async def test_a_connection_that_the_server_closed_is_told_once_and_made_anew(redis: Redis) -> None:
    own = OwnConnection(redis)
    number = await own.ask(packed("CLIENT", "ID"))
    await redis.client_kill_filter(_id=str(number))
    with pytest.raises(RedisError):
        await own.ask(packed("PING"))
    assert await own.ask(packed("PING")) == b"PONG"


async def test_it_connects_anew_with_all_others_after_a_failover(redis: Redis) -> None:
    own = OwnConnection(redis)
    before = await own.ask(packed("CLIENT", "ID"))
    await redis.connection_pool.update_active_connections_for_reconnect()
    assert await own.ask(packed("CLIENT", "ID")) != before


async def test_a_server_that_forgot_the_script_gets_it_again(redis: Redis) -> None:
    read = OwnScript(OwnConnection(redis), "read", ["commands"])
    await redis.xgroup_create("commands", "mira", mkstream=True)
    for _ in range(2):
        assert await read("mira", "active", 1, 1, 1, ">") == b""
        await redis.script_flush()
