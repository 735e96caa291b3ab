"""How often is looked."""

import pytest

from mira_sidecar.subjects.gesture.worker.pace import Pace


def looks(pace: Pace, seconds: float, *, seen: bool, took_s: float, start_s: float = 0.0) -> int:
    """How many looks there are in so many seconds when each takes so long."""
    now, count = start_s, 0
    while now < start_s + seconds:
        began, now = now, now + took_s
        now += pace.rest_s(began, now, seen=seen)
        count += 1
    return count


@pytest.mark.parametrize(("took_s", "rate"), [(0.004, 33), (0.011, 33), (0.025, 20), (0.04, 12), (0.09, 10)])
def test_a_hand_is_watched_as_often_as_half_of_the_time_allows(took_s: float, rate: int) -> None:
    assert looks(Pace(), 10, seen=True, took_s=took_s) == pytest.approx(rate * 10, rel=0.1)


def test_an_empty_room_is_looked_at_five_times_a_second() -> None:
    assert looks(Pace(), 10, seen=False, took_s=0.002) == pytest.approx(50, abs=1)


def test_a_hand_that_has_just_gone_is_waited_for() -> None:
    pace = Pace()
    looks(pace, 1, seen=True, took_s=0.01)
    assert looks(pace, 0.9, seen=False, took_s=0.01, start_s=1) == pytest.approx(14, abs=1)
    assert pace.lingering
    assert looks(pace, 10, seen=False, took_s=0.01, start_s=2) == pytest.approx(50, abs=2)
    assert not pace.lingering


def test_one_slow_look_changes_little() -> None:
    pace = Pace()
    looks(pace, 2, seen=True, took_s=0.01)
    pace.rest_s(2, 2.06, seen=True)
    assert pace.rest_s(3, 3.01, seen=True) == pytest.approx(0.02, abs=0.002)
