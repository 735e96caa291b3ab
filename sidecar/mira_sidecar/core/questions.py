"""Confirmation: a risky command waits for a yes, a no, or the end of its time. One question at a time.

What waits is the very command that a yes carries out. Where it would do something else by then, the question is
withdrawn.
"""

from typing import Any

import msgspec

from mira_sidecar.core.decision import Change, Context, Refusal, Resolved
from mira_sidecar.core.state import Document, replace
from mira_sidecar.protocol import Event, Pending, instant, milliseconds

NOTHING_PENDING = Refusal("nothing_pending", "confirmation")
CONSENT_NEEDED = Refusal("consent_needed", "confirmation")
_DONE_ALREADY = Refusal("already_done", "confirmation")
_CHANGED_SINCE = Refusal("changed_since", "confirmation")
_AT_THE_MIRROR = ("touch", "voice", "gesture")


def ask(document: Document, context: Context, change: Change, payload: dict[str, Any]) -> Change:
    """The question instead of the change; `payload` is what was asked for."""
    command = context.command
    action, payload = change.resolved or Resolved(command.action, payload)
    pending = msgspec.to_builtins(
        Pending(
            command_id=command.id,
            source=command.source,
            action=action,
            payload=payload,
            risks=list(change.risks),
            asked_at=instant(context.now_ms),
            deadline=instant(context.now_ms + (change.asks_ms or context.rules.confirm_ms)),
            sender=context.sender,
            user_id=command.origin.user_id if command.origin else None,
            consent=change.consent,
        )
    )
    pending["about"] = context.mirror.about(document, change)
    done = {**change.payload, "outcome": "pending", "deadline": pending["deadline"]}
    return Change(done, [replace("/pending", pending)])


def is_over(pending: dict[str, Any], now_ms: int) -> bool:
    """Whether a question's time is over."""
    return now_ms >= milliseconds(pending["deadline"])


def waiting(document: Document, context: Context) -> dict[str, Any] | None:
    """The question that waits; one whose time is over waits no more, even before it is put away."""
    pending: dict[str, Any] | None = document["pending"]
    return None if pending is None or is_over(pending, context.now_ms) else pending


def answerable(document: Document, context: Context, hold_ms: int = 0) -> dict[str, Any] | None:
    """The question that something answers which names none: it must have begun, `hold_ms` ago, after the question."""
    pending = waiting(document, context)
    if pending is None or context.captured_ms - hold_ms < milliseconds(pending["asked_at"]):
        return None
    return pending


def confirmed(document: Document, pending: dict[str, Any], context: Context) -> Change | Refusal:
    """What a yes would do now, or why the question no longer stands."""
    # As if nothing were asked any more: what waits may itself be a thumb up, which then answers nothing.
    asked = {**document, "pending": None}
    wish = Resolved(pending["action"], pending["payload"])
    outcome = context.mirror.perform(asked, *wish, context)
    if isinstance(outcome, Refusal) or outcome.asks_ms is not None:
        return outcome
    if not outcome.patch:
        return _DONE_ALREADY
    if outcome.resolved not in (None, wish) or context.mirror.about(document, outcome) != pending.get("about", []):
        return _CHANGED_SINCE
    return outcome


def answer(document: Document, context: Context, *, yes: bool) -> Change | Refusal:
    """Carry out what waits, or forget it."""
    pending = waiting(document, context)
    if pending is None:
        return NOTHING_PENDING
    answered = {"confirmed" if yes else "cancelled": pending["command_id"], "asked": pending["action"]}
    over = replace("/pending", None)
    if not yes:
        return Change(answered, [over], answers=True)
    if pending.get("consent") and not _consents(pending, context):
        return CONSENT_NEEDED
    outcome = confirmed(document, pending, context)
    if isinstance(outcome, Refusal):
        # The question is answered all the same.
        return msgspec.structs.replace(outcome, patch=[*outcome.patch, over])
    done = {**answered, **outcome.payload}
    return msgspec.structs.replace(outcome, payload=done, patch=[over, *outcome.patch], answers=True)


def carried_out(event: Event) -> tuple[str, str] | None:
    """The action that an event says was carried out, and the command that asked for it, before a yes where it took one.

    None where nothing was: it was refused, or waits for an answer.
    """
    payload = event.payload
    if event.type != "accepted" or payload.get("outcome") == "pending":
        return None
    if "confirmed" in payload:
        return payload["asked"], payload["confirmed"]
    return event.action, event.command_id


def _consents(pending: dict[str, Any], context: Context) -> bool:
    """Whether the answer is that of somebody at the mirror who did not ask. Whoever uses the API may be anywhere."""
    command = context.command
    if context.sender == "api":
        return False
    asker = (pending.get("sender"), pending["source"], pending.get("user_id"))
    user_id = command.origin.user_id if command.origin else None
    return command.source in _AT_THE_MIRROR and asker != (context.sender, command.source, user_id)
