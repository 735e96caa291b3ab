"""What is counted as right, wrong, missed and false."""

from mira_sidecar.subjects.gesture.worker.messages import Recognised
from mira_sidecar.subjects.gesture.worker.score import Score, Told
from mira_sidecar.subjects.gesture.worker.truth import Shown


def told(name: str, at_ms: float, hold_ms: int = 0, handedness: str = "left") -> Told:
    return Told(Recognised(name=name, handedness=handedness, hold_ms=hold_ms, confidence=0.9, t_ms=at_ms), at_ms)


def scored(shown: list[Shown], *heard: Told, length_ms: float = 10_000) -> Score:
    score = Score()
    score.add(shown, list(heard), length_ms)
    return score


def test_a_gesture_in_its_time_is_right_and_has_its_latency() -> None:
    score = scored([Shown("swipe_left", 1, 1.4)], told("swipe_left", 1_380))
    assert (score.shown, score.right, score.wrong, score.false_triggers.total()) == (1, 1, 0, 0)
    assert score.from_start_ms == [380]
    assert [round(late) for late in score.from_end_ms] == [-20]


def test_another_gesture_in_its_time_is_a_confusion_and_no_false_trigger() -> None:
    score = scored([Shown("ok", 1, 3)], told("pinch", 2_000, 600))
    assert score.confusions == {("ok", "pinch"): 1}
    assert (score.right, score.wrong, score.false_triggers.total()) == (0, 1, 0)


def test_nothing_in_its_time_is_missed() -> None:
    assert scored([Shown("ok", 1, 3)]).confusions == {("ok", "nothing"): 1}


def test_what_nobody_made_is_a_false_trigger_by_the_hour() -> None:
    score = scored([], told("palm", 2_000, 600), length_ms=360_000)
    assert score.false_triggers == {"palm": 1}
    assert score.false_triggers.total() / score.hours == 10


def test_once_more_than_it_was_made_is_a_false_trigger() -> None:
    score = scored([Shown("wave", 1, 3)], told("wave", 2_000), told("wave", 2_900))
    assert (score.right, score.false_triggers.total()) == (1, 1)


def test_the_right_one_counts_where_there_are_several() -> None:
    score = scored([Shown("swipe_up", 1, 2)], told("palm", 1_100, 600), told("swipe_up", 1_900))
    assert (score.right, score.false_triggers) == (1, {"palm": 1})


def test_a_hold_has_no_latency_after_its_end_and_the_wrong_hand_is_counted() -> None:
    score = scored([Shown("palm", 1, None, "right")], told("palm", 1_700, 600, "left"))
    assert score.from_end_ms == []
    assert score.other_hand == 1
