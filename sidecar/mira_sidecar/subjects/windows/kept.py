"""What is kept of windows beside the log: devices, what they measured, and what decisions were made from."""

import dataclasses
from collections.abc import Collection
from typing import Any, NamedTuple, override

import msgspec

from mira_sidecar.core.state import Document
from mira_sidecar.keeping import Kept
from mira_sidecar.store.side import SideStore, Table
from mira_sidecar.subjects.windows.core.basis import Basis
from mira_sidecar.subjects.windows.core.profiles import Profile
from mira_sidecar.subjects.windows.settings import WindowsSettings


class DeviceRow(msgspec.Struct, frozen=True):
    """A device as it was last; times are in milliseconds."""

    profile: Profile
    kinds: tuple[str, ...]
    first_seen_ms: int
    last_seen_ms: int
    intervals: tuple[int, ...] = ()
    messages: int = 0
    online: bool | None = None
    battery: float | None = None
    rssi: float | None = None
    version: str | None = None


class MinuteOf(NamedTuple):
    """The mean of a minute of an hour, with the least and the most."""

    minute: int
    mean: float
    low: float
    high: float


class Hour(msgspec.Struct, frozen=True):
    """What one sender measured in an hour."""

    kinds: dict[str, list[MinuteOf]]


class Entry(NamedTuple):
    """A reading that is in no mean yet."""

    sender: str
    kind: str
    value: float
    mark: int | None


DEVICES: Table[DeviceRow] = Table("windows_devices", DeviceRow, days=400, rows=10_000)
HOURS: Table[Hour] = Table("windows_hours", Hour, columns=("sender",), days=30, rows=200_000)
"""64 devices and 64 rooms have 92,160 hours in 30 days. One with three kinds has some 3 kB."""
JOURNAL: Table[list[Entry]] = Table("windows_journal", list[Entry], columns=("minute",), days=1, rows=10_000)
DECISIONS: Table[Basis] = Table("windows_decisions", Basis, columns=("window",), days=400, rows=200_000)
"""32 windows of which each is moved 15 times a day have 192,000 in 400 days. One has some 800 bytes."""


class KeptWindows(Kept):
    """All of it is the household's."""

    tables = (DEVICES, HOURS, JOURNAL, DECISIONS)

    @override
    def limited(self, settings: WindowsSettings) -> tuple[Table[Any], ...]:
        return (DEVICES, dataclasses.replace(HOURS, days=settings.keep_days), JOURNAL, DECISIONS)

    @override
    async def erase(self, side: SideStore, document: Document, commands: Collection[str]) -> None:
        await side.delete(DECISIONS, id=list(commands))


KEPT = KeptWindows()
