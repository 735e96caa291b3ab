"""Constants of the Mira integration."""

from typing import Final

DOMAIN: Final = "mira"

CONF_MIRROR: Final = "mirror"
DEFAULT_MIRROR: Final = "hall"
DEFAULT_PORT: Final = 6379

GESTURES: Final = [
    "palm",
    "fist",
    "pointing_up",
    "thumb_up",
    "thumb_down",
    "victory",
    "swipe_left",
    "swipe_right",
    "swipe_up",
    "swipe_down",
]

REASONS: Final = [
    "bad_command",
    "unknown_action",
    "bad_payload",
    "rate_limited",
    "expired",
    "microphone_off",
    "camera_off",
    "low_confidence",
    "cooldown",
    "pin_required",
    "superseded",
    "question_pending",
    "wrong_pin",
    "pin_blocked",
    "pin_unknown",
    "no_pin",
    "nothing_pending",
    "nothing_to_undo",
    "changed_since",
    "unknown_todo",
    "todo_exists",
    "too_many_todos",
    "unknown_page",
    "not_allowed",
    "fault",
]
"""Why a mirror refuses, in the order of docs/protocol."""
