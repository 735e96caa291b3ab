"""The log as a program beside the sidecar reads it."""

import sqlite3
from pathlib import Path
from typing import Any, Literal, Self

from mira_sidecar.protocol import Event, Instant
from mira_sidecar.store.errors import StoreError, check_file, explained
from mira_sidecar.store.rows import EVENT, PAGE, decoded

_NO_SEQ, _NO_TS = 2**63 - 1, "~"
"""Behind every event there can be."""


def read_only(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing, beside a sidecar or without one. Raises StoreError."""
    check_file(path)
    if not path.exists():
        raise StoreError(f"There is no database at {path}. Start the sidecar once, or set `database`.")
    try:
        return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise explained(error, path) from error


def fault(connection: sqlite3.Connection, check: Literal["quick_check", "integrity_check"]) -> str | None:
    """The first thing that SQLite finds damaged. Raises sqlite3.Error where it cannot even look."""
    found = str(connection.execute(f"PRAGMA {check}(1)").fetchone()[0])
    return None if found == "ok" else found.splitlines()[-1]


class LogReader:
    """Reads a log that a sidecar may be writing; changes nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = read_only(path)

    def __enter__(self) -> Self:
        """Nothing more to open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._connection.close()

    def count(self) -> int:
        """How many events there are."""
        return int(self._ask("SELECT count(*) FROM events")[0][0])

    def last(
        self, count: int, *, before: Event | None = None, action: str | None = None, since: Instant | None = None
    ) -> list[Event]:
        """The last events, oldest first; the page ahead of it is found by `before`, its first event.

        `action` asks for the answers to commands of one kind alone, `since` for what was decided from then on.
        """
        seq, ts = (before.seq, before.ts) if before else (_NO_SEQ, _NO_TS)
        if action is None:
            rows = self._ask(
                "SELECT body FROM events WHERE seq < ? AND ts >= ? ORDER BY seq DESC LIMIT ?", seq, since or "", count
            )
        else:
            rows = self._ask(
                "SELECT body FROM events WHERE type != 'state_patch' AND action = ? AND (ts, seq) < (?, ?) AND ts >= ? "
                "ORDER BY ts DESC, seq DESC LIMIT ?",
                *(action, ts, seq, since or "", count),
            )
        return [decoded(row[0], EVENT, self._path) for row in reversed(rows)]

    def after(self, seq: int) -> list[Event]:
        """A page of the events behind a place; empty at the end."""
        rows = self._ask("SELECT body FROM events WHERE seq > ? ORDER BY seq LIMIT ?", seq, PAGE)
        return [decoded(row[0], EVENT, self._path) for row in rows]

    def check(self) -> None:
        """Raise StoreError where SQLite finds the file damaged."""
        try:
            found = fault(self._connection, "quick_check")
        except sqlite3.Error as error:
            raise explained(error, self._path) from error
        if found:
            raise StoreError(f"The database {self._path} is damaged ({found}). Restore it from a backup.")

    def _ask(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            raise explained(error, self._path) from error
