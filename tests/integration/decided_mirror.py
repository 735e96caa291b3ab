"""A mirror that decides about windows by the real core, in the test's own process: quicker than a sidecar."""

import asyncio
import itertools
import json
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from mira_sidecar.core.arbiter import Position, settle
from mira_sidecar.core.decision import Rules
from mira_sidecar.core.registry import gather
from mira_sidecar.core.state import initial_document
from mira_sidecar.protocol import Command, Event, Sender, instant
from mira_sidecar.subjects.windows.core import safety
from mira_sidecar.subjects.windows.core.slice import slice_of
from mira_sidecar.subjects.windows.settings import WindowsSettings
from mira_sidecar.subjects.windows.subject import SUBJECT
from tests.integration.persona import until
from tests.integration.written_mirror import PRESENCE, WrittenMirror

PREFIX = "mira:{hall}"
_REGISTRY = gather([SUBJECT])
_HAS_WINDOWS = {**PRESENCE["subjects"], "windows": 1}


class DecidedMirror:
    """Decides what it is asked, tells what comes of it, and hears readings."""

    def __init__(self, written: WrittenMirror, url: str) -> None:
        self.written = written
        self.asked: list[Command] = []
        """What Home Assistant has sent."""
        self.refuses: str | None = None
        """An action that it does not answer."""
        self.rejects: str | None = None
        """An action that it rejects."""
        self.readings: list[dict[str, Any]] = []
        self.devices: list[dict[str, Any]] = []
        """Its answer to `windows_devices`."""
        self._redis = Redis.from_url(url, decode_responses=True)
        self._position = Position(0, 0, initial_document())
        self._ids = (f"command-{number}" for number in itertools.count(1))
        self._rules = Rules(confirm=frozenset(), rates={}, own={"windows": WindowsSettings()})
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Show it, and listen."""
        self.come()
        hears = asyncio.Event()
        self._tasks = [asyncio.create_task(self._answer_all()), asyncio.create_task(self._hear(hears))]
        await hears.wait()

    async def stop(self) -> None:
        """Leave nothing behind."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()

    def come(self, **presence: Any) -> None:
        """Be there, with all that was decided."""
        self.written.presence(**{"subjects": _HAS_WINDOWS, **presence})
        position = self._position
        self.written.state(rev=position.rev + 1, seq=position.seq + 1, **position.document)
        self._position = Position(position.seq + 1, position.rev + 1, position.document)

    def go(self) -> None:
        """Be away, as if the sidecar had ended."""
        self.written.redis.delete(f"{PREFIX}:presence")

    @property
    def windows(self) -> dict[str, Any]:
        """Those of the state."""
        return dict(slice_of(self._position.document)["windows"])

    @property
    def house(self) -> dict[str, Any]:
        """What it knows of the house."""
        return dict(slice_of(self._position.document)["home"])

    def of(self, action: str) -> list[dict[str, Any]]:
        """The payloads of what Home Assistant asked of this kind."""
        return [command.payload for command in self.asked if command.action == action]

    def decide(
        self, action: str, payload: dict[str, Any], source: str = "touch", *, age_s: float = 0.0, **more: Any
    ) -> Event:
        """Decide something that somebody else asks, so many seconds ago."""
        now_ms = time.time_ns() // 1_000_000 - round(age_s * 1000)
        command = Command(next(self._ids), instant(now_ms), source, action, payload, **more)  # type: ignore[arg-type]
        return self._settle(command, "sensor" if source == "sensor" else "home", now_ms)

    def do_what_is_due(self) -> None:
        """What the mirror does by itself."""
        for action, payload in safety.due(self._position.document, time.time_ns() // 1_000_000, _REGISTRY):
            self.decide(action, payload, "system")

    def _settle(self, command: Command, sender: Sender, now_ms: int) -> Event:
        self._position, events = settle(
            _REGISTRY,
            self._position,
            command,
            sender=None if command.source == "system" else sender,
            arrived_ms=now_ms,
            now_ms=now_ms,
            rules=self._rules,
            new_id=lambda: next(self._ids),
        )
        head = {"rev": self._position.rev, "seq": self._position.seq, "at": instant(now_ms)}
        with self.written.redis.pipeline() as at_once:
            for event in events:
                at_once.xadd(f"{PREFIX}:events", {"event": msgspec.json.encode(event).decode()}, id=f"{event.seq}-0")
            at_once.set(f"{PREFIX}:head", json.dumps(head))
            at_once.execute()
        return events[0]

    async def _answer_all(self) -> None:
        places = {f"{PREFIX}:commands:home": "0", f"{PREFIX}:queries": "0"}
        while True:
            found: list[Any] = []
            with suppress(RedisError):  # a test that lets time pass ends what waits
                found = await self._redis.xread(places, block=200)  # type: ignore[arg-type]
            for stream, entries in found:
                for entry_id, fields in entries:
                    places[stream] = entry_id
                    if "command" in fields:
                        self._take(msgspec.json.decode(fields["command"], type=Command))
                    elif "query" in fields:
                        await self._reply(json.loads(fields["query"]))

    def _take(self, command: Command) -> None:
        self.asked.append(command)
        if command.action == self.rejects:
            command = msgspec.structs.replace(command, payload={"away": "perhaps"})
        if command.action != self.refuses:
            self._settle(command, "home", time.time_ns() // 1_000_000)

    async def _reply(self, query: dict[str, Any]) -> None:
        air = {"type": "air", "rooms": {}, "windows": {}, "at": "2026-11-29T12:00:00Z"}
        results = {"windows_air": air, "windows_devices": {"devices": self.devices, "next": None}}
        reply = {"query_id": query["id"], "result": results[query["kind"]]}
        await self._redis.publish(f"{PREFIX}:replies", json.dumps(reply))

    async def _hear(self, hears: asyncio.Event) -> None:
        while True:
            with suppress(RedisError):
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(f"{PREFIX}:readings")
                    hears.set()
                    async for message in channel.listen():
                        if message["type"] == "message":
                            self.readings.append(json.loads(message["data"]))


async def told(mirror: DecidedMirror, room: str, **values: float | None) -> dict[str, Any]:
    """Wait until the newest readings of a room have these values; all of them."""

    def newest() -> dict[str, Any]:
        of_room = [each["values"] for each in mirror.readings if each["room"] == room]
        return of_room[-1] if of_room else {}

    await until(lambda: values.items() <= newest().items())
    at = datetime.fromisoformat(mirror.readings[-1]["at"])
    assert abs((datetime.now(UTC) - at).total_seconds()) < 60
    return newest()
