"""From where on a gesture counts: how sure, how long held, how often."""

import msgspec

from mira_sidecar.core.decision import Action, Change, Context, Undo
from mira_sidecar.core.state import Document, replace
from mira_sidecar.protocol import Confidence, CooldownMs, HoldMs


class SetThresholds(msgspec.Struct, frozen=True):
    """Payload of `set_thresholds`: those that change."""

    gesture_min_confidence: Confidence | None = None
    gesture_hold_ms: HoldMs | None = None
    gesture_cooldown_ms: CooldownMs | None = None


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


ACTIONS = (Action("set_thresholds", SetThresholds, _set_thresholds),)
