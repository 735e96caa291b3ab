"""Which frames are told to displays."""

import random

import msgspec

from mira_sidecar.subjects.gesture.worker.sights import Sights
from tests.sidecar.live_hand import HAND


def test_the_first_hand_is_told_at_once_and_an_empty_room_not_at_all() -> None:
    sights = Sights()
    assert sights.observe(0, []) is None
    seen = sights.observe(33, [HAND])
    assert seen
    assert (seen.hands, seen.t_ms) == ([HAND], 33)


def test_the_last_hand_goes_once() -> None:
    sights = Sights()
    sights.observe(0, [HAND])
    gone = sights.observe(1, [])
    assert gone
    assert gone.hands == []
    assert sights.observe(2, []) is None


def test_no_more_than_fifteen_a_second_are_told_however_many_there_are() -> None:
    for rate in (15, 25, 30, 60):
        draw = random.Random(rate)
        sights = Sights()
        times = [1000 * (number + draw.uniform(-0.3, 0.3)) / rate for number in range(rate * 20)]
        told = sum(sights.observe(t_ms, [msgspec.structs.replace(HAND, held_ms=1)]) is not None for t_ms in times)
        assert 14 * 20 <= told <= 15 * 20 + 1, rate


def test_after_a_pause_there_is_no_catching_up() -> None:
    sights = Sights()
    sights.observe(0, [HAND])
    told = [sights.observe(10_000 + 10 * number, [HAND]) is not None for number in range(20)]
    assert told.count(True) <= 5
