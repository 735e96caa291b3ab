"""A log that is to be changed, brought up to date: of a sidecar that starts, and of a stopped one."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import structlog

from mira_sidecar.keeping import older
from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.progress import Progress
from mira_sidecar.store.event_store import EventStore

log = structlog.get_logger()


async def open_up_to_date(database: Path) -> EventStore:
    """The log, made where there is none, and one of an older version as this one knows it. Raises StoreError."""
    began = False
    with Progress("bringing the log up to date") as progress:

        def reach(done: int, total: int) -> None:
            nonlocal began
            if not began:
                log.info("the log is of an older version and is brought up to date", events=total)
                began = True
            progress.reach(done, total)

        return await EventStore.open(database, older(), reach)


@contextlib.asynccontextmanager
async def opened(database: Path) -> AsyncIterator[EventStore]:
    """The log, which no sidecar gets meanwhile. Raises StoreError or OperationError; none is made."""
    if not await asyncio.to_thread(database.exists):
        raise OperationError(f"There is no database at {database}. Set `database` to the one that is meant.")
    store = await open_up_to_date(database)
    try:
        yield store
    finally:
        await store.close()
