"""Asking a long log: pages of 100 at its end, in its middle and at its beginning."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from house.bench.big_log import DAY_MS
from house.bench.figures import Measured
from mira_sidecar.protocol import Event, instant
from mira_sidecar.store.log_reader import LogReader

_PAGE = 100
type Ask = Callable[[Event | None], list[Event]]


def figures(database: Path, rounds: int) -> dict[str, Measured]:
    """Milliseconds for the slowest page of each question, the median of the rounds."""
    yesterday = instant(time.time_ns() // 1_000_000 - DAY_MS)
    with LogReader(database) as log:
        anything: Ask = lambda before: log.last(_PAGE, before=before)  # noqa: E731
        gestures: Ask = lambda before: log.last(_PAGE, before=before, action="gesture", since=yesterday)  # noqa: E731
        return {
            "query_last_100_ms": _slowest(anything, _spread(log), rounds),
            "query_gestures_last_day_100_ms": _slowest(gestures, _all_pages(gestures), rounds),
        }


def _spread(log: LogReader) -> list[Event | None]:
    """Where pages begin: at the end of the log, and every twentieth of it."""
    total = log.count()
    return [None, *(log.after(total * step // 20)[0] for step in range(1, 20))]


def _all_pages(ask: Ask) -> list[Event | None]:
    """Where each page of a question begins, the empty one behind the last included."""
    begins: list[Event | None] = [None]
    while page := ask(begins[-1]):
        begins.append(page[0])
    return begins


def _slowest(ask: Ask, begins: list[Event | None], rounds: int) -> Measured:
    medians = [statistics.median(_timed(ask, begin) for _ in range(rounds)) for begin in begins]
    return Measured(max(medians), f"slowest of {len(begins)} pages; median page {statistics.median(medians):.2f} ms")


def _timed(ask: Ask, begin: Event | None) -> float:
    began = time.perf_counter()
    ask(begin)
    return (time.perf_counter() - began) * 1000
