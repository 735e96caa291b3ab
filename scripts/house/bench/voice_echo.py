"""Whether a wake word is found while the mirror itself speaks, with its own sound taken out of the microphone's or not.

The speaker is beside the microphone, and its sound as loud there as the word, or louder. A reply goes on for some
seconds before the word: the mirror has not heard itself before that.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import pyroomacoustics as pra
from scipy.signal import oaconvolve

from house.bench.figures import Measured
from house.bench.voice_rooms import Clip, Kind, clips_of, trimmed
from house.bench.voice_sounds import Samples, loudness, made_speech, pcm_of, samples
from house.voices import RATE
from mira_sidecar.devices.loopback import Loopback, memory
from mira_sidecar.devices.microphone.echo import BLOCK, EchoCanceller
from mira_sidecar.subjects.voice.worker import words
from mira_sidecar.subjects.voice.worker.score import Score, Told
from mira_sidecar.subjects.voice.worker.trial import listened
from mira_sidecar.subjects.voice.worker.truth import Spoken

type Progress = Callable[[str], None]

WORDS: Final = ("okay_nabu", "alexa")
LEVELS_DB: Final = (0, -10, -20)
"""Of the word, above what is heard of the speaker meanwhile."""
_WAYS: Final = ("alone", "over it", "taken out")
_SEED: Final = 20_261_130
_ROOMS: Final = 4
_SABINE_S: Final = 0.32
"""With which some 0.4 s are measured in such rooms."""
_LATE: Final = RATE // 50
"""Samples from the clock of what is played to that of what is heard, beside the way through the room."""
_AHEAD: Final = RATE // 10
"""Samples that the speaker is given before they are heard."""
_REPLY_S, _WORD_AT_S = 7.0, 4.2
_REPLY_DB: Final = 0.1
"""The loudness of a reply, of the loudest that there is."""
_LONGEST: Final = RATE
"""Samples of a word: what is before it in a recording is left out."""
_LOUDEST: Final = 0.4
"""What the microphone hears at most."""


class Room(NamedTuple):
    """The ways to the microphone."""

    from_speaker: Samples
    from_somebody: Samples
    reverberation_s: float
    seed: int


class Found(NamedTuple):
    """What became of one kind of clips of a word."""

    way: str
    level_db: int
    kind: Kind
    score: Score


def figures(*, quick: bool, progress: Progress) -> dict[str, Measured]:
    """Found over the mirror's own voice, in per cent, by how loud that is. Raises HouseError."""
    all_rooms = rooms(1 if quick else _ROOMS)
    work = [(room, word, level_db) for room in all_rooms for word in WORDS for level_db in LEVELS_DB]
    found: list[Found] = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        under_way = [pool.submit(_listen, *each) for each in work]
        for number, done in enumerate(as_completed(under_way), 1):
            found += done.result()
            progress(f"wake words over a reply: {number} of {len(work)}")
    times = [room.reverberation_s for room in all_rooms]
    return _figures(found, f"{len(times)} rooms, RT60 {min(times):.2f} to {max(times):.2f} s")


def rooms(count: int) -> list[Room]:
    """Rooms of a home, with the microphone and the speaker at a wall, and somebody 0.9 to 2 m in front of them."""
    random = np.random.default_rng(_SEED)
    all_rooms = []
    for number in range(count):
        size = random.uniform((3.5, 3.2, 2.4), (6.5, 5.5, 2.8))
        absorption, order = pra.inverse_sabine(_SABINE_S, size)
        room = pra.ShoeBox(size, fs=RATE, materials=pra.Material(absorption), max_order=order)
        microphone = np.array((random.uniform(1, size[0] - 1), 0.05, random.uniform(1.3, 1.6)))
        room.add_microphone(microphone)
        room.add_source(microphone + np.array((random.uniform(-0.2, 0.2), 0.02, -0.25)))
        room.add_source(microphone + np.array((random.uniform(-0.5, 0.5), random.uniform(0.9, 2.0), 0.1)))
        room.compute_rir()
        from_speaker, from_somebody = (one.astype(np.float32) for one in room.rir[0])
        all_rooms.append(Room(from_speaker, from_somebody, float(np.mean(room.measure_rt60())), number))
    return all_rooms


