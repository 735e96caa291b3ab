"""The todo list. Its order is the order of the array."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from mira_sidecar.core.decision import Action, Change, Context, Refusal
from mira_sidecar.core.state import Document, add, remove, replace
from mira_sidecar.protocol import PatchOperation, TodoItem, instant

MAX_TODOS = 1_000
"""Nobody reads more on a mirror, and the state document stays under a megabyte in daily use."""

Uid = Annotated[str, Meta(min_length=1, max_length=64)]
Summary = Annotated[str, Meta(min_length=1, max_length=255)]
Description = Annotated[str, Meta(max_length=4_096)]
Due = Annotated[str, Meta(max_length=40)]
type Status = Literal["needs_action", "completed"]
_DUE = re.compile(
    r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?",
    re.ASCII,
)
"""What every client can read: ISO 8601 knows more (weeks, no dashes), which a browser does not."""


def _check(summary: str | UnsetType, due: str | UnsetType | None) -> None:
    """Raise ValueError where the types fit and the values do not."""
    if isinstance(summary, str) and not summary.strip():
        raise ValueError("`summary` is empty")
    if not isinstance(due, str):
        return
    if _DUE.fullmatch(due):
        try:
            datetime.fromisoformat(due)
        except ValueError:
            pass
        else:
            return
    raise ValueError("`due` takes a date (2026-11-20) or a time with its offset (2026-11-20T18:00:00+01:00)")


class AddTodo(msgspec.Struct, frozen=True):
    """Payload of `add_todo`."""

    summary: Summary
    uid: Uid | None = None
    status: Status = "needs_action"
    due: Due | None = None
    description: Description | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a blank summary or a `due` that is no time."""
        _check(self.summary, self.due)


class UpdateTodo(msgspec.Struct, frozen=True):
    """Payload of `update_todo`: what is absent stays, `null` clears."""

    uid: Uid
    summary: Summary | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    due: Due | UnsetType | None = UNSET
    description: Description | UnsetType | None = UNSET

    def __post_init__(self) -> None:
        """Raise ValueError for a blank summary or a `due` that is no time."""
        _check(self.summary, self.due)


class RemoveTodo(msgspec.Struct, frozen=True):
    """Payload of `remove_todo`."""

    uid: Uid


class MoveTodo(msgspec.Struct, frozen=True):
    """Payload of `move_todo`."""

    uid: Uid
    previous_uid: Uid | None
    """The todo to stand behind; null for the top."""


class ClearCompletedTodos(msgspec.Struct, frozen=True):
    """Payload of `clear_completed_todos`: nothing."""


def _place(document: Document, uid: str) -> int | Refusal:
    for index, todo in enumerate(document["todos"]):
        if todo["uid"] == uid:
            return index
    return Refusal("unknown_todo", "todos", "There is no such todo on the list; it may have been removed.")


def _add(document: Document, payload: AddTodo, context: Context) -> Change | Refusal:
    uid = payload.uid or context.command.id
    if not isinstance(_place(document, uid), Refusal):
        return Refusal("todo_exists", "todos", "A todo with this uid is on the list already.")
    if len(document["todos"]) >= MAX_TODOS:
        return Refusal("too_many_todos", "todos", f"The list is full: it holds {MAX_TODOS} todos.")
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
    return Change(todo, [add("/todos/-", todo)])


def _update(document: Document, payload: UpdateTodo, context: Context) -> Change | Refusal:
    index = _place(document, payload.uid)
    if isinstance(index, Refusal):
        return index
    before = document["todos"][index]
    changes: dict[str, Any] = msgspec.to_builtins(payload)
    if "summary" in changes:
        changes["summary"] = changes["summary"].strip()
    after = {**before, **changes}
    if after.get("status") != "completed":
        after["completed"] = None
    elif before.get("status") != "completed":
        after["completed"] = instant(context.captured_ms)
    # Through the struct: what is empty or default is left out, as in every other todo.
    todo = msgspec.to_builtins(msgspec.convert(after, TodoItem))
    return Change(changes, [replace(f"/todos/{index}", todo)] if todo != before else [])


def _remove(document: Document, payload: RemoveTodo, context: Context) -> Change | Refusal:
    index = _place(document, payload.uid)
    if isinstance(index, Refusal):
        return index
    return Change({"uid": payload.uid}, [remove(f"/todos/{index}")])


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
    return Change(done, [remove(f"/todos/{index}"), add(f"/todos/{target}", document["todos"][index])])


def _clear_completed(document: Document, payload: ClearCompletedTodos, context: Context) -> Change:
    completed = [(i, t["uid"]) for i, t in enumerate(document["todos"]) if t.get("status") == "completed"]
    # From the end, so that no removal moves what is still to be removed.
    patch: list[PatchOperation] = [remove(f"/todos/{index}") for index, _ in reversed(completed)]
    return Change({"uids": [uid for _, uid in completed]}, patch)


ACTIONS = (
    Action("add_todo", AddTodo, _add),
    Action("update_todo", UpdateTodo, _update),
    Action("remove_todo", RemoveTodo, _remove),
    Action("move_todo", MoveTodo, _move),
    Action("clear_completed_todos", ClearCompletedTodos, _clear_completed),
)
