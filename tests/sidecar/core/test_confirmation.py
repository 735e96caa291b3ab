"""Confirmation before something risky is done."""

from typing import Any

import pytest

from mira_sidecar.core.arbiter import Position
from mira_sidecar.core.decision import Rules
from mira_sidecar.protocol import TodoItem
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
        ("utterance", "voice", {"length": 4, "answer": "no"}),
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
    assert mirror.say(answer="yes").payload == {"length": 12, "answer": "yes", "language": None}
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
    assert mirror.due() == []
    mirror.pass_ms(1)
    [(action, payload)] = mirror.due()
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
    mirror.say(answer="yes", confirm=True)
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
    assert "confirmed" not in mirror.say(answer="yes").payload
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
    assert mirror.say(answer="no").payload["cancelled"] == asked.command_id


def test_a_question_of_an_automation_ends_at_its_own_time() -> None:
    mirror = asking()
    asked = mirror.send("ask", source="automation", text="Close the blinds?", duration_ms=60_000)
    mirror.pass_ms(59_999)
    assert not mirror.due()
    mirror.pass_ms(1)
    assert mirror.due() == [("time_out", {"command_id": asked.command_id})]


def test_a_second_question_of_an_automation_waits_its_turn() -> None:
    mirror = asking()
    mirror.send("set_camera", on=True)
    assert refused(mirror.send("ask", source="automation", text="And?")) == ("question_pending", "one_question")


def toggling() -> Situation:
    """A mirror that asks whether its camera shall be switched on, and whose camera is switched on meanwhile."""
    mirror = Situation(off=True, rules=Rules(confirm=frozenset({"toggle_camera"})))
    mirror.send("toggle_camera", source="automation")
    assert mirror.state.pending
    assert (mirror.state.pending.action, mirror.state.pending.payload) == ("set_camera", {"on": True})
    mirror.send("set_camera", on=True)
    return mirror


def test_a_yes_to_switching_the_camera_on_never_switches_it_off() -> None:
    mirror = toggling()
    assert refused(mirror.send("confirm")) == ("already_done", "confirmation")
    assert mirror.state.camera.on
    assert mirror.state.pending is None


def test_a_yes_to_an_undo_takes_back_what_was_shown_and_no_later_change() -> None:
    mirror = Situation()
    mirror.send("add_todo", uid="milk", summary="Milk")
    mirror.send("update_todo", uid="milk", summary="Oat milk")
    mirror.send("undo", source="automation", confirm=True)
    assert mirror.state.pending
    assert mirror.state.pending.action == "undo"
    named = mirror.state.pending.payload["command_id"]
    mirror.pass_ms(1_000)
    mirror.send("next_page")
    done = mirror.send("confirm")
    assert done.payload["undone"] == named
    assert (mirror.state.page, mirror.state.todos) == ("todos", [TodoItem("milk", "Milk")])


def test_a_yes_to_the_next_page_shows_the_page_that_was_named() -> None:
    mirror = Situation()
    mirror.send("next_page", confirm=True)
    mirror.send("show_page", page="clock")
    mirror.send("confirm")
    assert mirror.state.page == "todos"


def test_a_yes_to_a_swipe_shows_the_page_that_was_named() -> None:
    mirror = Situation()
    mirror.gesture("swipe_left", confirm=True)
    assert mirror.state.pending
    assert (mirror.state.pending.action, mirror.state.pending.payload) == ("show_page", {"page": "todos"})
    mirror.send("show_page", page="clock")
    assert mirror.send("confirm").payload["page"] == "todos"


def test_a_confirmed_todo_has_the_uid_of_the_command_that_asked_for_it() -> None:
    mirror = Situation()
    asked = mirror.send("add_todo", summary="Milk", confirm=True)
    mirror.send("confirm")
    assert [todo.uid for todo in mirror.state.todos] == [asked.command_id]
    assert asked.payload["uid"] == asked.command_id


def clearing() -> Situation:
    """A mirror that asks whether two completed todos shall go."""
    mirror = asking()
    for uid, status in (("milk", "completed"), ("bread", "completed"), ("tea", "needs_action")):
        mirror.send("add_todo", uid=uid, summary=uid.title(), status=status)
    mirror.send("clear_completed_todos")
    return mirror


