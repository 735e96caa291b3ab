"""What people say to the mirror itself: a yes or a no where it asks something, and that it is to be quiet."""

from collections.abc import Mapping
from typing import Final

from .util import plain

_ANSWERS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "yes": "yes|yeah|yep|yes please|yes do it|do it|go ahead|sure|okay|ok|confirm|correct",
        "no": "no|nope|no thanks|no thank you|no don't|don't|cancel|stop|never mind",
    },
    "de": {
        "yes": "ja|jawohl|ja bitte|ja gerne|ja gern|ja mach das|mach das|gerne|klar|okay|ok|bestätigen|stimmt",
        "no": "nein|nein danke|nö|nee|bitte nicht|lass das|abbrechen|stopp|stop|doch nicht",
    },
}
_STOPS: Final[Mapping[str, str]] = {
    "en": "stop|stop it|stop talking|be quiet|quiet|that's enough|enough|cancel|never mind|nothing",
    "de": "stopp|stop|hör auf|sei still|still|ruhe|das reicht|genug|abbrechen|doch nicht|schon gut|nichts",
}
_BY_LANGUAGE: Final = {
    language: {plain(said): answer for answer, sayings in answers.items() for said in sayings.split("|")}
    for language, answers in _ANSWERS.items()
}
_STOPS_BY_LANGUAGE: Final = {
    language: frozenset(plain(said) for said in sayings.split("|")) for language, sayings in _STOPS.items()
}


def answer_in(text: str, language: str) -> str | None:
    """`yes` or `no` where the whole text says just that in this language, such as `en` or `en-GB`."""
    return _BY_LANGUAGE.get(_main(language), {}).get(plain(text))


def stops(text: str, language: str) -> bool:
    """Whether the whole text says in this language that nothing is wanted any more."""
    return plain(text) in _STOPS_BY_LANGUAGE.get(_main(language), frozenset())


def _main(language: str) -> str:
    return language.partition("-")[0]
