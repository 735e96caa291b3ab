"""A device as one could buy it, over real MQTT: sensors and the motor of a window, with a session that outlives it."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple, Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties


class Told(NamedTuple):
    """A message of control."""

    at_s: float
    """By the steady clock."""
    arrived_ms: int
    """By the clock of everybody."""
    body: dict[str, Any]
    retained: bool


class Device:
    """Measures for the room of its name, and moves the window of its name."""

    def __init__(self, port: int, name: str = "bath", *, travel_s: float = 0.5, moves: bool = True) -> None:
        """`moves`: False for one that is told and does nothing."""
        self.name, self.port, self.moves = name, port, moves
        self.position, self.last_id = 0, None
        self.told: list[Told] = []
        self._travel_s = travel_s
        self._news = threading.Condition()
        self._runs: list[threading.Timer] = []
        self._client = paho.Client(CallbackAPIVersion.VERSION2, f"device-{name}", protocol=paho.MQTTv5)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.reconnect_delay_set(1, 1)

    def __enter__(self) -> Self:
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        session.SessionExpiryInterval = 3_600
        self._client.connect("127.0.0.1", self.port, keepalive=10, clean_start=False, properties=session)
        self._client.loop_start()
        return self

    def __exit__(self, *_: object) -> None:
        for run in self._runs:
            run.cancel()
            run.join()
        self._client.disconnect()
        self._client.loop_stop()

    def measure(self, **values: float) -> None:
        """Its sensors say so."""
        for kind, value in values.items():
            self._client.publish(f"sensor/{self.name}/{kind}", str(value), qos=1).wait_for_publish(10)

    def weather(self, **values: float) -> None:
        """A sensor outside says so."""
        for kind, value in values.items():
            self._client.publish(f"sensor/garden/{kind}", str(value), qos=1).wait_for_publish(10)

    def meddle(self, position: int) -> None:
        """Somebody else tells its motor where to go."""
        self._client.publish(f"window/{self.name}/control", json.dumps({"position": position}), qos=1)

    def say(self, **more: Any) -> None:
        """Say where the window stands."""
        body = {"position": self.position, "moving": False, "id": self.last_id, **more}
        self._client.publish(f"window/{self.name}/state", json.dumps(body), qos=1, retain=True)

    def until(self, holds: Callable[[list[Told]], bool], seconds: float = 10.0) -> list[Told]:
        """Wait for messages of control of which that holds. Raises AssertionError."""
        with self._news:
            assert self._news.wait_for(lambda: holds(self.told), seconds), self.told
            return list(self.told)

    def _on_connect(self, client: paho.Client, *_: Any) -> None:
        client.subscribe(f"window/{self.name}/control", qos=1)
        self.say()

    def _on_message(self, client: paho.Client, userdata: object, message: paho.MQTTMessage) -> None:
        body = json.loads(message.payload)
        with self._news:
            self.told.append(Told(time.monotonic(), time.time_ns() // 1_000_000, body, message.retain))
            self._news.notify_all()
        if self.moves and "position" in body:
            self.last_id = body["id"]
            self.say(moving=True)
            run = threading.Timer(self._travel_s, self._arrive, (body["position"],))
            self._runs.append(run)
            run.start()

    def _arrive(self, position: int) -> None:
        self.position = position
        self.say()
