"""What the looker in the camera's process is told, and what it says. No frame.

Landmarks are for displays, and forgotten; kept is of them what is taught.
"""

from typing import Literal

import msgspec

from mira_sidecar.protocol import GestureKind
from mira_sidecar.subjects.gesture.seen import LiveHand

type Handedness = Literal["left", "right"]


class GestureRule(msgspec.Struct, frozen=True, kw_only=True):
    """From where on one gesture counts."""

    enabled: bool = True
    min_confidence: float = 0.0
    """Below it a hand does not show the gesture at all; 0: the recogniser's own limit."""
    hold_ms: int | None = None
    """How long the pose has to be held; None: as long as any. A motion is not held."""


class OwnGesture(msgspec.Struct, frozen=True, kw_only=True):
    """A gesture that was taught."""

    name: str
    kind: GestureKind
    samples: list[list[float]]
    """As own.py measures them."""


class Lesson(msgspec.Struct, frozen=True, kw_only=True):
    """A gesture that is being taught: each time it is shown is told, and nothing else is recognised."""

    name: str
    kind: GestureKind
    command_id: str


class RecogniserSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How hands become gestures."""

    mirrored: bool = False
    """The stream shows the person as a mirror does."""
    hold_ms: int = 600
    """How long a pose has to be held."""
    shapes: Literal["trained", "rules"] = "trained"
    """How the shape of a hand is told; rules are for comparison: docs/gestures.md."""
    gestures: dict[str, GestureRule] = {}
    """By name, for those that are not as all the others."""
    own: list[OwnGesture] = []
    lesson: Lesson | None = None


class LookerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the looker in the camera's process is told."""

    models: str
    """The folder of the hand models."""
    recognition: RecogniserSettings


class Recognised(msgspec.Struct, frozen=True, kw_only=True, tag="recognised"):
    """A gesture, as the person in front of the mirror made it."""

    name: str
    handedness: Handedness
    hold_ms: int
    """How long the pose had been held; 0 for a swipe."""
    confidence: float
    t_ms: float
    """When its last frame was taken, by this machine's monotonic clock."""


class Sampled(msgspec.Struct, frozen=True, kw_only=True, tag="sampled"):
    """The gesture of a lesson was shown once."""

    lesson: Lesson
    values: list[float]
    """As own.py measures it."""


class Seen(msgspec.Struct, frozen=True, kw_only=True, tag="seen"):
    """The hands in a frame; none once, when the last one has gone."""

    hands: list[LiveHand]
    t_ms: float
    """When the frame was taken, by this machine's monotonic clock."""


type Message = Recognised | Sampled | Seen
