"""How often a wake word is missed across a room, and what of the speech around it a turn gets."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, NamedTuple

import numpy as np
import pyroomacoustics as pra
from scipy.signal import oaconvolve

from house.bench.figures import Measured
from house.bench.sampling import percentile
from house.bench.voice_sounds import (
    CACHE,
    ESPEAK,
    ESPEAK_VOICES,
    FLITE_VOICES,
    Samples,
    loudness,
    pcm_of,
    said,
    samples,
)
from house.debian import unpacked
from house.hands import recordings
from house.voices import RATE, RECORDED_ENDS_MS
from mira_sidecar.subjects.voice.names import BUILT_IN
from mira_sidecar.subjects.voice.worker import words
from mira_sidecar.subjects.voice.worker.score import Score
from mira_sidecar.subjects.voice.worker.trial import listened, sound_of
from mira_sidecar.subjects.voice.worker.truth import Spoken

type Progress = Callable[[str], None]
type Kind = Literal["recorded", "flite", "espeak-ng"]
type Way = Literal["alone", "after a pause", "at once"]
"""How something follows the wake word."""
type Random = np.random.Generator

_SEED: Final = 20_261_129
_ROOMS: Final = 12
_SABINE_S: Final = 0.36
"""Which Sabine's formula takes for the walls; what is measured in such rooms is 0.5 s: see `reverberation`."""
_FULL_DBFS: Final = -104.0
"""What 0 dB(SPL) is to the microphone: a voice of 64 dB a metre away is at -40 dB of full scale."""
_VOICE_DB: Final = (58.0, 70.0)
_NOISE_DB: Final = (35.0, 57.0)
_OWN_NOISE_DB: Final = 29.0
"""Of the microphone itself."""
_GAP_S: Final = 2.0
_AFTERWARDS: Final = "turn on the light"
_PAUSES_S: Final[Mapping[Way, float | None]] = {"alone": None, "after a pause": 0.2, "at once": 0.0}
"""After such a pause something else is said, or nothing."""
_FOLLOWED: Final = ("close", "1 m")
"""Where clips are said in all ways; elsewhere alone."""


class Clip(NamedTuple):
    """A wake word, from its beginning to its end and no further."""

    word: str
    kind: Kind
    sound: Samples


class Place(NamedTuple):
    """How sound comes from somebody to the microphone, and what else is heard there."""

    name: str
    """1 m, 2 m, measured, or close: without a room."""
    response: Samples
    delay_s: float
    """Of what comes straight."""
    voice_db: float
    noise: Samples | None
    noise_db: float
    seed: int


@dataclass(frozen=True)
class Found:
    """What became of one kind of clips of a word, said in one way in one kind of place."""

    word: str
    place: str
    kind: Kind
    way: Way
    score: Score


def figures(*, quick: bool, progress: Progress) -> dict[str, Measured]:
    """Misses by word and distance; the words and sounds that are kept, and how soon it is told. Raises HouseError."""
    unpacked(CACHE, *ESPEAK)
    progress("rooms")
    all_places, reverberation = places(2 if quick else _ROOMS)
    found = heard(all_places, progress)
    return _missed(found, reverberation) | _around(found)


def heard(all_places: Sequence[Place], progress: Progress) -> list[Found]:
    """Say every clip in every place, on all cores."""
    found: list[Found] = []
    work = [(place, word) for place in all_places for word in BUILT_IN]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        under_way = [pool.submit(_listen, place, word) for place, word in work]
        for number, done in enumerate(as_completed(under_way), 1):
            found += done.result()
            progress(f"wake words in rooms: {number} of {len(work)}")
    return found


