"""What the sidecar says of itself: its devices, its problem, its pace."""

import asyncio
import shutil
import time
from pathlib import Path
from typing import Literal

from mira_sidecar import __version__
from mira_sidecar.pace import Stopwatch
from mira_sidecar.protocol import PROTOCOL_VERSION, Device, Pace, Presence, Problem

_FIGURES_S = 10.0
"""Between two looks at the figures: whoever records them wants no new ones twice a second."""


class Bulletin:
    """Collects what the presence shows, and wakes whoever publishes it when that cannot wait."""

    def __init__(self, *, mirror: str, name: str, node: str, started_at: str, standby: bool, log: Path) -> None:
        self._mirror = mirror
        self._name = name
        self._node = node
        self._started_at = started_at
        self._standby = standby
        self._log = log
        self._devices: dict[Literal["camera", "microphone"], Device] = {
            "camera": Device("closed"),
            "microphone": Device("closed"),
        }
        self._serving: tuple[bool, Problem | None] = (False, None)
        self._figures: tuple[Pace | None, int | None, int | None] = (None, None, None)
        self._figures_due = 0.0
        self.stopwatch = Stopwatch()
        self.changed = asyncio.Event()
        self.served = asyncio.Event()
        """Set once commands have been decided: from then on the mirror is one that others may know of."""

    def serves(self, connected: bool, problem: Problem | None) -> None:
        """Whether commands are decided. Called with every decision; only a difference is worth a word."""
        if self._serving != (connected, problem):
            self._serving = (connected, problem)
            self.changed.set()
        if connected:
            self.served.set()

    def camera(self, device: Device) -> None:
        """What the camera really does."""
        self._devices["camera"] = device
        self.changed.set()

    def presence(self, server_id: str) -> Presence:
        """All of it, now."""
        if (now := time.monotonic()) >= self._figures_due:
            self._figures = self.stopwatch.read(now), _size(self._log), _free_mb(self._log)
            self._figures_due = now + _FIGURES_S
        pace, log_bytes, disk_free_mb = self._figures
        return Presence(
            protocol=PROTOCOL_VERSION,
            version=__version__,
            server_id=server_id,
            mirror=self._mirror,
            name=self._name,
            node=self._node,
            started_at=self._started_at,
            devices=dict(self._devices),
            problem=self._serving[1],
            standby=self._standby,
            pace=pace,
            log_bytes=log_bytes,
            disk_free_mb=disk_free_mb,
        )


def _size(log: Path) -> int:
    """What the database takes on the disk, with what SQLite has beside it."""
    files = (log, log.with_name(f"{log.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def _free_mb(log: Path) -> int:
    """What its disk has left, in tens: whoever compares two presences is not to see every file that others write."""
    return shutil.disk_usage(log.parent).free // 10_000_000 * 10
