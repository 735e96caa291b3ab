"""What one page that turns costs a real Home Assistant, with a short list and a long one, in turns in one run."""

import asyncio
import json
import statistics
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import redis

from house.bench import flood
from house.bench.figures import Measured
from house.home_assistant import HomeAssistant
from house.process import HouseError

SHORT, LONG = 4, 1_000
_PACE_S = 0.05
"""Between two turns: each is one update of its own."""


@dataclass
class _Cost:
    """Of turns with one length of the list; the median of each round."""

    handed_out_ms: list[float] = field(default_factory=list)
    worked_ms: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    """Bytes to the display, turn by turn."""


async def measure(home: HomeAssistant, redis_url: str, rounds: int, turns: int) -> dict[str, Measured]:
    """Turn pages in front of a display, and look what the loop does."""
    mirror = flood.Mirror(redis.Redis.from_url(redis_url))
    mirror.go_on()
    costs = {SHORT: _Cost(), LONG: _Cost()}
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{home.url}/api/websocket") as socket:
        await _subscribe(socket, home.login.token)
        for number in range(rounds):
            for length in (SHORT, LONG) if number % 2 == 0 else (LONG, SHORT):
                await asyncio.to_thread(mirror.list_todos, length)
                await _sizes(socket, 1)
                await _turn(home, socket, mirror, costs[length], turns)
    short, long = costs[SHORT], costs[LONG]
    ratios = [a / b for a, b in zip(long.worked_ms, short.worked_ms, strict=True)]
    parts = f"{statistics.median(long.handed_out_ms):.2f} ms of it for handing out"
    return {
        "page_turn_ms": Measured(
            statistics.median(long.worked_ms), f"{LONG:,} to-dos; {parts}; without what it does at rest"
        ),
        "page_turn_1000_todos_vs_4": Measured(
            statistics.median(ratios), f"{SHORT} to-dos: {statistics.median(short.worked_ms):.2f} ms; {rounds} rounds"
        ),
        "page_turn_bytes": Measured(statistics.median(long.sizes), "to each display, the decision included"),
    }


async def _turn(
    home: HomeAssistant, socket: aiohttp.ClientWebSocketResponse, mirror: flood.Mirror, cost: _Cost, turns: int
) -> None:
    """Take what turns cost, beside a rest that is as long."""
    await _taken(home)
    await asyncio.sleep(turns * _PACE_S)
    at_rest = await _taken(home)
    looking = asyncio.create_task(_sizes(socket, turns))
    for number in range(turns):
        await asyncio.to_thread(mirror.turn, ("todos", "home")[number % 2])
        await asyncio.sleep(_PACE_S)
    cost.sizes += await asyncio.wait_for(looking, 10)
    taken = await _taken(home)
    cost.worked_ms.append((taken["worked_ms"] - at_rest["worked_ms"]) / turns)
    cost.handed_out_ms.append(statistics.median(taken["handed_out_ms"]))


async def _taken(home: HomeAssistant) -> dict[str, Any]:
    answer: dict[str, Any] = await asyncio.to_thread(home.call, "loop_probe.take", {}, answer=True)
    return answer


async def _subscribe(socket: aiohttp.ClientWebSocketResponse, token: str) -> None:
    """Sign in, and follow as a display does."""
    await socket.receive_json()
    await socket.send_json({"type": "auth", "access_token": token})
    await socket.receive_json()
    await socket.send_json({"id": 1, "type": "mira/subscribe", "patches": True})
    answer = await socket.receive_json()
    if not answer["success"]:
        raise HouseError(f"Home Assistant does not show the mirror: {answer['error']}")


async def _sizes(socket: aiohttp.ClientWebSocketResponse, turns: int) -> list[int]:
    """Bytes that come for each of so many turns: up to the decision, which comes last."""
    sizes, size = list[int](), 0
    async for message in socket:
        size += len(message.data)
        content = json.loads(message.data)
        for answer in content if isinstance(content, list) else [content]:
            if answer["event"]["type"] == "event":
                sizes, size = [*sizes, size], 0
        if len(sizes) == turns:
            break
    return sizes
