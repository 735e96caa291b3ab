"""Poses fire once when held, swipes once a movement."""

from collections.abc import Iterable

import numpy as np
import pytest

from mira_sidecar.subjects.gesture.seen import LiveHand
from mira_sidecar.subjects.gesture.worker.hand import Hand
from mira_sidecar.subjects.gesture.worker.messages import GestureRule, Recognised, RecogniserSettings
from mira_sidecar.subjects.gesture.worker.recogniser import Recogniser
from tests.sidecar.gesture.drawn import ALL, drawn, still, track

PALM, FIST = drawn(*ALL), drawn()


def recognised(*parts: Iterable[tuple[float, Hand | None]], mirrored: bool = False) -> list[Recognised]:
    """What the hands of the parts, one after the other, come to."""
    recogniser = Recogniser(RecogniserSettings(mirrored=mirrored))
    return [seen for part in parts for t_ms, hand in part for seen in recogniser.observe(t_ms, [hand] if hand else [])]


def names(*parts: Iterable[tuple[float, Hand | None]], mirrored: bool = False) -> list[str]:
    return [seen.name for seen in recognised(*parts, mirrored=mirrored)]


def test_a_pose_fires_once_after_its_hold_time() -> None:
    (palm,) = recognised(still(3, PALM))
    assert palm.name == "palm"
    assert palm.handedness == "left"
    assert palm.confidence > 0.95
    assert 600 <= palm.hold_ms < 700
    assert palm.t_ms < 900


def test_a_pose_held_too_short_does_not_fire() -> None:
    assert names(still(0.5, PALM), still(1, None, start=0.5)) == []


def test_a_released_pose_fires_again() -> None:
    assert names(still(1, PALM), still(0.5, None, start=1), still(1, PALM, start=1.5)) == ["palm", "palm"]


def test_another_pose_fires_without_a_pause() -> None:
    assert names(still(1, PALM), still(1, FIST, start=1)) == ["palm", "fist"]


def test_a_frame_without_the_hand_is_not_a_release() -> None:
    frames = [(t_ms, None if number in {5, 18} else hand) for number, (t_ms, hand) in enumerate(still(2, PALM))]
    (palm,) = recognised(frames)
    assert palm.confidence < 0.95


def test_a_frame_with_another_pose_is_not_a_change() -> None:
    frames = [(t_ms, FIST if number == 18 else hand) for number, (t_ms, hand) in enumerate(still(2, PALM))]
    assert names(frames) == ["palm"]


def test_a_moving_hand_does_not_fire_a_pose() -> None:
    wandering = track((0, 100, 240), (1, 300, 240), (2, 100, 240), (3, 300, 240))
    assert names(wandering) == []


def test_a_pose_that_fired_does_not_fire_again_where_it_was_moved_to() -> None:
    moved = track((0, 320, 240), (1, 320, 240), (2.5, 120, 240), (4, 120, 240))
    assert names(moved) == ["palm"]


def test_palm_then_swipe() -> None:
    assert names(track((0, 320, 240), (1.2, 320, 240), (1.5, 100, 240))) == ["palm", "swipe_right"]


def test_a_mirrored_stream_swaps_directions_and_hands() -> None:
    path = list(track((0, 320, 240), (0.5, 320, 240), (0.8, 100, 240)))
    (straight,), (mirrored,) = recognised(path), recognised(path, mirrored=True)
    assert (straight.name, straight.handedness) == ("swipe_right", "left")
    assert (mirrored.name, mirrored.handedness) == ("swipe_left", "right")


def test_a_camera_with_five_frames_a_second_is_enough_for_poses() -> None:
    assert names(still(2, PALM, rate=5)) == ["palm"]


def live(*frames: tuple[float, Hand | None], **settings: object) -> list[LiveHand]:
    """What a display shows after these frames."""
    recogniser = Recogniser(RecogniserSettings(**settings))
    for t_ms, hand in frames:
        recogniser.observe(t_ms, [hand] if hand else [])
    return recogniser.live()


def test_a_display_sees_the_pose_fill_its_time() -> None:
    (hand,) = live(*still(0.47, PALM))
    assert (hand.pose, hand.hold_ms, hand.engaged) == ("palm", 600, True)
    assert 250 < hand.held_ms < 450
    (held,) = live(*still(2, PALM))
    assert held.held_ms == held.hold_ms


def test_a_display_sees_where_the_hand_is_and_goes_as_in_a_mirror() -> None:
    """What moves left in the camera's picture moves to the person's right."""
    (hand,) = live(*track((0, 480, 240), (0.5, 480, 240), (0.65, 400, 240)))
    assert 0.25 < hand.x < 0.5
    assert hand.travel_x > 0.5
    assert abs(hand.travel_y) < 0.1
    assert hand.size == pytest.approx(60 / 480, abs=0.01)


