"""Taking back, and taking back the taking back."""

from typing import Any

import pytest

from mira_sidecar.core.arbiter import Position
from mira_sidecar.core.decision import Rules
from mira_sidecar.core.state import Document
from tests.sidecar.core.situation import Situation, refused

CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("set_microphone", {"on": False}),
    ("toggle_camera", {}),
    ("show_page", {"page": "clock"}),
    ("next_page", {}),
    ("add_todo", {"summary": "Bread"}),
    ("update_todo", {"uid": "b", "summary": "Butter", "due": "2026-12-24", "status": "completed"}),
    ("remove_todo", {"uid": "b"}),
    ("move_todo", {"uid": "c", "previous_uid": None}),
    ("move_todo", {"uid": "a", "previous_uid": "c"}),
    ("clear_completed_todos", {}),
    ("remove_todos", {"uids": ["c", "a"]}),
    ("complete_todos", {"uids": ["b", "c"]}),
]


def shopping() -> Situation:
    mirror = Situation()
    for uid, status in (("a", "completed"), ("b", "needs_action"), ("c", "needs_action"), ("d", "completed")):
        mirror.send("add_todo", uid=uid, summary=uid.upper(), status=status)
    mirror.pass_ms(10_000)
    return mirror


def seen(document: Document) -> Document:
    """What a person sees of the document: without the notes that undo itself needs."""
    return {name: value for name, value in document.items() if name not in ("undoable", "last_changes")}


@pytest.mark.parametrize(("action", "payload"), CHANGES)
def test_undo_restores_the_document_and_undoing_that_brings_it_back(action: str, payload: dict[str, Any]) -> None:
    mirror = shopping()
    before = seen(mirror.document)
    done = mirror.send(action, **payload)
    after = seen(mirror.document)
    assert after != before
    for _ in range(2):
        undone = mirror.send("undo", command_id=done.command_id)
        assert undone.payload["undone"] == done.command_id
        assert seen(mirror.document) == before
        done = mirror.send("undo", command_id=undone.command_id)
        assert seen(mirror.document) == after


def test_undo_steps_back_through_the_changes() -> None:
    mirror = shopping()
    states = [seen(mirror.document)]
    for action, payload in (("next_page", {}), ("toggle_camera", {}), ("next_page", {}), ("remove_todo", {"uid": "b"})):
        mirror.send(action, **payload)
        states.append(seen(mirror.document))
    for state in reversed(states[:-1]):
        assert mirror.send("undo").type == "accepted"
        assert seen(mirror.document) == state


def test_undo_of_a_source_leaves_others_alone() -> None:
    mirror = shopping()
    mirror.send("add_todo", source="automation", uid="e", summary="E")
    mirror.send("remove_todo", uid="b")
    mirror.send("undo", fields={"source": "touch"})
    assert [todo.uid for todo in mirror.state.todos] == ["a", "b", "c", "d", "e"]


def test_what_was_changed_later_is_not_taken_back() -> None:
    mirror = shopping()
    first = mirror.send("update_todo", uid="b", summary="First")
    mirror.send("update_todo", uid="b", summary="Second")
    assert refused(mirror.send("undo", command_id=first.command_id)) == ("changed_since", "undo")
    assert mirror.state.todos[1].summary == "Second"


def test_nothing_is_taken_back_twice() -> None:
    mirror = shopping()
    done = mirror.send("next_page")
    mirror.send("undo")
    assert refused(mirror.send("undo", command_id=done.command_id)) == ("nothing_to_undo", "undo")


def test_undo_goes_through_the_policies_of_what_it_does() -> None:
    mirror = shopping()
    mirror.send("set_pin", pin="set")
    mirror.send("set_camera", on=False)
    assert refused(mirror.send("undo")) == ("pin_required", "access")
    assert not mirror.state.camera.on


def test_the_last_twenty_are_remembered() -> None:
    mirror = Situation(off=True)
    first = mirror.send("add_todo", summary="First")
    for number in range(20):
        mirror.send("add_todo", summary=f"Todo {number}")
    assert len(mirror.state.undoable) == 20
    assert refused(mirror.send("undo", command_id=first.command_id)) == ("nothing_to_undo", "undo")


