"""Microphone and camera."""

from typing import Any

import pytest

from tests.sidecar.core.situation import Situation


def test_at_first_everything_that_listens_or_sees_is_off() -> None:
    state = Situation(off=True).state
    assert (state.microphone.on, state.camera.on) == (False, False)


@pytest.mark.parametrize("device", ["microphone", "camera"])
def test_a_device_is_switched_and_toggled_and_the_other_stays(device: str) -> None:
    mirror = Situation(off=True)
    other = "camera" if device == "microphone" else "microphone"
    steps: list[tuple[str, dict[str, Any], bool]] = [
        (f"set_{device}", {"on": True}, True),
        (f"set_{device}", {"on": True}, True),
    ]
    steps += [(f"toggle_{device}", {}, False), (f"toggle_{device}", {}, True), (f"set_{device}", {"on": False}, False)]
    for action, payload, on in steps:
        assert mirror.send(action, **payload).payload == {"on": on}
        assert mirror.document[device]["on"] is on
        assert mirror.document[other]["on"] is False
    assert mirror.position.rev == 4  # asking for what is so already changes nothing


def test_a_gesture_can_switch_the_camera_off_but_not_on_again() -> None:
    mirror = Situation()
    mirror.pass_ms(1_000)
    assert mirror.send("toggle_camera", source="gesture").type == "accepted"
    assert mirror.send("toggle_camera", source="gesture").reason == "camera_off"
