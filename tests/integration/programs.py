"""The sidecar's side of what other programs say to a persona, played by the test."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from redis.asyncio import Redis

from tests.integration.persona import until

PREFIX = "mira:{hall}"


class Programs:
    """Asks as the sidecar does, and hears the answers."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._ids = count(1)
        self.told: list[dict[str, Any]] = []
        self.told_at: list[float] = []
        self.running: asyncio.Task[None] | None = None

    async def be_deaf(self) -> None:
        """Hear nothing any more."""
        assert self.running
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)

    async def run(self, hears: asyncio.Event) -> None:
        """Hear what is told."""
        async with self._redis.pubsub() as channel:
            await channel.subscribe(f"{PREFIX}:telling")
            async for message in channel.listen():
                if message["type"] == "subscribe":
                    hears.set()
                    continue
                self.told.append(json.loads(message["data"]))
                self.told_at.append(time.perf_counter())

    async def publish(self, body: str | bytes) -> int:
        """How many heard it."""
        return int(await self._redis.publish(f"{PREFIX}:asking", body))

    def new_turn(self) -> str:
        return f"{next(self._ids):032x}"

    async def say(self, text: str, *, session: str = "a" * 32, turn: str | None = None, **fields: Any) -> str:
        """Say something; the turn."""
        turn = turn or self.new_turn()
        body = {"type": "text", "session": session, "turn": turn, "text": text, "person": None, **fields}
        assert await self.publish(json.dumps(body))
        return turn

    async def sound(self, *pieces: bytes, session: str = "a" * 32, last: bool = True) -> str:
        """Say something as sound; the turn."""
        turn = self.new_turn()
        for sequence, piece in enumerate(pieces):
            is_last = last and sequence == len(pieces) - 1
            pcm = base64.b64encode(piece).decode()
            body = {
                "type": "audio",
                "session": session,
                "turn": turn,
                "sequence": sequence,
                "pcm": pcm,
                "last": is_last,
            }
            await self.publish(json.dumps(body))
        return turn

    async def cancel(self, turn: str, *, session: str = "a" * 32) -> None:
        await self.publish(json.dumps({"type": "cancel", "session": session, "turn": turn}))

    def of(self, turn: str) -> list[dict[str, Any]]:
        """What was told of a turn so far."""
        return [one for one in self.told if one["turn"] == turn]

    async def answer(self, turn: str) -> list[dict[str, Any]]:
        """All that is told of it."""
        await until(lambda: any(one["type"] in ("stream_end", "error") for one in self.of(turn)))
        told = self.of(turn)
        assert [one["n"] for one in told] == list(range(len(told)))
        return told

    async def heard(self) -> None:
        """Wait until Home Assistant listens."""
        async with asyncio.timeout(10):
            while not await self.is_heard():  # noqa: ASYNC110 - Redis tells nobody
                await asyncio.sleep(0.01)

    async def is_heard(self) -> bool:
        """Whether it does."""
        return bool(dict(await self._redis.pubsub_numsub(f"{PREFIX}:asking")).get(f"{PREFIX}:asking".encode()))


@asynccontextmanager
async def programs(url: str) -> AsyncIterator[Programs]:
    """The sidecar, as far as it passes on what programs say."""
    redis, hears = Redis.from_url(url), asyncio.Event()
    own = Programs(redis)
    own.running = running = asyncio.create_task(own.run(hears))
    await hears.wait()
    try:
        yield own
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await redis.aclose()


def said(told: list[dict[str, Any]]) -> str:
    """The words of an answer."""
    return "".join(one["text"] for one in told if one["type"] == "text_chunk")


def kinds(told: list[dict[str, Any]]) -> list[str]:
    """The kinds of its parts, of each row of chunks the first."""
    found = [one["type"] for one in told]
    return [kind for place, kind in enumerate(found) if not place or kind != "text_chunk" or found[place - 1] != kind]
