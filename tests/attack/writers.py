"""Clients that send commands, whatever happens to those who should answer."""

import json
import random
import threading
import time
import uuid
from collections.abc import Callable, Container

import redis

from mira_sidecar.protocol import Keys, Source, instant
from tests.sidecar.process.mirror import Message

A_SECOND = 60
"""New commands of one writer: three of them keep the sidecar busy and leave the processor to others."""
_OWN_TODOS = 10


class Writer(threading.Thread):
    """One source. What it got no answer to it sends again, with the same id; now and then also what it did."""

    def __init__(self, url: str, keys: Keys, source: Source, seed: int) -> None:
        super().__init__(name=f"writer {source}")
        self.source = source
        self.sent: dict[str, bytes] = {}
        """Every command, by its id, whether or not Redis took it."""
        self.resent = 0
        self._stream = keys.commands_from(source)
        self._random = random.Random(seed)
        self._redis = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        self._ended = threading.Event()
        self._todos: list[str] = []

    def run(self) -> None:
        while not self._ended.wait(self._random.expovariate(A_SECOND)):
            if self.sent and self._random.random() < 0.1:
                self._again(self._random.choice(list(self.sent)[-100:]))
            else:
                command = self._command()
                self.sent[command["id"]] = json.dumps(command).encode()
                self._post(command["id"])

    def end(self) -> None:
        """Send nothing more by itself."""
        self._ended.set()
        self.join()

    def insist(self, answered: Container[str]) -> int:
        """Send again what has no answer; how many that were."""
        missing = [command_id for command_id in list(self.sent) if command_id not in answered]
        for command_id in missing:
            self._again(command_id)
        return len(missing)

    def _again(self, command_id: str) -> None:
        self.resent += 1
        self._post(command_id)

    def _post(self, command_id: str) -> None:
        try:
            self._redis.xadd(self._stream, {"command": self.sent[command_id]})
        except redis.RedisError:
            # Perhaps it arrived. It is sent again with its id, which does no harm either way.
            self._ended.wait(0.05)

    def _command(self) -> Message:
        action, payload = self._random.choice(_DEEDS)(self)
        return {
            "id": str(uuid.uuid7()),
            "ts": instant(time.time_ns() // 1_000_000),
            "source": self.source,
            "action": action,
            "payload": payload,
            "ttl_ms": 1 if self._random.random() < 0.05 else 3_600_000,
            "confidence": round(self._random.random(), 2),
        }

    def _todo(self) -> tuple[str, Message]:
        if len(self._todos) < _OWN_TODOS:
            self._todos.append(str(uuid.uuid7()))
            return "add_todo", {"uid": self._todos[-1], "summary": self._random.choice(("Milk", "Brötchen", "🥚" * 9))}
        if self._random.random() < 0.5:
            return "update_todo", {"uid": self._random.choice(self._todos), "description": "x" * 300}
        return "remove_todo", {"uid": self._todos.pop(0)}

    def _page(self) -> tuple[str, Message]:
        return "show_page", {"page": self._random.choice(("home", "todos", "clock", "attic"))}


_DEEDS: list[Callable[[Writer], tuple[str, Message]]] = [
    Writer._todo,
    Writer._todo,
    Writer._page,
    lambda _: ("toggle_camera", {}),
    lambda _: ("toggle_microphone", {}),
    lambda _: ("next_page", {}),
    lambda _: ("show_message", {"text": "The door is open"}),
    lambda _: ("undo", {}),
    lambda _: ("make_coffee", {}),
]
