"""Devices that are made up at a real broker, and what is shown of a mirror that moves them."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from house.broker import MosquittoServer
from house.redis import RedisServer
from house.sidecar import PROGRAM, SidecarProcess
from mira_sidecar.subjects.windows.simulator.drives import Failure
from mira_sidecar.subjects.windows.simulator.live import LiveHouse
from mira_sidecar.subjects.windows.simulator.motors import Motor

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[MosquittoServer]:
    with MosquittoServer(tmp_path / "mosquitto") as broker:
        yield broker


@pytest.fixture
def sidecar(shared_redis: RedisServer, broker: MosquittoServer, tmp_path: Path) -> Iterator[SidecarProcess]:
    settings = {"subjects": "windows", "windows_broker": broker.url()}
    sidecar = SidecarProcess(shared_redis.url, tmp_path / "mira.db", **settings)
    sidecar.start()
    yield sidecar
    sidecar.stop()


def test_rooms_that_are_made_up_are_known_planned_and_watched(
    shared_redis: RedisServer, broker: MosquittoServer, sidecar: SidecarProcess
) -> None:
    places = ["--redis-url", shared_redis.url, "--windows-broker", broker.url()]
    simulate = ["windows", "simulate", "--devices", "3", "--speed", "1200", "--add", "--seconds", "20", *places]
    simulated = subprocess.Popen([PROGRAM, *simulate], stdout=subprocess.PIPE, text=True)
    monitor = ["windows", "monitor", "--seconds", "9", "--database", sidecar.database, *places]
    watched = subprocess.run([PROGRAM, *monitor], capture_output=True, text=True, check=True).stdout
    simulated.terminate()
    said, _ = simulated.communicate(timeout=10)
    assert simulated.returncode == 0
    assert "3 rooms" in said
    for line in ("reading  bath_1             humidity", "reading  garden             temperature", "decides  outside"):
        assert line in watched
    snapshot = sidecar.bus.snapshot()
    assert snapshot
    windows = snapshot["state"]["parts"]["windows"]
    assert list(windows["windows"]) == ["bath_1", "bedroom_1", "living_1"]
    assert windows["sensors"]["garden"] == {"room": "outside"}
    assert all(window["position"] is not None for window in windows["windows"].values())


@pytest.mark.parametrize("command", ["simulate --devices 2", "monitor"])
def test_without_a_broker_it_is_said_what_to_do(command: str, tmp_path: Path) -> None:
    arguments = [PROGRAM, "windows", *command.split()]
    ended = subprocess.run(arguments, capture_output=True, text=True, check=False, env={"HOME": str(tmp_path)})
    assert ended.returncode == 1
    assert "--windows-broker" in ended.stderr


def test_a_broker_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    arguments = [PROGRAM, "windows", "simulate", "--devices", "2", "--windows-broker", "mqtt://127.0.0.1:1"]
    ended = subprocess.run(arguments, capture_output=True, text=True, check=False, env={"HOME": str(tmp_path)})
    assert ended.returncode == 1
    assert "is not running" in ended.stderr


@pytest.mark.parametrize(
    ("failure", "halfway", "end", "says"),
    [
        (None, 50, 100, 100),
        ("jams", 0, 0, 0),
        ("drifts", 50, 80, 80),
        ("lies", 0, 0, 100),
        ("silent", 50, 100, None),
    ],
)
def test_a_motor_runs_or_fails_as_it_is_told_to(
    failure: Failure | None, halfway: int, end: int, says: int | None
) -> None:
    motor = Motor(travel_s=10, failure=failure)
    motor.go(100, "command-1", 100.0)
    assert motor.position(105.0) == halfway
    assert motor.position(120.0) == end
    said = motor.says(120.0)
    assert said == (None if says is None else {"position": says, "moving": False, "id": "command-1"})


def test_a_motor_stops_where_it_is() -> None:
    motor = Motor(travel_s=10)
    motor.go(100, "command-1", 100.0)
    motor.stop("command-2", 103.0)
    assert motor.says(110.0) == {"position": 30, "moving": False, "id": "command-2"}


def test_an_open_window_is_felt_in_its_room() -> None:
    house = LiveHouse(2, climate=5, seed=1, days=7)
    bath, bedroom = house.rooms
    bath.motor.go(100, None, 0.0)
    house.pass_steps(24, 1_000.0)
    assert bath.indoors.temperature < bedroom.indoors.temperature
    assert dict(house.measured(1_000.0))[bath.name]["co2"] < 600
