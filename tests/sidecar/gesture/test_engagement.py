"""Which hands count, and from when on."""

import numpy as np
import pytest

from mira_sidecar.subjects.gesture.worker.engagement import Engagement
from mira_sidecar.subjects.gesture.worker.hand import Hand
from tests.sidecar.gesture.drawn import ALL, drawn, still

PALM = drawn(*ALL)


def engaged(hand: Hand, seconds: float = 0.5) -> bool:
    """Whether a hand that is shown like this for so long counts."""
    gate = Engagement()
    return [gate.observe(t_ms, hand) for t_ms, _ in still(seconds, hand)][-1]


def squeezed(x: float, y: float) -> Hand:
    points = PALM.landmarks * np.array((x, y), np.float32) + np.array((320 * (1 - x), 240 * (1 - y)), np.float32)
    return Hand(landmarks=points, handedness="left", score=1.0, picture=(640, 480))


@pytest.mark.parametrize(
    ("hand", "counts"),
    [
        (PALM, True),
        (drawn(*ALL, turned=100), True),
        (drawn(*ALL, turned=170), False),
        (drawn(*ALL, palm=26), True),
        (drawn(*ALL, palm=18), False),
        (squeezed(1.0, 0.35), False),
        (squeezed(0.2, 1.0), False),
        (drawn(*ALL, at=(10, 240)), False),
        (drawn(*ALL, at=(320, 20)), False),
    ],
    ids=["raised", "on its side", "hanging", "far", "too far", "pointing here", "edge-on", "at the side", "at the top"],
)
def test_a_hand_counts_that_is_raised_near_facing_and_inside(hand: Hand, counts: bool) -> None:
    assert engaged(hand) is counts


def test_one_frame_is_not_enough() -> None:
    gate = Engagement()
    assert not gate.observe(0, PALM)
    assert gate.observe(70, PALM)


def test_a_hand_at_the_limit_does_not_come_and_go() -> None:
    gate = Engagement()
    near, at_the_limit = drawn(*ALL, palm=26), drawn(*ALL, palm=22)
    assert [gate.observe(t_ms, near) for t_ms in (0, 70, 140)][-1]
    assert all(gate.observe(t_ms, at_the_limit) for t_ms in range(200, 2_000, 67))
    assert not engaged(at_the_limit)


def test_a_hand_that_turns_away_for_a_moment_still_counts() -> None:
    gate = Engagement()
    for t_ms in (0, 70, 140):
        gate.observe(t_ms, PALM)
    hanging = drawn(*ALL, turned=180)
    assert [gate.observe(t_ms, hanging) for t_ms in (200, 260, 330, 400)] == [True, True, True, False]
    assert not gate.observe(460, PALM)
