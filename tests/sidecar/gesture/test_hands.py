"""The tracker finds a hand, follows it, and finds it again."""

from pathlib import Path

import numpy as np
import pytest

from house.hand_video import ABSENT, HELD, SWIPE_RIGHT, Scene, Stretch, _paste
from mira_sidecar.subjects.gesture.worker.hands import HandTracker


@pytest.fixture
def scene(recorded: Path) -> Scene:
    return Scene(photograph=recorded / "hands" / "four_04.png")


def test_an_empty_picture_has_no_hand(scene: Scene, models_path: Path) -> None:
    tracker = HandTracker(models_path)
    assert tracker.track(next(scene.frames(ABSENT))) == []
    assert not tracker.following


def test_a_hand_is_where_it_was_painted(scene: Scene, models_path: Path) -> None:
    (hand,) = HandTracker(models_path).track(next(scene.frames(HELD)))
    assert hand.landmarks.shape == (21, 2)
    # The photograph is 216 pixels high around (352, 240), the fingers at its top.
    assert np.abs(hand.landmarks.mean(axis=0) - (352, 240)).max() < 40
    assert hand.landmarks[12, 1] < 190
    assert hand.landmarks[0, 1] > 270
    assert hand.score > 0.9


def test_handedness_is_the_person_s(scene: Scene, models_path: Path) -> None:
    """The palm of the photograph faces us with its thumb on the right: a right hand, as a camera sees it."""
    frame = next(scene.frames(HELD))
    (right,) = HandTracker(models_path).track(frame)
    (left,) = HandTracker(models_path).track(np.ascontiguousarray(frame[:, ::-1]))
    assert (right.handedness, left.handedness) == ("right", "left")


def test_a_moving_hand_is_followed_out_of_the_picture_and_found_again(scene: Scene, models_path: Path) -> None:
    tracker = HandTracker(models_path)
    places = [
        tracker.track(frame)[0].centre[0]
        for number, frame in enumerate(scene.frames(SWIPE_RIGHT))
        if number % 2 == 0 and number < 7
    ]
    assert places == sorted(places, reverse=True)
    assert places[0] - places[-1] > 150
    assert tracker.track(next(scene.frames(ABSENT))) == []
    assert len(tracker.track(next(scene.frames(HELD)))) == 1


@pytest.mark.parametrize(("width", "height"), [(320, 240), (1280, 720), (480, 640)])
def test_any_size_of_picture_will_do(recorded: Path, models_path: Path, width: int, height: int) -> None:
    scene = Scene(photograph=recorded / "hands" / "four_04.png", width=width, height=height)
    (hand,) = HandTracker(models_path).track(next(scene.frames(HELD)))
    assert abs(hand.landmarks[:, 0].mean() - 0.55 * width) < 0.1 * width


def picture(recorded: Path, *places: tuple[str, int]) -> np.ndarray:
    """Photographs of right hands at these columns before a grey wall; on the right half they are mirrored."""
    frame = np.full((480, 640, 3), 120, np.uint8)
    for name, x in places:
        hand = Scene(photograph=recorded / "hands" / f"{name}.png", hand_height=0.6)._hand()
        _paste(np.ascontiguousarray(hand[:, ::-1]) if x > 320 else hand, frame, x, 220 if x > 320 else 240)
    return frame


def test_two_hands_are_found_followed_and_told_apart(recorded: Path, models_path: Path) -> None:
    tracker = HandTracker(models_path)
    both = picture(recorded, ("four_04", 170), ("four_04", 480))
    for _ in range(3):
        hands = sorted(tracker.track(both), key=lambda hand: hand.centre[0])
        assert [hand.handedness for hand in hands] == ["right", "left"]
    assert len(tracker.track(picture(recorded, ("four_04", 170)))) == 1


def test_the_other_hand_is_found_while_one_is_followed(recorded: Path, models_path: Path) -> None:
    tracker = HandTracker(models_path)
    assert len(tracker.track(picture(recorded, ("four_04", 170)))) == 1
    both = picture(recorded, ("four_04", 170), ("four_04", 480))
    found = [len(tracker.track(both)) for _ in range(8)]
    assert found[-1] == 2


def test_a_hand_that_is_missed_at_one_size_is_looked_for_at_another(recorded: Path, models_path: Path) -> None:
    """Measured: found at 4 of these places; with one look alone at none."""
    scene = Scene(photograph=recorded / "hands" / "four_07.png", hand_height=0.48)
    places = [(x, y) for x in (0.35, 0.45, 0.55, 0.65) for y in (0.45, 0.55)]
    frames = [next(scene.frames(Stretch(seconds=0.04, start=place))) for place in places]
    assert sum(len(HandTracker(models_path).track(frame)) for frame in frames) >= 2
