"""The mirror and a device at a real broker."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from house.broker import MosquittoServer
from mira_sidecar.protocol import Problem
from mira_sidecar.subjects.windows.broker_address import BrokerAddress
from mira_sidecar.subjects.windows.mqtt import Broker, Message

TOPICS = ("sensor/#", "window/+/state", "window/+/control")


class Noticeboard:
    """What the sidecar says of itself."""

    def __init__(self) -> None:
        self.served = asyncio.Event()
        self.served.set()
        self.problems: dict[str, Problem] = {}
        self.once: list[Problem] = []

    def degraded(self, part: str, problem: Problem | None) -> None:
        self.problems.pop(part, None)
        if problem:
            self.problems[part] = problem

    def happened(self, problem: Problem, seconds: float) -> None:
        self.once.append(problem)


class MirrorSide:
    """A mirror, as far as it speaks with the broker."""

    def __init__(
        self,
        server: MosquittoServer,
        name: str = "hall",
        user: str | None = None,
        node: str | None = None,
        at_once: bool = True,
        **more: Path | None,
    ) -> None:
        address = BrokerAddress.of(server.url(user), more.get("password_file"), more.get("ca_file"))
        self.board = Noticeboard()
        self.heard: list[Message] = []
        self.hear: Callable[[Message], None] = self.heard.append
        self.broker = Broker(
            *(address, name, lambda message: self.hear(message), self.board),  # noqa: PLW0108 - tests change it
            now_ms=lambda: int(time.time() * 1_000),
            topics=TOPICS,
            node=node,
            at_once=at_once,
        )

    @property
    def payloads(self) -> list[bytes]:
        return [message.payload for message in self.heard]

    @contextlib.asynccontextmanager
    async def running(self, *, connected: bool = True) -> AsyncIterator[None]:
        task = asyncio.create_task(self.broker.run())
        try:
            if connected:
                await until(lambda: self.broker.connected)
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def problem(self) -> Problem:
        await until(lambda: "broker" in self.board.problems)
        return self.board.problems["broker"]

    def control(self, payload: bytes, window: str = "bath", **more: Any) -> Any:
        return self.broker.publish(f"window/{window}/control", payload, **more)


class Device:
    """Something with a window, which connects again by itself when the broker is back."""

    def __init__(
        self,
        server: MosquittoServer,
        name: str = "bath",
        topics: tuple[str, ...] = ("window/bath/control",),
        *,
        password: str | None = None,
        ca_file: Path | None = None,
        keep_s: int = 0,
    ) -> None:
        self._server, self._name, self._topics = server, name, topics
        self._password, self._ca_file, self._keep_s = password, ca_file, keep_s
        self.got: list[aiomqtt.Message] = []
        self._client: aiomqtt.Client | None = None

    @property
    def payloads(self) -> list[bytes]:
        return [message.payload for message in self.got]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[Device]:
        task = asyncio.create_task(self._run())
        try:
            await until(lambda: self._client is not None)
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def send(self, topic: str, payload: str | bytes, **more: Any) -> None:
        assert self._client
        await self._client.publish(topic, payload, qos=more.pop("qos", 1), **more)

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(aiomqtt.MqttError):
                async with self._made() as client:
                    for topic in self._topics:
                        await client.subscribe(topic, qos=1)
                    self._client = client
                    async for message in client.messages:
                        self.got.append(message)
            self._client = None
            await asyncio.sleep(0.2)

    def _made(self) -> aiomqtt.Client:
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = self._keep_s
        return aiomqtt.Client(
            "127.0.0.1",
            self._server.port,
            identifier=f"device-{self._name}",
            username=self._name if self._password else None,
            password=self._password,
            tls_context=ssl.create_default_context(cafile=self._ca_file) if self._ca_file else None,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=not self._keep_s,
            properties=properties,
            timeout=5,
        )


async def until(is_so: Callable[[], object], seconds: float = 15) -> None:
    """Wait for something."""
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110 - what it looks at tells nobody
            await asyncio.sleep(0.01)
