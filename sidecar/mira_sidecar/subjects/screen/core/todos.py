"""The todo list. Its order is the order of the array."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mira_sidecar.core.decision import Action, Change, Context, InvalidValueError, Refusal, Resolved, Undo
from mira_sidecar.core.state import Document, add, remove, replace
from mira_sidecar.protocol import Event, PatchOperation, TodoItem, instant

MAX_TODOS = 1_000
"""Nobody reads more on a mirror, and the state document stays under a megabyte in daily use."""

_UNKNOWN = Refusal("unknown_todo", "todos")
_FULL = Refusal("too_many_todos", "todos", {"limit": MAX_TODOS}, passes=True)

Uid = Annotated[str, Meta(min_length=1, max_length=64)]
Uids = Annotated[list[Uid], Meta(min_length=1, max_length=MAX_TODOS)]
Summary = Annotated[str, Meta(min_length=1, max_length=255)]
Description = Annotated[str, Meta(max_length=4_096)]
Due = Annotated[str, Meta(max_length=40)]
type Status = Literal["needs_action", "completed"]
DUE = re.compile(
    r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?",
    re.ASCII,
)
"""What every client can read: ISO 8601 knows more (weeks, no dashes), which a browser does not."""


def _check(summary: str | UnsetType, due: str | UnsetType | None) -> None:
    """Raise InvalidValueError where the types fit and the values do not."""
    if isinstance(summary, str) and not summary.strip():
        raise InvalidValueError("empty", "summary")
    if not isinstance(due, str):
        return
    if DUE.fullmatch(due):
        try:
            datetime.fromisoformat(due)
        except ValueError:
            pass
        else:
            return
    raise InvalidValueError("bad_due", "due")


class AddTodo(msgspec.Struct, frozen=True):
    """Payload of `add_todo`."""

    summary: Summary
    uid: Uid | None = None
    status: Status = "needs_action"
    due: Due | None = None
    description: Description | None = None

    def __post_init__(self) -> None:
        """Raise InvalidValueError for a blank summary or a `due` that is no time."""
        _check(self.summary, self.due)


class UpdateTodo(msgspec.Struct, frozen=True):
    """Payload of `update_todo`: what is absent stays, `null` clears."""

    uid: Uid
    summary: Summary | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    due: Due | UnsetType | None = UNSET
    description: Description | UnsetType | None = UNSET

    def __post_init__(self) -> None:
        """Raise InvalidValueError for a blank summary or a `due` that is no time."""
        _check(self.summary, self.due)


class RemoveTodo(msgspec.Struct, frozen=True):
    """Payload of `remove_todo`."""

    uid: Uid


class ManyTodos(msgspec.Struct, frozen=True):
    """Payload of `remove_todos` and `complete_todos`."""

    uids: Uids


class MoveTodo(msgspec.Struct, frozen=True):
    """Payload of `move_todo`."""

    uid: Uid
    previous_uid: Uid | None
    """The todo to stand behind; null for the top."""


class PutTodos(msgspec.Struct, frozen=True):
    """Todos as they were; `places` for those that are gone, lowest first."""

    todos: list[TodoItem]
    places: list[int] = []


class TakeTodos(msgspec.Struct, frozen=True):
    """Todos to remove again."""

    uids: list[str]


class ClearCompletedTodos(msgspec.Struct, frozen=True):
    """Payload of `clear_completed_todos`: nothing."""


def _place(document: Document, uid: str) -> int | Refusal:
    for index, todo in enumerate(document["todos"]):
        if todo["uid"] == uid:
            return index
    return _UNKNOWN


def _add(document: Document, payload: AddTodo, context: Context) -> Change | Refusal:
    uid = payload.uid or context.command.id
    if not isinstance(_place(document, uid), Refusal):
        return Refusal("todo_exists", "todos")
    if len(document["todos"]) >= MAX_TODOS:
        return _FULL
    todo = msgspec.to_builtins(
        TodoItem(
            uid=uid,
            summary=payload.summary.strip(),
            status=payload.status,
            due=payload.due,
            description=payload.description,
            completed=instant(context.captured_ms) if payload.status == "completed" else None,
        )
    )
    named = {name: value for name, value in todo.items() if name != "completed"}
    return Change(
        todo,
        [add("/todos/-", todo)],
        touches=(f"todo:{uid}",),
        undo=Undo("take_todos", {"uids": [uid]}),
        resolved=Resolved("add_todo", named),
    )


def _update(document: Document, payload: UpdateTodo, context: Context) -> Change | Refusal:
    index = _place(document, payload.uid)
    if isinstance(index, Refusal):
        return index
    before = document["todos"][index]
    changes: dict[str, Any] = msgspec.to_builtins(payload)
    if "summary" in changes:
        changes["summary"] = changes["summary"].strip()
    todo = _changed(before, changes, context)
    if todo == before:
        return Change(changes)
    return Change(
        changes,
        [replace(f"/todos/{index}", todo)],
        touches=(f"todo:{payload.uid}",),
        undo=Undo("put_todos", {"todos": [before]}),
    )


def _changed(before: dict[str, Any], changes: dict[str, Any], context: Context) -> dict[str, Any]:
    """A todo with these changes, and the time when it was completed."""
    after = {**before, **changes}
    if after.get("status") != "completed":
        after["completed"] = None
    elif before.get("status") != "completed":
        after["completed"] = instant(context.captured_ms)
    # Through the struct: what is empty or default is left out, as in every other todo.
    todo: dict[str, Any] = msgspec.to_builtins(msgspec.convert(after, TodoItem))
    return todo


def _complete_many(document: Document, payload: ManyTodos, context: Context) -> Change | Refusal:
    """Complete them all, or none where one is not on the list; those that are completed stay as they are."""
    wanted, todos = set(payload.uids), document["todos"]
    listed = [place for place, todo in enumerate(todos) if todo["uid"] in wanted]
    if len(listed) < len(wanted):
        return _UNKNOWN
    places = [place for place in listed if todos[place].get("status") != "completed"]
    done = {"uids": [todos[place]["uid"] for place in places]}
    if not places:
        return Change(done)
    completed = {"status": "completed"}
    return Change(
        done,
        [replace(f"/todos/{place}", _changed(todos[place], completed, context)) for place in places],
        touches=tuple(f"todo:{uid}" for uid in done["uids"]),
        # What needs confirmation or the PIN for one todo needs it for many.
        risks=("update_todo",),
        undo=Undo("put_todos", {"todos": [todos[place] for place in places]}),
        resolved=Resolved("complete_todos", done),
    )


def _remove_many(document: Document, payload: ManyTodos, context: Context) -> Change | Refusal:
    """Remove those that are on the list: the others are gone already."""
    wanted, todos = set(payload.uids), document["todos"]
    places = [place for place, todo in enumerate(todos) if todo["uid"] in wanted]
    if not places:
        return _UNKNOWN
    change = _without(document, places, {"uids": [todos[place]["uid"] for place in places]})
    completed = {place for place, todo in enumerate(todos) if todo.get("status") == "completed"}
    # One todo is removed as it is by `remove_todo`.
    clears = len(places) > 1 and bool(completed) and completed <= set(places)
    return msgspec.structs.replace(change, risks=("remove_todo", *(("clear_completed_todos",) if clears else ())))


def _remove(document: Document, payload: RemoveTodo, context: Context) -> Change | Refusal:
    index = _place(document, payload.uid)
    if isinstance(index, Refusal):
        return index
    return _without(document, [index], {"uid": payload.uid})


def _move(document: Document, payload: MoveTodo, context: Context) -> Change | Refusal:
    done = {"uid": payload.uid, "previous_uid": payload.previous_uid}
    index = _place(document, payload.uid)
    previous = -1 if payload.previous_uid is None else _place(document, payload.previous_uid)
    for place in (index, previous):
        if isinstance(place, Refusal):
            return place
    assert isinstance(index, int)  # noqa: S101 - for the type checker: the loop above returned otherwise
    assert isinstance(previous, int)  # noqa: S101
    target = previous + 1 if previous < index else previous
    if payload.uid == payload.previous_uid or target == index:
        return Change(done)
    todos = document["todos"]
    return Change(
        done,
        [remove(f"/todos/{index}"), add(f"/todos/{target}", todos[index])],
        touches=(f"todo:{payload.uid}",),
        undo=Undo("move_todo", {"uid": payload.uid, "previous_uid": todos[index - 1]["uid"] if index else None}),
    )


def _clear_completed(document: Document, payload: ClearCompletedTodos, context: Context) -> Change:
    places = [place for place, todo in enumerate(document["todos"]) if todo.get("status") == "completed"]
    done = {"uids": [document["todos"][place]["uid"] for place in places]}
    if not places:
        return Change(done)
    return msgspec.structs.replace(_without(document, places, done), risks=("clear_completed_todos",))


def _without(document: Document, places: list[int], done: dict[str, Any]) -> Change:
    """Remove todos; they can be put back where they were."""
    todos = [document["todos"][place] for place in places]
    return Change(
        done,
        # From the end, so that no removal moves what is still to be removed.
        [remove(f"/todos/{place}") for place in reversed(places)],
        touches=tuple(f"todo:{todo['uid']}" for todo in todos),
        undo=Undo("put_todos", {"todos": todos, "places": places}),
        resolved=Resolved("remove_todos", {"uids": [todo["uid"] for todo in todos]}),
    )


def _put(document: Document, payload: PutTodos, context: Context) -> Change | Refusal:
    """Put todos back: where they were, or over what they became."""
    patch: list[PatchOperation] = []
    replaced: list[dict[str, Any]] = []
    count = len(document["todos"])
    for number, todo in enumerate(payload.todos):
        value = msgspec.to_builtins(todo)
        place = _place(document, todo.uid)
        if isinstance(place, Refusal):
            if number >= len(payload.places):
                return place
            patch.append(add(f"/todos/{min(payload.places[number], count)}", value))
            count += 1
        else:
            replaced.append(document["todos"][place])
            patch.append(replace(f"/todos/{place}", value))
    if count > MAX_TODOS:
        return _FULL
    uids = [todo.uid for todo in payload.todos]
    undo = Undo("put_todos", {"todos": replaced}) if replaced else Undo("take_todos", {"uids": uids})
    return Change({"uids": uids}, patch, touches=tuple(f"todo:{uid}" for uid in uids), undo=undo)


def _take(document: Document, payload: TakeTodos, context: Context) -> Change:
    places = [place for place, todo in enumerate(document["todos"]) if todo["uid"] in payload.uids]
    return _without(document, places, {"uids": payload.uids})


def about(document: Document, change: Change) -> list[dict[str, Any]]:
    """The todos that a change touches, as far as a person knows them: as they are, or as they would come."""
    uids = {place.removeprefix("todo:") for place in change.touches if place.startswith("todo:")}
    todos = [todo for todo in document["todos"] if todo["uid"] in uids] if uids else []
    uids -= {todo["uid"] for todo in todos}
    added = (one.value for one in change.patch if one.op == "add" and one.path.startswith("/todos/"))
    todos += [todo for todo in added if todo["uid"] in uids]
    return [{name: todo[name] for name in ("uid", "summary", "status") if name in todo} for todo in todos]


def lasting(document: Document, answers: Iterable[Event]) -> list[str]:
    """The todos whose text may have come with these answers, and that are still on the list."""
    written = {uid for answer in answers if answer.action != "move_todo" for uid in _uids(answer.payload)}
    return [todo["summary"] for todo in document["todos"] if todo["uid"] in written]


def _uids(payload: dict[str, Any]) -> Iterator[str]:
    many = payload.get("uids")
    named = [payload.get("uid"), *(many if isinstance(many, list) else [])]
    return (uid for uid in named if isinstance(uid, str))


ACTIONS = (
    Action("add_todo", AddTodo, _add),
    Action("update_todo", UpdateTodo, _update),
    Action("remove_todo", RemoveTodo, _remove),
    Action("remove_todos", ManyTodos, _remove_many),
    Action("complete_todos", ManyTodos, _complete_many),
    Action("move_todo", MoveTodo, _move),
    Action("clear_completed_todos", ClearCompletedTodos, _clear_completed),
)

INNER = (Action("put_todos", PutTodos, _put), Action("take_todos", TakeTodos, _take))
"""What only an undo asks for."""
