"""What people say to a mirror, in Home Assistant's template syntax for sentences.

No sentence has a wildcard but what is put on a list: pages and mirrors are named as they are, so that nothing that is
meant for somebody else is taken.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from .util import plain

PAGE_NAMES: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    "en": {
        "home": ("home", "start", "main"),
        "todos": ("to-do", "to-dos", "to do", "to dos", "todo", "todos", "to-do list", "to do list", "todo list"),
        "clock": ("clock", "time"),
        "calendar": ("calendar",),
        "weather": ("weather",),
        "people": ("people",),
        "log": ("log", "history"),
        "media": ("music", "media"),
        "camera": ("camera",),
    },
    "de": {
        "home": ("Start", "Startseite", "Hauptseite"),
        "todos": ("Aufgaben", "Aufgabenliste", "To-dos", "To-do-Liste", "To do Liste"),
        "clock": ("Uhr", "Uhrzeit"),
        "calendar": ("Kalender",),
        "weather": ("Wetter",),
        "people": ("Personen", "Leute"),
        "log": ("Protokoll", "Verlauf"),
        "media": ("Musik", "Medien"),
        "camera": ("Kamera",),
    },
}
"""By language and page: first what the display calls it, then what else people say."""

HERE: Final[Mapping[str, str]] = {"en": "(on|at) (the|my|our) mirror", "de": "(auf|an|am|im) [dem|meinem] Spiegel"}
"""What people say where there is one mirror, or one in the room."""
_HERE_NAMES: Final = frozenset({"mirror", "spiegel"})
"""Plain names of a mirror that would be taken for these words."""
_NAMED: Final[Mapping[str, str]] = {
    "en": "[the|my|our] [mirror in the] ({mirror})",
    "de": "[dem|der|meinem] [Spiegel (in|im|in der)] ({mirror})",
}
_THERE: Final[Mapping[str, str]] = {"en": "(on|at)", "de": "(auf|an|am)"}
_IN_THERE: Final[Mapping[str, str]] = {"en": "(on|at|in)", "de": "(auf|an|am|im|in|von|vom)"}
"""What people say before the name of a mirror. A page alone may also be a thing that is *in* a room."""

_POLITE: Final[Mapping[str, str]] = {
    "en": "[please|(can|could|would) you [please]] {} [please|for me]",
    "de": "[bitte] {} [bitte]",
}
_FILLERS: Final[Mapping[str, str]] = {
    "{bitte}": "[bitte] [mal]",
    "{mir}": "[mir|uns] [bitte] [mal]",
    "{geh}": "(geh|gehe|wechsel|wechsle|spring|springe|blätter|blättere)",
}
"""Words that Home Assistant leaves out of its own sentences, but not out of those of automations."""
_PAGES: Final[Mapping[str, Sequence[str]]] = {
    "en": (
        "[show|open|display] [me|us] [the|my|our] ({page}) page {where}",
        "(go|switch|change|turn) [back] to [the|my|our] ({page}) page {where}",
        "(show|open|display) [me|us] [the|my|our] ({page}) {place}",
    ),
    "de": (
        "[(zeig|zeige|öffne) {bitte}] {mir} [die] ({page})([ ]|s[ ]|-)Seite {where} [an]",
        "[(zeig|zeige|öffne) {bitte}] {mir} [die] Seite ({page}) {where} [an]",
        "(zeig|zeige) {bitte} {place} [die|das|den] ({page})[[([ ]|s[ ]|-)]Seite] [an]",
        "{geh} {bitte} [zurück] (zur|auf die) ({page})([ ]|s[ ]|-)Seite {where}",
        "{geh} {bitte} [zurück] (zur|auf die) Seite ({page}) {where}",
        "(zeig|zeige) {bitte} {mir} [die|das|den] ({page}) {place} [an]",
    ),
}
_NEXT: Final[Mapping[str, Sequence[str]]] = {
    "en": ("[show|go to|turn to] [me|us] [the] next page {where}",),
    "de": (
        "[(zeig|zeige) {bitte}] {mir} [die] nächste Seite {where} [an]",
        "{geh} {bitte} zur nächsten Seite {where}",
        "[eine] Seite weiter {where}",
    ),
}
_PREVIOUS: Final[Mapping[str, Sequence[str]]] = {
    "en": ("[show|go to|go back to|turn to] [me|us] [the] previous page {where}", "[go] back (a|one) page {where}"),
    "de": (
        "[(zeig|zeige) {bitte}] {mir} [die] (vorige|vorherige) Seite {where} [an]",
        "{geh} {bitte} [zurück] zur (vorigen|vorherigen) Seite {where}",
        "[eine] Seite zurück {where}",
    ),
}
_UNDO: Final[Mapping[str, Sequence[str]]] = {
    "en": (
        "undo [that|this|it|the last (change|action|thing)] {where}",
        "take (that|it|the last (change|action)) back {where}",
        "revert (that|it|the last (change|action)) {where}",
    ),
    "de": (
        "[(mach|mache) {bitte}] [das|es|die letzte Änderung] {where} [wieder] rückgängig [machen]",
        "rückgängig [machen] {where}",
        "nimm {bitte} (das|es|die letzte Änderung) {where} [wieder] zurück",
    ),
}
_ADD: Final[Mapping[str, Sequence[str]]] = {
    "en": ("add {item} to {list}", "put {item} (on|onto|in) {list}"),
    "de": (
        "(setz|setze|schreib|schreibe|pack|packe|nimm) {bitte} {item} (auf|in) {list}",
        "füge {bitte} {item} (zu|zur) {list} hinzu",
        "ergänze {bitte} {item} (auf|in) {list}",
    ),
}
_COMPLETE: Final[Mapping[str, Sequence[str]]] = {
    "en": (
        "(check|tick|cross|mark) off {item} (on|from|in) {list}",
        "(check|tick|cross|mark) {item} off {list}",
        "(complete|finish) {item} (on|from|in) {list}",
        "mark {item} [as] (done|completed|complete) on {list}",
    ),
    "de": (
        "(hak|hake) {bitte} {item} (auf|von|aus|in) {list} ab",
        "(streich|streiche) {bitte} {item} (von|aus|auf) {list}",
        "(markier|markiere) {bitte} {item} (auf|in) {list} als erledigt",
    ),
}
_REMOVE: Final[Mapping[str, Sequence[str]]] = {
    "en": ("(remove|delete) {item} (from|off|on|in) {list}", "take {item} off {list}"),
    "de": (
        "(entfern|entferne|lösch|lösche) {bitte} {item} (von|aus|auf) {list}",
        "nimm {bitte} {item} (von|aus) {list} (runter|raus)",
    ),
}
_READ: Final[Mapping[str, Sequence[str]]] = {
    "en": ("(what's|whats|what is) (on|in) {list}", "(read|tell) [me|us] {list}"),
    "de": ("was (steht|ist) [alles|noch] (auf|in) {list}", "lies {bitte} {mir} {list} vor"),
}
COMMANDS: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    "next_page": _NEXT,
    "previous_page": _PREVIOUS,
    "undo": _UNDO,
}
LISTS: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    "add_todo": _ADD,
    "complete_todos": _COMPLETE,
    "remove_todos": _REMOVE,
    "read_todos": _READ,
}
_THE: Final[Mapping[str, str]] = {
    "en": "[the|my|our]",
    "de": "[die|der|den|meine|meiner|meinen|unsere|unserer|unseren]",
}
TODOS: Final[Mapping[str, str]] = {
    "en": "((to-do|to-dos|to do|to dos|todo|todos|task|tasks) [list])",
    "de": "((Aufgaben|To-do|To-dos|To do|To dos|Todo|Todos)[([ ]|n[ ]|-)Liste])",
}
"""What people call the list where they have no other of such a name."""
ANY_LIST: Final[Mapping[str, str]] = {"en": "list", "de": "Liste"}
"""What they call it where Assist knows no list at all but this one."""
ANY_LIST_NAMES: Final = frozenset({"list", "liste"})
TODO_NAMES: Final = frozenset(
    {
        *("todo", "todos", "todolist", "todoslist", "task", "tasks", "tasklist", "taskslist"),
        *("todoliste", "todosliste", "aufgabe", "aufgaben", "aufgabenliste"),
    }
)
"""The plain names of lists that these words would mean."""


def names_of_page(page: str, language: str | None = None) -> list[str]:
    """What people call a page, in a language or in any: a page of a household's own is called as it was named."""
    languages = [PAGE_NAMES[language]] if language and language in PAGE_NAMES else list(PAGE_NAMES.values())
    return [*(name for names in languages for name in names.get(page, ())), page.replace("_", " ")]


