"""What of the weather becomes a command, and when."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from mira_sidecar.subjects.windows.core.rooms import OUTSIDE, Air, Known
from mira_sidecar.subjects.windows.core.slice import slice_of
from mira_sidecar.subjects.windows.weather import Weather, changes
from tests.sidecar.subjects.windows.house import House
from tests.sidecar.subjects.windows.shelled import Shelled, until

KNOWN = {"rain": False, "wind": 2.0, "gust": None, "alert": None, "temperature": 15.0, "air": None}


def fresh(**values: float) -> dict[str, Known]:
    return {kind: Known(value, 10, True) for kind, value in values.items()}


def said(known: dict[str, Known], *, ours: set[str] = frozenset(), **outside: Any) -> dict[str, Any]:  # type: ignore[assignment]
    return changes({**KNOWN, **outside}, known, set(ours), 10.0)


@pytest.mark.parametrize(
    ("measured", "told"),
    [
        ({"temperature": 15.9, "wind": 3.9}, {}),
        ({"temperature": 16.0}, {"temperature": 16.0}),
        ({"temperature": 14.0}, {"temperature": 14.0}),
        ({"wind": 4.0}, {"wind": 4.0}),
        ({"gust": 3.0}, {"gust": 3.0}),
        ({"rain": 0.0}, {}),
        ({"rain": 0.2}, {"rain": True}),
        ({"alert": 1.0}, {"alert": True}),
        ({"bad_air": 1.0}, {"air": "bad"}),
        ({"bad_air": 0.0}, {"air": "good"}),
        ({"pressure": 1_013.0}, {}),
        ({"temperature": 75.0}, {"temperature": None}),
    ],
)
def test_only_what_matters_is_told(measured: dict[str, float], told: dict[str, Any]) -> None:
    assert said(fresh(**measured)) == told


def test_a_little_more_wind_is_told_where_it_makes_a_storm() -> None:
    assert said(fresh(wind=10.0), wind=9.8) == {"wind": 10.0}
    assert said(fresh(wind=9.9), wind=10.1) == {"wind": 9.9}
    assert said(fresh(gust=17.0), gust=16.9) == {"gust": 17.0}


def test_what_is_too_old_is_not_known() -> None:
    old = {kind: Known(1.0, 9_000, False) for kind in ("temperature", "rain", "wind")}
    assert said(old) == {"temperature": None, "wind": None, "rain": None}
    assert said(old, temperature=None, rain=None, wind=None) == {}


def test_what_nobody_measures_any_more_is_taken_back_where_it_was_ours() -> None:
    assert said({}) == {}
    assert said({}, ours={"rain", "wind"}) == {"rain": None, "wind": None}


class Windy(Shelled):
    def __init__(self) -> None:
        super().__init__(House())
        self.air = Air()
        self.weather = Weather(self.shell, self.air)
        self.follow(self.weather)

    @property
    def outside(self) -> dict[str, Any]:
        return dict(slice_of(self.house.document)["outside"])

    def measured(self, **values: float | None) -> None:
        self.air.take(OUTSIDE, values, self.house.now_ms)
        self.weather.heard()


@pytest.fixture
async def windy() -> AsyncIterator[Windy]:
    windy = Windy()
    task = asyncio.create_task(windy.weather.run())
    yield windy
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_rain_is_told_at_once_and_once(windy: Windy) -> None:
    before = windy.actions.count("observe_weather")
    windy.measured(rain=1)
    await until(lambda: windy.outside["rain"])
    windy.measured(rain=1)
    await asyncio.sleep(0.1)
    assert windy.actions.count("observe_weather") == before + 1


async def test_rain_by_the_sensor_of_a_window_counts_as_well(windy: Windy) -> None:
    windy.measured(rain=0)
    windy.weather.wet["mira/bed"] = (True, windy.house.now_ms)
    windy.weather.heard()
    await until(lambda: windy.outside["rain"])
    windy.weather.wet["mira/bed"] = (False, windy.house.now_ms)
    windy.weather.heard()
    await until(lambda: windy.outside["rain"] is False)


async def test_nothing_is_told_while_nothing_is_decided(windy: Windy) -> None:
    windy.changed(deciding=False)
    windy.measured(rain=1)
    await asyncio.sleep(0.1)
    assert windy.outside["rain"] is False
    windy.changed(deciding=True)
    windy.weather.heard()
    await until(lambda: windy.outside["rain"])
