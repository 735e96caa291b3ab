"""The wake words that come with the library that hears them."""

from collections.abc import Mapping
from typing import Final

FIRST_WORD: Final = "okay_nabu"
"""What is listened for until somebody chooses."""
BUILT_IN: Final[Mapping[str, str]] = {
    FIRST_WORD: "Okay Nabu",
    "hey_jarvis": "Hey Jarvis",
    "hey_mycroft": "Hey Mycroft",
    "alexa": "Alexa",
}
"""What is said, by id."""
