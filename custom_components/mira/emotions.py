"""The emotions that a persona can express, and how a model names them; free of Home Assistant."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Emotion:
    """One that a persona expresses."""

    name: str
    emoji: str
    also: str = ""
    """Other emojis that say the same at the head of a reply."""

    @property
    def hexcode(self) -> str:
        """What OpenMoji calls the file of its picture."""
        return f"{ord(self.emoji):X}"


NEUTRAL: Final = Emotion("neutral", "😐", "😑😶")
EMOTIONS: Final = {
    emotion.name: emotion
    for emotion in (
        NEUTRAL,
        Emotion("happy", "😊", "🙂😀☺😌😇👍👋"),
        Emotion("joy", "😄", "😃😁🥳🎉"),
        Emotion("laughing", "😂", "🤣😆😅😹"),
        Emotion("love", "😍", "🥰😘❤💕💖🤗"),
        Emotion("excited", "🤩", "✨🚀"),
        Emotion("proud", "😎", "💪🏆"),
        Emotion("curious", "🧐", "👀"),
        Emotion("thinking", "🤔", "💭"),
        Emotion("surprised", "😮", "😲😯🤯😱"),
        Emotion("confused", "😕", "😵🤷"),
        Emotion("worried", "😟", "😬😥😰"),
        Emotion("sad", "🙁", "☹😞💔"),
        Emotion("crying", "😢", "😭"),
        Emotion("tired", "😩", "😫🥱"),
        Emotion("sleepy", "😴", "😪💤"),
        Emotion("angry", "😠", "😡🤬😤"),
        Emotion("afraid", "😨", "😧😖"),
        Emotion("embarrassed", "😳", "🙈"),
        Emotion("wink", "😉", "😜😏"),
        Emotion("listening", "👂", "🎧"),
        Emotion("sorry", "😔", "🙏🙇"),
    )
}
"""By what a tag names them."""
_BY_EMOJI: Final = {emoji: emotion for emotion in EMOTIONS.values() for emoji in (emotion.emoji, *emotion.also)}


def named(name: str) -> Emotion | None:
    """The emotion of a tag, by its name or an emoji; None where there is no such one."""
    plain = name.strip().casefold()
    return EMOTIONS.get(plain) or _BY_EMOJI.get(plain[:1])
