"""What stands between every valid command and its effect, whatever its subject: small functions, asked in order.

Each sees the document, the command, and what the action would do. docs/arbitration.md has a line for each, and for
those of the subjects.
"""

import math
from collections.abc import Callable, Collection, Mapping

from mira_sidecar.core.access import is_unlocked, opens
from mira_sidecar.core.decision import Change, Context, Refusal
from mira_sidecar.core.questions import waiting
from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Outcome, Policy
from mira_sidecar.protocol import Source, milliseconds
from mira_sidecar.reasons import Values

PERCEIVED: tuple[Source, ...] = ("voice", "gesture")
"""Sources whose commands are more or less sure."""


def expiry(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """No command is applied late by surprise.

    What closes a camera or microphone counts from its arrival: a sender whose clock is wrong must be able to.
    """
    age = context.now_ms - (context.arrived_ms if closes(outcome) else context.captured_ms)
    if age <= context.command.ttl_ms:
        return None
    # Whole seconds, up: one that is too late is older than it may be, in words, too.
    return Refusal("expired", "expiry", {"age_s": -(-age // 1000), "limit_s": -(-context.command.ttl_ms // 1000)})


def source(heard: Collection[Source]) -> Policy:
    """The policy that lets through what is seen or heard only from sources of subjects that are switched on."""

    def source(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
        """Nobody could tell how sure it is."""
        command = context.command
        if command.source not in PERCEIVED or command.source in heard:
            return None
        values: Values = {"sender": context.sender or "", "source": command.source}
        return Refusal("source_not_allowed", "source", values, unheard=True)

    return source


def confidence(needed: Mapping[Source, Callable[[Document, Context], float]]) -> Policy:
    """The policy that asks for so much confidence of commands from these sources."""

    def confidence(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
        """What was seen or heard must be sure enough."""
        measured, least = context.command.confidence, needed.get(context.command.source)
        if measured is None or least is None or measured >= (limit := least(document, context)):
            return None
        return Refusal("low_confidence", "confidence", {"percent": _percent(measured), "needed": -_percent(-limit)})

    return confidence


def _percent(part: float) -> int:
    """A part in whole percent, down: what is below a threshold is so in words, too. 0.29 is 29."""
    return math.floor(round(part * 100, 6))


def access(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """What the PIN guards stays shut until it was given."""
    if closes(outcome) or not document["access"]["pin_set"]:
        return None
    source = context.command.source
    guarded = [name for name in _names(context, outcome) if (name, source) in context.rules.guarded]
    if not guarded or opens(document, guarded, context.now_ms):
        return None
    if is_unlocked(document, context.now_ms):
        # Who has just given their own PIN is not told that one is needed: it was right, and opens other things.
        return Refusal("pin_opens_less", "access")
    return Refusal("pin_required", "access")


def superseded(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """Whoever ranks higher, or came later, has the last word on a place, however late the other's command arrives.

    Measured by capture times: a higher rank wins up to `hold_ms` before the other, a lower one only that long after.
    Closing the camera or the microphone is never too late.
    """
    if isinstance(outcome, Refusal) or outcome.answers or outcome.closes or context.command.source == "system":
        return None
    ranks, hold_ms = context.rules.ranks, context.rules.hold_ms
    for place in outcome.touches:
        last = document["last_changes"].get(place)
        if last is None:
            continue
        ahead = ranks.get(last["source"], 0) - ranks.get(context.command.source, 0)
        wait_ms = hold_ms if ahead > 0 else -hold_ms if ahead < 0 else 0
        if context.captured_ms < milliseconds(last["captured_at"]) + wait_ms:
            return Refusal("superseded", "superseded", {"source": last["source"], "command_id": last["command_id"]})
    return None


def one_question(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """A second question would make a yes ambiguous."""
    if waiting(document, context) is None or not asks_back(context, outcome):
        return None
    return Refusal("question_pending", "one_question")


def asks_back(context: Context, outcome: Outcome) -> bool:
    """Whether the command is carried out only after a yes. Where a PIN is given, that is the yes."""
    if isinstance(outcome, Refusal) or outcome.answers:
        return False
    if outcome.asks_ms is not None or outcome.consent:
        return True
    if not outcome.patch or outcome.closes or outcome.agreed:
        return False
    return context.command.confirm or not context.rules.confirm.isdisjoint(_names(context, outcome))


def closes(outcome: Outcome) -> bool:
    """Whether the camera or the microphone is closed by it."""
    return isinstance(outcome, Change) and outcome.closes


def _names(context: Context, outcome: Outcome) -> tuple[str, ...]:
    """The names by which settings mark what the command would do."""
    risks = outcome.risks if isinstance(outcome, Change) else ()
    return (context.command.action, *risks)
