"""Taking back, and taking back the taking back."""

from typing import Any

import pytest

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
