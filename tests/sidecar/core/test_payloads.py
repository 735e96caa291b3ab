"""A payload that does not fit is refused in words that name the field and what it takes."""

from typing import Any

import pytest

from mira_sidecar.core.decision import Rules
from mira_sidecar.discovery import all_subjects
from tests.sidecar.core.sequences import as_bytes
from tests.sidecar.core.situation import Situation, refused

NESTED: Any = None
for _ in range(500):
    NESTED = [NESTED]

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("set_microphone", {}, "`on` is missing"),
    ("set_camera", {"on": "yes"}, "`on` takes true or false"),
    ("set_camera", {"on": 1}, "`on` takes true or false"),
    ("add_todo", {}, "`summary` is missing"),
    ("add_todo", {"summary": None}, "`summary` takes text"),
    ("add_todo", {"summary": ""}, "`summary` is empty"),
    ("add_todo", {"summary": " \t"}, "`summary` is empty"),
    ("add_todo", {"summary": "x" * 256}, "`summary` has at most 255 characters"),
    ("add_todo", {"summary": NESTED}, "`summary` takes text"),
    ("add_todo", {"summary": "x", "uid": "x" * 65}, "`uid` has at most 64 characters"),
    ("add_todo", {"summary": "x", "status": "done"}, "`status` takes one of completed, needs_action"),
    ("add_todo", {"summary": "x", "description": "x" * 4097}, "`description` has at most 4096 characters"),
    *(
        ("add_todo", {"summary": "x", "due": due}, "`due` takes a date (2026-11-20) or a time with its offset")
        for due in ("", "soon", "2026-02-30", "20261120", "2026-W47-5", "2026-11-20T18:00:00", "2026-11-20T25:00Z")
    ),
    ("update_todo", {"summary": "x"}, "`uid` is missing"),
    ("update_todo", {"uid": "a", "summary": None}, "`summary` takes text"),
    ("update_todo", {"uid": "a", "status": None}, "`status` takes text"),
    ("update_todo", {"uid": "a", "due": "soon"}, "`due` takes a date"),
    ("remove_todo", {}, "`uid` is missing"),
    ("remove_todos", {"uids": []}, "`uids` is empty"),
    ("remove_todos", {"uids": ["x"] * 1_001}, "`uids` has at most 1000 entries"),
    ("complete_todos", {"uids": ["x" * 65]}, "`uids[0]` has at most 64 characters"),
    ("move_todo", {"uid": "a"}, "`previous_uid` is missing"),
    ("gesture", {}, "`name` is missing"),
    ("gesture", {"name": "Salute!"}, "`name` "),
    ("gesture", {"name": ["palm"]}, "`name` takes text"),
    ("gesture", {"name": "palm", "handedness": "both"}, "`handedness` takes one of left, right"),
    ("gesture", {"name": "palm", "hold_ms": -1}, "`hold_ms` is at least 0"),
    ("gesture", {"name": "palm", "hold_ms": 10**30}, "`hold_ms` "),
    ("utterance", {}, "`length` is missing"),
    ("utterance", {"length": 0}, "`length` is at least 1"),
    ("utterance", {"length": 1001}, "`length` is at most 1000"),
    ("utterance", {"length": 5, "answer": "maybe"}, "`answer` takes one of no, yes"),
    ("utterance", {"length": 5, "language": "call my doctor"}, "`language` does not have the form that it needs"),
    ("show_page", {"page": "Living room"}, "`page` "),
    ("show_message", {"text": "x" * 501}, "`text` has at most 500 characters"),
    ("show_message", {"text": "x", "title": "x" * 101}, "`title` has at most 100 characters"),
    ("show_message", {"text": "x", "duration_ms": 999}, "`duration_ms` is at least 1000"),
    ("show_message", {"text": "x", "picture": "x" * 501}, "`picture` has at most 500 characters"),
    (
        "show_message",
        {"text": "x", "picture": "https://x.example/1.jpg"},
        "`picture` takes a media-source id",
    ),
    ("show_message", {"text": "x", "buttons": [{"id": "a", "label": "A"}] * 4}, "`buttons` has at most 3 entries"),
    ("show_message", {"text": "x", "buttons": [{"id": "a", "label": "A"}] * 2}, "`buttons` has an entry twice"),
    ("show_message", {"text": "x", "buttons": [{"id": "A b", "label": "A"}]}, "`buttons[0].id` "),
    ("show_message", {"text": "x", "buttons": [{"id": "a", "label": ""}]}, "`buttons[0].label` "),
    ("press_button", {"message_id": "command-1"}, "`button` is missing"),
    ("press_button", {"message_id": "x" * 65, "button": "soon"}, "`message_id` "),
    ("ask", {"text": ""}, "`text` is empty"),
    ("confirm", {"command_id": 7}, "`command_id` "),
    ("confirm", {"command_id": "which one?"}, "`command_id` "),
    ("cancel", {"command_id": []}, "`command_id` "),
    ("undo", {"command_id": 7}, "`command_id` "),
    ("unlock", {}, "`pin` is missing"),
    ("set_pin", {}, "`pin` is missing"),
    ("set_pin", {"pin": "set", "opens": ["Everything!"]}, "`opens[0]` "),
    ("add_person", {"person": "Anna"}, "`person` "),
    ("add_person", {"person": "p_a0000000", "ha_person": "person.anna"}, "`ha_person` "),
    ("change_person", {"person": "p_a0000000", "consents": ["all"]}, "`consents[0]` "),
    ("forget_person", {}, "`person` is missing"),
    ("person_erased", {}, "`person` is missing"),
    ("print_lost", {"person": "p_a0000000"}, "`kind` is missing"),
    ("enrol", {"person": "p_a0000000", "kind": "gait"}, "`kind` "),
    ("take_print", {"kind": "face", "model": "m", "quality": 2}, "`quality` "),
    ("recognise", {"person": None, "by": "smell"}, "`by` "),
    ("time_out", {}, "`command_id` is missing"),
    ("withdraw", {}, "`command_id` is missing"),
    ("set_thresholds", {"gesture_hold_ms": 99}, "`gesture_hold_ms` is at least 100"),
    ("set_gesture", {"name": "Salute!"}, "`name` "),
    ("teach_gesture", {"name": "palm"}, "`name` is that of a gesture that every mirror knows"),
    ("take_sample", {}, "`name` is missing"),
    ("forget_gesture", {"name": ""}, "`name` "),
    ("shift_times", {"by_ms": "an hour"}, "`by_ms` takes a whole number"),
    ("revoke", {"command_id": "a"}, "`opened` is missing"),
    ("set_parts", {"on": "all"}, "`on` takes a list"),
    ("wake", {}, "`word` is missing"),
    ("wake", {"word": "Okay Nabu"}, "`word` "),
    ("listen", {"microphone": "In the hall"}, "`microphone` "),
    ("advance_turn", {"turn": "command-1", "stage": "listening"}, "`stage` takes one of speaking, thinking"),
    ("say", {"kind": "song"}, "`kind` "),
    ("end_speech", {"speech": "command-1", "outcome": "loud"}, "`outcome` "),
    ("end_turn", {"turn": "command-1", "outcome": "failed", "code": "What they said"}, "`code` "),
    ("end_turn", {"turn": "command-1", "outcome": "answered", "trace": {"stt_ms": -1}}, "`trace.stt_ms` "),
    ("teach_wake_word", {"phrase": " Mira"}, "`phrase` "),
    ("take_wake_word", {"lesson": "command-1", "fault": "rude"}, "`fault` "),
    ("judge_wake_word", {"lesson": "command-1", "outcome": "good"}, "`outcome` "),
    ("forget_wake_word", {}, "`phrase` is missing"),
    ("set_voice", {"active": ["a", "b", "c"]}, "`active` has at most 2 entries"),
    ("begin_reply", {"persona": "Aunt Anna"}, "`persona` "),
    ("begin_reply", {"persona": "x", "place": "hall", "pictures": "none", "length": 1}, "`place` "),
    ("express", {"emotion": "smug"}, "`emotion` "),
    ("express", {"emotion": "joy", "seconds": 0}, "`seconds` is at least 1"),
    ("end_reply", {"reply": "command-1", "outcome": "fine"}, "`outcome` "),
    ("end_reply", {"reply": "command-1", "outcome": "answered", "heard": -1}, "`heard` is at least 0"),
    ("compact", {"persona": "x", "upto": "command-1", "messages": 0, "by": "rules"}, "`messages` is at least 1"),
    ("forget_talk", {"everybody": "yes"}, "`everybody` takes true or false"),
    ("talk_forgotten", {}, "`last` is missing"),
    ("speak_up", {"kind": "It rains!"}, "`kind` "),
    ("request_capture", {"kind": "film"}, "`kind` "),
    ("request_capture", {"kind": "video", "seconds": 11}, "`seconds` is at most 10"),
    ("request_capture", {"agent": ""}, "`agent` is empty"),
    ("end_capture", {"capture": "command-1", "outcome": "fine"}, "`outcome` "),
    ("end_capture", {"capture": "command-1", "outcome": "taken", "media": "a.jpg"}, "`media` "),
    ("add_window", {"window": "Anna's room", "kind": "bedroom"}, "`window` "),
    ("add_window", {"window": "bed", "kind": "cellar"}, "`kind` "),
    ("change_window", {"window": "bed", "travel_s": 0}, "`travel_s` is at least 1"),
    ("remove_window", {}, "`window` is missing"),
    ("hold_window", {"window": "bed", "minutes": 1_441}, "`minutes` is at most 1440"),
    ("resume_window", {}, "`window` is missing"),
    ("limit_window", {"window": "bed", "most": 101}, "`most` is at most 100"),
    ("lock_window", {"window": "bed"}, "`locked` is missing"),
    ("set_window_auto", {"window": "bed", "auto": "yes"}, "`auto` takes true or false"),
    ("set_window", {"window": "bed"}, "`position` is missing"),
    ("set_window", {"window": "bed", "position": -1}, "`position` is at least 0"),
    ("set_window", {"window": "bed", "position": "open"}, "`position` "),
    ("set_window", {"window": "bed", "position": 5, "features": "what was measured"}, "`features` "),
    ("set_window", {"window": "bed", "position": 5, "mattered": ["what they said"]}, "`mattered[0]` "),
    ("shut_window", {"window": "bed", "position": 0, "why": "boredom"}, "`why` "),
    ("window_moved", {"window": "bed", "position": 5.5}, "`position` takes a whole number"),
    ("window_fault", {"window": "bed", "fault": "ugly"}, "`fault` "),
    ("window_recovered", {}, "`window` is missing"),
    ("drop_run", {"window": "bed", "run": "command-1", "why": "boredom"}, "`why` "),
    ("add_window", {"window": "bed", "kind": "bath", "drive": {"kind": "mqtt", "topic": "bed/#"}}, "`drive.topic` "),
    ("place_sensor", {"device": "esp one", "room": "bath"}, "`device` "),
    ("remove_sensor", {}, "`device` is missing"),
    ("activate_model", {"model": "needs-net-1"}, "`sha256` is missing"),
    ("activate_model", {"model": "needs-net-1", "sha256": "beef"}, "`sha256` "),
    ("observe_weather", {"wind": -1}, "`wind` is at least 0"),
    ("observe_home", {"away": "maybe"}, "`away` takes true or false"),
    ("set_pages", {"pages": []}, "`pages` is empty"),
    ("set_pages", {"pages": ["home", "home"]}, "`pages` has an entry twice"),
]


