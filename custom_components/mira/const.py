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
