"""A sample of the made-up hands that `scripts/bench gestures` measures with by the hour."""

import numpy as np
import pytest

from house.gestures import non_gestures, tracks
from mira_sidecar.subjects.gesture.worker.messages import RecogniserSettings
from mira_sidecar.subjects.gesture.worker.recogniser import Recogniser

TAKEN = 0.7
"""What the mirror takes by default."""


def told(film: tracks.Film) -> list[str]:
    recogniser = Recogniser(RecogniserSettings())
    found = [seen for t_ms, hands in film.frames for seen in recogniser.observe(t_ms, hands)]
    return [seen.name for seen in found if seen.confidence >= TAKEN]


@pytest.mark.parametrize("rate", [15, 30])
@pytest.mark.parametrize("name", tracks.SWIPES)
def test_swipes_are_told(name: str, rate: float) -> None:
    random = np.random.default_rng(21)
    found = [told(tracks.swipe(name, random, rate)) for _ in range(10)]
    assert sum(name in names for names in found) >= 9
    assert not [names for names in found for other in tracks.SWIPES if other != name and other in names]


@pytest.mark.parametrize("name", tracks.SHAPES_OF_POSES)
def test_poses_are_told(name: str) -> None:
    random = np.random.default_rng(22)
    found = [told(tracks.pose(name, random)) for _ in range(6)]
    assert found.count([name]) >= 5
    assert all(names in ([], [name]) for names in found)


@pytest.mark.parametrize("name", ["circle_clockwise", "circle_counter_clockwise"])
def test_circles_are_told(name: str) -> None:
    random = np.random.default_rng(23)
    assert [told(tracks.circle(name, random)) for _ in range(6)].count([name]) >= 5


def test_waves_are_told_once() -> None:
    random = np.random.default_rng(24)
    assert [told(tracks.wave(random)) for _ in range(8)].count(["wave"]) >= 7


@pytest.mark.parametrize("kind", non_gestures.NON_GESTURES)
def test_what_is_no_gesture_is_none(kind: str) -> None:
    random = np.random.default_rng(25)
    found = [told(non_gestures.nothing(kind, random)) for _ in range(8)]
    assert sum(bool(names) for names in found) <= 1
