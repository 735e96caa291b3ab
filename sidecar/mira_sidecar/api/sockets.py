"""WebSockets: who opens one says their key first, in its headers or as its first message."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

import msgspec
import structlog
from aiohttp.http import WSMsgType
from aiohttp.web_request import BaseRequest
from aiohttp.web_response import StreamResponse
from aiohttp.web_ws import WebSocketResponse
from msgspec import Meta

from mira_sidecar.api.connections import Connection, SocketRoute
from mira_sidecar.api.errors import ApiError, error_object
from mira_sidecar.api.gate import Gate, no_key, text_in
from mira_sidecar.api.routes import Caller
from mira_sidecar.api.watching import BUSY, FAULT, FORBIDDEN, TIMED_OUT, UNAUTHORIZED, Client, Close, Watch

log = structlog.get_logger()

MOST_SOCKETS = 600
_KEY_S = 10.0
"""For the key, as the first message."""
_PING_S = 30.0
"""Between two pings; a client that answers none for half as long has gone."""
_MOST_BYTES = 4_096
"""Of a message from a client."""
_CLOSES = {403: FORBIDDEN, 429: BUSY}
_ROOM = 1 << 30
"""We look ourselves at how much waits in a connection: aiohttp would have everybody wait for the slowest."""

type _Serve = Callable[[WebSocketResponse, asyncio.Transport, Caller], Awaitable[None]]


class Auth(msgspec.Struct, frozen=True):
    """The first message of a client that has no key in its headers, within ten seconds."""

    type: Literal["auth"]
    api_key: Annotated[str, Meta(max_length=2_048)]


class Sockets:
    """Lets clients follow the state, and use the WebSockets of subjects."""

    def __init__(self, gate: Gate, watch: Watch) -> None:
        self._gate = gate
        self._watch = watch
        self._open = 0
        self._connections: set[Connection] = set()

    async def follow(self, request: BaseRequest, request_id: str) -> StreamResponse:
        """`/ws/state`: the state, then each change. Raises ApiError before it is a WebSocket."""

        async def serve(socket: WebSocketResponse, transport: asyncio.Transport, caller: Caller) -> None:
            await self._serve(Client(socket, transport, caller, self._since(request)))

        return await self._opened(request, request_id, "state.read", _MOST_BYTES, serve)

    def of(self, route: SocketRoute) -> Callable[[BaseRequest, str], Awaitable[StreamResponse]]:
        """What the path of a subject's WebSocket leads to."""

        async def open_one(request: BaseRequest, request_id: str) -> StreamResponse:
            async def serve(socket: WebSocketResponse, transport: asyncio.Transport, caller: Caller) -> None:
                connection = Connection(socket, transport, caller, request_id, self._watch)
                self._connections.add(connection)
                try:
                    await connection.run(route.serve)
                finally:
                    self._connections.discard(connection)

            return await self._opened(request, request_id, route.capability, route.most_bytes, serve)

        return open_one

    @property
    def connections(self) -> int:
        """How many of subjects are open."""
        return len(self._connections)

    def end_keys(self, key_ids: frozenset[str]) -> None:
        """Drop whoever has one of these keys: they are valid no more."""
        self._watch.end_keys(key_ids)
        for connection in [one for one in self._connections if one.caller.key.id in key_ids]:
            connection.end(UNAUTHORIZED)

    async def end_all(self, close: Close) -> None:
        """Drop all clients."""
        for connection in self._connections:
            connection.end(close)
        closing = [one.closing for one in self._connections if one.closing is not None]
        await self._watch.end_all(close)
        if closing:
            await asyncio.wait(closing)

    async def _opened(
        self, request: BaseRequest, request_id: str, capability: str, most_bytes: int, serve: _Serve
    ) -> StreamResponse:
        """A WebSocket, served until it is over. Raises ApiError before it is one."""
        socket = WebSocketResponse(heartbeat=_PING_S, compress=False, max_msg_size=most_bytes, timeout=2.0)
        if not socket.can_prepare(request).ok:
            raise ApiError(426, "WEBSOCKET_NEEDED", "This path takes a WebSocket.")
        self._watch.check()
        caller = None
        if text := text_in(request.headers):
            caller = await self._gate.caller(text)
            caller.check(capability)
        if self._open >= MOST_SOCKETS:
            raise ApiError(503, "TOO_MANY_CLIENTS", "Too many WebSockets are open.", retry_after=5)
        self._open += 1
        try:
            await socket.prepare(request)
            transport = request.transport
            if transport is None:
                return socket
            transport.set_write_buffer_limits(_ROOM)
            caller = caller or await self._greeted(socket, request_id, capability)
            if caller is not None:
                await serve(socket, transport, caller)
        except ConnectionError:
            pass
        except Exception:
            # It is a WebSocket by now: an answer over HTTP would be none.
            log.exception("a fault of Mira: please report it", request_id=request_id, path=request.path)
            await socket.close(code=FAULT.code, message=FAULT.reason.encode())
        finally:
            self._open -= 1
        return socket

    async def _serve(self, client: Client) -> None:
        try:
            await self._watch.add(client)
            # Nothing that a client says is asked for; that it is gone is heard so.
            async for _ in client.socket:
                pass
        finally:
            self._watch.clients.discard(client)
            if client.closing is not None:
                await asyncio.wait([client.closing])

    async def _greeted(self, socket: WebSocketResponse, request_id: str, capability: str) -> Caller | None:
        """Who says their key; None where nobody does, and the socket is closed."""
        close, error = UNAUTHORIZED, no_key()
        try:
            async with asyncio.timeout(_KEY_S):  # of our own: aiohttp's begins anew with each ping
                message = await socket.receive()
            auth = msgspec.json.decode(message.data if message.type is WSMsgType.TEXT else b"", type=Auth)
            caller = await self._gate.caller(auth.api_key)
            caller.check(capability)
        except TimeoutError:
            close = TIMED_OUT
        except ValueError:
            pass
        except ApiError as refused:
            close, error = _CLOSES.get(refused.status, UNAUTHORIZED), refused
        else:
            return caller
        if not socket.closed:
            await socket.send_frame(msgspec.json.encode(error_object(error, request_id, "error")), WSMsgType.TEXT)
            await socket.close(code=close.code, message=close.reason.encode())
        return None

    def _since(self, request: BaseRequest) -> int:
        """The revision that a client has; below 0 where it has none of ours."""
        query = request.rel_url.query
        text, here = query.get("since", ""), self._watch.log_id
        known = text.isascii() and text.isdecimal() and len(text) < 16 and query.get("log", here) == here
        return int(text) if known and int(text) <= self._watch.position.rev else -1
