"""Each part killed (SIGKILL) at any moment of a conversation: every reply ends once, and nothing is said twice."""

import asyncio
import contextlib
import socket
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, override

import numpy as np
import pytest
import pytest_socket
from aiohttp import ClientError

from house.bench.assist import assist
from house.household import SCRIPTS, Household, running
from house.model import RULES
from house.process import HouseError
from house.sound import RATE, SPEECH_RATE
from house.stage import until
from house.voices import pause, spoken
from tests.attack.effort import FULL, Progress, times
from tests.sidecar.process.mirror import Message, Mirror

pytestmark = pytest.mark.usefixtures("socket_enabled")

TYPED = times(8, full=50)
SPOKEN = times(1, full=15)
RESTARTS, SPOKEN_RESTARTS = times(1, full=50), times(1, full=5)
"""Of Home Assistant, which takes its time to start."""
WORDS = "hello"
ANSWER = RULES[0][1].partition("] ")[2]
JOKE = RULES[1][1].partition("] ")[2]
EMOTION = "sensor.hall_emotion"
PARTS = ("Redis", "sidecar", "model", "Home Assistant")
LONGEST_S = 11.0
"""From the button until the joke was told."""
CHIME_S = 1.0
SORRY = "Sorry, my answer broke off here."


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Household]:
    """A household that can be spoken to, whose persona has a model that can be killed."""
    pytest_socket.enable_socket()
    with running(tmp_path_factory.mktemp("talk"), StringIO(), voice=True) as household:
        yield household


@dataclass(eq=False)
class Asker(threading.Thread):
    """Asks the persona by Home Assistant's pipeline, and takes what comes for as long as something does."""

    house: Household
    question: str
    pieces: list[str] = field(default_factory=list)
    is_whole: bool = False

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    @override
    def run(self) -> None:
        with contextlib.suppress(OSError, ClientError, HouseError, TypeError, TimeoutError):  # it is killed
            asyncio.run(self._ask())

    async def _ask(self) -> None:
        async with asyncio.timeout(60), assist(self.house) as app:
            talk = {"type": "assist_pipeline/run", "start_stage": "intent", "end_stage": "intent"}
            number = await app.send(**talk, input={"text": self.question})
            while True:
                message = await app.socket.receive_json()
                event = message.get("event") or {}
                if message["id"] == number and event.get("type") == "run-end":
                    self.is_whole = True
                    return
                delta = ((event.get("data") or {}) if message["id"] == number else {}).get("chat_log_delta") or {}
                self.pieces.append(delta.get("content") or "")

    @property
    def heard(self) -> str:
        """What came."""
        return "".join(self.pieces).strip()


class Conversation:
    """What the mirror knows of it."""

    def __init__(self, house: Household) -> None:
        assert house.redis
        self.house = house
        self.mirror = Mirror(house.redis, house.sidecar)
        self.outcomes = Counter[str]()

    def accepted(self, action: str, since: int = 0) -> list[Message]:
        """Commands that were carried out, behind a place in the log."""
        return [
            event for event in self.mirror.stored()[since:] if (event["type"], event["action"]) == ("accepted", action)
        ]

    def settle(self) -> None:
        """Wait until every part is there and nothing is open any more."""
        self.mirror.until(lambda: self._talk() is None or not (self._talk()["replies"] or self._talk()["face"]), 60)
        self.mirror.until(lambda: self.house.home_assistant.state(EMOTION)["state"] == "neutral", 60)

    def _talk(self) -> Any:
        return self.mirror.snapshot()["state"]["parts"].get("talk")

    def is_silent(self) -> bool:
        """Whether nobody talks at the mirror."""
        voice = self.mirror.snapshot()["state"]["parts"]["voice"]
        return voice["turn"] is None and voice["speech"] is None

    def ends(self, since: int) -> list[str]:
        """How each reply ended that was begun since then: once each."""
        begun = [event["command_id"] for event in self.accepted("begin_reply", since)]
        ended = [event["payload"] for event in self.accepted("end_reply", since)]
        assert sorted(end["reply"] for end in ended) == sorted(begun)
        return [end["outcome"] for end in ended]

    def history(self) -> list[tuple[str, str]]:
        """What is remembered."""
        begun = self.accepted("begin_reply")
        if not begun:
            return []
        asked = {"persona": begun[-1]["payload"]["persona"], "limit": 100}
        told = self.mirror.ask({"id": str(uuid.uuid7()), "kind": "talk_history", "payload": asked})
        assert told
        return [(message["role"], message["text"]) for message in told["result"]["messages"]]

    def remembered(self, question: str) -> str | None:
        """What is remembered as the answer: None where the question is not. It is there once."""
        history = self.history()
        places = [place for place, (role, text) in enumerate(history) if (role, text) == ("user", question)]
        if not places:
            return None
        (place,) = places
        answers = [text for role, text in history[place + 1 :] if role == "assistant"]
        assert len(answers) <= 1
        return "".join(answers)

    def goes_on(self) -> None:
        """The next question is answered, and remembered."""
        question = f"{WORDS} {uuid.uuid4().hex}"
        since = len(self.mirror.stored())
        asker = Asker(self.house, question)
        asker.run()
        assert asker.heard == ANSWER
        self.settle()
        assert self.ends(since) == ["answered"]
        assert self.remembered(question) == ANSWER


def kill(house: Household, part: str) -> None:
    """End it as a power cut would."""
    assert house.redis
    assert house.model
    processes = {
        "Redis": house.redis.process,
        "sidecar": house.sidecar.process,
        "model": house.model,
        "Home Assistant": house.home_assistant.process,
    }
    processes[part].kill()


