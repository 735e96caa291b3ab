"""The decision: one command in, its events and the next state out."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from mira_sidecar.core.decision import Change, Context, Refusal, Rules
from mira_sidecar.core.policies import asks_back, closes
from mira_sidecar.core.questions import ask
from mira_sidecar.core.reading import Misfit
from mira_sidecar.core.registry import UNKNOWN_ACTION, Registry, performed, read
from mira_sidecar.core.state import Document, add, apply
from mira_sidecar.core.traffic import RATE_LIMITED
from mira_sidecar.core.undoing import remembered
from mira_sidecar.protocol import Command, Event, PatchOperation, Sender, instant, milliseconds
from mira_sidecar.reasons import sentence


class Position(msgspec.Struct, frozen=True):
    """A place in the log, and the document there."""

    seq: int
    rev: int
    document: Document


class Decision(msgspec.Struct, frozen=True):
    """What becomes of a command, and who looked at it."""

    outcome: Change | Refusal
    looked: Sequence[str]
    """The policies in the order in which they were asked; the last one refused, where one did."""
    payload: dict[str, Any]
    """What was asked for, where it may stand in the log although it was refused."""


def decide(registry: Registry, document: Document, context: Context) -> Decision:
    """What a command does, or why it does nothing."""
    command, looked = context.command, registry.looked
    action = registry.actions.get(command.action)
    if action is None:
        return Decision(UNKNOWN_ACTION, looked[:1], {})
    payload = read(action, command.payload)
    if isinstance(payload, Refusal):
        return Decision(payload, looked[:1], {})
    outcome = performed(action, document, payload, context)
    if (check := registry.checks.get(command.action)) and (refusal := check(document, context, outcome)):
        outcome = refusal
    for number, policy in enumerate(registry.policies, 2):
        refusal = policy(document, context, outcome)
        if refusal is not None:
            asked_for = {} if refusal.unheard else _known(payload, command.payload)
            return Decision(refusal, looked[:number], asked_for)
    if isinstance(outcome, Refusal):
        asked_for = {} if outcome.unheard else _known(payload, command.payload)
        return Decision(outcome, [*looked, *outcome.looked, outcome.policy], asked_for)
    if asks_back(context, outcome):
        asked = ask(document, context, outcome, _known(payload, command.payload))
        return Decision(asked, [*looked, *outcome.looked, "confirmation"], {})
    return Decision(remember(registry, document, context, outcome), [*looked, *outcome.looked], {})


def _known(payload: msgspec.Struct, raw: dict[str, Any]) -> dict[str, Any]:
    """What of a raw payload the action knows, at any depth: nothing else enters the log or the state."""
    return {name: value for name, value in msgspec.to_builtins(payload).items() if name in raw}


def remember(registry: Registry, document: Document, context: Context, change: Change) -> Change:
    """The change, and what it leaves behind for later commands: who made it, and how it is taken back."""
    command = context.command
    # A LastChange, written down at once: this is done for each change.
    last = {"command_id": command.id, "source": command.source, "captured_at": instant(context.captured_ms)}
    notes = [add(f"/last_changes/{place}", last) for place in change.touches if registry.is_place(place)]
    notes += remembered(document, context, change)
    return msgspec.structs.replace(change, patch=[*change.patch, *notes]) if notes else change


def settle(
    registry: Registry,
    position: Position,
    request: Command | Misfit,
    *,
    sender: Sender | None,
    arrived_ms: int,
    now_ms: int,
    rules: Rules,
    new_id: Callable[[], str],
    admitted: bool = True,
) -> tuple[Position, list[Event]]:
    """Decide one request and write down what follows: its answer, and the patch where something changed.

    `admitted`: whether its sender is within its rates.
    """
    # The id of a stream entry is its arrival, and whoever adds it may choose it.
    arrived_ms = min(arrived_ms, now_ms)
    if isinstance(request, Misfit):
        command, captured_ms = request.command, arrived_ms
        refusal = request.refusal if admitted else RATE_LIMITED
        decision = Decision(refusal, [refusal.policy], {})
    else:
        command, captured_ms = request, min(milliseconds(request.ts), arrived_ms)
        context = Context(command, now_ms, captured_ms, arrived_ms, sender, rules, registry)
        if admitted or _closes_something(registry, position.document, context):
            decision = decide(registry, position.document, context)
        else:
            decision = Decision(RATE_LIMITED, ["rate"], {})
    return _written(
        registry, position, command, decision, sender=sender, now_ms=now_ms, captured_ms=captured_ms, new_id=new_id
    )


def _closes_something(registry: Registry, document: Document, context: Context) -> bool:
    """Whether an open camera or microphone is closed by it: no flood may keep that out."""
    if context.command.action not in registry.closing:
        return False
    outcome = registry.perform(document, context.command.action, context.command.payload, context)
    return closes(outcome) and bool(outcome.patch)


def _written(
    registry: Registry,
    position: Position,
    command: Command,
    decision: Decision,
    *,
    sender: Sender | None,
    now_ms: int,
    captured_ms: int,
    new_id: Callable[[], str],
) -> tuple[Position, list[Event]]:
    """The events of a decision, and the position after them."""
    outcome = decision.outcome
    refusal = outcome if isinstance(outcome, Refusal) else None
    ts = instant(now_ms)
    answer = Event(
        seq=position.seq + 1,
        id=new_id(),
        ts=ts,
        command_id=command.id,
        type="rejected" if refusal else "accepted",
        source=command.source,
        action=command.action,
        sender=sender,
        payload=decision.payload if refusal else outcome.payload,  # type: ignore[union-attr]
        captured_at=ts if captured_ms == now_ms else instant(captured_ms),
        confidence=command.confidence,
        origin=command.origin,
        reason=refusal.reason if refusal else None,
        policy=refusal.policy if refusal else None,
        message=sentence(refusal.reason, refusal.values, registry.words) if refusal else None,
        looked=list(decision.looked),
        values=refusal.values if refusal else {},
    )
    if not outcome.patch:
        return Position(answer.seq, position.rev, position.document), [answer]
    patch = Event(
        seq=answer.seq + 1,
        # Beside its answer, also in the order of the ids.
        id=f"{answer.id}-patch",
        ts=ts,
        command_id=command.id,
        type="state_patch",
        source=command.source,
        action=command.action,
        sender=sender,
        payload={"patch": msgspec.to_builtins(outcome.patch)},
        rev=position.rev + 1,
    )
    return Position(patch.seq, position.rev + 1, apply(position.document, outcome.patch)), [answer, patch]


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
