"""The measuring side: sends commands into one stream and sees the answers in another, as a second process would."""

import socket
import time
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid7

import msgspec
import redis

from house.process import HouseError
from mira_sidecar.protocol import Command, instant
from mira_sidecar.transport.own_connection import packed

_PAGES = ("todos", "home")
_ANSWER_S = 40.0
_NO_COMMAND = b'"type":"state_patch"'
_REFUSED = b'"type":"rejected"'


def bodies(count: int, ttl_ms: int = 3_600_000) -> list[bytes]:
    """Commands that each change the state: the page goes back and forth. Encoded before anything is timed."""
    return [_body("show_page", {"page": _PAGES[number % 2]}, ttl_ms) for number in range(count)]


def todos(count: int) -> list[bytes]:
    """Commands that fill the list."""
    return [
        _body("add_todo", {"summary": f"Something to be done, number {number}"}, 3_600_000) for number in range(count)
    ]


def _body(action: str, payload: dict[str, Any], ttl_ms: int) -> bytes:
    return msgspec.json.encode(
        Command(
            id=str(uuid7()),
            ts=instant(time.time_ns() // 1_000_000),
            source="automation",
            action=action,
            payload=payload,
            ttl_ms=ttl_ms,
        )
    )


class Wire:
    """One pair of Redis streams: commands go in, answers come out."""

    def __init__(self, url: str, commands: str, answers: str) -> None:
        self._redis = redis.Redis.from_url(url, socket_timeout=_ANSWER_S)
        self._commands, self._answers = commands, answers
        self._seen: bytes | str = "0-0"
        self.skip()

    def skip(self) -> None:
        """Begin behind what has been answered so far."""
        last: Any = self._redis.xrevrange(self._answers, count=1)
        self._seen = last[0][0] if last else "0-0"

    def one_in_flight(self, commands: Sequence[bytes]) -> list[float]:
        """Milliseconds from each sending until its answer was seen, one after the other."""
        passed: list[float] = []
        for body in commands:
            began = time.perf_counter()
            self._redis.xadd(self._commands, {"command": body})
            while not self._arrived():
                pass
            passed.append((time.perf_counter() - began) * 1000)
        return passed

    def many_in_flight(self, commands: Sequence[bytes], count: int, at_once: int) -> float:
        """Answers a second, over the first `count`, while so many commands are always on their way."""
        sender = _Sender(self._redis, self._commands, commands)
        try:
            began = time.perf_counter()
            sender.send(at_once)
            answered = 0
            while answered < count:
                arrived = self._arrived()
                answered += arrived
                sender.send(arrived)
            return answered / (time.perf_counter() - began)
        finally:
            sender.close()

    def clear(self) -> None:
        """Empty both streams, before whoever serves them starts."""
        self._redis.delete(self._commands, self._answers)
        self._seen = "0-0"

    def drain(self) -> None:
        """Wait until every command that was sent is answered and gone from its stream."""
        deadline = time.monotonic() + _ANSWER_S
        while self._redis.xlen(self._commands):
            if time.monotonic() > deadline:
                raise HouseError("What is being measured did not answer every command.")
            time.sleep(0.02)
        self.skip()

    def _arrived(self) -> int:
        """How many answers came; waits for the first. Raises HouseError for a refusal, and where none comes."""
        found: Any = self._redis.xread({self._answers: self._seen}, count=2_000, block=int(_ANSWER_S * 500))
        if not found:
            raise HouseError("What is being measured does not answer any more.")
        entries = found[0][1]
        self._seen = entries[-1][0]
        return sum(is_answer(next(iter(fields.values()))) for _, fields in entries)


def is_answer(event: bytes) -> bool:
    """Whether an event answers a command. Raises HouseError for a refusal."""
    if _REFUSED in event:
        raise HouseError(f"A command of the bench was refused, so this would measure refusals: {event.decode()}")
    return _NO_COMMAND not in event


class _Sender:
    """Writes commands that were packed beforehand, so that the measuring costs little of what is measured."""

    def __init__(self, client: redis.Redis, stream: str, commands: Sequence[bytes]) -> None:
        self._packed = [packed("XADD", stream, "*", "command", body) for body in commands]
        address = client.get_connection_kwargs()
        self._socket = socket.create_connection((address["host"], address["port"]))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._left: Iterator[bytes] = iter(self._packed)

    def send(self, count: int) -> None:
        """Send the next ones, and leave unread what Redis says to the ones before."""
        chunk = b"".join(body for _, body in zip(range(count), self._left, strict=False))
        self._socket.sendall(chunk)
        self._forget_replies()

    def close(self) -> None:
        """Hang up once Redis has taken everything."""
        self._socket.shutdown(socket.SHUT_WR)
        self._socket.settimeout(_ANSWER_S)
        while self._socket.recv(1 << 20):
            pass
        self._socket.close()

    def _forget_replies(self) -> None:
        self._socket.setblocking(False)
        try:
            while self._socket.recv(1 << 20):
                pass
        except BlockingIOError:
            pass
        finally:
            self._socket.setblocking(True)
