"""The simulator: the same bytes from the same seed, physics that is plausible, and a year in which nothing is wrong."""

import json
from pathlib import Path

import pytest

from mira_sidecar.cli import main
from mira_sidecar.protocol import Event
from mira_sidecar.subjects.windows.core.air import absolute_humidity, humidity_ratio, relative_humidity
from mira_sidecar.subjects.windows.core.drives import Aired, has_no_effect
from mira_sidecar.subjects.windows.core.needs import Needs
from mira_sidecar.subjects.windows.core.planner import LADDER, AlwaysShut, Planner, Readings, Thresholds
from mira_sidecar.subjects.windows.core.slice import RoomKind
from mira_sidecar.subjects.windows.model.checks import objections
from mira_sidecar.subjects.windows.model.folder import shipped
from mira_sidecar.subjects.windows.model.net import planner_for
from mira_sidecar.subjects.windows.settings import WindowsSettings
from mira_sidecar.subjects.windows.simulator.climates import CLIMATES, HELD_BACK, HOURS, made, read_reference_year
from mira_sidecar.subjects.windows.simulator.drives import FAILURES, Drive, Failure
from mira_sidecar.subjects.windows.simulator.rooms import Indoors, Life, Outdoors, Room, advance, airflow
from mira_sidecar.subjects.windows.simulator.year import Scene, Year

KINDS: tuple[RoomKind, ...] = ("bedroom", "living", "bath")
DRY = Readings(temperature=21.0, humidity=50.0, outdoor_temperature=10.0, co2=600.0)
FAULTS = {"jams": "stuck", "drifts": "drifting", "lies": "lying", "silent": "silent"}


def test_moist_air_is_as_the_tables_have_it() -> None:
    assert humidity_ratio(20.0, 50.0) == pytest.approx(0.00726, abs=5e-5)
    assert relative_humidity(20.0, humidity_ratio(20.0, 50.0)) == pytest.approx(50.0)
    assert absolute_humidity(20.0, humidity_ratio(20.0, 50.0)) == pytest.approx(8.64, abs=0.03)


@pytest.mark.parametrize("climate", sorted(CLIMATES))
def test_a_climate_is_what_its_numbers_say(climate: int) -> None:
    one = CLIMATES[climate]
    weather = made(one, 1)
    assert sum(weather.temperature) / HOURS == pytest.approx(one.mean, abs=1.2)
    assert sum(weather.rain) / len(weather.rain) == pytest.approx(one.wet, abs=0.03)
    assert sum(weather.wind) / HOURS == pytest.approx(one.wind, rel=0.15)
    july, january = weather.temperature[4_344:5_088], weather.temperature[:744]
    assert sum(july) / 744 - sum(january) / 744 > one.season
    light = (sum(weather.direct) + sum(weather.diffuse)) / 1000
    assert 800 < light < 1_250
    moist = [relative_humidity(*one) for one in zip(weather.temperature, weather.humidity_ratio, strict=True)]
    assert min(moist) > 10
    assert max(moist) <= 100.001


def test_the_same_seed_gives_the_same_year_and_another_another() -> None:
    first, again, other = (
        Year(Scene.in_climate("bedroom", seed, 4, 30), Thresholds(with_co2=True)).live() for seed in (7, 7, 8)
    )
    assert first == again
    assert first != other


def test_an_open_window_brings_the_weather_in() -> None:
    room, still = Room.drawn("bedroom", 1), Life(0, False, 0.0, 0.0)
    outdoors = Outdoors(5.0, 0.004, 2.0, 0.0)
    shut, opened = Indoors(co2=1_500.0), Indoors(co2=1_500.0)
    for _ in range(12):
        advance(room, shut, outdoors, still, position=0, heated_to=0.0, step_s=300)
        advance(room, opened, outdoors, still, position=100, heated_to=0.0, step_s=300)
    assert opened.temperature < shut.temperature - 3
    assert opened.co2 < 600
    assert shut.co2 > 1_200
    assert opened.ratio == pytest.approx(0.004, abs=4e-4)


def test_air_flows_more_through_a_window_that_is_further_open() -> None:
    room = Room.drawn("living", 3)
    flows = [airflow(room, position, 21.0, 5.0, 3.0) for position in LADDER]
    assert flows == sorted(flows)
    assert flows[1] > 2 * flows[0]


