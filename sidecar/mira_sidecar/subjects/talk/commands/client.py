"""A client of `/ws/interact`: it connects, says something, and hears what is answered."""

import asyncio
import contextlib
import json
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import aiohttp

from mira_sidecar.operations.errors import OperationError

_PIECE: Final = 32_768
_CONNECT_S: Final = 15.0
_REFUSED_S: Final = 0.2
_TO_DO: Final = {
    "KEY_NOT_VALID": "Make one with `mira-sidecar keys add NAME --may talk.speak`, and set MIRA_API_KEY to it.",
    "CAPABILITY_MISSING": "Make a key with `mira-sidecar keys add NAME --may talk.speak`.",
    "PIN_REQUIRED": "Make a key with `mira-sidecar keys add NAME --may talk.speak`.",
    "UNKNOWN_USER": "The settings of the mirror in Home Assistant list the people. `/person unknown` is anybody.",
}
"""What helps, beside what an error says itself."""
_GONE: Final = {
    "4401": "the key was revoked",
    "4413": "too little was read",
    "1012": "the sidecar stops or starts over",
}


class RefusedError(Exception):
    """The mirror answers with an error, which the text tells."""


@dataclass
class Answer:
    """What came, and when: in milliseconds from what was said."""

    text: str = ""
    times: dict[str, int] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)

    def reached(self, name: str) -> None:
        """Note when this came first."""
        self.times.setdefault(name, round(1000 * (time.monotonic() - self._began)))


class Client:
    """A connection to the mirror, which may be closed and opened again."""

    def __init__(self, url: str, key: str, certificate: Path | None) -> None:
        """`certificate`: that of the mirror, where it has signed it itself."""
        self.url = url.rstrip("/")
        self._key = key
        self._certificate = certificate
        self._http: aiohttp.ClientSession | None = None
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._heard = asyncio.Queue[dict[str, Any] | None]()
        self._hearing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin."""
        tls = ssl.create_default_context(cafile=self._certificate) if self.url.startswith("https") else True
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=tls))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave nothing open."""
        await self.disconnect()
        if self._http:
            await self._http.close()

    async def connect(self, person: str) -> None:
        """Say the key, and who speaks. Raises OperationError or RefusedError."""
        await self.disconnect()
        assert self._http  # noqa: S101 - for the type checker
        try:
            async with asyncio.timeout(_CONNECT_S):
                self._ws = await self._http.ws_connect(f"{self.url}/ws/interact", max_msg_size=0)
                self._heard = asyncio.Queue()
                # Always: who hears nothing answers no ping.
                self._hearing = asyncio.create_task(self._hear(self._ws, self._heard))
                await self.send("auth", api_key=self._key)
                first = await self._next()
        except aiohttp.WSServerHandshakeError as error:
            text = f"{self.url} answers {error.status} to /ws/interact. Is this Mira's API, and is `talk` on there?"
            raise OperationError(text) from error
        except (aiohttp.ClientError, OSError, ValueError, TimeoutError) as error:
            text = (
                f"The API cannot be reached at {self.url} ({_why(error)}). See that the sidecar runs "
                "with an `api_port`, and that the address is right."
            )
            raise OperationError(text) from error
        if first["type"] == "error":
            await self.disconnect()
            raise RefusedError(_told(first))
        await self.start(person)

    async def start(self, person: str) -> None:
        """Say who speaks. Raises OperationError, or RefusedError where they may not."""
        await self.send("interaction_start", user_id=person)
        # Nothing is answered to it, unless it is refused.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_REFUSED_S):
                if (message := await self._next())["type"] == "error":
                    raise RefusedError(_told(message))

    async def disconnect(self) -> None:
        """Close it."""
        ws, self._ws = self._ws, None
        if ws:
            await ws.close()
        if self._hearing:
            self._hearing.cancel()
            await asyncio.gather(self._hearing, return_exceptions=True)
            self._hearing = None

    @property
    def is_connected(self) -> bool:
        """Whether something can be said."""
        return self._ws is not None and not self._ws.closed

    async def send(self, kind: str, **fields: Any) -> None:
        """Say something. Raises OperationError where nobody is there."""
        if not self._ws or self._ws.closed:
            raise OperationError(f"There is no connection{self._why}. /connect makes one.")
        with contextlib.suppress(ConnectionError):  # what comes next is the end
            await self._ws.send_json({"type": kind, **fields})

    async def send_sound(self, sound: bytes) -> None:
        """Say something as sound. Raises OperationError where nobody is there."""
        for place in range(0, len(sound), _PIECE):
            if self._ws and not self._ws.closed:
                with contextlib.suppress(ConnectionError):
                    await self._ws.send_bytes(sound[place : place + _PIECE])
        await self.send("audio_end")

    async def answer(self) -> AsyncIterator[dict[str, Any]]:
        """What comes, to the end of the answer. Raises RefusedError where that is an error, OperationError."""
        while True:
            message = await self._next()
            if message["type"] == "error":
                raise RefusedError(_told(message))
            yield message
            if message["type"] == "stream_end":
                return

    async def get(self, path: str) -> dict[str, Any] | None:
        """What is at a path of the API; None where there is nothing. Raises OperationError or RefusedError."""
        assert self._http  # noqa: S101 - for the type checker
        try:
            async with self._http.get(f"{self.url}{path}", headers={"X-API-Key": self._key}) as response:
                said: dict[str, Any] = await response.json(content_type=None)
                if response.status == 404:
                    return None
        except (aiohttp.ClientError, OSError, ValueError, TimeoutError) as error:
            raise OperationError(f"The API does not answer at {self.url} ({_why(error)}).") from error
        if response.status >= 400:
            raise RefusedError(_told(said))
        return said

    @property
    def _why(self) -> str:
        code = str(self._ws.close_code) if self._ws else ""
        return f": {_GONE[code]}" if code in _GONE else ""

    async def _next(self) -> dict[str, Any]:
        if (message := await self._heard.get()) is None:
            raise OperationError(f"The connection has ended{self._why}. /connect makes another.")
        return message

    async def _hear(self, ws: aiohttp.ClientWebSocketResponse, heard: asyncio.Queue[dict[str, Any] | None]) -> None:
        try:
            async for message in ws:
                if message.type is aiohttp.WSMsgType.TEXT:
                    heard.put_nowait(json.loads(message.data))
        finally:
            heard.put_nowait(None)


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__


def _told(error: dict[str, Any]) -> str:
    """An error as a person reads it."""
    code = str(error.get("error_code"))
    more = [str(one) for one in (error.get("detail"), _TO_DO.get(code)) if one]
    again = f" Try again in {error['retry_after']} s." if error.get("retry_after") else ""
    return f"{' '.join(more)}{again} ({code})"
