"""The whole way, with a real Mosquitto, Redis and sidecar: a shower, an open window, rain, a shut window, and why."""

import contextlib
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from house.broker import MosquittoServer
from house.redis import RedisServer
from house.sidecar import PROGRAM, SidecarProcess
from mira_sidecar.store.files import side_of
from tests.sidecar.subjects.windows.device import Device

pytestmark = pytest.mark.usefixtures("socket_enabled")

HUMID = {"temperature": 22.0, "humidity": 78.0}
DRY = {"temperature": 22.0, "humidity": 50.0}
DRY_DAY = {"temperature": 12.0, "humidity": 60.0, "wind": 2.0, "rain": 0}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[MosquittoServer]:
    with MosquittoServer(tmp_path / "mosquitto") as broker:
        yield broker


@pytest.fixture
def sidecar(shared_redis: RedisServer, broker: MosquittoServer, tmp_path: Path) -> Iterator[SidecarProcess]:
    sidecar = SidecarProcess(
        shared_redis.url,
        tmp_path / "mira.db",
        mirror=tmp_path.name.replace("-", "_")[-20:],
        subjects="windows",
        windows_broker=broker.url(),
        windows_rest_minutes=0,
    )
    sidecar.start()
    sidecar.bus.send(
        "add_window",
        {"window": "bath", "kind": "bath", "travel_s": 1, "drive": {"kind": "mqtt"}},
    )
    sidecar.bus.send("place_sensor", {"device": "bath", "room": "bath"})
    sidecar.bus.send("place_sensor", {"device": "garden", "room": "outside"})
    yield sidecar
    sidecar.stop()


@pytest.fixture
def device(broker: MosquittoServer, sidecar: SidecarProcess) -> Iterator[Device]:
    with Device(broker.port) as device:
        yield device


def window(sidecar: SidecarProcess) -> dict[str, Any]:
    snapshot = sidecar.bus.snapshot()
    assert snapshot
    found: dict[str, Any] = snapshot["state"]["parts"]["windows"]["windows"]["bath"]
    return found


def until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def shower(device: Device) -> None:
    """It is dry, and somebody showers."""
    device.weather(**DRY_DAY)
    device.measure(**DRY)
    device.measure(**HUMID)


def test_after_a_shower_it_opens_and_when_it_rains_it_shuts_and_says_why(
    sidecar: SidecarProcess, device: Device
) -> None:
    until(lambda: window(sidecar)["position"] == 0)
    shower(device)
    (opened,) = device.until(len)
    assert opened.body["position"] >= 50
    assert not opened.retained
    until(lambda: window(sidecar)["position"] == opened.body["position"])
    assert window(sidecar)["run"] is None
    began = time.monotonic()
    device.weather(rain=1)
    _, shut = device.until(lambda told: len(told) == 2)
    assert shut.at_s - began <= 2
    assert (shut.body["position"], shut.body["reason"]) == (0, "rain")
    until(lambda: window(sidecar)["position"] == 0)
    sidecar.stop()
    with contextlib.closing(sqlite3.connect(side_of(sidecar.database))) as side:
        assert side.execute("SELECT id FROM windows_decisions").fetchall() == [(opened.body["id"],)]
    why = subprocess.run(
        [PROGRAM, "explain", shut.body["id"], "--database", sidecar.database],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert "rain" in why
    assert "observe_weather" in why


def test_it_is_said_where_there_is_no_broker_for_a_window(shared_redis: RedisServer, tmp_path: Path) -> None:
    sidecar = SidecarProcess(shared_redis.url, tmp_path / "mira.db", mirror="brokerless", subjects="windows")
    sidecar.start()
    try:
        sidecar.bus.send("add_window", {"window": "bath", "kind": "bath", "drive": {"kind": "mqtt"}})
        until(lambda: "broker_missing" in problems(sidecar))
        sidecar.bus.send("change_window", {"window": "bath", "drive": {"kind": "home"}})
        until(lambda: not problems(sidecar))
    finally:
        sidecar.stop()


def problems(sidecar: SidecarProcess) -> list[str]:
    return [problem["code"] for problem in (sidecar.bus.presence() or {}).get("degraded", [])]


def test_commands_of_somebody_else_are_a_problem(sidecar: SidecarProcess, device: Device) -> None:
    for position in (10, 20, 30):
        device.meddle(position)
    until(lambda: "foreign_window_commands" in problems(sidecar))


def test_a_sidecar_that_was_killed_tells_nothing_old_and_knows_where_the_window_stands(
    sidecar: SidecarProcess, device: Device
) -> None:
    until(lambda: window(sidecar)["position"] == 0)
    sidecar.bus.send("set_window", {"window": "bath", "position": 60}, source="touch")
    device.until(len)
    sidecar.kill()
    sidecar.start()
    until(lambda: window(sidecar)["position"] == 60)
    assert (window(sidecar)["run"], window(sidecar)["fault"], len(device.told)) == (None, None, 1)
