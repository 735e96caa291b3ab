"""Wake words of one's own, as far as the core knows them."""

from typing import Any

import pytest

from mira_sidecar.core.decision import Rules
from mira_sidecar.protocol import Event
from tests.sidecar.core.situation import Situation, refused

TRIAL = {"takes": 5, "found": 5, "false_wakes": 0, "minutes": 19}


def voice(mirror: Situation) -> dict[str, Any]:
    return dict(mirror.document["parts"]["voice"])


def lesson(mirror: Situation) -> dict[str, Any]:
    return dict(voice(mirror)["lesson"])


def teach(mirror: Situation, phrase: str = "Hey Mira", takes: int = 5) -> Event:
    """Ask for it, and agree at the mirror."""
    mirror.send("teach_wake_word", source="automation", phrase=phrase, takes=takes)
    return mirror.send("confirm")


def take(mirror: Situation, fault: str | None = None) -> Event:
    return mirror.send("take_wake_word", source="sensor", lesson=lesson(mirror)["id"], fault=fault)


def judge(mirror: Situation, outcome: str = "learned") -> Event:
    verdict = {"outcome": outcome, "reach": 0.3, "trial": TRIAL}
    return mirror.send("judge_wake_word", source="sensor", lesson=lesson(mirror)["id"], **verdict)


def learn(mirror: Situation, phrase: str = "Hey Mira") -> None:
    teach(mirror, phrase)
    for _ in range(5):
        take(mirror)
    assert judge(mirror).type == "accepted"


def test_nothing_is_taught_before_somebody_at_the_mirror_agrees() -> None:
    mirror = Situation(rules=Rules(confirm=frozenset()))
    asked = mirror.send("teach_wake_word", source="automation", phrase="Hey Mira")
    assert asked.payload["outcome"] == "pending"
    assert refused(mirror.send("confirm", source="automation"))[0] == "consent_needed"
    mirror.send("cancel")
    assert "voice" not in mirror.document["parts"]


def test_a_word_that_was_learned_is_shown_with_its_figures_and_listened_for() -> None:
    mirror = Situation()
    teach(mirror)
    for taken in range(1, 6):
        assert take(mirror).payload["taken"] == taken
        assert voice(mirror)["taught"] == {}
    judge(mirror)
    own = voice(mirror)
    assert own["words"]["own_1"] == {"phrase": "Hey Mira", "languages": []}
    assert own["active"] == ["okay_nabu", "own_1"]
    assert own["taught"]["own_1"]["trial"] == TRIAL
    assert (own["lesson"]["outcome"], own["lesson"]["taken"]) == ("learned", 5)
    assert mirror.send("wake", source="voice", confidence=0.9, word="own_1").type == "accepted"


def test_what_became_of_a_lesson_is_shown_for_a_moment() -> None:
    mirror = Situation()
    learn(mirror)
    mirror.pass_ms(14_999)
    assert mirror.due() == []
    mirror.pass_ms(1)
    mirror.do_what_is_due()
    assert voice(mirror)["lesson"] is None
    assert list(voice(mirror)["taught"]) == ["own_1"]


def test_a_take_that_does_not_fit_says_why_and_does_not_count() -> None:
    mirror = Situation()
    teach(mirror)
    take(mirror, "too_short")
    assert (lesson(mirror)["taken"], lesson(mirror)["fault"]) == (0, "too_short")
    take(mirror)
    assert (lesson(mirror)["taken"], lesson(mirror)["fault"]) == (1, None)


@pytest.mark.parametrize("outcome", ["takes_differ", "too_common", "failed"])
def test_a_word_that_is_not_fit_to_be_one_is_not_learned_and_the_reason_is_shown(outcome: str) -> None:
    mirror = Situation()
    teach(mirror)
    judge(mirror, outcome)
    assert lesson(mirror)["outcome"] == outcome
    assert voice(mirror)["taught"] == {}


