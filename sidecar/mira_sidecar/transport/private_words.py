"""The words of commands, which pass Redis by Pub/Sub alone: heard before their command comes, held for a moment."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from redis.asyncio import Redis

from mira_sidecar.protocol import MAX_PRIVATE_BYTES, Keys, PrivateWords
from mira_sidecar.transport.subscription import Subscription

_HELD = 256
"""Commands whose words are held at most; the oldest go first."""
_HELD_S = 60.0
_LATE_S = 1.0
"""Words are sent before their command, by another connection: one may be held up for longer than the other."""
_WORDS = msgspec.json.Decoder(PrivateWords)


class HeldWords:
    """Hears words while this is the sidecar that decides. Nothing of them is in logs, events or errors."""

    def __init__(self, redis: Redis, keys: Keys, steady: Callable[[], float] = time.monotonic) -> None:
        self._subscription = Subscription(redis, keys.private, self.hear, "private words")
        self._steady = steady
        self._held: dict[str, tuple[float, dict[str, Any]]] = {}
        self._heard = asyncio.Event()

    def listen(self, deciding: bool) -> None:
        """Whether it is for us to hear them."""
        self._subscription.listen(deciding)

    async def run(self) -> None:
        """Listen until cancelled."""
        await self._subscription.run()

    async def take(self, command_id: str) -> dict[str, Any] | None:
        """The words of an accepted command, which are then held no more; None where none came."""
        try:
            async with asyncio.timeout(_LATE_S):
                while command_id not in self._held:
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            return None
        return self._held.pop(command_id)[1]

    def drop(self, command_ids: Iterable[str]) -> None:
        """Forget the words of commands that were refused."""
        for command_id in command_ids:
            self._held.pop(command_id, None)

    def hear(self, body: bytes) -> None:
        """Hold words; the first for a command count. What is none is passed over."""
        now = self._steady()
        for command_id in [one for one, (until, _) in self._held.items() if until <= now]:
            del self._held[command_id]
        if len(body) > MAX_PRIVATE_BYTES:
            return
        try:
            message = _WORDS.decode(body)
        except ValueError, RecursionError:
            return
        if message.command_id not in self._held:
            if len(self._held) >= _HELD:
                del self._held[next(iter(self._held))]
            self._held[message.command_id] = now + _HELD_S, message.words
            self._heard.set()
