"""A mirror with a new database is the mirror that it was: nobody has it twice, and nothing of it is lost."""

from collections.abc import AsyncIterator
from ipaddress import ip_address
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_HASSIO, SOURCE_IGNORE, SOURCE_USER, SOURCE_ZEROCONF, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from pytest_homeassistant_custom_component.common import MockConfigEntry

from house.redis import RedisServer, free_port
from tests.integration.acting import shown
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.repairing import Repair, becomes, found
from tests.integration.written_mirror import WrittenMirror
from tests.integration.written_windows import SUBJECTS, window, with_windows

NEW = "0198d00d"
PAGE = "select.hall_mirror_page"


@pytest.fixture(autouse=True)
async def _unload(hass: HomeAssistant) -> AsyncIterator[None]:
    """Unload what a flow has set up."""
    yield
    for entry in hass.config_entries.async_loaded_entries("mira"):
        await hass.config_entries.async_unload(entry.entry_id)


def place(redis_server: RedisServer, **changes: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": redis_server.port, "ssl": False, "mirror": "hall", **changes}


def announced(redis_server: RedisServer, server_id: str = NEW) -> ZeroconfServiceInfo:
    said = {"server_id": server_id, "mirror": "hall", "name": "Hall mirror", "tls": "0"}
    here, kind = ip_address("127.0.0.1"), "_mira._tcp.local."
    return ZeroconfServiceInfo(here, [here], redis_server.port, "mira.local.", kind, f"mira.{kind}", said)


async def discover(hass: HomeAssistant, redis_server: RedisServer, server_id: str = NEW) -> ConfigFlowResult:
    found = announced(redis_server, server_id)
    return await hass.config_entries.flow.async_init("mira", context={"source": SOURCE_ZEROCONF}, data=found)


async def add(hass: HomeAssistant, values: dict[str, Any]) -> ConfigFlowResult:
    flow = await hass.config_entries.flow.async_init("mira", context={"source": SOURCE_USER})
    return await hass.config_entries.flow.async_configure(flow["flow_id"], values)


async def repair(hass: HomeAssistant, entry: MockConfigEntry, flow: Repair) -> dict[str, Any]:
    """Open the issue, and say that it is the same mirror."""
    issue = await becomes(hass, entry, "new_database", "new_database")
    assert issue
    form = await flow(issue_id=issue.issue_id)
    assert (form["type"], form["description_placeholders"]) == ("form", {"mirror": "Hall mirror"})
    return await flow(form["flow_id"])


async def test_a_new_sd_card_is_the_same_mirror_after_one_yes_with_all_that_was_set_up_for_it(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    flow: Repair,
    state_becomes: StateBecomes,
) -> None:
    entry = await set_up()
    entities, devices = er.async_get(hass), dr.async_get(hass)
    entities.async_update_entity(PAGE, new_entity_id="select.what_it_shows", name="What it shows")
    (device,) = dr.async_entries_for_config_entry(devices, entry.entry_id)
    before = {entity.entity_id for entity in er.async_entries_for_config_entry(entities, entry.entry_id)}

    written_mirror.presence(server_id=NEW, started_at="2026-11-21T12:00:00.000Z")
    written_mirror.state(page="clock")
    await state_becomes("select.what_it_shows", "clock")  # it is followed meanwhile
    assert (await repair(hass, entry, flow))["type"] == "create_entry"
    await hass.async_block_till_done()

    assert entry.unique_id == NEW
    assert not found(hass, entry, "new_database")
    (adopted,) = dr.async_entries_for_config_entry(devices, entry.entry_id)
    assert (adopted.id, adopted.identifiers) == (device.id, {("mira", NEW)})
    after = er.async_entries_for_config_entry(entities, entry.entry_id)
    assert {entity.entity_id for entity in after} == before  # so what the recorder has is theirs
    assert all(entity.unique_id.startswith(f"{NEW}_") for entity in after)
    assert shown(hass, "select.what_it_shows").state == "clock"
    assert shown(hass, "select.what_it_shows").name == "What it shows"


async def test_its_windows_are_those_that_they_were(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, flow: Repair, state_becomes: StateBecomes
) -> None:
    with_windows(written_mirror, {"bed": window(position=0)})
    entry = await set_up()
    er.async_get(hass).async_update_entity("cover.bed", name="Skylight")
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    written_mirror.presence(server_id=NEW, subjects=SUBJECTS, started_at="2026-11-21T12:00:00.000Z")
    assert (await repair(hass, entry, flow))["type"] == "create_entry"
    await hass.async_block_till_done()
    assert (await state_becomes("cover.bed", "closed")).name == "Skylight"
    after = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert {device.id for device in after} == {device.id for device in devices}
    assert {identifier for device in after for identifier in device.identifiers} == {
        ("mira", NEW),
        ("mira", f"{NEW}_window_bed"),
    }


async def test_the_issue_ends_when_the_old_database_is_back(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, flow: Repair
) -> None:
    entry = await set_up()
    written_mirror.presence(server_id=NEW)
    issue = await becomes(hass, entry, "new_database", "new_database")
    assert issue
    form = await flow(issue_id=issue.issue_id)
    written_mirror.presence()
    await becomes(hass, entry, "new_database", None)
    assert (await flow(form["flow_id"]))["type"] == "create_entry"
    assert entry.unique_id == "0198c0de"


async def test_a_mirror_with_a_new_database_is_not_offered_as_a_new_one(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    written_mirror.presence(server_id=NEW)
    result = await discover(hass, redis_server)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "new_database")
    config = place(redis_server, server_id=NEW)
    info = HassioServiceInfo(config=config, name="Mira", slug="mira", uuid="1")
    result = await hass.config_entries.flow.async_init("mira", context={"source": SOURCE_HASSIO}, data=info)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "new_database")
    assert hass.config_entries.async_entries("mira") == [entry]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_mirror_with_a_new_database_cannot_be_added_a_second_time(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp, host: str
) -> None:
    entry = await set_up()
    written_mirror.presence(server_id=NEW)
    await becomes(hass, entry, "new_database", "new_database")
    result = await add(hass, place(redis_server, host=host))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "new_database")
    assert hass.config_entries.async_entries("mira") == [entry]


