"""How a mirror is found by itself."""

from collections.abc import AsyncIterator
from ipaddress import ip_address
from typing import Any

import pytest
import pytest_socket
from homeassistant.config_entries import SOURCE_HASSIO, SOURCE_ZEROCONF, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from pytest_homeassistant_custom_component.common import MockConfigEntry

from house.redis import RedisServer, free_port
from tests.integration.conftest import SetUp
from tests.integration.written_mirror import WrittenMirror

NOBODY = "127.0.0.77"
"""A loopback address at which no Redis listens."""


@pytest.fixture(autouse=True)
def _loopback(socket_enabled: None) -> None:
    """An address without a server is a loopback one, too."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", NOBODY])


@pytest.fixture(autouse=True)
async def _unload(hass: HomeAssistant) -> AsyncIterator[None]:
    """Unload what a flow has set up."""
    yield
    for entry in hass.config_entries.async_loaded_entries("mira"):
        await hass.config_entries.async_unload(entry.entry_id)


SCREEN = ["diagonal", "distance", "orientation"]


def announced(port: int, *addresses: str, **properties: str) -> ZeroconfServiceInfo:
    """What a sidecar announces."""
    said = {"server_id": "0198c0de", "mirror": "hall", "name": "Hall mirror", "version": "0.1.0", "protocol": "1"}
    places = [ip_address(address) for address in addresses or ("127.0.0.1",)]
    kind, host = "_mira._tcp.local.", "mira-0198c0de"
    said = {**said, "tls": "0", **properties}
    return ZeroconfServiceInfo(places[0], places, port, f"{host}.local.", kind, f"{host}.{kind}", said)


async def find(hass: HomeAssistant, found: ZeroconfServiceInfo) -> ConfigFlowResult:
    return await hass.config_entries.flow.async_init("mira", context={"source": SOURCE_ZEROCONF}, data=found)


async def say(hass: HomeAssistant, flow: ConfigFlowResult, **values: Any) -> ConfigFlowResult:
    return await hass.config_entries.flow.async_configure(flow["flow_id"], values)


async def test_a_mirror_that_is_announced_is_added_by_a_yes(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror
) -> None:
    flow = await find(hass, announced(redis_server.port))
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "discovery_confirm")
    assert flow["description_placeholders"] == {"name": "Hall mirror", "host": "127.0.0.1"}
    assert [str(field) for field in flow["data_schema"].schema] == SCREEN
    result = await say(hass, flow)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert (result["title"], result["result"].unique_id) == ("Hall mirror", "0198c0de")
    assert result["data"] == {
        "host": "127.0.0.1",
        "port": redis_server.port,
        "ssl": False,
        "mirror": "hall",
        "name": "Hall mirror",
    }


async def test_of_several_addresses_the_one_that_answers_is_taken(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror
) -> None:
    flow = await find(hass, announced(redis_server.port, NOBODY, "127.0.0.1"))
    assert flow["description_placeholders"]["host"] == "127.0.0.1"


async def test_where_redis_wants_a_password_it_is_asked_for(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror
) -> None:
    written_mirror.redis.config_set("requirepass", "right")
    flow = await find(hass, announced(redis_server.port))
    assert {str(key) for key in flow["data_schema"].schema} == {"username", "password", *SCREEN}
    flow = await say(hass, flow, password="wrong")
    assert flow["errors"] == {"base": "invalid_auth"}
    result = await say(hass, flow, password="right")
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"mirror": "attic"}, "no_mirror"),
        ({"server_id": "another"}, "another_mirror"),
        ({"tls": "1"}, "cannot_connect"),
    ],
)
async def test_one_that_does_not_answer_as_announced_is_not_offered(
    hass: HomeAssistant,
    redis_server: RedisServer,
    written_mirror: WrittenMirror,
    properties: dict[str, str],
    reason: str,
) -> None:
    result = await find(hass, announced(redis_server.port, **properties))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, reason)


async def test_another_mirror_behind_a_password_is_not_added_in_its_place(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror
) -> None:
    written_mirror.redis.config_set("requirepass", "right")
    flow = await find(hass, announced(redis_server.port, server_id="another"))
    result = await say(hass, flow, password="right")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "another_mirror")


async def test_a_mirror_that_is_there_already_is_left_alone(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    before = dict(entry.data)
    result = await find(hass, announced(free_port(), NOBODY))
    assert result["reason"] == "already_configured"
    assert entry.data == before


async def test_a_mirror_that_moved_is_found_again_with_its_password(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, entry: MockConfigEntry
) -> None:
    written_mirror.redis.config_set("requirepass", "right")
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, data={**entry.data, "host": NOBODY, "password": "right"})
    result = await find(hass, announced(redis_server.port))
    await hass.async_block_till_done()
    assert result["reason"] == "already_configured"
    assert (entry.data["host"], entry.data["password"]) == ("127.0.0.1", "right")


async def test_the_app_tells_where_its_mirror_is(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror
) -> None:
    written_mirror.redis.config_set("requirepass", "right")
    config = {"server_id": "0198c0de", "host": "127.0.0.1", "port": redis_server.port, "password": "right"}
    info = HassioServiceInfo(config={**config, "addon": "Mira"}, name="Mira", slug="mira", uuid="1")
    flow = await hass.config_entries.flow.async_init("mira", context={"source": SOURCE_HASSIO}, data=info)
    result = await say(hass, flow)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    config.pop("server_id")
    assert result["data"] == {**config, "ssl": False, "mirror": "hall", "name": "Hall mirror"}
