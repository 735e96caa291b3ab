"""Turns and speeches, as the arbiter decides them: one at a time, and none for ever."""

from typing import Any

import msgspec
import pytest
from hypothesis import given

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.core.decision import Rules
from mira_sidecar.core.explanation import explained
from mira_sidecar.core.state import initial_document
from mira_sidecar.discovery import all_subjects, known
from mira_sidecar.protocol import Event, instant, milliseconds
from mira_sidecar.subjects.voice.core.slice import MOST_ACTIVE, Voice
from tests.sidecar.core.sequences import RULES, SEQUENCES, Played, Step
from tests.sidecar.core.situation import Situation, refused

WORDS = {
    "okay_nabu": {"phrase": "Okay Nabu", "languages": ["en", "de"]},
    "alexa": {"phrase": "Alexa", "languages": ["en"]},
    "hey_jarvis": {"phrase": "Hey Jarvis", "languages": ["en"]},
}


def voice(mirror: Situation) -> Voice:
    return msgspec.convert(mirror.document["parts"]["voice"], Voice)


@pytest.fixture
def hall() -> Situation:
    """A mirror that hears three words, and listens for two."""
    mirror = Situation(rules=Rules(confirm=frozenset(), rates={}))
    mirror.send("set_voice", source="system", words=WORDS, active=["okay_nabu", "alexa"])
    return mirror


def wake(mirror: Situation, word: str = "okay_nabu", **more: Any) -> Event:
    return mirror.send("wake", source="voice", **{"confidence": 0.97, "age_ms": 120, "word": word, **more})


def observe(mirror: Situation, action: str, **payload: Any) -> Event:
    """Home Assistant says how a turn goes on."""
    return mirror.send(action, source="sensor", sender="home", fields=payload)


def test_a_wake_word_opens_a_turn_that_listens_since_it_ended(hall: Situation) -> None:
    answer = wake(hall)
    assert answer.payload == {"word": "okay_nabu", "microphone": "microphone"}
    turn = voice(hall).turn
    assert turn is not None
    assert (turn.id, turn.how, turn.stage) == (answer.command_id, "wake", "listening")
    assert turn.at == instant(hall.now_ms - 120)
    assert milliseconds(turn.until) == hall.now_ms + 30_000


def test_a_button_opens_one_too_for_the_assistant_of_a_word(hall: Situation) -> None:
    hall.send("listen", word="alexa")
    turn = voice(hall).turn
    assert turn is not None
    assert (turn.how, turn.word) == ("listen", "alexa")


@pytest.mark.parametrize("action", ["wake", "listen"])
def test_one_that_needs_a_yes_is_opened_by_it(hall: Situation, action: str) -> None:
    hall.rules = Rules(confirm=frozenset({action}), rates={})
    asked = wake(hall) if action == "wake" else hall.send("listen", source="automation")
    assert asked.payload["outcome"] == "pending"
    assert voice(hall).turn is None
    hall.pass_ms(5_000)
    yes = hall.send("confirm", command_id=asked.command_id)
    turn = voice(hall).turn
    assert turn is not None
    assert (turn.id, turn.how, milliseconds(turn.until)) == (yes.command_id, action, hall.now_ms + 30_000)
    assert (yes.payload["confirmed"], yes.payload["asked"]) == (asked.command_id, action)


def test_a_word_that_is_not_listened_for_opens_none(hall: Situation) -> None:
    assert refused(wake(hall, "hey_jarvis")) == ("unknown_word", "voice")
    assert refused(hall.send("listen", word="hey_jarvis")) == ("unknown_word", "voice")
    assert voice(hall).turn is None


def test_who_is_listened_to_is_not_interrupted(hall: Situation) -> None:
    first = wake(hall)
    assert refused(wake(hall, "alexa")) == ("already_listening", "voice")
    assert refused(hall.send("listen")) == ("already_listening", "voice")
    assert hall.document["parts"]["voice"]["turn"]["id"] == first.command_id


