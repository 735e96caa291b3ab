"""A payload that does not fit is refused in words that name the field and what it takes."""

from typing import Any

import pytest

from mira_sidecar.core.actions import ACTIONS
from tests.sidecar.core.situation import Situation, refused

NESTED: Any = None
for _ in range(500):
    NESTED = [NESTED]

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("set_microphone", {}, "missing required field `on`"),
    ("set_camera", {"on": "yes"}, "Expected `bool`, got `str` - at `on`"),
    ("set_camera", {"on": 1}, "Expected `bool`, got `int` - at `on`"),
    ("add_todo", {}, "missing required field `summary`"),
    ("add_todo", {"summary": None}, "Expected `str`, got `null` - at `summary`"),
    ("add_todo", {"summary": ""}, "length >= 1 - at `summary`"),
    ("add_todo", {"summary": " \t"}, "`summary` is empty"),
    ("add_todo", {"summary": "x" * 256}, "length <= 255 - at `summary`"),
    ("add_todo", {"summary": NESTED}, "got `array` - at `summary`"),
    ("add_todo", {"summary": "x", "uid": "x" * 65}, "length <= 64 - at `uid`"),
    ("add_todo", {"summary": "x", "status": "done"}, "`status` takes one of completed, needs_action"),
    ("add_todo", {"summary": "x", "description": "x" * 4097}, "length <= 4096 - at `description`"),
    *(
        ("add_todo", {"summary": "x", "due": due}, "`due` takes a date (2026-11-20) or a time with its offset")
        for due in ("", "soon", "2026-02-30", "20261120", "2026-W47-5", "2026-11-20T18:00:00", "2026-11-20T25:00Z")
    ),
    ("update_todo", {"summary": "x"}, "missing required field `uid`"),
    ("update_todo", {"uid": "a", "summary": None}, "Expected `str`, got `null` - at `summary`"),
    ("update_todo", {"uid": "a", "status": None}, "Expected `str`, got `null` - at `status`"),
    ("update_todo", {"uid": "a", "due": "soon"}, "`due` takes a date"),
    ("remove_todo", {}, "missing required field `uid`"),
    ("move_todo", {"uid": "a"}, "missing required field `previous_uid`"),
    ("gesture", {}, "missing required field `name`"),
    ("gesture", {"name": "Salute!"}, "at `name`"),
    ("gesture", {"name": ["palm"]}, "Expected `str`, got `array` - at `name`"),
    ("gesture", {"name": "palm", "handedness": "both"}, "`handedness` takes one of left, right"),
    ("gesture", {"name": "palm", "hold_ms": -1}, ">= 0 - at `hold_ms`"),
    ("gesture", {"name": "palm", "hold_ms": 10**30}, "at `hold_ms`"),
    ("utterance", {"text": ""}, "length >= 1 - at `text`"),
    ("utterance", {"text": "x" * 1001}, "length <= 1000 - at `text`"),
    ("show_page", {"page": "Living room"}, "at `page`"),
    ("show_message", {"text": "x" * 501}, "length <= 500 - at `text`"),
    ("show_message", {"text": "x", "title": "x" * 101}, "length <= 100 - at `title`"),
    ("show_message", {"text": "x", "duration_ms": 999}, ">= 1000 - at `duration_ms`"),
    ("show_message", {"text": "x", "picture": "x" * 501}, "length <= 500 - at `picture`"),
    (
        "show_message",
        {"text": "x", "picture": "https://x.example/1.jpg"},
        "`picture` takes a media-source id",
    ),
    ("show_message", {"text": "x", "buttons": [{"id": "a", "label": "A"}] * 4}, "length <= 3 - at `buttons`"),
    ("show_message", {"text": "x", "buttons": [{"id": "a", "label": "A"}] * 2}, "`buttons` has an id twice"),
    ("show_message", {"text": "x", "buttons": [{"id": "A b", "label": "A"}]}, "at `buttons[0].id`"),
    ("show_message", {"text": "x", "buttons": [{"id": "a", "label": ""}]}, "at `buttons[0].label`"),
    ("press_button", {"message_id": "x"}, "missing required field `button`"),
    ("ask", {"text": ""}, "length >= 1 - at `text`"),
    ("confirm", {"command_id": 7}, "at `command_id`"),
    ("cancel", {"command_id": []}, "at `command_id`"),
    ("undo", {"command_id": 7}, "at `command_id`"),
    ("unlock", {}, "missing required field `pin`"),
    ("set_pin", {}, "missing required field `pin`"),
    ("time_out", {}, "missing required field `command_id`"),
    ("set_thresholds", {"gesture_hold_ms": 99}, ">= 100 - at `gesture_hold_ms`"),
    ("set_gesture", {"name": "Salute!"}, "at `name`"),
    ("teach_gesture", {"name": "palm"}, "`name` is that of a gesture that every mirror knows"),
    ("take_sample", {}, "missing required field `name`"),
    ("forget_gesture", {"name": ""}, "at `name`"),
    ("shift_times", {"by_ms": "an hour"}, "Expected `int`, got `str` - at `by_ms`"),
    ("revoke", {"command_id": "a", "opened": "door"}, "`opened` takes one of camera, lock, microphone"),
    ("set_pages", {"pages": []}, "length >= 1 - at `pages`"),
    ("set_pages", {"pages": ["home", "home"]}, "`pages` names a page twice"),
]


