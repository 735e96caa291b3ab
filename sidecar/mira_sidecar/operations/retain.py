"""`mira-sidecar retain`: lets the beginning of a stopped sidecar's log go, and makes its file smaller."""

import time
from pathlib import Path

from mira_sidecar.operations.opened import opened
from mira_sidecar.operations.progress import Progress
from mira_sidecar.printing import say
from mira_sidecar.retention import LEAST_KEPT, Limits, retain


async def shorten(database: Path, limits: Limits) -> None:
    """Delete what is beyond the limits. Raises StoreError."""
    async with opened(database) as store:
        with Progress("deleting") as progress:
            count = await retain(store, limits, time.time_ns() // 1_000_000, report=progress.reach)
        if count:
            await store.shrink()
        first, last, size = await store.extent()
        begin = await store.event(first)
    what = f"{count:,} events are deleted" if count else "Nothing is deleted"
    if begin is None:
        say(f"{what}: the log is empty.")
        return
    say(f"{what}. The log has the events {first:,} to {last:,}, since {begin.ts}, and takes {size / 1e6:,.1f} MB.")
    if not count:
        say(f"The last {LEAST_KEPT:,} events are always kept, and those behind the last snapshot.")
