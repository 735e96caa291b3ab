"""Texts as people and language models write them: too long, in another case, with other signs between the words."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

_JOINER = "\N{ZERO WIDTH JOINER}"
_FLAG_LETTERS = ("\N{REGIONAL INDICATOR SYMBOL LETTER A}", "\N{REGIONAL INDICATOR SYMBOL LETTER Z}")
_SKIN_TONES = ("\N{EMOJI MODIFIER FITZPATRICK TYPE-1-2}", "\N{EMOJI MODIFIER FITZPATRICK TYPE-6}")
_TAGS = ("\N{TAG SPACE}", "\N{CANCEL TAG}")


def shortened(text: str, limit: int) -> str:
    """The text, where it is longer than this many characters cut behind a word, and the rest told by "…"."""
    if len(text) <= limit:
        return text
    end = limit - 1
    words = re.match(r".*\S(?=\s)", text[: end + 1], re.DOTALL)
    if words and words.end() > end // 2:
        return f"{words.group()}…"
    while end and _is_inside(text, end):
        end -= 1
    return f"{text[:end].rstrip()}…"


def _is_inside(text: str, place: int) -> bool:
    """Whether a cut there would go through what people take for one character, such as a flag or a family."""
    before, after = text[place - 1], text[place]
    if _FLAG_LETTERS[0] <= after <= _FLAG_LETTERS[1]:
        letters = re.search(rf"[{_FLAG_LETTERS[0]}-{_FLAG_LETTERS[1]}]*$", text[:place])
        return bool(letters and len(letters.group()) % 2)
    return (
        _JOINER in (before, after)
        or unicodedata.category(after).startswith("M")
        or _SKIN_TONES[0] <= after <= _SKIN_TONES[1]
        or _TAGS[0] <= after <= _TAGS[1]
    )


def plain(name: str) -> str:
    """What of a name counts when it is compared: `My cat`, `my_cat` and `MY-CAT` are one."""
    return re.sub(r"[\W_]+", "", name.casefold())


def matching[Value](said: str, known: Mapping[Value, Iterable[str]]) -> list[Value]:
    """Those that have this name."""
    wanted = plain(said)
    return [value for value, names in known.items() if wanted in map(plain, names)]
