"""Why what has to do with windows is refused."""

from collections.abc import Mapping
from typing import Final

from mira_sidecar.reasons import Wording

_LIMIT: Final = {"limit": int}
REASONS: Final[Mapping[str, Wording]] = {
    "unknown_window": Wording("The mirror knows no such window; it may have been removed."),
    "window_exists": Wording("There is a window with this id already."),
    "too_many_windows": Wording("The mirror moves {limit} windows at most. Remove one first.", _LIMIT),
    "unknown_sensor": Wording("No such device was given a room; it may have been removed."),
    "too_many_sensors": Wording("The mirror gives {limit} devices a room at most. Remove one first.", _LIMIT),
    "not_calibrated": Wording(
        "How long this window takes to open is not known yet, so only a person may move it. Let it learn that first."
    ),
    "motor_rest": Wording(
        "The motor moved a moment ago, and rests for another {minutes} min at most.", {"minutes": int}
    ),
    "too_many_runs": Wording(
        "The motor has run {count} times in 24 hours, and may {limit} times.", {"count": int, **_LIMIT}
    ),
    "window_fault": Wording(
        "The window does not move as it should ({fault}). Look at it, then tell the mirror that it is in order.",
        {"fault": str},
    ),
    "window_locked": Wording("The child lock of this window is on."),
    "automatic_off": Wording("This window is not moved automatically."),
    "window_held": Wording(
        "A person moved this window, so it is left alone for another {minutes} min at most.", {"minutes": int}
    ),
    "window_limit": Wording("This window opens no further than {limit}%.", _LIMIT),
    "rain": Wording("It rains, or did a moment ago; the window opens no further than {limit}%.", _LIMIT),
    "storm": Wording("It is stormy, or was a moment ago."),
    "armed": Wording("The alarm is armed."),
    "nobody_home": Wording("Nobody is home, so the window opens no further than {limit}%.", _LIMIT),
    "frost": Wording(
        "It is {temperature} °C outside, so the window opens no further than {limit}%.",
        {"temperature": float, **_LIMIT},
    ),
    "quiet_time": Wording("It is to be quiet now, so the window opens no further than {limit}%.", _LIMIT),
    "outdoor_air": Wording("The air outside is bad."),
    "stale_readings": Wording(
        "The readings are {age_s} s old, and may be {limit_s} s. Nothing opens by what is not known.",
        {"age_s": int, "limit_s": int},
    ),
    "weather_unknown": Wording("Whether it rains is not known. Nothing opens by what is not known."),
    "shadow_mode": Wording("The window is in shadow mode: this is what would have been done."),
}
