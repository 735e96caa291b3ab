"""How workers send commands: through the inbox, like everyone."""

from typing import Any
from uuid import uuid7

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from mira_sidecar.protocol import Command, Keys, Origin, Source, instant
from mira_sidecar.transport.connection import RedisClock

log = structlog.get_logger()


class Sender:
    """Puts commands into the commands stream."""

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
    ) -> Command:
        """A command that was captured `age_ms` ago."""
        return Command(
            id=str(uuid7()),
            ts=instant(self._clock.now_ms() - age_ms),
            source=source,
            action=action,
            payload=payload,
            confidence=confidence,
            origin=self._origin,
        )

    async def send(self, command: Command) -> None:
        """Send a command. Raises RedisError or OSError."""
        await self._redis.xadd(self._keys.commands, {"command": msgspec.json.encode(command)})

    async def submit(
        self,
        source: Source,
        action: str,
        payload: dict[str, Any],
        *,
        confidence: float | None = None,
        age_ms: int = 0,
    ) -> None:
        """Send such a command. Without Redis it is dropped: late, it would surprise."""
        command = self.command(source, action, payload, confidence=confidence, age_ms=age_ms)
        try:
            await self.send(command)
        except RedisError, OSError:
            log.warning("command dropped: Redis does not answer", command_id=command.id, action=action, source=source)
