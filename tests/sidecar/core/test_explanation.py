"""Each answer in the log says who looked, and what was asked for."""

import pytest

from tests.sidecar.core.situation import Situation


def test_an_accepted_command_was_seen_by_all_policies() -> None:
    looked = Situation().send("next_page").looked
    assert looked == [
        "validation",
        "expiry",
        "microphone",
        "camera",
        "gesture",
        "confidence",
        "cooldown",
        "access",
        "superseded",
        "one_question",
    ]


def test_the_last_to_look_is_who_refused() -> None:
    mirror = Situation(off=True)
    refusals = [
        mirror.send("nonsense"),
        mirror.send("add_todo"),
        mirror.send("next_page", age_ms=9_000),
        mirror.gesture(),
        mirror.say(),
        mirror.send("remove_todo", uid="none"),
    ]
    for refusal in refusals:
        assert refusal.looked[-1] == refusal.policy


def test_a_refused_gesture_is_named() -> None:
    assert Situation(off=True).gesture("palm").payload == {"name": "palm"}


@pytest.mark.parametrize("off", [True, False])
def test_words_in_a_command_are_refused_and_not_kept(off: bool) -> None:
    mirror = Situation(off=off)
    answer = mirror.say(text="A secret")
    assert answer.message == (
        "The action cannot take this: `text` does not belong in a command: "
        "what was said or named goes ahead of it, by the channel `private`."
    )
    assert mirror.say(language="A secret").reason == "bad_payload"
    assert mirror.send("utterance", source="voice", text="A secret").values["fault"] == "words_beside"
    assert "secret" not in str(mirror.events)


def test_of_what_was_said_while_the_microphone_was_off_not_even_the_length_is_kept() -> None:
    assert Situation(off=True).say().payload == {}