def test_two_wakes_at_once_open_one_turn(hall: Situation) -> None:
    assert [wake(hall, word).type for word in ("okay_nabu", "alexa")] == ["accepted", "rejected"]


def test_who_is_answered_is_interrupted_with_the_answer(hall: Situation) -> None:
    first = wake(hall)
    observe(hall, "advance_turn", turn=first.command_id, stage="thinking")
    say = hall.send("say", source="automation", kind="reply", turn=first.command_id)
    second = wake(hall, "alexa")
    assert second.payload["interrupted"] == [first.command_id, say.command_id]
    now = voice(hall)
    assert (now.turn and now.turn.id, now.speech) == (second.command_id, None)
    assert refused(observe(hall, "end_turn", turn=first.command_id, outcome="answered")) == ("turn_over", "voice")
    assert refused(observe(hall, "end_speech", speech=say.command_id, outcome="played")) == ("speech_over", "voice")


def test_an_announcement_is_silent_while_somebody_is_listened_to(hall: Situation) -> None:
    said = hall.send("say", source="automation", kind="announcement")
    assert wake(hall).payload["interrupted"] == [said.command_id]
    assert voice(hall).speech is None


def test_nobody_is_heard_while_the_microphone_is_off(hall: Situation) -> None:
    hall.send("set_microphone", on=False)
    assert refused(wake(hall)) == ("microphone_off", "microphone")
    assert refused(hall.send("listen")) == ("microphone_off", "microphone")


def test_a_wake_word_that_is_not_sure_is_refused(hall: Situation) -> None:
    assert refused(wake(hall, confidence=0.4)) == ("low_confidence", "confidence")


def test_only_what_listens_says_that_a_wake_word_was_heard(hall: Situation) -> None:
    assert hall.send("wake", source="touch", word="okay_nabu").reason == "not_allowed"


def test_a_turn_goes_forward_only_and_lives_on_with_each_stage(hall: Situation) -> None:
    turn = wake(hall).command_id
    hall.pass_ms(20_000)
    observe(hall, "advance_turn", turn=turn, stage="speaking")
    hall.pass_ms(20_000)
    before = hall.position.rev
    observe(hall, "advance_turn", turn=turn, stage="thinking")
    observe(hall, "advance_turn", turn=turn, stage="speaking")
    assert hall.position.rev == before
    now = voice(hall).turn
    assert now is not None
    assert now.stage == "speaking"
    assert hall.due() == []
    hall.pass_ms(10_000)
    (over,) = hall.do_what_is_due()
    assert (over.action, over.payload) == ("end_turn", {"turn": turn, "outcome": "timed_out"})
    assert refused(observe(hall, "advance_turn", turn=turn, stage="speaking")) == ("turn_over", "voice")


@pytest.mark.parametrize("source", ["touch", "automation", "voice", "gesture"])
@pytest.mark.parametrize("action", ["advance_turn", "end_turn", "end_speech"])
def test_only_what_carries_a_turn_out_says_how_it_goes_on(hall: Situation, action: str, source: str) -> None:
    turn, speech = wake(hall).command_id, hall.send("say", kind="reply").command_id
    payloads: dict[str, dict[str, Any]] = {
        "advance_turn": {"turn": turn, "stage": "thinking"},
        "end_turn": {"turn": turn, "outcome": "answered"},
        "end_speech": {"speech": speech, "outcome": "played"},
    }
    assert hall.send(action, source=source, fields=payloads[action]).reason == "not_allowed"


def test_switching_the_microphone_off_ends_the_turn_that_listens_and_none_that_is_answered(hall: Situation) -> None:
    turn = wake(hall).command_id
    hall.send("set_microphone", on=False)
    (over,) = hall.do_what_is_due()
    assert over.payload == {"turn": turn, "outcome": "stopped"}
    hall.send("set_microphone", on=True)
    turn = wake(hall).command_id
    observe(hall, "advance_turn", turn=turn, stage="thinking")
    hall.send("set_microphone", on=False)
    assert hall.due() == []


