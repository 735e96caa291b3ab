"""What hands say. Swipes turn the page; what any gesture means beyond that is for Home Assistant's automations."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from mira_sidecar.core.actions.display import neighbour, to_page
from mira_sidecar.core.decision import Action, Change, Context
from mira_sidecar.core.state import Document, add, replace
from mira_sidecar.protocol import Gesture, instant

type GestureName = Literal[
    "palm",
    "fist",
    "pointing_up",
    "thumb_up",
    "thumb_down",
    "victory",
    "swipe_left",
    "swipe_right",
    "swipe_up",
    "swipe_down",
]

PAGE_STEPS = {"swipe_left": 1, "swipe_right": -1}
"""The pages lie side by side and follow the hand, as on a phone."""


class GesturePayload(msgspec.Struct, frozen=True):
    """Payload of `gesture`; directions and hands are those of the person."""

    name: GestureName
    handedness: Literal["left", "right"] | None = None
    hold_ms: Annotated[int, Meta(ge=0, le=600_000)] = 0
    """How long the pose was held, or how long the swipe took."""


def _gesture(document: Document, payload: GesturePayload, context: Context) -> Change:
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
    patch = [replace("/gesture", gesture), add(f"/gestures_seen/{payload.name}", at)]
    if payload.name in PAGE_STEPS:
        patch += to_page(document, neighbour(document, PAGE_STEPS[payload.name]))
    return Change(msgspec.to_builtins(payload), patch)


ACTIONS = (Action("gesture", GesturePayload, _gesture),)
