"""Each policy of windows, by a story; in their order."""

from typing import Any

import pytest

from mira_sidecar.protocol import Event, instant
from mira_sidecar.subjects.windows.core.planner import LADDER, Advice, Readings, command_for
from mira_sidecar.subjects.windows.core.policies import LIMITING, REFUSING, shadow
from mira_sidecar.subjects.windows.settings import WindowsSettings
from tests.sidecar.core.situation import Situation, refused
from tests.sidecar.subjects.windows.house import MINUTE_MS, House

HANDS = ("touch", "voice", "gesture")


def outcome(event: Event) -> tuple[str | None, dict[str, Any]]:
    """The reason of a refusal with its values."""
    return refused(event)[0], event.values


def test_they_are_asked_in_the_order_of_the_page() -> None:
    assert [policy.__name__ for policy in (*REFUSING, *LIMITING, shadow)] == [
        *("calibrated", "motor_rest", "runs_a_day", "fault", "child_lock", "automatic", "manual_hold"),
        *("limit", "rain", "storm", "presence", "frost", "quiet_time", "outdoor_air", "stale_readings"),
        *("model_confidence", "shadow"),
    ]


def test_the_log_says_which_of_them_looked() -> None:
    house = House()
    opened = house.plan(50)
    assert opened.looked[-17:] == [policy.__name__ for policy in (*REFUSING, *LIMITING, shadow)]
    house.arrive()
    assert house.plan(0).looked[-2:] == ["calibrated", "motor_rest"]


def test_nobody_moves_a_window_that_there_is_not() -> None:
    for action in ("set_window", "hold_window", "remove_window", "window_recovered", "set_window_auto"):
        answer = Situation().send(action, window="attic", **({"position": 5} if action == "set_window" else {}))
        assert refused(answer) == ("unknown_window", "windows")


def test_only_a_person_moves_one_whose_way_is_not_known() -> None:
    house = House(window={"travel_s": None})
    assert refused(house.plan(50)) == ("not_calibrated", "calibrated")
    assert refused(house.ask(50, "automation")) == ("not_calibrated", "calibrated")
    assert house.ask(50).type == "accepted"


def test_a_motor_rests_between_two_automatic_runs_and_a_person_need_not_wait() -> None:
    house = House()
    house.plan(50)
    house.arrive()
    assert outcome(house.plan(0)) == ("motor_rest", {"minutes": 8})
    house.pass_ms(7 * MINUTE_MS)
    assert outcome(house.ask(25, "automation")) == ("motor_rest", {"minutes": 1})
    house.pass_ms(MINUTE_MS)
    assert house.plan(0).type == "accepted"
    assert house.ask(50).type == "accepted"


def test_who_asks_by_an_app_need_not_wait_and_is_left_what_they_chose() -> None:
    house = House(hold_automations=True)
    for position in (50, 0, 25):
        assert house.ask(position, "automation", user="anna").type == "accepted"
        house.arrive()
    assert refused(house.ask(0, "automation")) == ("motor_rest", "motor_rest")
    house.minutes(10)
    assert refused(house.plan(0)) == ("window_held", "manual_hold")
    assert refused(house.ask(0, "automation")) == ("window_held", "manual_hold")
    assert house.ask("stop", "automation", user="anna").type == "accepted"


def test_who_asks_by_an_app_does_not_see_the_rain() -> None:
    house = House()
    house.weather(rain=True)
    assert refused(house.ask(50, "automation", user="anna")) == ("rain", "rain")


def test_each_window_may_have_its_own_rest() -> None:
    house = House()
    house.send("limit_window", window="bed", rest=30)
    house.open()
    assert outcome(house.plan(0)) == ("motor_rest", {"minutes": 20})
    house.send("limit_window", window="bed", rest=None)
    assert house.plan(0).type == "accepted"


def test_a_motor_has_so_many_runs_in_24_hours() -> None:
    house = House(runs_a_day=3)
    for position in (50, 0, 50):
        house.open(position)
    assert outcome(house.plan(0)) == ("too_many_runs", {"count": 3, "limit": 3})
    house.pass_ms(24 * 60 * MINUTE_MS)
    assert house.plan(0).type == "accepted"


def test_a_person_has_more_runs_and_not_without_end() -> None:
    house = House(runs_a_day=2)
    answers = []
    for position in (10, 20, 30, 40, 50):
        answers.append(house.ask(position))
        house.arrive()
    assert [answer.reason for answer in answers] == [None, None, None, None, "too_many_runs"]


