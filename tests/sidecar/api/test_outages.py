"""Clients hang on while the sidecar, Redis or the disk fail: they are told, and lose nothing."""

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from house.redis import RedisServer
from tests.sidecar.api.served import Served, served
from tests.sidecar.api.test_control import asked, sent
from tests.sidecar.api.test_sockets import closed, following, turn
from tests.sidecar.process import failing_disk


@pytest.fixture
def own(redis_server: RedisServer, tmp_path: Path) -> Iterator[Served]:
    """A mirror that the test may ruin."""
    with served(redis_server, tmp_path / "own") as one:
        yield one


async def test_over_a_restart_of_the_sidecar_a_client_misses_nothing(own: Served) -> None:
    async with following(own) as client:
        await client.hear()
        await client.reach(await turn(own, 3))
        own.mirror.sidecar.process.signal(signal.SIGTERM)
        assert await closed(client.ws) == 1012
        left_at, log, state = client.rev, client.log, client.state
    own.mirror.sidecar.stop()
    own.mirror.sidecar.start()
    rev = await turn(own, 3)
    async with following(own, f"?since={left_at}&log={log}") as client:
        client.rev, client.state = left_at, state
        await client.reach(rev)
        assert client.state == own.mirror.snapshot()["state"]
        assert "state" not in client.heard


async def test_over_a_kill_of_redis_clients_hang_on_and_are_told(own: Served) -> None:
    async with own.client() as http, following(own) as client:
        await client.hear()
        own.mirror.server.kill()
        assert await client.hear() == "deciding"
        assert client.deciding is False
        status, error = await sent(http, action="next_page")
        assert (status, error["error_code"], error["recoverable"]) == (503, "NOT_DECIDING", True)
        assert error["retry_after"]
        assert (await asked(http, "/api/v1/state"))[1]["deciding"] is False
        assert (await asked(http, "/health"))[1]["status"] == "unavailable"
        own.mirror.server.start()
        while not client.deciding:
            await client.hear()
        rev = await turn(own)
        await client.reach(rev)
        assert client.state == own.mirror.snapshot()["state"]


async def test_a_redis_that_hangs_costs_a_command_its_answer_and_not_its_effect_twice(own: Served) -> None:
    tea: dict[str, Any] = {"id": "hangs-0001", "action": "add_todo", "payload": {"summary": "Tea"}}
    async with own.client() as http:
        own.mirror.server.pause()
        try:
            status, error = await sent(
                http, id="hangs-0001", action="add_todo", payload={"summary": "Tea"}, ttl_ms=1_000
            )
        finally:
            own.mirror.server.resume()
        assert status in (503, 504)
        assert error["error_code"] in ("NOT_DECIDED_YET", "REDIS_UNAVAILABLE", "NOT_DECIDING")
        await own_decides(http)
        _, first = await sent(http, **tea)
        _, again = await sent(http, **tea)
        assert (first["status"], first["seq"]) == (again["status"], again["seq"])
        todos = (await asked(http, "/api/v1/state"))[1]["state"]["todos"]
        assert len(todos) == (first["status"] == "accepted")


async def test_on_a_full_disk_clients_hang_on_and_what_waited_is_done_once(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    program = (sys.executable, failing_disk.__file__)
    with served(redis_server, tmp_path / "full", program=program) as one:
        async with one.client() as http, following(one) as client:
            await client.hear()
            one.mirror.sidecar.process.signal(signal.SIGUSR1)
            await asyncio.to_thread(
                one.mirror.until, lambda: "the disk obeyed" in one.mirror.sidecar.process.log.read_text()
            )
            # No half-empty page of the database has room for it.
            tea = {"summary": "Tea", "description": "x" * 4_096}
            waiting = asyncio.create_task(sent(http, action="add_todo", payload=tea, ttl_ms=30_000))
            while client.deciding is not False:
                await client.hear()
            status, error = await sent(http, action="next_page")
            assert (status, error["error_code"], error["error"]["details"]) == (503, "NOT_DECIDING", "disk_full")
            assert "Make room" in error["detail"]
            one.mirror.sidecar.process.signal(signal.SIGHUP)
            status, decision = await waiting
            assert (status, decision["status"]) == (200, "accepted")
            await client.reach(one.mirror.snapshot()["rev"])
            assert [todo["summary"] for todo in client.state["todos"]] == ["Tea"]


async def own_decides(http: aiohttp.ClientSession) -> None:
    await until(lambda: asked(http, "/health"), lambda found: bool(found[1]["deciding"]))


async def until[T](look: Callable[[], Awaitable[T]], holds: Callable[[T], bool], seconds: float = 20) -> T:
    """Look until it holds; what cannot be reached does not."""
    async with asyncio.timeout(seconds):
        while True:
            with contextlib.suppress(aiohttp.ClientConnectionError):
                if holds(found := await look()):
                    return found
            await asyncio.sleep(0.1)


async def test_a_port_that_is_taken_is_said_and_the_mirror_serves_all_the_same(
    own: Served, redis_server: RedisServer, tmp_path: Path
) -> None:
    own.mirror.sidecar.stop()
    listening = await asyncio.start_server(lambda *_: None, "127.0.0.1", int(own.url.rpartition(":")[2]))
    async with listening:
        own.mirror.sidecar.start()
        await until(
            lambda: asyncio.to_thread(own.mirror.presence), lambda found: "api_not_listening" in json.dumps(found)
        )
        await turn(own)
    async with own.client() as http:
        await until(lambda: asked(http, "/health"), lambda found: found[0] == 200)


async def test_a_standby_sends_its_clients_to_whoever_serves(
    own: Served, redis_server: RedisServer, tmp_path: Path
) -> None:
    await turn(own)
    key = own.mirror.sidecar.log_key
    with served(redis_server, tmp_path / "standby", standby=True, log_key_file=key) as standby:
        async with standby.client() as http:
            await until(lambda: asked(http, "/health"), lambda found: found[0] == 200)
            for status, error in (
                await asked(http, "/api/v1/state"),
                await asked(http, "/api/v1/events"),
                await sent(http, action="next_page"),
            ):
                assert (status, error.get("error_code")) == (503, "STANDS_BY")
            own.mirror.sidecar.kill()
            await own_decides(http)
            async with following(standby) as client:
                assert await client.hear() == "state"
                own.mirror.sidecar.start()
                assert await closed(client.ws, 15) == 1012
