"""What is wrong with windows is a repair, and its way out; sensors over MQTT are discovered."""

from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.mira.diagnostics import async_get_config_entry_diagnostics
from tests.integration.conftest import SetUp
from tests.integration.decided_mirror import DecidedMirror
from tests.integration.persona import until
from tests.integration.repairing import Repair, becomes, found
from tests.integration.test_readings import add
from tests.integration.written_mirror import PRESENCE, WrittenMirror


async def test_a_faulty_window_is_a_repair_that_says_that_it_is_in_order(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp, flow: Repair
) -> None:
    entry = await set_up()
    window = add(hass, entry)
    await until(lambda: window in decided.windows)
    decided.decide("window_fault", {"window": window, "fault": "stuck"}, "sensor")
    key = f"window_fault_{window}"
    issue = await becomes(hass, entry, key, "window_stuck")
    assert issue
    decided.go()
    await until(lambda: not entry.runtime_data.data.connected)
    assert found(hass, entry, key)  # nothing is known to have changed
    opened = await flow(issue_id=issue.issue_id)
    assert opened["description_placeholders"]["window"] == "window"
    assert (await flow(opened["flow_id"]))["errors"] == {"base": "not_told"}
    decided.come()
    await until(lambda: entry.runtime_data.data.connected)
    assert (await flow(opened["flow_id"]))["type"] == "create_entry"
    await becomes(hass, entry, key, None)
    assert decided.of("window_recovered") == [{"window": window}]


async def test_windows_of_a_mirror_that_has_them_off_are_a_repair(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    assert not found(hass, entry, "windows_off")
    add(hass, entry)
    await becomes(hass, entry, "windows_off", "windows_off")
    await hass.config_entries.async_unload(entry.entry_id)
    assert not found(hass, entry, "windows_off")


async def test_a_fault_of_a_newer_sidecar_is_told_by_its_code(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, decided: DecidedMirror
) -> None:
    decided.decide("add_window", {"window": "attic", "kind": "bath"})
    state = {"windows": {"windows": {"attic": {**decided.windows["attic"], "fault": "singing"}}}}
    written_mirror.state(rev=9, seq=9, parts=state)
    entry = await set_up()
    issue = await becomes(hass, entry, "window_fault_attic", "window_other_fault")
    assert issue
    assert issue.translation_placeholders == {"mirror": "Hall mirror", "window": "attic", "fault": "singing"}


async def test_what_says_nothing_any_more_is_a_repair(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    hass.states.async_set("sensor.t", "20", {"unit_of_measurement": "°C"})
    entry = await set_up()
    window = add(hass, entry, temperature="sensor.t", humidity="sensor.gone")
    add(hass, entry, "weather", rain="binary_sensor.gone")
    issue = await becomes(hass, entry, f"window_sources_{window}", "window_sources")
    assert issue
    assert issue.translation_placeholders
    assert issue.translation_placeholders["entities"] == "sensor.gone"
    assert found(hass, entry, "window_sources_weather")
    hass.states.async_set("sensor.gone", "50")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=5, seconds=1))
    await becomes(hass, entry, f"window_sources_{window}", None)


def device(name: str, status: str = "new") -> dict[str, Any]:
    """A sensor as the mirror tells of it."""
    return {"device": name, "room": None, "kinds": ["humidity", "temperature"], "status": status}


def offered(hass: HomeAssistant) -> list[Any]:
    """The sensors that are discovered."""
    return [
        each
        for each in hass.config_entries.flow.async_progress_by_handler("mira")
        if each["context"]["source"] == "integration_discovery"
    ]


async def look(hass: HomeAssistant, minutes: int) -> None:
    """Time passes, and the mirror is asked again."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=minutes, seconds=1))


async def test_a_sensor_that_nobody_has_placed_is_discovered_and_gets_its_room(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    decided.devices = [device("bath_1"), device("hall_1", "online")]
    decided.decide("add_window", {"window": "attic", "kind": "bath"})
    entry = await set_up()
    window = add(hass, entry)
    await until(lambda: offered(hass) and window in decided.windows)
    (flow,) = offered(hass)
    assert flow["context"]["title_placeholders"] == {"name": "bath_1"}
    flows = hass.config_entries.flow
    form = await flows.async_configure(flow["flow_id"])
    assert form["description_placeholders"] == {
        "mirror": "Hall mirror",
        "device": "bath_1",
        "kinds": "humidity, temperature",
    }
    options = form["data_schema"].schema["room"].config["options"]
    assert options == [
        {"value": "attic", "label": "attic"},
        {"value": window, "label": "window"},
        {"value": "outside", "label": "Outside"},
    ]
    decided.go()
    await until(lambda: not entry.runtime_data.data.connected)
    assert (await flows.async_configure(flow["flow_id"], {"room": "outside"}))["errors"] == {"base": "not_placed"}
    decided.come()
    await until(lambda: entry.runtime_data.data.connected)
    assert (await flows.async_configure(flow["flow_id"], {"room": window}))["reason"] == "sensor_placed"
    assert decided.of("place_sensor") == [{"device": "bath_1", "room": window}]


async def test_what_is_placed_elsewhere_is_offered_no_more_and_what_is_ignored_never(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp, entry: MockConfigEntry
) -> None:
    ignored = MockConfigEntry(domain="mira", source="ignore", unique_id=f"{PRESENCE['server_id']}_sensor_b")
    ignored.add_to_hass(hass)
    decided.devices = [device("a"), device("b")]
    await set_up()
    await until(lambda: len(offered(hass)) == 1)
    await look(hass, 5)
    await hass.async_block_till_done()
    assert len(offered(hass)) == 1
    decided.devices = []
    await look(hass, 10)
    await until(lambda: not offered(hass))
    decided.devices = [{"device": 7}]
    await look(hass, 15)
    decided.devices = [device("c")]
    await look(hass, 20)
    await until(lambda: offered(hass))
    (flow,) = offered(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    assert not offered(hass)
    with pytest.raises(UnknownFlow):
        await hass.config_entries.flow.async_configure(flow["flow_id"], {"room": "outside"})
    given = {"entry_id": entry.entry_id, "unique_id": "x_sensor_d", "device": "d", "kinds": ("co2",)}
    init = hass.config_entries.flow.async_init
    flow = await init("mira", context={"source": "integration_discovery"}, data=given)
    assert flow["reason"] == "not_loaded"
    decided.go()
    await look(hass, 25)


async def test_diagnostics_say_what_is_chosen_and_name_nothing(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    add(hass, entry, temperature="sensor.anna", same_room="x")
    told = await async_get_config_entry_diagnostics(hass, entry)
    assert told["windows_set_up"] == [
        {"kind": "bath", "moved_by": "nothing", "chosen": ["kind", "moved_by", "same_room", "temperature"]}
    ]
    assert "anna" not in str(told)
