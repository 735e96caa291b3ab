"""Texts are cut where a person would cut them, and names are found however they are written."""

import pytest

from custom_components.mira.util import matching, shortened

FAMILY = "👨\N{ZERO WIDTH JOINER}👩\N{ZERO WIDTH JOINER}👧"
SCOTLAND = "🏴\N{TAG LATIN SMALL LETTER G}\N{TAG LATIN SMALL LETTER B}\N{CANCEL TAG}"


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("Dinner is ready", 15, "Dinner is ready"),
        ("Dinner is ready", 14, "Dinner is…"),
        ("Dinner is ready", 10, "Dinner is…"),
        ("Dinner\n\nis ready", 9, "Dinner…"),
        ("Donaudampfschifffahrt", 10, "Donaudamp…"),
        ("A Donaudampfschifffahrt", 12, "A Donaudamp…"),
        ("きょうのばんごはん", 5, "きょうの…"),
        ("cafe\N{COMBINING ACUTE ACCENT}s", 5, "caf…"),
        (f"ab{FAMILY}c", 6, "ab…"),
        (f"ab{FAMILY}cd", 8, f"ab{FAMILY}…"),
        ("👍🏽👍🏽", 2, "…"),
        ("👍🏽👍🏽", 3, "👍🏽…"),
        ("🇩🇪🇫🇷", 4, "🇩🇪🇫🇷"),
        ("🇩🇪🇫🇷🇪🇸", 4, "🇩🇪…"),
        ("🇩🇪🇫🇷🇪🇸", 5, "🇩🇪🇫🇷…"),
        (f"a{SCOTLAND}b", 4, "a…"),
    ],
)
def test_what_is_too_long_is_cut_between_words_or_at_least_between_characters(text: str, limit: int, cut: str) -> None:
    assert shortened(text, limit) == cut
    assert len(cut) <= limit


def test_a_name_is_found_in_another_case_and_with_other_signs_between_its_words() -> None:
    known = {"todos": ["to-dos", "Aufgaben"], "my_cat": ["my cat"]}
    assert [matching(said, known) for said in ("TO DOS", "aufgaben", "My-Cat", "cat")] == [
        *(["todos"], ["todos"], ["my_cat"], [])
    ]
