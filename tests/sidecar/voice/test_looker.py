"""What listens in the microphone's process, on recorded words, speech, music and silence."""

import math
from pathlib import Path

import numpy as np
import pytest

from house.voices import RECORDED_ENDS_MS
from mira_sidecar.subjects.voice.worker import looker as module
from mira_sidecar.subjects.voice.worker.messages import Level, Listening, Missed
from mira_sidecar.subjects.voice.worker.ring import Ring
from tests.sidecar.voice.clips import Listener, recording, silence

CLIPS = [(word, clip) for word in ("okay_nabu", "hey_jarvis", "hey_mycroft", "alexa") for clip in ("1", "2")]
ENDS_MS = {(word, str(clip)): ms for word, ends in RECORDED_ENDS_MS.items() for clip, ms in enumerate(ends, 1)}


def clip(recorded: Path, word: str, number: str) -> bytes:
    return recording(recorded / "wake" / word / f"{number}.wav")


def noise(seconds: float, loudness: float, seed: int = 1) -> bytes:
    """Sound like no other, so that each of its places can be found again."""
    samples = np.random.default_rng(seed).normal(0, loudness, round(seconds * 16_000))
    return samples.clip(-32_768, 32_767).astype("<i2").tobytes()


@pytest.mark.parametrize(("word", "number"), CLIPS)
def test_each_word_is_heard_once_and_told_apart_from_the_others(recorded: Path, word: str, number: str) -> None:
    listener = Listener()
    listener.hear(silence(1) + clip(recorded, word, number) + silence(1))
    (woken,) = listener.woken
    assert woken.word == word
    assert 0.8 < woken.confidence <= 1
    ended_ms = woken.t_ms - listener.began_ms - 1_000
    # Somewhat early, so that nothing of what follows is lost.
    assert ENDS_MS[word, number] - 180 <= ended_ms <= ENDS_MS[word, number] - 60


@pytest.mark.parametrize("sound", ["speech", "music", "silence"])
def test_nothing_else_wakes_anybody(recorded: Path, sound: str) -> None:
    listener = Listener()
    listener.hear(recording(recorded / "wake" / f"{sound}.wav") + silence(1))
    assert listener.said == []


def test_a_word_that_is_not_listened_for_wakes_nobody(recorded: Path) -> None:
    listener = Listener(words=["alexa"])
    listener.hear(silence(1) + clip(recorded, "hey_jarvis", "1") + silence(1))
    assert listener.woken == []


