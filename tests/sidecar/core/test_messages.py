"""Messages on the glass: their time, their picture, and the buttons that end them."""

import pytest

from mira_sidecar.protocol import Message, MessageButton
from tests.sidecar.core.situation import Situation, refused

BUTTONS = [{"id": "soon", "label": "In a minute"}, {"id": "never", "label": "No"}]
AT = "2026-11-20T12:00:00.000Z"


def test_a_message_has_its_time() -> None:
    mirror = Situation()
    mirror.send("show_message", text="Dinner", title="Kitchen", duration_ms=60_000)
    assert mirror.state.message == Message("Dinner", "Kitchen", AT, "2026-11-20T12:01:00.000Z")
    mirror.send("show_message", text="Still dinner")
    assert mirror.state.message == Message("Still dinner", None, AT, "2026-11-20T12:00:10.000Z")


def test_a_message_without_more_is_written_as_it_always_was() -> None:
    answer = Situation().send("show_message", text="Dinner")
    assert answer.payload == {"text": "Dinner", "title": None, "at": AT, "until": "2026-11-20T12:00:10.000Z"}


def test_a_pressed_button_is_told_and_ends_the_message() -> None:
    mirror = Situation()
    shown = mirror.send("show_message", text="Dinner", buttons=BUTTONS)
    message = mirror.state.message
    assert message
    assert (message.id, message.buttons[1]) == (shown.command_id, MessageButton("never", "No"))
    pressed = mirror.send("press_button", message_id=shown.command_id, button="soon")
    assert (pressed.type, pressed.payload) == ("accepted", {"message_id": shown.command_id, "button": "soon"})
    assert mirror.state.message is None
    again = mirror.send("press_button", message_id=shown.command_id, button="soon")
    assert refused(again) == ("message_gone", "messages")


def test_a_press_counts_when_the_finger_was_in_time() -> None:
    for age_ms, outcome in ((1, "accepted"), (0, "rejected")):
        mirror = Situation()
        mirror.send("show_message", text="Dinner", buttons=BUTTONS, own_id="dinner-01")
        mirror.pass_ms(10_000)
        answer = mirror.send("press_button", message_id="dinner-01", button="soon", age_ms=age_ms)
        assert answer.type == outcome


def test_a_press_means_the_message_that_was_seen() -> None:
    mirror = Situation()
    mirror.send("show_message", text="Dinner", buttons=BUTTONS, own_id="dinner-01")
    mirror.send("show_message", text="Tea", buttons=BUTTONS, own_id="tea-00001")
    assert mirror.send("press_button", message_id="dinner-01", button="soon").reason == "message_gone"
    assert refused(mirror.send("press_button", message_id="tea-00001", button="later")) == (
        "unknown_button",
        "messages",
    )
    mirror.send("show_message", text="Good night")
    assert mirror.send("press_button", message_id="tea-00001", button="soon").reason == "message_gone"


@pytest.mark.parametrize(
    "picture",
    [
        "media-source://media_source/local/door%20bell.jpg",
        "camera.front_door",
        "image.last_visitor",
        "person.anna",
        "/local/door.jpg",
        "/api/image/serve/0123/512x512",
        "/api/camera_proxy/camera.door?token=1",
        "/media/local/door.jpg",
    ],
)
def test_a_picture_of_home_assistants_is_shown(picture: str) -> None:
    mirror = Situation()
    assert mirror.send("show_message", text="Look", picture=picture).type == "accepted"
    assert mirror.document["message"]["picture"] == picture


@pytest.mark.parametrize(
    "picture",
    [
        *("", "door.jpg", "light.kitchen", "camera.Front Door", "data:image/png;base64,AAAA", "javascript:alert(1)"),
        *("http://192.0.2.1/door.jpg", "//x.example/door.jpg", "/\\x.example/door.jpg", "/local/../api/webhook/1"),
        *(
            "/local/%2E%2e/api/webhook/1",
            "/local/%5c%5cx",
            "/api/webhook/1",
            "/auth/authorize",
            "/local/a b",
            "/local/\n",
        ),
        *("media-source://a\\b", "camera.door\n"),
    ],
)
def test_no_other_address_gets_to_the_glass_or_into_the_log(picture: str) -> None:
    mirror = Situation()
    answer = mirror.send("show_message", text="Look", picture=picture)
    assert refused(answer) == ("bad_payload", "validation")
    assert answer.payload == {}
    assert mirror.state.message is None
