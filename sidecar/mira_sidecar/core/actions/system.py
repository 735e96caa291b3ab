"""What the mirror asks of itself: for a setting, a time that is over, a question that lost its ground, or its owner."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mira_sidecar.core.actions import confirmation
from mira_sidecar.core.actions.display import PageName, turn_to
from mira_sidecar.core.decision import Action, Change, Context, InvalidValueError, Performer, Refusal, Rules
from mira_sidecar.core.state import Document, replace
from mira_sidecar.protocol import Command, CommandId, instant, milliseconds

NOT_ALLOWED = Refusal("not_allowed", "access")


_WITHOUT: dict[str, Any] = {
    "message": None,
    "gesture": None,
    "gestures_seen": {},
    "utterance": None,
    "pending": None,
    "last_changes": {},
    "undoable": [],
}
"""What remembers commands, in a state that remembers none."""


class SetPages(msgspec.Struct, frozen=True):
    """Payload of `set_pages`: the pages that the settings name, in order."""

    pages: Annotated[list[PageName], Meta(min_length=1, max_length=16)]

    def __post_init__(self) -> None:
        """Raise InvalidValueError where a page is named twice."""
        if len(set(self.pages)) < len(self.pages):
            raise InvalidValueError("repeated", "pages")


class TimeOut(msgspec.Struct, frozen=True):
    """Payload of `time_out`: the question whose time is over."""

    command_id: CommandId


class Withdraw(msgspec.Struct, frozen=True):
    """Payload of `withdraw`: the question whose answer would do something else by now than was asked."""

    command_id: CommandId


class ForgetTraces(msgspec.Struct, frozen=True):
    """Payload of `forget_traces`: nothing."""


def _set_pages(document: Document, payload: SetPages, context: Context) -> Change | Refusal:
    if context.command.source != "system":
        return NOT_ALLOWED
    page = document["page"] if document["page"] in payload.pages else payload.pages[0]
    changed = [replace("/pages", payload.pages)] if payload.pages != document["pages"] else []
    return Change({"pages": payload.pages}, [*changed, *turn_to(document, page).patch], touches=("page",))


def _time_out(document: Document, payload: TimeOut, context: Context) -> Change | Refusal:
    if context.command.source != "system":
        return NOT_ALLOWED
    pending = document["pending"]
    if pending is None or pending["command_id"] != payload.command_id:
        return Change({"command_id": payload.command_id})
    return Change({"command_id": payload.command_id}, [replace("/pending", None)])


def _withdraw(document: Document, payload: Withdraw, context: Context) -> Change | Refusal:
    if context.command.source != "system":
        return NOT_ALLOWED
    done = {"command_id": payload.command_id}
    pending = document["pending"]
    if pending is None or pending["command_id"] != payload.command_id:
        return Change(done)
    outcome = confirmation.confirmed(document, pending, context)
    if not isinstance(outcome, Refusal):
        return Change(done)
    return Change({**done, "asked": pending["action"], "reason": outcome.reason}, [replace("/pending", None)])


def _forget_traces(document: Document, payload: ForgetTraces, context: Context) -> Change | Refusal:
    if context.command.source != "system":
        return NOT_ALLOWED
    return Change({}, [replace(f"/{name}", value) for name, value in _WITHOUT.items() if document[name] != value])


def overdue(document: Document, now_ms: int, perform: Performer) -> list[tuple[str, dict[str, Any]]]:
    """The actions, with their payloads, that are due because a time is over or a question no longer stands."""
    due: list[tuple[str, dict[str, Any]]] = []
    if (pending := document["pending"]) is not None:
        meant = {"command_id": pending["command_id"]}
        if confirmation.is_over(pending, now_ms):
            due.append(("time_out", meant))
        elif isinstance(confirmation.confirmed(document, pending, _own(meant, now_ms, perform)), Refusal):
            due.append(("withdraw", meant))
    if (until := document["access"]["unlocked_until"]) is not None and now_ms >= milliseconds(until):
        due.append(("lock", {}))
    if (teaching := document["teaching"]) is not None and now_ms >= milliseconds(teaching["until"]):
        due.append(("take_sample", {"name": teaching["name"]}))
    return due


def _own(payload: dict[str, Any], now_ms: int, perform: Performer) -> Context:
    """That of a command by which the mirror would withdraw a question."""
    command = Command(id="withdrawal", ts=instant(now_ms), source="system", action="withdraw", payload=payload)
    return Context(command, now_ms, now_ms, now_ms, None, Rules(), perform)


ACTIONS = (
    Action("set_pages", SetPages, _set_pages),
    Action("time_out", TimeOut, _time_out),
    Action("withdraw", Withdraw, _withdraw),
    Action("forget_traces", ForgetTraces, _forget_traces),
)
