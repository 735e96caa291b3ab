"""The naive design, as a process: for each command a SQLite connection and a Redis connection of its own.

It is as durable as Mira (WAL, FULL). Run as `python -m house.bench.naive URL FILE`.
"""

import contextlib
import sqlite3
import sys
from pathlib import Path
from typing import Any

import redis

COMMANDS, ANSWERS = "bench:naive:in", "bench:naive:out"
KEPT = 10_000


def serve(url: str, file: Path) -> None:
    """Store and answer one command after the other, until the process is ended."""
    client = redis.Redis.from_url(url, socket_timeout=None)
    seen: bytes | str = "0-0"
    while True:
        found: Any = client.xread({COMMANDS: seen}, count=100, block=0)
        for entry, fields in found[0][1]:
            _store(file, fields[b"command"])
            _publish(url, fields[b"command"])
            seen = entry


def _store(file: Path, body: bytes) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT")
        connection.execute("INSERT INTO events (body) VALUES (?)", (body,))
        connection.commit()


def _publish(url: str, body: bytes) -> None:
    with contextlib.closing(redis.Redis.from_url(url)) as client:
        client.xadd(ANSWERS, {"event": body}, maxlen=KEPT, approximate=True)


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]))
