"""What moves a window, who measures a room, and a run of which a drive was never told."""

import pytest

from mira_sidecar.subjects.windows.core.slice import slice_of
from mira_sidecar.subjects.windows.core.windows import MOST_SENSORS
from tests.sidecar.core.situation import refused
from tests.sidecar.subjects.windows.house import TRAVEL_S, House

MQTT = {"kind": "mqtt", "topic": None, "profile": "mira"}


def test_a_window_is_moved_by_nothing_unless_somebody_says_by_what() -> None:
    house = House()
    assert house.bed["drive"] is None
    house.send("change_window", fields={"window": "bed", "drive": {"kind": "mqtt"}})
    assert house.bed["drive"] == MQTT
    house.send("change_window", fields={"window": "bed", "drive": {"kind": "home"}})
    assert house.bed["drive"]["kind"] == "home"
    house.send("change_window", fields={"window": "bed", "drive": None})
    assert house.bed["drive"] is None


def test_a_window_of_an_older_version_gets_a_drive() -> None:
    house = House()
    del house.document["parts"]["windows"]["windows"]["bed"]["drive"]
    del house.document["parts"]["windows"]["sensors"]
    house.send("change_window", fields={"window": "bed", "drive": MQTT})
    house.send("place_sensor", device="esp1", room="bed")
    assert house.bed["drive"] == MQTT
    assert slice_of(house.document)["sensors"] == {"esp1": {"room": "bed"}}


def test_a_run_says_which_command_asked_for_it() -> None:
    house = House()
    asked = house.ask(50)
    assert house.bed["run"]["id"] == asked.command_id
    house.arrive()
    house.weather(rain=True)
    (shut,) = house.do_what_is_due()
    assert house.bed["run"]["id"] == shut.command_id


def test_sensors_are_given_rooms() -> None:
    house = House()
    house.send("place_sensor", device="esp1", room="bed")
    house.send("place_sensor", device="esp1", room="outside")
    assert slice_of(house.document)["sensors"] == {"esp1": {"room": "outside"}}
    house.send("remove_sensor", device="esp1")
    assert slice_of(house.document)["sensors"] == {}
    assert refused(house.send("remove_sensor", device="esp1")) == ("unknown_sensor", "windows")


def test_so_many_sensors_have_a_room() -> None:
    house = House()
    for number in range(MOST_SENSORS):
        house.send("place_sensor", device=f"esp{number}", room="bed")
    full = house.send("place_sensor", device="one_more", room="bed")
    assert (full.reason, full.values) == ("too_many_sensors", {"limit": MOST_SENSORS})
    assert house.send("place_sensor", device="esp1", room="bath").type == "accepted"


def drop(house: House, why: str, run: str) -> None:
    answer = house.send("drop_run", source="sensor", fields={"window": "bed", "run": run, "why": why})
    assert answer.type == "accepted"


@pytest.mark.parametrize("why", ["late", "unheard"])
def test_a_run_that_never_began_never_was_and_is_decided_anew(why: str) -> None:
    house = House()
    before = house.bed
    asked = house.plan(50)
    drop(house, why, asked.command_id)
    assert house.bed == {**before, "model": "rules-1"}
    assert house.plan(50).type == "accepted"


def test_what_has_to_be_shut_is_shut_by_another_command_after_a_run_was_dropped() -> None:
    house = House()
    house.open()
    house.weather(rain=True)
    (shut,) = house.do_what_is_due()
    drop(house, "late", shut.command_id)
    (again,) = house.do_what_is_due()
    assert again.action == "shut_window"
    assert house.bed["run"]["id"] == again.command_id != shut.command_id


def test_a_drive_that_cannot_be_reached_is_not_asked_again_and_again() -> None:
    house = House()
    house.open()
    house.weather(rain=True)
    (shut,) = house.do_what_is_due()
    drop(house, "unreachable", shut.command_id)
    assert house.bed["fault"] == "silent"
    assert house.due() == []
    house.send("window_recovered", source="sensor", window="bed")
    assert [action for action, _ in house.due()] == ["shut_window"]


def test_only_the_run_that_is_meant_is_dropped() -> None:
    house = House()
    first = house.ask(50)
    second = house.ask(80)
    drop(house, "late", first.command_id)
    assert house.bed["run"]["id"] == second.command_id
    house.arrive()
    drop(house, "late", second.command_id)
    assert (house.bed["target"], house.bed["position"]) == (80, 80)


def test_nobody_but_who_observes_drops_a_run() -> None:
    house = House()
    asked = house.ask(50)
    answer = house.send("drop_run", fields={"window": "bed", "run": asked.command_id, "why": "late"})
    assert refused(answer)[0] == "not_allowed"
    unknown = house.send("drop_run", source="sensor", fields={"window": "no", "run": asked.command_id, "why": "late"})
    assert refused(unknown) == ("unknown_window", "windows")


def test_a_dropped_run_counts_neither_as_a_run_nor_as_a_rest() -> None:
    house = House()
    house.open(50)
    runs = house.bed["runs"]
    asked = house.plan(0)
    house.pass_ms(int(TRAVEL_S * 100))
    drop(house, "late", asked.command_id)
    assert (house.bed["runs"], house.bed["last_run_at"]) == (runs, runs[-1])
    assert house.bed["open_since"] is not None
