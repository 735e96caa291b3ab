"""`scripts/bench windows`: what lies between a sensor's message and the motor, and what sensors cost the sidecar.

Sensors and motors are in this process, and speak with a real Mosquitto that has the configuration of docs/mosquitto.
A command alone and one hop over MQTT are measured in turns with the whole way. Each window may move once in eight
minutes, so each measurement takes a window of its own.
"""

import contextlib
import itertools
import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import paho.mqtt.client as paho

from house.bench import mqtt
from house.bench.contestants import LOG_LEVEL, MIRROR, UNLIMITED, wire_to_sidecar
from house.bench.figures import Measured
from house.bench.resting import cpu_seconds, resident_mb, settled, start
from house.bench.sampling import alternating, percentile
from house.bench.wire import Wire, bodies
from house.broker import MosquittoServer
from house.process import HouseError
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from mira_sidecar.protocol import Source

type Progress = Callable[[str], None]

_WINDOWS = 32
"""As many as a mirror may have."""
_DAMP, _DRY = 85, 45
_MOVED_S = 10.0
_DEVICES = 100
_STEADY = 500
"""Messages a second of a large house."""
_LOOKS = 3


def measure(folder: Path, *, quick: bool, progress: Progress) -> dict[str, Measured]:
    """Take every figure. Raises HouseError where what is needed cannot be had."""
    windows, messages, seconds, rounds = (12, 5_000, 5.0, 1) if quick else (_WINDOWS, 40_000, 30.0, 5)
    progress("from the sensor to the motor")
    measured = _moved(folder / "moved", windows)
    progress(f"{messages:,} messages at once, and {_STEADY} a second")
    measured |= _flooded(folder / "flooded", messages, seconds)
    progress("a sidecar at rest, with MQTT and without")
    return measured | _at_rest(folder / "rest", rounds)


class _House:
    """Redis, Mosquitto and a sidecar with windows."""

    def __init__(self, folder: Path, *, with_mqtt: bool = True) -> None:
        self.redis = RedisServer(folder / "redis")
        self.broker = MosquittoServer(folder / "mosquitto")
        self.sidecar = SidecarProcess(
            self.redis.url,
            folder / "mira.db",
            mirror=MIRROR,
            subjects="windows",
            windows_broker=self.broker.url() if with_mqtt else None,
            rates=UNLIMITED,
            log_level=LOG_LEVEL,
            environment={"PYTHONDONTWRITEBYTECODE": ""},
        )

    def __enter__(self) -> Self:
        self.redis.start()
        self.broker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.sidecar.kill()
        self.broker.kill()
        self.redis.kill()

    def is_heard(self) -> None:
        """Wait until the mirror is at the broker. Raises HouseError."""
        with _Devices(self.broker.port) as devices:
            devices.listen(f"mira/{MIRROR}/status")
            devices.wait(f"mira/{MIRROR}/status", b"online")

    def send(self, action: str, payload: dict[str, Any], source: Source = "automation") -> None:
        """A command that has to be carried out. Raises HouseError."""
        answer = self.sidecar.bus.send(action, payload, source=source)
        if answer["type"] != "accepted":
            raise HouseError(f"The mirror refused `{action}` of the bench ({answer['reason']}).")


