"""A payload that does not fit is refused in words that name the field and what it takes."""

from typing import Any

import pytest

from mira_sidecar.core.actions import ACTIONS
from mira_sidecar.core.decision import Rules
from tests.sidecar.core.sequences import as_bytes
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
    ("remove_todos", {"uids": []}, "length >= 1 - at `uids`"),
    ("remove_todos", {"uids": ["x"] * 1_001}, "length <= 1000 - at `uids`"),
    ("complete_todos", {"uids": ["x" * 65]}, "length <= 64 - at `uids[0]`"),
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
    ("press_button", {"message_id": "command-1"}, "missing required field `button`"),
    ("press_button", {"message_id": "x" * 65, "button": "soon"}, "at `message_id`"),
    ("ask", {"text": ""}, "length >= 1 - at `text`"),
    ("confirm", {"command_id": 7}, "at `command_id`"),
    ("confirm", {"command_id": "which one?"}, "at `command_id`"),
    ("cancel", {"command_id": []}, "at `command_id`"),
    ("undo", {"command_id": 7}, "at `command_id`"),
    ("unlock", {}, "missing required field `pin`"),
    ("set_pin", {}, "missing required field `pin`"),
    ("time_out", {}, "missing required field `command_id`"),
    ("withdraw", {}, "missing required field `command_id`"),
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
        "remove_todos": {"uids": ["a"]},
        "complete_todos": {"uids": ["a"]},
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
        "withdraw": {"command_id": "a-question"},
    }
    mirror = Situation()
    mirror.send("add_todo", uid="a", summary="Milk")
    answer = mirror.send(action, source="system", **payloads.get(action, {}), colour="blue", nested=NESTED)
    assert answer.policy != "validation"
    if answer.type == "accepted":
        assert "colour" not in answer.payload


def test_what_an_action_does_not_know_reaches_neither_log_nor_state() -> None:
    mirror = Situation(rules=Rules())
    odd = {"secret": "s3cret", "nested": {"secret": ["s3cret"]}}
    button = {"id": "soon", "label": "Soon", **odd}
    mirror.send("add_todo", summary="Milk", confirm=True, **odd)
    assert mirror.state.pending
    mirror.send("cancel", **odd)
    mirror.send("show_message", text="Now?", fields={"buttons": [button]}, confirm=True, **odd)
    mirror.send("confirm", **odd)
    mirror.send("show_message", text="Now?", fields={"buttons": [button]}, age_ms=60_000, **odd)
    mirror.send("remove_todo", uid="nobody", **odd)
    mirror.send("gesture", source="gesture", fields={"name": "mine"}, **odd)
    mirror.send("make_coffee", **odd)
    mirror.send("next_page", origin={"device": "pi", **{name: str(value) for name, value in odd.items()}})
    assert b"s3cret" not in as_bytes(mirror)


def test_a_refused_command_keeps_what_was_asked_for_as_it_was_asked() -> None:
    mirror = Situation()
    refusal = mirror.send("update_todo", uid="nobody", due=None, colour="blue")
    assert refusal.payload == {"uid": "nobody", "due": None}
