"""A question of somebody's own, and its answer by name."""

from typing import Annotated

import msgspec
from msgspec import Meta

from mira_sidecar.core.decision import Action, Change, Context, Refusal
from mira_sidecar.core.questions import NOTHING_PENDING, answer, answerable, waiting
from mira_sidecar.core.state import Document
from mira_sidecar.protocol import CommandId


class Ask(msgspec.Struct, frozen=True):
    """Payload of `ask`: a question of somebody's own, how long it may be answered, and by whom."""

    text: Annotated[str, Meta(min_length=1, max_length=200)]
    duration_ms: Annotated[int, Meta(ge=1_000, le=300_000)] = 30_000
    consent: bool = False
    """Whether a yes counts only from somebody at the mirror, other than who asks."""


class Confirm(msgspec.Struct, frozen=True):
    """Payload of `confirm` and `cancel`: the question that is meant, where the sender knows it."""

    command_id: CommandId | None = None


def _ask(document: Document, payload: Ask, context: Context) -> Change:
    """What a yes leads to: nothing but that it was said. Whoever asked hears of it from the log."""
    return Change({"text": payload.text}, asks_ms=payload.duration_ms, consent=payload.consent)


def _meant(document: Document, payload: Confirm, context: Context) -> bool:
    """Whether the question that waits is the one that the sender knows of, or can know of."""
    if payload.command_id is None:
        return answerable(document, context) is not None
    pending = waiting(document, context)
    return pending is not None and payload.command_id == pending["command_id"]


def _confirm(document: Document, payload: Confirm, context: Context) -> Change | Refusal:
    return answer(document, context, yes=True) if _meant(document, payload, context) else NOTHING_PENDING


def _cancel(document: Document, payload: Confirm, context: Context) -> Change | Refusal:
    return answer(document, context, yes=False) if _meant(document, payload, context) else NOTHING_PENDING


ACTIONS = (
    Action("ask", Ask, _ask),
    Action("confirm", Confirm, _confirm),
    Action("cancel", Confirm, _cancel),
)
