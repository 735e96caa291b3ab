"""A subject that is switched on, where what it needs is not installed."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.redis import RedisServer
from tests.sidecar.process.mirror import Mirror, running

PROGRAM = (sys.executable, Path(__file__).with_name("without_gesture_extra.py"))


@pytest.fixture(autouse=True)
def _loopback(socket_enabled: None) -> None:
    """These tests speak to Redis."""


@pytest.fixture
def mirror(redis_server: RedisServer, tmp_path: Path) -> Iterator[Mirror]:
    """A mirror whose sidecar lacks it."""
    with running(redis_server, tmp_path / "mira.db", program=PROGRAM, camera="/dev/video0", confirm="none") as mirror:
        yield mirror


def test_it_is_said_once_and_the_rest_works(mirror: Mirror) -> None:
    mirror.until(lambda: mirror.degraded() == ["extra_missing"])
    (problem,) = (mirror.presence() or {})["degraded"]
    assert "(av, cv2). Install `mira-sidecar[gesture]`" in problem["message"]
    assert (mirror.presence() or {})["devices"] == {}
    assert mirror.send("set_camera", {"on": True})["type"] == "accepted"
    assert mirror.send("add_todo", {"summary": "Milk"})["type"] == "accepted"
    assert mirror.said("a subject does nothing")
    mirror.check()


def test_doctor_says_what_to_install(mirror: Mirror) -> None:
    told = [*PROGRAM, "doctor", "--redis-url", mirror.server.url, "--database", mirror.database]
    found = subprocess.run([str(one) for one in told], capture_output=True, text=True, check=False, timeout=60)
    assert found.returncode == 1
    assert [line for line in found.stdout.splitlines() if line.startswith("✗ gesture ")]
    assert "Install `mira-sidecar[gesture]`" in found.stdout