def places(count: int) -> tuple[list[Place], list[float]]:
    """Rooms of a home with the microphone at a wall, as a mirror has it; and how long they reverberate, in s."""
    random = np.random.default_rng(_SEED)
    noises = _noises()
    reverberation: list[float] = []
    all_places = [Place("close", np.ones(1, np.float32), 0.0, 64.0, None, 0.0, 0)]
    for number in range(count):
        size = random.uniform((3.5, 3.2, 2.4), (6.5, 5.5, 2.8))
        absorption, order = pra.inverse_sabine(_SABINE_S, size)
        room = pra.ShoeBox(size, fs=RATE, materials=pra.Material(absorption), max_order=order)
        microphone = np.array((random.uniform(1, size[0] - 1), 0.05, random.uniform(1.3, 1.6)))
        room.add_microphone(microphone)
        for metres in (1.0, 2.0):
            room.add_source(microphone + metres * _direction(random, microphone, size, metres))
        room.compute_rir()
        reverberation.append(float(np.mean(room.measure_rt60())))
        voice_db, noise_db = float(random.uniform(*_VOICE_DB)), float(random.uniform(*_NOISE_DB))
        noise = noises[number // 2 % len(noises)] if noises and number % 2 else None
        for name, response in zip(("1 m", "2 m"), room.rir[0], strict=True):
            straight = int(np.argmax(np.abs(response)))
            all_places.append(
                Place(name, response.astype(np.float32), straight / RATE, voice_db, noise, noise_db, number)
            )
    for number, response in enumerate(_measured()):
        straight = int(np.argmax(np.abs(response)))
        whole = response / np.abs(response).max()
        all_places.append(Place("measured", whole, straight / RATE, 64.0, None, 0.0, number))
    return all_places, reverberation


def _direction(random: Random, microphone: np.ndarray, size: np.ndarray, metres: float) -> np.ndarray:
    """Away from the wall, within 45° of straight ahead and within the room; at the height of a head."""
    while True:
        angle = random.uniform(-np.pi / 4, np.pi / 4)
        rise = random.uniform(1.4, 1.75) - microphone[2]
        level = np.sqrt(metres**2 - rise**2)
        ahead = np.array((level * np.sin(angle), level * np.cos(angle), rise)) / metres
        if np.all(microphone + metres * ahead > 0.2) and np.all(microphone + metres * ahead < size - 0.2):
            return ahead


def _listen(place: Place, word: str) -> list[Found]:
    """All clips of a word, one after another, in one way after another."""
    model = words.built_in()[word].model
    clips = clips_of(word)
    found: list[Found] = []
    for way, pause_s in _PAUSES_S.items():
        if way != "alone" and place.name not in _FOLLOWED:
            continue
        sound, spoken = said_there(place, clips, pause_s)
        told = listened([pcm_of(sound)], [model]).heard[word].told
        kinds: dict[Kind, Score] = defaultdict(Score)
        for clip, one in zip(clips, spoken, strict=True):
            near = [each for each in told if one.start_s * 1000 <= each.ended_ms <= one.end_s * 1000 + 500]
            kinds[clip.kind].add([one], near, 0, 0)
        found += [Found(word, place.name, kind, way, score) for kind, score in kinds.items()]
    return found


def said_there(place: Place, clips: Sequence[Clip], pause_s: float | None) -> tuple[Samples, list[Spoken]]:
    """What the microphone gives, and when each word is said in it."""
    random = np.random.default_rng(place.seed)
    voice = 10 ** ((_FULL_DBFS + place.voice_db) / 20)
    gap = np.zeros(round(_GAP_S * RATE), np.float32)
    more = _afterwards() * (voice / loudness(_afterwards()))
    follows = [] if pause_s is None else [np.zeros(round(pause_s * RATE), np.float32), more]
    pieces: list[Samples] = []
    spoken: list[Spoken] = []
    at = 0
    for clip in clips:
        start = at + len(gap)
        end = start + len(clip.sound)
        spoken.append(Spoken(clip.word, start / RATE + place.delay_s, end / RATE + place.delay_s))
        pieces += [gap, clip.sound * (voice / loudness(clip.sound)), *follows]
        at = end + sum(len(one) for one in follows)
    dry = np.concatenate([*pieces, gap])
    wet: Samples = oaconvolve(dry, place.response)[: len(dry)].astype(np.float32)
    wet += (random.normal(0, 1, len(wet)) * 10 ** ((_FULL_DBFS + _OWN_NOISE_DB) / 20)).astype(np.float32)
    if place.noise is not None:
        noise = np.resize(place.noise, len(wet))
        wet += noise * (10 ** ((_FULL_DBFS + place.noise_db) / 20) / loudness(noise))
    return wet, spoken


@cache
def clips_of(word: str) -> list[Clip]:
    """Two recorded ones, where the recordings are there, and one by each made voice."""
    folder = recordings().parent / "wake" / word
    clips = []
    for number, end_ms in enumerate(RECORDED_ENDS_MS[word], 1):
        file = folder / f"{number}.wav"
        if file.exists():
            whole = samples(b"".join(sound_of(file)))
            clips.append(Clip(word, "recorded", whole[: end_ms * RATE // 1000]))
    for voice in (*FLITE_VOICES, *ESPEAK_VOICES):
        kind: Kind = "flite" if voice in FLITE_VOICES else "espeak-ng"
        clips.append(Clip(word, kind, trimmed(samples(said(BUILT_IN[word], voice)))))
    return clips


def trimmed(sound: Samples) -> Samples:
    """Without the silence before and after it: what is 35 dB softer than the loudest 10 ms."""
    slices = np.sqrt(np.mean(sound[: len(sound) // 160 * 160].reshape(-1, 160) ** 2, axis=1))
    loud = np.flatnonzero(slices > slices.max() * 10 ** (-35 / 20))
    return sound[loud[0] * 160 : (loud[-1] + 1) * 160]


@cache
def _afterwards() -> Samples:
    return trimmed(samples(said(_AFTERWARDS, "rms")))


def _noises() -> list[Samples]:
    """Measured ones, and somebody who reads."""
    folder = recordings().parent / "speech"
    noises = [samples(b"".join(sound_of(file))) for file in sorted((folder / "rooms").glob("noise*.wav"))]
    read = sorted((folder / "people").glob("*/*0.flac"))
    return [*noises, samples(b"".join(pcm for file in read for pcm in sound_of(file)))] if read else noises


def _measured() -> Iterator[Samples]:
    for file in sorted((recordings().parent / "speech" / "rooms").glob("rir*.wav")):
        yield samples(b"".join(sound_of(file)))


def _missed(found: Sequence[Found], reverberation: Sequence[float]) -> dict[str, Measured]:
    measured: dict[str, Measured] = {}
    rooms = f"{len(reverberation)} rooms, RT60 {min(reverberation):.2f} to {max(reverberation):.2f} s, noise in half"
    for word in BUILT_IN:
        mine = [one for one in found if one.word == word]
        for place in ("1 m", "2 m"):
            key = f"missed_{word}_{place.replace(' ', '')}"
            there = [one for one in mine if one.place == place and one.way == "alone"]
            measured[f"{key}_percent"] = Measured(_share(there), f"{_by_kind(there)}; {rooms}")
            recorded = [one for one in there if one.kind == "recorded"]
            value = _share(recorded) if recorded else None
            note = _by_kind(recorded) or "there are no recordings here; MIRA_TESTDATA says where they are"
            measured[f"{key}_recorded_percent"] = Measured(value, note)
        for place, way in (("close", "alone"), ("measured", "alone"), ("1 m", "after a pause"), ("1 m", "at once")):
            there = [one for one in mine if (one.place, one.way) == (place, way)]
            key = f"missed_{word}_{place}_{way}".replace(" ", "_")
            measured[f"{key}_percent"] = Measured(_share(there) if there else None, _by_kind(there))
    return measured


def _share(found: Sequence[Found]) -> float:
    """Missed, in per cent."""
    return 100 * sum(one.score.missed for one in found) / sum(one.score.spoken for one in found)


def _by_kind(found: Sequence[Found]) -> str:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in found:
        counts[one.kind][0] += one.score.missed
        counts[one.kind][1] += one.score.spoken
    return ", ".join(f"{kind} {missed} of {spoken}" for kind, (missed, spoken) in sorted(counts.items()))


def _around(found: Sequence[Found]) -> dict[str, Measured]:
    """What of the words said around it a turn would get, and how soon a word is told."""
    near = [one for one in found if one.place in _FOLLOWED]
    lost = [
        max(0.0, each - 1000 * pause_s)
        for one in near
        if (pause_s := _PAUSES_S[one.way]) is not None
        for each in one.score.begins_ms
    ]
    left = [max(0.0, -each) for one in near for each in one.score.begins_ms]
    lags = {word: [each for one in near if one.word == word for each in one.score.lags_ms] for word in BUILT_IN}
    each_lag = ", ".join(
        f"{word} {percentile(some, 50):.0f} / {percentile(some, 95):.0f} ms" for word, some in lags.items() if some
    )
    all_lags = [each for some in lags.values() for each in some]
    where = "that were found close and at 1 m"
    cut = sum(each > 0 for each in lost)
    return {
        "first_syllable_lost_worst_ms": Measured(
            max(lost), f"{cut} of {len(lost)} {where} and were followed lose any; p99 {percentile(lost, 99):.0f} ms"
        ),
        "word_left_in_p50_ms": Measured(
            percentile(left, 50), f"p95 {percentile(left, 95):.0f} ms, most {max(left):.0f}, of {len(left)} {where}"
        ),
        "told_after_p50_ms": Measured(percentile(all_lags, 50), f"p50 / p95: {each_lag}"),
        "told_after_p95_ms": Measured(
            percentile(all_lags, 95), f"of {len(all_lags)} {where}; {min(all_lags):.0f} to {max(all_lags):.0f} ms"
        ),
    }
