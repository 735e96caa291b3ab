"""The decision: one command in, its events and the next state out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from mira_sidecar.core.actions import ACTIONS
from mira_sidecar.core.decision import Change, Context, Refusal, Rules
from mira_sidecar.core.policies import POLICIES
from mira_sidecar.core.reading import Misfit, plain
from mira_sidecar.core.state import Document, apply
from mira_sidecar.protocol import Command, Event, PatchOperation, instant, milliseconds


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the log, and the document there."""

    seq: int
    rev: int
    document: Document


def decide(document: Document, context: Context) -> Change | Refusal:
    """What a command does, or why it does nothing."""
    command = context.command
    action = ACTIONS.get(command.action)
    if action is None:
        return Refusal("unknown_action", "validation", "Mira knows no action of this name.")
    try:
        payload = msgspec.convert(command.payload, action.payload)
    except (msgspec.ValidationError, RecursionError) as error:
        return Refusal(
            "bad_payload", "validation", f"{command.action} cannot take this: {plain(error, action.payload)}."
        )
    for policy in POLICIES:
        refusal = policy(document, context)
        if refusal is not None:
            return refusal
    return action.perform(document, payload, context)


def settle(
    position: Position,
    request: Command | Misfit,
    *,
    arrived_ms: int,
    now_ms: int,
    rules: Rules,
    new_id: Callable[[], str],
) -> tuple[Position, list[Event]]:
    """Decide one request and write down what follows: its answer, and the patch where something changed."""
    # The id of a stream entry is its arrival, and whoever adds it may choose it.
    arrived_ms = min(arrived_ms, now_ms)
    if isinstance(request, Misfit):
        command, captured_ms = request.command, arrived_ms
        outcome: Change | Refusal = request.refusal
    else:
        command, captured_ms = request, min(milliseconds(request.ts), arrived_ms)
        outcome = decide(position.document, Context(command, now_ms, captured_ms, rules))
    seq = position.seq + 1
    facts: dict[str, Any] = {
        "ts": instant(now_ms),
        "command_id": command.id,
        "source": command.source,
        "action": command.action,
    }
    answer: dict[str, Any] = {
        **facts,
        "captured_at": instant(captured_ms),
        "confidence": command.confidence,
        "origin": command.origin,
    }
    if isinstance(outcome, Refusal):
        rejected = Event(
            seq=seq,
            id=new_id(),
            type="rejected",
            reason=outcome.reason,
            policy=outcome.policy,
            message=outcome.message,
            **answer,
        )
        return Position(seq, position.rev, position.document), [rejected]
    events = [Event(seq=seq, id=new_id(), type="accepted", payload=outcome.payload, **answer)]
    if not outcome.patch:
        return Position(seq, position.rev, position.document), events
    rev = position.rev + 1
    patch = msgspec.to_builtins(outcome.patch)
    events.append(Event(seq=seq + 1, id=new_id(), type="state_patch", payload={"patch": patch}, rev=rev, **facts))
    return Position(seq + 1, rev, apply(position.document, outcome.patch)), events


def fold(position: Position, event: Event) -> Position:
    """The position after a stored event. Raises ValueError at a gap, LookupError where a patch does not fit."""
    if event.seq != position.seq + 1:
        raise ValueError(f"The log has a gap: event {event.seq} follows {position.seq}.")
    if event.type != "state_patch" or event.rev is None:
        return Position(event.seq, position.rev, position.document)
    if event.rev != position.rev + 1:
        raise ValueError(f"The log has a gap: revision {event.rev} follows {position.rev}.")
    patch = msgspec.convert(event.payload["patch"], list[PatchOperation])
    return Position(event.seq, event.rev, apply(position.document, patch))
