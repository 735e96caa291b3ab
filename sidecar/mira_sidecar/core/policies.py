"""What stands between a valid command and its action: small functions, asked in order; the first refusal decides."""

from collections.abc import Callable

from mira_sidecar.core.decision import Context, Refusal
from mira_sidecar.core.state import Document
from mira_sidecar.protocol import milliseconds

type Policy = Callable[[Document, Context], Refusal | None]


def expiry(document: Document, context: Context) -> Refusal | None:
    """No command is applied late by surprise."""
    age = context.now_ms - context.captured_ms
    if age <= context.command.ttl_ms:
        return None
    return Refusal(
        "expired",
        "expiry",
        f"The command came too late: it was {age / 1000:.1f} s old and may be {context.command.ttl_ms / 1000:g} s.",
    )


def microphone(document: Document, context: Context) -> Refusal | None:
    """Nothing is heard while the microphone is off."""
    if context.command.source != "voice" or document["microphone"]["on"]:
        return None
    return Refusal("microphone_off", "microphone", "The microphone is off.")


def camera(document: Document, context: Context) -> Refusal | None:
    """Nothing is seen while the camera is off."""
    if context.command.source != "gesture" or document["camera"]["on"]:
        return None
    return Refusal("camera_off", "camera", "The camera is off.")


def confidence(document: Document, context: Context) -> Refusal | None:
    """What was seen or heard must be sure enough."""
    measured = context.command.confidence
    needed = context.rules.min_confidence.get(context.command.source, 0.0)
    if measured is None or measured >= needed:
        return None
    return Refusal("low_confidence", "confidence", f"Not sure enough: {measured:.0%}, needed are {needed:.0%}.")


def cooldown(document: Document, context: Context) -> Refusal | None:
    """One wave is one gesture, however often it was seen."""
    name = context.command.payload.get("name") if context.command.action == "gesture" else None
    seen = document["gestures_seen"].get(name)
    if seen is None:
        return None
    passed = context.captured_ms - milliseconds(seen)
    # Either way round: a clock that was set back must not keep a gesture out until it has caught up.
    if abs(passed) >= context.rules.gesture_cooldown_ms:
        return None
    return Refusal("cooldown", "cooldown", f"The same gesture was seen {max(passed, 0) / 1000:.1f} s ago.")


POLICIES: tuple[Policy, ...] = (expiry, microphone, camera, confidence, cooldown)
