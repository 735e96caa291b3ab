"""What the sidecar costs while nothing happens, and how long it takes to start."""

import os
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

from house.bench.contestants import sidecar
from house.bench.figures import Measured
from house.bench.sampling import alternating, median_ratio
from house.process import HouseError
from house.redis import RedisServer
from house.sidecar import SidecarProcess


def figures(folder: Path, seconds: float) -> dict[str, Measured]:
    """Resident memory and processor time of a sidecar without a camera, once it has settled down."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        server = RedisServer(Path(place))
        server.start()
        mirror = sidecar(server.url, Path(place) / "resting.db")
        try:
            pid = settled(mirror)
            before = cpu_seconds(pid)
            time.sleep(seconds)
            used = (cpu_seconds(pid) - before) / seconds * 100
            resident = resident_mb(pid)
        finally:
            mirror.stop()
            server.kill()
    return {
        "rss_mb": Measured(resident, "resident set"),
        "idle_cpu_percent": Measured(used, f"of one core, over {seconds:g} s"),
    }


def alone(folder: Path, rounds: int) -> dict[str, Measured]:
    """A sidecar that shows things, and neither sees nor hears; with Python's bytecode, as where it is installed."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        server = RedisServer(Path(place))
        server.start()
        bytecode = {"PYTHONDONTWRITEBYTECODE": ""}
        mirror = SidecarProcess(server.url, Path(place) / "alone.db", subjects="none", environment=bytecode)
        try:
            start(mirror)
            taken = [start(mirror) for _ in range(rounds)]
            pid = settled(mirror)
            resident = resident_mb(pid)
        finally:
            mirror.kill()
            server.kill()
    return {
        "alone_rss_mb": Measured(resident, "resident set, `subjects = none`"),
        "alone_start_s": Measured(
            statistics.median(taken), f"until it decides; {min(taken):.2f} to {max(taken):.2f} s"
        ),
    }


def starts(folder: Path, long_log: Path, events: int, rounds: int) -> dict[str, Measured]:
    """Start until commands are decided, with a long log and with an empty one: a restart, so Redis knows both logs."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        servers = [RedisServer(Path(place) / name) for name in ("redis_long", "redis_empty")]
        mirrors = []
        try:
            for server, database in zip(servers, (long_log, Path(place) / "empty.db"), strict=True):
                server.start()
                mirrors.append(sidecar(server.url, database))
            for mirror in mirrors:
                start(mirror)
            long, empty = alternating(rounds, [partial(start, mirror) for mirror in mirrors])
        finally:
            for mirror in mirrors:
                mirror.kill()
            for server in servers:
                server.kill()
    note = f"{statistics.median(long):.2f} s with {events:,} events, {statistics.median(empty):.2f} s with none"
    return {"start_1m_events_vs_empty": Measured(median_ratio(long, empty), note)}


def settled(mirror: SidecarProcess) -> int:
    """Start it, and wait until it has nothing to do; its process. Raises HouseError."""
    mirror.start()
    time.sleep(1)
    pid = mirror.process.pid
    if pid is None:
        raise HouseError("The sidecar ended while it had nothing to do.")
    return pid


def start(mirror: SidecarProcess) -> float:
    """Seconds until it decides; it is stopped again."""
    began = time.perf_counter()
    mirror.start()
    passed = time.perf_counter() - began
    mirror.stop()
    return passed


def cpu_seconds(pid: int) -> float:
    """Processor time of a process so far (proc(5): utime and stime are the 14th and 15th field of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    """What of it is in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000
