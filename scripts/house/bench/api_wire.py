"""Lone commands at a steady pace, over Redis and over the API: by bare sockets, so that no client is measured."""

import socket
import time
from collections.abc import Sequence
from typing import Any, BinaryIO, Protocol

import redis

from house.bench.api_load import connected, is_whole, request
from house.bench.wire import is_answer, packed
from house.process import HouseError

_TIMEOUT_S = 20.0


class Wire(Protocol):
    """A way to send a command."""

    def send(self, body: bytes) -> None:
        """Send one, and wait for its answer."""


class OverRedis:
    """As an automation sends it."""

    def __init__(self, url: str, commands: str, answers: str) -> None:
        client = redis.Redis.from_url(url)
        address = client.get_connection_kwargs()
        last: Any = client.xrevrange(answers, count=1)
        client.close()
        self._commands, self._answers = commands.encode(), answers.encode()
        self._seen = last[0][0] if last else b"0-0"
        self._socket = socket.create_connection((address["host"], address["port"]), _TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._replies: BinaryIO = self._socket.makefile("rb")

    def send(self, body: bytes) -> None:
        """The answer is the first event that comes: nobody else asks for anything."""
        self._socket.sendall(packed(b"XADD", self._commands, b"*", b"command", body))
        self._reply()
        answered = False
        while not answered:
            self._socket.sendall(packed(b"XREAD", b"BLOCK", b"10000", b"STREAMS", self._answers, self._seen))
            streams = self._reply()
            if not isinstance(streams, list):
                raise HouseError("What is being measured does not answer any more.")
            entries = streams[0][1]
            self._seen = entries[-1][0]
            answered = any(is_answer(fields[1]) for _, fields in entries)

    def _reply(self) -> object:
        """A reply of Redis (RESP2)."""
        line = self._replies.readline()
        kind, text = line[:1], line[1:-2]
        if kind == b"$":
            return self._replies.read(int(text) + 2)[:-2]
        if kind == b"*":
            return None if text == b"-1" else [self._reply() for _ in range(int(text))]
        if kind in b"+:" and kind:
            return text
        raise HouseError(f"Redis did not take a command of the bench: {line.decode()}")


class OverApi:
    """As a program with a key sends it, by one connection that stays open."""

    def __init__(self, port: int, key: str) -> None:
        self._socket = connected(port)
        self._key = key

    def send(self, body: bytes) -> None:
        """The answer is that of the request."""
        self._socket.sendall(request(self._key, body))
        answer = b""
        while not is_whole(answer):
            answer += self._socket.recv(1 << 16)


def paced(wire: Wire, bodies: Sequence[bytes], a_second: float) -> tuple[list[int], list[float]]:
    """When each was due, in nanoseconds of the steady clock, and the milliseconds from then to its answer."""
    due, passed = list[int](), list[float]()
    began = time.monotonic_ns()
    for number, body in enumerate(bodies):
        due.append(began + round(number / a_second * 1e9))
        time.sleep(max(0, due[-1] - time.monotonic_ns()) / 1e9)
        wire.send(body)
        passed.append((time.monotonic_ns() - due[-1]) / 1e6)
    return due, passed
