"""`mira-sidecar windows simulate --devices`: devices that are made up, at a real broker, for a mirror to move."""

import asyncio
import contextlib
import signal
import time
from dataclasses import dataclass
from typing import Any, get_args

import aiomqtt
import msgspec
from redis.exceptions import RedisError

from mira_sidecar.config import Settings, node_name
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.printing import say
from mira_sidecar.protocol import Keys
from mira_sidecar.subjects.windows.broker_address import BrokerAddress
from mira_sidecar.subjects.windows.mqtt_connection import Connection, connected
from mira_sidecar.subjects.windows.mqtt_errors import BrokerError, LostError
from mira_sidecar.subjects.windows.settings import WindowsSettings
from mira_sidecar.subjects.windows.simulator.climates import STEP_S
from mira_sidecar.subjects.windows.simulator.drives import Failure
from mira_sidecar.subjects.windows.simulator.live import LiveHouse, LiveRoom
from mira_sidecar.transport.connection import RedisClock, connect, explain
from mira_sidecar.transport.sender import Sender

GARDEN = "garden"
_DAYS = 28
_MEASURED_S = 1.0
"""Between two readings of each sensor."""
_MOVED_S = 0.25
"""Between two words of a motor that runs."""
_FAILURES: tuple[Failure, ...] = get_args(Failure.__value__)


@dataclass(frozen=True, kw_only=True)
class LiveWanted:
    """What is to be simulated."""

    devices: int
    speed: int
    """Seconds that pass in one."""
    climate: int
    seed: int
    failure: Failure | None
    """Of the first motor."""
    add: bool
    """Whether the mirror is told of the windows and sensors first."""
    seconds: int | None
    """None: until somebody ends it."""


class _Control(msgspec.Struct):
    """What a motor is told."""

    position: int | None = None
    stop: bool = False
    id: str | None = None


def simulate_live(settings: Settings, wanted: LiveWanted) -> None:
    """Until Ctrl-C. Raises OperationError."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_simulate(settings, wanted))


def broker_of(settings: Settings) -> BrokerAddress:
    """The broker of the settings. Raises OperationError."""
    address = settings.of(WindowsSettings).broker_address
    if address is None:
        raise OperationError("There is no MQTT broker. Name one: --windows-broker mqtt://localhost")
    return address


async def _simulate(settings: Settings, wanted: LiveWanted) -> None:
    house = LiveHouse(wanted.devices, wanted.climate, wanted.seed, _DAYS)
    house.rooms[0].motor.failure = wanted.failure
    if wanted.add:
        await _add(settings, house)
    devices = _Devices(house, wanted.speed)
    name = f"mira-{settings.mirror}-simulator"
    address = broker_of(settings)
    try:
        async with connected(address, name, devices.hear) as connection:
            say(f"{wanted.devices} rooms at {address}, {wanted.speed} times as fast as real ones. Ctrl-C ends it.")
            say("To have a motor fail: publish jams, drifts, lies, silent or nothing to simulator/<room>/failure.")
            await _until(devices.run(connection), wanted.seconds)
    except BrokerError as error:
        raise OperationError(str(error)) from error
    except LostError as error:
        raise OperationError(f"The connection to the MQTT broker {address} is over. Start this once more.") from error


async def _until(work: Any, seconds: int | None) -> None:
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with contextlib.suppress(TimeoutError, asyncio.CancelledError):
        async with asyncio.timeout(seconds):
            await task


async def _add(settings: Settings, house: LiveHouse) -> None:
    """Tell the mirror of the windows and sensors; those that it knows it refuses. Raises OperationError."""
    redis = connect(settings.redis_url)
    clock = RedisClock(redis)
    sender = Sender(redis, Keys(settings.mirror), clock, node_name())
    try:
        await clock.sync()
        for action, payload in _known(house.rooms):
            await sender.send(sender.command("automation", action, payload))
    except (RedisError, OSError) as error:
        raise OperationError(explain(error, settings.redis_url)) from error
    finally:
        await redis.aclose()


def _known(rooms: list[LiveRoom]) -> list[tuple[str, dict[str, Any]]]:
    windows = [
        {
            "window": room.name,
            "kind": room.scene.kind,
            "travel_s": room.motor.travel_s,
            "drive": {"kind": "mqtt"},
        }
        for room in rooms
    ]
    sensors = [{"device": room.name, "room": room.name} for room in rooms] + [{"device": GARDEN, "room": "outside"}]
    return [*(("add_window", window) for window in windows), *(("place_sensor", one) for one in sensors)]


class _Devices:
    """All devices of a house, over one connection."""

    def __init__(self, house: LiveHouse, speed: int) -> None:
        self._house, self._speed = house, speed
        self._rooms = {room.name: room for room in house.rooms}
        self._said: dict[str, dict[str, Any] | None] = {}
        self._told = asyncio.Event()

    def hear(self, message: aiomqtt.Message) -> None:
        """A motor is told something, or to fail. Returns at once."""
        steps = message.topic.value.split("/")
        room, payload = self._rooms.get(steps[1]), message.payload
        if room is None or message.retain or not isinstance(payload, bytes):
            return
        if steps[0] == "simulator":
            word = payload.decode(errors="replace").strip()
            room.motor.failure = next((one for one in _FAILURES if one == word), None)
            return
        now_s = time.monotonic()
        with contextlib.suppress(ValueError):
            told = msgspec.json.decode(payload, type=_Control)
            if told.position is not None and 0 <= told.position <= 100:
                room.motor.go(told.position, told.id, now_s)
            elif told.stop:
                room.motor.stop(told.id, now_s)
            self._told.set()

    async def run(self, connection: Connection) -> None:
        """Measure and move, until cancelled. Raises LostError."""
        await connection.follow(["window/+/control", "simulator/+/failure"], with_own="simulator/nothing")
        names = (*self._rooms, GARDEN)
        for name in names:
            await connection.publish(f"sensor/{name}/status", b"online", retain=True)
        measured_s, passed = 0.0, 0.0
        while True:
            now_s = time.monotonic()
            if now_s - measured_s >= _MEASURED_S:
                passed += min(now_s - measured_s, 10 * _MEASURED_S if measured_s else 0.0) * self._speed / STEP_S
                measured_s, steps = now_s, int(passed)
                passed -= steps
                self._house.pass_steps(steps, now_s)
                await self._measure(connection, now_s)
            await self._move(connection)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_MOVED_S):
                    await self._told.wait()
            self._told.clear()

    async def _measure(self, connection: Connection, now_s: float) -> None:
        for name, values in [*self._house.measured(now_s), (GARDEN, self._house.outside())]:
            for kind, value in values.items():
                await connection.publish(f"sensor/{name}/{kind}", f"{value:g}".encode())

    async def _move(self, connection: Connection) -> None:
        """Say where windows stand, where that is new."""
        for name, room in self._rooms.items():
            says = room.motor.says(time.monotonic())
            if says != self._said.get(name) and says is not None:
                await connection.publish(f"window/{name}/state", msgspec.json.encode(says), retain=True)
            self._said[name] = says