def test_a_window_that_really_opens_is_never_taken_for_one_that_airs_nothing() -> None:
    for seed in range(20):
        room, indoors = Room.drawn("bedroom", seed), Indoors(ratio=0.010, buffered=0.010)
        outdoors, two = Outdoors(5.0, 0.004, 1.0, 0.0), Life(2, True, 0.0, 0.0)
        outside = absolute_humidity(outdoors.temperature, outdoors.ratio)
        before = Aired(absolute_humidity(indoors.temperature, indoors.ratio), outside, 50)
        for _ in range(6):
            advance(room, indoors, outdoors, two, position=50, heated_to=20.0, step_s=300)
        now = Aired(absolute_humidity(indoors.temperature, indoors.ratio), outside, 50)
        assert not has_no_effect(before, now, 30)


def test_the_threshold_rule_opens_where_it_is_bad_and_shuts_where_it_is_good() -> None:
    rule, with_co2 = Thresholds(), Thresholds(with_co2=True)
    assert rule.advise(DRY._replace(humidity=61.0), 0) == (100, (0, 0, 0, 0, 0, 1), ("humidity",))
    assert rule.advise(DRY, 100).position == 0
    assert rule.advise(DRY._replace(humidity=57.0), 100).position == 100
    assert rule.advise(DRY._replace(humidity=57.0), 0).position == 0
    assert rule.advise(DRY._replace(co2=1_500.0), 0).position == 0
    assert with_co2.advise(DRY._replace(co2=1_500.0), 0).mattered == ("co2",)
    assert with_co2.advise(DRY._replace(co2=None), 0).position == 0
    hot = DRY._replace(temperature=26.0)
    assert rule.advise(hot, 0).confidence == 1.0
    assert rule.advise(hot._replace(outdoor_temperature=27.0), 100).position == 0


def test_in_a_year_nothing_is_open_in_danger_and_no_motor_wears_out() -> None:
    years = [Year(Scene.in_climate(kind, 11, 5), Thresholds()).live() for kind in KINDS]
    assert [(year.rain, year.storm, year.away) for year in years] == [(0, 0, 0)] * 3
    assert sum(year.runs for year in years) / sum(year.days for year in years) <= 8
    assert max(year.most_runs for year in years) <= 24


def test_a_bare_rule_is_open_in_danger_and_more_comfortable() -> None:
    scene = Scene.in_climate("bedroom", 11, 5, 120)
    bare, safe, shut = (
        Year(scene, planner, policies=policies).live()
        for planner, policies in ((Thresholds(), False), (Thresholds(), True), (AlwaysShut(), True))
    )
    assert bare.rain > 24
    assert bare.out < safe.out < shut.out
    assert bare.heat_kwh > safe.heat_kwh > shut.heat_kwh
    assert (shut.runs, shut.most_runs) == (0, 0)


def test_needs_gives_people_as_much_air_as_they_need_and_no_more() -> None:
    needs, still = Needs("bedroom"), DRY._replace(co2=None, outdoor_humidity=80.0)
    assert needs.advise(still, 0).position == 0
    asleep = still._replace(occupied=True)
    assert needs.advise(asleep, 0) == (50, (0, 0, 0, 0, 1, 0), ("people", "outdoor_temperature", "wind"))
    assert needs.advise(asleep._replace(outdoor_temperature=-8.0), 0).position == 25
    assert needs.advise(asleep, 25).position == 25
    assert needs.advise(asleep._replace(temperature=16.9), 0).position == 10
    assert needs.advise(asleep._replace(temperature=16.0), 50).position == 0
    assert needs.advise(still._replace(humidity=65.0), 0).mattered == ("humidity", "outdoor_humidity")
    assert needs.advise(still._replace(humidity=65.0, outdoor_temperature=20.0, outdoor_humidity=90.0), 0).position == 0
    hot = asleep._replace(temperature=25.0)
    assert needs.advise(hot, 0).position == 100
    assert needs.advise(hot._replace(outdoor_temperature=30.0), 50).position == 10
    assert Needs("bath").advise(still._replace(humidity=65.0), 0).position == 100


@pytest.mark.parametrize(("kind", "of_hours", "of_heat"), [("bedroom", 0.60, 1.25), ("living", 0.72, 1.25)])
def test_needs_is_better_than_thresholds_by_far(kind: RoomKind, of_hours: float, of_heat: float) -> None:
    scene = Scene.in_climate(kind, 1, 7)
    thresholds, needs = (Year(scene, planner).live() for planner in (Thresholds(), Needs(kind)))
    assert needs.out <= of_hours * thresholds.out
    assert needs.heat_kwh <= of_heat * thresholds.heat_kwh
    assert needs.runs / needs.days <= 8
    assert (needs.rain, needs.storm, needs.away) == (0, 0, 0)
    assert needs.most_runs <= 24


