"""Commands of the API: sent through Redis, like everybody's, and answered once they are decided and published."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from mira_sidecar.protocol import WAITING_KEPT, Command, Event, Keys, PrivateWords


class UnheardWordsError(Exception):
    """No sidecar hears words now, so their command was not sent."""


@dataclass(slots=True)
class _Waiting:
    answer: asyncio.Future[Event]
    clients: int = 0


class Commands:
    """Sends what has come in since the last was sent in one go: so a command costs Redis and us least."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._stream = keys.commands["api"]
        self._private = keys.private
        self._waiting: dict[str, _Waiting] = {}
        self._to_send: list[tuple[bytes, asyncio.Future[Event]]] = []
        self._sending: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many wait for their answers."""
        return len(self._waiting)

    async def decided(self, command: Command, words: dict[str, Any] | None = None, *, within_s: float) -> Event:
        """The answer to a command; with an id that is known, the first one.

        Raises UnheardWordsError where it was not sent, RedisError or OSError where nobody knows, and TimeoutError where
        it was sent and is not decided yet.
        """
        waiting = self._waiting.get(command.id)
        if is_new := waiting is None:
            waiting = self._waiting[command.id] = _Waiting(asyncio.get_running_loop().create_future())
        waiting.clients += 1
        try:
            async with asyncio.timeout(within_s):
                if is_new:
                    await self._send(command, words, waiting.answer)
                # Whoever sent the same command meanwhile waits for the same answer.
                return await asyncio.shield(waiting.answer)
        finally:
            waiting.clients -= 1
            if not waiting.clients:
                del self._waiting[command.id]

    def heard(self, events: Iterable[Event]) -> None:
        """These are stored and published, or were before."""
        if self._waiting:
            for event in events:
                if event.type != "state_patch" and (waiting := self._waiting.get(event.command_id)):
                    _settle(waiting.answer, event)

    async def _send(self, command: Command, words: dict[str, Any] | None, answer: asyncio.Future[Event]) -> None:
        if words is not None:
            body = msgspec.json.encode(PrivateWords(command.id, words))
            if not await self._redis.publish(self._private, body):
                raise UnheardWordsError
        self._to_send.append((msgspec.json.encode(command), answer))
        if self._sending is None:
            self._sending = asyncio.create_task(self._send_all())

    async def _send_all(self) -> None:
        try:
            while self._to_send:
                sent, self._to_send = self._to_send, []
                try:
                    async with self._redis.pipeline(transaction=False) as pipeline:
                        for body, _ in sent:
                            pipeline.xadd(self._stream, {"command": body}, maxlen=WAITING_KEPT, approximate=True)
                        await pipeline.execute()
                except (RedisError, OSError) as error:
                    for _, answer in sent:
                        _settle(answer, error)
        finally:
            self._sending = None


def _settle(answer: asyncio.Future[Event], outcome: Event | Exception) -> None:
    if answer.done():
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
        answer.exception()  # whoever waited for it may have gone
    else:
        answer.set_result(outcome)
