"""A real sidecar with its API, as a program with a key sees it."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest_socket

from house.redis import RedisServer, free_port
from house.sidecar import SidecarProcess
from mira_sidecar.api import keys
from mira_sidecar.api.keys import Key, KeySource
from mira_sidecar.protocol import Keys
from tests.sidecar.process.mirror import Mirror

EVERYTHING = (
    *("state.read", "events.read", "metrics.read", "mic.toggle", "cam.toggle", "todo.write", "page.show"),
    *("message.show", "question.answer", "pin.set", "change.undo"),
)


@dataclass
class Served:
    """The mirror, with the address of its API and a key that may do most things."""

    mirror: Mirror
    url: str
    key: str

    @property
    def database(self) -> Path:
        return self.mirror.database

    def new_key(self, name: str, *may: str, source: KeySource = "automation", **more: Any) -> tuple[Key, str]:
        """Another key, which the sidecar knows before this returns."""
        key, text = keys.add(self.database, name, source, may, **more)
        time.sleep(0.7)  # it looks twice a second
        return key, text

    def client(self, key: str | None = "", **headers: str) -> aiohttp.ClientSession:
        """A client with this key; None: with none."""
        given = {} if key is None else {"X-API-Key": key or self.key}
        return aiohttp.ClientSession(self.url, headers={**given, **headers})


@contextlib.contextmanager
def served(server: RedisServer, folder: Path, *, name: str = "hall", **flags: Any) -> Iterator[Served]:
    """A mirror with an API on a free port, and a key."""
    pytest_socket.enable_socket()  # before any test's own fixture could
    folder.mkdir(parents=True, exist_ok=True)
    database, port = folder / "mira.db", free_port()
    _, text = keys.add(database, "everything", "automation", EVERYTHING)
    settings = {"confirm": "none", "rates": "none", "api_port": port, **flags}
    sidecar = SidecarProcess(server.url, database, mirror=name, **settings)
    mirror = Mirror(server, sidecar, Keys(name))
    if flags.get("standby"):
        sidecar.launch()  # it decides only later
    else:
        sidecar.start()
    try:
        yield Served(mirror, f"{'https' if 'api_certificate' in flags else 'http'}://127.0.0.1:{port}", text)
    finally:
        sidecar.stop()
        mirror.close()
        mirror.redis.close()
