"""The load on the API, as a process of its own. It costs little: bare sockets, and frames told by their length.

Run as `python -m house.bench.api_load`: it reads one order as a line of its input, and prints what came of it.
Times are those of the steady clock, which all processes of a machine share.
"""

import contextlib
import selectors
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import msgspec

import house
from house.process import HouseError
from mira_sidecar.api.watching import PatchMessage

_TIMEOUT_S = 20.0
_READY = b"ready\n"
_HEAD_END = b"\r\n\r\n"
_UPGRADE = (
    "GET /ws/state HTTP/1.1\r\nHost: mirror\r\nX-API-Key: {key}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
_TEXT, _PING = 0x1, 0x9
_PONG = b"\x8a\x80\0\0\0\0"
"""Empty, as the pings of aiohttp are, with a mask that changes nothing."""
_COMMANDS = [b'{"action":"show_page","payload":{"page":"%b"}}' % page for page in (b"todos", b"home")]


class Follow(msgspec.Struct, tag=True):
    """Follow the state with so many WebSockets, until the input ends."""

    port: int
    key: str
    clients: int


class Seen(msgspec.Struct):
    """When the last client had a patch."""

    command_id: str
    at_ns: int
    clients: int
    """How many had it."""


class Ask(msgspec.Struct, tag=True):
    """Ask for the state or send commands, one request after the other on each connection."""

    port: int
    key: str
    connections: int
    seconds: float
    command_each: int = 0
    """Each so many-th request is a command; 0: none."""
    a_second: float | None = None
    """As many as are answered, where it is left out."""


class Asked(msgspec.Struct):
    """What was answered."""

    seconds: float
    passed_ms: list[float]
    """From when each was due; one that waits for a connection is late for all to see."""


class Load:
    """The process, from outside: it ends with its order, and with us."""

    def __init__(self, order: Follow | Ask) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(Path(house.__file__).parents[1])},
        )
        assert self._process.stdin  # noqa: S101 - for the type checker
        assert self._process.stdout  # noqa: S101 - as above
        self._in, self._out = self._process.stdin, self._process.stdout
        self._in.write(msgspec.json.encode(order) + b"\n")
        self._in.flush()

    def __enter__(self) -> Self:
        """Wait until all its connections are open."""
        if self._out.readline() != _READY:
            raise HouseError("The clients of the API could not be opened.")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def seen(self) -> list[Seen]:
        """The end of following."""
        return msgspec.json.decode(self._result(), type=list[Seen])

    def asked(self) -> Asked:
        """Wait for all answers."""
        return msgspec.json.decode(self._result(), type=Asked)

    def _result(self) -> bytes:
        result, _ = self._process.communicate()
        if self._process.returncode:
            raise HouseError("The load on the API ended before its time.")
        return result


