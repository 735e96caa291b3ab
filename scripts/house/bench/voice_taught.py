"""How well taught wake words are heard: said by made voices across rooms, and in sound where nobody says them."""

import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from pymicro_wakeword import MicroWakeWordFeatures

from house.bench.figures import Measured
from house.bench.voice_rooms import Clip, Place, places, said_there, trimmed
from house.bench.voice_sounds import CACHE, ESPEAK, Piece, pcm_of, pieces, said, samples
from house.debian import unpacked
from mira_sidecar.devices.microphone.source import BLOCK
from mira_sidecar.subjects.voice.worker.judge import Verdict, judged
from mira_sidecar.subjects.voice.worker.lessons import Takes
from mira_sidecar.subjects.voice.worker.messages import Lesson, TaughtWord
from mira_sidecar.subjects.voice.worker.score import Score, most_expected
from mira_sidecar.subjects.voice.worker.trial import listened

type Progress = Callable[[str], None]

_SEED: Final = 20_261_130
PEOPLE: Final = ("slt", "rms", "en-us+f2", "en-us+m3", "en-gb-x-rp")
"""None of whom speaks in everyday.npz."""
_PHRASES: Final = ("hey meera", "mirror mirror", "hello butler", "okay house", "good morning glass")
"""Of two syllables or more, as somebody might choose them; the first is how these voices say Mira."""
_COMMON: Final = ("yes", "hello", "okay", "light", "good morning", "what time is it")
"""That no mirror should wake by."""
_TAKES: Final = 8
_TESTS: Final = 6
_ROOMS: Final = 7
_EACH: Final = 6
"""Of the pieces of sound in which nobody says a wake word, every how-manieth is listened to."""


class _Taught(NamedTuple):
    """What came of a lesson."""

    phrase: str
    person: str
    taken: int
    verdict: Verdict | None
    word: TaughtWord


class _Heard(NamedTuple):
    """How often it was missed, of how many."""

    who: str
    place: str
    missed: int
    said: int


def figures(*, quick: bool, progress: Progress) -> dict[str, Measured]:
    """Misses and false wakes of words that were taught at 1 m in one room and are said in others. Raises HouseError."""
    unpacked(CACHE, *ESPEAK)
    rooms, _ = places(3 if quick else _ROOMS)
    people, phrases = (PEOPLE[:2], _PHRASES[:2]) if quick else (PEOPLE, _PHRASES)
    homes = [room for room in rooms if room.name in ("1 m", "2 m")]
    lessons: list[tuple[str, Sequence[str]]] = [
        (phrase, (person,)) for phrase in (*phrases, *_COMMON) for person in people
    ]
    lessons += [(phrase, people[:2]) for phrase in phrases]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        taught = []
        for number, one in enumerate(pool.map(_teach, lessons, [homes[0]] * len(lessons)), 1):
            taught.append(one)
            progress(f"wake words taught: {number} of {len(lessons)}")
        fit = [one for one in taught if one.verdict and one.verdict.outcome == "learned" and one.phrase in phrases]
        heard = [each for some in pool.map(_say, fit, [homes[2:]] * len(fit)) for each in some]
        progress("taught wake words in rooms")
        some = pieces(quick=quick)[:: 1 if quick else _EACH]
        alone = [one for one in taught if one.verdict and one.verdict.outcome == "learned" and "," not in one.person]
        false: dict[str, Measured] = {}
        for name, wanted in (("fit", phrases), ("common", _COMMON)):
            mine = [one.word for one in alone if one.phrase in wanted]
            false |= _false(pool, name, mine, some, progress)
    return _figures(phrases, people, taught, heard) | false


def _teach(lesson: tuple[str, Sequence[str]], place: Place) -> _Taught:
    """Say it as often as the mirror asks for it, by turns where several do; a metre from it."""
    phrase, people = lesson
    said_by = [
        Clip("", "flite", clip)
        for number in range(_TAKES)
        for clip in [takes_of(phrase, people[number % len(people)])[number]]
    ]
    sound, _ = said_there(place, said_by, None)
    pcm, features = pcm_of(sound), MicroWakeWordFeatures()
    cutter = Takes(Lesson(id="taught"))
    blocks = (pcm[at : at + 2 * BLOCK] for at in range(0, len(pcm) - 2 * BLOCK, 2 * BLOCK))
    told = [take for block in blocks if (take := cutter.hear(block, features.process_streaming(block)))]
    takes = [take.sounds for take in told if not take.fault]
    name = f"{phrase} by {','.join(people)}"
    verdict = judged(takes) if len(takes) >= _TAKES / 2 else None
    word = TaughtWord(id=name, takes=takes, reach=verdict.reach if verdict else 0.0)
    return _Taught(phrase, ",".join(people), len(takes), verdict, word)


