"""Why what gestures can do is refused, and what can be wrong with what it is sent."""

from collections.abc import Mapping
from typing import Final

from mira_sidecar.reasons import Wording

FAULTS: Final[Mapping[str, Wording]] = {
    "gesture_exists": Wording("`{field}` is that of a gesture that every mirror knows", {"field": str}),
}
REASONS: Final[Mapping[str, Wording]] = {
    "gesture_off": Wording("This gesture is switched off."),
    "cooldown": Wording("The same gesture was seen a moment ago."),
    "unknown_gesture": Wording("There is no such gesture; it may have been forgotten."),
    "too_many_gestures": Wording("The mirror knows {limit} gestures that were taught, and no more.", {"limit": int}),
}
