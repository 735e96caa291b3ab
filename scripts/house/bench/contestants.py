"""What is compared, as running processes: the floor, the naive design and the real sidecar."""

import sys
from pathlib import Path

import house
from house.bench import echo, naive
from house.bench.wire import Wire
from house.process import Process
from house.sidecar import PROGRAM, SidecarProcess
from mira_sidecar.protocol import Keys

MIRROR = "bench"
UNLIMITED = "touch=20/40"
"""Rates that leave automations, as which the bench sends, without a limit: the path is measured, not the limiter."""
LOG_LEVEL = "warning"
"""A log line a command goes to whatever reads it; how fast that is, is not Mira's figure."""


class Served:
    """A Python process that serves a pair of streams."""

    def __init__(self, url: str, folder: Path, name: str, slowed_by: Path | None = None) -> None:
        self._url = url
        self._slowed_by = slowed_by
        self._file = folder / name
        self._module = {"floor": echo, "naive": naive}[name]
        self._process = Process(name, folder / f"{name}.log")

    def start(self) -> Wire:
        """Start it; the wire to it."""
        module = self._module
        wire = Wire(self._url, module.COMMANDS, module.ANSWERS)
        wire.clear()
        environment = {"PYTHONPATH": str(Path(house.__file__).parents[1])}
        if self._slowed_by:
            environment["LD_PRELOAD"] = str(self._slowed_by)
        self._process.start([sys.executable, "-m", module.__name__, self._url, self._file], environment)
        return wire

    def stop(self) -> None:
        """End it."""
        self._process.kill()


def sidecar(
    url: str, database: Path, slowed_by: Path | None = None, *, mirror: str = MIRROR, api_port: int | None = None
) -> SidecarProcess:
    """The real sidecar, without a camera."""
    preloaded = ("env", f"LD_PRELOAD={slowed_by}") if slowed_by else ()
    program = (*preloaded, PROGRAM)
    return SidecarProcess(
        url, database, mirror=mirror, program=program, rates=UNLIMITED, log_level=LOG_LEVEL, api_port=api_port
    )


def wire_to_sidecar(url: str, mirror: str = MIRROR) -> Wire:
    """The wire to the sidecar."""
    keys = Keys(mirror)
    return Wire(url, keys.commands["home"], keys.events)