@pytest.mark.parametrize(("action", "payload", "said"), WRONG)
def test_a_wrong_payload_is_refused_by_name(action: str, payload: dict[str, Any], said: str) -> None:
    mirror = Situation()
    before = mirror.document
    answer = mirror.send(action, **payload)
    assert refused(answer) == ("bad_payload", "validation")
    assert answer.message
    assert answer.message.startswith(f"{action} cannot take this: ")
    assert said in answer.message
    assert mirror.document is before


def test_every_action_that_takes_something_is_tried_wrongly() -> None:
    takes_something = {name for name, action in ACTIONS.items() if action.payload.__struct_fields__}
    assert {action for action, _, _ in WRONG} == takes_something


def test_a_refusal_repeats_nothing_of_what_was_sent() -> None:
    answer = Situation().send("gesture", name="call my doctor " * 4_000)
    assert answer.message
    assert "doctor" not in answer.message


def test_a_bad_payload_is_told_apart_whatever_the_policies_would_say() -> None:
    assert Situation(off=True).send("gesture", source="gesture", name="Salute!").reason == "bad_payload"


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_unknown_fields_are_ignored(action: str) -> None:
    payloads: dict[str, dict[str, Any]] = {
        "set_microphone": {"on": True},
        "set_camera": {"on": True},
        "add_todo": {"summary": "Milk"},
        "update_todo": {"uid": "a"},
        "remove_todo": {"uid": "a"},
        "move_todo": {"uid": "a", "previous_uid": None},
        "gesture": {"name": "palm"},
        "utterance": {"text": "Hello"},
        "show_page": {"page": "home"},
        "show_message": {"text": "Hello"},
        "press_button": {"message_id": "command-1", "button": "soon"},
        "ask": {"text": "Close the blinds?"},
        "set_gesture": {"name": "palm"},
        "teach_gesture": {"name": "mine"},
        "take_sample": {"name": "mine"},
        "forget_gesture": {"name": "mine"},
        "set_pages": {"pages": ["home"]},
        "unlock": {"pin": "right"},
        "set_pin": {"pin": "set"},
        "time_out": {"command_id": "a-question"},
        "shift_times": {"by_ms": -3_600_000},
        "revoke": {"command_id": "too-late", "opened": "camera"},
    }
    mirror = Situation()
    mirror.send("add_todo", uid="a", summary="Milk")
    answer = mirror.send(action, source="system", **payloads.get(action, {}), colour="blue", nested=NESTED)
    assert answer.policy != "validation"
    if answer.type == "accepted":
        assert "colour" not in answer.payload
