"""Asking back before something risky is done."""

from typing import Any

import pytest

from mira_sidecar.core.actions.system import overdue
from mira_sidecar.core.decision import Rules
from tests.sidecar.core.situation import Situation, refused


def asking() -> Situation:
    """A mirror with Mira's own rules, microphone on and camera off."""
    mirror = Situation(off=True, rules=Rules())
    mirror.send("set_microphone", on=True)
    mirror.pass_ms(10_000)
    return mirror


def test_the_camera_goes_on_after_a_yes() -> None:
    mirror = asking()
    asked = mirror.send("set_camera", on=True)
    assert (asked.type, asked.payload["outcome"]) == ("accepted", "pending")
    assert not mirror.state.camera.on
    assert mirror.state.pending
    assert mirror.state.pending.deadline == asked.payload["deadline"]
    confirmed = mirror.send("confirm")
    assert confirmed.payload == {"confirmed": asked.command_id, "asked": "set_camera", "on": True}
    assert mirror.state.camera.on
    assert mirror.state.pending is None


def test_switching_off_is_never_asked_back() -> None:
    mirror = asking()
    mirror.send("set_camera", on=True)
    mirror.send("confirm")
    assert mirror.send("set_camera", on=False).payload == {"on": False}
    assert not mirror.state.camera.on


@pytest.mark.parametrize(
    ("action", "source", "payload"),
    [
        ("cancel", "touch", {}),
        ("utterance", "voice", {"text": "No!"}),
        ("utterance", "voice", {"text": "nein"}),
    ],
)
def test_a_no_forgets_the_question(action: str, source: str, payload: dict[str, Any]) -> None:
    mirror = asking()
    mirror.send("set_camera", on=True)
    assert mirror.send(action, source=source, **payload).type == "accepted"
    assert mirror.state.pending is None
    assert not mirror.state.camera.on


def test_thumbs_and_a_wave_answer_where_the_camera_is_on() -> None:
    mirror = asking()
    mirror.send("set_camera", on=True)
    mirror.send("confirm")
    mirror.send("add_todo", uid="milk", summary="Milk", status="completed")
    for thumb, left in (("thumb_down", 1), ("wave", 1), ("thumb_up", 0)):
        mirror.pass_ms(2_000)
        mirror.send("clear_completed_todos")
        assert mirror.state.pending
        mirror.gesture(thumb)
        assert mirror.state.pending is None
        assert len(mirror.state.todos) == left


def test_yes_is_just_a_word_where_nothing_is_asked() -> None:
    mirror = asking()
    assert mirror.say(text="Yes.").payload == {"text": "Yes."}
    assert refused(mirror.send("confirm")) == ("nothing_pending", "confirmation")


def test_an_answer_to_another_question_is_none() -> None:
    mirror = asking()
    mirror.send("set_camera", on=True)
    assert refused(mirror.send("confirm", command_id="another-question")) == ("nothing_pending", "confirmation")
    assert mirror.state.pending


def test_there_is_one_question_at_a_time() -> None:
    mirror = asking()
    mirror.send("set_camera", on=True)
    mirror.send("add_todo", uid="milk", summary="Milk", status="completed")
    assert refused(mirror.send("clear_completed_todos")) == ("question_pending", "one_question")


def test_silence_is_a_no() -> None:
    mirror = asking()
    asked = mirror.send("set_camera", on=True)
    mirror.pass_ms(14_999)
    assert overdue(mirror.document, mirror.now_ms) == []
    mirror.pass_ms(1)
    [(action, payload)] = overdue(mirror.document, mirror.now_ms)
    assert (action, payload) == ("time_out", {"command_id": asked.command_id})
    assert mirror.send(action, source="system", **payload).type == "accepted"
    assert mirror.state.pending is None
    assert not mirror.state.camera.on


def test_only_the_mirror_itself_says_that_time_is_over() -> None:
    mirror = asking()
    asked = mirror.send("set_camera", on=True)
    late = mirror.send("time_out", command_id=asked.command_id)
    assert refused(late) == ("not_allowed", "access")
    assert mirror.state.pending


