"""The log folded again gives the same mirror, and the same input the same bytes."""

import random
from typing import Any

import msgspec
import pytest

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.core.state import apply, initial_document
from mira_sidecar.discovery import all_subjects
from mira_sidecar.protocol import Event, PatchOperation, State
from tests.sidecar.core.situation import Situation


def some_day(seed: int, commands: int = 300) -> Situation:
    """A mirror after many commands, most of them sensible."""
    chance = random.Random(seed)
    mirror = Situation(off=True)
    for _ in range(commands):
        uid, other = chance.choices("abcdefgh", k=2)
        payloads: dict[str, list[dict[str, Any]]] = {
            "set_microphone": [{"on": True}, {"on": False}, {"on": "?"}],
            "set_camera": [{"on": True}, {"on": False}],
            "add_todo": [{"uid": uid, "summary": "Todo"}, {"uid": uid, "summary": "Done", "status": "completed"}, {}],
            "update_todo": [
                {"uid": uid, "status": chance.choice(["completed", "needs_action"])},
                {"uid": uid, "summary": f"Todo {other}", "due": "2026-12-24", "description": "With ~ and /"},
                {"uid": uid, "due": None, "description": None},
            ],
            "remove_todo": [{"uid": uid}],
            "move_todo": [{"uid": uid, "previous_uid": chance.choice([None, other])}],
            "gesture": [{"name": chance.choice(["palm", "swipe_left", "swipe_right", "salute"])}],
            "utterance": [{"length": 5}, {"length": 3, "answer": "yes", "language": "en"}],
            "show_page": [{"page": chance.choice(["home", "todos", "attic"])}],
            "show_message": [{"text": "Dinner"}],
            "set_pages": [{"pages": chance.sample(["home", "todos", "clock", "weather"], k=3)}],
        }
        action = chance.choice([*all_subjects().actions, "make_coffee", *["add_todo"] * 4])
        mirror.send(
            action,
            source=chance.choice(["voice", "gesture", "touch", "automation", "system"]),
            confidence=chance.choice([None, 0.3, 0.95]),
            age_ms=chance.choice([0, 40, 5_500]),
            **chance.choice(payloads.get(action, [{}])),
        )
        mirror.pass_ms(chance.randint(1, 900))
    return mirror


@pytest.mark.parametrize("seed", range(10))
def test_the_log_folds_into_the_live_document(seed: int) -> None:
    mirror = some_day(seed)
    stored = [msgspec.json.decode(msgspec.json.encode(event), type=Event) for event in mirror.events]
    position = Position(0, 0, initial_document())
    for event in stored:
        position = fold(position, event)
    assert position == mirror.position
    assert msgspec.to_builtins(msgspec.convert(position.document, State)) == position.document


@pytest.mark.parametrize("seed", range(3))
def test_a_snapshot_and_its_tail_are_the_whole_log(seed: int) -> None:
    mirror = some_day(seed)
    position = Position(0, 0, initial_document())
    for event in mirror.events:
        position = fold(position, event)
        if event.seq == len(mirror.events) // 2:
            kept = msgspec.json.encode(msgspec.convert(position.document, State))
            position = Position(position.seq, position.rev, msgspec.to_builtins(msgspec.json.decode(kept, type=State)))
    assert position == mirror.position


def test_each_command_ends_in_exactly_one_answer_and_a_patch_follows_its_own() -> None:
    mirror = some_day(0)
    answers = [event.command_id for event in mirror.events if event.type != "state_patch"]
    assert len(answers) == len(set(answers)) == 300
    assert [event.seq for event in mirror.events] == list(range(1, len(mirror.events) + 1))
    patches = [event for event in mirror.events if event.type == "state_patch"]
    assert [patch.rev for patch in patches] == list(range(1, len(patches) + 1))
    for patch in patches:
        before = mirror.events[patch.seq - 2]
        assert (before.command_id, before.type) == (patch.command_id, "accepted")


def test_the_same_input_gives_the_same_bytes() -> None:
    assert msgspec.json.encode(some_day(7).events) == msgspec.json.encode(some_day(7).events)


def test_a_document_is_never_changed_in_place() -> None:
    mirror = Situation()
    mirror.send("add_todo", uid="a", summary="Todo")
    before = mirror.document
    kept = msgspec.json.encode(before)
    mirror.send("update_todo", uid="a", summary="New")
    mirror.send("remove_todo", uid="a")
    assert msgspec.json.encode(before) == kept


def test_a_gap_in_the_log_is_noticed() -> None:
    mirror = Situation(off=True)
    mirror.send("toggle_camera")
    mirror.send("toggle_camera")
    answer, patch, _, later_patch = mirror.events
    start = Position(0, 0, initial_document())
    with pytest.raises(ValueError, match="event 2 follows 0"):
        fold(start, patch)
    with pytest.raises(ValueError, match="revision 2 follows 0"):
        fold(fold(start, answer), msgspec.structs.replace(later_patch, seq=2))


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (PatchOperation("add", "/list/-", 3), {"list": [1, 2, 3], "of": {"a/b~": 1}}),
        (PatchOperation("add", "/list/0", 3), {"list": [3, 1, 2], "of": {"a/b~": 1}}),
        (PatchOperation("add", "/list/2", 3), {"list": [1, 2, 3], "of": {"a/b~": 1}}),
        (PatchOperation("replace", "/list/1", None), {"list": [1, None], "of": {"a/b~": 1}}),
        (PatchOperation("remove", "/list/0"), {"list": [2], "of": {"a/b~": 1}}),
        (PatchOperation("replace", "/of/a~1b~0", 2), {"list": [1, 2], "of": {"a/b~": 2}}),
        (PatchOperation("add", "/of/c", {}), {"list": [1, 2], "of": {"a/b~": 1, "c": {}}}),
        (PatchOperation("remove", "/of/a~1b~0"), {"list": [1, 2], "of": {}}),
    ],
)
def test_a_patch_does_what_rfc_6902_says(operation: PatchOperation, expected: dict[str, Any]) -> None:
    assert apply({"list": [1, 2], "of": {"a/b~": 1}}, [operation]) == expected


@pytest.mark.parametrize(
    "operation",
    [
        PatchOperation("replace", "/nothing", 1),
        PatchOperation("remove", "/of/nothing"),
        PatchOperation("remove", "/list/2"),
        PatchOperation("replace", "/list/2", 1),
        PatchOperation("add", "/list/3", 1),
        PatchOperation("add", "/nothing/deeper", 1),
    ],
)
def test_a_patch_that_leads_nowhere_is_noticed(operation: PatchOperation) -> None:
    with pytest.raises(LookupError):
        apply({"list": [1, 2], "of": {}}, [operation])
