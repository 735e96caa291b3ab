"""The devices that send over MQTT, kept over restarts, and told to whoever asks."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import msgspec
import structlog
from msgspec import Meta

from mira_sidecar.parts import Side
from mira_sidecar.protocol import Instant, instant
from mira_sidecar.queries.kind import Asking
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.side import Row
from mira_sidecar.subjects.windows.core.devices import Device, Devices, DeviceStatus
from mira_sidecar.subjects.windows.core.profiles import Profile
from mira_sidecar.subjects.windows.core.slice import RoomId
from mira_sidecar.subjects.windows.kept import DEVICES, DeviceRow

log = structlog.get_logger()

_EVERY_S = 10.0
_OLD_MS = 600_000
"""After which it is written again that a device was heard, where nothing else is new."""
_AT_ONCE = 500
"""Rows written together."""


class AskedDevices(msgspec.Struct, frozen=True):
    """Payload of `windows_devices`: those behind an id, in the order of their ids, and how many at most."""

    after: Annotated[str, Meta(max_length=64)] = ""
    limit: Annotated[int, Meta(ge=1, le=500)] = 100


class KnownDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device that was heard over MQTT."""

    device: str
    room: RoomId | None
    """Where it stands; null: nobody has placed it."""
    profile: Profile
    kinds: list[str]
    """What it measures."""
    first_seen: Instant
    last_seen: Instant
    interval_s: float | None
    """How often it sends; null: it was not heard often enough, or sends only what changes."""
    status: DeviceStatus
    battery: float | None
    """In %."""
    rssi: float | None
    """In dBm."""
    version: str | None


class WindowsDevices(msgspec.Struct, frozen=True):
    """Result of `windows_devices`."""

    devices: list[KnownDevice]
    next: str | None
    """What to ask `after` for more; null where there are none."""


class Registry:
    """Keeps what is known of devices."""

    def __init__(self, side: Side, devices: Devices, now_ms: Callable[[], int]) -> None:
        self._side = side
        self._devices = devices
        self._now_ms = now_ms
        self._kept: dict[str, DeviceRow] = {}

    @property
    def question(self) -> Asking[AskedDevices]:
        """What may be asked of it."""
        return Asking("windows_devices", AskedDevices, self.page)

    async def page(self, asked: AskedDevices) -> WindowsDevices:
        """A page of devices."""
        now_ms = self._now_ms()
        found = sorted((one for one in self._devices if one.id > asked.after), key=lambda one: one.id)
        shown = [self._shown(one, now_ms) for one in found[: asked.limit]]
        return WindowsDevices(shown, shown[-1].device if len(found) > asked.limit else None)

    async def run(self) -> None:
        """Read what is kept, and keep what is new, until cancelled."""
        side = await self._side.opened()
        async for row in side.rows(DEVICES):
            if row.value is not None:
                self._kept[row.id] = row.value
                self._devices.add(_device(row.id, row.value))
        while True:
            await asyncio.sleep(_EVERY_S)
            try:
                await self.keep()
            except StoreError as error:
                log.warning("devices are not kept; tried again", why=str(error))

    async def keep(self) -> None:
        """Keep what is new. Raises StoreError."""
        side, changed = await self._side.opened(), list(self._devices.changed)
        for start in range(0, len(changed), _AT_ONCE):
            some = changed[start : start + _AT_ONCE]
            known = {one: device for one in some if (device := self._devices.get(one)) is not None}
            rows = {one: row for one, device in known.items() if self._is_news(one, row := _row(device))}
            if rows:
                await side.put(DEVICES, *(Row(id=one, at_ms=row.last_seen_ms, value=row) for one, row in rows.items()))
            if gone := [one for one in some if one not in known and one in self._kept]:
                await side.delete(DEVICES, id=gone)
            for one in gone:
                del self._kept[one]
            self._kept |= rows
            self._devices.changed.difference_update(some)

    def _is_news(self, device: str, row: DeviceRow) -> bool:
        kept = self._kept.get(device)
        if kept is None or row.last_seen_ms - kept.last_seen_ms >= _OLD_MS or row.last_seen_ms < kept.last_seen_ms:
            return True
        return (row.profile, row.kinds, row.online, row.version) != (
            kept.profile,
            kept.kinds,
            kept.online,
            kept.version,
        )

    def _shown(self, device: Device, now_ms: int) -> KnownDevice:
        room = self._devices.rooms.get(device.id)
        return KnownDevice(
            device=device.id,
            room=room,
            profile=device.profile,
            kinds=device.kinds,
            first_seen=instant(device.first_seen_ms),
            last_seen=instant(device.last_seen_ms),
            interval_s=device.interval_s,
            status=device.status(now_ms, placed=room is not None),
            battery=device.battery,
            rssi=device.rssi,
            version=device.version,
        )


def _row(device: Device) -> DeviceRow:
    return DeviceRow(
        device.profile,
        tuple(device.kinds),
        device.first_seen_ms,
        device.last_seen_ms,
        device.intervals,
        device.messages,
        device.online,
        device.battery,
        device.rssi,
        device.version,
    )


def _device(name: str, row: DeviceRow) -> Device:
    return Device(
        name,
        row.profile,
        row.first_seen_ms,
        row.last_seen_ms,
        row.online,
        row.battery,
        row.rssi,
        row.version,
        row.messages,
        row.intervals,
        before=row.kinds,
    )
