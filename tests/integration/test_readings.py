"""What is measured in a house reaches the mirror: in its units, when it changes, and nothing that is old."""

import asyncio
import logging
from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock

import pytest
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import CoreState, HomeAssistant, State
from homeassistant.helpers import restore_state
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.mira import readings, readings_out
from custom_components.mira.errors import CannotConnect
from custom_components.mira.readings import house_facts, is_silent, outside_values, room_values
from tests.integration import documented_user
from tests.integration.conftest import SetUp
from tests.integration.decided_mirror import DecidedMirror, told
from tests.integration.persona import until

ROOM = {"temperature": "sensor.t", "humidity": "sensor.h", "occupied": "binary_sensor.o"}


def add(hass: HomeAssistant, entry: MockConfigEntry, kind: str = "window", **data: Any) -> str:
    """Set up a window, or the weather; the window's id."""
    own = {"kind": "bath", "moved_by": "nothing"} if kind == "window" else {}
    subentry = ConfigSubentry(
        data={**own, **data},  # type: ignore[arg-type]
        subentry_type=kind,
        title=kind,
        unique_id=None,
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    return subentry.subentry_id.lower()


@pytest.mark.parametrize(
    ("kind", "state", "unit", "value"),
    [
        ("temperature", "70.7", "°F", 21.5),
        ("temperature", "21.456", "°C", 21.46),
        ("temperature", "21", "%", None),
        ("temperature", "warm", "°C", None),
        ("temperature", "nan", "°C", None),
        ("humidity", "60", "%", 60),
        ("co2", "800", "ppm", 800),
        ("noise", "41.5", "dBA", 41.5),
        ("occupied", "on", None, 1),
        ("occupied", "off", None, 0),
        ("occupied", "perhaps", None, None),
        ("temperature", "unknown", "°C", None),
        ("temperature", "unavailable", "°C", None),
    ],
)
async def test_a_room_is_measured_in_the_units_of_the_mirror(
    hass: HomeAssistant, kind: str, state: str, unit: str | None, value: float | None
) -> None:
    entity = f"{'binary_sensor' if kind == 'occupied' else 'sensor'}.one"
    hass.states.async_set(entity, state, {"unit_of_measurement": unit} if unit else {})
    assert room_values(hass, {kind: entity}) == {kind: value}
    assert room_values(hass, {kind: "sensor.gone"}) == {kind: None}


WEATHER = {"temperature": 50, "temperature_unit": "°F", "humidity": 40, "wind_speed": 36, "wind_speed_unit": "km/h"}


@pytest.mark.parametrize(
    ("condition", "rain"), [("rainy", 1), ("snowy", 1), ("sunny", 0), ("lightning", 0), ("exceptional", None)]
)
async def test_the_weather_entity_tells_of_rain_by_its_condition(
    hass: HomeAssistant, condition: str, rain: float | None
) -> None:
    hass.states.async_set("weather.home", condition, WEATHER)
    assert outside_values(hass, {"weather": "weather.home"}) == {
        "temperature": 10,
        "humidity": 40,
        "wind": 10,
        "gust": None,
        "rain": rain,
    }


async def test_sensors_win_over_the_weather_entity_while_they_say_something(hass: HomeAssistant) -> None:
    hass.states.async_set("weather.home", "sunny", WEATHER)
    hass.states.async_set("binary_sensor.rain", "on")
    hass.states.async_set("sensor.gust", "20", {"unit_of_measurement": "kn"})
    hass.states.async_set("binary_sensor.alert", "unavailable")
    chosen = {
        "weather": "weather.home",
        "rain": "binary_sensor.rain",
        "gust": "sensor.gust",
        "alert": "binary_sensor.alert",
    }
    values = outside_values(hass, chosen)
    assert (values["rain"], values["gust"], values["alert"], values["wind"]) == (1, 10.29, None, 10)
    hass.states.async_set("binary_sensor.rain", "unavailable")
    assert outside_values(hass, chosen)["rain"] == 0
    hass.states.async_set("weather.home", "unavailable")
    assert set(outside_values(hass, chosen).values()) == {None, 10.29}
    assert outside_values(hass, {}) == {}


async def test_how_much_it_rains_is_in_millimetres(hass: HomeAssistant) -> None:
    hass.states.async_set("sensor.rain", "0.1", {"unit_of_measurement": "in/h"})
    assert outside_values(hass, {"rain": "sensor.rain"}) == {"rain": 2.54}


@pytest.mark.parametrize(
    ("people", "away"),
    [
        (["home", "not_home"], False),
        (["not_home", "not_home"], True),
        (["not_home", "unknown"], None),
        (["unknown", "home"], False),
    ],
)
async def test_nobody_is_home_only_where_that_is_known_of_all(
    hass: HomeAssistant, people: list[str], away: bool | None
) -> None:
    for number, state in enumerate(people):
        hass.states.async_set(f"person.p{number}", state)
    assert house_facts(hass, {"presence": ["person.p0", "person.p1"]}) == {"away": away}


@pytest.mark.parametrize(
    ("alarm", "armed"),
    [("disarmed", False), ("armed_night", True), ("arming", True), ("triggered", True), ("unavailable", None)],
)
async def test_the_alarm_and_the_quiet_of_the_house_are_facts(
    hass: HomeAssistant, alarm: str, armed: bool | None
) -> None:
    hass.states.async_set("alarm_control_panel.a", alarm)
    hass.states.async_set("schedule.night", "off")
    chosen = {"alarm": "alarm_control_panel.a", "quiet": ["schedule.night"]}
    assert house_facts(hass, chosen) == {"armed": armed, "quiet": False}
    assert house_facts(hass, {"quiet": ["schedule.gone"]}) == {"quiet": None}
    assert house_facts(hass, {}) == {}


async def test_a_state_from_before_a_restart_is_no_new_reading(hass: HomeAssistant) -> None:
    now = dt_util.utcnow()
    hass.states.async_set("sensor.t", "21", {"unit_of_measurement": "°C"})
    chosen, before = {"temperature": "sensor.t"}, restore_state.async_get(hass).last_states

    def stored(state: str, ago: timedelta) -> None:
        before["sensor.t"] = restore_state.StoredState(State("sensor.t", state), None, now - ago)

    stored("21", timedelta(hours=1))
    readings.async_note_start(hass)
    assert room_values(hass, chosen) == {"temperature": None}
    stored("21", timedelta(minutes=1))
    assert room_values(hass, chosen) == {"temperature": 21}
    stored("20", timedelta(hours=1))
    assert room_values(hass, chosen) == {"temperature": 21}
    stored("22", timedelta(hours=1))
    hass.states.async_set("sensor.t", "22", {"unit_of_measurement": "°C"})
    assert room_values(hass, chosen) == {"temperature": 22}  # since Home Assistant has started


async def test_a_sensor_that_says_nothing_any_more_is_not_believed(hass: HomeAssistant) -> None:
    old = dt_util.utcnow().timestamp() - 7_300
    for entity in ("sensor.t", "binary_sensor.o", "weather.w", "cover.c", "sensor.u"):
        state = "unknown" if entity == "cover.c" else "unavailable" if entity == "sensor.u" else "on"
        hass.states.async_set(entity, "7" if entity == "sensor.t" else state, timestamp=old)
    assert room_values(hass, {"humidity": "sensor.t", "occupied": "binary_sensor.o"}) == {
        "humidity": None,
        "occupied": 1,
    }
    silent = ("sensor.t", "binary_sensor.o", "weather.w", "cover.c", "sensor.u", "sensor.gone")
    assert [each for each in silent if is_silent(hass, each)] == ["sensor.t", "weather.w", "sensor.u", "sensor.gone"]


async def test_what_changes_is_told_and_all_of_it_again_each_minute(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    hass.states.async_set("sensor.t", "21", {"unit_of_measurement": "°C"})
    hass.states.async_set("binary_sensor.o", "off")
    entry = await set_up()
    window = add(hass, entry, **ROOM)
    assert await told(decided, window, temperature=21, occupied=0) == {
        "temperature": 21,
        "occupied": 0,
        "humidity": None,
    }
    count = len(decided.readings)
    hass.states.async_set("sensor.h", "60")
    hass.states.async_set("sensor.h", "61")
    hass.states.async_set("sensor.t", "unavailable")
    await hass.async_block_till_done()
    assert len(decided.readings) == count  # not so soon
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=6))
    await told(decided, window, humidity=61, temperature=None)
    assert len(decided.readings) == count + 1
    for seconds in (61, 70):
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await until(lambda: len(decided.readings) == count + 2)
    hass.states.async_set("sensor.h", "62")
    await hass.async_block_till_done()


