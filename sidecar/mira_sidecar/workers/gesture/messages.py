"""What the capture process is told, and what it says: one line of JSON each. No frame, and no landmark."""

from typing import Literal

import msgspec

type Handedness = Literal["left", "right"]


class CaptureSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The first line on the capture process's standard input, which then stays open: its end ends the process."""

    camera: str
    """A file, a device such as /dev/video0, or an http:// or rtsp:// address."""
    models: str
    """The folder of the hand models."""
    mirrored: bool
    """The stream shows the person as a mirror does."""
    hold_ms: int
    """How long a pose has to be held."""


class GestureRule(msgspec.Struct, frozen=True, kw_only=True):
    """From where on one gesture counts."""

    enabled: bool = True
    min_confidence: float = 0.0
    """Below it a hand does not show the gesture at all; 0: the recogniser's own limit."""
    hold_ms: int | None = None
    """How long the pose has to be held; None: as long as any. A motion is not held."""


class RecogniserSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How hands become gestures."""

    mirrored: bool = False
    """The stream shows the person as a mirror does."""
    hold_ms: int = 600
    """How long a pose has to be held."""
    gestures: dict[str, GestureRule] = {}
    """By name, for those that are not as all the others."""


class LiveHand(msgspec.Struct, frozen=True, kw_only=True):
    """What a display shows of a hand while it is in the picture. Of this machine alone: it is never stored."""

    handedness: Handedness
    x: float
    """The middle of the palm as the person sees it in a mirror: 0 at their left, 1 at their right."""
    y: float
    """0 at the top, 1 at the bottom."""
    size: float
    """From the wrist to the middle knuckle, as a part of the picture's height."""
    engaged: bool
    """Whether the hand is raised, near, facing and steady: only then can it make a gesture."""
    pose: str | None
    """The pose that is being held, or was."""
    confidence: float
    held_ms: int
    """How long it is held already; as much as `hold_ms` once it has counted."""
    hold_ms: int
    """How long it has to be held; 0 without a pose."""
    travel_x: float
    """Palm lengths that the hand went to the person's right since it last rested."""
    travel_y: float
    """The same, upwards."""


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """The first frame was decoded: the camera is open."""

    width: int
    height: int


class Recognised(msgspec.Struct, frozen=True, kw_only=True, tag="recognised"):
    """A gesture, as the person in front of the mirror made it."""

    name: str
    handedness: Handedness
    hold_ms: int
    """How long the pose had been held; 0 for a swipe."""
    confidence: float
    t_ms: float
    """When its last frame was taken, by this machine's monotonic clock."""


type FailureCode = Literal[
    "unreachable", "refused", "not_found", "not_allowed", "no_video", "silent", "ended", "models"
]


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The capture is over, and why."""

    code: FailureCode
    message: str


type Message = Opened | Recognised | Failed