def _say(taught: _Taught, rooms: Sequence[Place]) -> list[_Heard]:
    """Others say it, too."""
    own = taught.person.split(",")
    found = []
    for room in rooms:
        for person in (*own, *(one for one in PEOPLE if one not in own and room.name == "1 m")):
            clips = [Clip(taught.word.id, "flite", clip) for clip in takes_of(taught.phrase, person)[_TAKES:]]
            sound, spoken = said_there(room, clips, None)
            score = Score()
            told = listened([pcm_of(sound)], [taught.word]).heard[taught.word.id].told
            score.add(spoken, told, 0, 0)
            who = "others" if person not in own else "several" if len(own) > 1 else "taught"
            found.append(_Heard(who, room.name, score.missed, score.spoken))
    return found


@cache
def takes_of(phrase: str, person: str) -> list[np.ndarray]:
    """Each time a little otherwise, as far as a made voice can."""
    random = np.random.default_rng([_SEED, *person.encode(), *phrase.encode()])
    return [
        trimmed(
            samples(
                said(
                    phrase + str(random.choice(["", ".", "!", "?", ","])),
                    person,
                    slower=round(float(random.uniform(0.85, 1.25)), 3),
                    higher=round(float(random.uniform(0.85, 1.2)), 3),
                )
            )
        )
        for _ in range(_TAKES + _TESTS)
    ]


def _false(
    pool: ProcessPoolExecutor, name: str, words: Sequence[TaughtWord], some: Sequence[Piece], progress: Progress
) -> dict[str, Measured]:
    counts: dict[str, int] = defaultdict(int)
    hours, cpu_ms, listened_ms = 0.0, 0.0, 0.0
    under_way = {pool.submit(_listen, piece, words) for piece in some}
    for number, done in enumerate(as_completed(under_way), 1):
        piece_hours, each, cost_ms, length_ms = done.result()
        hours, cpu_ms, listened_ms = hours + piece_hours, cpu_ms + cost_ms, listened_ms + length_ms
        for word, count in each.items():
            counts[word] += count
        progress(f"taught wake words where nobody says one: {number} of {len(some)} pieces")
    total = sum(counts.values())
    word_hours = hours * len(words)
    worst = max(counts, key=counts.__getitem__)
    note = (
        f"{total} by {len(words)} words in {hours:.1f} h each, at most {most_expected(total) / word_hours:.2f} (95 %)"
    )
    return {
        f"false_taught_{name}_an_hour": Measured(total / word_hours, f"{note}; most: {counts[worst]} by “{worst}”"),
        f"taught_{name}_cpu_percent": Measured(
            100 * cpu_ms / listened_ms / len(words), "of one core a word, with the features that all words share"
        ),
    }


def _listen(piece: Piece, words: Sequence[TaughtWord]) -> tuple[float, Mapping[str, int], float, float]:
    trial = listened(piece.sound(), words)
    each = {word: len(heard.told) for word, heard in trial.heard.items()}
    return trial.length_ms / 3_600_000, each, trial.cpu_ms, trial.listened_ms


def _figures(
    phrases: Sequence[str], people: Sequence[str], taught: Sequence[_Taught], heard: Sequence[_Heard]
) -> dict[str, Measured]:
    measured: dict[str, Measured] = {}
    for who, place in (("taught", "1 m"), ("taught", "2 m"), ("several", "1 m"), ("several", "2 m"), ("others", "1 m")):
        some = [one for one in heard if (one.who, one.place) == (who, place)]
        missed, all_said = sum(one.missed for one in some), sum(one.said for one in some)
        key = f"missed_taught_{who}_{place.replace(' ', '')}_percent"
        measured[key] = Measured(100 * missed / all_said if all_said else None, f"{missed} of {all_said}")
    for name, wanted in (("fit", phrases), ("common", _COMMON)):
        some_taught = [one for one in taught if one.phrase in wanted and "," not in one.person]
        learned = [one for one in some_taught if one.verdict and one.verdict.outcome == "learned"]
        each = ", ".join(f"“{phrase}” {sum(one.phrase == phrase for one in learned)}" for phrase in wanted)
        measured[f"taught_{name}_learned_percent"] = Measured(
            100 * len(learned) / len(some_taught), f"of {len(people)} voices each: {each}"
        )
    taken = sum(one.taken for one in taught)
    measured["taught_takes_cut_percent"] = Measured(
        100 * taken / (_TAKES * len(taught)), f"{taken} of {_TAKES * len(taught)} takes were found and fit"
    )
    return measured
