"""Gestures of one's own."""

from typing import Any

import pytest

from mira_sidecar.core.decision import Rules
from mira_sidecar.protocol import Event
from tests.sidecar.core.situation import Situation, refused


def teach(mirror: Situation, name: str = "mine", **more: Any) -> Event:
    """Ask whether a gesture may be taught, as an automation."""
    return mirror.send("teach_gesture", source="automation", fields={"name": name, **more})


def taught(mirror: Situation, name: str = "mine", samples: int = 3) -> str:
    """Teach a gesture; the command's id."""
    asked = teach(mirror, name, samples=samples)
    mirror.send("confirm")
    for _ in range(samples):
        mirror.send("take_sample", source="system", fields={"name": name})
    return asked.command_id


def known(mirror: Situation) -> dict[str, Any]:
    return dict(mirror.document["taught"])


def test_nothing_is_taught_before_somebody_agrees_whatever_the_settings_say() -> None:
    mirror = Situation(rules=Rules(confirm=frozenset()))
    answer = teach(mirror)
    assert answer.payload["outcome"] == "pending"
    assert mirror.document["teaching"] is None
    mirror.send("cancel")
    assert refused(mirror.send("take_sample", source="system", fields={"name": "mine"})) == (
        "unknown_gesture",
        "gestures",
    )


def test_after_the_last_sample_it_is_a_gesture_like_others() -> None:
    mirror = Situation()
    assert mirror.gesture("mine").reason == "unknown_gesture"
    asked = teach(mirror, samples=3)
    mirror.send("confirm")
    teaching = mirror.document["teaching"]
    assert (teaching["name"], teaching["samples"], teaching["taken"]) == ("mine", 3, 0)
    assert teaching["command_id"] != asked.command_id  # of the yes, with which it began
    for taken in (1, 2):
        mirror.send("take_sample", source="system", fields={"name": "mine"})
        assert mirror.document["teaching"]["taken"] == taken
        assert known(mirror) == {}
    mirror.send("take_sample", source="system", fields={"name": "mine"})
    assert mirror.document["teaching"] is None
    assert known(mirror)["mine"] == {"kind": "pose", "samples": 3, "command_id": teaching["command_id"]}
    assert mirror.gesture("mine").type == "accepted"
    mirror.send("set_gesture", fields={"name": "mine", "enabled": False})
    assert refused(mirror.gesture("mine")) == ("gesture_off", "gesture")


def test_what_is_forgotten_leaves_nothing() -> None:
    mirror = Situation()
    before = mirror.document
    taught(mirror)
    mirror.send("set_gesture", fields={"name": "mine", "hold_ms": 900})
    mirror.gesture("mine")
    mirror.send("forget_gesture", fields={"name": "mine"})
    for place in ("taught", "teaching", "thresholds", "gestures_seen"):
        assert mirror.document[place] == before[place]
    assert mirror.gesture("mine").reason == "unknown_gesture"
    assert mirror.send("forget_gesture", fields={"name": "mine"}).reason == "unknown_gesture"


def test_forgetting_ends_a_lesson() -> None:
    mirror = Situation()
    teach(mirror)
    mirror.send("confirm")
    mirror.send("forget_gesture", fields={"name": "mine"})
    assert mirror.document["teaching"] is None


def test_taught_again_it_is_as_it_was_until_the_last_sample() -> None:
    mirror = Situation()
    taught(mirror)
    first = known(mirror)
    teach(mirror, kind="motion", samples=3)
    mirror.send("confirm")
    assert known(mirror) == first
    for _ in range(3):
        mirror.send("take_sample", source="system", fields={"name": "mine"})
    assert known(mirror)["mine"]["kind"] == "motion"
    assert known(mirror)["mine"]["command_id"] != first["mine"]["command_id"]


def test_a_lesson_ends_by_itself() -> None:
    mirror = Situation()
    teach(mirror, samples=3)
    mirror.send("confirm")
    mirror.pass_ms(180_000)
    mirror.send("take_sample", source="system", fields={"name": "mine"})
    assert (mirror.document["teaching"], known(mirror)) == (None, {})


def test_a_camera_that_is_off_sees_no_lesson() -> None:
    mirror = Situation(off=True)
    assert refused(teach(mirror)) == ("camera_off", "camera")


def test_only_the_mirror_itself_takes_samples() -> None:
    mirror = Situation()
    teach(mirror)
    mirror.send("confirm")
    assert mirror.send("take_sample", fields={"name": "mine"}).reason == "not_allowed"


def test_there_are_no_more_than_anyone_tells_apart() -> None:
    mirror = Situation()
    for number in range(20):
        taught(mirror, f"mine_{number}")
        mirror.pass_ms(1_000)
    assert refused(teach(mirror, "one_more")) == ("too_many_gestures", "teaching")
    assert teach(mirror, "mine_0").type == "accepted"


@pytest.mark.parametrize("name", ["palm", "swipe_left", "Mine", "", "a" * 33, "meine geste", "_x"])
def test_a_name_is_one_of_its_own(name: str) -> None:
    assert teach(Situation(), name).reason == "bad_payload"
