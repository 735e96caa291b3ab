"""What people call the pages of a mirror."""

from collections.abc import Mapping, Sequence
from typing import Final

NAMES: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
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


def names_of_page(page: str, language: str | None = None) -> list[str]:
    """What people call a page, in a language or in any: a page of a household's own is called as it was named."""
    languages = [NAMES[language]] if language and language in NAMES else list(NAMES.values())
    return [*(name for names in languages for name in names.get(page, ())), page.replace("_", " ")]