def test_a_yes_to_clearing_removes_what_was_named_and_nothing_that_was_completed_since() -> None:
    mirror = clearing()
    assert mirror.state.pending
    assert mirror.state.pending.about == [
        TodoItem("milk", "Milk", "completed"),
        TodoItem("bread", "Bread", "completed"),
    ]
    mirror.send("update_todo", uid="tea", status="completed")
    assert mirror.due() == []
    mirror.send("confirm")
    assert [todo.uid for todo in mirror.state.todos] == ["tea"]


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("update_todo", {"uid": "milk", "status": "needs_action"}),
        ("update_todo", {"uid": "milk", "summary": "The passport"}),
        ("remove_todo", {"uid": "milk"}),
    ],
)
def test_a_question_about_todos_that_have_changed_is_withdrawn_and_says_so(
    action: str, payload: dict[str, Any]
) -> None:
    mirror = clearing()
    asked = mirror.state.pending
    assert asked
    mirror.send(action, **payload)
    left = [todo.uid for todo in mirror.state.todos]
    [withdrawn] = mirror.do_what_is_due()
    assert withdrawn.action == "withdraw"
    assert withdrawn.payload == {"command_id": asked.command_id, "asked": "remove_todos", "reason": "changed_since"}
    assert mirror.state.pending is None
    assert [todo.uid for todo in mirror.state.todos] == left


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("update_todo", {"uid": "milk", "status": "needs_action"}),
        ("update_todo", {"uid": "milk", "summary": "The passport"}),
        ("remove_todo", {"uid": "milk"}),
    ],
)
def test_a_yes_that_comes_before_the_question_is_withdrawn_removes_nothing(
    action: str, payload: dict[str, Any]
) -> None:
    mirror = clearing()
    mirror.send(action, **payload)
    before = mirror.state.todos
    assert refused(mirror.send("confirm")) == ("changed_since", "confirmation")
    assert (mirror.state.pending, mirror.state.todos) == (None, before)


def test_a_question_whose_wish_came_true_meanwhile_is_withdrawn() -> None:
    mirror = toggling()
    asked = mirror.document["pending"]["command_id"]
    [withdrawn] = mirror.do_what_is_due()
    assert withdrawn.payload == {"command_id": asked, "asked": "set_camera", "reason": "already_done"}
    assert mirror.state.pending is None


def test_a_lesson_that_nobody_could_see_any_more_is_no_longer_asked_about() -> None:
    mirror = Situation()
    mirror.send("teach_gesture", source="automation", fields={"name": "mine"})
    assert mirror.due() == []
    mirror.send("set_camera", on=False)
    [withdrawn] = mirror.do_what_is_due()
    assert withdrawn.payload["reason"] == "camera_off"


def test_a_question_stays_where_what_it_is_about_stays() -> None:
    mirror = asking()
    mirror.send("add_todo", uid="milk", summary="Milk")
    mirror.send("remove_todo", uid="milk", confirm=True)
    mirror.send("add_todo", uid="bread", summary="Bread")
    mirror.send("move_todo", uid="bread", previous_uid=None)
    assert mirror.due() == []
    assert mirror.send("withdraw", source="system", command_id=mirror.document["pending"]["command_id"]).payload == {
        "command_id": mirror.document["pending"]["command_id"]
    }
    assert mirror.send("confirm").payload["uids"] == ["milk"]


def test_only_the_mirror_itself_withdraws_a_question() -> None:
    mirror = asking()
    asked = mirror.send("set_camera", on=True)
    assert refused(mirror.send("withdraw", command_id=asked.command_id)) == ("not_allowed", "access")
    assert mirror.send("withdraw", source="system", command_id="another-question").type == "accepted"
    assert mirror.state.pending


def test_a_question_of_an_older_version_that_would_be_resolved_anew_is_withdrawn() -> None:
    mirror = asking()
    mirror.send("set_camera", on=True)
    new = ("about", "sender", "user_id", "consent")
    older = {name: value for name, value in mirror.document["pending"].items() if name not in new}
    older |= {"action": "toggle_camera", "payload": {}}
    mirror.position = Position(mirror.position.seq, mirror.position.rev, {**mirror.document, "pending": older})
    assert mirror.state.pending
    assert mirror.state.pending.about == []
    assert mirror.do_what_is_due()[0].payload["reason"] == "changed_since"
    older |= {"action": "of_another_version", "payload": {}}
    mirror.position = Position(mirror.position.seq, mirror.position.rev, {**mirror.document, "pending": older})
    assert mirror.do_what_is_due()[0].payload["reason"] == "unknown_action"
    older |= {"action": "set_camera", "payload": {"on": True}}
    mirror.position = Position(mirror.position.seq, mirror.position.rev, {**mirror.document, "pending": older})
    assert mirror.send("confirm").type == "accepted"


