"""Nothing beside the decisions ends, or goes on failing, without a word."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from house.redis import RedisServer
from house.sidecar import PROGRAM
from mira_sidecar.protocol import Problem
from mira_sidecar.supervision import Supervised, beside
from tests.sidecar.process import failing_disk
from tests.sidecar.process.mirror import Mirror, running


class Heard:
    """What was reported of tasks."""

    def __init__(self) -> None:
        self.problems: list[tuple[str, Problem | None]] = []
        self.news = asyncio.Event()

    def __call__(self, name: str, problem: Problem | None) -> None:
        self.problems.append((name, problem))
        self.news.set()


@contextlib.asynccontextmanager
async def supervised(work: object, restart_s: float = 0.01) -> AsyncIterator[Heard]:
    heard = Heard()
    async with beside([Supervised("part", work, heard, restart_s=restart_s)]):  # type: ignore[arg-type]
        yield heard


async def test_a_task_that_fails_is_reported_and_starts_again() -> None:
    tries = 0

    async def work() -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise UnicodeDecodeError("utf-8", b"\xff what somebody said", 0, 1, "no text")

    async with supervised(work) as heard, asyncio.timeout(5):
        while len(heard.problems) < 3:
            heard.news.clear()
            await heard.news.wait()
    assert [(name, problem and problem.code) for name, problem in heard.problems] == [
        ("part", "worker_failing"),
        ("part", "worker_failing"),
        ("part", None),
    ]
    assert "somebody" not in str(heard.problems)


async def test_a_task_ends_with_the_block_whatever_it_does() -> None:
    ended = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async with supervised(work):
        await asyncio.sleep(0)
    assert ended == [True]


def test_a_name_that_is_no_text_is_refused_in_a_sentence(redis_server: RedisServer, tmp_path: Path) -> None:
    environment = {**os.environb, b"MIRA_NAME": b"Flur \xff", b"MIRA_DATABASE": os.fsencode(tmp_path / "mira.db")}
    done = subprocess.run(
        [PROGRAM, "run", "--redis-url", redis_server.url], env=environment, capture_output=True, timeout=20, check=False
    )
    assert done.returncode == 2
    assert done.stderr.decode().startswith("mira-sidecar: `name`, set by the environment variable MIRA_NAME, is wrong:")
    assert b"Traceback" not in done.stderr


def test_the_mirror_goes_on_when_the_folder_of_its_log_gets_another_name(own_mirror: Mirror) -> None:
    folder = own_mirror.database.parent
    moved = folder.with_name(f"{folder.name}-moved")
    folder.rename(moved)
    try:
        ends = int(own_mirror.redis.pexpiretime(own_mirror.keys.presence))
        # Longer than presence and lease last by themselves, and than the figures of the disk do.
        own_mirror.until(lambda: int(own_mirror.redis.pexpiretime(own_mirror.keys.presence)) > ends + 11_000, 20)
        assert own_mirror.send("next_page")["type"] == "accepted"
    finally:
        moved.rename(folder)


def test_a_part_that_keeps_failing_is_in_the_presence_and_in_the_log(redis_server: RedisServer, tmp_path: Path) -> None:
    failing = (
        "import sys; from mira_sidecar import retention; from mira_sidecar.cli import main\n"
        "async def run(self): raise KeyError('a secret of the household')\n"
        "retention.Retention.run = run; sys.exit(main())"
    )
    with running(redis_server, tmp_path / "mira.db", program=(sys.executable, "-c", failing)) as mirror:
        mirror.until(lambda: bool((mirror.presence() or {}).get("degraded")))
        (problem,) = mirror.presence()["degraded"]  # type: ignore[index]
        assert problem["code"] == "worker_failing"
        assert "`retention`" in problem["message"]
        assert "secret" not in json.dumps(mirror.presence())
        assert mirror.said("a task failed and starts again")
        assert mirror.send("next_page")["type"] == "accepted"


@pytest.mark.timeout(60)
def test_what_is_due_at_the_start_is_done_once_the_disk_has_room(redis_server: RedisServer, tmp_path: Path) -> None:
    program = (sys.executable, failing_disk.__file__)
    with running(redis_server, tmp_path / "mira.db", unlock_ms=3_600_000) as mirror:
        mirror.send("set_pin", {"pin": "2580"})
        mirror.send("unlock", {"pin": "2580"})
    again = Mirror(redis_server, mirror.sidecar)
    again.sidecar.program = ("env", "STARTS_FULL=1", *program)
    again.sidecar.flags |= {"pages": "home,weather"}
    try:
        again.sidecar.launch()
        again.until(lambda: again.problem() == "disk_full", 20)
        # Longer than a command lives by itself: what was asked at the start would have expired.
        again.until(lambda: len([line for line in again.log() if line["event"] == "commands wait"]) > 0)
        asyncio.run(asyncio.sleep(6))
        again.sidecar.process.signal(failing_disk.signal.SIGHUP)
        again.until(lambda: again.problem() is None and again.snapshot()["state"]["pages"] == ["home", "weather"])
        assert again.snapshot()["state"]["access"]["unlocked_until"] is None
        again.check()
    finally:
        again.sidecar.kill()
        again.close()
