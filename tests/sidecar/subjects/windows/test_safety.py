"""What shuts windows by itself, and what is wrong with drives."""

import pytest

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.core.explanation import explained
from mira_sidecar.core.state import initial_document
from mira_sidecar.subjects.windows.core.drives import Aired, has_no_effect
from tests.sidecar.subjects.windows.house import MINUTE_MS, House


@pytest.mark.parametrize(("why", "most"), [("rain", 0), ("storm", 0), ("armed", 0), ("nobody_home", 10), ("frost", 25)])
def test_a_danger_shuts_a_window_without_being_asked(why: str, most: int) -> None:
    house = House()
    house.open(60)
    {
        "rain": lambda: house.weather(rain=True),
        "storm": lambda: house.weather(gust=20.0),
        "armed": lambda: house.home(armed=True),
        "nobody_home": lambda: house.home(away=True),
        "frost": lambda: (house.weather(temperature=-1.0), house.pass_ms(20 * MINUTE_MS)),
    }[why]()
    (shut,) = house.do_what_is_due()
    assert shut.source == "system"
    assert [shut.payload[name] for name in ("window", "position", "why")] == ["bed", most, why]
    assert house.due() == []


def test_it_does_so_although_the_motor_rests_has_run_often_and_is_held() -> None:
    house = House(runs_a_day=1)
    house.ask(60)
    house.arrive()
    house.weather(rain=True)
    house.do_what_is_due()
    assert (house.bed["target"], house.bed["held_until"]) == (0, None)


def test_a_window_whose_drive_stalled_is_tried_once_and_no_more() -> None:
    house = House()
    house.open(60)
    house.weather(rain=True)
    house.do_what_is_due()
    house.minutes(1)
    assert house.bed["fault"] == "silent"
    house.minutes(60)
    assert [event.action for event in house.events[-4:] if event.type == "accepted"] == ["shut_window", "window_fault"]
    house.moved(60)
    house.send("window_recovered", window="bed")
    assert house.due() == [("shut_window", {"window": "bed", "position": 0, "why": "rain"})]


def test_explain_says_what_it_was_shut_for() -> None:
    house = House()
    house.open()
    seen = house.weather(rain=True)
    (shut,) = house.do_what_is_due()
    position, steps = Position(0, 0, initial_document()), []
    for event in house.events:
        after = fold(position, event)
        steps.append((event, position, after))
        position = after
    answers = {event.command_id: event for event in house.events if event.type == "accepted"}
    page = explained(shut, steps, answers.get, house.registry.references)
    assert [(one.how, one.command_id, one.action) for one in page.before] == [
        ("follows", seen.command_id, "observe_weather")
    ]
    assert explained(seen, steps, answers.get, house.registry.references).led_to[0].command_id == shut.command_id


def test_a_window_is_not_moved_under_the_hand_that_moves_it() -> None:
    house = House()
    house.weather(wind=14.0)
    house.moved(40)
    assert house.due() == []
    house.pass_ms(MINUTE_MS)
    assert [action for action, _ in house.due()] == ["shut_window"]


def test_a_hand_at_the_window_is_noticed_and_left_alone() -> None:
    house = House()
    moved = house.moved(30)
    assert moved.payload["by"] == "hand"
    assert house.plan(0).reason == "window_held"
    house.minutes(100)
    assert house.bed["target"] == 30


def test_who_opens_a_window_by_hand_in_the_rain_has_a_quarter_of_an_hour() -> None:
    house = House()
    house.weather(rain=True)
    house.moved(70)
    house.minutes(14)
    assert house.bed["target"] == 70
    house.minutes(1)
    assert house.bed["target"] == 0


def test_where_a_window_stands_when_it_is_heard_of_first_is_no_hand() -> None:
    house = House()
    house.send("add_window", window="bath", kind="bath", travel_s=20.0)
    first = house.send("window_moved", source="sensor", window="bath", position=80)
    assert "by" not in first.payload


@pytest.mark.parametrize("off", [-5, -3, 4, 5])
def test_a_drive_that_rounds_or_drifts_a_little_is_no_hand(off: int) -> None:
    house = House()
    house.open(50)
    assert "by" not in house.moved(50 + off).payload
    assert house.bed["held_until"] is None


def test_a_run_that_is_interrupted_may_still_be_on_its_way_back() -> None:
    house = House()
    house.plan(100)
    house.pass_ms(10_000)
    house.moved(30)
    house.weather(rain=True)
    house.do_what_is_due()
    house.pass_ms(2_000)
    assert "by" not in house.moved(41).payload
    house.pass_ms(12_000)
    house.moved(0)
    assert (house.bed["run"], house.bed["held_until"]) == (None, None)


DEADLINE_MS = int(0.6 * 30_000 * 1.5) + 10_000
"""For a way of 60 % at 30 s: half as long again, and ten seconds."""


def test_a_drive_that_says_nothing_is_noticed_in_time() -> None:
    house = House()
    house.plan(60)
    house.pass_ms(DEADLINE_MS - 1)
    assert house.due() == []
    house.pass_ms(1)
    assert house.due() == [("window_fault", {"window": "bed", "fault": "silent"})]
    house.do_what_is_due()
    assert house.due() == []


def test_one_that_has_not_moved_is_stuck_and_one_that_stands_elsewhere_has_drifted() -> None:
    for position, fault in ((0, "stuck"), (40, "drifting")):
        house = House()
        house.plan(60)
        house.pass_ms(5_000)
        house.moved(position)
        house.pass_ms(DEADLINE_MS)
        house.do_what_is_due()
        assert house.bed["fault"] == fault
        assert "by" not in house.moved(position).payload
        house.pass_ms(8 * MINUTE_MS)
        assert house.plan(0).reason == "window_fault"


def test_one_that_arrives_after_all_has_recovered_and_is_no_hand() -> None:
    house = House()
    house.plan(60)
    house.pass_ms(DEADLINE_MS)
    house.do_what_is_due()
    late = house.moved(58)
    assert "by" not in late.payload
    assert (house.bed["fault"], house.bed["run"]) == (None, None)


def test_one_that_is_faster_than_it_can_be_lies() -> None:
    house = House()
    house.plan(60)
    house.pass_ms(1_000)
    assert house.moved(60).payload["fault"] == "lying"
    assert house.bed["fault"] == "lying"
    house.moved(60)
    assert house.bed["fault"] == "lying"


@pytest.mark.parametrize(
    ("position", "closed", "fault"),
    [(0, True, None), (0, False, "lying"), (50, True, "lying"), (50, False, None), (4, True, None)],
)
def test_the_contact_of_the_window_knows_better(position: int, closed: bool, fault: str | None) -> None:
    house = House()
    house.plan(position)
    house.pass_ms(15_000)
    house.moved(position)
    house.moved(position, closed=closed)
    assert house.bed["fault"] == fault


def test_a_window_that_is_said_to_be_open_and_airs_nothing_has_no_effect() -> None:
    before = Aired(inside=11.0, outside=6.0, position=50)
    assert has_no_effect(before, Aired(10.9, 6.1, 50), minutes=30)
    assert not has_no_effect(before, Aired(10.9, 6.1, 50), minutes=29)
    assert not has_no_effect(before, Aired(8.0, 6.1, 50), minutes=30)
    assert not has_no_effect(Aired(7.0, 6.0, 50), Aired(7.0, 6.0, 50), minutes=60)
    assert not has_no_effect(before._replace(position=10), Aired(11.0, 6.0, 10), minutes=60)
