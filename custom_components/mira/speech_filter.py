"""Takes out of a model's text what nobody is to hear or read: emotion tags and emojis; free of Home Assistant.

A model writes a tag such as `[emotion:happy]`, and writes it in pieces: `[emo`, `tion:hap`, `py] Hello`. What may
still become one is held back, `LONGEST` characters at most, so that what was handed on never has to be taken back.
"""

import re
from collections.abc import Iterator
from typing import Final

from .emotions import NEUTRAL, Emotion, named

LONGEST: Final = 40
"""Characters of a tag. Of what does not close until then the opening and the name are dropped, the rest is text."""

_HEAD: Final = "[emotion:"
_TAG = re.compile(rf"\[[ \t]*emotion[ \t]*:([^\]\n]{{0,{LONGEST}}})\]", re.IGNORECASE)
_UNCLOSED = re.compile(rf"\[[ \t]*emotion[ \t]*:[ \t]*([\w-]{{0,{LONGEST}}})", re.IGNORECASE)

# Unicode's emoji-data 17: what is `Emoji`, but for what is text unless U+FE0F makes an emoji of it.
_EMOJI = re.compile(
    "[\u231a\u231b\u2328\u23cf\u23e9-\u23f3\u23f8-\u23fa\u25fd\u25fe\u2600-\u2604\u260e\u2611\u2614\u2615\u2618\u261d"
    "\u2620\u2622\u2623\u2626\u262a\u262e\u262f\u2638-\u263a\u2640\u2642\u2648-\u2653\u265f\u2660\u2663\u2665\u2666"
    "\u2668\u267b\u267e\u267f\u2692-\u2697\u2699\u269b\u269c\u26a0\u26a1\u26a7\u26aa\u26ab\u26b0\u26b1\u26bd\u26be"
    "\u26c4\u26c5\u26c8\u26ce\u26cf\u26d1\u26d3\u26d4\u26e9\u26ea\u26f0-\u26f5\u26f7-\u26fa\u26fd\u2702\u2705"
    "\u2708-\u270d\u270f\u2712\u2714\u2716\u271d\u2721\u2728\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755\u2757"
    "\u2763\u2764\u2795-\u2797\u27a1\u27b0\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55"
    "\U0001f000-\U0001f0ff\U0001f18e\U0001f191-\U0001f19a\U0001f1e6-\U0001f1ff\U0001f201\U0001f21a\U0001f22f"
    "\U0001f232-\U0001f23a\U0001f250\U0001f251\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7eb"
    "\U0001f7f0\U0001f900-\U0001faff]"
)
_TEXT_ALONE = re.compile(
    "[\u203c\u2049\u2139\u2194-\u2199\u21a9\u21aa\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb\u25fc\u3030\u303d\u3297"
    "\u3299\U0001f170\U0001f171\U0001f17e\U0001f17f\U0001f202\U0001f237]"
)
_KEYS: Final = frozenset("#*0123456789")
"""Emojis only as keycaps."""
_AS_EMOJI: Final = "\ufe0f"
_KEYCAP: Final = "\u20e3"
_JOINER: Final = "\u200d"
_COMPLETES = re.compile("[\ufe0e\ufe0f\u200d\u20e3\U000e0020-\U000e007f]")
"""What belongs to the emoji before it."""


def _squeezed(text: str) -> str:
    """As models may write it, without what does not count in a tag."""
    return re.sub(r"[ \t]", "", text).casefold()


class SpeechFilter:
    """Filters one message of a model, piece by piece."""

    def __init__(self) -> None:
        self.unknown = 0
        """Tags that name no emotion that there is."""
        self._held = ""
        self._in_emoji = False
        """What comes next may belong to an emoji that was dropped."""
        self._is_joined = False
        """What comes next does."""
        self._is_spaced = True
        """What was handed on last is a space, or nothing."""
        self._is_at_head = True
        """Neither text nor a tag has come yet: here an emoji counts as a tag."""
        self._has_dropped = False
        """Something was taken out since text was handed on."""

    def feed(self, text: str) -> Iterator[str | Emotion]:
        """What is to be said and expressed of this piece, in its order."""
        yield from self._filtered(self._held + text, is_end=False)

    def end(self) -> Iterator[str | Emotion]:
        """What was held back, once nothing else comes."""
        yield from self._filtered(self._held, is_end=True)

    def _filtered(self, text: str, *, is_end: bool) -> Iterator[str | Emotion]:
        self._held = ""
        said: list[str] = []
        place = 0
        while place < len(text):
            if not is_end and self._is_open(text, place):
                self._held = text[place:]
                break
            length, emotion = self._dropped(text, place)
            if length:
                self._has_dropped = True
                if emotion:
                    if said:
                        yield "".join(said)
                        said.clear()
                    yield emotion
            else:
                length = 1
                if kept := self._kept(text[place]):
                    said.append(kept)
            place += length
        if said:
            yield "".join(said)

    def _kept(self, character: str) -> str:
        """The character; nothing for a space that would stand beside another one where something was taken out."""
        self._in_emoji = self._is_joined = False
        if self._has_dropped and self._is_spaced and character.isspace():
            return ""
        if not character.isspace():
            self._is_at_head = self._has_dropped = False
        self._is_spaced = character.isspace()
        return character

    def _is_open(self, text: str, place: int) -> bool:
        """Whether it depends on what comes next what the text is from here on."""
        left = len(text) - place
        if text[place] == "[":
            plain = _squeezed(text[place:])
            is_tag = _HEAD.startswith(plain) or (plain.startswith(_HEAD) and not re.search(r"[\]\n]", plain))
            return is_tag and left <= LONGEST
        if text[place] in _KEYS:
            return left == 1 or (left == 2 and text[place + 1] == _AS_EMOJI)
        return left == 1 and not self._is_joined and _TEXT_ALONE.match(text[place]) is not None

    def _dropped(self, text: str, place: int) -> tuple[int, Emotion | None]:
        """How many characters from here on are not to be said, and what they express."""
        if text[place] == "[":
            return self._tag(text, place)
        if self._in_emoji and _COMPLETES.match(text[place]):
            self._is_joined = text[place] == _JOINER
            return 1, None
        if length := self._emoji(text, place):
            emotion = named(text[place]) if self._is_at_head else None
            self._in_emoji, self._is_joined, self._is_at_head = True, False, False
            return length, emotion
        return (1, None) if text[place] == _AS_EMOJI else (0, None)

    def _emoji(self, text: str, place: int) -> int:
        """The length of what begins an emoji here."""
        if _EMOJI.match(text[place]) or (self._is_joined and _TEXT_ALONE.match(text[place])):
            return 1
        if text[place] in _KEYS:
            keycap = re.compile(f"{_AS_EMOJI}?{_KEYCAP}").match(text, place + 1)
            return keycap.end() - place if keycap else 0
        return 2 if _TEXT_ALONE.match(text[place]) and text[place + 1 : place + 2] == _AS_EMOJI else 0

    def _tag(self, text: str, place: int) -> tuple[int, Emotion | None]:
        tag = _TAG.match(text, place)
        if not tag or len(tag[0]) > LONGEST:
            tag = _UNCLOSED.match(text, place, place + LONGEST)
        if not tag:
            left, plain = len(text) - place, _squeezed(text[place:])
            broke_off = left <= LONGEST and len(plain) > 1 and _HEAD.startswith(plain)
            return (left, None) if broke_off else (0, None)
        emotion = named(tag[1])
        self.unknown += emotion is None
        self._in_emoji = self._is_joined = self._is_at_head = False
        return len(tag[0]), emotion or NEUTRAL
