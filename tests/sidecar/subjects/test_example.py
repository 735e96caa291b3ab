"""A subject that is added by its folder alone, driven from a command to the log, and taken away again."""

import asyncio
import contextlib
import http.client
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from house.redis import RedisServer, free_port
from house.sidecar import PROGRAM as MIRA_SIDECAR
from mira_sidecar.api import keys
from mira_sidecar.store.files import media_of, side_of
from tests.sidecar.process.mirror import Mirror, running
from tests.sidecar.process.test_queries import ask

ALL = "example,gesture,voice"
NOTHING = {"example": {"total": 0, "counted": []}}
WITHOUT = (MIRA_SIDECAR,)
PROGRAM = (sys.executable, Path(__file__).with_name("with_example.py"))


@pytest.fixture(autouse=True)
def _loopback(socket_enabled: None) -> None:
    """These tests speak to Redis."""


@pytest.fixture
def mirror(redis_server: RedisServer, tmp_path: Path) -> Iterator[Mirror]:
    """A mirror whose sidecar has found the example."""
    with running(redis_server, tmp_path / "mira.db", program=PROGRAM, example_most=5, subjects=ALL) as mirror:
        yield mirror


def run(mirror: Mirror, *arguments: str) -> str:
    """What a command of the command line prints."""
    told = [*PROGRAM, *arguments, "--database", mirror.database]
    return subprocess.run([str(one) for one in told], capture_output=True, text=True, check=True, timeout=60).stdout


def test_a_subject_is_decided_kept_taken_back_asked_and_explained(mirror: Mirror) -> None:
    assert mirror.snapshot()["state"]["parts"] == NOTHING
    assert (mirror.presence() or {})["subjects"] == {"screen": 1, "people": 1, "example": 1, "gesture": 1, "voice": 2}
    never = ask(mirror, "how_often")
    assert (never["reason"], never["message"]) == ("never_counted", "It has never counted.")
    first = mirror.send("count", {"by": 3}, origin={"device": "kitchen"})
    assert (first["type"], first["payload"]) == ("accepted", {"by": 3, "total": 3})
    refused = mirror.send("count", {"by": 3})
    assert (refused["reason"], refused["policy"], refused["message"]) == ("far_enough", "far_enough", "It counts to 5.")
    assert mirror.send("count", {"by": "three"})["reason"] == "bad_payload"
    nothing = mirror.send("count", {"by": 0})
    assert nothing["values"] == {"fault": "counts_nothing", "field": "by"}
    assert nothing["message"] == "The action cannot take this: `by` takes any number but 0."
    assert mirror.send("undo")["payload"]["undone"] == first["command_id"]
    assert mirror.snapshot()["state"]["parts"]["example"]["total"] == 0
    assert ask(mirror, "how_often")["result"] == {"times": 1}
    mirror.until(lambda: "example: 3" in mirror.sidecar.process.log.read_text())
    mirror.check()
    mirror.sidecar.stop()
    assert "Nobody counts for ever." in run(mirror, "explain", refused["command_id"])
    assert "are the same again" in run(mirror, "replay", "--decide", "--example-most", "5", "--subjects", ALL)
    assert run(mirror, "example").strip() == "It counts."
    exported = run(mirror, "export", "--redact")
    assert '"by":3' in exported
    run(mirror, "verify")
    assert "example     has counted to 0" in run(mirror, "replay").splitlines()
    assert "2 commands are erased" in run(mirror, "erase", "--device", "kitchen", "--yes")
    run(mirror, "verify")
    left = json.loads(run(mirror, "replay", "--json"))["state"]["parts"]["example"]
    assert (left["total"], [one["who"] for one in left["counted"]]) == (0, ["", ""])
    events = run(mirror, "export")
    assert "kitchen" not in events
    assert events.count(first["command_id"]) == 2  # that there was one, and that it changed something


def test_home_assistant_may_say_for_the_mirror_what_the_subject_lets_it_and_nothing_else(mirror: Mirror) -> None:
    from_home = [("count", "sensor"), ("next_page", "sensor"), ("count", "voice")]
    commands = [mirror.command(action, source=source) for action, source in from_home]
    for command in commands:
        mirror.redis.xadd(mirror.keys.commands["home"], {"command": json.dumps(command)})
    assert [answer.get("reason") for answer in mirror.answers(commands)] == [
        None,
        "source_not_allowed",
        "source_not_allowed",
    ]


def test_the_api_takes_its_actions_and_has_its_routes(mirror: Mirror) -> None:
    port = free_port()
    mirror.sidecar.stop()
    mirror.sidecar.flags["api_port"] = port
    _, key = keys.add(mirror.database, "counter", "automation", ["example.count", "example.read"])
    mirror.sidecar.start()

    def asked(path: str, body: dict[str, object] | None = None) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with contextlib.closing(connection):
            connection.request("POST" if body else "GET", path, body and json.dumps(body), {"X-API-Key": key})
            response = connection.getresponse()
            return response.status, json.loads(response.read())

    _, counted = asked("/api/v1/command", {"action": "count", "payload": {"by": 2}})
    assert counted["payload"] == {"by": 2, "total": 2}
    mirror.until(lambda: asked(f"/api/v1/counted/{counted['id']}")[0] == 200)
    assert asked(f"/api/v1/counted/{counted['id']}")[1]["by"] == 2
    assert asked("/api/v1/counted/other")[1]["error_code"] == "NEVER_COUNTED"
    document = asked("/openapi.json")[1]
    assert "/api/v1/counted/{id}" in document["paths"]
    assert "### `/ws/count`\nIt counts to what is said. Needs `example.read`." in document["info"]["description"]
    assert "Number" in document["components"]["schemas"]
    assert asyncio.run(counted_aloud(f"http://127.0.0.1:{port}/ws/count", key)) == [1, 2, 3]


