"""All connections are made anew, also where the other side has fallen silent and takes no leave."""

import asyncio
import ssl
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from mira_sidecar.transport.connection import check_url, connect
from mira_sidecar.transport.link import Link
from tests.integration.certificate import Certificates


@pytest.mark.usefixtures("socket_enabled")
async def test_a_peer_that_is_silent_by_tls_keeps_nobody(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server, certificates.key)

    over = asyncio.Event()

    async def answer_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while b"PING" not in await reader.read(4_096):
            writer.write(b"+OK\r\n" * 2)
        writer.write(b"+PONG\r\n")
        await writer.drain()
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # no goodbye is heard any more
        await over.wait()

    server = await asyncio.start_server(answer_once, "127.0.0.1", 0, ssl=context)
    redis = connect(f"rediss://127.0.0.1:{server.sockets[0].getsockname()[1]}/0?ssl_ca_certs={certificates.authority}")
    try:
        assert await redis.ping()  # type: ignore[misc]
        began = time.monotonic()
        await Link.renew(SimpleNamespace(redis=redis))  # type: ignore[arg-type]
        assert time.monotonic() - began < 1
    finally:
        over.set()
        server.close()
        server.close_clients()
        await server.wait_closed()


def test_a_socket_of_this_machine_is_an_address_of_redis() -> None:
    check_url("unix:///run/redis.sock")