def test_a_drive_with_a_fault_is_left_alone_until_somebody_has_looked_at_it() -> None:
    house = House()
    house.send("window_fault", source="sensor", window="bed", fault="no_effect")
    assert outcome(house.plan(50)) == ("window_fault", {"fault": "no_effect"})
    assert house.ask(50).reason == "window_fault"
    assert house.ask(0, "automation").reason == "window_fault"
    assert house.ask(0).type == "accepted"
    house.send("resume_window", window="bed")
    house.send("window_recovered", window="bed")
    house.pass_ms(1_000)
    assert house.plan(50).type == "accepted"


def test_nobody_moves_a_window_that_is_locked_and_rain_does() -> None:
    house = House()
    house.open()
    house.send("lock_window", window="bed", locked=True)
    assert refused(house.ask(0)) == ("window_locked", "child_lock")
    house.weather(rain=True)
    house.minutes(0)
    assert house.bed["target"] == 0


def test_the_mirror_moves_by_itself_only_what_it_is_to_move() -> None:
    house = House()
    house.send("set_window_auto", window="bed", auto=False)
    assert refused(house.plan(50)) == ("automatic_off", "automatic")
    assert house.ask(50, "automation").type == "accepted"


@pytest.mark.parametrize("source", HANDS)
def test_what_a_person_moved_stays_as_they_left_it(source: str) -> None:
    house = House()
    house.send("set_microphone", on=True)
    house.send("set_camera", on=True)
    sure = {"confidence": 0.95} if source != "touch" else {}
    assert house.send("set_window", source=source, window="bed", position=50, **sure).type == "accepted"
    house.arrive()
    house.pass_ms(60 * MINUTE_MS)
    assert outcome(house.plan(0)) == ("window_held", {"minutes": 60})
    assert house.ask(25, "automation").type == "accepted"
    house.pass_ms(60 * MINUTE_MS)
    assert house.plan(0).type == "accepted"


def test_automations_are_kept_out_as_well_where_the_settings_say_so() -> None:
    house = House(hold_automations=True)
    house.ask(50)
    assert house.ask(0, "automation").reason == "motor_rest"
    house.pass_ms(10 * MINUTE_MS)
    assert house.ask(0, "automation").reason == "window_held"


def test_a_hold_ends_when_somebody_says_so_and_can_be_begun_by_hand() -> None:
    house = House()
    house.send("hold_window", window="bed", minutes=30)
    assert outcome(house.plan(50)) == ("window_held", {"minutes": 30})
    house.send("resume_window", window="bed")
    assert house.plan(50).type == "accepted"


def test_a_hold_ends_when_everybody_leaves() -> None:
    house = House()
    house.ask(5)
    house.home(away=True)
    assert house.bed["held_until"] is None


def test_no_window_opens_further_than_it_is_set_to() -> None:
    house = House()
    house.send("limit_window", window="bed", most=40)
    opened = house.ask(100)
    assert opened.payload == {"window": "bed", "position": 40, "wished": 100, "limited": "window_limit"}
    house.arrive()
    assert outcome(house.ask(60)) == ("window_limit", {"limit": 40})
    assert house.ask(20).payload == {"window": "bed", "position": 20}


@pytest.mark.parametrize("source", ["sensor", "automation"])
def test_nothing_opens_by_itself_in_the_rain_or_soon_after(source: str) -> None:
    house = House()
    wants = {"sensor": lambda: house.plan(50), "automation": lambda: house.ask(50, "automation")}[source]
    house.weather(rain=True)
    assert refused(wants()) == ("rain", "rain")
    house.weather(rain=False)
    house.pass_ms(9 * MINUTE_MS)
    assert wants().reason == "rain"
    house.pass_ms(MINUTE_MS)
    assert wants().type == "accepted"


def test_a_person_who_opens_in_the_rain_is_asked_and_gets_half_for_a_quarter_of_an_hour() -> None:
    house = House()
    house.weather(rain=True)
    asked = house.ask(100)
    assert (asked.payload["outcome"], asked.payload["limited"]) == ("pending", "rain")
    assert house.bed["target"] == 0
    assert house.due() == []
    yes = house.send("confirm", command_id=asked.command_id)
    assert (yes.payload["position"], yes.payload["asked"]) == (50, "set_window")
    house.arrive()
    house.minutes(14)
    assert house.bed["target"] == 50
    house.minutes(1)
    assert house.bed["target"] == 0
    assert house.events[-2].payload["why"] == "rain"


