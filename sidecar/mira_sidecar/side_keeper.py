"""Opens the side store beside the decisions, moves into it what older versions kept elsewhere, and looks after it."""

import asyncio
import time
from collections.abc import Callable

import structlog

from mira_sidecar.config import Settings
from mira_sidecar.keeping import all_kept, side_tables
from mira_sidecar.protocol import Problem
from mira_sidecar.retention import LEAP_MS, REST_S, belief
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.files import found_keys_of, keys_of, side_of
from mira_sidecar.store.side import SideStore

log = structlog.get_logger()

_AGAIN_S = 10.0
"""Between two attempts to open what cannot be opened now."""
_EVERY_S = 600.0
"""Between two looks at what is too old or too much."""
_PROBLEM = "side_store"
"""Not the name of the task that opens it: that counts as sound after a while, and the problem would be gone with it."""


async def open_side(store: EventStore, settings: Settings | None = None) -> SideStore:
    """The side store of this log, with all that older versions kept in the log itself. Raises StoreError."""
    side = await SideStore.open(side_of(store.path), side_tables(settings.own if settings else {}), store.server_id)
    try:
        for kept in all_kept().values():
            await kept.move(store, side)
    except BaseException:
        await side.close(tidy=False)
        raise
    return side


class SideKeeper:
    """Has the side store of a sidecar that serves."""

    def __init__(self, store: EventStore, settings: Settings, report: Callable[[str, Problem | None], None]) -> None:
        """`report` hears what is wrong."""
        self._store = store
        self._settings = settings
        self._report = report
        self._side: SideStore | None = None
        self._open = asyncio.Event()
        self._asked = asyncio.Event()

    async def opened(self) -> SideStore:
        """Wait for it, for ever where it cannot be opened."""
        self._asked.set()
        return await self.unasked()

    async def unasked(self) -> SideStore:
        """The same, without having it opened: for ever where nobody needs it."""
        await self._open.wait()
        return self.now()

    def now(self) -> SideStore:
        """It, for what cannot wait. Raises StoreError where it is not open."""
        if self._side is None:
            raise StoreError(f"The database {side_of(self._store.path)} is not open. The sidecar's log says why.")
        return self._side

    async def run(self, joined: asyncio.Event) -> None:
        """Open it, however often that takes, and let go what is too old or too much, until cancelled.

        `joined`: set once it is known whose log this is. A standby with an empty one takes over that of its mirror,
        and what was kept before that would be another log's at the next start.
        """
        await joined.wait()
        if not await self._is_needed():
            await self._asked.wait()
        await self._open_it()
        while True:
            try:
                there = await belief(self._store, time.time_ns() // 1_000_000)
                latest_ms = max(there.believed_ms, there.seen_ms) + LEAP_MS
                if count := await self.now().retain(there.sure_ms(), latest_ms, rest_s=REST_S):
                    log.info("old rows of the side store deleted", count=count)
            except StoreError as error:
                log.warning("old rows of the side store could not be deleted", why=str(error))
            await asyncio.sleep(_EVERY_S)

    async def close(self, *, tidy: bool) -> None:
        """Close it, where it is open."""
        if self._side is not None:
            await self._side.close(tidy=tidy)

    async def _is_needed(self) -> bool:
        """Whether it is opened at the start; a mirror that keeps nothing of anybody needs none."""
        kept = all_kept()
        if any(one.at_once for name, one in kept.items() if name in self._settings.all_subjects):
            return True
        if await asyncio.to_thread(side_of(self._store.path).exists):
            return True
        return any([one.left_in and await self._store.left_in(one.left_in) for one in kept.values()])

    async def _open_it(self) -> None:
        said = ""
        while self._side is None:
            try:
                self._side = await open_side(self._store, self._settings)
            except StoreError as error:
                self._report(_PROBLEM, Problem("personal_data", str(error)))
                if said != (said := str(error)):
                    log.warning("the side store is not open: nothing personal is known or kept", why=said)
                await asyncio.sleep(_AGAIN_S)
        self._open.set()
        await self._say(self._side)

    async def _say(self, side: SideStore) -> None:
        """Show what is wrong with it, until the next start."""
        said = list(side.said)
        if count := await side.unreadable():
            said.append(unreadable(count, side))
        for sentence in said:
            log.error("something is wrong with the side store", why=sentence)
        self._report(_PROBLEM, Problem("personal_data", " ".join(said)) if said else None)


def unreadable(count: int, side: SideStore) -> str:
    """That rows cannot be read, and what to do."""
    return (
        f"{count:,} rows of {side.path} cannot be read: their keys are not in {keys_of(side.path)}. They are kept. "
        f"Copy the right one to {found_keys_of(side.path)}, and start the sidecar again."
    )
