"""The way to Redis: it leads to another server, or dies in silence."""

import asyncio
import socket
from pathlib import Path

import pytest

from house.redis import RedisServer
from house.sidecar import SidecarProcess
from mira_sidecar.transport.connection import connect
from tests.failover import asked, two_servers
from tests.network import Network
from tests.sidecar.process.mirror import AT_ONCE, Mirror


@pytest.fixture
def network(redis_server: RedisServer) -> Network:
    """What lies between the sidecar and Redis."""
    return Network(redis_server.port)


def test_after_a_failover_behind_one_address_the_sidecar_serves_at_the_new_primary(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    with two_servers(redis_server, tmp_path / "replica") as servers:
        sidecar = SidecarProcess(redis_server.url, tmp_path / "mira.db", **AT_ONCE)
        sidecar.flags["redis_url"] = servers.url
        sidecar.start()
        try:
            before = Mirror(redis_server, sidecar)
            before.send("add_todo", {"summary": "Milk"})
            servers.happen()
            before.close()
            with asked(servers.replica) as replica:
                after = Mirror(servers.replica, sidecar)
                after.until(lambda: after.presence() is not None and servers.all_have_moved())
                assert after.send("add_todo", {"summary": "Bread"})["type"] == "accepted"
                assert replica.info("replication")["role"] == "master"
                after.check()
                after.close()
        finally:
            sidecar.kill()


def test_a_sidecar_whose_link_died_in_silence_decides_again_within_seconds(
    redis_server: RedisServer, network: Network, tmp_path: Path
) -> None:
    sidecar = SidecarProcess(redis_server.url, tmp_path / "mira.db", **AT_ONCE)
    sidecar.flags["redis_url"] = f"redis://127.0.0.1:{network.port}/0"
    sidecar.start()
    mirror = Mirror(redis_server, sidecar)
    try:
        mirror.send("next_page")
        for lose in (network.lose_connections, network.lose_answers):
            lose()
            command = mirror.command("add_todo", {"summary": "Milk"})
            mirror.post([command])
            assert mirror.answers([command], 8)[0]["type"] == "accepted"
            mirror.check()
        assert len(mirror.snapshot()["state"]["todos"]) == 2
    finally:
        sidecar.kill()
        mirror.close()
        network.close()


def test_a_silent_link_is_noticed_well_within_a_minute(redis_server: RedisServer) -> None:
    async def options() -> list[int]:
        async with connect(redis_server.url) as client:
            connection = await client.connection_pool.get_connection()
            link = connection._writer.get_extra_info("socket")  # type: ignore[union-attr]
            names = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            found = [link.getsockopt(socket.IPPROTO_TCP, name) for name in names]
            assert link.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            await client.connection_pool.release(connection)
            return found

    idle, interval, count = asyncio.run(options())
    assert idle + interval * count <= 30
