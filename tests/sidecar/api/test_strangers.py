"""Whoever talks to the API without being let in, or without manners: they learn nothing, and are in nobody's way."""

import asyncio
import contextlib
import hashlib
import socket
import ssl
from collections.abc import Iterator

import aiohttp
import pytest

from house.redis import RedisServer
from mira_sidecar.api.certificate import certify
from mira_sidecar.store.files import certificate_key_of, certificate_of
from tests.sidecar.api.served import Served, served
from tests.sidecar.api.test_control import asked, sent
from tests.sidecar.api.test_sockets import closed, following

SECRET = "umbrella"


@pytest.fixture(scope="module")
def talkative(shared_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A mirror that writes everything into its log, speaks https, and lets the pages of one origin in."""
    folder = tmp_path_factory.mktemp("talkative")
    certify(folder / "mira.db", [], 30, force=False)
    certificate = {
        "api_certificate": certificate_of(folder / "mira.db"),
        "api_certificate_key": certificate_key_of(folder / "mira.db"),
    }
    origins = {"api_origins": "https://panel.lan"}
    with served(shared_redis, folder, name="bath", log_level="debug", **certificate, **origins) as one:
        yield one


def pinned(api: Served) -> aiohttp.Fingerprint:
    der = ssl.PEM_cert_to_DER_cert(certificate_of(api.database).read_text())
    return aiohttp.Fingerprint(hashlib.sha256(der).digest())


async def test_a_client_that_pins_the_certificate_is_served(talkative: Served) -> None:
    async with talkative.client() as client:
        async with client.get("/health", ssl=pinned(talkative)) as response:
            assert response.status == 200
        async with client.ws_connect("/ws/state", ssl=pinned(talkative)) as ws:
            assert (await ws.receive_json())["type"] == "state"
        with pytest.raises(aiohttp.ServerFingerprintMismatch):
            await client.get("/health", ssl=aiohttp.Fingerprint(b"\0" * 32))


async def test_the_pages_of_an_origin_that_is_named_may_ask_and_those_of_others_not(talkative: Served) -> None:
    pin = pinned(talkative)
    for origin, allowed in (("https://panel.lan", "https://panel.lan"), ("https://panel.lan.evil.example", None)):
        async with talkative.client(None, Origin=origin) as page:
            async with page.get("/health", ssl=pin) as response:
                assert response.headers.get("Access-Control-Allow-Origin") == allowed
                assert response.headers["Vary"] == "Origin"
            async with page.options("/api/v1/command", ssl=pin) as response:
                assert response.status == (204 if allowed else 405)
                assert ("X-API-Key" in response.headers.get("Access-Control-Allow-Headers", "")) == bool(allowed)
            async with page.get("/ws/state", ssl=pin) as response:
                assert response.status == (426 if allowed else 403)


async def test_no_secret_is_in_the_log_of_the_api_however_it_came(talkative: Served) -> None:
    key, text = talkative.new_key(f"{SECRET}-name", "state.read", "voice.speak", "message.show", source="voice")
    pin = pinned(talkative)
    async with talkative.client(text) as client:
        for path in (f"/{SECRET}", f"/api/v1/state?key={SECRET}", f"/api/v1/events?after={SECRET}"):
            await (await client.get(path, ssl=pin)).read()
        for body in (
            {"action": SECRET},
            {"action": "utterance", "payload": {"text": f"the {SECRET} is here"}},
            {"action": "utterance", "payload": {"length": 3, "text": 17}, "words": {"text": SECRET}},
            {"action": "utterance", "payload": {SECRET: SECRET}, "id": "x"},
            {"action": "add_person", "words": {"name": SECRET}},
        ):
            await (await client.post("/api/v1/command", json=body, ssl=pin)).read()
        await (await client.post("/api/v1/command", data=SECRET.encode(), ssl=pin)).read()
        await (await client.post("/auth/pin", data={"pin": SECRET}, ssl=pin)).read()
    for headers in ({"X-API-Key": f"mira_{key.id}_{SECRET}"}, {"Authorization": f"Bearer {SECRET}.{SECRET}.{SECRET}"}):
        async with aiohttp.ClientSession(talkative.url, headers=headers) as stranger:
            await (await stranger.get("/api/v1/state", ssl=pin)).read()
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await stranger.ws_connect("/ws/state", ssl=pin)
    async with talkative.client(None) as stranger, stranger.ws_connect("/ws/state", ssl=pin) as ws:
        await ws.send_json({"type": "auth", "api_key": SECRET, SECRET: SECRET})
        await ws.receive()
    log = talkative.mirror.sidecar.process.log.read_text()
    assert "a request is refused" in log
    assert SECRET not in log.casefold()
    assert text.rpartition("_")[2] not in log


async def _keep_pinging(ws: aiohttp.ClientWebSocketResponse) -> None:
    with contextlib.suppress(ConnectionError):
        while True:
            await ws.ping()
            await asyncio.sleep(1)


async def test_who_says_half_of_something_is_given_up_and_meanwhile_in_nobodys_way(api: Served) -> None:
    port = int(api.url.rpartition(":")[2])
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    try:
        for number, sock in enumerate(slow):
            head = b"POST /api/v1/command HTTP/1.1\r\nHost: mirror\r\n"
            body = b"X-API-Key: %b\r\nContent-Length: 50\r\n\r\n{" % api.key.encode()
            sock.sendall(head + (body if number % 2 else b"X-"))
        async with following(api, key=None) as silent:
            async with api.client() as client:
                assert (await asked(client, "/api/v1/state"))[0] == 200
                assert (await sent(client, action="next_page"))[0] == 200
            pinging = asyncio.create_task(_keep_pinging(silent.ws))
            assert await closed(silent.ws, 15) == 4408
            pinging.cancel()
        slow[1].settimeout(5)
        assert b"408 " in await asyncio.to_thread(slow[1].recv, 4_096)
    finally:
        for sock in slow:
            sock.close()
