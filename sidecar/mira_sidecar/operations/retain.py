"""`mira-sidecar retain`: lets the beginning of a stopped sidecar's log go, and makes its file smaller."""

import time
from pathlib import Path

from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.opened import opened
from mira_sidecar.operations.progress import Progress
from mira_sidecar.printing import say
from mira_sidecar.protocol import instant
from mira_sidecar.retention import LEAST_KEPT, Limits, belief, retain


async def shorten(database: Path, limits: Limits, *, clock_is_right: bool) -> None:
    """Delete what is beyond the limits. Raises StoreError, or OperationError where the clock may be wrong."""
    now_ms = time.time_ns() // 1_000_000
    async with opened(database) as store:
        there = (await belief(store, now_ms)).after(now_ms, 0)
        if limits.days and there.is_doubted and not clock_is_right:
            raise OperationError(
                f"This machine's clock says {instant(now_ms)}, and the log knows of no time after "
                f"{instant(there.believed_ms)}. Nothing was deleted. If the clock is right, as after a long time "
                "switched off: the same again with --clock-is-right."
            )
        until_ms = now_ms if clock_is_right else there.sure_ms()
        with Progress("deleting") as progress:
            count = await retain(store, limits, until_ms, report=progress.reach)
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
