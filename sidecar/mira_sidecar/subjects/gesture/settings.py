"""What the owner may set of gestures."""

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from mira_sidecar.protocol import Confidence, CooldownMs, HoldMs
from mira_sidecar.subjects.gesture.names import GESTURE_NAMES
from mira_sidecar.words import check_word

type Cooldown = Annotated[str, Meta(pattern=r"^[a-z_]+=\d{1,6}$(?!\n)")]


class GestureSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of gestures."""

    hold_ms: Annotated[
        HoldMs | None,
        Meta(description="ms that a pose must be held, 100 to 10000 (as set in Home Assistant, first 600)"),
    ] = None
    cooldown_ms: Annotated[
        CooldownMs | None,
        Meta(description="ms in which the same gesture counts once, up to 60000 (as set there, 1000)"),
    ] = None
    min_confidence: Annotated[
        Confidence | None, Meta(description="0 to 1, below it gestures are refused (as set there, 0.7)")
    ] = None
    models: Annotated[Path | None, Meta(description="folder of the hand models (the user's cache folder)")] = None
    cooldowns: Annotated[
        list[Cooldown], Meta(description="built-in gestures with a cooldown of their own in ms: palm=3000 (none)")
    ] = []

    def __post_init__(self) -> None:
        """Raise ValueError where a cooldown is that of no built-in gesture."""
        for gesture in self.own_cooldowns:
            check_word(gesture, GESTURE_NAMES, "a built-in gesture")

    @property
    def own_cooldowns(self) -> dict[str, int]:
        """Milliseconds, by gesture."""
        return {gesture: int(ms) for gesture, ms in (text.split("=") for text in self.cooldowns)}

    @property
    def thresholds(self) -> dict[str, float]:
        """Those thresholds of all gestures that are set: they win over what was set in Home Assistant."""
        named = {
            "gesture_hold_ms": self.hold_ms,
            "gesture_cooldown_ms": self.cooldown_ms,
            "gesture_min_confidence": self.min_confidence,
        }
        return {name: value for name, value in named.items() if value is not None}


SETTINGS = GestureSettings
OLD_NAMES = {"cooldowns": "cooldowns", "models": "models"}
