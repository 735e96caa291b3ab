"""Devices that are watched: what is observed of them, and what was heard of those that look."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import msgspec

from mira_sidecar.devices.camera.settings import Camera
from mira_sidecar.devices.devices import Devices
from mira_sidecar.devices.owner import Hardware, Looker, Owner
from mira_sidecar.protocol import Device, Problem
from tests.sidecar.devices.lookers import Counted, Wish

LOOKERS = "tests.sidecar.devices.lookers"


@dataclass
class Watched:
    """The devices and what was heard of them, in order."""

    all: Devices = field(init=False)
    seen: dict[str, list[Device]] = field(default_factory=dict)
    """What was observed, by device."""
    problems: list[tuple[str, Problem | None]] = field(default_factory=list)
    heard: dict[str, list[Counted]] = field(default_factory=dict)
    """What lookers said, by their names."""
    closed: list[str] = field(default_factory=list)
    """The lookers that were told so."""
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def devices(self) -> list[Device]:
        """What was observed of the mirror's own camera."""
        return self.seen.setdefault("camera", [])

    @property
    def states(self) -> list[str]:
        return [device.capture for device in self.devices]

    @property
    def owner(self) -> Owner:
        """That of the mirror's own camera."""
        return self.all.of("camera")["camera"]

    def switch(self, on: bool, *, deciding: bool = True) -> None:
        """Switch the camera, as somebody before the glass would."""
        self.all.changed({"camera": {"on": on}, "microphone": {"on": False}}, deciding=deciding)

    def look(
        self,
        name: str,
        wish: Wish | None = Wish(),  # noqa: B008 - frozen
        at: str = "camera",
        module: str = LOOKERS,
        hear: Callable[[msgspec.Raw], Awaitable[None]] | None = None,
        *,
        films: bool = False,
    ) -> None:
        """Have a looker look, or no longer."""
        owner = {**self.all.of("camera"), **self.all.of("microphone")}[at]
        hear = hear or partial(self.hear, name)
        looker = Looker(name=name, module=module, hear=hear, closed=lambda: self.closed.append(name), films=films)
        owner.look(looker, wish)

    async def hear(self, name: str, said: msgspec.Raw) -> None:
        self.heard.setdefault(name, []).append(msgspec.json.decode(said, type=Counted))
        self.news.set()

    def observe(self, name: str, device: Device) -> None:
        self.seen.setdefault(name, []).append(device)
        self.news.set()

    def report(self, name: str, problem: Problem | None) -> None:
        self.problems.append((name, problem))
        self.news.set()

    async def until(self, holds: Callable[[], bool], seconds: float = 15) -> None:
        """Wait for news until it holds."""
        async with asyncio.timeout(seconds):
            while not holds():
                self.news.clear()
                await self.news.wait()

    async def capture(self, state: str, device: str = "camera", seconds: float = 15) -> Device:
        """Wait until the device is in this state."""
        seen = self.seen.setdefault(device, [])
        await self.until(lambda: seen[-1:] != [] and seen[-1].capture == state, seconds)
        return seen[-1]


@contextlib.asynccontextmanager
async def running(watched: Watched, hardware: Mapping[str, Hardware], lending: Path) -> AsyncIterator[None]:
    """Have these devices owned for the length of the block."""
    watched.all = Devices(hardware, lending=lending, observe=watched.observe, report=watched.report)
    tasks = [asyncio.ensure_future(work()) for work in watched.all.works().values()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


@contextlib.asynccontextmanager
async def watched(
    lending: Path, *, looks: bool = True, on: bool = True, **cameras: str | Hardware
) -> AsyncIterator[Watched]:
    """These devices, by name, for the length of the block; `looks`: somebody looks at each."""
    watched = Watched()
    hardware = {name: Camera(one) if isinstance(one, str) else one for name, one in cameras.items()}
    async with running(watched, hardware, lending):
        if looks:
            for name in hardware:
                watched.look("counting", at=name)
        watched.switch(on)
        yield watched
