"""The log of a stopped sidecar, for operations that change it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from mira_sidecar.operations.errors import OperationError
from mira_sidecar.store.event_store import EventStore


@contextlib.asynccontextmanager
async def opened(database: Path) -> AsyncIterator[EventStore]:
    """The log, which no sidecar gets meanwhile. Raises StoreError or OperationError; none is made."""
    if not await asyncio.to_thread(database.exists):
        raise OperationError(f"There is no database at {database}. Set `database` to the one that is meant.")
    store = await EventStore.open(database)
    try:
        yield store
    finally:
        await store.close()
