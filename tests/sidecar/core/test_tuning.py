"""From where on a gesture counts."""

import pytest

from tests.sidecar.core.situation import Situation, refused

FIRST = {"gesture_min_confidence": 0.7, "gesture_hold_ms": 600, "gesture_cooldown_ms": 1_000}


def test_only_what_is_named_changes() -> None:
    mirror = Situation()
    answer = mirror.send("set_thresholds", gesture_hold_ms=900)
    assert (answer.type, answer.payload) == ("accepted", {"gesture_hold_ms": 900})
    assert mirror.document["thresholds"] == {**FIRST, "gesture_hold_ms": 900}


def test_what_is_so_already_changes_nothing() -> None:
    mirror = Situation()
    revision = mirror.position.rev
    assert mirror.send("set_thresholds", fields=FIRST).type == "accepted"
    assert mirror.position.rev == revision


def test_a_change_can_be_taken_back() -> None:
    mirror = Situation()
    mirror.send("set_thresholds", gesture_min_confidence=0.9, gesture_cooldown_ms=0)
    mirror.send("undo")
    assert mirror.document["thresholds"] == FIRST


@pytest.mark.parametrize(
    "payload",
    [{"gesture_min_confidence": 1.1}, {"gesture_hold_ms": 99}, {"gesture_hold_ms": 0.5}, {"gesture_cooldown_ms": -1}],
)
def test_what_makes_no_sense_is_refused(payload: dict[str, float]) -> None:
    mirror = Situation()
    assert refused(mirror.send("set_thresholds", fields=payload)) == ("bad_payload", "validation")
    assert mirror.document["thresholds"] == FIRST
