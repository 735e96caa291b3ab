"""WebSockets that follow the state: whole, without a gap, through outages, and beside others that do not read."""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import AsyncMock, Mock

import aiohttp
import msgspec
import pytest

from mira_sidecar.api import keys
from mira_sidecar.api.keys import Key
from mira_sidecar.api.routes import Caller
from mira_sidecar.api.watching import Client, Watch
from mira_sidecar.core.arbiter import Position
from mira_sidecar.core.state import apply
from mira_sidecar.protocol import Event, PatchOperation
from tests.sidecar.api.served import Served

FOLLOW = "/ws/state"
KEY = Key(id="0123456789ab", name="Shelf", source="touch", capabilities=frozenset(), created_at="")


class Follower:
    """A client that applies the patches that it gets."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.rev = -1
        self.log = ""
        self.state: dict[str, Any] = {}
        self.heard: list[str] = []
        self.deciding: bool | None = None

    async def hear(self) -> str:
        """The kind of the next message, which is taken in."""
        message = await self.ws.receive(timeout=10)
        assert message.type is aiohttp.WSMsgType.TEXT, (message, self.ws.close_code)
        said = json.loads(message.data)
        if said["type"] == "state":
            self.rev, self.log, self.state = said["rev"], said["log"], said["state"]
        elif said["type"] == "patch":
            assert said["rev"] == self.rev + 1
            self.rev, self.state = said["rev"], apply(self.state, msgspec.convert(said["patch"], list[PatchOperation]))
        self.deciding = said.get("deciding", self.deciding)
        self.heard.append(said["type"])
        return str(said["type"])

    async def reach(self, rev: int) -> None:
        while self.rev < rev:
            await self.hear()


@contextlib.asynccontextmanager
async def following(api: Served, query: str = "", key: str | None = "") -> AsyncIterator[Follower]:
    async with api.client(key) as client, client.ws_connect(f"{FOLLOW}{query}", max_msg_size=0) as ws:
        yield Follower(ws)


async def turn(api: Served, times: int = 1) -> int:
    """Turn so many pages; the revision then."""
    commands = [api.mirror.command("next_page") for _ in range(times)]
    api.mirror.post(commands)
    await asyncio.to_thread(api.mirror.answers, commands)
    return int(api.mirror.snapshot()["rev"])


async def closed(ws: aiohttp.ClientWebSocketResponse, seconds: float = 10) -> int | None:
    """The code with which the sidecar ends it."""
    async with asyncio.timeout(seconds):
        while not ws.closed:
            await ws.receive()
    return ws.close_code


async def test_a_client_has_the_state_first_and_then_each_change(api: Served) -> None:
    async with following(api) as client:
        assert await client.hear() == "state"
        await client.reach(await turn(api, 5))
        assert client.heard == ["state", *["patch"] * 5]
        assert client.state == api.mirror.snapshot()["state"]


async def test_a_client_that_comes_back_gets_what_it_missed(api: Served) -> None:
    async with following(api) as client:
        await client.hear()
        left_at, log, state = client.rev, client.log, client.state
    rev = await turn(api, 3)
    async with following(api, f"?since={left_at}&log={log}") as client:
        client.rev, client.state = left_at, state
        await client.reach(rev)
        assert client.heard == ["patch"] * 3
        assert client.state == api.mirror.snapshot()["state"]


@pytest.mark.parametrize("query", ["?since=99999999", "?since=0&log=another", "?since=x", "?since=-1"])
async def test_who_asks_for_what_is_not_kept_gets_the_whole_state(api: Served, query: str) -> None:
    async with following(api, query) as client:
        assert await client.hear() == "state"


async def test_a_client_without_headers_says_its_key_first(api: Served) -> None:
    async with following(api, key=None) as client:
        await client.ws.send_json({"type": "auth", "api_key": api.key})
        assert await client.hear() == "state"
    for said in ('{"type":"auth","api_key":"mira_x"}', "hello", '{"type":"auth"}'):
        async with following(api, key=None) as client:
            await client.ws.send_str(said)
            error = json.loads((await client.ws.receive()).data)
            assert (error["type"], error["status"]) == ("error", 401)
            assert await closed(client.ws) == 4401


async def test_a_key_that_may_not_read_the_state_does_not_follow_it(api: Served) -> None:
    _, text = api.new_key("blind", "page.show")
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        async with following(api, key=text):
            pass
    assert refused.value.status == 403
    async with following(api, key=None) as client:
        await client.ws.send_json({"type": "auth", "api_key": text})
        assert await closed(client.ws) == 4403


async def test_who_lives_here_is_seen_by_keys_that_may_alone(api: Served) -> None:
    _, everything = api.new_key("people", "state.read", "people.read")
    async with following(api) as client, following(api, key=everything) as owner:
        await client.hear()
        await owner.hear()
        command = api.mirror.command("add_person", {"person": "p_0123456789abcdef"}, source="automation")
        api.mirror.post([command])
        assert api.mirror.answers([command])[0]["type"] == "accepted"
        rev = int(api.mirror.snapshot()["rev"])
        await client.reach(rev)
        await owner.reach(rev)
        assert "p_0123456789abcdef" in owner.state["parts"]["people"]["persons"]
        assert "p_0123456789abcdef" not in json.dumps(client.state)
    async with following(api) as client:
        await client.hear()
        assert "people" not in client.state["parts"]


async def test_a_revoked_key_is_let_go_within_a_second(api: Served) -> None:
    key, text = api.new_key("gone", "state.read")
    async with following(api, key=text) as client:
        await client.hear()
        began = time.monotonic()
        keys.revoke(api.database, key.id)
        assert await closed(client.ws) == 4401
        assert time.monotonic() - began < 1.5


def stalled(api: Served) -> socket.socket:
    """A client that asks for the state and then reads nothing."""
    port = int(api.url.rpartition(":")[2])
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    sock.connect(("127.0.0.1", port))
    sock.sendall(
        f"GET {FOLLOW} HTTP/1.1\r\nHost: mirror\r\nX-API-Key: {api.key}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n".encode()
    )
    return sock


async def test_a_client_that_reads_nothing_keeps_nobody_waiting(api: Served) -> None:
    sock = stalled(api)
    with sock:
        async with following(api) as client:
            await client.hear()
            for _ in range(6):
                await client.reach(await turn(api, 100))
            assert client.heard.count("patch") == 600


async def test_somebody_who_sends_a_request_a_byte_at_a_time_is_in_nobodys_way(api: Served) -> None:
    port = int(api.url.rpartition(":")[2])
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
    try:
        for sock in slow:
            sock.sendall(b"GET /health HTTP/1.1\r\nX-")
        async with api.client() as client, client.get("/api/v1/state") as response:
            assert response.status == 200
    finally:
        for sock in slow:
            sock.close()


async def test_a_client_that_comes_back_and_missed_nothing_hears_whether_commands_are_decided(api: Served) -> None:
    async with following(api) as client:
        await client.hear()
        query = f"?since={client.rev}&log={client.log}"
    async with following(api, query) as client:
        assert await client.hear() == "deciding"
        assert client.deciding is True


async def test_a_token_is_followed_by_no_more_than_its_ten_minutes() -> None:
    """The clock is not waited for: the client is one whose token has run out."""
    caller = Caller(
        Key(id="a" * 12, name="x", source="touch", capabilities=frozenset(), created_at=""), frozenset(), 1.0
    )
    socket, transport = AsyncMock(), Mock(**{"get_write_buffer_size.return_value": 0})
    watch = Watch("log", [])
    watch.clients.add(client := Client(socket, transport, caller, rev=0))
    running = asyncio.create_task(watch.run())
    await asyncio.sleep(0.3)  # it looks four times a second
    running.cancel()
    assert client.closing
    await client.closing
    socket.close.assert_awaited_once_with(code=4401, message=b"key_not_valid")
    assert watch.dropped == {"key_not_valid": 1}


async def test_a_client_that_has_read_nothing_for_ten_seconds_is_dropped() -> None:
    caller = Caller(KEY, frozenset())
    socket, transport = AsyncMock(), Mock(**{"get_write_buffer_size.return_value": 1 << 20})
    watch = Watch("log", [])
    watch.clients.add(client := Client(socket, transport, caller, rev=-1))
    for second in (1, 11):
        await watch.bring_up(client, second)
        assert client.closing is None
    await watch.bring_up(client, 12)
    assert client.closing
    await client.closing
    socket.close.assert_awaited_once_with(code=4413, message=b"too_slow")
    transport.abort.assert_called_once()
    socket.send_frame.assert_not_awaited()


def test_a_patch_that_was_erased_is_none_that_anybody_can_resume_over() -> None:
    def patch(rev: int, payload: dict[str, Any]) -> Event:
        return Event(rev, f"e{rev}", "", f"c{rev}", "state_patch", "touch", "next_page", payload, rev=rev)

    kept = {"patch": [{"op": "replace", "path": "/page", "value": "clock"}]}
    events = [patch(1, kept), patch(2, {"erased": True}), patch(3, kept)]
    watch = Watch("log", ["people"])
    watch.recall(events)
    watch.changed(Position(3, 3, {"parts": {}}), deciding=True, problem=None)
    client = Client(AsyncMock(), Mock(), Caller(KEY, frozenset()), rev=0)
    assert b'"state"' in watch._next(client)
    client.rev = 2
    assert b'"patch"' in watch._next(client)
    assert watch.public_event(events[1]) == events[1]
