"""The gestures that every mirror knows."""

from typing import Literal, get_args

type GestureName = Literal[
    "palm",
    "fist",
    "pointing_up",
    "thumb_up",
    "thumb_down",
    "victory",
    "ok",
    "rock",
    "call",
    "pinch",
    "swipe_left",
    "swipe_right",
    "swipe_up",
    "swipe_down",
    "wave",
    "circle_clockwise",
    "circle_counter_clockwise",
]
GESTURE_NAMES: tuple[str, ...] = get_args(GestureName.__value__)
