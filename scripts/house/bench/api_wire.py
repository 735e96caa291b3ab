"""Commands over Redis at a steady pace, by bare sockets, so that no client is measured."""

import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO, NamedTuple

import msgspec
import redis

from house.bench.wire import is_answer
from house.process import HouseError
from mira_sidecar.protocol import Command, Event
from mira_sidecar.transport.own_connection import packed

_TIMEOUT_S = 20.0


class Sent(NamedTuple):
    """A command."""

    id: str
    due_ns: int
    """When it was to be sent, by the steady clock: one that is sent late is late for all to see."""
    passed_ms: float
    """From then until its answer was seen."""


class _Redis:
    """A connection that speaks RESP2."""

    def __init__(self, url: str) -> None:
        client = redis.Redis.from_url(url)
        address = client.get_connection_kwargs()
        client.close()
        self._socket = socket.create_connection((address["host"], address["port"]), _TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._replies: BinaryIO = self._socket.makefile("rb")

    def call(self, *words: bytes) -> Any:
        """Send a command, and wait for its reply."""
        self._socket.sendall(packed(*words))
        return self._reply()

    def _reply(self) -> object:
        line = self._replies.readline()
        kind, text = line[:1], line[1:-2]
        if kind == b"$":
            return self._replies.read(int(text) + 2)[:-2]
        if kind == b"*":
            return None if text == b"-1" else [self._reply() for _ in range(int(text))]
        if kind in (b"+", b":"):
            return text
        raise HouseError(f"Redis did not take a command of the bench: {line.decode()}")


class OverRedis:
    """Sends commands as an automation does, and sees their answers beside."""

    def __init__(self, url: str, commands: str, answers: str) -> None:
        self._commands, self._answers = commands.encode(), answers.encode()
        self._sender, self._reader = _Redis(url), _Redis(url)

    def paced(self, bodies: Sequence[bytes], a_second: float) -> list[Sent]:
        """Send them, whether those before are answered or not."""
        ids = [msgspec.json.decode(body, type=Command).id for body in bodies]
        last = self._sender.call(b"XREVRANGE", self._answers, b"+", b"-", b"COUNT", b"1")
        with ThreadPoolExecutor(1) as beside:
            answers = beside.submit(self._heard, set(ids), last[0][0] if last else b"0-0")
            began = time.monotonic_ns()
            due = [began + round(number / a_second * 1e9) for number in range(len(bodies))]
            for body, at in zip(bodies, due, strict=True):
                time.sleep(max(0, at - time.monotonic_ns()) / 1e9)
                self._sender.call(b"XADD", self._commands, b"*", b"command", body)
            heard = answers.result()
        return [Sent(one, at, (heard[one] - at) / 1e6) for one, at in zip(ids, due, strict=True)]

    def _heard(self, waiting: set[str], after: bytes) -> dict[str, int]:
        """When the answers were seen."""
        heard: dict[str, int] = {}
        while waiting - heard.keys():
            streams = self._reader.call(b"XREAD", b"BLOCK", b"10000", b"STREAMS", self._answers, after)
            if streams is None:
                raise HouseError("What is being measured does not answer any more.")
            now, entries = time.monotonic_ns(), streams[0][1]
            after = entries[-1][0]
            for _, fields in entries:
                if is_answer(fields[1]):
                    heard[msgspec.json.decode(fields[1], type=Event).command_id] = now
        return heard
