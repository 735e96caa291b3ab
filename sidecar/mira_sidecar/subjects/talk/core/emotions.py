"""What a persona can express. The integration has the same names, with an emoji each."""

from typing import Literal

type Emotion = Literal[
    "neutral",
    "happy",
    "joy",
    "laughing",
    "love",
    "excited",
    "proud",
    "curious",
    "thinking",
    "surprised",
    "confused",
    "worried",
    "sad",
    "crying",
    "tired",
    "sleepy",
    "angry",
    "afraid",
    "embarrassed",
    "wink",
    "listening",
    "sorry",
]
