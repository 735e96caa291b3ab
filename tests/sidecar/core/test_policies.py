"""What stands between a command and its action."""

import pytest

from tests.sidecar.core.situation import Situation, refused


def tuned(**thresholds: float) -> Situation:
    """A mirror whose thresholds were set."""
    mirror = Situation()
    mirror.send("set_thresholds", fields=thresholds)
    return mirror


def test_voice_is_refused_while_the_microphone_is_off() -> None:
    mirror = Situation(off=True)
    answer = mirror.say()
    assert refused(answer) == ("microphone_off", "microphone")
    assert answer.message == "The microphone is off."
    mirror.send("set_microphone", on=True)
    assert mirror.say().type == "accepted"


def test_a_gesture_is_refused_while_the_camera_is_off() -> None:
    mirror = Situation(off=True)
    assert refused(mirror.gesture()) == ("camera_off", "camera")
    mirror.send("set_camera", on=True)
    assert mirror.gesture().type == "accepted"


@pytest.mark.parametrize("source", ["touch", "automation", "system"])
def test_who_neither_speaks_nor_waves_needs_no_device(source: str) -> None:
    assert Situation(off=True).send("add_todo", source=source, summary="Buy milk").type == "accepted"


@pytest.mark.parametrize(
    ("source", "confidence", "reason"),
    [
        ("gesture", 0.69, "low_confidence"),
        ("gesture", 0.7, None),
        ("gesture", 0.0, "low_confidence"),
        ("gesture", None, None),  # who states none is certain
        ("voice", 0.49, "low_confidence"),
        ("voice", 0.5, None),
        ("touch", 0.1, None),  # no threshold for fingers
        ("automation", 0.1, None),
    ],
)
def test_what_was_seen_or_heard_must_be_sure_enough(source: str, confidence: float | None, reason: str | None) -> None:
    answer = Situation().send("next_page", source=source, confidence=confidence)
    assert answer.reason == reason
    assert answer.confidence == confidence


def test_a_refusal_says_how_sure_and_how_sure_it_should_be() -> None:
    answer = tuned(gesture_min_confidence=0.8).gesture(confidence=0.62)
    assert answer.values == {"percent": 62, "needed": 80}
    assert answer.message == "Confidence below the threshold: 62%, needed are 80%."


def test_a_confidence_just_below_the_threshold_is_below_it_in_words_too() -> None:
    assert tuned(gesture_min_confidence=0.7).gesture(confidence=0.6999).values == {"percent": 69, "needed": 70}
    assert tuned(gesture_min_confidence=0.701).gesture(confidence=0.29).values == {"percent": 29, "needed": 71}


@pytest.mark.parametrize(("age_ms", "ttl_ms", "late"), [(5_000, 5_000, False), (5_001, 5_000, True), (2, 1, True)])
def test_a_command_expires_by_the_time_it_was_captured(age_ms: int, ttl_ms: int, late: bool) -> None:
    answer = Situation().send("next_page", age_ms=age_ms, ttl_ms=ttl_ms)
    assert (answer.reason == "expired") is late


def test_an_expired_command_says_how_old_it_is() -> None:
    answer = Situation().send("next_page", age_ms=7_250)
    assert refused(answer) == ("expired", "expiry")
    assert answer.message == "The command came too late: it was 8 s old and may be 5 s."
    assert answer.captured_at == "2026-11-20T11:59:52.750Z"


def test_a_time_in_the_future_counts_as_the_arrival() -> None:
    mirror = Situation()
    arrived = mirror.now_ms - 4_000
    answer = mirror.send("next_page", age_ms=-86_400_000, arrived_ms=arrived)
    assert (answer.type, answer.captured_at) == ("accepted", "2026-11-20T11:59:56.000Z")
    late = mirror.send("next_page", age_ms=-86_400_000, arrived_ms=mirror.now_ms - 6_000)
    assert late.reason == "expired"


def test_nothing_arrives_later_than_now() -> None:
    mirror = Situation()
    answer = mirror.send("next_page", age_ms=-(10**12), arrived_ms=2**63)
    assert answer.captured_at == answer.ts == "2026-11-20T12:00:00.000Z"


def test_a_gesture_counts_once_within_its_cooldown() -> None:
    mirror = Situation()
    assert mirror.gesture("palm").type == "accepted"
    mirror.pass_ms(999)
    assert refused(mirror.gesture("palm")) == ("cooldown", "cooldown")
    assert mirror.gesture("fist").type == "accepted"
    mirror.pass_ms(1)
    assert mirror.gesture("palm").type == "accepted"


def test_a_refused_gesture_starts_no_cooldown() -> None:
    mirror = Situation()
    assert mirror.gesture("palm", confidence=0.1).reason == "low_confidence"
    assert mirror.gesture("palm").type == "accepted"


def test_the_cooldown_counts_from_the_capture_not_from_the_decision() -> None:
    mirror = Situation()
    mirror.gesture("palm")
    mirror.pass_ms(1_200)
    assert mirror.gesture("palm", age_ms=201).reason == "cooldown"
    assert mirror.gesture("palm", age_ms=200).type == "accepted"


def test_a_clock_that_was_set_back_keeps_no_gesture_out() -> None:
    mirror = Situation()
    mirror.gesture("palm")
    mirror.pass_ms(-3_600_000)
    assert mirror.gesture("palm").type == "accepted"


def test_the_cooldown_is_the_owners_choice() -> None:
    mirror = tuned(gesture_cooldown_ms=0)
    assert [mirror.gesture("palm").type for _ in range(3)] == ["accepted"] * 3


def test_of_several_reasons_the_first_policy_gives_it() -> None:
    mirror = Situation(off=True)
    assert mirror.gesture(age_ms=9_000, confidence=0.1).policy == "expiry"
    assert mirror.gesture(confidence=0.1).policy == "camera"


def test_an_unknown_action_is_refused() -> None:
    assert refused(Situation().send("make_coffee")) == ("unknown_action", "validation")
