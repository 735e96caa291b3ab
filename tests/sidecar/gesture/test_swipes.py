"""Swipes: what is one, and what only looks like one."""

from collections.abc import Iterable

import pytest

from mira_sidecar.subjects.gesture.worker.hand import Hand
from mira_sidecar.subjects.gesture.worker.swipes import SwipeDetector
from mira_sidecar.subjects.gesture.worker.track import Point, point_of
from tests.sidecar.gesture.drawn import track


def seen_at(t_ms: float, hand: Hand | None) -> Point | None:
    """The hand as a detector gets it, where it counts as long as it does not hang."""
    ready = hand is not None and bool(hand.landmarks[9, 1] < hand.landmarks[0, 1])
    return point_of(t_ms, hand, ready=ready, is_open=True) if hand else None


def swipes(*tracks: Iterable[tuple[float, Hand | None]]) -> list[str]:
    """The names of the swipes in the tracks, one after the other."""
    detector = SwipeDetector()
    seen = [detector.observe(t_ms, seen_at(t_ms, hand)) for part in tracks for t_ms, hand in part]
    return [swipe.name for swipe in seen if swipe]


REST = (0.0, 320.0, 240.0)
AWAY = {"swipe_right": (-1, 0), "swipe_left": (1, 0), "swipe_up": (0, -1), "swipe_down": (0, 1)}


@pytest.mark.parametrize("rate", [10, 15, 30])
@pytest.mark.parametrize("name", AWAY)
def test_a_quick_movement_from_rest_is_one_swipe(name: str, rate: float) -> None:
    dx, dy = AWAY[name]
    end = (320.0 + 200 * dx, 240.0 + 200 * dy)
    path = track(REST, (0.6, 320, 240), (0.95, *end), (1.6, *end), rate=rate, jitter=1)
    assert swipes(path) == [name]


def test_the_person_s_right_is_the_left_of_the_image() -> None:
    assert swipes(track(REST, (0.6, 320, 240), (0.9, 100, 240))) == ["swipe_right"]


def test_a_swipe_out_of_the_picture_counts() -> None:
    assert swipes(track(REST, (0.6, 320, 240), (0.8, 120, 240)), [(870, None), (930, None)]) == ["swipe_right"]


def test_slow_drift_is_no_swipe() -> None:
    assert swipes(track(REST, (0.6, 320, 240), (3.6, 20, 240))) == []


def test_jitter_is_no_swipe() -> None:
    assert swipes(track(REST, (6.0, 320, 240), jitter=3)) == []


def test_a_slanted_movement_is_no_swipe() -> None:
    assert swipes(track(REST, (0.6, 320, 240), (0.9, 160, 80), (1.5, 160, 80))) == []


def test_a_short_movement_is_no_swipe() -> None:
    assert swipes(track(REST, (0.6, 320, 240), (0.75, 250, 240), (1.5, 250, 240))) == []


def test_the_way_back_is_no_swipe() -> None:
    there_and_back = track(REST, (0.6, 320, 240), (0.9, 120, 240), (1.2, 120, 240), (1.5, 320, 240), (2.2, 320, 240))
    assert swipes(there_and_back) == ["swipe_right"]


def test_after_a_pause_the_other_direction_counts() -> None:
    path = track(REST, (0.6, 320, 240), (0.9, 120, 240), (2.2, 120, 240), (2.5, 320, 240), (3.0, 320, 240))
    assert swipes(path) == ["swipe_right", "swipe_left"]


def test_the_same_direction_again_counts_again() -> None:
    path = track(
        REST, (0.6, 320, 240), (0.9, 120, 240), (1.2, 120, 240), (1.8, 320, 240), (2.6, 320, 240), (2.9, 120, 240)
    )
    assert swipes(path) == ["swipe_right", "swipe_right"]


def test_a_hand_raised_into_the_picture_does_not_swipe_up() -> None:
    assert swipes(track((0.0, 320, 470), (0.35, 320, 240), (1.2, 320, 240))) == []


def test_a_hand_that_is_lowered_out_of_the_picture_does_not_swipe_down() -> None:
    assert swipes(track(REST, (0.6, 320, 240), (0.9, 320, 470)), [(970, None), (1500, None)]) == []


def test_a_hanging_hand_does_not_swipe() -> None:
    assert swipes(track(REST, (0.6, 320, 240), (0.9, 120, 240), (1.5, 120, 240), turned=180)) == []


def test_a_slow_swipe_is_less_sure_than_a_brisk_one() -> None:
    def confidence(seconds: float) -> float:
        detector = SwipeDetector()
        path = track(REST, (0.6, 320, 240), (0.6 + seconds, 120, 240))
        return max(swipe.confidence for t_ms, hand in path if (swipe := detector.observe(t_ms, seen_at(t_ms, hand))))

    assert 0.5 <= confidence(0.8) < confidence(0.3) <= 1
