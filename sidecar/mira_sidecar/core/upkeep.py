"""What the mirror asks of itself, whatever its subjects.

For a time that is over, a question that lost its ground, or its owner; and after a mishap, such as a clock that jumped
or a disk that took too long.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from mira_sidecar.core import questions
from mira_sidecar.core.decision import Action, Change, Context, Mirror, Refusal, Rules
from mira_sidecar.core.state import Document, member, replace, steps_of
from mira_sidecar.core.subject import Deed, Opening, Reference, Steps, Subject
from mira_sidecar.core.summary import Line, shown
from mira_sidecar.protocol import Command, CommandId, Event, PatchOperation, instant, milliseconds

LATE_MS = 5_000
"""Milliseconds from its decision in which a command that opens something is acted on, where its own life is not known
any more: as long as commands live whose senders do not say."""
_TIMES: tuple[Steps, ...] = (
    ("pending", "asked_at"),
    ("pending", "deadline"),
    ("last_changes", "*", "captured_at"),
)
_TRACES: Mapping[Steps, Any] = {("pending",): None, ("last_changes",): {}, ("undoable",): []}


class AboutQuestion(msgspec.Struct, frozen=True):
    """Payload of `time_out`: a question whose time is over; and of `withdraw`: one that has lost its ground."""

    command_id: CommandId


class ForgetTraces(msgspec.Struct, frozen=True):
    """Payload of `forget_traces`: nothing."""


class ShiftTimes(msgspec.Struct, frozen=True):
    """Payload of `shift_times`: how far the clock was put forward, or back where that is negative."""

    by_ms: int


class Revoke(msgspec.Struct, frozen=True):
    """Payload of `revoke`: what a command opened, and that its decision was stored too late."""

    command_id: str
    opened: str


class SetParts(msgspec.Struct, frozen=True):
    """Payload of `set_parts`: the subjects with a slice of the state that are switched on."""

    on: list[str]


def subject(subjects: Sequence[Subject], off: Sequence[Subject]) -> Subject:
    """The mirror's own subject, beside these others; `off`: those whose traces and times the state may still have."""
    traces = {**_TRACES, **{steps: value for one in (*subjects, *off) for steps, value in one.traces.items()}}
    times = (*_TIMES, *(steps for one in (*subjects, *off) for steps in one.times))
    openings = {what: opening for one in subjects for what, opening in one.openings.items()}
    parts = {one.name: one.part for one in subjects if one.part is not None}
    return Subject(
        name="mirror",
        below=True,
        actions=(
            Action("time_out", AboutQuestion, _time_out, own=True),
            Action("withdraw", AboutQuestion, _withdraw, own=True),
            Action("forget_traces", ForgetTraces, partial(_forget_traces, traces), own=True),
            Action("shift_times", ShiftTimes, partial(_shift_times, times), own=True),
            Action("revoke", Revoke, partial(_revoke, openings), own=True),
            Action("set_parts", SetParts, partial(_set_parts, parts), own=True),
        ),
        due=_due,
        summary=_summary,
        references=(
            Reference(name="command_id", how="ends", back="was not answered in time, so ended by", action="time_out"),
            Reference(name="command_id", how="withdraws", back="no longer stood, so withdrawn by", action="withdraw"),
        ),
        traits=frozenset({"asked", "outcome", "deadline", "erased"}),
    )


def _time_out(document: Document, payload: AboutQuestion, context: Context) -> Change:
    pending = document["pending"]
    if pending is None or pending["command_id"] != payload.command_id:
        return Change({"command_id": payload.command_id})
    return Change({"command_id": payload.command_id}, [replace("/pending", None)])


def _withdraw(document: Document, payload: AboutQuestion, context: Context) -> Change:
    done = {"command_id": payload.command_id}
    pending = document["pending"]
    if pending is None or pending["command_id"] != payload.command_id:
        return Change(done)
    outcome = questions.confirmed(document, pending, context)
    if not isinstance(outcome, Refusal):
        return Change(done)
    return Change({**done, "asked": pending["action"], "reason": outcome.reason}, [replace("/pending", None)])


