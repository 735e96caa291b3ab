"""Clients that read, whatever happens to those who write."""

import json
import random
import threading
from abc import abstractmethod
from typing import Any, override

import msgspec
import redis

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.protocol import Event, Keys

_EVENT = msgspec.json.Decoder(Event)


class Reader(threading.Thread):
    """Looks again and again, through every outage."""

    def __init__(self, url: str, keys: Keys, name: str, seed: int = 0) -> None:
        super().__init__(name=f"reader {name}")
        self._keys = keys
        self._random = random.Random(seed)
        self._redis = redis.Redis.from_url(url, decode_responses=True, socket_timeout=2, socket_connect_timeout=2)
        self._ended = threading.Event()
        self.fault: Exception | None = None

    def run(self) -> None:
        try:
            while not self._ended.is_set():
                try:
                    self.look()
                except redis.RedisError:
                    self._redis.connection_pool.disconnect()
                    self._ended.wait(0.05)
        except Exception as error:  # noqa: BLE001 - the test's own thread raises it
            self.fault = error

    def end(self) -> None:
        """Look no more. Raises what was wrong with what it saw."""
        self._ended.set()
        self.join()
        self._redis.close()
        if self.fault is not None:
            raise self.fault

    @abstractmethod
    def look(self) -> None:
        """Take in what is new. Raises RedisError where Redis is away, anything else where it shows what is wrong."""


_LOOKED_BACK = 2_000
"""Events: more than are forged before somebody notices."""


class Follower(Reader):
    """Reads the events stream and goes on behind the last event that it saw, however often it was cut off.

    As docs/protocol tells readers: an entry with another id than its event's place is none, and where the last event is
    not there any more, it goes on behind the last one that is.
    """

    def __init__(self, url: str, keys: Keys, name: str, seed: int, *, hangs_up: float) -> None:
        super().__init__(url, keys, name, seed)
        self._hangs_up = hangs_up
        self.seen: list[tuple[int, str]] = []
        """Place and id of every event, as they came."""
        self.answered: set[str] = set()

    @property
    def end_seq(self) -> int:
        """The place of the last event."""
        return self.seen[-1][0] if self.seen else 0

    @override
    def look(self) -> None:
        if self._random.random() < self._hangs_up:
            self._redis.connection_pool.disconnect()
            self._ended.wait(self._random.uniform(0, 0.5))
        last = self.end_seq
        block = None if self._hangs_up else 300
        found: Any = self._redis.xread({self._keys.events: f"{last}-0"}, count=300, block=block)
        # Only now: while it waited, the stream may have been filled again.
        gone = self._go_back()
        for entry_id, fields in found[0][1] if found and not gone else []:
            event = _EVENT.decode(fields["event"])
            if entry_id != f"{event.seq}-0":
                break
            self.seen.append((event.seq, event.id))
            if event.type != "state_patch":
                self.answered.add(event.command_id)
        if self._hangs_up:
            self._ended.wait(0.02)

    def _go_back(self) -> bool:
        """Forget the last events where they are not in the stream any more, unless nothing of it is; whether it did."""
        if not self.seen:
            return False
        last, before = self.seen[-1][0], len(self.seen)
        found: Any = self._redis.xrange(self._keys.events, f"{last}-0", f"{last}-0")
        if found and (last, _EVENT.decode(found[0][1]["event"]).id) == self.seen[-1]:
            return False
        found = self._redis.xrange(self._keys.events, f"{self.seen[-_LOOKED_BACK:][0][0]}-0", f"{last}-0")
        there = {(event.seq, event.id) for _, fields in found for event in [_EVENT.decode(fields["event"])]}
        while there and self.seen[-1] not in there:
            self.seen.pop()
        return len(self.seen) < before


class Answers(Reader):
    """Hears the answers that have no event of their own, as long as it is connected: some may pass it by."""

    def __init__(self, url: str, keys: Keys) -> None:
        super().__init__(url, keys, "of the answers")
        self.answered: set[str] = set()
        self._channel: Any = self._redis.pubsub(ignore_subscribe_messages=True)

    @override
    def look(self) -> None:
        if not self._channel.subscribed:
            self._channel.subscribe(self._keys.answers)
        if message := self._channel.get_message(timeout=0.1):
            self.answered.add(json.loads(message["data"])["command_id"])

    @override
    def end(self) -> None:
        super().end()
        self._channel.close()


class StateReader(Reader):
    """Takes the state, follows the events from there, and compares what they lead to with the next state."""

    def __init__(self, url: str, keys: Keys) -> None:
        super().__init__(url, keys, "of the state")
        self._position: Position | None = None
        self.compared = 0
        self.gaps = 0
        """How often events between two states were not there, as after a loss of Redis' data."""

    @override
    def look(self) -> None:
        self._ended.wait(0.05)
        snapshot: Any = self._redis.get(self._keys.state)
        if snapshot is None:
            return  # emptied, and not filled again yet
        now = json.loads(snapshot)
        there = Position(now["seq"], now["rev"], now["state"])
        before, self._position = self._position, there
        if before is None or before.seq > there.seq:
            return
        found: Any = self._redis.xrange(self._keys.events, f"{before.seq + 1}-0", f"{there.seq}-0")
        events = [event for entry_id, fields in found if (event := _placed(entry_id, fields))]
        if len(events) < there.seq - before.seq:
            self.gaps += 1
            return
        assert _folded(before, events) == there
        self.compared += 1


def _placed(entry_id: str, fields: dict[str, str]) -> Event | None:
    """The event of an entry, where it is in its place."""
    event = _EVENT.decode(fields["event"])
    return event if entry_id == f"{event.seq}-0" else None


def _folded(position: Position, events: list[Event]) -> Position:
    for event in events:
        position = fold(position, event)
    return position
