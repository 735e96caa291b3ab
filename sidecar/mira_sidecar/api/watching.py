"""The state as it changes, for many clients: each patch is encoded once, and nobody waits for the slowest."""

import asyncio
import contextlib
import time
from collections import Counter, deque
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import msgspec
from aiohttp.http import WSMsgType
from aiohttp.web_ws import WebSocketResponse

from mira_sidecar.api.errors import ApiError
from mira_sidecar.api.routes import Caller
from mira_sidecar.core.arbiter import Position
from mira_sidecar.core.state import Document
from mira_sidecar.protocol import Event

KEPT = 1_000
"""Patches kept for clients that come back or are a moment behind."""
KEPT_BYTES = 4_000_000
MOST_BUFFERED = 65_536
"""Bytes that wait in a client's connection: one with more gets nothing until it has read them."""
BEHIND_S = 10.0
"""A client that reads nothing for so long is dropped."""
_ROUND = 50
"""Clients served before others have a turn: some 0.5 ms."""
_LOOK_S = 0.25
CLOSING_S = 2.0
"""For which a client that is dropped may say goodbye."""


class Close(NamedTuple):
    """Why a WebSocket is ended: a code of RFC 6455 or one of ours from 4000 on, and a word."""

    code: int
    reason: str


UNAUTHORIZED = Close(4401, "key_not_valid")
"""Also of a token whose ten minutes are over."""
FORBIDDEN = Close(4403, "capability_missing")
TIMED_OUT = Close(4408, "no_key_in_time")
TOO_SLOW = Close(4413, "too_slow")
RESTARTING = Close(1012, "come_back")
BUSY = Close(1013, "try_again")
FAULT = Close(1011, "fault")
ALL_CLOSES = (UNAUTHORIZED, FORBIDDEN, TIMED_OUT, TOO_SLOW, RESTARTING, BUSY, FAULT)


class StateMessage(msgspec.Struct, frozen=True):
    """The first message, and again where patches are missing: the whole state."""

    type: Literal["state"]
    log: str
    """Of the log that revisions are counted in: after a restore, and of a standby, it is another."""
    rev: int
    """Grows by one with each change."""
    deciding: bool
    """Whether a command that is sent now is decided now."""
    state: dict[str, Any]


class PatchMessage(msgspec.Struct, frozen=True):
    """One change. It leads to `rev`, from the revision before."""

    type: Literal["patch"]
    rev: int
    ts: str
    command_id: str
    patch: list[dict[str, Any]]
    """Operations of RFC 6902."""


class DecidingMessage(msgspec.Struct, frozen=True):
    """Whether commands are decided has changed."""

    type: Literal["deciding"]
    deciding: bool
    problem: str | None
    """A stable code, where they are not."""


class _Frames(NamedTuple):
    """One message, for whoever may see everything and for others."""

    rev: int
    whole: bytes
    public: bytes

    def of(self, client: Client) -> bytes:
        return self.whole if client.caller.sees_all else self.public


@dataclass(slots=True, eq=False)
class Client:
    """A WebSocket that follows the state."""

    socket: WebSocketResponse
    transport: asyncio.Transport
    caller: Caller
    rev: int
    """The last that it was sent; below 0: it needs the whole state."""
    told: tuple[bool, str | None] | None = None
    """What it was told last of whether commands are decided."""
    behind_since: float | None = None
    closing: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def is_full(self) -> bool:
        """Whether it has more to read than it should have."""
        return self.transport.get_write_buffer_size() > MOST_BUFFERED


