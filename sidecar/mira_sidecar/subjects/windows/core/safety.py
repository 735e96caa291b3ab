"""What shuts a window by itself: rain, storm, an alarm that is armed, an empty house, and cold that lasts.

These are the mirror's own deeds. They shut a window, or leave it less far open than it is, and never open one.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from mira_sidecar.core.decision import Mirror
from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed
from mira_sidecar.protocol import instant, milliseconds
from mira_sidecar.subjects.windows.core.drives import overdue_fault
from mira_sidecar.subjects.windows.core.slice import opening, slice_of

FINGERS_MS = 60_000
"""A window that a hand has just moved is not moved under that hand."""
type Danger = Literal["rain", "storm", "armed", "nobody_home", "frost"]


class Safe(NamedTuple):
    """How far a window may stay open, and why no further."""

    most: int
    why: Danger


def safe_opening(slice_: Mapping[str, Any], window: Mapping[str, Any], now_ms: int) -> Safe:
    """How far it may stay open now."""
    return min(_dangers(slice_, window, now_ms), default=Safe(100, "rain"), key=lambda safe: safe.most)


def _dangers(slice_: Mapping[str, Any], window: Mapping[str, Any], now_ms: int) -> Iterator[Safe]:
    outside, home = slice_["outside"], slice_["home"]
    now = instant(now_ms)
    if outside["rain"] and not _lasts(window["rain_until"], now):
        yield Safe(0, "rain")
    if outside["storm"]:
        yield Safe(0, "storm")
    if home["armed"]:
        yield Safe(0, "armed")
    if _lasts(window["held_until"], now):
        return
    if home["away"]:
        yield Safe(home["most"], "nobody_home")
    minutes, since = outside["cold_minutes"], window["open_since"]
    if minutes is not None and since is not None and now_ms >= milliseconds(since) + minutes * 60_000:
        yield Safe(outside["cold_most"], "frost")


def _lasts(until: str | None, now: str) -> bool:
    return until is not None and now < until


def due(document: Document, now_ms: int, mirror: Mirror) -> Iterator[Deed]:
    """The windows that have to be shut, and the drives that did not do what they were asked."""
    slice_ = slice_of(document)
    for name, window in slice_["windows"].items():
        if code := overdue_fault(window, now_ms):
            yield "window_fault", {"window": name, "fault": code}
        if not (standing := _standing(window)):
            continue
        safe = safe_opening(slice_, window, now_ms)
        if standing > safe.most and not _under_a_hand(window, now_ms):
            yield "shut_window", {"window": name, "position": min(safe.most, opening(window)), "why": safe.why}


def _standing(window: Mapping[str, Any]) -> int:
    """How far it is open, or on its way to be."""
    target, position = window["target"], window["position"]
    if target is None:
        return position or 0
    # One that failed to arrive is where it was seen; to shut it is tried once.
    return opening(window) if window["fault"] in ("stuck", "drifting") and window["run"] is None else int(target)


def _under_a_hand(window: Mapping[str, Any], now_ms: int) -> bool:
    at = window["hand_at"]
    return at is not None and 0 <= now_ms - milliseconds(at) < FINGERS_MS
