"""Words that people write: which of them are known, and what somebody may have meant."""

import difflib
from collections.abc import Callable, Collection, Iterable


def near(word: str, words: Iterable[str], shown: Callable[[str], str] = str) -> str:
    """What somebody may have meant who wrote an unknown word, as a part of a sentence."""
    found = difflib.get_close_matches(word, list(words), 1)
    return f" (did you mean `{shown(found[0])}`?)" if found else ""


def check_word(word: str, words: Collection[str], what: str) -> None:
    """Raise ValueError where a word is none of these."""
    if word not in words:
        raise ValueError(f"`{word}` is not {what}{near(word, words)}")