async def test_what_was_found_before_home_assistant_knew_better_is_offered_no_longer(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, entry: MockConfigEntry, set_up: SetUp
) -> None:
    written_mirror.presence(server_id=NEW)
    flow = await discover(hass, redis_server)
    assert flow["step_id"] == "discovery_confirm"
    own = await hass.config_entries.flow.async_init("mira", context={"source": SOURCE_USER, "unique_id": NEW})
    await set_up()
    in_progress = hass.config_entries.flow.async_progress_by_handler("mira")
    assert [one["flow_id"] for one in in_progress] == [own["flow_id"]]  # what somebody types is theirs


async def test_a_yes_to_a_discovery_comes_too_late_where_the_mirror_was_set_up_meanwhile(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, entry: MockConfigEntry
) -> None:
    written_mirror.presence(server_id=NEW)
    flow = await discover(hass, redis_server)
    entry.add_to_hass(hass)  # not loaded: Home Assistant is starting
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "new_database")


async def test_a_mirror_that_was_ignored_stays_ignored_and_is_not_touched(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror
) -> None:
    ignored = MockConfigEntry(domain="mira", unique_id="0198c0de", source=SOURCE_IGNORE, data={}, title="Hall mirror")
    ignored.add_to_hass(hass)
    result = await discover(hass, redis_server, "0198c0de")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert ignored.data == {}

    result = await add(hass, place(redis_server))  # whoever types it wants it
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (added,) = hass.config_entries.async_entries("mira")
    assert added.source == SOURCE_USER


async def test_a_new_database_that_was_ignored_is_adopted_all_the_same(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, flow: Repair
) -> None:
    ignored = MockConfigEntry(domain="mira", unique_id=NEW, source=SOURCE_IGNORE, data={}, title="Hall mirror")
    ignored.add_to_hass(hass)
    entry = await set_up()
    written_mirror.presence(server_id=NEW)
    assert (await repair(hass, entry, flow))["type"] == "create_entry"
    await hass.async_block_till_done()
    assert hass.config_entries.async_entries("mira") == [entry]
    assert entry.unique_id == NEW


async def test_a_twin_is_named_before_anything_is_adopted(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp, flow: Repair
) -> None:
    twin = MockConfigEntry(domain="mira", unique_id=NEW, data=place(redis_server), title="Hall mirror 2")
    twin.add_to_hass(hass)
    entry = await set_up()
    written_mirror.presence(server_id=NEW)
    form = await repair(hass, entry, flow)
    assert form["errors"] == {"base": "added_twice"}
    assert entry.unique_id == "0198c0de"
    await hass.config_entries.async_remove(twin.entry_id)
    assert (await flow(form["flow_id"]))["type"] == "create_entry"
    await hass.async_block_till_done()


async def test_a_mirror_that_moved_with_a_new_database_is_adopted_by_a_yes(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    written_mirror.presence(server_id=NEW)
    flow = await entry.start_reconfigure_flow(hass)
    moved = place(redis_server, host="localhost", remove_password=True)
    asked = await hass.config_entries.flow.async_configure(flow["flow_id"], moved)
    assert (asked["step_id"], asked["description_placeholders"]) == ("adopt", {"mirror": "Hall mirror"})
    assert entry.unique_id == "0198c0de"
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    await hass.async_block_till_done()
    assert result["reason"] == "reconfigure_successful"
    assert (entry.unique_id, entry.data["host"]) == (NEW, "localhost")
    assert er.async_get(hass).async_get(PAGE).unique_id == f"{NEW}_page"


async def test_an_address_where_a_mirror_answers_that_is_set_up_already_is_refused(
    hass: HomeAssistant,
    redis_server: RedisServer,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    bath: MockConfigEntry,
) -> None:
    await set_up()
    bath.add_to_hass(hass)
    for answers in ("0198c0de", NEW):  # also with a database that nobody has adopted yet
        written_mirror.presence(server_id=answers)
        flow = await bath.start_reconfigure_flow(hass)
        result = await hass.config_entries.flow.async_configure(flow["flow_id"], place(redis_server))
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_a_mirror_of_another_name_is_not_adopted_at_a_new_address(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp, bath: MockConfigEntry
) -> None:
    entry = await set_up()
    flow = await entry.start_reconfigure_flow(hass)
    moved = place(redis_server, mirror="bath", remove_password=True)
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], moved)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "another_mirror")
    assert entry.data["mirror"] == "hall"


async def test_a_yes_comes_too_late_where_the_new_database_has_an_entry_meanwhile(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    written_mirror.presence(server_id=NEW)
    flow = await entry.start_reconfigure_flow(hass)
    await hass.config_entries.flow.async_configure(flow["flow_id"], place(redis_server, remove_password=True))
    twin = MockConfigEntry(domain="mira", unique_id=NEW, data=place(redis_server, port=free_port()))
    twin.add_to_hass(hass)
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert entry.unique_id == "0198c0de"


async def test_a_new_password_is_taken_of_a_mirror_with_a_new_database_too(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    written_mirror.redis.config_set("requirepass", "new")
    written_mirror.presence(server_id=NEW)
    flow = await entry.start_reauth_flow(hass)
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {"password": "new"})
    await hass.async_block_till_done()
    assert result["reason"] == "reauth_successful"
    assert await becomes(hass, entry, "new_database", "new_database")
