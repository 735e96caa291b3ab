"""Whatever goes wrong while a persona answers: the reply ends once, is kept once, and nothing of it goes astray."""

import contextlib
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from house.redis import RedisServer
from house.sidecar import SidecarProcess
from mira_sidecar.protocol import Keys
from tests.attack.preloaded import Clock, Disk
from tests.sidecar.process.mirror import AT_ONCE, Message, Mirror, running

pytestmark = pytest.mark.usefixtures("socket_enabled")
PERSONA = "01PERSONA"
HOUR_S = 3_600


class Talk:
    """Tells a mirror what a persona does, as Home Assistant."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror = mirror

    def begin(self, text: str) -> tuple[Message, Message]:
        """What opens a reply, and the words beside it."""
        asked = {"persona": PERSONA, "place": "mirror", "pictures": "drawn", "length": len(text), "remembers": True}
        return self.mirror.command("begin_reply", asked, source="sensor"), {"text": text}

    def express(self, reply: str, emotion: str) -> Message:
        return self.mirror.command("express", {"reply": reply, "emotion": emotion}, source="sensor")

    def end(self, reply: str, text: str) -> tuple[Message, Message]:
        """What closes it, and the words beside it."""
        ended = {"reply": reply, "outcome": "answered", "length": len(text), "heard": len(text)}
        return self.mirror.command("end_reply", ended, source="sensor"), {"text": text}

    def tell(self, command: Message, words: Message | None = None, *, times: int = 1) -> Message:
        """Send it so often; the answer."""
        for _ in range(times):
            if words:
                self.mirror.say(command, words)
            self.mirror.post([command])
        (answer,) = self.mirror.answers([command], 30)
        return answer

    def answered(self, question: str, text: str) -> str:
        """A whole reply; its id."""
        begun = self.tell(*self.begin(question))["command_id"]
        assert self.tell(self.express(begun, "happy"))["type"] == "accepted"
        assert self.tell(*self.end(begun, text))["type"] == "accepted"
        return str(begun)

    def history(self, mirror: Mirror | None = None) -> list[str]:
        """What is remembered, in its order."""
        asked = {"id": str(uuid.uuid7()), "kind": "talk_history", "payload": {"persona": PERSONA}}
        told = (mirror or self.mirror).ask(asked)
        assert told
        return [message["text"] for message in told["result"]["messages"]]

    def now(self) -> Message:
        """The slice."""
        found: Message = self.mirror.snapshot()["state"]["parts"]["talk"]
        return found

    def accepted(self, action: str) -> list[Message]:
        """What was carried out of it."""
        return [
            event["payload"]
            for event in self.mirror.stored()
            if (event["type"], event["action"]) == ("accepted", action)
        ]

    def is_calm(self) -> bool:
        """Whether nothing is open."""
        now = self.now()
        return not now["replies"] and now["face"] is None


def test_what_comes_twice_opens_one_reply_is_one_emotion_and_one_end(attacked: Mirror) -> None:
    talk = Talk(attacked)
    begin = talk.begin("hello")
    reply = talk.tell(*begin, times=2)["command_id"]
    express, end = talk.express(reply, "happy"), talk.end(reply, "Hello to you.")
    talk.tell(express, times=2)
    talk.tell(*end, times=2)
    attacked.sidecar.kill()
    attacked.sidecar.start()
    for command, words in (begin, (express, None), end):
        if words:
            attacked.say(command, words)
        attacked.post([command])
    talk.answered("and now", "Now, too.")
    assert [len(talk.accepted(action)) for action in ("begin_reply", "express", "end_reply")] == [2, 2, 2]
    assert talk.history() == ["hello", "Hello to you.", "and now", "Now, too."]
    assert talk.is_calm()
    attacked.check()


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


@pytest.fixture
def server(tmp_path: Path, clock: Clock) -> Iterator[RedisServer]:
    """A Redis, by whose clock mirrors live."""
    with RedisServer(tmp_path / "redis", environment=clock.environment) as server:
        yield server


@pytest.mark.parametrize("seconds", [-HOUR_S, HOUR_S])
def test_a_reply_ends_once_and_the_next_one_is_answered_when_the_clock_jumps(
    server: RedisServer, clock: Clock, tmp_path: Path, seconds: int
) -> None:
    with running(server, tmp_path / "mira.db") as mirror:
        talk = Talk(mirror)
        reply = talk.tell(*talk.begin("how late is it"))["command_id"]
        assert talk.tell(talk.express(reply, "curious"))["type"] == "accepted"
        clock.put(seconds)
        mirror.until(lambda: mirror.send("lock")["type"] == "accepted", 30)
        end = talk.tell(*talk.end(reply, "Late."))
        (ended,) = [one for one in talk.accepted("end_reply") if one["reply"] == reply]
        assert ended["outcome"] == ("answered" if end["type"] == "accepted" else "lost")
        talk.answered("and now", "Still late.")
        assert talk.history()[-2:] == ["and now", "Still late."]
        assert len(set(talk.history())) == len(talk.history())
        mirror.until(talk.is_calm)
        mirror.check()


def test_while_redis_is_full_a_reply_waits_and_ends_once_there_is_room(attacked: Mirror) -> None:
    talk = Talk(attacked)
    reply = talk.tell(*talk.begin("hello"))["command_id"]
    end, words = talk.end(reply, "Hello to you.")
    attacked.redis.set("ballast", "x" * 1_000_000)
    attacked.redis.config_set("maxmemory", 1_000_000)
    with pytest.raises(redis.RedisError):
        attacked.post([talk.express(reply, "happy")])
    assert reply in talk.now()["replies"]
    attacked.redis.delete("ballast")
    attacked.redis.config_set("maxmemory", 0)
    assert talk.tell(end, words)["type"] == "accepted"
    talk.answered("and now", "Now, too.")
    assert talk.history() == ["hello", "Hello to you.", "and now", "Now, too."]
    attacked.until(talk.is_calm)
    attacked.check()


def test_while_the_disk_hangs_nothing_of_a_reply_is_said_to_be_decided_and_all_of_it_is_afterwards(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    disk = Disk(tmp_path)
    with running(redis_server, tmp_path / "mira.db", environment=disk.environment) as mirror:
        talk = Talk(mirror)
        talk.answered("before", "Yes.")
        disk.hang()
        begin, asked = talk.begin("hello")
        end, answer = talk.end(begin["id"], "Hello to you.")
        before = len(mirror.published())
        mirror.say(begin, asked)
        mirror.say(end, answer)
        mirror.post([begin, talk.express(begin["id"], "happy"), end])
        with pytest.raises(AssertionError, match="did not come to hold"):
            mirror.answers([begin], 2)
        assert len(mirror.published()) == before
        disk.recover()
        assert [one["type"] for one in mirror.answers([begin, end], 30)] == ["accepted", "accepted"]
        assert talk.history() == ["before", "Yes.", "hello", "Hello to you."]
        mirror.until(talk.is_calm)
        mirror.check()


@contextlib.contextmanager
def named(server: RedisServer, folder: Path, name: str) -> Iterator[Talk]:
    """A running mirror of this name."""
    sidecar = SidecarProcess(server.url, folder / name / "mira.db", **{**AT_ONCE, "mirror": name})
    mirror = Mirror(server, sidecar, Keys(name))
    sidecar.start()
    try:
        yield Talk(mirror)
    finally:
        sidecar.kill()
        mirror.close()


def test_of_two_mirrors_on_one_redis_neither_ends_shows_or_remembers_what_the_other_says(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    with named(redis_server, tmp_path, "hall") as hall, named(redis_server, tmp_path, "attic") as attic:
        reply = hall.tell(*hall.begin("in the hall"))["command_id"]
        own = attic.tell(*attic.begin("in the attic"))["command_id"]
        assert attic.tell(attic.express(reply, "joy"))["reason"] == "reply_over"
        assert attic.tell(*attic.end(reply, "astray"))["reason"] == "reply_over"
        assert hall.tell(hall.express(reply, "sad"))["type"] == "accepted"
        assert hall.now()["face"]["emotion"] == "sad"
        assert attic.now()["face"] is None
        hall.tell(*hall.end(reply, "Yes, here."))
        assert list(attic.now()["replies"]) == [own]
        attic.tell(*attic.end(own, "Up here."))
        assert hall.history() == ["in the hall", "Yes, here."]
        assert attic.history() == ["in the attic", "Up here."]
