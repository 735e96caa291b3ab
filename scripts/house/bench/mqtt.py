"""Mosquitto with QoS 1, tuned on both sides: no Nagle delay, no limit of the queue. Nothing of it is durable.

The window of unacknowledged messages stays at 20, the default of both sides: wider, it was slower (12,000 a second
instead of 18,000).

The echoing process is run as `python -m house.bench.mqtt PORT`.
"""

import shutil
import socket
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from house.process import HouseError, Process, listens
from house.redis import free_port

_COMMANDS, _ANSWERS = "bench/in", "bench/out"
_ANSWER_S = 20.0


def installed() -> str | None:
    """The broker's program, where there is one (Debian has it outside a user's path)."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


class Broker:
    """Mosquitto on a free port, and the process that echoes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._broker = Process("Mosquitto", folder / "mosquitto.log")
        self._echo = Process("Echo", folder / "mqtt_echo.log")

    def start(self) -> None:
        """Start both. Raises HouseError where the broker does not come up."""
        program = installed()
        if program is None:
            raise HouseError("mosquitto is not installed.")
        self.port = free_port()
        configuration = self._folder / "mosquitto.conf"
        configuration.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
            "set_tcp_nodelay true\nmax_queued_messages 0\n"
        )
        self._broker.start([program, "-c", configuration])
        self._broker.wait_until(lambda: listens(self.port))
        self._echo.start([sys.executable, "-m", "house.bench.mqtt", str(self.port)])

    def stop(self) -> None:
        """End both."""
        self._echo.kill()
        self._broker.stop()


def many_in_flight(port: int, commands: Sequence[bytes], count: int, at_once: int) -> float:
    """Echoes a second, over the first `count`, while so many messages are always on their way."""
    client = swift_client()
    left = iter(commands)
    answered = 0
    finished, listening = threading.Event(), threading.Event()

    def on_message(client: paho.Client, userdata: object, message: paho.MQTTMessage) -> None:
        nonlocal answered
        if message.payload == b"ready":
            listening.set()
            return
        answered += 1
        if answered >= count:
            finished.set()
        elif (body := next(left, None)) is not None:
            client.publish(_COMMANDS, body, qos=1)

    client.on_message = on_message
    client.connect("127.0.0.1", port)
    client.subscribe(_ANSWERS, qos=1)
    client.loop_start()
    try:
        _until_echoed(client, listening)
        began = time.perf_counter()
        for _ in range(at_once):
            client.publish(_COMMANDS, next(left), qos=1)
        if not finished.wait(_ANSWER_S * 3):
            raise HouseError("Mosquitto's echo did not answer every message.")
        return answered / (time.perf_counter() - began)
    finally:
        client.disconnect()
        client.loop_stop()


def _until_echoed(client: paho.Client, listening: threading.Event) -> None:
    """The echo subscribes when it has started; what is sent before is lost."""
    deadline = time.monotonic() + 10
    while not listening.is_set():
        if time.monotonic() > deadline:
            raise HouseError("Mosquitto's echo does not answer.")
        client.publish(_COMMANDS, b"ready", qos=1)
        listening.wait(0.1)
    time.sleep(0.3)  # the echoes of what was asked more than once


def swift_client() -> paho.Client:
    """One without delay, and without a limit of its queue."""
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.max_queued_messages_set(0)
    client.on_socket_open = _without_delay
    return client


def _without_delay(client: paho.Client, userdata: object, opened: paho.SocketLike) -> None:
    if isinstance(opened, socket.socket):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _echo(port: int) -> None:
    """Send back what comes, until the process is ended."""
    client = swift_client()

    def on_message(client: paho.Client, userdata: object, message: paho.MQTTMessage) -> None:
        client.publish(_ANSWERS, message.payload, qos=1)

    client.on_message = on_message
    client.connect("127.0.0.1", port)
    client.subscribe(_COMMANDS, qos=1)
    client.loop_forever()


if __name__ == "__main__":
    _echo(int(sys.argv[1]))
