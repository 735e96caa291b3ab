"""The running mirror, as a command beside it sees it: it says whether its camera is on, and asks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from mira_sidecar.config import Settings, node_name
from mira_sidecar.core.state import Document
from mira_sidecar.log_key import LogKey, LogKeyError, read_key
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.protocol import Event, Keys
from mira_sidecar.published import shown
from mira_sidecar.transport.connection import BLOCK_MS, RedisClock, connect, explain
from mira_sidecar.transport.feed import Feed
from mira_sidecar.transport.presence import PresenceKey
from mira_sidecar.transport.sender import Sender

_ANSWER_S = 30
_GRACE_S = 3
"""In which the mirror puts a question away after the end of its time."""


class Glass:
    """One mirror; each method raises OperationError where it cannot be asked, or says no."""

    def __init__(self, redis: Redis, settings: Settings) -> None:
        self._settings = settings
        keys = Keys(settings.mirror)
        self._feed = Feed(redis, keys, log_key(settings))
        self._presence = PresenceKey(redis, keys)
        self._clock = RedisClock(redis)
        self._sender = Sender(redis, keys, self._clock, node_name())

    async def check_camera(self) -> None:
        """Whether the camera is open, at a sidecar that would hear that it is switched off."""
        with self._explained():
            presence, position = await self._presence.read(), await shown(self._feed)
        if presence is None or position is None:
            raise self._unserved()
        if presence.problem:
            raise OperationError(f"The mirror decides nothing now: {presence.problem.message}")
        if not position.document["camera"]["on"]:
            raise OperationError("The camera is switched off, so nothing is filmed. Switch it on at the mirror.")
        camera = presence.devices.get("camera")
        if camera is None:
            raise OperationError("This mirror has no camera. Set `camera` in the sidecar's settings.")
        if camera.filming:
            raise OperationError("Another command is filming. Try again when it is done.")
        if camera.capture != "open":
            raise OperationError(f"The camera is not open. {camera.error or 'Try again in a moment.'}")

    async def agree(self, question: str) -> None:
        """Ask, and return only when somebody at the mirror said yes: the mirror takes it from nobody else."""
        with self._explained():
            last = await self._feed.last()
            payload = {"text": question, "duration_ms": _ANSWER_S * 1000, "consent": True}
            asked = await self._send("ask", payload)
            try:
                async with asyncio.timeout(_ANSWER_S + _GRACE_S):
                    async for event in self._events(last.seq if last else 0):
                        if _says_yes(event, asked):
                            return
            except TimeoutError as error:
                # The sidecar went away meanwhile.
                raise OperationError("The mirror did not say whether anybody agreed. Nothing is filmed.") from error

    async def document(self) -> Document:
        """The state now."""
        with self._explained():
            position = await shown(self._feed)
        if position is None:
            raise self._unserved()
        return position.document

    async def carry_out(self, action: str, payload: dict[str, Any]) -> None:
        """Send a command, and return once it was accepted."""
        with self._explained():
            if await self._presence.read() is None:
                raise self._unserved()
            last = await self._feed.last()
            sent = await self._send(action, payload)
            answers = (event async for event in self._events(last.seq if last else 0) if event.command_id == sent)
            try:
                async with asyncio.timeout(_ANSWER_S):
                    answer = await anext(answers)
            except TimeoutError as error:
                raise OperationError(
                    "The mirror has not answered. `mira-sidecar events` shows what became of it."
                ) from error
        if answer.type == "rejected":
            raise OperationError(f"{answer.message} Nothing was changed.")

    def _unserved(self) -> OperationError:
        return OperationError(f"No sidecar serves the mirror `{self._settings.mirror}`. Start it, and try again.")

    async def _send(self, action: str, payload: dict[str, Any]) -> str:
        """Send a command; its id."""
        await self._clock.sync()
        command = self._sender.command("automation", action, payload)
        await self._sender.send(command)
        return command.id

    async def _events(self, seq: int) -> AsyncIterator[Event]:
        """What happens behind this place in the log."""
        while True:
            for event in await self._feed.after(seq, BLOCK_MS):
                seq = event.seq
                yield event

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (RedisError, OSError) as error:
            raise OperationError(explain(error, self._settings.redis_url)) from error


@contextlib.asynccontextmanager
async def beside(settings: Settings) -> AsyncIterator[Glass]:
    """The mirror of these settings."""
    redis = connect(settings.redis_url)
    try:
        yield Glass(redis, settings)
    finally:
        await redis.aclose()


def log_key(settings: Settings) -> LogKey:
    """The key of the mirror's log: a yes that somebody else wrote into Redis is none. Raises OperationError."""
    try:
        key = read_key(settings.log_key_path)
    except (LogKeyError, OSError) as error:
        raise OperationError(f"The key of the log cannot be read ({error}).") from error
    if key is None:
        raise OperationError(
            f"There is no key of the log at {settings.log_key_path}. Start the sidecar once, or set `log_key_file`."
        )
    return key


def _says_yes(event: Event, asked: str) -> bool:
    """Whether the event is the yes to this question. Raises OperationError where it is the end of it without one."""
    payload = event.payload
    if event.command_id == asked and event.type == "rejected":
        raise OperationError(f"The mirror did not ask: {event.message} Nothing is filmed.")
    if event.type != "accepted":
        return False
    if payload.get("cancelled") == asked:
        raise OperationError("The answer at the mirror was no. Nothing is filmed.")
    if event.action == "time_out" and payload.get("command_id") == asked:
        raise OperationError(f"Nobody answered at the mirror within {_ANSWER_S} s. Nothing is filmed.")
    return payload.get("confirmed") == asked
