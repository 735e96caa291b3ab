"""Home Assistant's side of `/ws/interact`, played by the test, and somebody who talks."""

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import aiohttp
from redis.asyncio import Redis

from mira_sidecar.protocol import Keys
from tests.sidecar.api.served import Served

INTERACT = "/ws/interact"
HAPPY = {"type": "emotion", "tag": "happy", "emoji": "😊", "hexcode": "1F60A"}
META: dict[str, Any] = {"type": "response_meta", "emojis": ["😊"], "actions": [], "heard": None}
END = {"type": "stream_end"}

type Reply = Callable[[ScriptedHome, dict[str, Any]], Coroutine[Any, Any, None]]


async def echo(home: ScriptedHome, asked: dict[str, Any]) -> None:
    """Say it again."""
    chunks = [{"type": "text_chunk", "text": word} for word in asked.get("text", "sound").split()]
    await home.tell(asked, HAPPY, *chunks, META, END)


class ScriptedHome:
    """Notes what it is asked, and answers each text by `reply`."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.keys = Keys("hall")
        self.asked: list[dict[str, Any]] = []
        self.sounds: dict[str, bytes] = {}
        """By turn."""
        self.reply: Reply | None = echo

    async def tell(self, asked: dict[str, Any], *parts: dict[str, Any], first: int = 0) -> None:
        """Tell these parts of an answer, from this place on."""
        for n, part in enumerate(parts, first):
            body = {"session": asked["session"], "turn": asked["turn"], "n": n, **part}
            await self.publish(json.dumps(body))

    async def publish(self, body: str | bytes) -> None:
        await self.redis.publish(self.keys.telling, body)

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.asked if one["type"] == kind]

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not holds():  # noqa: ASYNC110 - it may hold for any reason
                await asyncio.sleep(0.002)

    async def run(self, listens: asyncio.Event) -> None:
        async with self.redis.pubsub() as channel, asyncio.TaskGroup() as tasks:
            await channel.subscribe(self.keys.asking)
            async for message in channel.listen():
                if message["type"] == "subscribe":
                    listens.set()
                    continue
                asked = json.loads(message["data"])
                self.asked.append(asked)
                if asked["type"] == "audio":
                    pcm = base64.b64decode(asked.pop("pcm"))
                    self.sounds[asked["turn"]] = self.sounds.get(asked["turn"], b"") + pcm
                if self.reply and (asked["type"] == "text" or asked.get("last")):
                    tasks.create_task(self.reply(self, asked))


@contextlib.asynccontextmanager
async def scripted_home(api: Served) -> AsyncIterator[ScriptedHome]:
    """Home Assistant, listening."""
    redis = Redis.from_url(api.mirror.server.url)
    home, listens = ScriptedHome(redis), asyncio.Event()
    running = asyncio.create_task(home.run(listens))
    await listens.wait()
    try:
        yield home
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await redis.aclose()


class Talker:
    """Somebody who talks."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.session = ""

    async def say(self, kind: str, **fields: Any) -> None:
        await self.ws.send_json({"type": kind, **fields})

    async def hear(self) -> dict[str, Any]:
        """The next message."""
        message = await self.ws.receive(timeout=15)
        assert message.type is aiohttp.WSMsgType.TEXT, (message, self.ws.close_code)
        heard: dict[str, Any] = json.loads(message.data)
        return heard

    async def answer(self) -> list[dict[str, Any]]:
        """What is heard until an answer has ended."""
        heard = [await self.hear()]
        while heard[-1]["type"] not in ("stream_end", "error"):
            heard.append(await self.hear())
        return heard

    async def refusal(self) -> dict[str, Any]:
        """An error that comes next."""
        error = await self.hear()
        assert error["type"] == "error", error
        return error

    async def text(self, text: str) -> list[dict[str, Any]]:
        """Say something; the answer."""
        await self.say("text", text=text)
        return await self.answer()


@contextlib.asynccontextmanager
async def talking(api: Served, key: str, user: str | None = "unknown") -> AsyncIterator[Talker]:
    """Somebody with this key, who says so as the contract has it."""
    async with api.client(None) as client, client.ws_connect(INTERACT) as ws:
        talker = Talker(ws)
        await talker.say("auth", api_key=key)
        hello = await talker.hear()
        assert hello["type"] == "auth_ok", hello
        talker.session = hello["session_id"]
        if user:
            await talker.say("interaction_start", user_id=user)
        yield talker