@pytest.mark.parametrize(("action", "payload", "said"), WRONG)
def test_a_wrong_payload_is_refused_by_name(action: str, payload: dict[str, Any], said: str) -> None:
    mirror = Situation()
    before = mirror.document
    answer = mirror.send(action, **payload)
    assert refused(answer) == ("bad_payload", "validation")
    assert answer.message
    assert answer.message.startswith("The action cannot take this: ")
    assert said in answer.message
    assert mirror.document is before


def test_every_action_that_takes_something_is_tried_wrongly() -> None:
    takes_something = {name for name, action in all_subjects().actions.items() if action.payload.__struct_fields__}
    assert {action for action, _, _ in WRONG} == takes_something


def test_a_refusal_repeats_nothing_of_what_was_sent() -> None:
    answer = Situation().send("gesture", name="call my doctor " * 4_000)
    assert answer.message
    assert "doctor" not in answer.message


def test_a_bad_payload_is_told_apart_whatever_the_policies_would_say() -> None:
    assert Situation(off=True).send("gesture", source="gesture", name="Salute!").reason == "bad_payload"


@pytest.mark.parametrize("action", sorted(all_subjects().actions))
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
        "utterance": {"length": 5},
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
        "set_parts": {"on": []},
        "add_person": {"person": "p_a0000000"},
        "change_person": {"person": "p_a0000000"},
        "forget_person": {"person": "p_a0000000"},
        "person_erased": {"person": "p_a0000000"},
        "print_lost": {"person": "p_a0000000", "kind": "face"},
        "enrol": {"person": "p_a0000000", "kind": "face"},
        "take_print": {"kind": "face", "model": "arcface-1", "quality": 0.9},
        "recognise": {"person": "p_a0000000", "by": "face"},
        "wake": {"word": "okay_nabu"},
        "advance_turn": {"turn": "command-1", "stage": "thinking"},
        "say": {"kind": "announcement"},
        "end_speech": {"speech": "command-1", "outcome": "played"},
        "end_turn": {"turn": "command-1", "outcome": "answered"},
        "teach_wake_word": {"phrase": "Hey Mira"},
        "take_wake_word": {"lesson": "command-1"},
        "judge_wake_word": {"lesson": "command-1", "outcome": "learned"},
        "forget_wake_word": {"phrase": "Hey Mira"},
        "begin_reply": {"persona": "x", "place": "mirror", "pictures": "drawn", "length": 5},
        "express": {"emotion": "joy"},
        "end_reply": {"reply": "command-1", "outcome": "answered"},
        "compact": {"persona": "x", "upto": "command-1", "messages": 15, "by": "rules"},
        "talk_forgotten": {"last": "command-1"},
        "speak_up": {"kind": "weather"},
        "end_capture": {"capture": "command-1", "outcome": "cancelled"},
        "add_window": {"window": "bed", "kind": "bedroom"},
        "change_window": {"window": "bed"},
        "remove_window": {"window": "bed"},
        "hold_window": {"window": "bed"},
        "resume_window": {"window": "bed"},
        "limit_window": {"window": "bed"},
        "set_window_auto": {"window": "bed"},
        "window_recovered": {"window": "bed"},
        "lock_window": {"window": "bed", "locked": True},
        "set_window": {"window": "bed", "position": 50},
        "shut_window": {"window": "bed", "position": 0, "why": "rain"},
        "window_moved": {"window": "bed", "position": 50},
        "window_fault": {"window": "bed", "fault": "stuck"},
        "drop_run": {"window": "bed", "run": "command-1", "why": "late"},
        "place_sensor": {"device": "esp1", "room": "bath"},
        "remove_sensor": {"device": "esp1"},
        "activate_model": {"model": None},
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
