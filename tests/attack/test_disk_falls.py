"""A disk that is full or turns read-only under load: commands wait, nothing is lost, and it goes on."""

import contextlib
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.redis import RedisServer
from tests.attack.disks import Disk, failing_disk, small_disk
from tests.attack.effort import SEED, Progress, times
from tests.attack.siege import Siege
from tests.sidecar.process.mirror import running

FILLED = times(3, full=20)
FAILED = times(1, full=10)


@contextlib.contextmanager
def besieged(server: RedisServer, disk: Disk, log: Path) -> Iterator[Siege]:
    """A running mirror whose database is on that disk; its log is elsewhere."""
    with running(server, disk.folder / "mira.db", log=log) as mirror:
        yield Siege(mirror, SEED)


def test_the_disk_is_full_under_load(redis_server: RedisServer, tmp_path: Path, progress: Progress) -> None:
    with small_disk(tmp_path / "disk") as disk, besieged(redis_server, disk, tmp_path / "sidecar.log") as siege:
        mirror = siege.mirror
        with siege:
            for _ in siege.rounds("full", FILLED, progress):
                disk.fill(leave=siege.random.randrange(60_000))
                mirror.until(lambda: mirror.problem() == "disk_full")
                siege.lull(0.5)
                if killed := siege.random.random() < 0.5:
                    mirror.sidecar.kill()
                disk.make_room()
                if killed:
                    mirror.sidecar.start()
        progress(f"{FILLED} times full; {siege.check()}")


@pytest.mark.parametrize("fresh", [False, True])
def test_a_start_on_a_full_disk_waits_and_serves_once_there_is_room(
    redis_server: RedisServer, tmp_path: Path, fresh: bool
) -> None:
    with small_disk(tmp_path / "disk") as disk, besieged(redis_server, disk, tmp_path / "sidecar.log") as siege:
        mirror = siege.mirror
        mirror.send("toggle_camera")
        mirror.sidecar.kill()
        if fresh:
            disk.clear()
            mirror.redis.flushall()
        before = len(mirror.log())
        disk.fill(leave=0)
        command = mirror.command("add_todo", {"summary": "Waits", "description": "x" * 4_096})
        mirror.post([command])
        mirror.sidecar.launch()
        mirror.until(lambda: "is full. Make room; Mira goes on by itself." in str(mirror.log()[before:]))
        mirror.until(lambda: fresh or mirror.problem() == "disk_full")
        time.sleep(2.5)
        assert mirror.sidecar.process.exit_code is None
        assert "Traceback" not in mirror.sidecar.process.log.read_text()
        disk.make_room()
        assert mirror.answers([command])[0]["type"] == "accepted"
        mirror.until(lambda: mirror.problem() is None)
        mirror.check()


def test_the_disk_turns_read_only_under_load(redis_server: RedisServer, tmp_path: Path, progress: Progress) -> None:
    with failing_disk(tmp_path / "disk") as disk, besieged(redis_server, disk, tmp_path / "sidecar.log") as siege:
        mirror = siege.mirror
        with siege:
            for _ in siege.rounds("failure", FAILED, progress):
                disk.fail()
                mirror.until(lambda: mirror.problem() == "storage_failed")
                assert "Check it; Mira goes on by itself once it works." in str(mirror.presence())
                mirror.sidecar.process.stop()
                disk.repair()
                mirror.sidecar.start()
        progress(f"{FAILED} failures; {siege.check()}")


@pytest.mark.parametrize("fresh", [False, True])
def test_a_start_on_a_read_only_disk_waits_changes_nothing_and_serves_once_it_can(
    redis_server: RedisServer, tmp_path: Path, fresh: bool
) -> None:
    with small_disk(tmp_path / "disk") as disk, besieged(redis_server, disk, tmp_path / "sidecar.log") as siege:
        mirror = siege.mirror
        mirror.send("toggle_camera")
        mirror.sidecar.kill()
        if fresh:
            disk.clear()
            mirror.redis.flushall()
        lines, before = len(mirror.log()), {file.name: file.read_bytes() for file in disk.folder.iterdir()}
        disk.read_only(True)
        command = mirror.command("toggle_camera")
        mirror.post([command])
        mirror.sidecar.launch()
        mirror.until(lambda: f"The database {mirror.database} cannot be written" in str(mirror.log()[lines:]))
        time.sleep(2.5)
        assert mirror.sidecar.process.exit_code is None
        assert {file.name: file.read_bytes() for file in disk.folder.iterdir()} == before
        disk.read_only(False)
        assert mirror.answers([command])[0]["type"] == "accepted"
        mirror.check()


def test_told_to_stop_while_it_waits_for_a_disk_it_stops(redis_server: RedisServer, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk, besieged(redis_server, disk, tmp_path / "sidecar.log") as siege:
        siege.mirror.sidecar.kill()
        disk.read_only(True)
        lines = len(siege.mirror.log())
        siege.mirror.sidecar.launch()
        siege.mirror.until(lambda: "cannot be written" in str(siege.mirror.log()[lines:]))
        siege.mirror.sidecar.process.signal(signal.SIGTERM)
        assert siege.mirror.exit_code(2) == 0
        disk.read_only(False)
