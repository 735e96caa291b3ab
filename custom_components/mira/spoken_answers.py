"""What people say for a yes or a no when the mirror asks something."""

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
_BY_LANGUAGE: Final = {
    language: {plain(said): answer for answer, sayings in answers.items() for said in sayings.split("|")}
    for language, answers in _ANSWERS.items()
}


def answer_in(text: str, language: str) -> str | None:
    """`yes` or `no` where the whole text says just that in this language, such as `en` or `en-GB`."""
    return _BY_LANGUAGE.get(language.partition("-")[0], {}).get(plain(text))
