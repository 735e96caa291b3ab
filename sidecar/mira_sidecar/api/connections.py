"""The WebSockets of subjects: each is served by code of its subject's own, and ended by what ends all of them.

They are `sockets(part)` in the subject's `routes.py`, a function that gets its part and yields them.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import msgspec
from aiohttp.http import WSMsgType
from aiohttp.web_ws import WebSocketResponse

from mira_sidecar.api.errors import ApiError, error_object
from mira_sidecar.api.routes import Caller
from mira_sidecar.api.watching import (
    BEHIND_S,
    MOST_BUFFERED,
    RESTARTING,
    TOO_SLOW,
    UNAUTHORIZED,
    Close,
    Watch,
    goodbye,
)
from mira_sidecar.core.state import Document

_LOOK_S = 0.25
_WAIT_S = 0.01
"""Between two looks whether a client has read what waits for it."""


class GoneError(Exception):
    """The client has gone, or was dropped."""


class Connection:
    """A WebSocket of somebody who may open it."""

    def __init__(
        self,
        socket: WebSocketResponse,
        transport: asyncio.Transport,
        caller: Caller,
        request_id: str,
        watch: Watch,
    ) -> None:
        self.caller = caller
        self.request_id = request_id
        self.closing: asyncio.Task[None] | None = None
        self._socket = socket
        self._transport = transport
        self._watch = watch
        self._serving: asyncio.Task[None] | None = None

    @property
    def document(self) -> Document:
        """The state of the mirror now."""
        return self._watch.position.document

    async def run(self, serve: Callable[[Connection], Awaitable[None]]) -> None:
        """Have it served until it is over."""
        self._serving = asyncio.ensure_future(serve(self))
        looking = asyncio.create_task(self._look_after())
        try:
            await self._serving
        except GoneError:
            pass
        except asyncio.CancelledError:
            if self.closing is None:
                raise
        finally:
            looking.cancel()
            if self.closing is not None:
                await asyncio.wait([self.closing])

    async def send(self, message: msgspec.Struct) -> None:
        """Send a message, once the client has read enough of what was sent before. Raises GoneError."""
        while self._is_behind and self.closing is None:  # noqa: ASYNC110 - the transport tells nobody
            await asyncio.sleep(_WAIT_S)
        if self.closing is not None or self._socket.closed:
            raise GoneError
        try:
            await self._socket.send_frame(msgspec.json.encode(message), WSMsgType.TEXT)
        except (ConnectionError, RuntimeError) as error:
            raise GoneError from error

    async def refuse(self, error: ApiError) -> None:
        """Say why something is not done. Raises GoneError."""
        await self.send(error_object(error, self.request_id, "error"))

    async def receive(self) -> str | bytes:
        """What the client says next. Raises GoneError."""
        message = await self._socket.receive()
        if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
            raise GoneError
        said: str | bytes = message.data
        return said

    def end(self, close: Close) -> None:
        """Drop the client. Returns at once."""
        if self.closing is None:
            self._watch.dropped[close.reason] += 1
            self.closing = asyncio.create_task(goodbye(self._socket, self._transport, close))
            if self._serving is not None:
                self._serving.cancel()

    @property
    def _is_behind(self) -> bool:
        return self._transport.get_write_buffer_size() > MOST_BUFFERED

    async def _look_after(self) -> None:
        """Drop a client who reads nothing, whose token is over, or whom another sidecar serves now."""
        read_at = time.monotonic()
        while self.closing is None:
            await asyncio.sleep(_LOOK_S)
            now = time.monotonic()
            read_at = read_at if self._is_behind else now
            if self.caller.until is not None and time.time() >= self.caller.until:
                self.end(UNAUTHORIZED)
            elif not self._watch.serves:
                self.end(RESTARTING)
            elif now - read_at > BEHIND_S:
                self.end(TOO_SLOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketRoute:
    """A WebSocket that a subject serves."""

    path: str
    description: str
    """What is said in it, in Markdown."""
    capability: str
    """What a key needs for it."""
    messages: tuple[type[msgspec.Struct], ...]
    """All that is sent in it, for the documents."""
    most_bytes: int = 4_096
    """Of a message from a client."""
    serve: Callable[[Connection], Awaitable[None]] = field(repr=False)
    """Serves one who has said their key. What it raises but GoneError is a fault."""
