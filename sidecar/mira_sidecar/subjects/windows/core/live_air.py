"""What the air is like now: from Home Assistant, and for displays. It is in no log."""

from typing import Annotated

import msgspec
from msgspec import Meta

from mira_sidecar.protocol import Instant
from mira_sidecar.subjects.windows.core.slice import Feature, OpenTo, RoomId, WindowId


class Advised(msgspec.Struct, frozen=True):
    """How far a window should be open."""

    advice: OpenTo
    confidence: Annotated[float, Meta(ge=0, le=1)]
    mattered: list[Feature] = []


class LiveAir(msgspec.Struct, frozen=True, kw_only=True, tag="air"):
    """What is measured in rooms, and what is advised for windows."""

    rooms: dict[RoomId, dict[str, float]]
    """By kind, what is fresh; `age_s`: seconds since the oldest of it was measured."""
    windows: dict[WindowId, Advised]
    at: Instant


class HomeReadings(msgspec.Struct, frozen=True, tag="readings"):
    """What Home Assistant measures in a room; null: that is not known any more."""

    room: RoomId
    values: Annotated[dict[Annotated[str, Meta(max_length=32)], float | bool | None], Meta(max_length=32)]
    at: Instant
