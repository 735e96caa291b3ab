"""What a model writes beside its words is neither spoken nor kept, in whatever pieces it comes."""

import itertools
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.mira.emotions import EMOTIONS, Emotion
from custom_components.mira.speech_filter import LONGEST, SpeechFilter

EMOJIS = (
    *(emotion.emoji for emotion in EMOTIONS.values()),
    *("❤️", "☺️", "☀️", "✔️", "➡️", "↔️", "▶️", "㊙️", "🅰️", "\u2139\ufe0f", "‼️", "♥", "👍🏽", "🇩🇪", "🇪🇸🇬🇧", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏳️‍🌈", "🏳️‍⚧️"),
    *("👨‍👩‍👧‍👦", "👩🏾‍❤️‍💋‍👨🏻", "🧑‍⚕️", "❤️‍🔥", "🙂‍↔️", "👁️‍🗨️", "😶‍🌫️", "🏃🏿‍♀️‍➡️", "🐦‍🔥", "🫩", "1️⃣", "#️⃣", "*️⃣", "0⃣"),
)
TAGS = st.one_of(
    st.sampled_from(list(EMOTIONS)).map("[emotion:{}]".format),
    st.from_regex(r"\A\[emotion:[a-z_0-9 -]{0,24}\]\Z"),
    st.sampled_from(["[Emotion: Happy]", "[ emotion : joy ]", "[EMOTION:😀]", "[emotion:]", "[emotion:happy\t]"]),
)
ORDINARY = st.text("abcäßñ你ש 0129#*©®™°½①…—„“'\u2019.,;:!?()[]{}<>&%$€@/\\|_~^`+-=\n\t→♪✓\u200c", max_size=12)
PIECES = st.one_of(
    ORDINARY.map(lambda text: ("text", text)),
    TAGS.map(lambda tag: ("tag", tag)),
    st.sampled_from(EMOJIS).map(lambda emoji: ("emoji", emoji)),
)


def filtered(chunks: list[str]) -> tuple[str, list[str], int]:
    """What is said and expressed of a message that comes in these pieces, and how many tags are unknown."""
    speech_filter = SpeechFilter()
    out = [piece for chunk in chunks for piece in speech_filter.feed(chunk)]
    out += list(speech_filter.end())
    said = "".join(piece for piece in out if isinstance(piece, str))
    return said, [piece.name for piece in out if isinstance(piece, Emotion)], speech_filter.unknown


def letters(text: str) -> str:
    """All of it but its spaces."""
    return "".join(text.split())


@settings(max_examples=1_000, deadline=None)
@given(st.lists(PIECES, max_size=8), st.randoms(use_true_random=False))
def test_no_tag_and_no_emoji_is_said_and_no_other_letter_is_lost(pieces: list[tuple[str, str]], random: Random) -> None:
    """A thousand messages, each in ten chunkings."""
    message = "".join(text for _, text in pieces)
    ordinary = "".join(text for kind, text in pieces if kind == "text")
    tags = [text for kind, text in pieces if kind == "tag"]
    outcomes = set()
    for _ in range(10):
        cuts = sorted(random.sample(range(len(message) + 1), random.randint(0, min(12, len(message)))))
        chunks = [message[start:end] for start, end in itertools.pairwise([0, *cuts, len(message)])]
        said, emotions, unknown = filtered(chunks)
        assert letters(said) == letters(ordinary)
        assert len(emotions) - len(tags) in (0, 1)  # an emoji at the head is one more
        outcomes.add((said, *emotions, unknown))
    assert len(outcomes) == 1


@pytest.mark.parametrize("emotion", EMOTIONS.values(), ids=list(EMOTIONS))
def test_each_emotion_is_expressed_by_its_tag_and_by_its_emoji(emotion: Emotion) -> None:
    assert filtered([f"[emotion:{emotion.name}] Hello"])[:2] == ("Hello", [emotion.name])
    assert filtered([f"{emotion.emoji} Hello"])[:2] == ("Hello", [emotion.name])
    assert chr(int(emotion.hexcode, 16)) == emotion.emoji


def test_emotions_have_each_a_picture_of_their_own() -> None:
    assert len(EMOTIONS) == 22
    assert len({emotion.hexcode for emotion in EMOTIONS.values()}) == 22
    named = "".join(emotion.emoji + emotion.also for emotion in EMOTIONS.values())
    assert len(set(named)) == len(named)


@pytest.mark.parametrize(
    ("message", "said", "emotions", "unknown"),
    [
        ("[emotion:grumpy] Well.", "Well.", ["neutral"], 1),
        ("So [emotion:sad] sorry.", "So sorry.", ["sad"], 0),
        ("[emotion:happy] 😢 Good.", "Good.", ["happy"], 0),
        ("Rain 🌧️ at 9.", "Rain at 9.", [], 0),
        ("🌧️ at 9.", "at 9.", [], 0),
        ("[emotion:happy\nGood.", "Good.", ["happy"], 0),
        (f"[emotion:{'x' * LONGEST}] Good.", f"{'x' * 9}] Good.", ["neutral"], 1),
        ("Good.[emo", "Good.", [], 0),
        ("Good [", "Good [", [], 0),
        ("[1], [emotional] and 5 * 3 = 15 ©", "[1], [emotional] and 5 * 3 = 15 ©", [], 0),
        (f"[{' ' * LONGEST}x]", f"[{' ' * LONGEST}x]", [], 0),
    ],
)
def test_what_models_write_is_understood_as_it_was_meant(
    message: str, said: str, emotions: list[str], unknown: int
) -> None:
    assert filtered([message]) == filtered(list(message)) == (said, emotions, unknown)


def test_no_more_is_held_back_than_a_tag_is_long() -> None:
    message = "x".join(["[emotion", "[emotion:" + "y" * 80, "12", "[" + " " * 80])
    for end in range(len(message)):
        speech_filter = SpeechFilter()
        for character in message[:end]:
            list(speech_filter.feed(character))
        assert len(speech_filter._held) <= LONGEST
