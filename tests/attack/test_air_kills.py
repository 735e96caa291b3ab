"""Readings and a mirror that is killed again and again: none is lost, and none counts twice."""

import asyncio
import contextlib
import os
import random
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from house.broker import MosquittoServer
from mira_sidecar.subjects.windows.kept import JOURNAL
from tests.attack.effort import SEED, Progress, times
from tests.sidecar.subjects.windows.at_the_broker import Device
from tests.sidecar.subjects.windows.store import NOON_MS, Disk, Keeping, opened

pytestmark = pytest.mark.usefixtures("socket_enabled")
KILLS = times(3, 50)
ROOT = Path(__file__).parents[2]


async def started(server: MosquittoServer, folder: Path) -> Process:
    """A mirror that the broker has."""
    command = (sys.executable, "-m", "tests.attack.keeping", server.url(), str(folder))
    paths = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'scripts'}"}
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, cwd=ROOT, env=paths)
    assert process.stdout
    async with asyncio.timeout(30):
        while (line := await process.stdout.readline()) != b"there\n":
            assert line, "it ended by itself"
    return process


async def killed(process: Process) -> None:
    process.kill()
    await process.wait()


async def kept(folder: Path) -> list[float]:
    async with opened(folder) as side:
        return sorted([entry.value async for row in side.rows(JOURNAL) for entry in row.value or ()])


async def test_no_reading_is_lost_and_none_counts_twice_whoever_is_killed(tmp_path: Path, progress: Progress) -> None:
    chosen, sent = random.Random(SEED), 0
    with MosquittoServer(tmp_path / "mosquitto") as server:
        await killed(await started(server, tmp_path))  # now the broker keeps for it what comes
        async with Device(server, "shelf").running() as device:

            async def send() -> None:
                nonlocal sent
                while True:
                    await device.send("sensor/shelf/count", f'{{"value": {sent}, "seq": {sent}}}')
                    sent += 1

            sending = asyncio.create_task(send())
            for kill in range(KILLS):
                process = await started(server, tmp_path)
                await asyncio.sleep(chosen.uniform(0, 0.4))
                await killed(process)
                progress(f"killed {kill + 1} times, {sent:,} readings sent")
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sending
            process = await started(server, tmp_path)
            await asyncio.sleep(2)
            await killed(process)
    found = await kept(tmp_path)
    assert len(found) in (sent, sent + 1), "the last one may have been on its way"
    assert found == [float(one) for one in range(len(found))]
    async with opened(tmp_path) as side:
        keeping = Keeping(Disk(side), NOON_MS + 60_000)
        await keeping.keep()
        assert await keeping.means(kind="count", device="shelf") == [sum(found) / len(found)]
