"""Gestures, and from where on one counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from .json_object import JsonObject


@dataclass(frozen=True)
class Gesture:
    """One that the mirror has accepted."""

    name: str

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """A Gesture of the protocol."""
        return cls(fields.required("name", str))


@dataclass(frozen=True)
class Thresholds:
    """From where on a gesture counts."""

    gesture_min_confidence: float
    """0 to 1."""
    gesture_hold_ms: int
    gesture_cooldown_ms: int
    gestures_off: frozenset[str] | None
    """Gestures that were switched off; None of a sidecar that knows no such thing."""
    own_hold_ms: Mapping[str, int]
    """Of gestures that have a hold time of their own."""

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """Thresholds of the protocol."""
        own = fields.optional_object("gestures")
        rules = {name: own.object(name) for name in own.document} if own else {}
        holds = {name: rule.optional("hold_ms", int) for name, rule in rules.items()}
        off = frozenset(name for name, rule in rules.items() if rule.optional("enabled", bool) is False)
        return cls(
            gesture_min_confidence=fields.required("gesture_min_confidence", float),
            gesture_hold_ms=fields.required("gesture_hold_ms", int),
            gesture_cooldown_ms=fields.required("gesture_cooldown_ms", int),
            gestures_off=off if own else None,
            own_hold_ms={name: hold_ms for name, hold_ms in holds.items() if hold_ms is not None},
        )

    def hold_ms(self, gesture: str) -> int:
        """How long a pose is held until it counts."""
        return self.own_hold_ms.get(gesture, self.gesture_hold_ms)
