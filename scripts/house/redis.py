"""A real Redis server of our own, on a free port of the loopback interface."""

import contextlib
import shutil
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import override

from house.process import HouseError, Process, Server


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RedisServer(Server):
    """Starts, stops, kills, pauses and empties one `redis-server` process; `settings` are further arguments of it."""

    def __init__(
        self,
        directory: Path,
        port: int | None = None,
        log: Path | None = None,
        settings: Sequence[str | Path] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.directory = directory
        self.settings = settings
        self._environment = environment
        self.port = port or free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process = Process("Redis", log or directory / "redis.log")

    @override
    def start(self) -> None:
        """Start, and wait until it answers. Raises HouseError with the server's own last words."""
        program = shutil.which("redis-server")
        if program is None:
            raise HouseError("redis-server is not installed; install your system's redis-server package.")
        self.directory.mkdir(parents=True, exist_ok=True)
        self.process.start(
            [
                *(program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.directory),
                *("--appendonly", "yes", "--save", "", *self.settings),
            ],
            self._environment,
        )
        self.process.wait_until(self._answers)

    def empty(self) -> None:
        """Forget the data on disk; to be called while it is stopped."""
        shutil.rmtree(self.directory / "appendonlydir", ignore_errors=True)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as probe:
            probe.sendall(b"PING\r\n")
            return probe.recv(64).startswith(b"+PONG")
        return False