def _due(document: Document, now_ms: int, mirror: Mirror) -> Iterator[Deed]:
    if (pending := document["pending"]) is not None:
        meant = {"command_id": pending["command_id"]}
        if questions.is_over(pending, now_ms):
            yield "time_out", meant
        elif isinstance(questions.confirmed(document, pending, _own(meant, now_ms, mirror)), Refusal):
            yield "withdraw", meant


def _summary(document: Document) -> Iterator[Line]:
    if asked := document["pending"]:
        what = f"{asked['action']} {shown(asked['payload'])} by {asked['source']}"
        yield Line("question", f"{what} waits until {asked['deadline']} ({asked['command_id']})")
    for entry in reversed(document["undoable"]):
        how = f"{entry['action']} {shown(entry['payload'])}"
        yield Line("undo", f"{how}, for {entry['command_id']} by {entry['source']}")


def _own(payload: dict[str, Any], now_ms: int, mirror: Mirror) -> Context:
    """That of a command by which the mirror would withdraw a question."""
    command = Command(id="withdrawal", ts=instant(now_ms), source="system", action="withdraw", payload=payload)
    return Context(command, now_ms, now_ms, now_ms, None, Rules(), mirror)


def _forget_traces(traces: Mapping[Steps, Any], document: Document, payload: ForgetTraces, context: Context) -> Change:
    patch = [
        replace(path, value)
        for steps, value in traces.items()
        for path, known in _found(document, steps)
        if known != value
    ]
    return Change({}, patch)


def _shift_times(times: Sequence[Steps], document: Document, payload: ShiftTimes, context: Context) -> Change:
    """Have each time come when it would have come by the clock of before."""
    patch = [
        replace(path, instant(milliseconds(time) + payload.by_ms))
        for steps in times
        for path, time in _found(document, steps)
        if time is not None
    ]
    return Change({"by_ms": payload.by_ms}, patch)


def _found(node: Any, steps: Steps, path: str = "") -> Iterator[tuple[str, Any]]:
    """What is in the state at the end of these steps, with the path to it; nothing where they lead nowhere."""
    if not steps:
        yield path, node
        return
    if isinstance(node, list):
        members = {str(place): one for place, one in enumerate(node)}
    else:
        members = node if isinstance(node, dict) else {}
    for name in members if steps[0] == "*" else (steps[0],):
        if name in members:
            yield from _found(members[name], steps[1:], member(path, name))


def _revoke(openings: Mapping[str, Opening], document: Document, payload: Revoke, context: Context) -> Change:
    done, opening = msgspec.to_builtins(payload), openings.get(payload.opened)
    return Change(done, [replace(opening.path, opening.closed)] if opening and _is_open(document, opening) else [])


def _is_open(document: Document, opening: Opening) -> bool:
    _, *steps = steps_of(opening.path)
    # Where its subject has no slice any more, nothing is found.
    return any(value != opening.closed for _, value in _found(document, tuple(steps)))


def opened(openings: Mapping[str, Opening], events: Iterable[Event]) -> Iterator[tuple[str, Event]]:
    """What was opened in a part of the log, each with the patch that opened it."""
    for event in events:
        if event.type == "state_patch":
            for operation in msgspec.convert(event.payload["patch"], list[PatchOperation]):
                for what, opening in openings.items():
                    if operation.path == opening.path and operation.value != opening.closed:
                        yield what, event


def _set_parts(
    parts: Mapping[str, Mapping[str, Any]], document: Document, payload: SetParts, context: Context
) -> Change:
    """Give those subjects their slices of the state, and take those of all others away."""
    known = document["parts"]
    after = {
        name: known[name] if name in known else dict(parts[name])
        for name in payload.on
        if name in known or name in parts
    }
    return Change({"on": payload.on}, [replace("/parts", after)] if after != known else [])
