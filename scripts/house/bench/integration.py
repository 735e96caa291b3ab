"""`scripts/bench integration`: a thousand events a second into a real Home Assistant that a display is looking at."""

import asyncio
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import redis

import house
from house.bench import flood, page_turns
from house.bench.figures import Measured
from house.bench.resting import resident_mb
from house.bench.sampling import percentile
from house.home_assistant import HomeAssistant
from house.process import HouseError
from house.redis import RedisServer, free_port

type Progress = Callable[[str], None]

_PROBE = "loop_probe"
_CATCH_UP = 60.0
"""Seconds after the last event in which it has to arrive: who is slow has lost nothing yet."""


@dataclass
class Seen:
    """What came over Home Assistant's websocket."""

    events: list[int] = field(default_factory=list)
    """Sequence numbers from `mira/events`."""
    decisions: list[int] = field(default_factory=list)
    """Those from `mira/subscribe`, which leaves patches out."""
    views: int = 0
    delays_ms: list[float] = field(default_factory=list)
    """From an event's writing until it was seen here."""


def measure(folder: Path, *, quick: bool, progress: Progress) -> dict[str, Measured]:
    """Take every figure."""
    a_second, seconds = 1_000, 3 if quick else 30
    server = RedisServer(folder / "redis")
    home = HomeAssistant(folder / "home", free_port())
    try:
        progress("starting Home Assistant")
        server.start()
        flood.Mirror(redis.Redis.from_url(server.url)).appear()
        _add_probe(home, server.url)
        home.start(server.url)
        home.add_mirror(server.url, flood.MIRROR)
        progress("Home Assistant at rest")
        time.sleep(1 if quick else 10)
        _lateness(home)
        time.sleep(1 if quick else 10)
        at_rest = _lateness(home)
        progress(f"{a_second:,} events a second, for {seconds} s")
        under_load = asyncio.run(_under_load(home, server.url, a_second, seconds, at_rest))
        progress("pages that turn")
        turned = asyncio.run(page_turns.measure(home, server.url, *((1, 10) if quick else (4, 100))))
        return under_load | turned
    finally:
        home.stop()
        server.kill()


async def _under_load(
    home: HomeAssistant, url: str, a_second: int, seconds: int, at_rest: list[float]
) -> dict[str, Measured]:
    """Look over the websocket while it happens, and ask the probe afterwards."""
    seen, count = Seen(), a_second * seconds
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{home.url}/api/websocket") as socket:
        await _subscribe(socket, home.login.token)
        flooding = asyncio.create_task(asyncio.to_thread(_flood, url, a_second, count))
        looking = asyncio.create_task(_look(socket, seen, count))
        await asyncio.sleep(seconds / 3)
        before = _resident(home)
        await flooding
        await asyncio.wait([looking], timeout=_CATCH_UP)
        looking.cancel()
        grown = _resident(home) - before
    late = await asyncio.to_thread(_lateness, home)
    decided = flood.decisions(count)
    lost = wrong(seen.events, list(range(1, count + 1))) + wrong(seen.decisions, decided)
    return {
        "events_lost": Measured(lost, f"of {count:,}, and of {len(decided):,} decisions at the display"),
        "loop_delay_p99_ms": Measured(
            percentile(late, 99),
            f"median {statistics.median(late):.2f} ms, longest {max(late):.0f} ms; "
            f"at rest p99 {percentile(at_rest, 99):.1f} ms",
        ),
        "event_seen_p99_ms": Measured(
            percentile(seen.delays_ms, 99),
            f"median {statistics.median(seen.delays_ms):.1f} ms; {seen.views:,} views at the display",
        ),
        "memory_growth_mb": Measured(grown, f"from {before:.0f} MB after a third of the time"),
    }


def wrong(seen: list[int], wanted: list[int]) -> int:
    """How many are missing, came twice or in another order."""
    missing, twice = len(set(wanted) - set(seen)), len(seen) - len(set(seen))
    return missing + twice + (seen != sorted(seen))


def _add_probe(home: HomeAssistant, redis_url: str) -> None:
    """Make Home Assistant's folder, with what measures its event loop."""
    home.prepare(redis_url)
    shutil.copytree(Path(__file__).parent / _PROBE, home.directory / "custom_components" / _PROBE)
    with (home.directory / "configuration.yaml").open("a") as configuration:
        configuration.write(f"{_PROBE}:\n")


def _lateness(home: HomeAssistant) -> list[float]:
    """Milliseconds by which the event loop was late, since the last time."""
    return list(home.call(f"{_PROBE}.take", {}, answer=True)["late_ms"])


def _flood(url: str, a_second: int, count: int) -> None:
    """Let it happen, in a process of its own."""
    ended = subprocess.run(
        [sys.executable, "-m", flood.__name__, url, str(a_second), str(count)],
        env={"PYTHONPATH": str(Path(house.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise HouseError(f"The events could not be written:\n{ended.stderr}")


def _resident(home: HomeAssistant) -> float:
    if home.process.pid is None:
        raise HouseError(f"Home Assistant has ended:\n{home.process.last_lines()}")
    return resident_mb(home.process.pid)


async def _subscribe(socket: aiohttp.ClientWebSocketResponse, token: str) -> None:
    """Sign in, and ask for what a display and what a log view ask for."""
    await socket.receive_json()
    await socket.send_json({"type": "auth", "access_token": token})
    await socket.receive_json()
    await socket.send_json({"id": 1, "type": "mira/subscribe"})
    await socket.send_json({"id": 2, "type": "mira/events", "subscribe": True})
    while (answer := await socket.receive_json())["id"] != 2:
        pass
    if not answer["success"]:
        raise HouseError(f"Home Assistant does not tell events: {answer['error']}")


async def _look(socket: aiohttp.ClientWebSocketResponse, seen: Seen, last: int) -> None:
    """Note what comes, until the last event and decision. A message may be a list of them."""
    decided = flood.decisions(last)[-1:]
    async for message in socket:
        content = json.loads(message.data)
        for answer in content if isinstance(content, list) else [content]:
            _note(answer["event"], seen)
        if seen.events[-1:] == [last] and seen.decisions[-1:] == decided:
            return


def _note(event: dict[str, Any], seen: Seen) -> None:
    if "events" in event:
        now = datetime.now(UTC)
        for one in event["events"]:
            seen.events.append(one["seq"])
            seen.delays_ms.append((now - datetime.fromisoformat(one["ts"])) / timedelta(milliseconds=1))
    elif event["type"] == "view":
        seen.views += 1
    else:
        seen.decisions.append(event["event"]["seq"])
