"""A real sidecar on a real Redis, as a client sees it."""

import contextlib
import json
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec
import redis

from house import event_log
from house.reading import state_now
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.core.state import initial_document
from mira_sidecar.protocol import EVENTS_KEPT, GROUP, Event, Keys, instant

type Message = dict[str, Any]

AT_ONCE: Final[dict[str, Any]] = {"confirm": "none", "rates": "none"}
"""Settings under which every command is carried out at once: these tests are about answers, not about rules."""


@dataclass
class Mirror:
    """The mirror `hall`: its Redis, its sidecar and its database."""

    server: RedisServer
    sidecar: SidecarProcess
    keys: Keys = field(default_factory=lambda: Keys("hall"))

    def __post_init__(self) -> None:
        self.redis = redis.Redis.from_url(self.server.url, decode_responses=True, socket_timeout=10)
        self._again = self.redis.pubsub(ignore_subscribe_messages=True)
        self._again.subscribe(self.keys.answers)
        assert self._again.get_message(timeout=5) is None  # that it is subscribed
        self._answered: dict[str, Message] = {}

    @property
    def database(self) -> Path:
        return self.sidecar.database

    def close(self) -> None:
        """End the connections to Redis."""
        self._again.close()
        self.redis.close()

    def now_ms(self) -> int:
        seconds, microseconds = self.redis.time()
        return int(seconds) * 1000 + int(microseconds) // 1000

    def command(self, action: str, payload: Message | None = None, **more: Any) -> Message:
        """A command of now, by touch, that is good for a minute."""
        envelope = {"id": str(uuid.uuid7()), "ts": instant(self.now_ms()), "source": "touch", "ttl_ms": 60_000}
        return {**envelope, "action": action, "payload": payload or {}, **more}

    def post(self, bodies: Iterable[Message | bytes]) -> None:
        """Put entries into the commands stream, all in one go."""
        with self.redis.pipeline(transaction=True) as pipeline:
            for body in bodies:
                source = "touch" if isinstance(body, bytes) else body.get("source")
                entry = body if isinstance(body, bytes) else json.dumps(body).encode()
                pipeline.xadd(self.stream(str(source)), {"command": entry})
            pipeline.execute()

    def stream(self, source: str = "touch") -> str:
        """The commands stream for this source; what no stream carries goes where anybody may try."""
        try:
            return self.keys.commands_from(source)  # type: ignore[arg-type]
        except IndexError:
            return self.keys.commands["home"]

    def answers(self, commands: Sequence[Message], seconds: float = 10) -> list[Message]:
        """The answers to these commands, in the order of the commands; also those without an event of their own."""
        found = self._answered

        def complete() -> bool:
            self._hear()
            found.update({one["command_id"]: one for one in self.published() if one["type"] != "state_patch"})
            return all(command["id"] in found for command in commands)

        self.until(complete, seconds)
        return [found[command["id"]] for command in commands]

    def say(self, command: Message, words: Message) -> None:
        """Publish the words of a command that comes next, once a sidecar hears them."""
        private = json.dumps({"command_id": command["id"], "words": words})
        self.until(lambda: self.redis.publish(self.keys.private, private) == 1)

    def ask(self, query: Message, seconds: float = 10) -> Message | None:
        """Put a query; the reply to it, if any comes."""
        with self.redis.pubsub(ignore_subscribe_messages=True) as replies:
            replies.subscribe(self.keys.replies)
            assert replies.get_message(timeout=5) is None
            self.redis.xadd(self.keys.queries, {"query": json.dumps(query)})
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline:
                if message := replies.get_message(timeout=0.05):
                    reply: Message = json.loads(message["data"])
                    if reply["query_id"] == query["id"]:
                        return reply
        return None

    def _hear(self) -> None:
        """Take in the answers that were sent until now."""
        # Up to the reply to a ping, and not for a short while: of a message whose end comes later than that, the
        # library gives up the connection, with all messages behind it.
        self._again.ping()
        while (message := self._again.get_message(timeout=5)) and message["type"] == "message":
            answer = json.loads(message["data"])
            self._answered[answer["command_id"]] = answer

    def forget_answers(self) -> None:
        """Hear each answer anew."""
        self._hear()
        self._answered.clear()

    def send(
        self, action: str, payload: Message | None = None, *, words: Message | None = None, **more: Any
    ) -> Message:
        """Send a command, its words before it; the answer."""
        command = self.command(action, payload, **more)
        if words is not None:
            self.say(command, words)
        self.post([command])
        return self.answers([command])[0]

    def published(self) -> list[Message]:
        """All that is in the events stream, whose ids are the places in the log."""
        entries: Any = self.redis.xrange(self.keys.events)
        events = [json.loads(fields["event"]) for _, fields in entries]
        assert [entry_id for entry_id, _ in entries] == [f"{event['seq']}-0" for event in events]
        return events

    def stored(self) -> list[Message]:
        """All that is in SQLite."""
        return event_log.events(self.database)

    def snapshot(self) -> Message:
        """The state now, with its place."""
        found: list[Message] = []

        def is_whole() -> bool:
            found.extend(filter(None, [state_now(self.redis, self.keys)]))
            return bool(found)

        self.until(is_whole)
        return found[0]

    def presence(self) -> Message | None:
        found = self.redis.get(self.keys.presence)
        return json.loads(str(found)) if found else None

    def is_served_by(self, sidecar: SidecarProcess) -> bool:
        """Whether this is the one that decides."""
        return str((self.presence() or {"node": ""})["node"]).endswith(f":{sidecar.process.pid}")

    def problem(self) -> str | None:
        """The code of what keeps the sidecar from deciding."""
        found = (self.presence() or {}).get("problem")
        return found["code"] if found else None

    def degraded(self) -> list[str]:
        """The codes of what does not work, or did not, while the sidecar decides."""
        return [problem["code"] for problem in (self.presence() or {}).get("degraded", [])]

    def unanswered(self) -> int:
        """Entries of the commands stream that wait, read or not."""
        return sum(int(self.redis.xlen(stream)) for stream in self.keys.commands.values())

    def pending(self) -> int:
        """Entries of the commands streams that were read and not answered."""
        return sum(int(self.redis.xpending(stream, GROUP)["pending"]) for stream in self.keys.commands.values())

    def until(self, holds: Callable[[], bool], seconds: float = 10) -> None:
        """Wait until it holds, through an outage of Redis; AssertionError after so many seconds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if holds():
                    return
            except redis.RedisError:
                pass
            time.sleep(0.01)
        raise AssertionError(f"It did not come to hold within {seconds} s:\n{self.sidecar.process.last_lines()}")

    def exit_code(self, seconds: float) -> int | None:
        """Wait for the sidecar to end by itself."""
        self.until(lambda: self.sidecar.process.exit_code is not None, seconds)
        return self.sidecar.process.exit_code

    def log(self) -> list[Message]:
        """The sidecar's log lines."""
        return [json.loads(line) for line in self.sidecar.process.log.read_text().splitlines()]

    def filled(self, seq: int) -> bool:
        """Whether Redis, empty before, has the state of this place in the log: it comes after the events."""
        found = state_now(self.redis, self.keys)
        return found is not None and found["seq"] == seq

    def said(self, event: str, since: int = 0) -> bool:
        """Whether the sidecar's log says this, behind its first lines."""
        return event in [line["event"] for line in self.log()[since:]]

    def _at_one_moment(self) -> tuple[list[Message], list[Message], Message]:
        """What is stored and published, and the state, once they end at one place: the mirror acts by itself, too."""
        found: list[tuple[list[Message], list[Message], Message]] = []

        def is_one() -> bool:
            found[:] = [(self.stored(), self.published(), self.snapshot())]
            ((stored, published, snapshot),) = found
            return len(stored) == snapshot["seq"] == (published[-1]["seq"] if published else 0)

        self.until(is_one)
        return found[0]

    def check(self) -> None:
        """Everywhere is the same: SQLite, the events stream and the state, with nothing twice and nothing missing."""
        stored, published, snapshot = self._at_one_moment()
        assert [event["seq"] for event in stored] == list(range(1, len(stored) + 1))
        answered = [event["command_id"] for event in stored if event["type"] != "state_patch"]
        assert len(answered) == len(set(answered))
        assert published == stored[-len(published) :]
        assert len(published) >= min(len(stored), EVENTS_KEPT)
        position = folded(stored)
        assert (snapshot["seq"], snapshot["rev"]) == (position.seq, position.rev)
        assert snapshot["state"] == position.document
        assert self.unanswered() == 0
        assert self.pending() == 0


@contextlib.contextmanager
def running(server: RedisServer, database: Path, **flags: Any) -> Iterator[Mirror]:
    """A mirror whose sidecar runs, with these settings beside AT_ONCE; killed at the end of the block."""
    mirror = Mirror(server, SidecarProcess(server.url, database, **{**AT_ONCE, **flags}))
    mirror.sidecar.start()
    try:
        yield mirror
    finally:
        mirror.sidecar.kill()
        mirror.close()


def folded(events: Iterable[Message]) -> Position:
    """The state that these events lead to."""
    position = Position(0, 0, initial_document())
    for event in events:
        position = fold(position, msgspec.convert(event, Event))
    return position
