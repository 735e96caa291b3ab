"""Gestures that people taught are compared with how they were shown."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from house.gestures.hand_model import Posture, again, points_of, seen, shape_of
from mira_sidecar.subjects.gesture.worker.hand import Hand
from mira_sidecar.subjects.gesture.worker.lessons import Strokes
from mira_sidecar.subjects.gesture.worker.messages import OwnGesture
from mira_sidecar.subjects.gesture.worker.own import OwnGestures, motion_values, pose_values
from mira_sidecar.subjects.gesture.worker.track import Point

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


@pytest.fixture(scope="module")
def three_fingers() -> OwnGestures:
    return OwnGestures([OwnGesture(name="three", kind="pose", samples=[pose_values(hand) for hand in three(1, 10)])])


def three(seed: int, count: int, turned: float = 0.0) -> list[Hand]:
    """Index, middle and ring finger stretched, by one person, seen from here and there."""
    random = np.random.default_rng(seed)
    bends = np.radians([[2, 4, 3]] * 3 + [[78, 100, 55]])
    posture = Posture(bends, 1.0, np.array((0.0, 0.7, 0.4)))
    return [shown_as(points_of(again(posture, random), np.random.default_rng(5)), random, turned) for _ in range(count)]


def shown_as(points: np.ndarray, random: np.random.Generator, turned: float = 0.0) -> Hand:
    angle = np.radians(turned)
    turn = np.array(((np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))))
    flat = seen(points, random, aside=25, roll=20, noise=0.01) @ turn
    return Hand(landmarks=(flat * 80 + 300).astype(np.float32), handedness="left", score=1.0, picture=(640, 480))


def test_a_pose_that_no_training_knew_is_known_again(three_fingers: OwnGestures) -> None:
    found = [three_fingers.pose(hand) for hand in three(2, 60)]
    assert sum(pose is not None for pose in found) >= 54
    assert all(0.7 <= pose[1] <= 1 for pose in found if pose)


@pytest.mark.parametrize("shape", ["open", "closed", "pointing", "thumb", "victory", "ok", "rock", "call", "pinch"])
def test_another_shape_of_the_same_hand_is_not(three_fingers: OwnGestures, shape: str) -> None:
    random = np.random.default_rng(3)
    points = [points_of(shape_of(shape, random), np.random.default_rng(5)) for _ in range(60)]
    assert sum(three_fingers.pose(shown_as(each, random)) is not None for each in points) <= 1


def test_a_pose_that_points_elsewhere_is_another(three_fingers: OwnGestures) -> None:
    assert not any(three_fingers.pose(hand) for hand in three(2, 20, turned=180))


def test_one_example_that_was_caught_badly_takes_in_nothing() -> None:
    random = np.random.default_rng(4)
    fist = points_of(shape_of("closed", random), np.random.default_rng(5))
    samples = [*three(1, 9), shown_as(fist, random)]
    own = OwnGestures([OwnGesture(name="three", kind="pose", samples=[pose_values(hand) for hand in samples])])
    assert not any(own.pose(shown_as(fist, random)) for _ in range(20))
