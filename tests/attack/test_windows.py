"""Sidecar, broker and Redis killed (SIGKILL) while windows are moved: no motor is told late, and none twice."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from house.broker import MosquittoServer
from house.redis import RedisServer
from mira_sidecar.protocol import milliseconds
from tests.attack.effort import SEED, Progress, times
from tests.sidecar.process.mirror import Mirror, running
from tests.sidecar.subjects.windows.device import Device

KILLS = times(6, full=50)
_WITHIN_S = 0.08
"""After the command: that it is decided, stored and told takes less."""
_SETTLES_S = 40.0


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[MosquittoServer]:
    with MosquittoServer(tmp_path / "mosquitto") as broker:
        yield broker


@pytest.fixture
def mirror(redis_server: RedisServer, broker: MosquittoServer, tmp_path: Path) -> Iterator[Mirror]:
    settings = {"subjects": "windows", "windows_broker": broker.url(), "windows_runs_a_day": 48}
    with running(redis_server, tmp_path / "mira.db", **settings) as mirror:
        mirror.send("add_window", {"window": "bath", "kind": "bath", "travel_s": 1, "drive": {"kind": "mqtt"}})
        yield mirror


def bath(mirror: Mirror) -> dict[str, Any]:
    found: dict[str, Any] = mirror.snapshot()["state"]["parts"]["windows"]["windows"]["bath"]
    return found


def test_whoever_is_killed_no_window_moves_late_or_twice(
    mirror: Mirror, broker: MosquittoServer, progress: Progress
) -> None:
    chance = random.Random(SEED)
    kills = {"sidecar": mirror.sidecar.kill, "broker": broker.kill, "Redis": mirror.server.kill}
    told = untold = 0
    with Device(broker.port) as device:
        mirror.until(lambda: bath(mirror)["position"] == 0, 20)
        for number in range(1, KILLS + 1):
            victim = chance.choice(sorted(kills))
            progress(f"kill {number} of {KILLS}: {victim}")
            before = len(device.told)
            position = 0 if device.position else 60
            mirror.post([mirror.command("set_window", {"window": "bath", "position": position}, ttl_ms=5_000)])
            killer = threading.Timer(chance.uniform(0, _WITHIN_S), kills[victim])
            killer.start()
            killer.join()
            time.sleep(chance.uniform(0, 1.5))
            {"sidecar": mirror.sidecar.start, "broker": broker.start, "Redis": mirror.server.start}[victim]()
            mirror.until(lambda: _settled(mirror, device), _SETTLES_S)
            late = [one for one in device.told if not _in_time(one.arrived_ms, one.body)]
            assert late == []
            told, untold = told + (len(device.told) > before), untold + (len(device.told) == before)
        ids = [one.body["id"] for one in device.told]
        assert len(ids) == len(set(ids))
        assert not any(one.retained for one in device.told)
    assert not [event for event in mirror.published() if event["payload"].get("by") == "hand"]
    progress(f"{KILLS} kills: {told} times the motor was told in time, {untold} times not at all; seed {SEED}")


def _in_time(arrived_ms: int, body: dict[str, Any]) -> bool:
    return "stop" in body or arrived_ms <= milliseconds(body["expires_at"])


def _settled(mirror: Mirror, device: Device) -> bool:
    """Whether the mirror is served, and knows where the window stands, without a fault."""
    try:
        window = bath(mirror)
    except Exception:  # noqa: BLE001 - Redis is coming up
        return False
    there = window["position"] == device.position == window["target"]
    return there and window["run"] is None and window["fault"] is None and mirror.is_served_by(mirror.sidecar)
