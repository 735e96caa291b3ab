"""Shadow mode: the mirror remembers where a window would stand, and says what that would have come to."""

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mira_sidecar import cli
from mira_sidecar.protocol import Event, instant
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.subjects.windows import shadow
from mira_sidecar.subjects.windows.core.planner import Readings, Thresholds, command_for
from mira_sidecar.subjects.windows.core.shadow import as_if
from mira_sidecar.subjects.windows.settings import WindowsSettings
from mira_sidecar.subjects.windows.shadow import AskedShadow, ShadowReport, report
from tests.sidecar.subjects.windows.house import MINUTE_MS, House

HUMID = Readings(temperature=21.0, humidity=70.0, outdoor_temperature=10.0, age_s=10)
DRY = HUMID._replace(humidity=40.0)
HOUR = 60


def in_shadow(**settings: Any) -> House:
    house = House(**settings)
    house.send("set_window_auto", window="bed", shadow=True)
    house.minutes(10)
    return house


def planned(house: House, readings: Readings = HUMID) -> dict[str, Any] | None:
    """What its planner asks for."""
    wanted = command_for(house.document, "bed", Thresholds(), readings, now_ms=house.now_ms, settings=WindowsSettings())
    return wanted[0] if wanted else None


def stands(house: House) -> tuple[int, int]:
    """Where the window is, and would be."""
    return house.bed["position"], as_if(house.bed)["position"]


def test_what_was_noted_is_remembered_and_nothing_moves() -> None:
    house = in_shadow()
    assert planned(house) == {
        "window": "bed",
        "position": 100,
        "model": "thresholds-1",
        "age_s": 10,
        "mattered": ["humidity"],
    }
    noted = house.plan(100)
    assert (noted.type, noted.reason) == ("rejected", "shadow_mode")
    assert stands(house) == (0, 100)
    assert house.bed["run"] is None
    assert house.bed["runs"] == []
    assert planned(house) is None  # it is there already
    house.minutes(20)
    wanted = planned(house, DRY)
    assert wanted is not None
    assert wanted["position"] == 0
    assert house.plan(0).reason == "shadow_mode"
    assert stands(house) == (0, 0)
    assert len(house.bed["shadowed"]["runs"]) == 2


def test_the_same_wish_twice_is_one_run() -> None:
    house = in_shadow()
    house.plan(50)
    before = house.bed
    house.minutes(10)
    assert house.plan(50).reason == "shadow_mode"
    assert house.bed == before


def test_a_motor_that_would_have_run_would_rest_too() -> None:
    house = in_shadow()
    house.plan(50)
    assert planned(house, DRY) is None
    assert house.plan(0).reason == "motor_rest"
    assert stands(house) == (0, 50)


def test_it_would_have_opened_no_further_than_policies_allow() -> None:
    house = in_shadow()
    house.send("limit_window", window="bed", most=30)
    house.plan(100)
    assert stands(house) == (0, 30)


@pytest.mark.parametrize("how", ["hand", "touch", "off"])
def test_where_the_window_was_moved_after_all_it_stands_there(how: str) -> None:
    house = in_shadow()
    house.plan(100)
    house.minutes(10)
    if how == "hand":
        house.moved(40)
    elif how == "touch":
        house.ask(40)
        house.arrive()
    else:
        house.send("set_window_auto", window="bed", shadow=False)
    assert house.bed["shadowed"] is None
    assert stands(house) == ((0, 0) if how == "off" else (40, 40))


def test_a_window_that_is_shut_for_safety_would_have_been_shut() -> None:
    house = House()
    house.open(50)
    house.send("set_window_auto", window="bed", shadow=True)
    house.plan(100)
    house.weather(rain=True)
    house.minutes(1)
    assert house.bed["shadowed"] is None
    assert house.bed["target"] == 0


def lived() -> House:
    """Two hours of shadow: humid for one, in which the window would have been open, and a hand opens for a quarter."""
    house = in_shadow()
    house.plan(100)
    house.minutes(HOUR)
    house.plan(0)
    house.minutes(HOUR)
    house.moved(100)
    house.minutes(15)
    house.moved(0)
    house.minutes(15)
    house.send("set_window_auto", window="bed", shadow=False)
    house.minutes(HOUR)
    return house


async def of(events: Sequence[Event], folder: Path, asked: AskedShadow, now_ms: int) -> ShadowReport:
    async with contextlib.aclosing(await EventStore.open(folder / "mira.db")) as store:
        await store.append(events)
    return report(folder / "mira.db", asked, now_ms)


async def test_the_report_says_what_happened_and_what_would_have(tmp_path: Path) -> None:
    house = lived()
    found = await of(house.events, tmp_path, AskedShadow(), house.now_ms)
    assert found.since == instant(house.now_ms - 14 * 24 * HOUR * MINUTE_MS)
    bed = found.windows["bed"]
    assert bed.kind == "bedroom"
    assert bed.hours == pytest.approx(160 / 60, abs=0.01)
    assert bed.would.open_h == pytest.approx(75 / 60, abs=0.01)
    assert bed.happened.open_h == pytest.approx(15 / 60, abs=0.01)
    assert bed.alike == pytest.approx(100 / 160, abs=0.01)
    assert (bed.happened.runs, bed.would.runs) == (0, 2)
    assert bed.would.heat_kwh > bed.happened.heat_kwh > 0  # type: ignore[operator]
    assert bed.happened.out_h is not None


async def test_rain_ends_what_would_have_been_open(tmp_path: Path) -> None:
    house = in_shadow()
    house.plan(100)
    house.minutes(30)
    house.weather(rain=True)
    house.minutes(30)
    found = await of(house.events, tmp_path, AskedShadow(window="bed", days=1), house.now_ms)
    assert found.windows["bed"].would.open_h == pytest.approx(0.5, abs=0.01)


async def test_without_weather_nothing_is_estimated(tmp_path: Path) -> None:
    house = House()
    house.weather(temperature=None)
    house.send("set_window_auto", window="bed", shadow=True)
    house.minutes(HOUR)
    found = await of(house.events, tmp_path, AskedShadow(days=1), house.now_ms)
    happened = found.windows["bed"].happened
    assert (happened.open_h, happened.heat_kwh, happened.out_h) == (0.0, None, None)
    assert report(tmp_path / "mira.db", AskedShadow(window="bath"), house.now_ms).windows == {}


async def test_the_command_prints_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    house = lived()
    await of(house.events, tmp_path, AskedShadow(), house.now_ms)
    monkeypatch.setattr("time.time_ns", lambda: house.now_ms * 1_000_000)
    told = ["--database", str(tmp_path / "mira.db")]
    assert cli.main(["windows", "shadow", *told]) == 0
    page = capsys.readouterr().out
    assert "bed (bedroom): 2.7 h in shadow mode, alike 62% of the time" in page
    assert "are estimates" in page
    assert cli.main(["windows", "shadow", "--json", "--window", "bed", *told]) == 0
    assert json.loads(capsys.readouterr().out)["windows"]["bed"]["would"]["runs"] == 2
    assert cli.main(["windows", "shadow", "--window", "bath", *told]) == 0
    assert "No window was in shadow mode" in capsys.readouterr().out
    answered = shadow.QUERY.answer(tmp_path / "mira.db", AskedShadow())
    assert isinstance(answered, ShadowReport)
    assert answered.windows["bed"].would.runs == 2