def bare(name: str) -> str:
    """A name as it is compared, without the article or the owner that people say or leave out."""
    return plain(re.sub(r"^\s*(the|my|our|die|der|das|den|meine[rn]?|unsere[rn]?)\s+", "", name, flags=re.IGNORECASE))


def telling(names: Iterable[str]) -> tuple[str, ...]:
    """The names of a mirror that say which one it is: "the mirror" is the near one, whatever another is called."""
    return tuple(name for name in names if bare(name) not in _HERE_NAMES)


def names_by_room(room: str) -> list[str]:
    """What people call the only mirror of a room."""
    return [room, f"{room} mirror", f"{room}-Spiegel", f"{room}spiegel", f"{room} Spiegel"]


def page_sentences(page: str, mirror: Sequence[str] = (), *, others: Iterable[str] = ()) -> list[str]:
    """Sentences that show a page: on the mirror of these names, or on none that is named.

    What other pages are really called, it is not called.
    """
    taken = set(map(plain, others)) - {plain(page)}

    def names(language: str) -> str:
        return _any_of(name for name in names_of_page(page, language) if plain(name) not in taken)

    return _filled(_PAGES, mirror, page={language: names(language) for language in _PAGES})


def command_sentences(command: str, mirror: Sequence[str] = ()) -> list[str]:
    """Sentences for one of `COMMANDS`."""
    return _filled(COMMANDS[command], mirror)


