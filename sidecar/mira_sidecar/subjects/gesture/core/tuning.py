"""From where on a gesture counts: how sure, how long held, how often; for all of them, and for one."""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from mira_sidecar.core.decision import Action, Change, Context, Refusal, Undo
from mira_sidecar.core.state import Document, add, remove, replace
from mira_sidecar.core.subject import Outcome
from mira_sidecar.protocol import Confidence, CooldownMs, GestureTuning, HoldMs, milliseconds
from mira_sidecar.subjects.gesture.core.gestures import UNKNOWN_GESTURE, GestureLabel, is_known
from mira_sidecar.subjects.gesture.settings import GestureSettings

_AS_ALL: dict[str, Any] = {field.name: field.default for field in msgspec.structs.fields(GestureTuning)}


class SetThresholds(msgspec.Struct, frozen=True):
    """Payload of `set_thresholds`: those that change."""

    gesture_min_confidence: Confidence | None = None
    gesture_hold_ms: HoldMs | None = None
    gesture_cooldown_ms: CooldownMs | None = None


class SetGesture(msgspec.Struct, frozen=True):
    """Payload of `set_gesture`: what changes for this gesture; null is as for all."""

    name: GestureLabel
    enabled: bool | UnsetType = UNSET
    min_confidence: Confidence | UnsetType | None = UNSET
    hold_ms: HoldMs | UnsetType | None = UNSET
    cooldown_ms: CooldownMs | UnsetType | None = UNSET


def _set_thresholds(document: Document, payload: SetThresholds, context: Context) -> Change:
    now = document["thresholds"]
    asked = {name: value for name, value in msgspec.to_builtins(payload).items() if value is not None}
    changed = {name: value for name, value in asked.items() if value != now[name]}
    return Change(
        asked,
        [replace(f"/thresholds/{name}", value) for name, value in changed.items()],
        touches=tuple(f"thresholds:{name}" for name in changed),
        undo=Undo("set_thresholds", {name: now[name] for name in changed}) if changed else None,
    )


def _set_gesture(document: Document, payload: SetGesture, context: Context) -> Change | Refusal:
    asked: dict[str, Any] = msgspec.to_builtins(payload)
    name = asked["name"]
    if not is_known(document, name):
        return UNKNOWN_GESTURE
    own = document["thresholds"]["gestures"]
    before = {**_AS_ALL, **own.get(name, {})}
    changed = {field: value for field, value in asked.items() if field != "name" and value != before[field]}
    if not changed:
        return Change(asked)
    after = {field: value for field, value in {**before, **changed}.items() if value != _AS_ALL[field]}
    path = f"/thresholds/gestures/{name}"
    return Change(
        asked,
        [add(path, after) if after else remove(path)],
        touches=(f"thresholds:{name}",),
        undo=Undo("set_gesture", {"name": name, **{field: before[field] for field in changed}}),
    )


def _own(document: Document, gesture: str, field: str, other: float) -> float:
    """A threshold of this gesture; `other` where it has none of its own."""
    value = document["thresholds"]["gestures"].get(gesture, {}).get(field)
    return other if value is None else float(value)


def gesture(document: Document, context: Context, outcome: Outcome) -> Refusal | None:
    """A gesture that was switched off is none."""
    if context.command.action != "gesture":
        return None
    own = document["thresholds"]["gestures"].get(context.command.payload["name"], {})
    if own.get("enabled", True):
        return None
    return Refusal("gesture_off", "gesture")


def confidence(document: Document, context: Context) -> float:
    """How sure a gesture has to be."""
    needed: float = document["thresholds"]["gesture_min_confidence"]
    command = context.command
    return _own(document, command.payload["name"], "min_confidence", needed) if command.action == "gesture" else needed


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
    cooldowns = context.rules.of("gesture", GestureSettings).own_cooldowns
    general = cooldowns.get(name, document["thresholds"]["gesture_cooldown_ms"])
    if abs(passed) >= _own(document, name, "cooldown_ms", general):
        return None
    return Refusal("cooldown", "cooldown")


ACTIONS = (
    Action("set_thresholds", SetThresholds, _set_thresholds),
    Action("set_gesture", SetGesture, _set_gesture),
)
