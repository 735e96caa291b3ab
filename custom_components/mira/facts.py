"""Finds in what people said the facts that last, by rules of English and German grammar; free of Home Assistant.

A fact is a sentence in the person's own words that states something of them, of somebody or something of theirs, of
where a thing is, or of when something takes place. Questions, wishes, commands and what is so for a moment are not.
What else people say of themselves may be one, and is kept for as long as there is room: to forget what somebody has
told costs more than to remember too much.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from .fact_grammar import DATE, ENGLISH, GERMAN, NAMES, PLACES, RELATIVE_DATE, Language

LONGEST: Final = 3_500
"""Characters of a summary."""
_LONGEST_FACT: Final = 240
"""Characters of one: what is longer is a story."""

_PERHAPS, _DATED, _LASTING, _REMEMBER = range(4)
"""What a fact is worth, where there is no room for all."""

_FEWEST = 4
"""Words of what may be one."""

_SENTENCE_END = re.compile(
    r"(?<=[.!?\n])(?<!\b\d\.)(?<!\b\d\d\.)(?<!\b[a-zA-Z]\.)(?<!\b(?:dr|mr|ms|st|nr|ca)\.)(?<!\b(?:mrs|bzw|usw"
    r"|str)\.)\s+",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w'\u2019-]+")


@dataclass(frozen=True)
class Fact:
    """One that was found."""

    text: str
    """In the person's own words."""
    key: tuple[str, ...]
    """What it is about: of two about the same, the newer one holds."""
    worth: int


def summary(before: str | None, said: Iterable[tuple[str, str]]) -> str:
    """The facts of an earlier summary and of what people said since, each with its day; one a line, the newest last."""
    facts: dict[tuple[str, ...], Fact] = {}
    for fact in (*_kept(before or ""), *(fact for text, day in said for fact in found(text, day))):
        facts.pop(fact.key, None)
        facts[fact.key] = fact
    kept = list(facts.values())
    while kept and sum(len(fact.text) + 1 for fact in kept) > LONGEST:
        kept.remove(min(kept, key=lambda fact: fact.worth))  # the oldest of these
    return "\n".join(fact.text for fact in kept)


def found(text: str, day: str) -> Iterator[Fact]:
    """The facts of what somebody said on a day."""
    last: Fact | None = None
    for sentence in _sentences(text):
        language = _language(sentence)
        if last and language.goes_on.match(sentence.lower()) and not _is_none(sentence, language):
            yield (last := Fact(f"{last.text} {sentence}", last.key, last.worth))
            continue
        last = _fact(sentence, language)
        if last:
            if RELATIVE_DATE.search(last.text.lower()):
                last = Fact(f"({day}) {last.text}", last.key, last.worth)
            yield last


def _sentences(text: str) -> Iterator[str]:
    """The sentences; of one that ends as a question, what is stated before that."""
    for sentence in _SENTENCE_END.split(text.strip()):
        whole = " ".join(sentence.split())
        if whole.endswith("?"):
            whole = re.split(r"[,;\u2013]\s+(?=[^,;\u2013]*$)", whole)[0] if re.search(r"[,;\u2013]\s", whole) else ""
        if whole and len(whole) <= _LONGEST_FACT:
            yield whole


def _language(sentence: str) -> Language:
    words = {word.lower() for word in _WORD.findall(sentence)}
    german, english = len(words & GERMAN.common), len(words & ENGLISH.common)
    if not german and not english:
        return GERMAN if GERMAN.orders.match(_plain(sentence)) else ENGLISH
    return GERMAN if german >= english else ENGLISH


def _plain(sentence: str) -> str:
    return sentence.lower().replace("\u2019", "'").rstrip(".!… ")


def _is_none(sentence: str, language: Language) -> bool:
    """Whether it asks, orders, or says how something is just now."""
    plain = _plain(sentence)
    is_dated = DATE.search(plain) is not None
    return bool(
        sentence.endswith("?")
        or language.asks.match(plain)
        or language.orders.match(plain)
        or (language.momentary.search(plain) and not is_dated)
    )


def _fact(sentence: str, language: Language) -> Fact | None:
    plain = _plain(sentence)
    start = language.fillers.match(plain)
    if start and start.end() < len(plain):
        sentence, plain = sentence[start.end() :], plain[start.end() :]
    if asked := language.remember.match(plain):
        what = sentence[asked.start("what") :]
        return Fact(what[:1].upper() + what[1:], _key(_plain(what), language), _REMEMBER)
    if _is_none(sentence, language):
        return None
    text = sentence[:1].upper() + sentence[1:]
    if language.states.match(plain):
        return Fact(text, _key(plain, language), _DATED if DATE.search(plain) and not _stays(plain) else _LASTING)
    if DATE.search(plain) and language.takes_place.match(plain):
        return Fact(text, _key(plain, language), _DATED)
    tells = language.tells.search(plain) and not language.passing.search(plain)
    return Fact(text, (plain,), _PERHAPS) if tells and len(_WORD.findall(plain)) >= _FEWEST else None


def _stays(plain: str) -> bool:
    """Whether its date comes again: a birthday, or what is every week."""
    return (
        re.search(r"birthday|anniversary|born|every|each|days\b|geburtstag|geboren|hochzeitstag|jede|tags\b", plain)
        is not None
    )


def _key(plain: str, language: Language) -> tuple[str, ...]:
    """What a sentence is about: whom or what, and which of its qualities."""
    verb = language.verb.search(plain)
    if not verb:
        return (plain,)
    about, rest = plain[: verb.start()].strip(), plain[verb.end() :].strip()
    name, words = verb["verb"], _WORD.findall(rest)
    if language.liking.match(name):
        return (about, "likes", *sorted(word for word in words if word not in language.empty))
    if language.attribute.search(about):
        return (about,)
    if language.single.match(name):
        return (about, name)
    return (about, name, *_quality(rest, words, language))


def _quality(rest: str, words: list[str], language: Language) -> tuple[str, ...]:
    """Which quality is told: a date, a place, a name; otherwise it is one of its own."""
    if DATE.search(" ".join(rest.split()[:3])):
        return ("date",)
    first = words[0] if words else ""
    if first in NAMES:
        return ("name",)
    if first in PLACES:
        return ("place",)
    return tuple(word for word in words if word not in language.empty)


def _kept(before: str) -> Iterator[Fact]:
    """What an earlier summary has: each line is a fact, whoever has found it."""
    for line in filter(None, map(str.strip, before.splitlines())):
        text = line.removeprefix("- ")
        plain = _plain(re.sub(r"^\(\d{4}-\d\d-\d\d\) ", "", text))
        language = _language(plain)
        if (fact := _fact(plain, language)) and fact.worth == _PERHAPS:
            yield Fact(text, fact.key, _PERHAPS)
            continue
        is_dated = DATE.search(plain) is not None and not _stays(plain)
        yield Fact(text, _key(plain, language), _DATED if is_dated else _LASTING)
