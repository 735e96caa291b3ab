"""The floor, as a process: what comes in one stream goes out in another, after one fsync.

Nothing that is durable and goes through Redis can be faster. Run as `python -m house.bench.echo URL FILE`.
"""

import os
import sys
from pathlib import Path
from typing import Any

import redis

COMMANDS, ANSWERS = "bench:floor:in", "bench:floor:out"
KEPT = 10_000
_PAGE = bytes(4_096)
"""SQLite writes its log in pages of this size."""


def serve(url: str, file: Path) -> None:
    """Echo until the process is ended."""
    client = redis.Redis.from_url(url, socket_timeout=None)
    disk = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    seen: bytes | str = "0-0"
    while True:
        found: Any = client.xread({COMMANDS: seen}, count=1, block=0)
        seen, fields = found[0][1][0]
        os.write(disk, _PAGE)
        os.fsync(disk)
        client.xadd(ANSWERS, {"event": fields[b"command"]}, maxlen=KEPT, approximate=True)


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]))
