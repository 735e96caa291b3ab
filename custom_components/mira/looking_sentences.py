"""What people say where somebody is to look at them, in Home Assistant's template syntax for sentences."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, Literal

from hassil import Sentence, is_match, parse_sentence

from .translation import base_language

type Kind = Literal["photo", "video"]
"""What is taken."""

_POLITE: Final[Mapping[str, str]] = {
    "en": "[please|(can|could|would) you [please]] ({}) [please|for me|now]",
    "de": "[bitte|kannst du [bitte]|könntest du [bitte]] ({}) [bitte]",
}
_OF: Final[Mapping[str, str]] = {
    "en": "[of (me|us|this|that|my (outfit|clothes|hair))]",
    "de": "[von (mir|uns|dem hier|meinem Outfit|meinen Haaren)]",
}
_SENTENCES: Final[Mapping[Kind, Mapping[str, Sequence[str]]]] = {
    "photo": {
        "en": (
            "(take|make|shoot) (a|another|one more) (picture|photo|photograph|selfie|snapshot) {of}",
            "take my (picture|photo)",
            "(look|have a look|take a look) at (me|us|this|that|what I (have|am holding|hold)) [here]",
            "how (do I|do we) look [today|in this|like this]",
            "(what am I|what are we) wearing",
            "what am I holding [in my (hand|hands)|here|up]",
            "what do I have in my (hand|hands)",
            "(what do you|what can you|what do you) see [here|in front of you]",
            "(what's|what is) (this|that) [here] in my (hand|hands)",
            "(does this|does that|does it) suit me",
        ),
        "de": (
            "(mach|mache|nimm|schieß|schieße) [bitte] [mal] (ein|noch ein) (Foto|Bild|Selfie|Photo) {of} [auf]",
            "[mal] (ein|noch ein) (Foto|Bild|Selfie|Photo) {of} (machen|aufnehmen|schießen)",
            "fotografier[e] (mich|uns|das [hier])",
            "(schau|sieh|guck|schaue|gucke) [bitte] (mich|uns|dir (das|mich)) [doch|mal|doch mal] [hier] an",
            "(schau|sieh|guck|schaue|gucke) [bitte|doch] mal (her|hin|an)",
            "(wie sehe ich|wie seh ich|wie sehen wir) [heute|so|darin] aus",
            "was (habe|hab|halte) ich [hier|da] in (der|meiner|den|meinen) (Hand|Händen)",
            "was halte ich [hier|da] [hoch]",
            "was (habe|hab) ich an",
            "was (siehst du|kannst du sehen) [hier|gerade|vor dir]",
            "(steht mir das|passt mir das|steht mir das so)",
        ),
    },
    "video": {
        "en": (
            "(take|make|record|shoot) (a|another|one more) (video|film|clip|movie) {of}",
            "(film|record) (me|us|this)",
        ),
        "de": (
            "(mach|mache|nimm|dreh|drehe) [bitte] [mal] (ein|einen|noch ein|noch einen) (Video|Film|Clip) {of} [auf]",
            "[mal] (ein|einen|noch ein|noch einen) (Video|Film|Clip) {of} (machen|aufnehmen|drehen)",
            "film[e] (mich|uns|das [hier])",
        ),
    },
}


def wanted_in(text: str, language: str) -> Kind | None:
    """Whether the whole text asks in this language, such as `en` or `en-GB`, to be looked at, and how."""
    said = " ".join(text.replace("?", " ").replace("!", " ").replace(".", " ").replace(",", " ").split())
    for kind in _SENTENCES:
        if any(is_match(said, sentence) for sentence in _parsed(kind, base_language(language))):
            return kind
    return None


@cache
def _parsed(kind: Kind, language: str) -> list[Sentence]:
    return [
        parse_sentence(_POLITE[language].format(template.replace("{of}", _OF[language])))
        for template in _SENTENCES[kind].get(language, ())
    ]
