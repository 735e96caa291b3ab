"""A side store of one test's own, that can hang and fail."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from mira_sidecar.keeping import side_tables
from mira_sidecar.protocol import instant
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.side import Row, SideStore, Table
from mira_sidecar.subjects.windows.core.devices import Devices
from mira_sidecar.subjects.windows.core.rooms import SensorReading
from mira_sidecar.subjects.windows.recorder import AskedReadings, Recorder

MINUTE_MS = 60_000
NOON_MS = 1_800_014_400_000
"""A full hour."""


@contextlib.asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[SideStore]:
    """The one in a folder."""
    side = await SideStore.open(folder / "mira.db.side", side_tables(), "server")
    async with contextlib.aclosing(side):
        yield side


class Disk:
    """The side store as a part has it; its disk may hang, or be full."""

    def __init__(self, side: SideStore) -> None:
        self.side = side
        self.works = asyncio.Event()
        self.works.set()
        self.is_full = False
        self.writes = 0
        self._put, side.put = side.put, self._tried  # type: ignore[method-assign]

    async def opened(self) -> SideStore:
        return self.side

    def now(self) -> SideStore:
        return self.side

    async def _tried(self, table: Table[Any], *rows: Row[Any], key: str | None = None) -> None:
        await self.works.wait()
        if self.is_full:
            raise StoreError("The disk is full.")
        self.writes += 1
        await self._put(table, *rows, key=key)


class Keeping:
    """A recorder, its clock, and what it acknowledged."""

    def __init__(self, disk: Disk, now_ms: int = NOON_MS) -> None:
        self.disk = disk
        self.now_ms = now_ms
        self.acknowledged = list[int]()
        self.devices = Devices()
        self.devices.rooms = {"shelf": "bath", "tile": "bath"}
        self.recorder = Recorder(disk, self.devices, lambda: self.now_ms, self.acknowledged.append)

    def add(
        self, value: float, mark: int | None = None, *, device: str | None = "shelf", room: str | None = "bath"
    ) -> None:
        self.recorder.add(SensorReading(device, room, "temperature", value, self.now_ms, mark))
        self.recorder.message()

    async def keep(self) -> bool:
        return await self.recorder._tried(self.disk.side)

    async def means(
        self, start_ms: int = NOON_MS, end_ms: int = NOON_MS + 86_400_000, *, kind: str = "temperature", **of: str
    ) -> list[float]:
        asked = AskedReadings(kind=kind, start=instant(start_ms), end=instant(end_ms), **(of or {"device": "shelf"}))
        return [one.mean for one in (await self.recorder.page(asked)).minutes]
