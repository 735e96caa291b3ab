"""A real sidecar that hears what Home Assistant measures: it tells displays, answers, and keeps it."""

import asyncio
import contextlib
import json
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import jsonschema
import pytest

from house.redis import RedisServer
from mira_sidecar.core.state import initial_document
from mira_sidecar.parts import Now, Shell
from mira_sidecar.protocol import Keys, instant
from mira_sidecar.schema import json_schema
from mira_sidecar.store.files import side_of
from mira_sidecar.subjects.windows import watch
from mira_sidecar.subjects.windows.core.live_air import Advised
from mira_sidecar.subjects.windows.watch import AirWatch
from tests.sidecar.process.mirror import Message, Mirror, running
from tests.sidecar.subjects.windows.store import NOON_MS

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
def mirror(redis_server: RedisServer, tmp_path: Path) -> Iterator[Mirror]:
    with running(redis_server, tmp_path / "mira.db", subjects="windows") as mirror:
        mirror.until(lambda: mirror.redis.pubsub_numsub(mirror.keys.readings)[0][1] == 1)
        yield mirror


def measured(mirror: Mirror, room: str = "bath", at: str | None = None, **values: float | None) -> None:
    """Home Assistant says so."""
    told = {"type": "readings", "room": room, "values": values, "at": at or instant(mirror.now_ms())}
    mirror.redis.publish(mirror.keys.readings, json.dumps(told))


def asked(mirror: Mirror, query: str, **payload: Any) -> Message:
    reply = mirror.ask({"id": str(uuid.uuid7()), "kind": query, "payload": payload})
    assert reply
    return reply


def rooms(mirror: Mirror) -> Message:
    found: Message = asked(mirror, "windows_air")["result"]["rooms"]
    return found


def test_what_home_assistant_measures_is_known_and_what_it_takes_back_is_not(mirror: Mirror) -> None:
    assert rooms(mirror) == {}
    measured(mirror, temperature=21.44, humidity=63.0)
    mirror.until(lambda: "bath" in rooms(mirror))
    found = rooms(mirror)["bath"]
    assert (found["temperature"], found["humidity"]) == (21.4, 63.0)
    assert found["age_s"] <= 2
    measured(mirror, temperature=None)
    mirror.until(lambda: "temperature" not in rooms(mirror)["bath"])


def test_what_is_no_reading_changes_nothing(mirror: Mirror) -> None:
    measured(mirror, temperature=21.0)
    mirror.until(lambda: "bath" in rooms(mirror))
    for nonsense in (
        "",
        "{}",
        "[" * 100_000,
        '{"type": "readings", "room": "../", "values": {}, "at": ""}',
        "x" * 70_000,
    ):
        mirror.redis.publish(mirror.keys.readings, nonsense)
    measured(mirror, temperature=400.0, humidity=50.0, at="2000-01-01T00:00:00.000Z")
    mirror.until(lambda: "humidity" in rooms(mirror)["bath"])
    assert rooms(mirror)["bath"]["temperature"] == 21.0
    assert rooms(mirror)["bath"]["age_s"] < 10, "a clock that is off by years is not believed"
    assert mirror.degraded() == []


def test_displays_are_told(mirror: Mirror) -> None:
    with mirror.redis.pubsub(ignore_subscribe_messages=True) as channel:
        channel.subscribe(mirror.keys.live)
        told = list[Message]()

        def hear() -> bool:
            if message := channel.get_message(timeout=0.1):
                told.append(json.loads(message["data"]))
            return bool(told and told[-1]["rooms"])

        measured(mirror, temperature=21.0)
        mirror.until(hear, 15)
    assert told[-1]["type"] == "air"
    assert told[-1]["rooms"]["bath"]["temperature"] == 21.0
    assert told[-1]["windows"] == {}
    jsonschema.validate(told[-1], {**json_schema(), "$ref": "#/$defs/LiveAir"})


class Told:
    """Stands in for Redis: what displays are told."""

    def __init__(self) -> None:
        self.messages = list[Message]()

    async def publish(self, channel: str, body: bytes) -> None:
        self.messages.append(json.loads(body))


async def test_displays_are_told_once_and_not_that_a_reading_grows_older(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_LIVE_S", 0.01)
    told, now = Told(), [NOON_MS]
    shell = SimpleNamespace(side=None, redis=told, keys=Keys("hall"), clock=SimpleNamespace(now_ms=lambda: now[0]))
    air = AirWatch(cast("Shell", shell))
    tasks = [asyncio.create_task(work()) for name, work in air.works.items() if name in ("live", "air")]

    def measured_now(temperature: float) -> None:
        air.air.take("bath", {"temperature": temperature}, now[0])

    async def settled() -> list[Message]:
        await asyncio.sleep(0.1)
        return [message["rooms"] for message in told.messages]

    measured_now(21.0)
    assert await settled() == [], "a standby tells nobody"
    air.changed(Now(initial_document(), connected=True, deciding=True))
    assert await settled() == [{"bath": {"temperature": 21.0, "age_s": 0}}]
    now[0] += 60_000
    measured_now(21.02)
    assert len(await settled()) == 1
    measured_now(22.0)
    assert (await settled())[-1] == {"bath": {"temperature": 22.0, "age_s": 0}}
    air.air.advice["bath"] = Advised(25, 0.83, ["humidity"])
    assert len(await settled()) == 3
    assert told.messages[-1]["windows"] == {"bath": {"advice": 25, "confidence": 0.83, "mattered": ["humidity"]}}
    now[0] += 181_000
    assert (await settled())[-1] == {}, "Home Assistant is away"
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def test_what_was_measured_outlives_the_sidecar(mirror: Mirror) -> None:
    measured(mirror, temperature=21.0)
    mirror.until(lambda: _journalled(mirror), 15)
    mirror.sidecar.kill()
    mirror.sidecar.start()
    minutes = {"from": instant(mirror.now_ms() - 120_000), "to": instant(mirror.now_ms() + 60_000)}
    reply = asked(mirror, "windows_readings", room="bath", kind="temperature", **minutes)
    assert reply["result"]["next"] is None
    assert _journalled(mirror) or [one["mean"] for one in reply["result"]["minutes"]] == [21.0]
    assert asked(mirror, "windows_readings", kind="temperature", **minutes)["reason"] == "bad_query"
    mirror.check()


def _journalled(mirror: Mirror) -> bool:
    with contextlib.closing(sqlite3.connect(side_of(mirror.database))) as side:
        try:
            ((count,),) = side.execute("SELECT count(*) FROM windows_journal")
        except sqlite3.OperationalError:  # its file is there a moment before its tables are
            return False
        return bool(count)


def test_devices_are_told(mirror: Mirror) -> None:
    assert asked(mirror, "windows_devices")["result"] == {"devices": [], "next": None}
    assert asked(mirror, "windows_devices", limit=0)["reason"] == "bad_query"
