"""Where a window in shadow mode would stand, had what was noted been done."""

from collections.abc import Mapping
from typing import Any

import msgspec

from mira_sidecar.protocol import instant
from mira_sidecar.subjects.windows.core.policies import recent_runs
from mira_sidecar.subjects.windows.core.slice import Shadowed


def as_if(window: Mapping[str, Any]) -> Mapping[str, Any]:
    """The window as it would be: itself, where it is not in shadow mode, or nothing was noted yet."""
    shadowed = window.get("shadowed")
    if shadowed is None or not window["shadow"]:
        return window
    stands = {"target": shadowed["position"], "position": shadowed["position"], "run": None, "fault": None}
    runs = shadowed["runs"]
    return {**window, **stands, "open_since": shadowed["open_since"], "last_run_at": runs[-1], "runs": runs}


def moved(window: Mapping[str, Any], position: int, now_ms: int) -> dict[str, Any]:
    """What is noted of a window that would move there now."""
    before, now = as_if(window), instant(now_ms)
    runs = [*recent_runs(before, now_ms), now]
    shadowed: dict[str, Any] = msgspec.to_builtins(
        Shadowed(position, runs, (before["open_since"] or now) if position else None)
    )
    return shadowed
