"""A wake word of one's own: said some times at a mirror by a made voice, tried, heard, and forgotten for good."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest

from house.redis import RedisServer
from house.voices import Voice, spoken
from mira_sidecar.core.state import initial_document
from mira_sidecar.keeping import side_tables
from mira_sidecar.parts import Now
from mira_sidecar.store.files import side_of
from mira_sidecar.store.side import SideStore
from mira_sidecar.subjects.voice import takes as takes_
from mira_sidecar.subjects.voice.core.slice import SILENT
from mira_sidecar.subjects.voice.kept import KEPT
from mira_sidecar.subjects.voice.teacher import WordTeacher
from mira_sidecar.subjects.voice.worker.judge import Verdict, judged
from mira_sidecar.subjects.voice.worker.messages import Lesson, LookerSettings, Take, TaughtWord
from tests.sidecar.voice.clips import Listener, recording, silence
from tests.sidecar.voice.room import Room, room

PHRASE = "hello butler"
PACES = (1.0, 0.94, 1.06, 0.9, 1.1, 0.97)


@cache
def said(number: int, text: str = PHRASE, voice: Voice = "slt") -> bytes:
    """Each time a little otherwise."""
    return spoken(text, voice, slower=PACES[number], higher=PACES[-number])


def hiss(seconds: float) -> bytes:
    samples = np.random.default_rng(1).normal(0, 20, round(seconds * 16_000))
    return samples.astype("<i2").tobytes()


def order(listener: Listener, **members: object) -> None:
    settings = LookerSettings(**{"words": [], **members})  # type: ignore[arg-type]
    listener.looker.set(msgspec.Raw(msgspec.json.encode(settings)))


def takes(*sounds: bytes) -> list[Take]:
    """What comes of a lesson in which these are said."""
    listener = Listener(words=())
    order(listener, lesson=Lesson(id="lesson"))
    listener.hear(hiss(1) + b"".join(sound + hiss(1) for sound in sounds))
    return [one for one in listener.said if isinstance(one, Take)]


@cache
def lesson() -> tuple[tuple[bytes, ...], Verdict]:
    own = tuple(one.sounds for one in takes(*(said(number) for number in range(5))))
    return own, judged(list(own))


def test_each_time_that_it_is_said_is_a_take_as_long_as_the_word() -> None:
    own, verdict = lesson()
    assert len(own) == 5
    assert all(0.5 < len(take) / 1_000 < 1.2 for take in own)
    assert (verdict.outcome, verdict.trial.found, verdict.trial.false_wakes) == ("learned", 5, 0)
    assert verdict.trial.minutes > 15


def test_who_taught_it_is_heard_and_nobody_else_and_no_other_word(recorded: Path) -> None:
    own, verdict = lesson()
    listener = Listener(words=())
    order(listener, taught=[TaughtWord(id="own_1", takes=list(own), reach=verdict.reach)])
    listener.hear(hiss(1) + said(5) + hiss(1))
    (woken,) = listener.woken
    assert woken.word == "own_1"
    assert 0.5 <= woken.confidence <= 1
    end_ms = 1_000 + len(said(5)) / 32
    assert end_ms - 400 < woken.t_ms - listener.began_ms < end_ms + 100
    listener.hear(said(5, voice="rms") + hiss(1) + said(0, "what a lovely evening") + hiss(1))
    listener.hear(recording(recorded / "wake" / "speech.wav") + recording(recorded / "wake" / "music.wav"))
    assert listener.woken == [woken]


def test_a_take_that_is_too_short_too_long_or_too_soft_says_so() -> None:
    soft = (np.frombuffer(said(0), "<i2") // 250).astype("<i2").tobytes()
    long = said(0, "this is a sentence that goes on and on and on, and is no wake word at all")
    short = said(0)[8_000:14_000]
    assert [one.fault for one in takes(long)][:1] == ["too_long"]
    assert [one.fault for one in takes(short)] == ["too_short"]
    assert [one.fault for one in takes(soft)] in ([], ["too_soft"])
    assert all(one.sounds == b"" for one in [*takes(long), *takes(short)])


def test_a_word_that_is_short_or_said_as_other_words_each_time_is_not_taken() -> None:
    yes = takes(*(said(number, "yes", "rms") for number in range(5)))
    assert judged([one.sounds for one in yes if not one.fault]).outcome == "too_common"
    texts = ("hello butler", "mirror mirror", "good morning glass", "okay house", "what a day")
    different = takes(*(said(0, text) for text in texts))
    assert judged([one.sounds for one in different]).outcome == "takes_differ"


@pytest.fixture
def hall(socket_enabled: None, redis_server: RedisServer, tmp_path: Path) -> Iterator[Room]:
    with room(redis_server, tmp_path) as own:
        yield own


def rows(hall: Room) -> int:
    with contextlib.closing(sqlite3.connect(side_of(hall.mirror.database))) as side:
        return int(side.execute("SELECT count(*) FROM voice_takes").fetchone()[0])


def test_somebody_teaches_a_word_is_heard_after_a_restart_too_and_it_is_forgotten_for_good(hall: Room) -> None:
    mirror = hall.mirror
    hall.listens()
    mirror.send("teach_wake_word", {"phrase": "Hello Butler", "takes": 5}, source="automation")
    mirror.send("confirm")
    for number in range(5):
        hall.alsa.play(hiss(1) + said(number) + hiss(1))
        mirror.until(lambda number=number: hall.voice["lesson"]["taken"] > number, 20)
    mirror.until(lambda: hall.voice["lesson"]["outcome"] is not None, 60)
    trial = hall.voice["taught"]["own_1"]["trial"]
    assert (hall.voice["lesson"]["outcome"], trial["takes"], trial["found"]) == ("learned", 5, 5)
    assert hall.voice["words"]["own_1"]["phrase"] == "Hello Butler"
    assert hall.voice["active"] == ["okay_nabu", "own_1"]
    assert rows(hall) == 5

    mirror.sidecar.stop()
    mirror.sidecar.start()
    mirror.until(lambda: (mirror.presence() or {})["devices"]["microphone"]["capture"] == "open", 20)
    with hall.hearing():
        hall.alsa.play(hiss(1) + said(5) + silence(1))
        assert hall.turn()["word"] == "own_1"

    own, _ = lesson()
    files = [file for file in mirror.database.parent.iterdir() if file.is_file()]
    assert not [file.name for file in files for take in own if take[200:300] in file.read_bytes()]
    mirror.send("forget_wake_word", {"phrase": "hello butler"})
    mirror.until(lambda: rows(hall) == 0)
    assert "own_1" not in hall.voice["words"]


TAUGHT = {"phrase": "Hello Butler", "command_id": "the-yes", "reach": 0.3, "trial": {}}


def test_a_word_goes_with_the_command_that_taught_it() -> None:
    document = initial_document()
    document["parts"]["voice"] = {**SILENT, "taught": {"own_1": TAUGHT}, "lesson": {"id": "new", "phrase": "Mira"}}
    assert list(KEPT.undone(document, ["other"])) == []
    deeds = list(KEPT.undone(document, ["the-yes", "new"]))
    assert deeds == [("forget_wake_word", {"phrase": phrase}) for phrase in ("Mira", "Hello Butler")]


async def test_takes_that_are_not_here_are_said_and_those_of_no_word_are_deleted(tmp_path: Path) -> None:
    store = await SideStore.open(tmp_path / "side.db", side_tables(), "server")
    await takes_.keep(store, "forgotten", 0, b"take", 1)
    await takes_.keep(store, "the-yes", 0, b"take", 1)
    document = initial_document()
    elsewhere = {**TAUGHT, "command_id": "elsewhere"}
    document["parts"]["voice"] = {**SILENT, "taught": {"own_1": TAUGHT, "own_2": elsewhere}, "active": ["own_1"]}
    await KEPT.erase(store, document, ())
    assert await takes_.takes(store) == {"the-yes": [b"take"]}
    teacher = WordTeacher(Opened(store), nobody)
    assert teacher.lacking(document) is None  # it does not know yet
    read = asyncio.Event()
    teacher.changed(Now(document, deciding=True, connected=True))
    running = asyncio.create_task(teacher.run(read.set))
    await read.wait()
    assert [(word.id, word.takes) for word in teacher.words(document)] == [("own_1", [b"take"])]
    problem = teacher.lacking(document)
    assert problem
    assert (problem.code, "1 of the 2 wake words" in problem.message) == ("takes_missing", True)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await store.close()


class Opened:
    """A side store that is open."""

    def __init__(self, store: SideStore) -> None:
        self._store = store

    async def opened(self) -> SideStore:
        return self._store

    def now(self) -> SideStore:
        return self._store


async def nobody(*_: object, **__: object) -> None:
    """Takes what is said to it."""
