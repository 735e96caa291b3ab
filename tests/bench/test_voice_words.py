"""What counts as a wrong word."""

import pytest

from house.bench.voice_words import errors


@pytest.mark.parametrize(
    ("heard", "count"),
    [
        ("Set a timer for ten minutes.", 0),
        ("set a timer, for 10 minutes!", 0),
        ("Set a time for ten minutes", 1),
        ("timer for ten minutes", 2),
        ("Set a timer for ten more minutes, please", 2),
        ("", 6),
    ],
)
def test_words_are_wrong_missing_or_too_much(heard: str, count: int) -> None:
    assert errors("set a timer for ten minutes", heard) == count