def is_stored(house: Household) -> bool:
    """Whether Home Assistant, which waits a while with that, has stored its persona."""
    storage = house.home_assistant.directory / ".storage"
    files = {"core.config_entries": '"subentry_type":"persona"', "core.entity_registry": '"conversation.mira"'}
    return all(text in (storage / name).read_text().replace(" ", "") for name, text in files.items())


def start(house: Household, part: str) -> None:
    """Have it there again."""
    assert house.redis
    assert house.model
    match part:
        case "Redis":
            house.redis.start()
        case "sidecar":
            house.sidecar.start()
        case "model":
            house.model.start((sys.executable, "-m", "house.model", str(house.model_port)), SCRIPTS)
            until("the model listens", lambda: _listens(house.model_port), bool, 20)
        case _:
            house.home_assistant.launch()
            house.home_assistant.wait_until_running()


def _listens(port: int | None) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port or 0), 1):
        return True
    return False


@pytest.mark.timeout(3_600 if FULL else 300)
@pytest.mark.parametrize(
    ("part", "kills"),
    [(part, RESTARTS if part == "Home Assistant" else TYPED) for part in PARTS],
)
def test_whatever_is_killed_while_a_persona_answers_each_reply_ends_once_and_is_remembered_as_it_was_heard(
    house: Household, progress: Progress, part: str, kills: int
) -> None:
    talk = Conversation(house)
    talk.settle()
    until("Home Assistant has stored its persona", lambda: is_stored(house), bool, 60)
    outcomes, kept = Counter[str](), 0
    for number in range(kills):
        moment = -0.1 + 1.1 * (number + 0.5) / kills
        progress(f"{part}, kill {number + 1} of {kills}, {moment:.2f} s after the question")
        since = len(talk.mirror.stored())
        asker = Asker(house, f"{WORDS} {part} {number}")
        if moment >= 0:
            asker.start()
            time.sleep(moment)
        kill(house, part)
        if moment < 0:
            asker.start()
        start(house, part)
        asker.join(90)
        talk.settle()
        ended = talk.ends(since)
        assert len(ended) <= 1
        outcomes[ended[0] if ended else "not told"] += 1
        if (remembered := talk.remembered(asker.question)) is not None:
            kept += 1
            assert remembered in {"", asker.heard} if asker.is_whole else asker.heard.startswith(remembered)
        if part in ("Redis", "sidecar"):
            assert asker.heard == ANSWER, "who talks is answered all the same"
        if part == "model":
            assert asker.heard, "it is said that there is no answer"
            assert remembered == asker.heard
        talk.goes_on()
    progress(f"{part}, {kills} kills: {dict(outcomes)}; {kept} questions are remembered")


def loud_s(samples: np.ndarray, rate: int) -> float:
    """For how many seconds there is sound in it."""
    tick = rate // 100
    ticks = np.abs(samples[: len(samples) // tick * tick].astype(np.int32)).reshape(-1, tick).max(axis=1)
    return float((ticks > 300).sum()) / 100


def tell_a_joke(house: Household) -> None:
    """Press the button and ask for it."""
    assert house.sound
    house.sound.forget()
    house.bus.send("listen", {}, source="touch")
    house.sound.play(pause(0.5) + spoken("tell me a joke.") + pause(2))


def heard_s(house: Household) -> float:
    """For how many seconds the mirror made a sound since then."""
    assert house.sound
    return loud_s(np.frombuffer(house.sound.played, "<i2")[::2], RATE)


@pytest.mark.timeout(3_600 if FULL else 300)
@pytest.mark.parametrize("part", PARTS)
def test_whatever_is_killed_during_a_turn_at_the_mirror_it_ends_once_and_no_word_is_heard_twice(
    house: Household, progress: Progress, part: str
) -> None:
    assert house.sound
    talk, kills = Conversation(house), SPOKEN_RESTARTS if part == "Home Assistant" else SPOKEN
    whole, sorry = (loud_s(np.frombuffer(spoken(text, "slt"), "<i2"), SPEECH_RATE) for text in (JOKE, SORRY))
    house.bus.send("set_microphone", {"on": True}, source="touch")
    until("the microphone is open", lambda: house.sound and house.sound.listened_to, bool, 30)
    replies, turns = Counter[str](), Counter[str]()
    for number in range(kills):
        moment = LONGEST_S * (number + 0.5) / kills
        progress(f"{part}, kill {number + 1} of {kills}, {moment:.1f} s after the button")
        since = len(talk.mirror.stored())
        tell_a_joke(house)
        time.sleep(moment)
        kill(house, part)
        start(house, part)
        talk.mirror.until(talk.is_silent, 60)
        talk.settle()
        ended = talk.ends(since)
        assert len(ended) <= 1
        replies[ended[0] if ended else "not asked"] += 1
        (turn,) = talk.accepted("listen", since)
        (end,) = talk.accepted("end_turn", since)
        assert end["payload"]["turn"] == turn["command_id"]
        turns[end["payload"]["outcome"]] += 1
        assert len(talk.accepted("say", since)) <= 1
        assert heard_s(house) < 1.2 * (whole + sorry if part == "model" else whole) + CHIME_S
        until("the microphone is open", lambda: house.sound and house.sound.listened_to, bool, 30)
        talk.goes_on()
    since = len(talk.mirror.stored())
    tell_a_joke(house)
    talk.mirror.until(lambda: bool(talk.accepted("end_turn", since)), 60)
    talk.settle()
    assert (talk.accepted("end_turn", since)[0]["payload"]["outcome"], talk.ends(since)) == ("answered", ["answered"])
    assert 0.8 * whole < heard_s(house) < 1.2 * whole + CHIME_S
    progress(f"{part}, {kills} kills: replies {dict(replies)}, turns {dict(turns)}")
