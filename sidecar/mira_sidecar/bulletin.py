"""What the sidecar says of itself: its devices, its problem, its pace."""

import asyncio
import contextlib
import shutil
import time
from pathlib import Path

from mira_sidecar import __version__
from mira_sidecar.pace import Stopwatch
from mira_sidecar.protocol import PROTOCOL_VERSION, Device, DeviceId, Pace, Presence, Problem

_FIGURES_S = 10.0
"""Between two looks at the figures: whoever records them wants no new ones twice a second."""

_SHOWN_S = 86_400.0
"""How long somebody has to see what is over, and must not happen again."""
_RIVAL_S = 5.0
"""How long another sidecar may be silent that asks for the lease several times a second."""


class Bulletin:
    """Collects what the presence shows, and wakes whoever publishes it when that cannot wait."""

    def __init__(
        self,
        *,
        mirror: str,
        name: str,
        node: str,
        started_at: str,
        standby: bool,
        log: Path,
        devices: dict[DeviceId, Device],
        subjects: dict[str, int],
    ) -> None:
        """`devices`: those that there are, as they are seen first; `subjects`: the versions of those that are on."""
        self._mirror = mirror
        self._name = name
        self._node = node
        self._started_at = started_at
        self._standby = standby
        self._log = log
        self._devices = devices
        self._subjects = subjects
        self._failing: dict[str, Problem] = {}
        self._until: dict[str, asyncio.TimerHandle] = {}
        """When what has happened is shown no more."""
        self._serving: tuple[bool, Problem | None] = (False, None)
        self._pace: Pace | None = None
        self._disk: tuple[int | None, int | None] = (None, None)
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

    def observe(self, name: DeviceId, device: Device) -> None:
        """What a camera or microphone really does."""
        self._devices[name] = device
        self.changed.set()

    def degraded(self, part: str, problem: Problem | None) -> None:
        """A part does not work although commands are decided; None: it does."""
        if self._failing.get(part) == problem:
            return
        if problem is None:
            del self._failing[part]
        else:
            self._failing[part] = problem
        self.changed.set()

    def happened(self, problem: Problem, seconds: float = _SHOWN_S) -> None:
        """Show for so long what was wrong and did not keep commands from being decided."""
        code = problem.code
        self.degraded(code, problem)
        if before := self._until.get(code):
            before.cancel()
        self._until[code] = asyncio.get_running_loop().call_later(seconds, self.degraded, code, None)

    def rival(self, node: str | None) -> None:
        """Show who asks for our lease, unless we are the standby, which makes way."""
        if node is not None and not self._standby:
            message = (
                f"Another sidecar ({node}) runs with a copy of this mirror's data folder. It waits, and this one "
                "serves. Stop it; or, to have it stand by, start it with `standby`."
            )
            self.happened(Problem("cloned_log", message), _RIVAL_S)

    async def measure(self) -> None:
        """Take the figures now and then, until cancelled, in a thread: a disk that hangs must not stop the sidecar."""
        while True:
            self._pace = self.stopwatch.read(time.monotonic())
            self._disk = await asyncio.to_thread(_of_disk, self._log)
            await asyncio.sleep(_FIGURES_S)

    def presence(self, server_id: str) -> Presence:
        """All of it, now."""
        log_bytes, disk_free_mb = self._disk
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
            degraded=list(self._failing.values()),
            subjects=self._subjects,
            standby=self._standby,
            pace=self._pace,
            log_bytes=log_bytes,
            disk_free_mb=disk_free_mb,
        )


def _of_disk(log: Path) -> tuple[int | None, int | None]:
    """What the database takes, with what SQLite has beside it, and what the disk has left.

    That in tens of MB: whoever compares two presences is not to see every file that others write.
    """
    files = (log, log.with_name(f"{log.name}-wal"))
    with contextlib.suppress(OSError):
        size = sum(file.stat().st_size for file in files if file.exists())
        return size, shutil.disk_usage(log.parent).free // 10_000_000 * 10
    return None, None