class Watch:
    """What has changed lately, and who is told."""

    def __init__(self, log_id: str, withheld: Iterable[str], actions: Container[str] = ()) -> None:
        """`log_id`: of the log that revisions are counted in; `withheld`: slices of the state that not all see.

        `actions`: those whose events not all see.
        """
        self.log_id = log_id
        self.serves = True
        self._withheld = tuple(withheld)
        self._withheld_actions = actions
        self._kept: deque[_Frames] = deque()
        self._kept_bytes = 0
        self._position = Position(0, 0, {})
        self._deciding: tuple[bool, str | None] = (False, None)
        self._state: dict[bool, bytes] = {}
        self._news = asyncio.Event()
        self.clients: set[Client] = set()
        self.dropped: Counter[str] = Counter()
        """Clients that we ended, by the reason."""
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def position(self) -> Position:
        """The state that they see."""
        return self._position

    @property
    def deciding(self) -> bool:
        """Whether a command that is sent now is decided now."""
        return self._deciding[0]

    def check(self) -> None:
        """Raise ApiError where we do not know the state: a standby that waits has the one of when it served last."""
        if not self.serves:
            text = "This sidecar stands by, and another one serves the mirror. Ask that one."
            raise ApiError(503, "STANDS_BY", text, retry_after=10)

    def public(self, document: Document) -> Document:
        """A state without what not everybody sees."""
        parts = {name: slice_ for name, slice_ in document["parts"].items() if name not in self._withheld}
        return {**document, "parts": parts}

    def public_event(self, event: Event) -> Event | None:
        """An event without what not everybody sees; None where that is all of it."""
        if event.action in self._withheld_actions:
            return None
        if event.origin is not None and event.origin.person is not None:
            event = msgspec.structs.replace(event, origin=msgspec.structs.replace(event.origin, person=None))
        if event.type != "state_patch" or "patch" not in event.payload:  # which was erased
            return event
        return msgspec.structs.replace(event, payload={"patch": list(self._public_operations(event.payload["patch"]))})

    def remember(self, events: Iterable[Event]) -> None:
        """These changed the state; each once, in order."""
        for event in events:
            if event.type == "state_patch" and event.rev is not None:
                is_erased = "patch" not in event.payload
                if is_erased or (self._kept and event.rev != self._kept[-1].rev + 1):
                    self._forget()
                if not is_erased:
                    self._keep(self._frames(event))

    def recall(self, events: Iterable[Event]) -> None:
        """These changed the state before we began to look; what came meanwhile is remembered already."""
        known = list(self._kept)
        self._forget()
        self.remember(events)
        for frames in known:
            if self._kept and frames.rev == self._kept[-1].rev + 1:
                self._keep(frames)

    def changed(self, position: Position, *, deciding: bool, problem: str | None, serves: bool = True) -> None:
        """The state is another, or the way to it; `serves`: whether it is that of the mirror now."""
        if self.serves and not serves:
            for client in list(self.clients):
                self.end(client, RESTARTING)
        self.serves = serves
        if position.rev != self._position.rev:
            self._state.clear()
        if self._kept and self._kept[-1].rev != position.rev:
            # As of a standby, which follows what another decides.
            self._forget()
        self._position, self._deciding = position, (deciding, problem)
        self._news.set()

    def state(self, *, sees_all: bool) -> bytes:
        """The state message, encoded once a revision."""
        if sees_all not in self._state:
            document = self._position.document if sees_all else self.public(self._position.document)
            self._state[sees_all] = msgspec.json.encode(document)
        rev, deciding = self._position.rev, b"true" if self._deciding[0] else b"false"
        head = b'{"type":"state","log":"%b","rev":%d,"deciding":%b,"state":' % (self.log_id.encode(), rev, deciding)
        return b"%b%b}" % (head, self._state[sees_all])

    async def run(self) -> None:
        """Tell all of them what is new, until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                # Whoever follows may be behind, or have a token that ends.
                async with asyncio.timeout(_LOOK_S if self.clients else None):
                    await self._news.wait()
            self._news.clear()
            now = time.monotonic()
            for number, client in enumerate(list(self.clients)):
                if (until := client.caller.until) is not None and time.time() >= until:
                    self.end(client, UNAUTHORIZED)
                elif client.closing is None:
                    await self.bring_up(client, now)
                if number % _ROUND == _ROUND - 1:
                    await asyncio.sleep(0)

    async def add(self, client: Client) -> None:
        """Somebody follows the state from now on."""
        self.clients.add(client)
        self._news.set()
        await self.bring_up(client, time.monotonic())

    async def bring_up(self, client: Client, now: float) -> None:
        """Send a client what it lacks, as far as it reads."""
        while client.rev != self._position.rev or client.told != self._deciding:
            if client.is_full:
                client.behind_since = client.behind_since or now
                if now - client.behind_since > BEHIND_S:
                    self.end(client, TOO_SLOW)
                return
            client.behind_since = None
            await _send(client, self._next(client))

    def _next(self, client: Client) -> bytes:
        """What a client lacks first; from now on it has it."""
        if client.rev == self._position.rev:
            client.told = self._deciding
            return msgspec.json.encode(DecidingMessage("deciding", *self._deciding))
        if (frames := self._behind(client.rev)) is not None:
            client.rev = frames.rev
            return frames.of(client)
        client.rev, client.told = self._position.rev, self._deciding
        return self.state(sees_all=client.caller.sees_all)

    def end(self, client: Client, close: Close) -> None:
        """Drop a client, whether it reads what is said of it or not."""
        if client.closing is None:
            self.clients.discard(client)
            self.dropped[close.reason] += 1
            client.closing = asyncio.create_task(goodbye(client.socket, client.transport, close))
            self._ending.add(client.closing)
            client.closing.add_done_callback(self._ending.discard)

    def end_keys(self, key_ids: frozenset[str]) -> None:
        """Drop whoever has one of these keys: they are valid no more."""
        for client in [one for one in self.clients if one.caller.key.id in key_ids]:
            self.end(client, UNAUTHORIZED)

    async def end_all(self, close: Close) -> None:
        """Drop all clients."""
        for client in list(self.clients):
            self.end(client, close)
        if self._ending:
            await asyncio.wait(self._ending)

    def _behind(self, rev: int) -> _Frames | None:
        """The patch that follows a revision; None where it is not kept."""
        first = self._kept[0].rev if self._kept else 0
        place = rev + 1 - first
        return self._kept[place] if self._kept and 0 <= place < len(self._kept) else None

    def _keep(self, frames: _Frames) -> None:
        self._kept.append(frames)
        self._kept_bytes += len(frames.whole)
        while len(self._kept) > KEPT or self._kept_bytes > KEPT_BYTES:
            self._kept_bytes -= len(self._kept.popleft().whole)

    def _forget(self) -> None:
        self._kept.clear()
        self._kept_bytes = 0

    def _frames(self, event: Event) -> _Frames:
        assert event.rev is not None  # noqa: S101 - for the type checker
        patch: list[dict[str, Any]] = event.payload["patch"]
        whole = msgspec.json.encode(PatchMessage("patch", event.rev, event.ts, event.command_id, patch))
        if not any(_touches(one["path"], self._withheld) for one in patch):
            return _Frames(event.rev, whole, whole)
        left = list(self._public_operations(patch))
        public = msgspec.json.encode(PatchMessage("patch", event.rev, event.ts, event.command_id, left))
        return _Frames(event.rev, whole, public)

    def _public_operations(self, patch: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for one in patch:
            if one["path"] == "/parts" and "value" in one:
                yield {**one, "value": {n: v for n, v in one["value"].items() if n not in self._withheld}}
            elif not _touches(one["path"], self._withheld):
                yield one


def _touches(path: str, withheld: tuple[str, ...]) -> bool:
    """Whether a path of the state is of what not everybody sees, or of something that it is in."""
    return path == "/parts" or any(path == f"/parts/{name}" or path.startswith(f"/parts/{name}/") for name in withheld)


async def _send(client: Client, message: bytes) -> None:
    """It does not wait: the client was seen to have room."""
    try:
        await client.socket.send_frame(message, WSMsgType.TEXT)
    except ConnectionError, RuntimeError:
        client.transport.abort()


async def goodbye(socket: WebSocketResponse, transport: asyncio.Transport, close: Close) -> None:
    """Close a WebSocket, whether the client reads what is said of it or not."""
    with contextlib.suppress(TimeoutError, ConnectionError, RuntimeError):
        async with asyncio.timeout(CLOSING_S):
            await socket.close(code=close.code, message=close.reason.encode())
    transport.abort()