def list_sentences(
    command: str, mirror: Sequence[str] = (), *, words: Iterable[Mapping[str, str]], taken: Collection[str] = ()
) -> list[str]:
    """Sentences for one of `LISTS`, where these words mean the list of the mirror.

    These plain names are taken by other lists: "the kitchen list" may be one of its own.
    """
    lists = {}
    owners = [name for name in mirror if not _names_list(name, taken)]
    for language, the in _THE.items():
        name = "|".join(called[language] for called in words)
        lists[language] = f"{the} ({name}) {_where(language, mirror)}"
        if owners:
            possessive = "['s|s] " if language == "en" else "([ ]|s[ ]|-)"
            lists[language] = f"({lists[language]}|{the} ({_any_of(owners)}){possessive}({name}))"
    return _filled(LISTS[command], mirror, list=lists)


def _names_list(name: str, taken: Collection[str]) -> bool:
    """Whether another list is called as that of a mirror of this name would be."""
    words = ("", *TODO_NAMES, *ANY_LIST_NAMES)
    return any(f"{bare(name)}{possessive}{word}" in taken for possessive in ("", "s") for word in words)


def answers(mirror: Sequence[str]) -> list[str]:
    """Sentences that answer which mirror is meant."""
    return [f"[{_IN_THERE[language]}] {_name(language, mirror)}" for language in _NAMED]


def _filled(templates: Mapping[str, Sequence[str]], mirror: Sequence[str], **values: Mapping[str, str]) -> list[str]:
    """The templates of all languages, for a mirror of these names or for the one that is near."""
    sentences = []
    for language, of_language in templates.items():
        there = f"{_THERE[language]} {_name(language, mirror)}" if mirror else HERE[language]
        filling = {**_FILLERS, "{place}": there, "{where}": _where(language, mirror)}
        filling |= {f"{{{name}}}": of_values[language] for name, of_values in values.items()}
        for template in of_language:
            words = [filling.get(word, word) for word in re.split(r"({\w+})", template)]
            sentences.append(" ".join(_POLITE[language].format("".join(words)).split()))
    return sentences


def _where(language: str, mirror: Sequence[str]) -> str:
    """Which mirror is meant; that need not be said of the near one."""
    return f"{_IN_THERE[language]} {_name(language, mirror)}" if mirror else f"[{HERE[language]}]"


def _name(language: str, mirror: Sequence[str]) -> str:
    return _NAMED[language].replace("{mirror}", _any_of(mirror))


def _any_of(names: Iterable[str]) -> str:
    """Alternatives of a template; signs that mean something there, or that nobody speaks, are left out."""
    spoken = (" ".join(re.sub(r"[^\w\s'-]", " ", name).split()) for name in names)
    return "|".join(dict.fromkeys(filter(None, spoken)))
