"""What stands between a valid command and its effect: small functions, asked in order; the first refusal decides.

Each sees the document, the command, and what the action would do. docs/arbitration.md has a line for each.
"""

import math
from collections.abc import Callable

from mira_sidecar.core.actions.access import is_unlocked
from mira_sidecar.core.actions.confirmation import waiting
from mira_sidecar.core.actions.tuning import is_enabled, own_threshold
from mira_sidecar.core.decision import Change, Context, Refusal
from mira_sidecar.core.state import Document
from mira_sidecar.core.traffic import PIN_ACTIONS
from mira_sidecar.protocol import milliseconds

type Outcome = Change | Refusal
type Policy = Callable[[Document, Context, Outcome], Refusal | None]


def expiry(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """No command is applied late by surprise.

    What closes a camera or microphone counts from its arrival: a sender whose clock is wrong must be able to.
    """
    age = context.now_ms - (context.arrived_ms if closes(outcome) else context.captured_ms)
    if age <= context.command.ttl_ms:
        return None
    # Whole seconds, up: one that is too late is older than it may be, in words, too.
    return Refusal("expired", "expiry", {"age_s": -(-age // 1000), "limit_s": -(-context.command.ttl_ms // 1000)})


def microphone(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """Nothing is heard while the microphone is off."""
    if context.command.source != "voice" or document["microphone"]["on"]:
        return None
    return Refusal("microphone_off", "microphone")


def camera(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """Nothing is seen while the camera is off."""
    if context.command.source != "gesture" or document["camera"]["on"]:
        return None
    return Refusal("camera_off", "camera")


def gesture(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """A gesture that was switched off is none."""
    if context.command.action != "gesture" or is_enabled(document, context.command.payload["name"]):
        return None
    return Refusal("gesture_off", "gesture")


def confidence(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """What was seen or heard must be sure enough."""
    measured = context.command.confidence
    needed = _needed(document, context)
    if measured is None or measured >= needed:
        return None
    return Refusal("low_confidence", "confidence", {"percent": _percent(measured), "needed": -_percent(-needed)})


def _percent(part: float) -> int:
    """A part in whole percent, down: what is below a threshold is so in words, too. 0.29 is 29."""
    return math.floor(round(part * 100, 6))


def _needed(document: Document, context: Context) -> float:
    """The confidence that a command of this source needs."""
    match context.command.source:
        case "gesture":
            needed: float = document["thresholds"]["gesture_min_confidence"]
            command = context.command
            if command.action != "gesture":
                return needed
            return own_threshold(document, command.payload["name"], "min_confidence", needed)
        case "voice":
            return context.rules.voice_min_confidence
        case _:
            return 0.0


def cooldown(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """One wave is one gesture, however often it was seen."""
    if context.command.action != "gesture":
        return None
    name = context.command.payload["name"]
    seen = document["gestures_seen"].get(name)
    if seen is None:
        return None
    passed = context.captured_ms - milliseconds(seen)
    # Either way round: a clock that was set back must not keep a gesture out until it has caught up.
    general = context.rules.cooldowns.get(name, document["thresholds"]["gesture_cooldown_ms"])
    if abs(passed) >= own_threshold(document, name, "cooldown_ms", general):
        return None
    return Refusal("cooldown", "cooldown")


def access(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """What the PIN guards stays shut until it was given."""
    if closes(outcome) or not document["access"]["pin_set"] or is_unlocked(document, context.now_ms):
        return None
    if any((name, context.command.source) in context.rules.guarded for name in _names(context, outcome)):
        return Refusal("pin_required", "access")
    return None


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
    if not outcome.patch or outcome.closes or context.command.action in PIN_ACTIONS:
        return False
    return context.command.confirm or not context.rules.confirm.isdisjoint(_names(context, outcome))


def closes(outcome: Outcome) -> bool:
    """Whether the camera or the microphone is closed by it."""
    return isinstance(outcome, Change) and outcome.closes


def _names(context: Context, outcome: Outcome) -> tuple[str, ...]:
    """The names by which settings mark what the command would do."""
    risks = outcome.risks if isinstance(outcome, Change) else ()
    return (context.command.action, *risks)


POLICIES: tuple[Policy, ...] = (
    expiry,
    microphone,
    camera,
    gesture,
    confidence,
    cooldown,
    access,
    superseded,
    one_question,
)