class _Devices:
    """Sensors and motors: one connection, which is enough for all."""

    def __init__(self, port: int) -> None:
        self._client = mqtt.swift_client()
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", port)
        self._came = threading.Condition()
        self._last: dict[str, tuple[float, bytes]] = {}

    def __enter__(self) -> Self:
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def listen(self, topic: str) -> None:
        subscribed = threading.Event()
        self._client.on_subscribe = lambda *_: subscribed.set()
        self._client.subscribe(topic, qos=1)
        if not subscribed.wait(5):
            raise HouseError("Mosquitto does not answer.")

    def say(self, topic: str, payload: str, *, retain: bool = False) -> paho.MQTTMessageInfo:
        return self._client.publish(topic, payload, qos=1, retain=retain)

    def wait(self, topic: str, payload: bytes | None = None) -> float:
        """When it came, by `perf_counter`. Raises HouseError."""
        with self._came:
            if not self._came.wait_for(lambda: self._is_there(topic, payload), _MOVED_S):
                raise HouseError(f"Nothing came on {topic}.")
            return self._last.pop(topic)[0]

    def said(self, topic: str) -> bytes:
        """The same, its payload. Raises HouseError."""
        with self._came:
            if not self._came.wait_for(lambda: topic in self._last, _MOVED_S):
                raise HouseError(f"Nothing came on {topic}.")
            return self._last[topic][1]

    def _is_there(self, topic: str, payload: bytes | None) -> bool:
        return topic in self._last and payload in (None, self._last[topic][1])

    def _on_message(self, client: paho.Client, userdata: object, message: paho.MQTTMessage) -> None:
        at = time.perf_counter()
        with self._came:
            self._last[message.topic] = at, message.payload
            self._came.notify_all()


def _moved(folder: Path, windows: int) -> dict[str, Measured]:
    with _House(folder) as house:
        house.sidecar.start()
        house.is_heard()
        wire = wire_to_sidecar(house.redis.url)
        wire.one_in_flight(bodies(50))
        with _baths(house, windows) as (devices, names):
            rounds = [_round(wire, devices, name) for name in names]
    whole, alone, hop = ([one[part] for one in rounds] for part in range(3))
    floor = statistics.median(alone) + statistics.median(hop)
    note = f"{statistics.median(whole):.2f} ms; a lone command {statistics.median(alone):.2f} ms, a hop "
    note += f"{statistics.median(hop):.2f} ms; {windows} windows"
    return {
        "windows_control_p50_vs_floor": Measured(statistics.median(whole) / floor, note),
        "windows_control_p99_ms": Measured(percentile(whole, 99), f"longest of {windows}"),
    }


@contextlib.contextmanager
def _baths(house: _House, count: int) -> Iterator[tuple[_Devices, list[str]]]:
    """Dry baths with windows that are shut, on a cool and dry day; everything of them is known."""
    names = [f"bath_{number}" for number in range(count)]
    house.send("observe_home", {"away": False, "armed": False, "quiet": False}, "sensor")
    house.send("place_sensor", {"device": "garden", "room": "outside"})
    with _Devices(house.broker.port) as devices:
        for kind, value in (("temperature", 12), ("humidity", 50), ("wind", 2), ("rain", 0)):
            devices.say(f"sensor/garden/{kind}", str(value))
        devices.listen("window/+/control")
        devices.listen("bench/hop")
        for name in names:
            window = {"window": name, "kind": "bath", "travel_s": 30, "drive": {"kind": "mqtt"}}
            house.send("add_window", window)
            house.send("place_sensor", {"device": name, "room": name})
            devices.say(f"window/{name}/state", json.dumps({"position": 0, "moving": False}), retain=True)
            for kind, value in (("temperature", 22), ("humidity", _DRY)):
                devices.say(f"sensor/{name}/{kind}", str(value))
        time.sleep(3)
        yield devices, names


def _round(wire: Wire, devices: _Devices, name: str) -> tuple[float, float, float]:
    """Milliseconds: from the sensor to the motor; of a lone command; of one hop."""
    (alone,) = wire.one_in_flight(bodies(1))
    began = time.perf_counter()
    devices.say("bench/hop", "hop")
    hop = devices.wait("bench/hop") - began
    began = time.perf_counter()
    devices.say(f"sensor/{name}/humidity", str(_DAMP))
    command = devices.said(f"window/{name}/control")
    whole = devices.wait(f"window/{name}/control") - began
    said = json.loads(command)
    devices.say(f"window/{name}/state", json.dumps({"position": said["position"], "moving": True, "id": said["id"]}))
    time.sleep(0.3)
    wire.skip()
    return whole * 1_000, alone, hop * 1_000


