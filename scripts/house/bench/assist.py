"""Somebody who asks Home Assistant's pipelines by its websocket, as an app does."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

from house.household import Household
from house.process import HouseError


@dataclass
class Assist:
    """Asks Home Assistant's pipelines, as an app does."""

    socket: ClientWebSocketResponse
    ids: count[int]

    async def call(self, **command: Any) -> Any:
        """The result of a command."""
        number = await self.send(**command)
        while True:
            message = await self.socket.receive_json()
            if message["id"] == number and message["type"] == "result":
                if not message["success"]:
                    raise HouseError(f"Home Assistant refused {command['type']}: {message['error']}")
                return message["result"]

    async def send(self, **command: Any) -> int:
        """Send a command; its id."""
        number = next(self.ids)
        await self.socket.send_json({"id": number, **command})
        return number

    async def run(self, pipeline: str, text: str = "hello") -> tuple[int, float]:
        """Ask, and wait for the first text: the id of the run, and when that came."""
        number = await self.send(
            type="assist_pipeline/run",
            start_stage="intent",
            end_stage="intent",
            pipeline=pipeline,
            input={"text": text},
        )
        while True:
            message = await self.socket.receive_json()
            if message["id"] == number and message["type"] == "event":
                event = message["event"]
                if event["type"] == "error":
                    raise HouseError(f"The pipeline failed: {event['data']}")
                if ((event["data"] or {}).get("chat_log_delta") or {}).get("content"):
                    return number, time.perf_counter()

    async def end(self, number: int) -> None:
        """Wait until a run is over."""
        while True:
            message = await self.socket.receive_json()
            if message["id"] == number and message.get("event", {}).get("type") == "run-end":
                return

    async def pipeline(self, agent: str) -> str:
        """A pipeline without a voice whose agent this is."""
        names = (
            "stt_engine",
            "stt_language",
            "tts_engine",
            "tts_language",
            "tts_voice",
            "wake_word_entity",
            "wake_word_id",
        )
        made = await self.call(
            type="assist_pipeline/pipeline/create",
            name=agent,
            language="en",
            conversation_engine=agent,
            conversation_language="en",
            prefer_local_intents=False,
            **dict.fromkeys(names),
        )
        return str(made["id"])


@asynccontextmanager
async def assist(house: Household) -> AsyncIterator[Assist]:
    """Somebody who asks this household's Home Assistant."""
    async with ClientSession() as session, session.ws_connect(f"{house.home_assistant.url}/api/websocket") as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": house.home_assistant.login.token})
        await socket.receive_json()
        yield Assist(socket, count(1))
