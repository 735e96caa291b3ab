"""The todo list: it keeps everything, in order."""

from typing import Any

import pytest

from mira_sidecar.core.actions.todos import MAX_TODOS
from mira_sidecar.protocol import TodoItem
from tests.sidecar.core.situation import Situation, refused


@pytest.fixture
def mirror() -> Situation:
    """A mirror with the todos a, b, c and d."""
    mirror = Situation()
    for uid in "abcd":
        mirror.send("add_todo", uid=uid, summary=f"Todo {uid}")
    return mirror


def order(mirror: Situation) -> str:
    return "".join(todo.uid for todo in mirror.state.todos)


@pytest.mark.parametrize("due", ["2026-12-24", "2026-12-24T18:30:00+01:00", "2026-12-24T17:30:00Z", None])
def test_a_todo_keeps_everything(due: str | None) -> None:
    mirror = Situation()
    answer = mirror.send(
        "add_todo", uid="tree", summary=" Buy a tree ", status="completed", due=due, description="A small one"
    )
    tree = TodoItem("tree", "Buy a tree", "completed", due, "A small one", "2026-11-20T12:00:00.000Z")
    assert mirror.state.todos == [tree]
    assert answer.payload == mirror.document["todos"][0]


def test_a_todo_without_uid_is_called_like_its_command() -> None:
    mirror = Situation()
    assert mirror.send("add_todo", own_id="command-of-mine", summary="Milk").payload["uid"] == "command-of-mine"
    assert mirror.state.todos == [TodoItem("command-of-mine", "Milk")]


def test_a_uid_is_there_once(mirror: Situation) -> None:
    assert refused(mirror.send("add_todo", uid="b", summary="Another")) == ("todo_exists", "todos")
    mirror.send("remove_todo", uid="b")
    assert mirror.send("add_todo", uid="b", summary="Another").type == "accepted"
    assert order(mirror) == "acdb"


def test_a_full_list_takes_no_more() -> None:
    mirror = Situation()
    for number in range(MAX_TODOS):
        mirror.pass_ms(100)
        mirror.send("add_todo", uid=str(number), summary="One of many")
    assert refused(mirror.send("add_todo", summary="One too many")) == ("too_many_todos", "todos")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, {}),
        ({"summary": " Oat milk "}, {"summary": "Oat milk"}),
        ({"due": "2027-01-01"}, {"due": "2027-01-01"}),
        ({"due": None}, {"due": None}),
        ({"description": None}, {"description": None}),
        ({"due": None, "description": "Two"}, {"due": None, "description": "Two"}),
        ({"status": "completed"}, {"status": "completed", "completed": "2026-11-20T12:00:00.000Z"}),
    ],
)
def test_an_update_changes_what_it_names_and_null_clears(change: dict[str, Any], expected: dict[str, Any]) -> None:
    mirror = Situation()
    before: dict[str, Any] = {"uid": "milk", "summary": "Milk", "due": "2026-12-24", "description": "One litre"}
    mirror.send("add_todo", **before)
    assert mirror.send("update_todo", uid="milk", **change).type == "accepted"
    assert mirror.state.todos == [TodoItem(**{**before, **expected})]


def test_what_changes_nothing_is_accepted_and_leaves_the_revision(mirror: Situation) -> None:
    before = mirror.position
    assert mirror.send("update_todo", uid="a", summary="Todo a").type == "accepted"
    assert (mirror.position.rev, mirror.document) == (before.rev, before.document)


def test_the_time_of_completion_stays_until_it_is_undone(mirror: Situation) -> None:
    mirror.send("update_todo", uid="a", status="completed")
    mirror.pass_ms(60_000)
    mirror.send("update_todo", uid="a", status="completed", summary="Done long ago")
    assert mirror.state.todos[0].completed == "2026-11-20T12:00:00.000Z"
    mirror.send("update_todo", uid="a", status="needs_action")
    assert mirror.state.todos[0].completed is None


@pytest.mark.parametrize(
    ("uid", "previous_uid", "expected"),
    [
        ("c", None, "cabd"),
        ("a", None, "abcd"),
        ("d", "a", "adbc"),
        ("a", "b", "bacd"),
        ("a", "c", "bcad"),
        ("a", "d", "bcda"),
        ("b", "a", "abcd"),
        ("b", "b", "abcd"),
        ("d", "d", "abcd"),
    ],
)
def test_a_todo_moves_behind_another_or_to_the_top(
    mirror: Situation, uid: str, previous_uid: str | None, expected: str
) -> None:
    before = mirror.position.rev
    answer = mirror.send("move_todo", uid=uid, previous_uid=previous_uid)
    assert answer.payload == {"uid": uid, "previous_uid": previous_uid}
    assert order(mirror) == expected
    assert mirror.position.rev == before + (expected != "abcd")


def test_clearing_takes_all_that_are_completed_and_no_other(mirror: Situation) -> None:
    for uid in "acd":
        mirror.send("update_todo", uid=uid, status="completed")
    assert mirror.send("clear_completed_todos").payload == {"uids": ["a", "c", "d"]}
    assert order(mirror) == "b"
    assert mirror.send("clear_completed_todos").payload == {"uids": []}


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("update_todo", {"uid": "nobody", "summary": "New"}),
        ("remove_todo", {"uid": "nobody"}),
        ("move_todo", {"uid": "nobody", "previous_uid": None}),
        ("move_todo", {"uid": "a", "previous_uid": "nobody"}),
        ("move_todo", {"uid": "nobody", "previous_uid": "nobody"}),
    ],
)
def test_an_unknown_uid_is_refused(mirror: Situation, action: str, payload: dict[str, Any]) -> None:
    assert refused(mirror.send(action, **payload)) == ("unknown_todo", "todos")
    assert order(mirror) == "abcd"
