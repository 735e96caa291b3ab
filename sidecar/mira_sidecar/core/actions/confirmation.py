"""Asking back: a risky command waits for a yes, a no, or the end of its time. One question at a time."""

import dataclasses
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mira_sidecar.core.decision import Action, Change, Context, Refusal
from mira_sidecar.core.state import Document, replace
from mira_sidecar.protocol import Pending, instant, milliseconds

NOTHING_PENDING = Refusal("nothing_pending", "confirmation", "No question is waiting for an answer.")


class Ask(msgspec.Struct, frozen=True):
    """Payload of `ask`: a question of somebody's own, and how long it may be answered."""

    text: Annotated[str, Meta(min_length=1, max_length=200)]
    duration_ms: Annotated[int, Meta(ge=1_000, le=300_000)] = 30_000


class Confirm(msgspec.Struct, frozen=True):
    """Payload of `confirm` and `cancel`: the question that is meant, where the sender knows it."""

    command_id: str | None = None


def ask(context: Context, change: Change) -> Change:
    """The question instead of the change."""
    pending = msgspec.to_builtins(
        Pending(
            command_id=context.command.id,
            source=context.command.source,
            action=context.command.action,
            payload=context.command.payload,
            risks=list(change.risks),
            asked_at=instant(context.now_ms),
            deadline=instant(context.now_ms + (change.asks_ms or context.rules.confirm_ms)),
        )
    )
    done = {**change.payload, "outcome": "pending", "deadline": pending["deadline"]}
    return Change(done, [replace("/pending", pending)])


def waiting(document: Document, context: Context) -> dict[str, Any] | None:
    """The question that waits; one whose time is over waits no more, even before it is put away."""
    pending: dict[str, Any] | None = document["pending"]
    return pending if pending is not None and context.now_ms < milliseconds(pending["deadline"]) else None


def answer(document: Document, context: Context, *, yes: bool) -> Change | Refusal:
    """Carry out what waits, or forget it."""
    pending = waiting(document, context)
    if pending is None:
        return NOTHING_PENDING
    answered = {"confirmed" if yes else "cancelled": pending["command_id"], "asked": pending["action"]}
    over = replace("/pending", None)
    if not yes:
        return Change(answered, [over], answers=True)
    # As if nothing were asked any more: what waits may itself be a thumb up, which then answers nothing.
    asked = {**document, "pending": None}
    outcome = context.perform(asked, pending["action"], pending["payload"], context)
    if isinstance(outcome, Refusal):
        # It has become impossible meanwhile; the question is answered all the same.
        return dataclasses.replace(outcome, patch=[*outcome.patch, over])
    done = {**answered, **outcome.payload}
    return dataclasses.replace(outcome, payload=done, patch=[over, *outcome.patch], answers=True)


def _ask(document: Document, payload: Ask, context: Context) -> Change:
    """What a yes leads to: nothing but that it was said. Whoever asked hears of it from the log."""
    return Change({"text": payload.text}, asks_ms=payload.duration_ms)


def _meant(document: Document, payload: Confirm, context: Context) -> bool:
    """Whether the question that waits is the one that the sender knows of."""
    pending = waiting(document, context)
    return pending is not None and payload.command_id in (None, pending["command_id"])


def _confirm(document: Document, payload: Confirm, context: Context) -> Change | Refusal:
    return answer(document, context, yes=True) if _meant(document, payload, context) else NOTHING_PENDING


def _cancel(document: Document, payload: Confirm, context: Context) -> Change | Refusal:
    return answer(document, context, yes=False) if _meant(document, payload, context) else NOTHING_PENDING


ACTIONS = (
    Action("ask", Ask, _ask),
    Action("confirm", Confirm, _confirm),
    Action("cancel", Confirm, _cancel),
)