def test_an_author_may_have_anything_asked_back() -> None:
    mirror = asking()
    asked = mirror.send("show_page", source="automation", confirm=True, page="todos")
    assert asked.payload["outcome"] == "pending"
    assert mirror.state.page == "home"
    mirror.send("confirm")
    assert mirror.state.page == "todos"


def test_what_became_impossible_meanwhile_is_refused_and_the_question_over() -> None:
    mirror = asking()
    mirror.send("add_todo", uid="milk", summary="Milk")
    mirror.send("remove_todo", source="automation", confirm=True, uid="milk")
    mirror.send("remove_todo", uid="milk")
    assert refused(mirror.send("confirm")) == ("unknown_todo", "todos")
    assert mirror.state.pending is None


def test_an_answer_that_was_itself_asked_back_answers_nothing() -> None:
    mirror = Situation()
    asked = mirror.gesture("thumb_up", confirm=True)
    assert asked.payload["outcome"] == "pending"
    assert mirror.send("confirm").payload["asked"] == "gesture"
    assert mirror.state.pending is None
    mirror.say(text="Yes", confirm=True)
    assert mirror.send("confirm").payload["asked"] == "utterance"
    assert mirror.state.pending is None


def test_a_yes_after_the_deadline_is_late_even_where_nobody_has_put_the_question_away() -> None:
    mirror = Situation(rules=Rules())
    mirror.send("confirm")
    mirror.pass_ms(10_000)
    mirror.send("add_todo", uid="milk", summary="Milk", confirm=True)
    mirror.pass_ms(15_000)
    assert refused(mirror.send("confirm")) == ("nothing_pending", "confirmation")
    assert mirror.gesture("thumb_up").payload == {"name": "thumb_up", "handedness": None, "hold_ms": 0}
    assert mirror.say(text="Yes").payload == {"text": "Yes"}
    assert mirror.state.todos == []
    assert mirror.send("add_todo", summary="Bread", confirm=True).payload["outcome"] == "pending"


def test_a_pin_is_its_own_yes() -> None:
    mirror = Situation(off=True, rules=Rules(confirm=frozenset({"set_pin"})))
    assert mirror.send("set_pin", pin="set", confirm=True).payload == {"pin": "set"}
    assert mirror.send("unlock", pin="right", confirm=True).type == "accepted"
    assert mirror.state.pending is None


def test_a_question_of_an_automation_is_asked_and_its_answer_is_in_the_log() -> None:
    mirror = asking()
    asked = mirror.send("ask", source="automation", text="Close the blinds?", duration_ms=20_000)
    assert asked.payload["outcome"] == "pending"
    assert mirror.state.pending
    assert mirror.state.pending.payload == {"text": "Close the blinds?", "duration_ms": 20_000}
    mirror.pass_ms(19_000)
    answer = mirror.send("confirm", command_id=asked.command_id)
    assert answer.payload == {"confirmed": asked.command_id, "asked": "ask", "text": "Close the blinds?"}
    assert mirror.state.pending is None


def test_a_no_to_a_question_of_an_automation_is_in_the_log_too() -> None:
    mirror = asking()
    asked = mirror.send("ask", source="automation", text="Close the blinds?")
    assert mirror.say(text="No").payload["cancelled"] == asked.command_id


def test_a_question_of_an_automation_ends_at_its_own_time() -> None:
    mirror = asking()
    asked = mirror.send("ask", source="automation", text="Close the blinds?", duration_ms=60_000)
    mirror.pass_ms(59_999)
    assert not overdue(mirror.document, mirror.now_ms)
    mirror.pass_ms(1)
    assert overdue(mirror.document, mirror.now_ms) == [("time_out", {"command_id": asked.command_id})]


def test_a_second_question_of_an_automation_waits_its_turn() -> None:
    mirror = asking()
    mirror.send("set_camera", on=True)
    assert refused(mirror.send("ask", source="automation", text="And?")) == ("question_pending", "one_question")
