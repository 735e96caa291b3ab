"""Who has the last word when two sources contradict each other."""

import itertools

import pytest

from mira_sidecar.core.decision import Rules
from tests.sidecar.core.situation import NOON, Situation, refused


def test_a_lower_rank_waits_until_the_hold_is_over() -> None:
    mirror = Situation()
    mirror.pass_ms(5_000)
    won = mirror.send("show_page", source="touch", page="todos")
    mirror.pass_ms(799)
    lost = mirror.send("show_page", source="automation", page="clock")
    assert refused(lost) == ("superseded", "superseded")
    assert won.command_id in (lost.message or "")
    mirror.pass_ms(1)
    assert mirror.send("show_page", source="automation", page="clock").type == "accepted"


def test_a_higher_rank_need_not_wait() -> None:
    mirror = Situation()
    mirror.send("show_page", source="automation", page="clock")
    assert mirror.send("show_page", source="touch", page="todos").type == "accepted"


def test_agreeing_is_no_contradiction() -> None:
    mirror = Situation()
    mirror.send("show_page", source="touch", page="todos")
    assert mirror.send("show_page", source="automation", page="todos").type == "accepted"


def test_other_places_are_free() -> None:
    mirror = Situation()
    mirror.send("show_page", source="touch", page="todos")
    assert mirror.send("set_microphone", source="system", on=False).type == "accepted"


@pytest.mark.parametrize("first_to_arrive", ["touch", "automation"])
def test_capture_counts_and_not_arrival(first_to_arrive: str) -> None:
    """The tap was 300 ms before the automation; whichever arrives first, the tap has the last word."""
    mirror = Situation(now_ms=NOON)
    mirror.pass_ms(10_000)
    commands = {"touch": ("todos", 500), "automation": ("clock", 200)}
    for source in sorted(commands, key=lambda name: name != first_to_arrive):
        page, age_ms = commands[source]
        mirror.send("show_page", source=source, age_ms=age_ms, page=page)
    assert mirror.document["page"] == "todos"


def test_the_same_source_is_taken_in_the_order_of_capture() -> None:
    for order in itertools.permutations([("todos", 300), ("clock", 100)]):
        mirror = Situation()
        mirror.pass_ms(10_000)
        for page, age_ms in order:
            mirror.send("show_page", age_ms=age_ms, page=page)
        assert mirror.document["page"] == "clock"


def test_a_tap_from_long_before_loses_even_to_an_automation() -> None:
    mirror = Situation()
    mirror.pass_ms(10_000)
    mirror.send("show_page", source="automation", page="clock")
    late = mirror.send("show_page", source="touch", age_ms=2_000, page="todos")
    assert refused(late) == ("superseded", "superseded")


def test_the_owner_sets_ranks_and_hold() -> None:
    rules = Rules(confirm=frozenset(), hold_ms=100, ranks={"automation": 9, "touch": 1})
    mirror = Situation(rules=rules)
    mirror.pass_ms(1_000)
    mirror.send("show_page", source="automation", page="clock")
    assert mirror.send("show_page", source="touch", page="home").reason == "superseded"
    mirror.pass_ms(100)
    assert mirror.send("show_page", source="touch", page="home").type == "accepted"
