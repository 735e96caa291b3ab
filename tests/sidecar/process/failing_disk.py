"""`mira-sidecar` on a disk that fails when it is told to: takes the arguments of `mira-sidecar`.

The errors are SQLite's own. SIGUSR1: the disk is full. SIGUSR2: the database is read-only. SIGHUP: all is well again.
With STARTS_FULL in its environment the disk is full from the first command on.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any, Self, override

import aiosqlite

from mira_sidecar import opening
from mira_sidecar.cli import main
from mira_sidecar.operations import opened
from mira_sidecar.store.event_store import EventStore

FAULTS = {
    signal.SIGUSR1: "PRAGMA max_page_count = 1",  # SQLite rounds it up to what there is
    signal.SIGUSR2: "PRAGMA query_only = 1",
    signal.SIGHUP: "PRAGMA max_page_count = 1000000; PRAGMA query_only = 0",
}


class FailingStore(EventStore):
    """A store whose disk obeys signals, and says in the log that it did."""

    @classmethod
    @override
    async def open(cls, path: Path, *how: Any) -> Self:
        store = await super().open(path, *how)
        told: asyncio.Queue[signal.Signals] = asyncio.Queue()
        for number in FAULTS:
            asyncio.get_running_loop().add_signal_handler(number, told.put_nowait, number)
        if os.environ.get("STARTS_FULL"):
            await store._connection.executescript(FAULTS[signal.SIGUSR1])
        store.obeying = asyncio.create_task(_obey(told, store._connection))
        return store

    obeying: asyncio.Task[None]

    @override
    async def close(self, *, tidy: bool = True) -> None:
        self.obeying.cancel()
        await super().close(tidy=tidy)


async def _obey(told: asyncio.Queue[signal.Signals], connection: aiosqlite.Connection) -> None:
    while True:
        number = await told.get()
        await connection.executescript(FAULTS[number])
        opening.log.info("the disk obeyed", signal=number.name)


if __name__ == "__main__":
    setattr(opened, "EventStore", FailingStore)  # noqa: B010 - a name that it only imports
    sys.exit(main())
