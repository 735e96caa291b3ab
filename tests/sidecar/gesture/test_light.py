"""Hands in dark rooms."""

from pathlib import Path

import numpy as np
import pytest

from house.hand_video import MIDDLE, Picture, Scene, Stretch
from mira_sidecar.subjects.gesture.worker.hands import HandTracker
from mira_sidecar.subjects.gesture.worker.light import brightened


def darkened(picture: Picture, light: float) -> Picture:
    """The picture at this part of the light, with the noise of a camera's sensor."""
    linear = (picture / 255) ** 2.2 * light + np.random.default_rng(5).normal(0, 0.0005, picture.shape)
    return (np.clip(linear, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)


@pytest.fixture(scope="module")
def photographs(recorded: Path) -> list[Picture]:
    """Frames with a hand in the middle."""
    stretch = Stretch(seconds=1 / 30, start=MIDDLE)
    return [
        next(Scene(photograph=path, noise=0).frames(stretch)) for path in sorted((recorded / "hands").glob("*.png"))
    ]


@pytest.mark.parametrize(("light", "without", "found"), [(0.03, 7, 9), (0.005, 1, 7)])
def test_hands_are_found_in_the_dark(
    photographs: list[Picture], models_path: Path, light: float, without: int, found: int
) -> None:
    dark = [darkened(picture, light) for picture in photographs]
    assert sum(bool(HandTracker(models_path).track(picture)) for picture in dark) <= without
    assert sum(bool(HandTracker(models_path).track(brightened(picture, picture.mean()))) for picture in dark) >= found


def test_a_bright_picture_stays_as_it_is(photographs: list[Picture]) -> None:
    picture = photographs[0]
    assert brightened(picture, 90) is picture


def test_a_black_picture_stays_dark() -> None:
    black = np.zeros((48, 64, 3), np.uint8)
    assert brightened(black, 0).max() == 0