def test_a_turn_is_not_over_before_what_answers_it(hall: Situation) -> None:
    turn = wake(hall).command_id
    say = hall.send("say", source="automation", kind="reply", turn=turn).command_id
    hall.pass_ms(100_000)
    assert hall.due() == []
    observe(hall, "end_speech", speech=say, outcome="played")
    hall.pass_ms(29_000)
    assert hall.due() == []
    hall.pass_ms(1_000)
    assert [action for action, _ in hall.due()] == ["end_turn"]


def test_a_speech_takes_the_place_of_the_one_before_and_none_lasts_for_ever(hall: Situation) -> None:
    first = hall.send("say", source="automation", kind="announcement")
    second = hall.send("say", source="automation", kind="question")
    assert second.payload == {"kind": "question", "turn": None, "interrupted": [first.command_id]}
    hall.pass_ms(120_000)
    (over,) = hall.do_what_is_due()
    assert (over.action, over.payload) == ("end_speech", {"speech": second.command_id, "outcome": "failed"})
    assert voice(hall).speech is None


def test_a_reply_to_a_turn_that_is_over_is_not_said(hall: Situation) -> None:
    turn = wake(hall).command_id
    hall.send("stop_talking")
    assert refused(hall.send("say", source="automation", kind="reply", turn=turn)) == ("turn_over", "voice")


def test_stop_ends_all_at_once_and_is_never_refused(hall: Situation) -> None:
    turn = wake(hall).command_id
    say = hall.send("say", source="automation", kind="reply", turn=turn).command_id
    assert hall.send("stop_talking", source="voice").payload == {"turn": turn, "speech": say}
    assert (voice(hall).turn, voice(hall).speech) == (None, None)
    again = hall.send("stop_talking", source="gesture")
    assert (again.type, again.payload) == ("accepted", {})


def test_a_turn_that_was_interrupted_there_takes_its_speech_along(hall: Situation) -> None:
    turn = wake(hall).command_id
    hall.send("say", source="automation", kind="reply", turn=turn)
    observe(hall, "end_turn", turn=turn, outcome="answered")
    assert voice(hall).speech is not None
    turn = wake(hall).command_id
    hall.send("say", source="automation", kind="reply", turn=turn)
    observe(hall, "end_turn", turn=turn, outcome="stopped")
    assert voice(hall).speech is None


def test_what_home_assistant_read_counts_in_the_turn_that_is_open_and_in_no_other(hall: Situation) -> None:
    turn = wake(hall).command_id
    answer = hall.say(sender="home", turn=turn)
    assert (answer.type, answer.payload["turn"]) == ("accepted", turn)
    assert hall.state.utterance
    assert hall.state.utterance.turn == turn
    for more in ({}, {"turn": "command-0"}):
        assert refused(hall.say(sender="home", **more)) == ("turn_over", "voice")
    assert refused(hall.say(sender="voice", turn="command-0")) == ("turn_over", "voice")
    assert hall.say(sender="voice").type == "accepted"
    hall.pass_ms(30_000)
    assert refused(hall.say(sender="home", turn=turn)) == ("turn_over", "voice")


def test_a_yes_in_a_turn_answers_the_question_that_waits(hall: Situation) -> None:
    hall.send("ask", source="automation", text="Close the blinds?")
    hall.pass_ms(500)
    turn = wake(hall).command_id
    hall.pass_ms(1_000)
    yes = hall.say(sender="home", turn=turn, answer="yes")
    assert (yes.payload["confirmed"], yes.payload["turn"]) == (hall.events[-5].command_id, turn)
    assert hall.state.pending is None


def test_words_are_for_the_mirror_itself_to_say_and_two_at_most_are_listened_for(hall: Situation) -> None:
    assert hall.send("set_voice", source="automation", words={}).reason == "not_allowed"
    assert refused(hall.send("set_voice", source="automation", active=["hey_mycroft"])) == ("unknown_word", "voice")
    hall.send("set_voice", source="automation", active=["alexa"] * MOST_ACTIVE)
    assert voice(hall).active == ["alexa"]
    hall.send("set_voice", source="automation", active=[])
    assert voice(hall).active == []


