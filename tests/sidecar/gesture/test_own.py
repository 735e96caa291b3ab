"""Gestures that people taught are compared with how they were shown."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from mira_sidecar.workers.gesture.lessons import Strokes
from mira_sidecar.workers.gesture.messages import OwnGesture
from mira_sidecar.workers.gesture.own import OwnGestures, motion_values
from mira_sidecar.workers.gesture.track import Point

type Way = Callable[[float], tuple[float, float]]
"""From a part of the time to a place, in palms."""


def zigzag(part: float) -> tuple[float, float]:
    return 4 * part, 2 * abs((part * 3) % 2 - 1)


def straight(part: float) -> tuple[float, float]:
    return 4 * part, 0.0


def shown(way: Way, *, seed: int = 0, palm: float = 60, ms: float = 900, left: float = 0) -> list[Point]:
    """The way of a hand, with a trembling of a twentieth of a palm."""
    random = np.random.default_rng(seed)
    points = []
    for part in np.linspace(0, 1, 28).tolist():
        x, y = (np.array(way(part)) + random.normal(0, 0.05, 2)).tolist()
        points.append(
            Point(t_ms=part * ms, x=left + x * palm, y=y * palm, tips=0, palm=palm, score=0.95, ready=True, open=True)
        )
    return points


@pytest.fixture(scope="module")
def taught() -> OwnGestures:
    samples = [motion_values(shown(zigzag, seed=seed)) for seed in range(10)]
    return OwnGestures([OwnGesture(name="zigzag", kind="motion", samples=[one for one in samples if one])])


def test_a_motion_is_known_again_at_any_place_size_and_speed(taught: OwnGestures) -> None:
    for seed, (palm, ms, left) in enumerate(((60, 900, 0), (30, 500, 300), (120, 2_000, -90)), 100):
        found = taught.motion(shown(zigzag, seed=seed, palm=palm, ms=ms, left=left))
        assert found
        assert found[0] == "zigzag"
        assert found[1] >= 0.7


@pytest.mark.parametrize(
    "way",
    [
        straight,
        lambda part: (-4 * part, 2 * abs((part * 3) % 2 - 1)),
        lambda part: (math.cos(6 * part), math.sin(6 * part)),
    ],
    ids=["straight", "backwards", "a circle"],
)
def test_another_motion_is_not(taught: OwnGestures, way: Way) -> None:
    assert taught.motion(shown(way, seed=7)) is None


def test_what_hardly_moves_or_takes_too_long_is_no_motion() -> None:
    assert motion_values(shown(straight)[:4]) is None
    assert motion_values(shown(zigzag, ms=4_000)) is None


def test_the_way_of_a_hand_ends_where_it_rests() -> None:
    strokes, points = Strokes(), shown(zigzag)
    ways = [strokes.observe(point, moving=0 < number < 20) for number, point in enumerate(points)]
    (whole,) = [way for way in ways if way]
    assert whole == points[:21]