def _flooded(folder: Path, messages: int, seconds: float) -> dict[str, Measured]:
    with _House(folder) as house:
        house.sidecar.start()
        house.is_heard()
        for number in range(_LOOKS):
            house.send("place_sensor", {"device": f"room_{number}", "room": f"room_{number}"})
        pid = house.sidecar.process.pid
        if pid is None:
            raise HouseError("The sidecar ended.")
        with _Devices(house.broker.port) as devices:
            devices.listen(f"mira/{MIRROR}/status")
            before = cpu_seconds(pid)
            took = _caught_up(house, devices, messages)
            each_us = (cpu_seconds(pid) - before) / messages * 1_000_000
            before, began = cpu_seconds(pid), time.perf_counter()
            _steady(devices, seconds)
            used = (cpu_seconds(pid) - before) / (time.perf_counter() - began) * 100
            grown = resident_mb(pid)
    return {
        "windows_ingest_per_s": Measured(
            messages / took,
            f"{messages:,} messages of {_DEVICES} sensors at once, QoS 1; {each_us:.0f} µs of the sidecar each",
        ),
        "windows_cpu_at_500_percent": Measured(used, f"of one core, over {seconds:g} s; {grown:.0f} MB resident then"),
    }


def _caught_up(house: _House, devices: _Devices, messages: int) -> float:
    """Seconds from the first until the mirror has heard the last: it is away meanwhile only as far as it is slow."""
    sent = devices.say("sensor/room_0/temperature", "20")
    sent.wait_for_publish(5)
    began = time.perf_counter()
    for number in range(messages):
        sent = devices.say(*_reading(number))
    sent.wait_for_publish(120)
    # A window tells when the mirror has read so far: its word comes behind all the others.
    house.send("add_window", {"window": "last", "kind": "bath", "travel_s": 30, "drive": {"kind": "mqtt"}})
    devices.say("window/last/state", json.dumps({"position": 7, "moving": False}))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        snapshot = house.sidecar.bus.snapshot() or {"state": {"parts": {"windows": {"windows": {}}}}}
        if snapshot["state"]["parts"]["windows"]["windows"].get("last", {}).get("position") == 7:
            return time.perf_counter() - began
        time.sleep(0.005)
    raise HouseError("The mirror did not hear all that was sent.")


def _steady(devices: _Devices, seconds: float) -> None:
    """Messages at an even pace."""
    began = time.perf_counter()
    for number in itertools.count():
        due = began + number / _STEADY
        if due - began > seconds:
            return
        time.sleep(max(0.0, due - time.perf_counter()))
        devices.say(*_reading(number))


def _reading(number: int) -> tuple[str, str]:
    device, kind = number % _DEVICES, ("temperature", "humidity")[number // _DEVICES % 2]
    return f"sensor/room_{device}/{kind}", f"{20 + number // _DEVICES % 10 / 10:.1f}"


def _at_rest(folder: Path, rounds: int) -> dict[str, Measured]:
    """Memory and start with MQTT and without, in turns."""
    with contextlib.ExitStack() as stack:
        houses = [stack.enter_context(_House(folder / str(on), with_mqtt=on)) for on in (True, False)]
        for house in houses:
            start(house.sidecar)
        started = alternating(rounds, [lambda one=house: start(one.sidecar) for house in houses])  # type: ignore[misc]
        resident = []
        for house, with_mqtt in zip(houses, (True, False), strict=True):
            pid = settled(house.sidecar)
            if with_mqtt:
                house.is_heard()
            resident.append(resident_mb(pid))
    medians = [statistics.median(one) for one in started]
    return {
        "windows_mqtt_added_mb": Measured(
            resident[0] - resident[1], f"{resident[0]:.1f} MB with MQTT, {resident[1]:.1f} MB without"
        ),
        "windows_mqtt_added_start_s": Measured(
            medians[0] - medians[1], f"{medians[0]:.2f} s with MQTT, {medians[1]:.2f} s without, until it decides"
        ),
    }
