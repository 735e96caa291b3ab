"""A gesture worker that is watched: what it sent and what it said of the camera."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mira_sidecar.devices.owner import CameraSettings, GestureWorker
from mira_sidecar.protocol import Device
from mira_sidecar.subjects.gesture.seen import LiveHand
from mira_sidecar.subjects.gesture.worker.messages import Sampled


@dataclass
class Watched:
    """The worker and what was heard of it, in order."""

    worker: GestureWorker = field(init=False)
    devices: list[Device] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    kept: list[Sampled] = field(default_factory=list)
    shown: list[Sequence[LiveHand]] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def submit(self, source: str, action: str, payload: dict[str, Any], **more: Any) -> None:
        self.sent.append({"source": source, "action": action, **payload, **more})
        self._news.set()

    async def keep(self, sampled: Sampled) -> None:
        self.kept.append(sampled)
        self._news.set()

    def show(self, hands: Sequence[LiveHand], *, age_ms: int) -> None:
        assert 0 <= age_ms < 1_000
        self.shown.append(hands)
        self._news.set()

    def observe(self, device: Device) -> None:
        self.devices.append(device)
        self._news.set()

    async def until(self, holds: Callable[[], bool], seconds: float = 15) -> None:
        """Wait for news until it holds."""
        async with asyncio.timeout(seconds):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def capture(self, state: str) -> Device:
        """Wait until the camera is in this state."""
        await self.until(lambda: self.devices[-1:] != [] and self.devices[-1].capture == state)
        return self.devices[-1]

    @property
    def states(self) -> list[str]:
        return [device.capture for device in self.devices]


@contextlib.asynccontextmanager
async def watched(camera: str | None, models: Path, *, wanted: bool = True) -> AsyncIterator[Watched]:
    """A worker that runs for the length of the block."""
    watched = Watched()
    settings = CameraSettings(camera=camera, models=models)
    watched.worker = GestureWorker(
        settings, submit=watched.submit, keep=watched.keep, show=watched.show, observe=watched.observe
    )
    watched.worker.want(wanted)
    task = asyncio.create_task(watched.worker.run())
    try:
        yield watched
    finally:
        task.cancel()
        await asyncio.wait((task,))
