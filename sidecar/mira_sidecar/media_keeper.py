"""Looks after the files of subjects beside the decisions: what has no row goes, and what is too old or too much."""

import asyncio
import time
from collections.abc import Callable

import structlog

from mira_sidecar.protocol import Problem
from mira_sidecar.retention import LEAP_MS, belief
from mira_sidecar.side_keeper import SideKeeper
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.media import MediaLimits, MediaStore

log = structlog.get_logger()

_AGAIN_S = 10.0
"""Between two looks whether a disk that is not there has come."""
_EVERY_S = 60.0
"""Between two looks at what is too old or too much: this much longer a file may stay."""
_PROBLEM = "media_files"
"""Not the name of the task; see `side_keeper.py`."""


class MediaKeeper:
    """Has the files of a sidecar that serves, once its side store is open."""

    def __init__(
        self, side: SideKeeper, log: EventStore, limits: MediaLimits, report: Callable[[str, Problem | None], None]
    ) -> None:
        self._side = side
        self._log = log
        self._limits = limits
        self._report = report
        self._media: asyncio.Future[MediaStore] = asyncio.get_running_loop().create_future()

    async def opened(self) -> MediaStore:
        """Wait for them, for ever where their disk is not there."""
        await self._side.opened()
        return await asyncio.shield(self._media)

    async def run(self) -> None:
        """Bring rows and files in line, and then let go what is too old or too much, until cancelled."""
        media = MediaStore(await self._side.unasked(), self._limits)
        await self._sweep(media)
        if not self._media.done():
            self._media.set_result(media)
        while True:
            try:
                now_ms = time.time_ns() // 1_000_000
                there = await belief(self._log, now_ms)
                latest_ms = max(there.believed_ms, there.seen_ms) + LEAP_MS
                if count := await media.retain(there.after(now_ms, 0).sure_ms(), latest_ms):
                    log.info("files of subjects deleted", count=count)
            except StoreError as error:
                log.warning("files of subjects could not be deleted", why=str(error))
            await asyncio.sleep(_EVERY_S)

    async def _sweep(self, media: MediaStore) -> None:
        said = ""
        while True:
            try:
                if lost := await media.sweep():
                    log.warning("files of subjects are not there any more", count=lost)
            except StoreError as error:
                self._report(_PROBLEM, Problem("personal_data", str(error)))
                if said != (said := str(error)):
                    log.warning("files of subjects are neither read nor kept", why=said)
                await asyncio.sleep(_AGAIN_S)
            else:
                self._report(_PROBLEM, None)
                return