def test_a_change_of_a_todo_that_was_itself_taken_back_is_not_brought_again() -> None:
    mirror = Situation()
    added = mirror.send("add_todo", uid="a", summary="Bread")
    changed = mirror.send("update_todo", uid="a", summary="Butter")
    undone = mirror.send("undo", command_id=changed.command_id)
    mirror.send("undo", command_id=added.command_id)
    assert refused(mirror.send("undo", command_id=undone.command_id)) == ("changed_since", "undo")
    assert mirror.state.todos == []


def test_all_of_the_last_twenty_are_taken_back_one_by_one() -> None:
    mirror = Situation(off=True, rules=Rules(rates={}))
    for number in range(30):
        mirror.send("add_todo", uid=str(number), summary=f"Todo {number}")
    for number in range(30):
        mirror.send("remove_todo", uid=str(number))
    for _ in range(20):
        assert mirror.send("undo").type == "accepted"
    assert [todo.uid for todo in mirror.state.todos] == [str(number) for number in range(10, 30)]
    assert refused(mirror.send("undo")) == ("nothing_to_undo", "undo")


def test_a_change_that_never_can_be_taken_back_is_in_no_ones_way() -> None:
    mirror = Situation()
    taught(mirror)
    mirror.send("add_todo", uid="a", summary="Bread")
    tuned = mirror.send("set_gesture", fields={"name": "mine", "hold_ms": 900})
    mirror.send("forget_gesture", fields={"name": "mine"})
    undone = mirror.send("undo")
    assert undone.payload["skipped"] == [tuned.command_id]
    assert undone.payload["action"] == "take_todos"
    assert mirror.state.todos == []
    assert tuned.command_id not in [entry.command_id for entry in mirror.state.undoable]
    assert refused(mirror.send("undo", command_id=tuned.command_id)) == ("nothing_to_undo", "undo")


def taught(mirror: Situation) -> None:
    """Teach the mirror a gesture called `mine`."""
    mirror.send("teach_gesture", source="automation", fields={"name": "mine", "samples": 3})
    mirror.send("confirm")
    for _ in range(3):
        mirror.send("take_sample", source="system", fields={"name": "mine"})


def test_an_undo_that_would_change_nothing_goes_on_to_the_change_before() -> None:
    mirror = shopping()
    mirror.send("add_todo", uid="e", summary="E")
    turned = mirror.send("show_page", page="clock")
    mirror.send("set_pages", source="system", pages=["home", "todos"])
    assert mirror.state.page == "home"
    undone = mirror.send("undo")
    assert (undone.payload["skipped"], undone.payload["uids"]) == ([turned.command_id], ["e"])
    assert [todo.uid for todo in mirror.state.todos] == ["a", "b", "c", "d"]


def test_an_undo_by_name_that_would_change_nothing_says_so() -> None:
    mirror = shopping()
    turned = mirror.send("show_page", page="clock")
    mirror.send("set_pages", source="system", pages=["home", "todos"])
    assert refused(mirror.send("undo", command_id=turned.command_id)) == ("already_done", "undo")


def test_what_another_source_changed_since_is_passed_over_and_can_be_taken_back_later() -> None:
    mirror = shopping()
    mirror.send("add_todo", uid="e", summary="E")
    first = mirror.send("update_todo", uid="b", summary="Butter")
    mirror.pass_ms(10_000)
    second = mirror.send("update_todo", source="automation", uid="b", summary="Bread")
    undone = mirror.send("undo", fields={"source": "touch"})
    assert (undone.payload["skipped"], undone.payload["source"]) == ([first.command_id], "touch")
    assert [todo.summary for todo in mirror.state.todos] == ["A", "Bread", "C", "D"]
    mirror.send("undo", command_id=second.command_id)
    mirror.send("undo", fields={"source": "touch"})
    assert mirror.state.todos[1].summary == "B"


def test_a_todo_that_is_gone_without_a_trace_is_not_changed_back() -> None:
    mirror = shopping()
    changed = mirror.send("update_todo", uid="b", summary="Butter")
    todos = [todo for todo in mirror.document["todos"] if todo["uid"] != "b"]
    mirror.position = Position(mirror.position.seq, mirror.position.rev, {**mirror.document, "todos": todos})
    assert refused(mirror.send("undo", command_id=changed.command_id)) == ("unknown_todo", "todos")
