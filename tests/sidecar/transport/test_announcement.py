"""What the house is told of a mirror, on the loopback interface alone."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from zeroconf.asyncio import AsyncZeroconf

from mira_sidecar.transport.announcement import SERVICE, Announced, announce
from mira_sidecar.transport.connection import Address, address

LOOPBACK = ["127.0.0.1"]


NAS = Address("192.0.2.7", 6380, tls=True)


def announced(name: str = "Hall mirror", redis: Address = NAS) -> Announced:
    return Announced("0198c0de-0000", "hall", name, "0.1.0", redis)


@pytest.fixture
async def listener(socket_enabled: None) -> AsyncIterator[AsyncZeroconf]:
    zeroconf = AsyncZeroconf(interfaces=LOOPBACK)
    yield zeroconf
    await zeroconf.async_close()


async def test_home_assistant_hears_where_the_mirror_is_and_nothing_that_lets_it_in(listener: AsyncZeroconf) -> None:
    announcing = asyncio.create_task(announce(announced(), interfaces=LOOPBACK))
    try:
        async with asyncio.timeout(15):
            while (found := await listener.async_get_service_info(SERVICE, f"mira-0198c0de.{SERVICE}", 500)) is None:
                pass
        assert found.parsed_addresses() == ["192.0.2.7"]
        assert found.port == 6380
        assert found.decoded_properties == {
            "server_id": "0198c0de-0000",
            "mirror": "hall",
            "name": "Hall mirror",
            "version": "0.1.0",
            "protocol": "2",
            "tls": "1",
        }
    finally:
        announcing.cancel()
        await asyncio.wait((announcing,))


async def test_a_long_name_fits() -> None:
    service = await announced("\N{GRINNING FACE}" * 64).service()
    assert service.decoded_properties["name"] == "\N{GRINNING FACE}" * 60


async def test_a_redis_on_this_machine_is_announced_where_others_reach_it() -> None:
    service = await announced(redis=Address("127.0.0.1", 6379, tls=False)).service()
    assert service.parsed_addresses()[-1] == "127.0.0.1"


async def test_a_redis_that_nobody_finds_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object, **__: object) -> None:
        raise OSError("Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", nowhere)
    await announce(announced(redis=Address("redis.invalid", 6379, tls=False)))


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("redis://anna:secret@nas.lan:6380/1", Address("nas.lan", 6380, tls=False)),
        ("rediss://nas.lan", Address("nas.lan", 6379, tls=True)),
        ("unix:///run/redis.sock", None),
    ],
)
def test_the_address_of_a_url(url: str, place: Address | None) -> None:
    assert address(url) == place
