"""When it is planned how far windows are open, and what is kept of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from mira_sidecar.protocol import Event
from mira_sidecar.subjects.windows.core.needs import Needs
from mira_sidecar.subjects.windows.core.rooms import OUTSIDE, Air
from mira_sidecar.subjects.windows.planning import Planning, digest
from mira_sidecar.subjects.windows.recorder import AskedReadings, WindowsReadings
from tests.sidecar.subjects.windows.house import House
from tests.sidecar.subjects.windows.shelled import Shelled, until

DRIVE = {"kind": "mqtt"}


async def nothing_before(asked: AskedReadings) -> WindowsReadings:
    """Nothing was measured before."""
    return WindowsReadings([], None)


class Planned(Shelled):
    """A bath whose window is planned."""

    def __init__(self, **window: Any) -> None:
        super().__init__(House(window={"kind": "bath", "drive": DRIVE, **window}))
        self.air = Air()
        self.planning = Planning(self.shell, self.air, nothing_before)
        self.follow(self.planning)

    def measured(self, **values: float) -> None:
        self.air.take("bed", {"temperature": 22.0, **values}, self.house.now_ms)
        self.air.take(OUTSIDE, {"temperature": 12.0, "humidity": 60.0}, self.house.now_ms)
        self.planning.heard({"bed", OUTSIDE})

    @property
    def asked(self) -> list[Event]:
        """The answers to what was planned."""
        return [event for event in self.house.events if event.action == "set_window" and event.type != "state_patch"]

    async def asks(self, count: int) -> Event:
        await until(lambda: len(self.asked) >= count)
        return self.asked[-1]


@contextlib.asynccontextmanager
async def running(planned: Planned) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(work()) for work in (planned.planning.plan, planned.planning.keep)]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def planned() -> AsyncIterator[Planned]:
    planned = Planned()
    async with running(planned):
        yield planned


async def a_while() -> None:
    await asyncio.sleep(0.6)


async def test_humidity_that_jumps_opens_a_bath_at_once(planned: Planned) -> None:
    planned.measured(humidity=50.0)
    await a_while()
    assert planned.asked == []
    planned.measured(humidity=75.0)
    opened = await planned.asks(1)
    assert (opened.type, opened.source, opened.confidence) == ("accepted", "sensor", 1.0)
    assert opened.payload["position"] == 100
    assert (opened.payload["model"], opened.payload["mattered"]) == ("needs-1", ["humidity"])


async def test_what_makes_no_difference_is_not_asked_for_again(planned: Planned) -> None:
    for humidity in (70.0, 71.0, 75.0, 72.0):
        planned.measured(humidity=humidity)
        await a_while()
    assert len(planned.asked) == 1


async def test_what_a_decision_was_made_from_is_kept_and_says_the_same_again(planned: Planned) -> None:
    planned.measured(humidity=75.0)
    opened = await planned.asks(1)
    await until(lambda: planned.rows)
    (row,) = planned.rows
    assert (row.id, row.columns) == (opened.command_id, {"window": "bed"})
    assert digest(row.value) == opened.payload["features"]
    again = row.value.advice(Needs(row.value.kind))
    assert (again.position, again.probabilities) == (row.value.advised, row.value.probabilities)
    assert again.position == opened.payload["position"]


async def test_what_is_refused_is_not_kept(planned: Planned) -> None:
    planned.house.weather(rain=True)  # which planning has not heard of yet
    planned.measured(humidity=75.0)
    await planned.asks(1)
    await a_while()
    assert planned.asked[0].reason == "rain"
    assert planned.rows == []


async def test_in_shadow_mode_what_would_be_done_is_noted_once() -> None:
    planned = Planned()
    planned.decide("set_window_auto", window="bed", shadow=True)
    async with running(planned):
        planned.measured(humidity=75.0)
        noted = await planned.asks(1)
        assert noted.reason == "shadow_mode"
        await until(lambda: planned.rows)
        planned.decide("limit_window", window="bed", most=90)  # it is planned anew, and its motor would rest
        planned.measured(humidity=76.0)
        await a_while()
        assert len(planned.asked) == 1


async def test_after_a_hold_it_is_planned_at_once(planned: Planned) -> None:
    planned.decide("hold_window", window="bed", minutes=30)
    planned.measured(humidity=75.0)
    await a_while()
    assert planned.asked == []
    planned.decide("resume_window", window="bed")
    assert (await planned.asks(1)).type == "accepted"


@pytest.mark.parametrize("window", [{"drive": None}, {"room": "elsewhere"}])
async def test_nothing_is_asked_of_what_nothing_moves_or_nobody_measures(window: dict[str, Any]) -> None:
    planned = Planned(**window)
    async with running(planned):
        planned.measured(humidity=75.0)
        await a_while()
    assert planned.asked == []


async def test_what_is_not_automatic_is_left_alone_and_advises_nothing(planned: Planned) -> None:
    planned.measured(humidity=50.0)
    await until(lambda: "bed" in planned.air.advice)
    planned.decide("set_window_auto", window="bed", auto=False)
    planned.measured(humidity=75.0)
    await until(lambda: "bed" not in planned.air.advice)
    assert planned.asked == []


async def test_displays_see_what_is_advised(planned: Planned) -> None:
    planned.measured(humidity=75.0)
    await until(lambda: "bed" in planned.air.advice)
    advised = planned.air.advice["bed"]
    assert (advised.advice, advised.confidence, advised.mattered) == (100, 1.0, ["humidity"])
    planned.decide("remove_window", window="bed")
    assert planned.air.advice == {}


async def test_readings_that_are_old_open_nothing(planned: Planned) -> None:
    planned.measured(humidity=75.0)
    await planned.asks(1)
    planned.decide("set_window", window="bed", position=0)
    planned.house.arrive()
    planned.minutes(180)
    planned.decide("resume_window", window="bed")
    await a_while()
    assert len(planned.asked) == 2  # that of the hand is the other


async def test_an_open_window_that_is_not_felt_has_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    planned = Planned()
    planned.house.open(100)
    monkeypatch.setattr("mira_sidecar.subjects.windows.planning._EFFECT_S", 0.01)
    planned.changed()
    planned.measured(humidity=75.0)
    task = asyncio.create_task(planned.planning.watch())
    await asyncio.sleep(0.05)
    for _ in range(4):
        planned.house.pass_ms(600_000)
        planned.measured(humidity=75.0)
        await asyncio.sleep(0.05)
    task.cancel()
    assert planned.house.bed["fault"] == "no_effect"
