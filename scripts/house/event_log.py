"""The sidecar's event log, read from its database file without touching it."""

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any


def events(database: Path, after: int = 0) -> list[dict[str, Any]]:
    """The committed events behind a place in the log, in order."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)) as connection:
        rows = connection.execute("SELECT body FROM events WHERE seq > ? ORDER BY seq", (after,))
        return [json.loads(body) for (body,) in rows]


def last_seq(database: Path) -> int:
    """The place of the last committed event; 0 where there is none."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)) as connection:
        return int(connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0])