def _listen(room: Room, word: str, level_db: int) -> list[Found]:
    """Say each clip once over a reply of its own, and listen in all ways."""
    random = np.random.default_rng((_SEED, room.seed, level_db + 100))
    model = words.built_in()[word].model
    replies = _replies()
    clips = [one._replace(sound=trimmed(one.sound)[-_LONGEST:]) for one in clips_of(word)]
    heard: dict[str, list[bytes]] = {way: [] for way in _WAYS}
    spoken: list[Spoken] = []
    length = round(_REPLY_S * RATE) // BLOCK * BLOCK
    for number, clip in enumerate(clips):
        reply = replies[int(random.integers(len(replies)))]
        played = reply[int(random.integers(len(reply) - length)) :][:length]
        word_alone, echo, played = said_over(room, clip, played * (_REPLY_DB / loudness(played)), level_db)
        noise = (random.standard_normal(length) * 1e-4).astype(np.float32)
        heard["alone"].append(pcm_of(word_alone + noise))
        heard["over it"].append(pcm_of(word_alone + echo + noise))
        heard["taken out"].append(taken_out(heard["over it"][-1], pcm_of(played)))
        start = number * length / RATE + _WORD_AT_S
        spoken.append(Spoken(word, start, start + len(clip.sound) / RATE))
    told = {way: listened(heard[way], [model]).heard[word].told for way in _WAYS}
    return [one for way in _WAYS for one in _scored(way, level_db, clips, spoken, told[way])]


@cache
def _replies() -> list[Samples]:
    return [samples(b"".join(made_speech(voice, number, 100))) for number, voice in enumerate(("slt", "awb"))]


def said_over(room: Room, clip: Clip, played: Samples, level_db: int) -> tuple[Samples, Samples, Samples]:
    """What the microphone hears of the clip, and of what is played; and that, as loud as it is."""
    length, at = len(played), round(_WORD_AT_S * RATE)
    # A small speaker is no straight line.
    echo = np.tanh(oaconvolve(played, room.from_speaker)[:length])
    echo = np.concatenate([np.zeros(_LATE), echo])[:length]
    dry = np.zeros(length)
    dry[at : at + len(clip.sound)] = clip.sound
    near = oaconvolve(dry, room.from_somebody)[:length]
    meanwhile = slice(at, at + len(clip.sound))
    near *= np.sqrt(np.mean(echo[meanwhile] ** 2) / np.mean(near[meanwhile] ** 2)) * 10 ** (level_db / 20)
    scale = _LOUDEST / np.abs(near + echo).max()
    near, echo, played = ((one * scale).astype(np.float32) for one in (near, echo, played))
    return near, echo, played


def taken_out(heard: bytes, played: bytes) -> bytes:
    """What is left of it, by what the mirror has for that, which is told what is played as a speaker tells it."""
    loopback = Loopback(memory())
    canceller = EchoCanceller(loopback)
    began = RATE  # at the second second of the clock
    loopback.write(began, played[: 2 * _AHEAD])
    left = []
    for number, at in enumerate(range(0, len(heard), 2 * BLOCK)):
        given = at + 2 * _AHEAD
        loopback.write(began + given // 2, played[given : given + 2 * BLOCK])
        t_ms = 1000 * (began + at // 2 + BLOCK) / RATE
        left.append(canceller.hear(heard[at : at + 2 * BLOCK], t_ms, number))
    return b"".join(left)


def _scored(
    way: str, level_db: int, clips: Sequence[Clip], spoken: Sequence[Spoken], told: Sequence[Told]
) -> Iterator[Found]:
    kinds: dict[Kind, Score] = defaultdict(Score)
    for clip, one in zip(clips, spoken, strict=True):
        near = [each for each in told if one.start_s * 1000 <= each.ended_ms <= one.end_s * 1000 + 500]
        kinds[clip.kind].add([one], near, 0, 0)
    return (Found(way, level_db, kind, score) for kind, score in kinds.items())


def _figures(found: Sequence[Found], about: str) -> dict[str, Measured]:
    measured: dict[str, Measured] = {}
    for level_db in LEVELS_DB:
        counts = {way: _counts([one for one in found if (one.way, one.level_db) == (way, level_db)]) for way in _WAYS}
        note = "; ".join(f"{way} {each}" for way, (_, each) in counts.items())
        measured[f"found_over_a_reply_{-level_db}_db_percent"] = Measured(counts["taken out"][0], f"{note}; {about}")
    return measured


def _counts(found: Sequence[Found]) -> tuple[float, str]:
    """Found in per cent, and by kind."""
    by_kind: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in found:
        by_kind[one.kind][0] += one.score.found
        by_kind[one.kind][1] += one.score.spoken
    total = [sum(each) for each in zip(*by_kind.values(), strict=True)]
    return 100 * total[0] / total[1], ", ".join(f"{kind} {n} of {of}" for kind, (n, of) in sorted(by_kind.items()))
