"""An empty room costs no search, and nobody's hand is missed for it."""

from collections.abc import Iterator

import numpy as np
import pytest

from mira_sidecar.subjects.gesture.worker.motion import Grey, MotionGate


def room(noise: float = 1.0, level: float = 120.0) -> Iterator[Grey]:
    """Small pictures of a room in which nobody is."""
    random = np.random.default_rng(3)
    wall = level * np.linspace(0.4, 1, 64) * np.ones((48, 1))
    while True:
        yield np.clip(wall + random.normal(0, noise, wall.shape), 0, 255).astype(np.uint8)


def hand(grey: Grey, *, levels: int = 25, column: int = 30, side: int = 4) -> Grey:
    """The same picture with something the size of a palm in it."""
    with_hand = grey.astype(np.int16)
    with_hand[20 : 20 + side, column : column + side] += levels
    return np.clip(with_hand, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("noise", [0, 1, 4])
def test_an_empty_room_is_searched_once_a_second(noise: float) -> None:
    gate = MotionGate()
    opened = [gate.opens(200 * number, next(pictures)) for pictures in [room(noise)] for number in range(300)]
    assert sum(opened) == 60


@pytest.mark.parametrize("levels", [-25, 25])
@pytest.mark.parametrize("noise", [0, 1])
def test_a_hand_that_comes_into_view_opens_it_at_once(noise: float, levels: int) -> None:
    pictures, gate = room(noise), MotionGate()
    assert gate.opens(0, next(pictures))
    assert not gate.opens(200, next(pictures))
    assert gate.opens(400, hand(next(pictures), levels=levels))


def test_what_moves_slowly_adds_up() -> None:
    pictures, gate = room(0), MotionGate()
    gate.opens(0, next(pictures))
    fading = [gate.opens(50 * number, hand(next(pictures), levels=number)) for number in range(1, 15)]
    assert True in fading


def test_a_hand_that_rests_is_looked_for_after_a_second() -> None:
    pictures, gate = room(), MotionGate()
    gate.opens(0, hand(next(pictures)))
    opened = [number for number in range(1, 11) if gate.opens(200 * number, hand(next(pictures)))]
    assert opened == [5, 10]


def test_light_that_changes_everywhere_is_no_motion() -> None:
    pictures, gate = room(), MotionGate()
    gate.opens(0, next(pictures))
    assert not gate.opens(200, next(pictures) - np.uint8(20))
    assert gate.opens(400, hand(next(pictures)) - np.uint8(20))
