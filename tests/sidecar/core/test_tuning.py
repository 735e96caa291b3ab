"""From where on a gesture counts."""

from typing import Any

import pytest

from mira_sidecar.core.decision import Rules
from mira_sidecar.subjects.gesture.settings import GestureSettings
from tests.sidecar.core.situation import Situation, refused

FIRST = {"gesture_min_confidence": 0.7, "gesture_hold_ms": 600, "gesture_cooldown_ms": 1_000, "gestures": {}}


def test_only_what_is_named_changes() -> None:
    mirror = Situation()
    answer = mirror.send("set_thresholds", gesture_hold_ms=900)
    assert (answer.type, answer.payload) == ("accepted", {"gesture_hold_ms": 900})
    assert mirror.document["thresholds"] == {**FIRST, "gesture_hold_ms": 900}


def test_what_is_so_already_changes_nothing() -> None:
    mirror = Situation()
    revision = mirror.position.rev
    same = {name: value for name, value in FIRST.items() if name != "gestures"}
    assert mirror.send("set_thresholds", fields=same).type == "accepted"
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


def own(mirror: Situation) -> dict[str, dict[str, Any]]:
    """What is otherwise for some gestures."""
    return dict(mirror.document["thresholds"]["gestures"])


def test_a_gesture_has_thresholds_of_its_own_beside_those_of_all() -> None:
    mirror = Situation()
    answer = mirror.send("set_gesture", fields={"name": "palm", "hold_ms": 900})
    assert (answer.type, answer.payload) == ("accepted", {"name": "palm", "hold_ms": 900})
    mirror.send("set_gesture", fields={"name": "palm", "enabled": False})
    assert own(mirror) == {"palm": {"hold_ms": 900, "enabled": False}}


def test_what_is_as_for_all_gestures_is_not_kept() -> None:
    mirror = Situation()
    mirror.send("set_gesture", fields={"name": "palm", "hold_ms": 900, "min_confidence": 0.9})
    mirror.send("set_gesture", fields={"name": "palm", "hold_ms": None})
    assert own(mirror) == {"palm": {"min_confidence": 0.9}}
    mirror.send("set_gesture", fields={"name": "palm", "min_confidence": None, "enabled": True})
    assert own(mirror) == {}
    revision = mirror.position.rev
    assert mirror.send("set_gesture", fields={"name": "palm", "cooldown_ms": None}).type == "accepted"
    assert mirror.position.rev == revision


def test_what_was_set_for_one_gesture_can_be_taken_back() -> None:
    mirror = Situation()
    mirror.send("set_gesture", fields={"name": "palm", "hold_ms": 900})
    mirror.send("set_gesture", fields={"name": "palm", "hold_ms": None, "enabled": False})
    mirror.send("undo")
    assert own(mirror) == {"palm": {"hold_ms": 900}}
    mirror.send("undo")
    assert own(mirror) == {}


def test_a_gesture_that_is_switched_off_is_none() -> None:
    mirror = Situation()
    mirror.send("set_gesture", fields={"name": "swipe_left", "enabled": False})
    assert refused(mirror.gesture("swipe_left")) == ("gesture_off", "gesture")
    assert mirror.document["page"] == "home"
    assert mirror.gesture("swipe_right").type == "accepted"


def test_its_own_confidence_counts_for_a_gesture_alone() -> None:
    mirror = Situation()
    mirror.send("set_gesture", fields={"name": "palm", "min_confidence": 0.9})
    mirror.send("set_gesture", fields={"name": "fist", "min_confidence": 0.2})
    assert refused(mirror.gesture("palm", confidence=0.89)) == ("low_confidence", "confidence")
    assert mirror.gesture("fist", confidence=0.3).type == "accepted"
    assert refused(mirror.gesture("victory", confidence=0.3)) == ("low_confidence", "confidence")


def test_its_own_cooldown_goes_before_that_of_the_settings_and_of_all() -> None:
    mirror = Situation(rules=Rules(confirm=frozenset(), own={"gesture": GestureSettings(cooldowns=["palm=5000"])}))
    mirror.send("set_gesture", fields={"name": "palm", "cooldown_ms": 0})
    assert mirror.gesture("palm").type == "accepted"
    assert mirror.gesture("palm").type == "accepted"
    mirror.send("set_gesture", fields={"name": "palm", "cooldown_ms": None})
    assert refused(mirror.gesture("palm")) == ("cooldown", "cooldown")