async def test_windows_in_one_room_are_measured_together(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    hass.states.async_set("sensor.t", "unavailable")
    hass.states.async_set("sensor.t2", "20", {"unit_of_measurement": "°C"})
    entry = await set_up()
    first = add(hass, entry, temperature="sensor.t")
    add(hass, entry, same_room=first.upper(), temperature="sensor.t2")
    await told(decided, first, temperature=20)
    assert {each["room"] for each in decided.readings} == {first}


async def test_a_mirror_that_comes_is_told_everything(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    hass.states.async_set("binary_sensor.rain", "on")
    entry = await set_up()
    add(hass, entry, "weather", rain="binary_sensor.rain")
    await told(decided, "outside", rain=1)
    decided.go()
    await until(lambda: not entry.runtime_data.data.connected)
    hass.states.async_set("binary_sensor.rain", "off")
    await hass.async_block_till_done()
    decided.readings.clear()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=70))
    await hass.async_block_till_done()
    assert decided.readings == []
    decided.come()
    await until(lambda: entry.runtime_data.data.connected)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=80))
    await told(decided, "outside", rain=0)


async def test_the_mirror_knows_whether_anybody_is_home(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    hass.states.async_set("person.a", "home")
    hass.states.async_set("input_boolean.quiet", "on")
    entry = await set_up()
    add(hass, entry, "weather", presence=["person.a"], quiet=["input_boolean.quiet"])
    await until(lambda: decided.house["quiet"])
    assert (decided.house["away"], decided.house["armed"]) == (False, None)
    assert decided.of("observe_home") == [{"away": False, "quiet": True}]
    hass.states.async_set("person.a", "not_home")
    await until(lambda: decided.house["away"])
    assert decided.of("observe_home")[1:] == [{"away": True}]
    monkeypatch.setattr("custom_components.mira.client._GRACE", -4.0)
    decided.refuses = "observe_home"
    hass.states.async_set("person.a", "unknown")
    await until(lambda: len(decided.of("observe_home")) == 3)
    await asyncio.sleep(1.2)
    decided.refuses = None
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await until(lambda: decided.house["away"] is None)


async def test_nothing_is_told_before_home_assistant_has_started(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    hass.set_state(CoreState.starting)
    hass.states.async_set("binary_sensor.rain", "on")
    entry = await set_up()
    add(hass, entry, "weather", rain="binary_sensor.rain")
    await hass.async_block_till_done()
    assert decided.readings == []
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await told(decided, "outside", rain=1)


def denied(mirror: DecidedMirror) -> int:
    """How often Redis has refused somebody a channel."""
    entries: list[dict[str, Any]] = mirror.written.redis.acl_log()
    return sum(int(entry["count"]) for entry in entries if entry["reason"] == "channel")


async def test_a_user_of_an_older_version_is_warned_of_once(
    hass: HomeAssistant,
    decided: DecidedMirror,
    set_up: SetUp,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rules = [rule.replace(" &mira:{hall}:readings", "") for rule in documented_user.RULES]
    decided.written.redis.execute_command("ACL", "SETUSER", documented_user.NAME, *rules)
    entry = await set_up()
    add(hass, entry, "weather", rain="binary_sensor.rain")
    await until(lambda: "Readings cannot be told, see docs/installation.md" in caplog.text)
    said = []
    monkeypatch.setattr(readings_out._LOGGER, "log", lambda level, *_: said.append(level))
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await until(lambda: said)
    assert set(said) == {logging.DEBUG}
    assert denied(decided) > 1


async def test_readings_that_do_not_arrive_are_told_again(
    hass: HomeAssistant,
    decided: DecidedMirror,
    set_up: SetUp,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level("DEBUG", "custom_components.mira")
    hass.states.async_set("binary_sensor.rain", "on")
    entry = await set_up()
    with monkeypatch.context() as patch:
        patch.setattr(entry.runtime_data.client, "tell_readings", AsyncMock(side_effect=CannotConnect("Away.")))
        add(hass, entry, "weather", rain="binary_sensor.rain")
        await until(lambda: "Readings were not told" in caplog.text)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await told(decided, "outside", rain=1)


async def test_a_mirror_that_does_not_want_to_know_of_the_house_is_not_asked_without_end(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "custom_components.mira")
    decided.rejects = "observe_home"
    hass.states.async_set("person.a", "home")
    entry = await set_up()
    add(hass, entry, "weather", presence=["person.a"])
    await until(lambda: "does not take what is known of the house" in caplog.text)
    assert len(decided.of("observe_home")) == 1