def test_no_yes_in_the_rain_leaves_it_shut() -> None:
    house = House()
    house.weather(rain=True)
    house.ask(100)
    house.minutes(1)
    assert (house.bed["target"], house.state.pending) == (0, None)


def test_a_yes_that_comes_with_a_storm_opens_nothing() -> None:
    house = House()
    house.weather(rain=True)
    house.ask(100)
    house.weather(wind=14.0)
    assert [action for action, _ in house.due()] == ["withdraw"]
    assert refused(house.send("confirm")) == ("storm", "storm")
    assert house.bed["target"] == 0


def test_taking_back_opens_nothing_in_the_rain_and_works_when_it_is_over() -> None:
    house = House()
    house.ask(50)
    house.arrive()
    house.weather(rain=True)
    house.do_what_is_due()
    house.arrive()
    house.pass_ms(MINUTE_MS)
    house.ask(0)
    assert house.bed["target"] == 0
    house.weather(alert=True)
    house.send("undo")
    assert house.bed["target"] == 0


def test_what_was_shut_for_safety_is_not_taken_back() -> None:
    house = House()
    house.open()
    house.weather(rain=True)
    (shut,) = house.do_what_is_due()
    assert house.send("undo", command_id=shut.command_id).reason == "nothing_to_undo"
    assert house.send("undo").reason == "nothing_to_undo"


@pytest.mark.parametrize("facts", [{"wind": 10.0}, {"gust": 17.0}, {"alert": True}])
def test_nothing_opens_in_a_storm_and_a_person_may_at_once_afterwards(facts: dict[str, Any]) -> None:
    house = House()
    house.weather(**facts)
    for answer in (house.ask(10), house.plan(10), house.ask(10, "automation")):
        assert refused(answer) == ("storm", "storm")
    house.weather(wind=1.0, gust=1.0, alert=False)
    assert house.plan(10).reason == "storm"
    assert house.ask(10).type == "accepted"
    house.pass_ms(10 * MINUTE_MS)
    assert house.ask(20, "automation").type == "accepted"


def test_nothing_opens_while_the_alarm_is_armed() -> None:
    house = House()
    house.home(armed=True)
    for answer in (house.ask(10), house.plan(10), house.ask(10, "automation")):
        assert refused(answer) == ("armed", "presence")


def test_little_opens_while_nobody_is_home_and_who_is_there_after_all_may() -> None:
    house = House()
    house.home(away=True)
    opened = house.plan(50)
    assert (opened.payload["position"], opened.payload["limited"]) == (10, "nobody_home")
    house.arrive()
    house.pass_ms(10 * MINUTE_MS)
    assert outcome(house.plan(50)) == ("nobody_home", {"limit": 10})
    assert house.ask(80).type == "accepted"
    house.arrive()
    house.minutes(5)
    assert house.bed["target"] == 80


def test_in_the_cold_it_opens_less_far_for_a_while_and_not_again_at_once() -> None:
    house = House()
    house.weather(temperature=-2.5)
    assert house.plan(100).payload["position"] == 50
    house.arrive()
    house.minutes(19)
    assert house.bed["target"] == 50
    house.minutes(1)
    assert house.bed["target"] == 25
    house.arrive()
    house.minutes(10)
    assert outcome(house.plan(100)) == ("frost", {"temperature": -2.5, "limit": 25})
    assert house.plan(0).type == "accepted"
    house.arrive()
    house.minutes(30)
    assert house.plan(100).payload["position"] == 25
    house.arrive()
    house.minutes(120)
    assert house.bed["target"] == 25


def test_in_the_cold_it_opens_as_far_again_an_hour_after_it_was_shut() -> None:
    house = House()
    house.weather(temperature=-2.5)
    house.open(100)
    house.plan(0)
    house.arrive()
    house.minutes(60)
    assert house.plan(100).payload["position"] == 50


def test_in_the_cold_a_window_stays_as_a_person_left_it_as_long_as_it_is_held() -> None:
    house = House()
    house.weather(temperature=-2.5)
    house.ask(100)
    house.arrive()
    house.minutes(119)
    assert house.bed["target"] == 100
    house.minutes(2)
    assert house.bed["target"] == 25


def test_while_it_is_to_be_quiet_it_opens_as_far_as_at_night() -> None:
    house = House()
    house.send("limit_window", window="bed", most_at_night=25)
    house.home(quiet=True)
    assert house.plan(100).payload["limited"] == "quiet_time"
    house.arrive()
    house.pass_ms(10 * MINUTE_MS)
    assert outcome(house.plan(100)) == ("quiet_time", {"limit": 25})
    assert house.ask(100).type == "accepted"


