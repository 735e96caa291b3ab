"""The todo list: it keeps everything, in order."""

from typing import Any

import pytest

from mira_sidecar.core.decision import Rules
from mira_sidecar.protocol import TodoItem
from mira_sidecar.subjects.screen.core.todos import MAX_TODOS
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
        ("remove_todos", {"uids": ["nobody"]}),
        ("complete_todos", {"uids": ["a", "nobody"]}),
        ("move_todo", {"uid": "nobody", "previous_uid": None}),
        ("move_todo", {"uid": "a", "previous_uid": "nobody"}),
        ("move_todo", {"uid": "nobody", "previous_uid": "nobody"}),
    ],
)
def test_an_unknown_uid_is_refused(mirror: Situation, action: str, payload: dict[str, Any]) -> None:
    assert refused(mirror.send(action, **payload)) == ("unknown_todo", "todos")
    assert order(mirror) == "abcd"


def test_many_are_removed_by_one_command_and_one_undo_brings_them_back() -> None:
    mirror = Situation()
    for number in range(40):
        mirror.pass_ms(100)
        mirror.send("add_todo", uid=str(number), summary="One of many")
    before = mirror.state.todos
    answer = mirror.send("remove_todos", uids=[str(number) for number in range(29, -1, -1)])
    assert answer.payload == {"uids": [str(number) for number in range(30)]}
    assert len(mirror.state.todos) == 10
    mirror.send("undo")
    assert mirror.state.todos == before


def test_what_somebody_else_removed_meanwhile_is_in_nobodys_way(mirror: Situation) -> None:
    mirror.send("remove_todo", uid="b")
    assert mirror.send("remove_todos", uids=["a", "b", "b", "c"]).payload == {"uids": ["a", "c"]}
    assert order(mirror) == "d"


def test_many_are_completed_by_one_command_and_one_undo_takes_that_back(mirror: Situation) -> None:
    mirror.send("update_todo", uid="b", status="completed")
    before = mirror.state.todos
    mirror.pass_ms(60_000)
    assert mirror.send("complete_todos", uids=["d", "b", "a"]).payload == {"uids": ["a", "d"]}
    assert [todo.status for todo in mirror.state.todos] == ["completed", "completed", "needs_action", "completed"]
    assert [todo.completed for todo in mirror.state.todos][:2] == [
        "2026-11-20T12:01:00.000Z",
        "2026-11-20T12:00:00.000Z",
    ]
    mirror.send("undo")
    assert mirror.state.todos == before


def test_completing_what_is_completed_changes_nothing(mirror: Situation) -> None:
    mirror.send("complete_todos", uids=["a", "b"])
    rev = mirror.position.rev
    assert mirror.send("complete_todos", uids=["a", "b"]).payload == {"uids": []}
    assert mirror.position.rev == rev


@pytest.mark.parametrize(
    ("uids", "asks"),
    [(["a", "b"], True), (["a", "b", "c"], True), (["a"], False), (["c", "d"], False), (["a", "c", "d"], False)],
)
def test_removing_all_completed_todos_at_once_needs_confirmation(
    mirror: Situation, uids: list[str], asks: bool
) -> None:
    mirror.send("complete_todos", uids=["a", "b"])
    mirror.rules = Rules()
    answer = mirror.send("remove_todos", uids=uids)
    assert (answer.payload.get("outcome") == "pending") is asks
    assert (mirror.state.pending is not None) is asks
    if asks:
        assert mirror.state.pending
        assert mirror.state.pending.risks == ["remove_todo", "clear_completed_todos"]
        mirror.send("confirm")
    assert order(mirror) == "".join(uid for uid in "abcd" if uid not in uids)


def test_the_one_completed_todo_is_removed_without_a_question(mirror: Situation) -> None:
    mirror.send("update_todo", uid="a", status="completed")
    mirror.rules = Rules()
    assert mirror.send("remove_todos", uids=["a"]).payload == {"uids": ["a"]}


def test_an_undo_never_puts_more_on_the_list_than_it_holds_and_loses_nothing() -> None:
    mirror = Situation()

    def fill() -> None:
        while len(mirror.document["todos"]) < MAX_TODOS:
            mirror.pass_ms(100)
            mirror.send("add_todo", source="system", summary="One of many")

    fill()
    first = mirror.document["todos"][:15]
    cleared = mirror.send("remove_todos", uids=[todo["uid"] for todo in first])
    fill()
    for payload in ({"command_id": cleared.command_id}, {"source": "touch"}):
        full = mirror.send("undo", fields=payload)
        assert refused(full) == ("too_many_todos", "todos")
        assert len(mirror.document["todos"]) == MAX_TODOS
    mirror.send("remove_todos", source="system", uids=[todo["uid"] for todo in mirror.document["todos"][-15:]])
    assert mirror.send("undo", fields={"source": "touch"}).type == "accepted"
    assert mirror.document["todos"][:15] == first


@pytest.mark.parametrize(("one", "many"), [("remove_todo", "remove_todos"), ("update_todo", "complete_todos")])
def test_what_needs_confirmation_for_one_todo_needs_it_for_many(mirror: Situation, one: str, many: str) -> None:
    mirror.rules = Rules(confirm=frozenset({one}))
    assert mirror.send(many, uids=["a", "b"]).payload["outcome"] == "pending"
