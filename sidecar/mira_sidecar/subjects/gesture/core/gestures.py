"""What hands say. Swipes turn the page, a thumb or a wave answers a question; automations do the rest."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mira_sidecar.core import questions
from mira_sidecar.core.decision import Action, Change, Context, Refusal
from mira_sidecar.core.state import Document, add, replace
from mira_sidecar.core.subject import Recorded
from mira_sidecar.core.summary import Line
from mira_sidecar.protocol import Gesture, instant
from mira_sidecar.subjects.gesture.names import GESTURE_NAMES
from mira_sidecar.subjects.screen.core.pages import neighbour, turn_to

GestureLabel = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$(?!\n)")]
"""One of those names, or of a gesture that was taught."""
UNKNOWN_GESTURE = Refusal("unknown_gesture", "gestures")

PAGE_STEPS = {"swipe_left": 1, "swipe_right": -1}
"""The pages lie side by side and follow the hand, as on a phone."""
ANSWERS = {"thumb_up": True, "thumb_down": False, "wave": False}
"""What they answer while a question waits."""


class GesturePayload(msgspec.Struct, frozen=True):
    """Payload of `gesture`; directions and hands are those of the person."""

    name: GestureLabel
    handedness: Literal["left", "right"] | None = None
    hold_ms: Annotated[int, Meta(ge=0, le=600_000)] = 0
    """How long the pose was held; 0 for a motion."""


def _gesture(document: Document, payload: GesturePayload, context: Context) -> Change | Refusal:
    if not is_known(document, payload.name):
        return UNKNOWN_GESTURE
    at = instant(context.captured_ms)
    gesture = msgspec.to_builtins(
        Gesture(
            name=payload.name,
            confidence=context.command.confidence,
            handedness=payload.handedness,
            hold_ms=payload.hold_ms,
            at=at,
        )
    )
    seen = [replace("/gesture", gesture), add(f"/gestures_seen/{payload.name}", at)]
    meant = _meaning(document, payload, context)
    if isinstance(meant, Refusal):
        return meant
    return msgspec.structs.replace(
        meant, payload={**msgspec.to_builtins(payload), **meant.payload}, patch=[*seen, *meant.patch]
    )


def is_known(document: Document, gesture: str) -> bool:
    """Whether every mirror knows this gesture, or this one was taught it."""
    return gesture in GESTURE_NAMES or gesture in document["taught"]


def _meaning(document: Document, payload: GesturePayload, context: Context) -> Change | Refusal:
    """What the gesture does on the mirror itself."""
    if payload.name in PAGE_STEPS:
        return turn_to(document, neighbour(document, PAGE_STEPS[payload.name]))
    # A hand that was up before the question was asked does not answer it.
    if payload.name in ANSWERS and questions.answerable(document, context, payload.hold_ms) is not None:
        return questions.answer(document, context, yes=ANSWERS[payload.name])
    return Change({})


def summary(document: Document) -> Iterator[Line]:
    """The last gesture, for people."""
    seen = document["gesture"]
    if seen is None:
        yield Line("gesture", "none")
        return
    hand = f", {seen['handedness']} hand" if seen["handedness"] else ""
    sure = f", {seen['confidence']:.0%} sure" if seen["confidence"] is not None else ""
    yield Line("gesture", f"{seen['name']}{hand}{sure}, {seen['at']}")


def asked(recorded: Recorded) -> dict[str, Any]:
    """What was seen: a question that it answered may have put its own words over that in the answer."""
    return recorded.value("/gesture")


ACTIONS = (Action("gesture", GesturePayload, _gesture),)