def test_pollen_and_smoke_are_not_let_in() -> None:
    house = House()
    house.weather(air="bad")
    assert refused(house.plan(50)) == ("outdoor_air", "outdoor_air")
    assert refused(house.ask(50, "automation")) == ("outdoor_air", "outdoor_air")
    assert house.ask(50).type == "accepted"


def test_nothing_opens_by_old_readings_and_what_is_open_may_be_shut() -> None:
    house = House()
    assert outcome(house.plan(50, age_s=901)) == ("stale_readings", {"age_s": 901, "limit_s": 900})
    unknown = house.send("set_window", source="sensor", confidence=0.9, window="bed", position=50)
    assert unknown.reason == "stale_readings"
    house.open()
    assert house.plan(0, age_s=86_400).type == "accepted"


def test_nothing_opens_by_itself_where_nobody_knows_whether_it_rains() -> None:
    house = House()
    house.weather(rain=None)
    assert refused(house.plan(50)) == ("weather_unknown", "stale_readings")
    assert house.ask(50, "automation").reason == "weather_unknown"
    assert house.ask(50).type == "accepted"


def test_what_the_mirror_opens_it_has_to_be_sure_of_and_it_may_always_shut() -> None:
    house = House()
    assert outcome(house.plan(50, confidence=0.449)) == ("low_confidence", {"percent": 44, "needed": 45})
    assert house.plan(50, confidence=None).reason == "low_confidence"
    house.open()
    assert house.plan(0, confidence=0.1).type == "accepted"


def test_in_shadow_mode_it_is_noted_what_would_be_done() -> None:
    house = House()
    house.send("set_window_auto", window="bed", shadow=True)
    noted = house.plan(50)
    assert refused(noted) == ("shadow_mode", "shadow")
    assert noted.payload["position"] == 50
    assert house.ask(50).type == "accepted"


def test_stop_is_always_possible_and_holds_the_window_where_it_has_got_to() -> None:
    house = House()
    house.plan(100)
    house.pass_ms(10_000)
    house.moved(33)
    assert house.ask("stop").type == "accepted"
    house.moved(36)
    assert (house.bed["target"], house.bed["run"]) == (36, None)
    assert house.bed["held_until"] == instant(house.now_ms + 120 * MINUTE_MS)
    house.weather(rain=True)
    house.do_what_is_due()
    assert house.bed["target"] == 0


def test_facts_about_weather_and_house_come_from_what_observes_them() -> None:
    house = House()
    for action in ("observe_weather", "observe_home", "window_moved", "window_fault"):
        facts = {"window_moved": {"window": "bed", "position": 5}, "window_fault": {"window": "bed", "fault": "stuck"}}
        assert refused(house.send(action, **facts.get(action, {}))) == ("not_allowed", "access")
    assert refused(house.send("shut_window", window="bed", position=0, why="rain")) == ("not_allowed", "access")


def test_what_is_observed_again_changes_nothing() -> None:
    house = House()
    rev = house.position.rev
    assert house.weather(rain=False).type == "accepted"
    assert house.home(away=False).type == "accepted"
    assert house.position.rev == rev


def test_a_hand_has_the_last_word_on_its_window_and_on_no_other() -> None:
    house = House()
    house.send("add_window", window="bath", kind="bath", travel_s=20.0)
    house.send("limit_window", window="bed", rest=0)
    house.ask(60)
    late = house.send("set_window", source="automation", window="bed", position=0, age_ms=900)
    assert refused(late) == ("superseded", "superseded")
    assert house.send("set_window", source="automation", window="bath", position=30, age_ms=900).type == "accepted"
    house.send("remove_window", window="bed")
    assert "window:bed" not in house.document["last_changes"]


@pytest.mark.parametrize(("advised", "becomes"), [(50, None), (100, None), (25, 25), (0, 0)])
def test_in_doubt_a_window_stays_as_it_is_or_is_shut_as_far_as_advised(advised: int, becomes: int | None) -> None:
    class Doubtful:
        name = "doubtful-1"

        def advise(self, readings: Readings, position: int) -> Advice:
            return Advice(advised, tuple(0.4 if step == advised else 0.12 for step in LADDER))

    house = House()
    house.open(50)
    wanted = command_for(
        house.document, "bed", Doubtful(), Readings(21, 50, 10), now_ms=house.now_ms, settings=WindowsSettings()
    )
    assert (wanted and wanted[0]["position"]) == becomes
