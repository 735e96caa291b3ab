"""How workers send commands: through the inbox, like everyone, and each through the stream of its own kind."""

from typing import Any
from uuid import uuid7

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from mira_sidecar.protocol import WAITING_KEPT, Command, Keys, Origin, PrivateWords, Source, instant
from mira_sidecar.transport.connection import RedisClock

log = structlog.get_logger()


class Sender:
    """Puts commands into the commands streams."""

    def __init__(self, redis: Redis, keys: Keys, clock: RedisClock, node: str) -> None:
        self._redis = redis
        self._keys = keys
        self._clock = clock
        self._origin = Origin(device=node[:64])

    def command(
        self,
        source: Source,
        action: str,
        payload: dict[str, Any],
        *,
        confidence: float | None = None,
        age_ms: int = 0,
        command_id: str | None = None,
    ) -> Command:
        """A command that was captured `age_ms` ago; with this id, where its sender has to know it first."""
        return Command(
            id=command_id or str(uuid7()),
            ts=instant(self._clock.now_ms() - age_ms),
            source=source,
            action=action,
            payload=payload,
            confidence=confidence,
            origin=self._origin,
        )

    async def say(self, command: Command, words: dict[str, Any]) -> bool:
        """Send the words of a command that is to be sent next; whether anybody heard them. Raises as `send`."""
        body = msgspec.json.encode(PrivateWords(command.id, words))
        return bool(await self._redis.publish(self._keys.private, body))

    async def send(self, command: Command) -> None:
        """Send a command. Raises RedisError or OSError."""
        stream = self._keys.commands_from(command.source)
        await self._redis.xadd(stream, {"command": msgspec.json.encode(command)}, maxlen=WAITING_KEPT, approximate=True)

    async def submit(
        self,
        source: Source,
        action: str,
        payload: dict[str, Any],
        *,
        confidence: float | None = None,
        age_ms: int = 0,
        command_id: str | None = None,
        words: dict[str, Any] | None = None,
    ) -> None:
        """Send such a command. It is dropped without Redis (late, it would surprise) and where its words go unheard."""
        command = self.command(source, action, payload, confidence=confidence, age_ms=age_ms, command_id=command_id)
        try:
            if words is not None and not await self.say(command, words):
                log.warning("command dropped: no sidecar hears its words", command_id=command.id, action=action)
                return
            await self.send(command)
        except RedisError, OSError:
            log.warning("command dropped: Redis does not answer", command_id=command.id, action=action, source=source)