async def counted_aloud(url: str, key: str) -> list[int]:
    """What its WebSocket says."""
    async with aiohttp.ClientSession() as client, client.ws_connect(url, headers={"X-API-Key": key}) as ws:
        await ws.send_str("3")
        return [message.json()["number"] async for message in ws]


def test_what_it_keeps_of_a_person_is_sealed_and_goes_with_the_person_also_while_it_is_switched_off(
    mirror: Mirror,
) -> None:
    anna, ben = (mirror.send("count", origin={"user_id": user})["command_id"] for user in ("anna-1234", "ben-5678"))
    side = side_of(mirror.database)

    def counted() -> list[tuple[str, str]]:
        with contextlib.closing(sqlite3.connect(side)) as database:
            return database.execute("SELECT id, owner FROM example_counted ORDER BY id").fetchall()

    def drawn() -> list[Path]:
        return [file for file in media_of(side).rglob("*") if file.is_file()]

    mirror.until(lambda: side.exists() and counted() == [(anna, "anna-1234"), (ben, "ben-5678")])
    assert len(drawn()) == 2
    mirror.sidecar.stop()
    assert "4 rows, and their keys are there" in run(mirror, "verify")
    run(mirror, "erase", "--user", "anna-1234", "--yes", "--subjects", "gesture")
    assert (counted(), len(drawn())) == ([(ben, "ben-5678")], 1)
    files = [path for path in mirror.database.parent.rglob("*") if path.is_file() and "mira.db" in str(path)]
    assert b"anna-1234" not in b"".join(path.read_bytes() for path in files)
    mirror.sidecar.start()
    assert mirror.send("count")["payload"]["total"] == 3


def test_a_subject_that_is_switched_off_takes_its_slice_with_it(mirror: Mirror) -> None:
    mirror.send("count", {"by": 3})
    mirror.sidecar.stop()
    mirror.sidecar.flags |= {"subjects": "gesture", "example_most": None}
    mirror.sidecar.start()
    assert mirror.snapshot()["state"]["parts"] == {}
    assert mirror.send("count")["reason"] == "unknown_action"
    assert (mirror.presence() or {})["subjects"] == {"screen": 1, "people": 1, "gesture": 1}
    mirror.sidecar.flags["subjects"] = ALL
    mirror.sidecar.stop()
    mirror.sidecar.start()
    assert mirror.snapshot()["state"]["parts"] == NOTHING
    mirror.check()


def test_a_new_subject_is_off_until_somebody_switches_it_on(mirror: Mirror) -> None:
    mirror.sidecar.stop()
    mirror.sidecar.flags |= {"subjects": None, "example_most": None}
    mirror.sidecar.start()
    on = {"screen": 1, "people": 1, "gesture": 1, "talk": 1, "voice": 2}
    assert (mirror.presence() or {})["subjects"] == on
    told = run(mirror, "subjects")
    assert "example    off\n  Example: it counts, up to a point.\n" in told
    (how,) = re.findall(r"`--subjects (\S+,example)`", told)
    assert how == "gesture,talk,voice,example"
    assert "example    on\n" in run(mirror, "subjects", "--subjects", how)


def test_a_version_without_it_keeps_what_it_left_and_says_so(mirror: Mirror) -> None:
    mirror.send("count", {"by": 3})
    mirror.sidecar.stop()
    mirror.sidecar.flags |= {"subjects": None, "example_most": None}
    mirror.sidecar.program = WITHOUT
    mirror.sidecar.start()
    mirror.until(lambda: mirror.degraded() == ["unknown_subject"])
    (problem,) = (mirror.presence() or {})["degraded"]
    assert "a version with the subject `example`, which this one does not know" in problem["message"]
    assert "subjects that this version does not know" in mirror.sidecar.process.log.read_text()
    assert mirror.send("next_page")["type"] == "accepted"
    assert mirror.snapshot()["state"]["parts"]["example"]["total"] == 3
    mirror.check()
    arguments = (*WITHOUT, "doctor", "--redis-url", mirror.server.url, "--database", mirror.database)
    found = subprocess.run([str(one) for one in arguments], capture_output=True, text=True, check=False, timeout=60)
    assert found.returncode == 1
    assert "✗ subjects   This log was written by a version with the subject `example`" in found.stdout
    mirror.sidecar.stop()
    mirror.sidecar.program = PROGRAM
    mirror.sidecar.flags["subjects"] = ALL
    mirror.sidecar.start()
    assert mirror.degraded() == []
    assert mirror.send("count")["payload"] == {"by": 1, "total": 4}


def test_a_standby_takes_no_slice_away(redis_server: RedisServer, mirror: Mirror, tmp_path: Path) -> None:
    mirror.send("count", {"by": 3})
    mirror.sidecar.stop()
    mirror.sidecar.flags |= {"subjects": None, "example_most": None, "standby": True}
    mirror.sidecar.start()
    assert mirror.send("next_page")["type"] == "accepted"
    assert mirror.snapshot()["state"]["parts"]["example"]["total"] == 3


def test_a_mirror_that_is_nothing_but_glass_still_decides(mirror: Mirror) -> None:
    mirror.sidecar.stop()
    mirror.sidecar.flags |= {"subjects": "none", "example_most": None}
    mirror.sidecar.start()
    assert mirror.send("add_todo", {"summary": "Milk"})["type"] == "accepted"
    assert mirror.send("gesture", {"name": "palm"})["reason"] == "unknown_action"
    mirror.check()
