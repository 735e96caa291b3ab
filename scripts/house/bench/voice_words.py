"""How many words speech-to-text gets wrong across a room: of the sound as it is heard, and of an enhanced one."""

from collections.abc import Callable
from typing import Final

from custom_components.mira.enhanced_sound import EnhancedSound
from house.bench.figures import Measured
from house.bench.voice_rooms import Clip, places, said_there, trimmed
from house.bench.voice_sounds import FLITE_VOICES, pcm_of, said, samples
from house.speech_engine import Ears
from house.voices import RATE

type Progress = Callable[[str], None]

_SENTENCES: Final = (
    "turn on the light in the kitchen",
    "what is the weather like tomorrow",
    "set a timer for ten minutes",
    "add bread and butter to the shopping list",
    "is the window in the bathroom open",
    "play some music in the living room",
)
_AROUND_S: Final = 0.3
"""What a turn has before and after what is said."""


def figures(*, quick: bool, progress: Progress) -> dict[str, Measured]:
    """The share of words that are wrong, two metres away. Raises HouseError."""
    rooms = [place for place in places(2 if quick else 12)[0] if place.name == "2 m"]
    clips = {
        sentence: [
            Clip("", "flite", trimmed(samples(said(sentence, voice)))) for voice in FLITE_VOICES[: 1 if quick else 3]
        ]
        for sentence in _SENTENCES[: 2 if quick else None]
    }
    ears = Ears()
    wrong, count = {"raw": 0, "enhanced": 0}, 0
    for number, (room, (sentence, voices)) in enumerate((room, one) for room in rooms for one in clips.items()):
        progress(f"speech-to-text: {number} of {len(rooms) * len(clips)}")
        sound, spoken = said_there(room, voices, None)
        for one in spoken:
            pcm = pcm_of(sound[round((one.start_s - _AROUND_S) * RATE) : round((one.end_s + _AROUND_S) * RATE)])
            better = EnhancedSound(gain=True, noise=True)
            count += len(sentence.split())
            wrong["raw"] += errors(sentence, ears.hear(pcm))
            wrong["enhanced"] += errors(sentence, ears.hear(better.enhance(pcm)))
    note = f"of {count} words, by made voices in {len(rooms)} rooms, noise in half of them; Whisper tiny.en"
    return {f"wrong_words_{way}_percent": Measured(100 * one / count, note) for way, one in wrong.items()}


def errors(said_: str, heard: str) -> int:
    """Words that are wrong, missing or too much: Levenshtein's distance of words."""
    wanted, got = plain(said_), plain(heard)
    before = list(range(len(got) + 1))
    for row, word in enumerate(wanted, 1):
        now = [row]
        for column, other in enumerate(got, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (word != other)))
        before = now
    return before[-1]


def plain(text: str) -> list[str]:
    """Its words, without what is only written."""
    kept = "".join(letter if letter.isalnum() or letter.isspace() else " " for letter in text.lower())
    return ["ten" if word == "10" else word for word in kept.split()]