def test_a_display_sees_the_landmarks_as_in_a_mirror() -> None:
    """Of a hand at the left of the camera's picture, whose thumb points to the picture's right."""
    thumb_out = drawn(*ALL, thumb_out=True, at=(160, 360))
    (hand,) = live(*still(0.5, thumb_out))
    assert len(hand.landmarks) == 21
    wrist, thumb_tip, middle_tip = (hand.landmarks[place] for place in (0, 4, 12))
    assert wrist == (0.75, 0.75)
    assert thumb_tip[0] < wrist[0]
    assert middle_tip[1] < wrist[1]
    assert all(round(place, 3) == place for landmark in hand.landmarks for place in landmark)


def test_the_landmarks_of_a_mirrored_stream_stay_where_they_are() -> None:
    straight, mirrored = (live(*still(0.5, PALM), mirrored=mirrored)[0].landmarks for mirrored in (False, True))
    assert mirrored == [(pytest.approx(1 - x, abs=0.0011), y) for x, y in straight]
    assert mirrored[0] == (round(320 / 640, 3), round(240 / 480, 3))


def test_without_a_hand_there_is_nothing_to_show() -> None:
    assert live(*still(0.5, PALM), (600, None)) == []


def test_a_gesture_that_is_switched_off_does_not_fire_and_is_not_shown() -> None:
    rules = {"palm": GestureRule(enabled=False), "swipe_right": GestureRule(enabled=False)}
    recogniser = Recogniser(RecogniserSettings(gestures=rules))
    path = [*track((0, 320, 240), (1.2, 320, 240), (1.5, 100, 240))]
    assert [seen.name for t_ms, hand in path for seen in recogniser.observe(t_ms, [hand])] == []
    assert live(*still(1, PALM), gestures=rules)[0].pose is None


def test_a_gesture_has_a_hold_time_and_a_limit_of_its_own() -> None:
    slow = RecogniserSettings(gestures={"palm": GestureRule(hold_ms=1_500)})
    recogniser = Recogniser(slow)
    (palm,) = [seen for t_ms, hand in still(3, PALM) for seen in recogniser.observe(t_ms, [hand])]
    assert 1_500 <= palm.hold_ms < 1_600
    assert live(*still(1, PALM), gestures={"palm": GestureRule(min_confidence=1.1)})[0].pose is None


LEFT, RIGHT = drawn(*ALL, at=(480, 260)), drawn("index", "middle", spread=0.3, at=(160, 260)).flipped()
"""The user's left hand is on the right of the camera's picture; flipped, the other is a right one at 480 too."""


def both(seconds: float) -> list[tuple[float, list[Hand]]]:
    """A left palm and a right victory, now one first, now the other, as a tracker finds them."""
    right = Hand(
        landmarks=RIGHT.landmarks - np.array((320, 0), np.float32), handedness="right", score=1.0, picture=(640, 480)
    )
    return [
        (t_ms, [LEFT, right] if number % 3 else [right, LEFT]) for number, (t_ms, _) in enumerate(still(seconds, LEFT))
    ]


def test_two_hands_each_hold_their_own_pose() -> None:
    recogniser = Recogniser(RecogniserSettings())
    seen = [found for t_ms, hands in both(2) for found in recogniser.observe(t_ms, hands)]
    assert sorted((found.name, found.handedness) for found in seen) == [("palm", "left"), ("victory", "right")]
    assert {hand.handedness: hand.pose for hand in recogniser.live()} == {"left": "palm", "right": "victory"}


def test_a_hand_that_goes_leaves_the_other_alone() -> None:
    recogniser = Recogniser(RecogniserSettings())
    frames = [(t_ms, hands if t_ms < 400 else [LEFT]) for t_ms, hands in both(2)]
    seen = [found.name for t_ms, hands in frames for found in recogniser.observe(t_ms, hands)]
    assert seen == ["palm"]
    assert [hand.handedness for hand in recogniser.live()] == ["left"]


def test_a_frame_that_takes_a_hand_for_the_other_does_not_change_which_it_is() -> None:
    other = Hand(landmarks=PALM.landmarks, handedness="right", score=1.0, picture=(640, 480))
    frames = [(t_ms, other if number % 4 == 3 else hand) for number, (t_ms, hand) in enumerate(still(2, PALM))]
    (palm,) = recognised(frames)
    assert palm.handedness == "left"


def test_a_pose_that_flickers_is_none() -> None:
    frames = [(t_ms, PALM if number % 2 else FIST) for number, (t_ms, _) in enumerate(still(3, PALM))]
    assert names(frames) == []