HOME = {"sender": "home", "origin": {"user_id": "anna"}}
CONSENTING: list[dict[str, Any]] = [
    {"source": "touch", "sender": "home", "origin": {"user_id": "kiosk"}},
    {"source": "touch", **HOME},
    {"source": "voice", "sender": "voice"},
    {"source": "gesture", "sender": "gesture"},
]
NOT_CONSENTING: list[dict[str, Any]] = [
    {"source": "automation", **HOME},
    {"source": "automation", "sender": "home", "origin": {"user_id": "ben"}},
    {"source": "automation", "sender": "api"},
    {"source": "touch", "sender": "api"},
    {"source": "voice", "sender": "api"},
    {"source": "system"},
]


@pytest.mark.parametrize("who", CONSENTING)
def test_a_gesture_is_taught_after_a_yes_of_somebody_at_the_mirror(who: dict[str, Any]) -> None:
    mirror = Situation()
    mirror.send("teach_gesture", source="automation", **HOME, fields={"name": "mine"})
    assert mirror.send("confirm", **who).type == "accepted"
    assert mirror.state.teaching


@pytest.mark.parametrize("who", NOT_CONSENTING)
def test_no_automation_says_yes_to_teaching_a_gesture(who: dict[str, Any]) -> None:
    mirror = Situation()
    mirror.send("teach_gesture", source="automation", **HOME, fields={"name": "mine"})
    assert refused(mirror.send("confirm", **who)) == ("consent_needed", "confirmation")
    assert mirror.state.teaching is None
    assert mirror.state.pending, "somebody at the mirror may still say yes"
    assert mirror.send("cancel", **who).type == "accepted"


@pytest.mark.parametrize("who", CONSENTING)
def test_whoever_asked_does_not_say_yes_to_being_filmed(who: dict[str, Any]) -> None:
    mirror = Situation()
    asked = mirror.send("ask", **who, text="May this mirror film you?", consent=True)
    assert refused(mirror.send("confirm", **who)) == ("consent_needed", "confirmation")
    assert mirror.gesture("thumb_up", sender="gesture").payload.get("confirmed") == (
        asked.command_id if who["source"] != "gesture" else None
    )


def test_a_spoken_yes_of_whoever_asked_by_voice_is_refused_and_says_why() -> None:
    mirror = Situation()
    mirror.send("teach_gesture", source="voice", sender="voice", fields={"name": "mine"})
    answer = mirror.say(answer="yes", sender="voice")
    assert refused(answer) == ("consent_needed", "confirmation")
    assert answer.message
    assert "at the mirror" in answer.message
    assert mirror.say(answer="no", sender="voice").type == "accepted"


def test_any_question_without_consent_may_be_answered_by_whoever_asked() -> None:
    mirror = asking()
    mirror.send("set_camera", source="automation", sender="home", on=True)
    assert mirror.send("confirm", source="automation", sender="home").type == "accepted"


@pytest.mark.parametrize("thumb", ["thumb_up", "thumb_down"])
def test_a_thumb_that_was_up_before_the_question_was_asked_does_not_answer_it(thumb: str) -> None:
    mirror = clearing()
    mirror.send("confirm")
    mirror.send("set_camera", on=True)
    mirror.send("confirm")
    mirror.send("show_page", page="clock", confirm=True)
    mirror.pass_ms(400)
    early = mirror.gesture(thumb, hold_ms=600)
    assert (early.type, set(early.payload)) == ("accepted", {"name", "handedness", "hold_ms"})
    assert mirror.state.pending
    assert mirror.state.page == "home"
    mirror.pass_ms(1_000)
    assert "asked" in mirror.gesture(thumb, hold_ms=600).payload


def test_what_was_said_before_the_question_was_asked_does_not_answer_it() -> None:
    mirror = Situation()
    mirror.send("show_page", page="clock", confirm=True)
    mirror.pass_ms(400)
    assert "confirmed" not in mirror.say(answer="yes", age_ms=500).payload
    assert mirror.state.pending
    assert mirror.say(answer="yes", age_ms=300).payload["page"] == "clock"


@pytest.mark.parametrize("action", ["confirm", "cancel"])
def test_an_answer_from_before_the_question_answers_it_only_by_its_id(action: str) -> None:
    mirror = Situation()
    asked = mirror.send("show_page", page="clock", confirm=True)
    mirror.pass_ms(400)
    assert refused(mirror.send(action, age_ms=500)) == ("nothing_pending", "confirmation")
    assert mirror.state.pending
    assert mirror.send(action, age_ms=500, command_id=asked.command_id).type == "accepted"


def test_text_through_the_api_may_say_no_and_never_yes() -> None:
    mirror = asking()
    mirror.send("set_camera", on=True)
    assert "confirmed" not in mirror.say(answer="yes", sender="api").payload
    assert mirror.state.pending
    assert "cancelled" in mirror.say(answer="no", sender="api").payload
