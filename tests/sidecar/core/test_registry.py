"""Subjects put together: what they must not share, and what becomes of the state of those that are switched off."""

import dataclasses

import msgspec
import pytest

from mira_sidecar.core.decision import Action, Change, Context
from mira_sidecar.core.registry import gather
from mira_sidecar.core.state import Document, replace
from mira_sidecar.core.subject import Subject
from mira_sidecar.discovery import all_subjects, known, registry_of
from mira_sidecar.protocol import instant, milliseconds
from mira_sidecar.reasons import QUERY_REASONS, REASONS
from tests.sidecar.core.situation import NOON, Situation


class Ring(msgspec.Struct, frozen=True):
    pass


def _ring(document: Document, payload: Ring, context: Context) -> Change:
    return Change({}, [replace("/parts/bell", {})])


BELL = Subject(name="bell", part={"rung": 0}, actions=(Action("ring", Ring, _ring),))


@pytest.mark.parametrize(
    "other",
    [
        Subject(name="other", actions=(Action("ring", Ring, _ring),)),
        Subject(name="other", inner=(Action("put_todos", Ring, _ring),)),
        Subject(name="other", reasons={"expired": REASONS["expired"]}),
        Subject(name="other", faults={"bad_due": known()["screen"].faults["bad_due"]}),
        Subject(name="other", query_reasons={"unknown_query": QUERY_REASONS["unknown_query"]}),
        Subject(name="other", confidence={"voice": lambda document, context: 0.0}),
        Subject(name="other", capabilities={"mic.toggle": ("ring",)}),
        Subject(name="other", openings={"camera": known()["screen"].openings["camera"]}),
    ],
    ids=["action", "inner action", "reason", "fault", "reason of a query", "source", "capability", "opening"],
)
def test_no_two_subjects_have_a_thing_of_the_same_name(other: Subject) -> None:
    with pytest.raises(ValueError, match="Two subjects have the same"):
        gather([*known().values(), BELL, other])


@pytest.mark.parametrize(("names", "source"), [(("screen", "gesture"), "voice"), (("screen", "voice"), "gesture")])
def test_nothing_is_heard_or_seen_for_a_subject_that_is_switched_off(names: tuple[str, ...], source: str) -> None:
    mirror = Situation(registry=registry_of(names))
    answer = mirror.send("show_page", source=source, confidence=0.99, page="clock")
    assert (answer.reason, answer.policy, answer.payload) == ("source_not_allowed", "source", {})
    assert mirror.document["page"] == "home"


def test_each_action_is_allowed_by_one_capability_unless_only_the_mirror_may() -> None:
    registry = all_subjects()
    allowed = [action for actions in registry.capabilities.values() for action in actions]
    own = {action.name for action in registry.actions.values() if action.own} | {
        "person_erased",
        "print_lost",
        "talk_forgotten",
    }
    assert sorted(allowed) == sorted(registry.actions.keys() - own)


def test_the_policies_of_a_mirror_that_can_do_everything_are_those_of_before() -> None:
    assert Situation().registry.looked == [
        *("validation", "expiry", "microphone", "camera", "gesture", "confidence", "cooldown"),
        *("access", "superseded", "one_question"),
    ]


def test_a_slice_stays_as_it_is_while_other_subjects_come_and_go() -> None:
    second = dataclasses.replace(BELL, name="gong", actions=())
    mirror = Situation(registry=gather([*known().values(), BELL, second]))
    mirror.send("set_parts", source="system", on=["bell"])
    mirror.send("ring")
    assert mirror.document["parts"] == {"bell": {}}
    mirror.send("set_parts", source="system", on=["bell", "gong"])
    assert mirror.document["parts"] == {"bell": {}, "gong": {"rung": 0}}
    mirror.send("set_parts", source="system", on=["gong", "never_heard_of"])
    assert mirror.document["parts"] == {"gong": {"rung": 0}}


def test_nothing_is_noted_of_what_only_the_mirror_may_ask_for() -> None:
    answer = Situation().send("revoke", command_id="call my doctor", opened="what somebody wrote")
    assert (answer.reason, answer.payload) == ("not_allowed", {})


def test_what_remembers_commands_is_forgotten_wherever_it_stands() -> None:
    remembering = dataclasses.replace(
        BELL,
        part={
            "rings": [{"by": "command-1", "hand": 1}, {"by": "command-2", "hand": 2}],
            "last": "command-2",
        },
        traces={("parts", "bell", "rings", "*", "by"): None, ("parts", "bell", "last"): "", ("parts", "gong"): None},
    )
    mirror = Situation(registry=gather([*known().values(), remembering]))
    mirror.send("set_parts", source="system", on=["bell"])
    mirror.send("forget_traces", source="system")
    left = {"rings": [{"by": None, "hand": 1}, {"by": None, "hand": 2}], "last": ""}
    assert mirror.document["parts"] == {"bell": left}


def test_a_clock_that_jumps_moves_the_times_of_a_subject_that_is_switched_off_too() -> None:
    mirror = Situation()
    mirror.gesture("palm")
    seen = mirror.document["gestures_seen"]["palm"]
    mirror.registry = registry_of(["screen"])
    mirror.send("shift_times", source="system", by_ms=60_000)
    assert milliseconds(mirror.document["gestures_seen"]["palm"]) == milliseconds(seen) + 60_000


def test_times_stand_in_lists_as_well() -> None:
    timed = dataclasses.replace(BELL, part={"rings": [instant(NOON), None]}, times=(("parts", "bell", "rings", "*"),))
    mirror = Situation(registry=gather([*known().values(), timed]))
    mirror.send("set_parts", source="system", on=["bell"])
    mirror.send("shift_times", source="system", by_ms=1_000)
    assert mirror.document["parts"] == {"bell": {"rings": [instant(NOON + 1_000), None]}}
