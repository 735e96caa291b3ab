"""What is wrong with a drive, told by what it was asked, what it says, and when. Pure, for replay and the simulator."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mira_sidecar.protocol import milliseconds
from mira_sidecar.subjects.windows.core.slice import TOLERANCE, WindowFault

SLACK, SLACK_MS = 1.5, 10_000
"""A run may take so much longer than it should, and so many milliseconds more: motors are slower in the cold, and a
radio sleeps."""
_UNKNOWN_TRAVEL_S = 120.0
"""Of a drive that nobody has timed: slower than those that are sold for windows."""
_TOO_EARLY, _TOO_EARLY_WAY = 0.25, 20
"""A drive that says after less than this part of its time that it has arrived has not moved. Not told on short ways."""
_AIRED_MIN, _AIRED_TO, _AIRED_BY, _DIFFERENT = 30, 50, 0.1, 2.0
"""Minutes at this position in which the difference of absolute humidity, of so many g/m³ at first, shrinks at least by
this part. In 180 simulated cases with two people it shrank by 18 % at least, by half in the median; at 25 %, one in
nine shrank by less than a tenth."""


def travel_ms(travel_s: float | None, way: int) -> float:
    """How long a way of so many percent takes."""
    return (_UNKNOWN_TRAVEL_S if travel_s is None else travel_s) * way * 10


def overdue_ms(window: Mapping[str, Any]) -> int:
    """When the present run should have ended at the latest."""
    run = window["run"]
    way = max(run["high"] - run["low"], TOLERANCE)
    return milliseconds(run["at"]) + round(travel_ms(window["travel_s"], way) * SLACK) + SLACK_MS


def overdue_fault(window: Mapping[str, Any], now_ms: int) -> WindowFault | None:
    """What is wrong where a run has not ended in time; None where it still has time, or there is none."""
    run = window["run"]
    if run is None or now_ms < overdue_ms(window):
        return None
    if not run["heard"]:
        return "silent"
    return "stuck" if abs(window["position"] - run["start"]) <= TOLERANCE else "drifting"


def is_explained(window: Mapping[str, Any], position: int) -> bool:
    """Whether a drive that is on its way may be there."""
    run: Mapping[str, Any] = window["run"]
    return bool(run["low"] - TOLERANCE <= position <= run["high"] + TOLERANCE)


def lies(window: Mapping[str, Any], position: int, at_ms: int, *, closed: bool | None) -> bool:
    """Whether what a drive says cannot be: it was faster than it can, or the window's own contact says otherwise."""
    run = window["run"]
    if run is None:
        # A contact that is a little late is none that contradicts.
        return closed is not None and (position > 2 * TOLERANCE if closed else position == 0)
    if window["travel_s"] is None or abs(position - run["to"]) > TOLERANCE:
        return False
    way = abs(run["to"] - run["start"])
    took_ms = at_ms - milliseconds(run["at"])
    return way >= _TOO_EARLY_WAY and took_ms < _TOO_EARLY * travel_ms(window["travel_s"], way)


class Aired(NamedTuple):
    """The absolute humidity in the room and outside, in g/m³, and how far the window is said to be open."""

    inside: float
    outside: float
    position: int


def has_no_effect(before: Aired, now: Aired, minutes: float) -> bool:
    """Whether a window that has been open for so long does not air the room: it may not be open at all."""
    difference = abs(before.inside - before.outside)
    if minutes < _AIRED_MIN or min(before.position, now.position) < _AIRED_TO or difference < _DIFFERENT:
        return False
    return abs(now.inside - now.outside) > (1 - _AIRED_BY) * difference
