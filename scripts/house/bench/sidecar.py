"""`scripts/bench`: all figures of the sidecar, one part after the other."""

from collections.abc import Callable
from pathlib import Path

from house.bench import big_log, decision, history, path, resting, retention
from house.bench.figures import Measured

type Progress = Callable[[str], None]


def measure(folder: Path, *, quick: bool, progress: Progress) -> dict[str, Measured]:
    """Take every figure, in a folder of the disk that is measured."""
    effort = path.QUICK if quick else path.FULL
    events = 20_000 if quick else 1_000_000
    rounds = 2 if quick else 5
    measured: dict[str, Measured] = {}
    parts: list[tuple[str, Callable[[], dict[str, Measured]]]] = [
        ("one command in flight", lambda: path.latency(folder, effort)),
        ("one command in flight, with many todos", lambda: path.latency_with_todos(folder, effort)),
        ("one command in flight, on a slow disk", lambda: path.slow_latency(folder, effort)),
        ("a thousand commands in flight", lambda: path.throughput(folder, effort)),
        ("the decision alone", lambda: decision.figures(rounds)),
        ("memory and processor at rest", lambda: resting.figures(folder, 2 if quick else 30)),
        ("the screen alone", lambda: resting.alone(folder, rounds)),
    ]
    for name, part in parts:
        progress(name)
        measured |= part()
    log = folder / "long.db"
    big_log.write(log, events, progress)
    progress("pages of the long log")
    measured |= history.figures(log, rounds)
    progress("starting with the long log")
    measured |= resting.starts(folder, log, events, rounds)
    progress("writing while old events are deleted")
    return measured | retention.figures(folder, log, events=events // 10, rounds=rounds)
