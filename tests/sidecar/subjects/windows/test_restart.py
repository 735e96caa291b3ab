"""A real sidecar with windows: what was decided holds after it was killed, and nothing opens by old weather."""

from pathlib import Path
from typing import Any

import pytest

from house.redis import RedisServer
from house.sidecar import SidecarProcess

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
def sidecar(shared_redis: RedisServer, tmp_path: Path) -> SidecarProcess:
    return SidecarProcess(shared_redis.url, tmp_path / "mira.db", subjects="windows")


def state(sidecar: SidecarProcess) -> dict[str, Any]:
    snapshot = sidecar.bus.snapshot()
    assert snapshot
    windows: dict[str, Any] = snapshot["state"]["parts"]["windows"]
    return windows


def plan(sidecar: SidecarProcess) -> dict[str, Any]:
    wanted = {"window": "bed", "position": 50, "age_s": 5}
    return sidecar.bus.send("set_window", wanted, source="sensor", confidence=0.9)


def test_a_hold_and_a_lock_survive_and_rain_is_not_known_any_more(sidecar: SidecarProcess) -> None:
    sidecar.start()
    try:
        sidecar.bus.send("add_window", {"window": "bed", "kind": "bedroom", "travel_s": 30})
        sidecar.bus.send("observe_weather", {"rain": False, "wind": 2.0}, source="sensor")
        sidecar.bus.send("window_moved", {"window": "bed", "position": 0}, source="sensor")
        sidecar.bus.send("window_moved", {"window": "bed", "position": 40}, source="sensor")
        before = state(sidecar)["windows"]["bed"]
        sidecar.kill()
        sidecar.start()
        assert plan(sidecar)["reason"] == "window_held"
        assert state(sidecar)["windows"]["bed"] == before
        sidecar.bus.send("resume_window", {"window": "bed"})
        assert plan(sidecar)["reason"] == "weather_unknown"
        sidecar.bus.send("observe_weather", {"rain": False}, source="sensor")
        assert plan(sidecar)["type"] == "accepted"
    finally:
        sidecar.stop()
