"""The driver: what the drives are told, and what of what they say the mirror is told."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from mira_sidecar.subjects.windows.core.orders import TTL_MS
from mira_sidecar.subjects.windows.core.payloads import Motor
from mira_sidecar.subjects.windows.core.rooms import ForeignCommand, WindowSeen
from mira_sidecar.subjects.windows.driver import Driver
from tests.sidecar.subjects.windows.house import TRAVEL_S, House
from tests.sidecar.subjects.windows.shelled import Shelled, Wire, until


class Driven(Shelled):
    """A house whose window `bed` has a drive over MQTT."""

    def __init__(self, **window: Any) -> None:
        super().__init__(House(window={"drive": {"kind": "mqtt", **window}}))
        self.wire = Wire()
        self.driver = Driver(self.shell, self.wire, look_s=0.05, each_s=0.2)
        self.follow(self.driver)

    @property
    def bed(self) -> dict[str, Any]:
        return self.house.bed

    @property
    def told(self) -> list[dict[str, Any]]:
        """What the drive was told."""
        return [json.loads(one.payload) for one in self.wire.sent]

    def says(self, position: int | None, **more: Any) -> None:
        """The drive says where it stands."""
        motor = Motor(**{"position": position, "moving": False, **more})
        self.driver.seen(WindowSeen("bed", "mira", motor), self.house.now_ms)


@pytest.fixture
async def driven() -> AsyncIterator[Driven]:
    driven = Driven()
    async with running(driven):
        yield driven


@contextlib.asynccontextmanager
async def running(driven: Driven) -> AsyncIterator[None]:
    works = (driven.driver.drive, driven.driver.report, driven.driver.count)
    tasks = [asyncio.create_task(work()) for work in works]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def a_while() -> None:
    """Some looks, and longer than it takes until a window may be told of once more."""
    await asyncio.sleep(0.3)


async def test_a_drive_is_told_once_of_what_was_decided(driven: Driven) -> None:
    asked = driven.decide("set_window", window="bed", position=50, speed=30)
    await until(lambda: driven.wire.sent)
    driven.changed()
    await a_while()
    (sent,) = driven.wire.sent
    assert (sent.topic, sent.retain, sent.expires_s) == ("window/bed/control", False, TTL_MS // 1000)
    assert json.loads(sent.payload) == {
        "position": 50,
        "id": asked.command_id,
        "expires_at": "2026-11-20T12:00:10.000Z",
        "reason": "touch",
        "speed": 30,
    }


async def test_it_is_told_to_stop(driven: Driven) -> None:
    driven.decide("set_window", window="bed", position=50)
    await until(lambda: driven.told)
    stop = driven.decide("set_window", window="bed", position="stop")
    await until(lambda: len(driven.told) == 2)
    assert driven.told[1] == {"stop": True, "id": stop.command_id}


async def test_a_command_that_was_overtaken_is_not_told(driven: Driven) -> None:
    since = len(driven.house.events)
    driven.house.ask(50)
    last = driven.house.ask(80)
    driven.heard(since)
    await until(lambda: driven.told)
    assert [one["id"] for one in driven.told] == [last.command_id]


async def test_what_was_stored_too_late_is_dropped_and_never_told(driven: Driven) -> None:
    since = len(driven.house.events)
    driven.house.ask(50)
    driven.house.pass_ms(TTL_MS)  # the disk hung
    driven.heard(since)
    await until(lambda: "drop_run" in driven.actions)
    assert driven.told == []
    assert (driven.bed["run"], driven.bed["fault"], driven.bed["target"]) == (None, None, 0)


async def test_while_the_broker_is_away_nothing_is_told_and_nothing_later(driven: Driven) -> None:
    driven.wire.connected = False
    driven.decide("set_window", window="bed", position=50)
    await until(lambda: driven.bed["fault"] == "silent")
    await a_while()
    driven.wire.connected = True
    await until(lambda: driven.bed["fault"] is None)
    await a_while()
    assert driven.told == []
    assert driven.bed["target"] == 0


async def test_what_could_not_be_told_in_the_moment_in_which_the_broker_came_back_is_decided_anew(
    driven: Driven,
) -> None:
    async def fails(*_: Any, **__: Any) -> bool:
        return False  # over the connection of before

    publish, driven.wire.publish = driven.wire.publish, fails  # type: ignore[method-assign]
    driven.decide("set_window", window="bed", position=50)
    await until(lambda: "drop_run" in driven.actions)
    driven.wire.publish = publish  # type: ignore[method-assign]
    await until(lambda: driven.bed["fault"] is None)
    assert driven.bed["target"] == 0


async def test_rain_while_the_broker_is_away_shuts_as_soon_as_it_is_back(driven: Driven) -> None:
    driven.decide("set_window", window="bed", position=50)
    await until(lambda: driven.told)
    driven.says(50)
    await until(lambda: driven.bed["position"] == 50)
    driven.wire.connected = False
    driven.house.weather(rain=True)
    driven.minutes(2)
    assert driven.bed["run"]
    await until(lambda: driven.bed["fault"] == "silent")
    driven.wire.connected = True
    await until(lambda: driven.bed["fault"] is None)
    driven.minutes(0)
    await until(lambda: len(driven.told) == 2)
    assert driven.told[1]["reason"] == "rain"


async def test_a_run_from_before_the_start_is_told_to_nobody() -> None:
    driven = Driven()
    asked = driven.house.ask(50)  # nobody here has seen it decided
    driven.changed()
    async with running(driven):
        await a_while()
        assert driven.told == []
        driven.says(0, id="another-command")
        driven.house.pass_ms(4_000)
        driven.says(0, id="another-command")
        await until(lambda: driven.bed["run"] is None)
    dropped = next(event for event in driven.house.events if event.action == "drop_run")
    assert dropped.payload == {"window": "bed", "run": asked.command_id, "why": "unheard"}
    assert driven.bed["target"] == 0


@pytest.mark.parametrize("motor", [{"position": 20, "moving": True}, {"position": 0, "moving": True}, {"position": 0}])
async def test_a_run_from_before_that_its_drive_follows_goes_on(motor: dict[str, Any]) -> None:
    driven = Driven()
    asked = driven.house.ask(50)
    driven.changed()
    async with running(driven):
        driven.house.pass_ms(4_000)
        driven.says(**{"position": 0, "id": asked.command_id, **motor})
        await a_while()
        assert driven.bed["run"]
        driven.says(50, id=asked.command_id)
        await until(lambda: driven.bed["run"] is None)
    assert (driven.bed["position"], driven.bed["fault"], driven.bed["held_until"] is None) == (50, None, False)
    assert "drop_run" not in driven.actions


async def test_what_a_broker_has_lost_is_decided_anew_and_not_for_ever(driven: Driven) -> None:
    for number in range(4):
        driven.decide("set_window", window="bed", position=50)
        await until(lambda number=number: len(driven.told) == number + 1)
        driven.says(0, id="another-command")
        driven.minutes(0.17)
        await a_while()
        assert driven.bed["run"]
        driven.minutes(0.01)
        await a_while()
        assert (driven.bed["run"] is None) is (number < 3)
    driven.minutes(2)
    assert driven.bed["fault"] == "stuck"


async def test_one_that_names_no_command_gets_the_time_that_it_may_take() -> None:
    driven = Driven()
    driven.house.ask(50)
    driven.changed()
    async with running(driven):
        driven.says(0)
        driven.house.pass_ms(4_000)
        await a_while()
        assert driven.bed["run"]
        driven.house.pass_ms(int(TRAVEL_S * 750) + 10_000 - 6_000)
        await until(lambda: driven.bed["run"] is None)
    assert driven.bed["fault"] is None


async def test_that_a_run_is_dropped_is_said_until_it_is_heard(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mira_sidecar.subjects.windows.driver._DROPPED_AGAIN_S", 0.1)
    driven.wire.connected, driven.is_away = False, True
    driven.decide("set_window", window="bed", position=50)
    await a_while()
    driven.is_away = False
    await until(lambda: driven.bed["fault"] == "silent")


async def test_a_position_is_told_when_it_has_changed_and_not_too_often(driven: Driven) -> None:
    driven.decide("set_window", window="bed", position=100)
    await until(lambda: driven.told)
    for position in range(60):
        driven.says(position, moving=True)
        await asyncio.sleep(0.02)
    assert 1 <= driven.actions.count("window_moved") - 1 <= 8  # one is the house's own; in 1.2 s
    driven.says(100)
    await until(lambda: driven.bed["position"] == 100)
    assert driven.bed["run"] is None


async def test_noise_of_a_position_is_not_told(driven: Driven) -> None:
    driven.says(0)
    await a_while()
    before = driven.actions.count("window_moved")
    for position in (1, 4, 2, 0):
        driven.says(position)
        await a_while()
    assert driven.actions.count("window_moved") == before


async def test_a_hand_is_noticed(driven: Driven) -> None:
    driven.says(0)
    driven.says(30)
    await until(lambda: driven.bed["held_until"])
    assert driven.bed["target"] == 30


async def test_a_contact_that_says_otherwise_makes_a_liar(driven: Driven) -> None:
    driven.says(40)
    await until(lambda: driven.bed["position"] == 40)
    driven.says(40, closed=True)
    await until(lambda: driven.bed["fault"] == "lying")


async def test_a_fault_that_a_drive_says_is_told(driven: Driven) -> None:
    driven.says(0, fault="overcurrent")
    await until(lambda: driven.bed["fault"] == "stuck")
    await a_while()
    assert driven.actions.count("window_fault") == 1


async def test_a_silent_drive_that_speaks_again_is_silent_no_more(driven: Driven) -> None:
    driven.decide("set_window", window="bed", position=50)
    await until(lambda: driven.told)
    driven.minutes(2)
    assert driven.bed["fault"] == "silent"
    await a_while()
    assert driven.bed["fault"] == "silent"
    driven.says(0)
    await until(lambda: driven.bed["fault"] is None)


async def test_commands_of_somebody_else_are_a_problem_after_three(driven: Driven) -> None:
    driven.answered = {"from-before"}
    ours = driven.decide("set_window", window="bed", position=50)
    await until(lambda: driven.told)
    for command in (ours.command_id, "from-before", None, "x1"):
        driven.driver.foreign(ForeignCommand("bed", 10, command))
    await a_while()
    assert driven.problems == []
    driven.driver.foreign(ForeignCommand("bed", 10, "x2"))
    await until(lambda: driven.problems)
    assert driven.problems[0].code == "foreign_window_commands"


async def test_devices_of_other_makes_are_told_as_they_take_it() -> None:
    driven = Driven(topic="kitchen/2", profile="tasmota")
    async with running(driven):
        driven.decide("set_window", window="bed", position=50)
        await until(lambda: driven.wire.sent)
    assert driven.wire.sent[0][:2] == ("cmnd/kitchen/ShutterPosition2", b"50")


async def test_a_drive_of_a_make_that_nobody_knows_is_not_told(driven: Driven) -> None:
    driven.decide("change_window", window="bed", drive={"kind": "mqtt", "profile": "abacus"})
    driven.decide("set_window", window="bed", position=50)
    await until(lambda: driven.bed["fault"] == "silent")
    assert driven.wire.sent == []


async def test_covers_of_home_assistant_are_not_told_here(driven: Driven) -> None:
    driven.decide("change_window", window="bed", drive={"kind": "home"})
    driven.decide("set_window", window="bed", position=50)
    driven.decide("set_window", window="bed", position="stop")
    await a_while()
    assert driven.wire.sent == []


async def test_nothing_is_told_of_windows_while_nothing_is_decided(driven: Driven) -> None:
    driven.changed(deciding=False)
    driven.says(60)
    await a_while()
    assert driven.bed["position"] == 0
    driven.house.pass_ms(60_000)
    driven.changed(deciding=True)
    await until(lambda: driven.bed["position"] == 60)