def test_a_word_that_cannot_be_heard_any_more_is_not_listened_for(hall: Situation) -> None:
    hall.send("set_voice", source="system", words={"alexa": WORDS["alexa"]})
    assert (list(voice(hall).words), voice(hall).active) == (["alexa"], ["alexa"])


def test_a_turn_that_was_opened_too_late_is_closed_and_a_mirror_without_voice_is_no_trouble(hall: Situation) -> None:
    turn = wake(hall).command_id
    assert hall.send("revoke", source="system", command_id=turn, opened="turn").type == "accepted"
    assert voice(hall).turn is None
    without = Situation()
    assert without.send("revoke", source="system", command_id=turn, opened="turn").type == "accepted"


def test_the_log_tells_the_story_of_a_turn(hall: Situation) -> None:
    turn = wake(hall)
    for pause_ms, action, payload in (
        (1_400, "utterance", {"length": 12, "turn": turn.command_id}),
        (5, "advance_turn", {"turn": turn.command_id, "stage": "thinking"}),
        (700, "say", {"kind": "reply", "turn": turn.command_id}),
        (2_000, "end_turn", {"turn": turn.command_id, "outcome": "answered", "trace": {"stt_ms": 1_410}}),
    ):
        hall.pass_ms(pause_ms)
        source = {"utterance": "voice", "say": "automation"}.get(action, "sensor")
        hall.send(action, source=source, sender="home", fields=payload)
    answers = {event.command_id: event for event in hall.events if event.type != "state_patch"}
    steps, position = [], Position(0, 0, initial_document())
    for event in hall.events:
        after = fold(position, event)
        steps.append((event, position, after))
        position = after
    story = explained(turn, steps, answers.get, all_subjects().references)
    assert [(one.how, one.action) for one in story.led_to] == [
        ("led to", "utterance"),
        ("led to", "advance_turn"),
        ("led to", "say"),
        ("led to", "end_turn"),
    ]
    end = explained(hall.events[-2], steps, answers.get, all_subjects().references)
    assert [(one.how, one.command_id) for one in end.before] == [("belongs to", turn.command_id)]
    assert end.answer.payload["trace"] == {"stt_ms": 1_410}


def test_people_read_what_is_listened_for_and_who_is_heard(hall: Situation) -> None:
    turn = wake(hall).command_id
    hall.send("say", source="automation", kind="announcement")
    lines = dict(known()["voice"].summary(hall.document))
    assert lines["wake words"] == "okay_nabu, alexa"
    assert lines["turn"].startswith("listening, by okay_nabu")
    assert turn in lines["turn"]
    assert lines["speech"].startswith("announcement")


@given(RULES, SEQUENCES)
def test_there_is_one_turn_at_most_and_it_begins_only_with_the_microphone_on(
    rules: Rules, sequence: list[Step]
) -> None:
    mirror = Played(rules)
    for step in sequence:
        before, (answer, *_) = mirror.play(step)
        old = before.document["parts"].get("voice", {"turn": None, "speech": None})
        new = mirror.document["parts"].get("voice", {"turn": None, "speech": None})
        if new["turn"] and (old["turn"] is None or old["turn"]["id"] != new["turn"]["id"]):
            assert mirror.document["microphone"]["on"]
            assert (new["turn"]["id"], new["turn"]["stage"]) == (answer.command_id, "listening")
            assert new["speech"] is None
        for one in (new["turn"], new["speech"]):
            assert one is None or milliseconds(one["until"]) > milliseconds(one["at"])


@given(SEQUENCES)
def test_nothing_stays_open_for_ever(sequence: list[Step]) -> None:
    mirror = Played(Rules(confirm=frozenset(), rates={}))
    for step in sequence:
        mirror.play(step)
    mirror.pass_ms(120_000)
    mirror.do_what_is_due()
    assert all(mirror.document["parts"].get("voice", {}).get(one) is None for one in ("turn", "speech"))
