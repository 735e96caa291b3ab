"""The naive design, as a process: for each command a task, a SQLite connection and a Redis connection of its own.

It is as durable as Mira (WAL, FULL) and uses the same libraries. Where too many wait for the lock of the database,
SQLite gives up on some after five seconds ("database is locked"), and their answers never come. To be measured
to the end it waits longer here, which is kind to it. Run as `python -m house.bench.naive URL FILE`.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

import aiosqlite
from redis.asyncio import Redis

COMMANDS, ANSWERS = "bench:naive:in", "bench:naive:out"
KEPT = 10_000
_LOCKED_S = 120


async def serve(url: str, file: Path) -> None:
    """Store and answer every command as it comes, until the process is ended."""
    async with aiosqlite.connect(file) as connection:
        await connection.execute("PRAGMA journal_mode = WAL")
        await connection.execute("CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, body BLOB NOT NULL)")
    client = Redis.from_url(url, socket_timeout=None)
    seen: bytes | str = "0-0"
    async with asyncio.TaskGroup() as tasks:
        while True:
            found: Any = await client.xread({COMMANDS: seen}, count=100, block=0)
            for entry, fields in found[0][1]:
                tasks.create_task(_handle(url, file, fields[b"command"]))
                seen = entry


async def _handle(url: str, file: Path, body: bytes) -> None:
    async with aiosqlite.connect(file, timeout=_LOCKED_S) as connection:
        await connection.execute("PRAGMA synchronous = FULL")
        await connection.execute("INSERT INTO events (body) VALUES (?)", (body,))
        await connection.commit()
    async with Redis.from_url(url) as client:
        await client.xadd(ANSWERS, {"event": body}, maxlen=KEPT, approximate=True)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2])))
