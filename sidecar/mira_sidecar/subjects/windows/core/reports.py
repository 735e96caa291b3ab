"""Which of what a drive says is worth a command: it may say so many times a second, and the log is for decisions."""

from collections.abc import Mapping
from typing import Any

from mira_sidecar.protocol import milliseconds
from mira_sidecar.subjects.windows.core.orders import Motion
from mira_sidecar.subjects.windows.core.slice import TOLERANCE, WindowFault

_FAULTS: Mapping[str, WindowFault] = {
    "silent": "silent",
    "drifting": "drifting",
    "lying": "lying",
    "no_effect": "no_effect",
}


def is_news(window: Mapping[str, Any], motion: Motion, told: Motion | None) -> bool:
    """Whether the mirror has to know: where it stands, that it starts or stops, that it has heard."""
    position, run = window["position"], window["run"]
    if motion.position is None:
        return False
    if position is None or abs(motion.position - position) >= TOLERANCE:
        return True
    if told is not None and (motion.moving, motion.closed) != (told.moving, told.closed):
        return True
    if told is None and motion.closed is not None:
        return True
    if run is None:
        return False
    heard_since = motion.at_ms >= milliseconds(run["at"])
    return heard_since and (not run["heard"] or abs(motion.position - run["to"]) <= TOLERANCE)


def fault_of(said: str) -> WindowFault:
    """The fault that a drive tells in words of its own: most mean that something is in its way."""
    return _FAULTS.get(said, "stuck")
