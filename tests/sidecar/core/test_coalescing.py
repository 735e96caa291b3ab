"""Refusals that come in crowds: the first stands for the others, each is answered, and their number is told."""

from itertools import count
from typing import Any

import msgspec
import pytest

from mira_sidecar.core.coalescing import WINDOW_MS, Refusals, Standing, counted, ended, sums
from mira_sidecar.protocol import Event, instant
from tests.sidecar.core.situation import NOON, Situation


def refusal(action: str = "show_page", *, source: str = "touch", **payload: Any) -> Event:
    """An answer that changes nothing."""
    answer = Situation().send(action, source=source, fields=payload or {"page": "attic"})
    assert answer.type == "rejected"
    return answer


def crowd(*answers: Event) -> tuple[Refusals, list[Standing | None]]:
    """What stands for each of these refusals, which came within a moment."""
    refusals: Refusals = {}
    stood: list[Standing | None] = []
    for answer in answers:
        refusals, standing = counted(refusals, answer, NOON)
        stood.append(standing)
    return refusals, stood


def test_the_first_stands_for_all_that_follow_within_a_second() -> None:
    answer = refusal()
    refusals, stood = crowd(*[answer] * 500)
    assert stood[0] is None
    assert all(standing and standing.event is answer for standing in stood[1:])
    left, over = ended(refusals, NOON + WINDOW_MS)
    assert (left, [standing.more for standing in over]) == ({}, [499])


def test_each_command_is_answered_under_its_own_id() -> None:
    answer = refusal()
    _, (_, standing) = crowd(answer, refusal())
    assert standing
    later = {"ts": instant(NOON + 9), "captured_at": instant(NOON + 8)}
    another = msgspec.structs.replace(answer, command_id="another-1", seq=99, id="event-99", **later)
    assert standing.in_place_of(another) == msgspec.structs.replace(answer, command_id="another-1")


def test_each_of_a_crowd_is_told_what_is_wrong_with_itself() -> None:
    first, second = refusal("add_todo", summary=""), refusal("ask", text="x" * 201)
    _, (_, standing) = crowd(first, second)
    assert standing
    answer = standing.in_place_of(second)
    assert (answer.seq, answer.action) == (first.seq, "ask")
    assert answer.values == {"field": "text", "fault": "too_long", "limit": 200}
    assert "200 characters" in (answer.message or "")


def test_when_the_second_is_over_an_event_tells_how_many_there_were() -> None:
    mirror, ids = Situation(), count(1)
    answer = mirror.send("show_page", page="attic")
    refusals, _ = crowd(*[answer] * 7)
    later = NOON + WINDOW_MS
    position, events = sums(mirror.position, ended(refusals, later)[1], (f"new-{n}" for n in ids), later)
    (total,) = events
    assert (total.seq, position.seq) == (answer.seq + 1, answer.seq + 1)
    assert (total.type, total.reason, total.payload, total.count) == ("rejected", "unknown_page", {"page": "attic"}, 7)
    assert total.command_id not in ("", answer.command_id)


def test_a_single_refusal_is_told_once() -> None:
    refusals, _ = crowd(refusal())
    assert ended(refusals, NOON + WINDOW_MS) == ({}, [])


@pytest.mark.parametrize("passed_ms", [WINDOW_MS, -1])
def test_after_the_second_or_a_clock_that_was_set_back_the_next_one_is_a_first_again(passed_ms: int) -> None:
    refusals, _ = crowd(refusal())
    assert counted(refusals, refusal(), NOON + passed_ms)[1] is None


def test_what_asks_for_something_else_or_comes_from_somebody_else_is_told_for_itself() -> None:
    _, stood = crowd(
        refusal(),
        refusal(page="cellar"),
        refusal(source="automation"),
        refusal("remove_todo", uid="attic"),
    )
    assert stood == [None] * 4


def test_what_is_refused_for_what_it_is_is_of_one_kind_whatever_it_asks_for() -> None:
    _, (_, standing) = crowd(refusal("make_coffee"), refusal("make_tea"))
    assert standing
