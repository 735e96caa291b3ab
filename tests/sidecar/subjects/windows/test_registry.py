"""Devices are known over restarts, and how they fare is told a page at a time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mira_sidecar.store.side import SideStore
from mira_sidecar.subjects.windows import registry
from mira_sidecar.subjects.windows.core.rooms import Air
from mira_sidecar.subjects.windows.kept import DEVICES
from mira_sidecar.subjects.windows.registry import AskedDevices, Registry
from tests.sidecar.subjects.windows.store import NOON_MS, Disk, opened


class Known:
    """Devices, and their registry."""

    def __init__(self, side: SideStore) -> None:
        self.air = Air()
        self.disk = Disk(side)
        self.now_ms = NOON_MS
        self.registry = Registry(self.disk, self.air.devices, lambda: self.now_ms)

    def hear(self, device: str, kind: str = "temperature", payload: str = "20") -> None:
        self.air.hear(f"sensor/{device}/{kind}", payload.encode(), self.now_ms)

    async def read(self) -> None:
        """What is kept."""
        task = asyncio.create_task(self.registry.run())
        await asyncio.sleep(0.2)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def known(tmp_path: Path) -> AsyncIterator[Known]:
    async with opened(tmp_path) as side:
        yield Known(side)


async def test_devices_are_told_in_pages_with_all_that_is_known(known: Known) -> None:
    for device in ("c", "a", "b"):
        known.hear(device)
    known.hear("b", "humidity", "60")
    known.hear("b", "status", '{"state": "online", "battery": 55, "rssi": -70, "version": "2.0"}')
    known.air.place({"b": "bath"})
    page = await known.registry.page(AskedDevices(limit=2))
    assert ([one.device for one in page.devices], page.next) == (["a", "b"], "b")
    told = page.devices[1]
    assert (told.room, told.profile, told.kinds, told.status) == ("bath", "mira", ["humidity", "temperature"], "online")
    assert (told.battery, told.rssi, told.version, told.interval_s) == (55, -70, "2.0", None)
    last = await known.registry.page(AskedDevices(after="b"))
    assert ([(one.device, one.status) for one in last.devices], last.next) == ([("c", "new")], None)


async def test_devices_are_known_over_restarts_with_their_intervals(tmp_path: Path) -> None:
    async with opened(tmp_path) as side:
        known = Known(side)
        for _ in range(4):
            known.hear("a")
            known.now_ms += 60_000
        await known.registry.keep()
        before = await known.registry.page(AskedDevices())
    async with opened(tmp_path) as side:
        again = Known(side)
        again.now_ms = known.now_ms
        again.hear("b")
        await again.read()
        page = await again.registry.page(AskedDevices())
        assert page.devices[0] == before.devices[0]
        assert page.devices[0].interval_s == 60
        assert [one.device for one in page.devices] == ["a", "b"]


async def test_it_is_written_when_something_is_new_and_now_and_then(known: Known) -> None:
    known.hear("a")
    await known.registry.keep()
    for _ in range(60):
        known.now_ms += 5_000
        known.hear("a")
        await known.registry.keep()
    assert known.disk.writes == 1
    known.hear("a", "humidity")
    await known.registry.keep()
    known.hear("a", "status", "offline")
    await known.registry.keep()
    assert known.disk.writes == 3
    known.now_ms += 600_000
    known.hear("a", "status", "offline")
    await known.registry.keep()
    assert known.disk.writes == 4


async def test_those_that_made_room_are_deleted(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mira_sidecar.subjects.windows.core.devices.MOST", 5)
    monkeypatch.setattr("mira_sidecar.subjects.windows.core.devices._AT_ONCE", 1)
    for one in range(5):
        known.hear(f"old{one}")
    await known.registry.keep()
    known.hear("new")
    await known.registry.keep()
    rows = {row.id async for row in known.disk.side.rows(DEVICES)}
    assert len(rows) == 5
    assert "new" in rows


async def test_while_the_disk_is_full_devices_wait(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_EVERY_S", 0.01)
    known.hear("a")
    known.disk.is_full = True
    await known.read()
    assert not [row async for row in known.disk.side.rows(DEVICES)]
    known.disk.is_full = False
    await known.read()
    assert [row.id async for row in known.disk.side.rows(DEVICES)] == ["a"]
