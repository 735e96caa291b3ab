"""What the camera sees of hands, for displays: beside the log, never stored."""

from typing import Literal

import msgspec

from mira_sidecar.protocol import Instant


class LiveHand(msgspec.Struct, frozen=True, kw_only=True):
    """What a display shows of a hand while it is in the picture."""

    handedness: Literal["left", "right"]
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
    landmarks: list[tuple[float, float]]
    """`x` and `y` of MediaPipe's 21, in its order: the wrist, then four of each finger from the thumb on, palm to tip.

    Where a finger leaves the picture they are below 0 or above 1.
    """


class Live(msgspec.Struct, frozen=True):
    """What the camera sees of hands right now: at most 15 a second, never stored. No hands: the last one has gone."""

    ts: Instant
    """When the picture was taken."""
    hands: list[LiveHand]
