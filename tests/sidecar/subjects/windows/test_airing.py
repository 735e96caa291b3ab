"""Whether an open window is felt in its room."""

from collections.abc import Iterable

from mira_sidecar.subjects.windows.core.airing import Airing
from mira_sidecar.subjects.windows.core.drives import Aired

MINUTE_MS = 60_000


def judged(inside: Iterable[float], *, outside: float = 5.0, position: int = 100) -> list[int]:
    """In which minutes a window is said to have no effect that is open while the air in the room is so."""
    airing = Airing()
    looks = enumerate(inside)
    return [minute for minute, each in looks if airing.look(Aired(each, outside, position), minute * MINUTE_MS)]


def test_a_window_that_changes_nothing_in_half_an_hour_is_said_to_once() -> None:
    assert judged([12.0] * 90) == [30]


def test_one_that_is_felt_is_not_whatever_comes_later() -> None:
    drying = [12.0 - minute * 0.1 for minute in range(20)]
    shower = [14.0] * 60
    assert judged([*drying, *shower]) == []


def test_who_showers_while_it_is_open_is_no_sign() -> None:
    rising = [10.0 + minute * 0.2 for minute in range(20)]
    falling = [14.0 - minute * 0.1 for minute in range(40)]
    assert judged([*rising, *falling]) == []


def test_air_that_is_alike_says_nothing() -> None:
    assert judged([6.0] * 90) == []


def test_a_window_that_is_hardly_open_need_not_be_felt() -> None:
    assert judged([12.0] * 90, position=25) == []


def test_it_is_judged_anew_after_it_was_shut() -> None:
    airing = Airing()
    found = [
        minute
        for minute in range(200)
        if airing.look(Aired(12.0, 5.0, 0 if 60 <= minute < 70 else 100), minute * MINUTE_MS)
    ]
    assert found == [30, 100]


def test_a_clock_that_is_put_back_begins_anew() -> None:
    airing = Airing()
    assert not airing.look(Aired(12.0, 5.0, 100), 1_000 * MINUTE_MS)
    assert not airing.look(Aired(12.0, 5.0, 100), 0)
    assert not airing.look(Aired(12.0, 5.0, 100), 29 * MINUTE_MS)
    assert airing.look(Aired(12.0, 5.0, 100), 30 * MINUTE_MS)
