"""While nobody decides, windows are shut before it rains in: once, never opened, and told afterwards."""

from datetime import timedelta

import pytest
from homeassistant.components.persistent_notification import _async_get_or_create_notifications as notifications
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from tests.integration.conftest import SetUp
from tests.integration.decided_mirror import DecidedMirror
from tests.integration.fake_covers import FakeCover, add_covers
from tests.integration.persona import until
from tests.integration.test_cover_drive import a_window, stands
from tests.integration.test_readings import add

TITLE = "Hall mirror: windows were closed"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cover rests soon."""
    monkeypatch.setattr("custom_components.mira.cover_drive.SETTLE_S", 0.05)


async def alone(hass: HomeAssistant, decided: DecidedMirror, entry: MockConfigEntry, seconds: int = 31) -> None:
    """The mirror has been away for so long."""
    decided.go()
    await until(lambda: not entry.runtime_data.data.connected)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done()


async def test_rain_shuts_windows_while_the_mirror_is_away_and_it_is_told_afterwards(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    hass.states.async_set("binary_sensor.rain", "off")
    cover, shut = FakeCover("velux", position=60), FakeCover("shut")
    entry = await set_up()
    await add_covers(hass, cover, shut)
    window = await a_window(hass, decided, entry, cover)
    await a_window(hass, decided, entry, shut)
    add(hass, entry, "weather", rain="binary_sensor.rain")
    await alone(hass, decided, entry, 29)
    hass.states.async_set("binary_sensor.rain", "on")
    await hass.async_block_till_done()
    assert cover.called == []
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=31))
    await until(lambda: cover.position == 0)
    assert (cover.called, shut.called) == ([("close", 0)], [])
    await until(lambda: notifications(hass))
    (said,) = notifications(hass).values()
    assert said["title"] == TITLE
    assert "it rains" in said["message"]
    cover.put(30)  # somebody opens it again
    hass.states.async_set("binary_sensor.rain", "off")
    hass.states.async_set("binary_sensor.rain", "on")
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=95))
    await hass.async_block_till_done()
    assert cover.called == [("close", 0)]
    cover.put(0)
    decided.come()
    await stands(decided, window, 0)
    await until(lambda: decided.of("resume_window"))
    await until(lambda: decided.windows[window]["held_until"] is None)
    assert decided.of("resume_window") == [{"window": window}]


async def test_a_window_that_cannot_be_released_is_left_alone_for_a_while(
    hass: HomeAssistant,
    *,
    decided: DecidedMirror,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("custom_components.mira.client._GRACE", -4.0)
    caplog.set_level("DEBUG", "custom_components.mira.emergency")
    hass.states.async_set("binary_sensor.rain", "on")
    cover = FakeCover("velux", position=60)
    entry = await set_up()
    await a_window(hass, decided, entry, cover)
    add(hass, entry, "weather", rain="binary_sensor.rain")
    await alone(hass, decided, entry)
    await until(lambda: cover.position == 0)
    decided.refuses = "resume_window"
    decided.come()
    await until(lambda: "A window is left alone for a while" in caplog.text)


async def test_what_was_dry_for_a_while_is_another_danger(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    hass.states.async_set("binary_sensor.rain", "on")
    cover = FakeCover("velux", position=60)
    entry = await set_up()
    await a_window(hass, decided, entry, cover)
    add(hass, entry, "weather", rain="binary_sensor.rain")
    cover.be(available=False)
    await alone(hass, decided, entry)
    assert cover.called == []
    cover.be(available=True)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=95))
    await until(lambda: cover.position == 0)
    monkeypatch.setattr("custom_components.mira.emergency._OVER", timedelta(0))
    cover.put(60)
    hass.states.async_set("binary_sensor.rain", "off")
    hass.states.async_set("binary_sensor.rain", "on")
    await until(lambda: cover.position == 0)


@pytest.mark.parametrize(
    ("said", "shuts"),
    [
        (("40", "km/h", "wind"), True),
        (("30", "km/h", "wind"), False),
        (("17", "m/s", "gust"), True),
        (("on", None, "alert"), True),
    ],
)
async def test_storm_shuts_them_too(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp, said: tuple[str, str | None, str], *, shuts: bool
) -> None:
    state, unit, kind = said
    entity = "binary_sensor.one" if unit is None else "sensor.one"
    hass.states.async_set(entity, state, {"unit_of_measurement": unit} if unit else {})
    cover = FakeCover("velux", position=60)
    entry = await set_up()
    await a_window(hass, decided, entry, cover)
    add(hass, entry, "weather", **{kind: entity})
    await alone(hass, decided, entry)
    if shuts:
        await until(lambda: cover.position == 0)
        await until(lambda: "stormy" in str(notifications(hass)))
    assert bool(cover.called) is shuts


async def test_without_weather_nothing_is_shut_and_a_window_that_is_gone_is_not_told_of(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    cover = FakeCover("velux", position=60)
    entry = await set_up()
    window = await a_window(hass, decided, entry, cover)
    await alone(hass, decided, entry)
    assert cover.called == []
    hass.states.async_set("binary_sensor.rain", "on")
    decided.come()
    await until(lambda: entry.runtime_data.data.connected)
    weather = add(hass, entry, "weather", rain="binary_sensor.rain")
    await alone(hass, decided, entry)
    await until(lambda: cover.position == 0)
    hass.config_entries.async_remove_subentry(entry, window.upper())
    hass.config_entries.async_remove_subentry(entry, weather.upper())
    decided.come()
    await until(lambda: not decided.windows)
    assert decided.of("resume_window") == []


async def test_a_mirror_that_does_not_answer_leaves_it_alone_for_a_while(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    hass.states.async_set("binary_sensor.rain", "on")
    cover = FakeCover("velux", position=60)
    entry = await set_up()
    window = await a_window(hass, decided, entry, cover)
    add(hass, entry, "weather", rain="binary_sensor.rain")
    await alone(hass, decided, entry)
    await until(lambda: cover.position == 0)
    monkeypatch.setattr("custom_components.mira.client._GRACE", -4.0)
    decided.refuses = "resume_window"
    decided.come()
    await until(lambda: decided.of("resume_window"))
    await until(lambda: decided.windows[window]["position"] == 0)
    assert decided.windows[window]["held_until"]