def test_the_net_is_as_good_as_needs_in_a_living_room_with_fewer_runs() -> None:
    scene = Scene.in_climate("living", 7, 5)
    needs = Year(scene, Needs("living")).live()
    net = Year(scene, planner_for(shipped("needs-net-1"), "living", explains=False)).live()
    assert net.out <= 1.05 * needs.out
    assert net.heat_kwh <= 1.05 * needs.heat_kwh
    assert net.runs / net.days <= min(8, 0.9 * needs.runs / needs.days)
    assert (net.rain, net.storm, net.away) == (0, 0, 0)
    assert net.most_runs <= 24


@pytest.mark.parametrize("failure", FAILURES)
def test_what_is_wrong_with_a_motor_is_noticed_and_it_is_tried_twice_at_most(failure: Failure) -> None:
    told: list[Event] = []
    scene = Scene.in_climate("bedroom", 2, 9, 20)
    year = Year(scene, Thresholds(), drive=Drive(failure=failure), heard=told.append)
    year.live(settling_days=0)
    assert year.mirror.window["fault"] == FAULTS[failure]
    assert 1 <= year.mirror.runs <= 2
    assert [event for event in told if event.payload.get("by") == "hand"] == []


def test_settings_are_those_of_the_mirror() -> None:
    scene = Scene.in_climate("living", 1, 5, 40)
    few = Year(scene, Thresholds(), settings=WindowsSettings(runs_a_day=4)).live()
    assert few.most_runs <= 6
    assert few.runs < Year(scene, Thresholds()).live().runs


def test_no_rule_is_tuned_on_climates_that_are_kept_back() -> None:
    assert HELD_BACK == (9, 12, 13, 15)
    assert set(HELD_BACK) < set(CLIMATES)


def test_a_test_reference_year_is_read(tmp_path: Path) -> None:
    row = "7 7 1 1 {hour} 8 210 3.5 -1.5 1013 3.4 88 {code} 120 80 1"
    file = tmp_path / "TRY.dat"
    rows = [row.format(hour=hour, code=61 if hour < 24 else 2) for hour in range(HOURS)]
    file.write_text("\n".join(["about this file", "***", *rows]), encoding="latin-1")
    weather = read_reference_year(file)
    assert (weather.temperature[0], weather.wind[5]) == (-1.5, 3.5)
    assert weather.humidity_ratio[0] == pytest.approx(0.0034)
    assert (weather.direct[9], weather.diffuse[9]) == (120.0, 80.0)
    assert sum(weather.rain) == 24 * 12
    file.write_text("no weather")
    with pytest.raises(ValueError, match="no test reference year"):
        read_reference_year(file)


def test_the_net_that_is_shipped_may_be_used() -> None:
    assert objections(shipped("needs-net-1")) == []


def test_planners_have_names_with_a_version() -> None:
    planners: list[Planner] = [AlwaysShut(), Thresholds(), Thresholds(with_co2=True), Needs("bath")]
    assert [one.name for one in planners] == ["shut-1", "thresholds-1", "thresholds-co2-1", "needs-1"]


def test_the_command_line_says_what_rules_make_of_a_year(capsys: pytest.CaptureFixture[str]) -> None:
    short = ["--kind", "bath", "--climate", "3", "--seed", "2", "--days", "20"]
    assert main(["windows", "evaluate", *short, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    rules = ["always shut", "T RH, bare", "T RH CO2, bare", "T RH", "T RH CO2", "needs"]
    assert [row["by"] for row in rows] == [*rules, "net", "net, comfort", "net, saving"]
    assert rows[3]["rain h"] == 0
    assert main(["windows", "evaluate", *short, "--by", "T RH", "--by", "net"]) == 0
    page = capsys.readouterr().out.splitlines()
    assert page[0].startswith("Simulated rooms, a mean year of each: 3 North-western lowland.")
    assert page[2].split()[:3] == ["bath", "out", "h"]
    assert len(page) == 5
    assert main(["windows", "evaluate", "--by", "nobody"]) == 1
    assert "There is no row called nobody." in capsys.readouterr().err


def test_weather_that_cannot_be_read_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["windows", "evaluate", "--weather", str(tmp_path / "none.dat")]) == 1
    assert "The weather cannot be read" in capsys.readouterr().err


def test_the_command_line_shows_decision_by_decision(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["windows", "simulate", "--days", "3", "--failure", "jams", "--planner", "thresholds"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert "set_window" in shown[0]
    assert "window_fault    fault=stuck" in shown[1]
    assert shown[-1].startswith("3 days: ")
    assert main(["windows", "simulate", "--days", "1", "--all"]) == 0
    assert "observe_weather" in capsys.readouterr().out


def test_what_is_no_climate_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["windows", "evaluate", "--climate", "16"])
    assert "takes a whole number from 1 to 15" in capsys.readouterr().err
