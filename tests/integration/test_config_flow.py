"""How a mirror is added, moved, and signed in to again."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util.unit_system import METRIC_SYSTEM, US_CUSTOMARY_SYSTEM, UnitSystem
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.mira.client import MiraClient
from house.redis import RedisServer, free_port
from tests.integration.conftest import SetUp
from tests.integration.written_mirror import WrittenMirror


@pytest.fixture(autouse=True)
async def _unload(hass: HomeAssistant) -> AsyncIterator[None]:
    """Unload what a flow has set up."""
    yield
    for entry in hass.config_entries.async_loaded_entries("mira"):
        await hass.config_entries.async_unload(entry.entry_id)


def typed(redis_server: RedisServer, **changes: Any) -> dict[str, Any]:
    """What a user types."""
    return {"host": "127.0.0.1", "port": redis_server.port, "ssl": False, "mirror": "hall", **changes}


async def add(hass: HomeAssistant, values: dict[str, Any]) -> ConfigFlowResult:
    flow = await hass.config_entries.flow.async_init("mira", context={"source": SOURCE_USER})
    assert flow["type"] is FlowResultType.FORM
    return await hass.config_entries.flow.async_configure(flow["flow_id"], values)


async def test_a_mirror_is_added_under_the_name_that_people_call_it(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror
) -> None:
    result = await add(hass, typed(redis_server))

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Hall mirror"
    assert result["data"] == {**typed(redis_server), "name": "Hall mirror"}
    assert result["result"].unique_id == "0198c0de"


@pytest.mark.parametrize(
    ("units", "suggested", "given", "kept"),
    [
        (METRIC_SYSTEM, [61, 100], [69, 150], {"diagonal": 27.165, "distance": 1.5}),
        (US_CUSTOMARY_SYSTEM, [24, 39], [27, 59], {"diagonal": 27.0, "distance": 1.499}),
    ],
    ids=["centimetres", "inches"],
)
async def test_the_screen_is_asked_for_in_the_units_of_the_place_and_kept_for_the_display(
    hass: HomeAssistant,
    redis_server: RedisServer,
    written_mirror: WrittenMirror,
    *,
    units: UnitSystem,
    suggested: list[int],
    given: list[int],
    kept: dict[str, float],
) -> None:
    hass.config.units = units
    flow = await hass.config_entries.flow.async_init("mira", context={"source": SOURCE_USER})
    said = {str(field): field.description for field in flow["data_schema"].schema}
    assert [said[name]["suggested_value"] for name in ("diagonal", "distance")] == suggested
    screen = dict(zip(("diagonal", "distance"), given, strict=True))
    answers = typed(redis_server, **screen, orientation="landscape")
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], answers)
    assert result["data"] == {**typed(redis_server), "name": "Hall mirror"}
    assert result["options"] == {"display": {"version": 1, "size": kept, "orientation": "landscape"}}


@pytest.mark.parametrize(
    ("given", "kept"),
    [({}, {}), ({"distance": 200}, {"display": {"version": 1, "size": {"diagonal": 24.0, "distance": 2.0}}})],
    ids=["nothing", "one length"],
)
async def test_of_the_screen_nothing_has_to_be_said_and_one_length_alone_is_one_of_a_usual_mirror(
    hass: HomeAssistant,
    redis_server: RedisServer,
    written_mirror: WrittenMirror,
    given: dict[str, int],
    kept: dict[str, Any],
) -> None:
    result = await add(hass, typed(redis_server, **given))
    assert result["options"] == kept


async def test_spaces_that_were_copied_along_are_left_out(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror
) -> None:
    spaces = {"host": " 127.0.0.1 ", "mirror": "hall\t", "username": " ", "password": ""}
    result = await add(hass, typed(redis_server, **spaces))
    assert result["data"] == {**typed(redis_server), "name": "Hall mirror"}


@pytest.mark.parametrize("field", ["host", "mirror"])
async def test_a_field_with_nothing_but_spaces_is_asked_for_again(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, entry: MockConfigEntry, field: str
) -> None:
    result = await add(hass, typed(redis_server, **{field: "  "}))
    assert result["errors"] == {field: "required"}
    entry.add_to_hass(hass)
    flow = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], typed(redis_server, **{field: "  "}))
    assert result["errors"] == {field: "required"}


async def test_a_password_is_taken_with_its_spaces(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror
) -> None:
    written_mirror.redis.config_set("requirepass", " right ")
    result = await add(hass, typed(redis_server, password=" right "))
    assert result["data"]["password"] == " right "


async def test_a_closed_port_is_told_and_the_next_attempt_works(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror
) -> None:
    result = await add(hass, typed(redis_server, port=free_port()))
    assert result["errors"] == {"base": "cannot_connect"}

    result = await hass.config_entries.flow.async_configure(result["flow_id"], typed(redis_server))
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_tls_towards_a_server_without_it_is_told(hass: HomeAssistant, redis_server: RedisServer) -> None:
    result = await add(hass, typed(redis_server, ssl=True))
    assert result["errors"] == {"base": "cannot_connect"}


@pytest.mark.parametrize("credentials", [{}, {"password": "wrong"}, {"username": "nobody", "password": "right"}])
async def test_a_wrong_password_is_told(
    hass: HomeAssistant,
    redis_server: RedisServer,
    written_mirror: WrittenMirror,
    credentials: dict[str, str],
) -> None:
    written_mirror.redis.config_set("requirepass", "right")
    result = await add(hass, typed(redis_server, **credentials))
    assert result["errors"] == {"base": "invalid_auth"}


async def test_a_user_who_may_not_read_the_mirror_is_told(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror
) -> None:
    written_mirror.redis.acl_setuser("guest", enabled=True, passwords=["+secret"], commands=["+ping", "+time"])
    result = await add(hass, typed(redis_server, username="guest", password="secret"))
    assert result["errors"] == {"base": "invalid_auth"}


async def test_a_name_that_no_mirror_has_is_told(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror
) -> None:
    result = await add(hass, typed(redis_server, mirror="attic"))
    assert result["errors"] == {"base": "no_mirror"}


async def test_another_protocol_is_told(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror
) -> None:
    written_mirror.presence(protocol=3)
    result = await add(hass, typed(redis_server))
    assert result["errors"] == {"base": "wrong_protocol"}


async def test_garbage_is_told(hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror) -> None:
    written_mirror.redis.set("mira:{hall}:state", "garbage")
    result = await add(hass, typed(redis_server))
    assert result["errors"] == {"base": "bad_message"}


async def test_what_nobody_expected_is_told_and_logged(
    hass: HomeAssistant,
    redis_server: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail(self: MiraClient) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(MiraClient, "probe", fail)
    result = await add(hass, typed(redis_server))

    assert result["errors"] == {"base": "unknown"}
    assert "Unexpected error while looking for a mirror" in caplog.text


async def test_the_same_mirror_is_not_added_twice(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, entry: MockConfigEntry
) -> None:
    entry.add_to_hass(hass)
    result = await add(hass, typed(redis_server, host="localhost"))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_a_mirror_that_moved_is_found_at_its_new_address(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    flow = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], typed(redis_server, port=free_port()))
    assert result["errors"] == {"base": "cannot_connect"}
    moved = typed(redis_server, host="localhost", username=entry.data["username"])
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], moved)
    await hass.async_block_till_done()

    assert result["reason"] == "reconfigure_successful"
    assert entry.data["host"] == "localhost"


async def test_a_new_password_is_asked_for_and_taken(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    written_mirror.redis.config_set("requirepass", "new")
    flow = await entry.start_reauth_flow(hass)

    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {"password": "wrong"})
    assert result["errors"] == {"base": "invalid_auth"}

    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {"password": "new"})
    await hass.async_block_till_done()
    assert result["reason"] == "reauth_successful"
    assert entry.data["password"] == "new"


async def test_an_empty_password_keeps_the_stored_one(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    stored, username = entry.data["password"], entry.data["username"]
    for start, entered in (
        (entry.start_reconfigure_flow, typed(redis_server, host=" localhost ", username=f" {username} ")),
        (entry.start_reauth_flow, {"username": username, "password": ""}),
    ):
        flow = await start(hass)
        assert "remove_password" in flow["data_schema"].schema
        result = await hass.config_entries.flow.async_configure(flow["flow_id"], entered)
        assert result["type"] is FlowResultType.ABORT
        assert str(result["reason"]).endswith("_successful")
        await hass.async_block_till_done()
        assert (entry.data["host"], entry.data["username"], entry.data["password"]) == ("localhost", username, stored)


async def test_the_stored_password_can_be_removed(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    flow = await entry.start_reconfigure_flow(hass)
    entered = typed(redis_server, remove_password=True)
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], entered)
    await hass.async_block_till_done()
    assert result["reason"] == "reconfigure_successful"
    assert (entry.data["username"], entry.data["password"]) == (None, None)
    assert "remove_password" not in entry.data
    flow = await entry.start_reconfigure_flow(hass)
    assert "remove_password" not in flow["data_schema"].schema  # there is nothing left to remove