def test_who_says_nothing_for_three_minutes_has_taught_nothing() -> None:
    mirror = Situation()
    teach(mirror)
    mirror.pass_ms(180_000)
    late = mirror.send("take_wake_word", source="sensor", lesson=lesson(mirror)["id"])
    assert refused(late) == ("lesson_over", "voice")
    mirror.do_what_is_due()
    assert lesson(mirror)["outcome"] == "timed_out"
    mirror.pass_ms(15_000)
    mirror.do_what_is_due()
    assert voice(mirror)["lesson"] is None


def test_one_take_too_many_or_after_the_end_is_refused() -> None:
    mirror = Situation()
    teach(mirror)
    for _ in range(5):
        take(mirror)
    assert refused(take(mirror)) == ("lesson_over", "voice")
    other = mirror.send("judge_wake_word", source="sensor", lesson="another-lesson", outcome="learned")
    assert refused(other) == ("lesson_over", "voice")


def test_nobody_but_the_mirror_says_how_a_lesson_goes() -> None:
    mirror = Situation()
    teach(mirror)
    for action, payload in (("take_wake_word", {}), ("judge_wake_word", {"outcome": "learned"})):
        answer = mirror.send(action, source="sensor", sender="home", lesson=lesson(mirror)["id"], **payload)
        assert refused(answer)[0] == "not_allowed"


def test_the_same_phrase_taught_anew_takes_the_place_of_the_old_once_it_is_learned() -> None:
    mirror = Situation()
    learn(mirror)
    before = voice(mirror)["taught"]["own_1"]["command_id"]
    teach(mirror, "hey mira")
    assert voice(mirror)["taught"]["own_1"]["command_id"] == before
    judge(mirror)
    assert list(voice(mirror)["taught"]) == ["own_1"]
    assert voice(mirror)["taught"]["own_1"]["command_id"] != before
    assert voice(mirror)["active"] == ["okay_nabu", "own_1"]


def test_there_are_four_at_most_and_two_are_listened_for() -> None:
    mirror = Situation()
    for phrase in ("Hey Mira", "Hello Butler", "Mirror Mirror", "Okay House"):
        learn(mirror, phrase)
    assert voice(mirror)["active"] == ["okay_nabu", "own_1"]
    asked = mirror.send("teach_wake_word", source="automation", phrase="Good Morning Glass")
    assert refused(asked) == ("too_many_words", "voice")
    mirror.send("forget_wake_word", phrase="hey mira")
    assert list(voice(mirror)["taught"]) == ["own_2", "own_3", "own_4"]
    learn(mirror, "Good Morning Glass")
    assert voice(mirror)["words"]["own_1"]["phrase"] == "Good Morning Glass"


def test_a_word_that_the_mirror_hears_anyway_is_not_taught() -> None:
    mirror = Situation()
    words = {"okay_nabu": {"phrase": "Okay Nabu"}}
    mirror.send("set_voice", source="system", words=words)
    asked = mirror.send("teach_wake_word", source="automation", phrase="okay nabu")
    assert refused(asked) == ("word_exists", "voice")


def test_with_the_microphone_off_nothing_is_taught() -> None:
    mirror = Situation(off=True)
    asked = mirror.send("teach_wake_word", source="automation", phrase="Hey Mira")
    assert refused(asked) == ("microphone_off", "microphone")


def test_what_is_forgotten_is_listened_for_no_more_and_a_lesson_can_be_broken_off() -> None:
    mirror = Situation()
    learn(mirror)
    mirror.send("forget_wake_word", phrase="Hey Mira")
    own = voice(mirror)
    assert (own["taught"], own["words"], own["active"], own["lesson"]) == ({}, {}, ["okay_nabu"], None)
    assert refused(mirror.send("forget_wake_word", phrase="Hey Mira")) == ("unknown_word", "voice")
    teach(mirror, "Mirror Mirror")
    mirror.send("forget_wake_word", phrase="Mirror Mirror")
    assert voice(mirror)["lesson"] is None


@pytest.mark.parametrize("phrase", ["", " Mira", "Mira ", "Mira\nMira", "x" * 65])
def test_a_phrase_is_one_line_without_space_around_it(phrase: str) -> None:
    asked = Situation().send("teach_wake_word", source="automation", phrase=phrase)
    assert refused(asked)[0] == "bad_payload"
