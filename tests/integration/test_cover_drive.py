"""Existing covers that a mirror moves: as it decided, once, in time; and it knows where they stand."""

import asyncio
import random
from typing import Any

import pytest
from homeassistant.core import CoreState, HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.mira.cover_reports import CoverReports
from tests.integration.conftest import SetUp
from tests.integration.decided_mirror import DecidedMirror
from tests.integration.fake_covers import TILT, WHOLE, FakeCover, add_covers
from tests.integration.persona import until
from tests.integration.test_readings import add
from tests.sidecar.subjects.windows.house import House


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cover rests soon."""
    monkeypatch.setattr("custom_components.mira.cover_drive.SETTLE_S", 0.05)
    monkeypatch.setattr("custom_components.mira.cover_drive.CONTACT_S", 0.05)


async def a_window(
    hass: HomeAssistant, decided: DecidedMirror, entry: MockConfigEntry, cover: FakeCover, **more: Any
) -> str:
    """Set up a window that this cover moves, known to the mirror and where it stands; its id."""
    if not hass.states.get(cover.entity_id or f"cover.{cover.name}"):
        await add_covers(hass, cover)
    decided.decide("observe_weather", {"rain": False}, "sensor")
    window = add(hass, entry, moved_by="home", cover=f"cover.{cover.name}", **{"travel_s": 1, **more})
    await until(lambda: decided.windows.get(window, {}).get("drive"))
    if cover.says:
        await until(lambda: decided.windows[window]["position"] is not None)
    return window


def ask(decided: DecidedMirror, window: str, position: int | str, **more: Any) -> str:
    """Somebody at the mirror wants it there; the command."""
    event = decided.decide("set_window", {"window": window, "position": position}, **more)
    assert event.type == "accepted", event
    return event.command_id


async def stands(decided: DecidedMirror, window: str, position: int) -> None:
    """Wait until the mirror knows that it is there."""
    await until(lambda: decided.windows[window]["position"] == position)


async def test_two_covers_go_where_the_mirror_sends_them_and_nobody_takes_that_for_a_hand(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    exact, drifting = FakeCover("exact"), FakeCover("drifting", drift=4)
    entry = await set_up()
    await add_covers(hass, exact, drifting)
    first = await a_window(hass, decided, entry, exact)
    second = await a_window(hass, decided, entry, drifting)
    for window in (first, second):
        ask(decided, window, 40, source="automation")
    await stands(decided, first, 40)
    await stands(decided, second, 44)
    for window in (first, second):
        state = decided.windows[window]
        await until(lambda window=window: decided.windows[window]["run"] is None)
        assert (state["held_until"], state["hand_at"], state["fault"]) == (None, None, None)
    assert exact.called == [("set", 40)]
    assert {report["position"] for report in decided.of("window_moved") if report["window"] == first} <= set(
        range(0, 41, 4)
    )
    ask(decided, first, 100)
    await stands(decided, first, 100)
    ask(decided, first, 0)
    await stands(decided, first, 0)
    assert exact.called == [("set", 40), ("open", 100), ("close", 0)]
    assert decided.windows[first]["hand_at"] is None
    drifting.put(60)
    await until(lambda: decided.windows[second]["held_until"])


async def test_it_moves_in_a_context_of_its_own(hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp) -> None:
    cover = FakeCover("exact")
    window = await a_window(hass, decided, await set_up(), cover)
    ask(decided, window, 40)
    await until(lambda: cover.called)
    (context,) = cover.contexts
    assert context.user_id is None


async def test_what_is_late_is_not_begun_and_decided_anew(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    cover = FakeCover("exact")
    window = await a_window(hass, decided, await set_up(), cover)
    command = ask(decided, window, 40, age_s=11)
    await until(lambda: decided.of("drop_run"))
    assert decided.of("drop_run") == [{"window": window, "run": command, "why": "late"}]
    await until(lambda: decided.windows[window]["run"] is None)
    assert cover.called == []


async def test_a_window_is_stopped_where_it_has_got_to(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    cover = FakeCover("exact")
    cover.step_s = 0.3
    window = await a_window(hass, decided, await set_up(), cover, travel_s=30)
    ask(decided, window, 100)
    await until(lambda: cover.called)
    ask(decided, window, "stop")
    await until(lambda: ("stop", None) in cover.called)
    await until(lambda: decided.windows[window]["target"] == cover.position)
    assert decided.windows[window]["hand_at"] is None


async def test_one_that_cannot_be_reached_is_given_up_until_it_is_back(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    cover = FakeCover("exact", position=50)
    entry = await set_up()
    window = await a_window(hass, decided, entry, cover)
    cover.be(available=False)
    ask(decided, window, 0)
    await until(lambda: entry.runtime_data.data.snapshot.state.parts["windows"].windows[window].fault == "silent")
    assert cover.called == []
    cover.be(available=True)
    await until(lambda: decided.windows[window]["fault"] is None)
    assert decided.windows[window]["target"] == 50
    cover.is_broken = True
    ask(decided, window, 0)
    await until(lambda: decided.windows[window]["fault"] == "silent")


async def test_a_stop_that_fails_or_finds_nothing_is_no_fault(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    cover = FakeCover("exact")
    cover.step_s = 0.3
    window = await a_window(hass, decided, await set_up(), cover, travel_s=30)
    ask(decided, window, 100)
    await until(lambda: cover.called)
    cover.is_broken = True
    ask(decided, window, "stop")
    await until(lambda: ("stop", None) in cover.called)
    cover.is_broken = False
    ask(decided, window, 100)
    await until(lambda: cover.called[2:])
    cover.be(available=False)
    ask(decided, window, "stop")
    await asyncio.sleep(0.2)
    assert cover.called[3:] == []
    assert decided.windows[window]["fault"] is None


async def test_a_cover_that_goes_away_before_it_rests_is_told_of_when_it_is_back(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    cover = FakeCover("exact", position=50)
    window = await a_window(hass, decided, await set_up(), cover)
    cover.put(53)  # less than is told at once
    cover.be(available=False)
    await asyncio.sleep(0.2)
    assert decided.windows[window]["position"] == 50
    cover.be(available=True)
    await stands(decided, window, 53)


async def test_of_a_cover_of_which_nobody_knows_where_it_stands_nothing_is_told(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    cover = FakeCover("timed", position=None, features=WHOLE, says=False)
    await a_window(hass, decided, await set_up(), cover)
    cover.async_write_ha_state()
    await asyncio.sleep(0.2)
    assert decided.of("window_moved") == []


async def test_after_a_restart_nothing_is_done_twice(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    cover = FakeCover("exact", position=20)
    entry = await set_up()
    window = await a_window(hass, decided, entry, cover)
    await hass.config_entries.async_unload(entry.entry_id)
    command = ask(decided, window, 80, age_s=15)
    decided.come()
    await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: decided.of("drop_run"))
    assert decided.of("drop_run") == [{"window": window, "run": command, "why": "unheard"}]
    await hass.config_entries.async_unload(entry.entry_id)
    ask(decided, window, 20, age_s=15)
    decided.come()
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert len(decided.of("drop_run")) == 1  # it stands there
    await hass.config_entries.async_unload(entry.entry_id)
    ask(decided, window, 70, age_s=15)
    cover.put(70)
    decided.come()
    await hass.config_entries.async_setup(entry.entry_id)
    await stands(decided, window, 70)
    assert len(decided.of("drop_run")) == 1  # it has got there meanwhile
    assert cover.called == []


async def test_covers_wait_until_home_assistant_has_started(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    hass.set_state(CoreState.starting)
    cover = FakeCover("exact")
    await add_covers(hass, cover)
    entry = await set_up()
    window = add(hass, entry, moved_by="home", cover="cover.exact", travel_s=1)
    await until(lambda: window in decided.windows)
    ask(decided, window, 40)
    await hass.async_block_till_done()
    assert cover.called == []
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await stands(decided, window, 40)


async def test_where_it_stands_is_told_when_the_mirror_is_back(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    cover = FakeCover("exact")
    entry = await set_up()
    window = await a_window(hass, decided, entry, cover)
    decided.go()
    await until(lambda: not entry.runtime_data.data.connected)
    cover.put(33)
    await asyncio.sleep(0.1)
    assert decided.windows[window]["position"] == 0
    decided.come()
    await stands(decided, window, 33)
    assert decided.windows[window]["hand_at"]


async def test_noise_is_not_told(hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp) -> None:
    cover = FakeCover("noisy", position=50)
    window = await a_window(hass, decided, await set_up(), cover)
    await asyncio.sleep(0.1)
    count = len(decided.of("window_moved"))
    for position in (51, 49, 52, 48):
        cover.put(position)
        await asyncio.sleep(0.06)
    assert len(decided.of("window_moved")) == count
    cover.put(44)
    await stands(decided, window, 44)


async def test_a_cover_without_a_position_is_stopped_in_time(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    cover = FakeCover("timed", features=WHOLE, says=False)
    cover.step_s = 0.3
    entry = await set_up()
    window = await a_window(hass, decided, entry, cover, travel_s=3)
    await stands(decided, window, 0)
    ask(decided, window, 40)
    await stands(decided, window, 40)
    assert cover.called == [("open", 100), ("stop", None)]
    cover.position = 40
    cover.async_write_ha_state()
    ask(decided, window, 20)
    await stands(decided, window, 20)
    assert cover.called[2:] == [("close", 0), ("stop", None)]
    ask(decided, window, 0)
    await stands(decided, window, 0)
    assert cover.called[4:] == [("close", 0)]
    assert decided.windows[window]["hand_at"] is None
    cover._moving.cancel()  # type: ignore[union-attr]
    cover._attr_is_closing = False
    cover.put(0)
    cover.put(100)  # by a switch at the wall
    await stands(decided, window, 100)
    await until(lambda: decided.windows[window]["held_until"])


async def test_a_cover_of_which_nobody_knows_where_it_stands_is_shut_first(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    cover = FakeCover("timed", features=WHOLE, says=False, position=None)
    cover.step_s = 10.0
    entry = await set_up()
    window = await a_window(hass, decided, entry, cover, travel_s=1)
    ask(decided, window, 30)
    await until(lambda: len(cover.called) == 3)
    assert cover.called == [("close", 0), ("open", 100), ("stop", None)]
    ask(decided, window, 90)
    await until(lambda: len(cover.called) == 4)
    await hass.config_entries.async_unload(entry.entry_id)
    await until(lambda: cover.called[4:] == [("stop", None)])


async def test_a_cover_that_runs_by_time_is_stopped_when_home_assistant_stops(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    cover = FakeCover("timed", features=WHOLE, says=False)
    cover.step_s = 10.0
    window = await a_window(hass, decided, await set_up(), cover, travel_s=60)
    ask(decided, window, 50)
    await until(lambda: cover.called)
    hass.bus.async_fire("homeassistant_stop")
    await until(lambda: cover.called == [("open", 100), ("stop", None)])


async def test_one_that_cannot_be_opened_a_bit_any_more_stays(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    cover = FakeCover("exact")
    window = await a_window(hass, decided, await set_up(), cover)
    cover._attr_supported_features = WHOLE & ~8  # type: ignore[assignment]
    cover.async_write_ha_state()
    ask(decided, window, 40)
    await until(lambda: decided.windows[window]["fault"] == "silent")
    assert cover.called == []


async def test_one_that_can_do_nothing_any_more_is_not_asked(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    cover = FakeCover("exact")
    window = await a_window(hass, decided, await set_up(), cover)
    cover._attr_supported_features = WHOLE & 8  # type: ignore[assignment]
    cover.async_write_ha_state()
    ask(decided, window, 40)
    await until(lambda: decided.windows[window]["fault"] == "silent")
    ask(decided, window, 0)
    ask(decided, window, "stop")
    await hass.async_block_till_done()
    assert cover.called == []


async def test_a_window_that_tilts_is_tilted(hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp) -> None:
    cover = FakeCover("tilts", features=TILT)
    window = await a_window(hass, decided, await set_up(), cover)
    for position in (30, 100, 0):
        ask(decided, window, position)
        await stands(decided, window, position)
    assert cover.called == [("set_tilt", 30), ("open_tilt", 100), ("close_tilt", 0)]


async def test_a_contact_that_contradicts_for_long_is_a_fault(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    hass.states.async_set("binary_sensor.contact", "off")
    cover = FakeCover("exact")
    window = await a_window(hass, decided, await set_up(), cover, contact="binary_sensor.contact")
    await asyncio.sleep(0.2)
    assert decided.windows[window]["fault"] is None
    hass.states.async_set("binary_sensor.contact", "on")
    await until(lambda: decided.windows[window]["fault"] == "lying")
    hass.states.async_set("binary_sensor.contact", "unavailable")
    await asyncio.sleep(0.2)
    assert sum("closed" in report for report in decided.of("window_moved")) == 1


async def test_one_that_is_set_up_otherwise_is_let_go(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp
) -> None:
    cover = FakeCover("exact")
    entry = await set_up()
    window = await a_window(hass, decided, entry, cover)
    subentry = entry.subentries[window.upper()]
    hass.config_entries.async_update_subentry(entry, subentry, data={"kind": "bath", "moved_by": "nothing"})
    await until(lambda: decided.windows[window]["drive"] is None)
    cover.put(60)
    ask(decided, window, 40)
    await asyncio.sleep(0.1)
    assert (cover.called, decided.windows[window]["position"]) == ([], 0)
    decided.decide("remove_window", {"window": window})
    await hass.async_block_till_done()


async def test_what_cannot_be_told_is_told_when_there_is_an_answer_again(
    hass: HomeAssistant, decided: DecidedMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    cover = FakeCover("exact")
    window = await a_window(hass, decided, await set_up(), cover)
    monkeypatch.setattr("custom_components.mira.client._GRACE", -4.0)
    decided.refuses = "window_moved"
    cover.put(30)
    await asyncio.sleep(1.2)
    decided.refuses = "drop_run"
    cover.put(31)
    await stands(decided, window, 31)
    ask(decided, window, 0, age_s=11)
    await until(lambda: decided.of("drop_run"))
    await asyncio.sleep(1.2)


@pytest.mark.parametrize("step", [1, 5])
def test_in_a_thousand_moves_of_a_noisy_late_rounding_cover_no_hand_is_seen_and_none_missed(step: int) -> None:
    """By the reports that are told, and the real core."""
    dice, house, reports = random.Random(step), House(), CoverReports()
    reports.begin(0)

    def says(position: float, *, moving: bool, took_ms: int = 2_000) -> None:
        seen = min(100, max(0, round((position + dice.uniform(-2, 2)) / step) * step))
        house.pass_ms(took_ms)
        if reports.see(seen, moving=moving) or (not moving and reports.settle(seen)):
            house.moved(seen)

    where = 0.0
    for _ in range(1_000):
        house.pass_ms(200 * 60_000)
        to = dice.choice((0, 5, 10, 25, 50, 75, 100))
        assert house.ask(to, "automation").type == "accepted", house.events[-1]
        reports.head_for(to)
        house.pass_ms(dice.randrange(8_000))  # late
        for part in range(1, 11):
            says(where + (to - where) * part / 10, moving=part < 10, took_ms=round(abs(to - where) * 30))
        where = to
        for _ in range(3):
            says(where, moving=False)
        assert house.bed["hand_at"] is None, (
            to,
            [(e.action, e.payload) for e in house.events[-14:] if e.type == "accepted"],
        )
        assert abs(house.bed["position"] - to) <= 5
    for _ in range(200):
        house.pass_ms(60_000)
        by = dice.choice((-1, 1)) * dice.randint(5 + 4 + step, 60)
        if not 0 <= where + by <= 100:
            continue
        where += by
        house.send("resume_window", window="bed")
        says(where, moving=False)
        assert house.bed["held_until"], by


def test_the_time_of_a_cover_that_jitters_ends() -> None:
    reports = CoverReports()
    assert reports.see(50, moving=False)
    assert not reports.settle(50)
    assert not reports.see(52, moving=True)
    assert reports.settle(52)
    assert not reports.settle(51)
    assert reports.see(0, moving=False)