@pytest.mark.parametrize(("word", "number"), CLIPS)
@pytest.mark.parametrize("pause_s", [0.5, 0], ids=["after a pause", "at once"])
def test_a_turn_gets_all_that_follows_the_word_without_a_gap(
    recorded: Path, word: str, number: str, pause_s: float
) -> None:
    own = clip(recorded, word, number)
    own = own[: (ENDS_MS[word, number] + 30) * 32 // 640 * 640]
    before = silence(1)
    everything = before + own + silence(pause_s) + recording(recorded / "wake" / "speech.wav")
    listener = Listener()
    fed, decided = 0, 0
    while fed < len(everything):
        listener.hear(everything[fed : fed + 640])
        fed += 640
        if listener.woken and not decided:
            decided = fed + 320 * 32  # accepted 320 ms later
        if decided and fed >= decided:
            listener.order(Listening(turn="turn-0001", since_ms=listener.woken[0].t_ms))
    (woken,) = listener.woken
    pieces = listener.heard
    assert [one.sequence for one in pieces] == list(range(len(pieces)))
    assert all(0 < len(one.pcm) <= 3_200 and one.turn == "turn-0001" for one in pieces)
    stream = b"".join(one.pcm for one in pieces)
    start = listener.place(woken.t_ms)
    assert stream == everything[start : start + len(stream)], "no sample is missing, or twice"
    assert len(everything) - (start + len(stream)) < 2 * 1_280, "it comes while it is said"
    # Nothing that follows is lost; of the word itself there is at most the end.
    word_ends = len(before) + ENDS_MS[word, number] * 32
    assert start <= word_ends
    assert start >= word_ends - 300 * 32


def test_without_a_wake_word_a_turn_gets_what_is_said_from_now_on() -> None:
    listener = Listener(words=[])
    before, after = noise(1, 900), noise(1, 900, seed=2)
    listener.hear(before)
    listener.order(Listening(turn="turn-0001", since_ms=None))
    listener.hear(after)
    assert b"".join(one.pcm for one in listener.heard) == after


def test_a_turn_that_is_decided_late_gets_a_second_and_a_half_of_before(recorded: Path) -> None:
    listener = Listener()
    listener.hear(silence(1) + clip(recorded, "alexa", "1") + noise(1.8, 900))
    listener.order(Listening(turn="turn-0001", since_ms=listener.woken[0].t_ms))
    assert sum(len(one.pcm) for one in listener.heard) == 1.5 * 32_000


def test_no_sound_leaves_while_no_turn_listens(recorded: Path) -> None:
    listener = Listener()
    listener.hear(silence(1) + clip(recorded, "alexa", "1") + noise(1, 900))
    listener.order(Listening(turn="turn-0001", since_ms=None))
    listener.order(None)
    listener.hear(noise(3, 900))
    assert listener.heard == []


def test_the_next_turn_begins_its_own_sequence() -> None:
    listener = Listener(words=[])
    for turn in ("turn-0001", "turn-0002"):
        listener.order(Listening(turn=turn, since_ms=None))
        listener.hear(noise(0.08, 900))
    assert [(one.turn, one.sequence) for one in listener.heard] == [
        *(("turn-0001", 0), ("turn-0001", 1)),
        *(("turn-0002", 0), ("turn-0002", 1)),
    ]


def test_an_order_that_says_the_same_goes_on_where_it_was() -> None:
    listener = Listener(words=[])
    for levels in (False, True):
        listener.order(Listening(turn="turn-0001", since_ms=None), levels=levels)
        listener.hear(noise(0.08, 900))
    assert [one.sequence for one in listener.heard] == [0, 1, 2, 3]


def test_blocks_that_were_lost_are_a_gap_in_the_sequence() -> None:
    listener = Listener(words=[])
    listener.order(Listening(turn="turn-0001", since_ms=None))
    listener.hear(noise(0.08, 900))
    listener.lose(3)
    after = noise(0.08, 900, seed=2)
    listener.hear(after)
    assert [one.sequence for one in listener.heard] == [0, 1, 3, 4]
    assert b"".join(one.pcm for one in listener.heard[2:]) == after


def test_who_is_listened_to_wakes_nobody_and_who_is_answered_does(recorded: Path) -> None:
    own = silence(1) + clip(recorded, "alexa", "1")
    listener = Listener()
    listener.order(Listening(turn="turn-0001", since_ms=None))
    listener.hear(own)
    assert listener.woken == []
    listener.order(None)
    listener.hear(silence(1) + own)
    assert len(listener.woken) == 1


def test_a_word_and_its_echo_wake_once(recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = clip(recorded, "alexa", "1")
    spoken = own[500 * 32 : 1_100 * 32]
    twice = silence(1) + spoken + silence(0.4) + spoken + silence(1)
    listener = Listener()
    listener.hear(twice)
    assert len(listener.woken) == 1
    monkeypatch.setattr(module, "_REFRACTORY_S", 0)
    listener = Listener()
    listener.hear(twice)
    assert len(listener.woken) == 2


def test_what_is_nearly_a_word_is_counted_and_told_now_and_then(recorded: Path) -> None:
    listener = Listener(words=["alexa"])
    ear = listener.looker._ears[0]
    probable = iter([0.0, *[0.7, 0.8, 0.0] * 3, *[0.0] * 100])
    ear.hear = lambda features, heard=ear.hear: told(ear, next(probable))  # type: ignore[method-assign, misc]
    listener.hear(silence(1))
    missed = [one for one in listener.said if isinstance(one, Missed)]
    assert missed == [Missed(word="alexa", confidence=0.8, count=1)]
    assert listener.looker._missed == Missed(word="alexa", confidence=0.8, count=2)
    assert listener.woken == []


def told(ear: object, probability: float) -> None:
    """An ear that has just heard so probable a word."""
    before = getattr(ear, "_peak")  # noqa: B009
    ear.missed = before if probability < 0.45 <= before else None  # type: ignore[attr-defined]
    ear._peak = 0.0 if probability < 0.45 else max(before, probability)  # type: ignore[attr-defined]


def test_levels_are_told_while_somebody_looks_or_a_turn_listens() -> None:
    listener = Listener(words=[])
    listener.hear(noise(1, 900))
    assert listener.said == []
    listener.order(levels=True)
    listener.hear(noise(2, 32.768) + noise(1, 3_276.8))
    levels = [one for one in listener.said if isinstance(one, Level)]
    assert len(levels) == 15
    assert math.isclose(levels[0].level_db, -60, abs_tol=1)
    assert math.isclose(levels[-1].level_db, -20, abs_tol=1)
    assert math.isclose(levels[-1].noise_db, -60, abs_tol=1)
    listener.order(None)
    listener.hear(noise(1, 900))
    assert [one for one in listener.said if isinstance(one, Level)] == levels
    listener.order(Listening(turn="turn-0001", since_ms=None))
    listener.hear(silence(0.2))
    assert listener.said[-1] == Level(level_db=-96.0, noise_db=-96.0)


def test_the_ring_has_two_seconds_and_no_more() -> None:
    ring = Ring()
    sound = noise(5, 900)
    for start in range(0, len(sound), 640):
        ring.add(sound[start : start + 640], (start + 640) / 32)
    assert (ring.start, ring.end) == (3 * 16_000, 5 * 16_000)
    assert ring.read(ring.start, 2 * 16_000) == sound[3 * 32_000 :]
    assert ring.place(4_000) == 4 * 16_000
    assert (ring.place(0), ring.place(9_000)) == (ring.start, ring.end)
    assert ring.time_ms(4 * 16_000) == 4_000