def connected(port: int) -> socket.socket:
    """A connection to the API."""
    opened = socket.create_connection(("127.0.0.1", port), _TIMEOUT_S)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def request(key: str, body: bytes | None) -> bytes:
    """A command; None: a question for the state."""
    head = f"GET /api/v1/state HTTP/1.1\r\nHost: mirror\r\nX-API-Key: {key}\r\n\r\n"
    if body is not None:
        head = (
            f"POST /api/v1/command HTTP/1.1\r\nHost: mirror\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
    return head.encode() + (body or b"")


def is_whole(answer: bytes) -> bool:
    """Whether all of an answer has come. Raises HouseError where it is none of those that are measured."""
    head, between, body = answer.partition(_HEAD_END)
    if not between:
        return False
    if not head.startswith(b"HTTP/1.1 200 "):
        raise HouseError(f"The API refused a request of the bench: {answer.decode()}")
    length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
    # Superseded ones are decided and written, too: two were on their way at the same time.
    if b'"status":"rejected"' in body and b'"reason":"superseded"' not in body:
        raise HouseError(f"A command of the bench was refused, so this would measure refusals: {body.decode()}")
    return len(body) == length


def follow(port: int, key: str, opened: socket.socket | None = None) -> tuple[socket.socket, bytes]:
    """A WebSocket that follows the state, and what has come behind its handshake."""
    opened = opened or connected(port)
    opened.sendall(_UPGRADE.format(key=key).encode())
    answer = b""
    while _HEAD_END not in answer:
        answer += opened.recv(1 << 16)
    if not answer.startswith(b"HTTP/1.1 101 "):
        raise HouseError(f"The API opened no WebSocket: {answer.decode()}")
    return opened, answer.partition(_HEAD_END)[2]


def frames(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The frames of a server that are whole, each with its opcode, and the rest (RFC 6455)."""
    whole, at = list[tuple[int, bytes]](), 0
    while len(data) >= at + 2:
        length, head = data[at + 1], 2
        if length >= 126:  # it stands in two bytes more, or in eight
            head = 4 if length == 126 else 10
            length = int.from_bytes(data[at + 2 : at + head])
        if len(data) < at + head + length:
            break
        whole.append((data[at] & 0xF, data[at + head : at + head + length]))
        at += head + length
    return whole, data[at:]


class _Follower:
    """A client that counts its patches."""

    def __init__(self, port: int, key: str) -> None:
        self.socket, self._rest = follow(port, key)
        self.patches = 0
        state, self._rest = frames(self._rest)
        while not state:
            state, self._rest = frames(self._rest + self.socket.recv(1 << 16))

    def read(self) -> Iterator[bytes]:
        """The texts that have come."""
        data = self.socket.recv(1 << 16)
        if not data:
            raise HouseError("The API dropped a client that reads all it is sent.")
        whole, self._rest = frames(self._rest + data)
        for opcode, text in whole:
            if opcode == _TEXT:
                yield text
            elif opcode == _PING:
                self.socket.sendall(_PONG)


def _following(order: Follow) -> list[Seen]:
    followers = [_Follower(order.port, order.key) for _ in range(order.clients)]
    seen: list[Seen] = []
    with selectors.DefaultSelector() as selector:
        for follower in followers:
            selector.register(follower.socket, selectors.EVENT_READ, follower)
        selector.register(sys.stdin.buffer, selectors.EVENT_READ)
        _say_ready()
        while True:
            for key, _ in selector.select():
                if key.data is None:
                    return seen
                follower = key.data
                for text in follower.read():
                    if follower.patches == len(seen):
                        seen.append(Seen(msgspec.json.decode(text, type=PatchMessage).command_id, 0, 0))
                    one = seen[follower.patches]
                    one.at_ns, one.clients = time.monotonic_ns(), one.clients + 1
                    follower.patches += 1


class _Asker:
    """A connection with a request on its way."""

    def __init__(self, opened: socket.socket) -> None:
        self.socket = opened
        self.due = 0.0
        self._answer = b""

    def send(self, sent: bytes, due: float) -> None:
        self.due, self._answer = due, b""
        self.socket.sendall(sent)

    def is_answered(self) -> bool:
        data = self.socket.recv(1 << 18)
        if not data:
            raise HouseError("The API hung up on somebody who asks.")
        self._answer += data
        return is_whole(self._answer)


def _asking(order: Ask) -> Asked:
    free = deque(_Asker(connected(order.port)) for _ in range(order.connections))
    state = request(order.key, None)
    commands = [request(order.key, body) for body in _COMMANDS]
    passed: list[float] = []
    sent = 0
    with selectors.DefaultSelector() as selector:
        for asker in free:
            selector.register(asker.socket, selectors.EVENT_READ, asker)
        _say_ready()
        began = now = time.monotonic()
        while len(passed) < sent or now < began + order.seconds:
            while free and now < began + order.seconds:
                due = began + sent / order.a_second if order.a_second else now
                if due > now:
                    break
                is_command = order.command_each and sent % order.command_each == 0
                free.popleft().send(commands[sent // order.command_each % 2] if is_command else state, due)
                sent += 1
            for key, _ in selector.select(0.0005 if order.a_second and free else 1.0):
                if key.data.is_answered():
                    passed.append((time.monotonic() - key.data.due) * 1_000)
                    free.append(key.data)
            now = time.monotonic()
    return Asked(now - began, passed)


def _say_ready() -> None:
    sys.stdout.buffer.write(_READY)
    sys.stdout.buffer.flush()


def _main() -> None:
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Follow | Ask)
    done = _following(order) if isinstance(order, Follow) else _asking(order)
    sys.stdout.buffer.write(msgspec.json.encode(done))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        _main()
