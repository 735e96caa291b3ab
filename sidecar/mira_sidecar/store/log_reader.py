"""The log as a program beside the sidecar reads it."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from mira_sidecar.protocol import Event, Instant, Snapshot
from mira_sidecar.store.errors import StoreError, check_file, explained
from mira_sidecar.store.files import beside
from mira_sidecar.store.rows import EVENT, PAGE, SNAPSHOT, decoded
from mira_sidecar.store.schema import WITHOUT_WORDS

_COALESCED_SINCE = 8
"""The schema from which on refusals may stand for others."""
_NO_SEQ, _NO_TS = 2**63 - 1, "~"
"""Behind every event there can be."""


def read_only(path: Path, *, alone: bool = False) -> sqlite3.Connection:
    """A connection that changes nothing, beside a sidecar or without one. Raises StoreError.

    Only what a program that was killed had half written is taken back first, as whoever opens the database next would.
    Where we are `alone` with a database that was closed in order, SQLite makes no files beside it either.
    """
    check_file(path)
    if not path.exists():
        raise StoreError(f"There is no database at {path}. Start the sidecar once, or set `database`.")
    closed = alone and not any(file.exists() for file in beside(path))
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if closed else ''}", uri=True)
        if _is_half_written(connection):
            with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as writer:
                tables_in(writer)
    except sqlite3.Error as error:
        raise explained(error, path) from error
    return connection


def _is_half_written(connection: sqlite3.Connection) -> bool:
    """Whether a journal lies beside it that has to be played back, which who only reads may not do."""
    try:
        tables_in(connection)
    except sqlite3.Error as error:
        # What else is wrong is found, and said, by who reads.
        return error.sqlite_errorcode == sqlite3.SQLITE_READONLY_ROLLBACK
    return False


def fault(connection: sqlite3.Connection, check: Literal["quick_check", "integrity_check"]) -> str | None:
    """The first thing that SQLite finds damaged. Raises sqlite3.Error where it cannot even look."""
    found = str(connection.execute(f"PRAGMA {check}(1)").fetchone()[0])
    return None if found == "ok" else found.splitlines()[-1]


def tables_in(connection: sqlite3.Connection) -> set[str]:
    """The tables of a database. Raises sqlite3.Error."""
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


class EventRow(NamedTuple):
    """An event as it is stored, with what stands beside it."""

    seq: int
    command_id: str
    type: str
    action: str
    ts: str
    body: bytes


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

    def hold(self) -> None:
        """From now on, see the log as it is now."""
        self._ask("BEGIN")
        self._ask("SELECT 1 FROM events LIMIT 1")

    def check_words(self) -> None:
        """Raise StoreError where what was said is still in the log."""
        if self.schema() < WITHOUT_WORDS:
            raise StoreError(
                f"The database {self._path} is of an older sidecar, which wrote down what was said. "
                "Start the sidecar once: that takes the words out of the log."
            )

    def server_id(self) -> str:
        """Whose log it is. Raises StoreError where it does not say."""
        rows = self._ask("SELECT server_id FROM identity")
        if not rows:
            raise StoreError(f"The database {self._path} is empty.")
        return str(rows[0][0])

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

    def after(self, seq: int, count: int = PAGE) -> list[Event]:
        """A page of the events behind a place; empty at the end."""
        rows = self._ask("SELECT body FROM events WHERE seq > ? ORDER BY seq LIMIT ?", seq, count)
        return [decoded(row[0], EVENT, self._path) for row in rows]

    def ahead_of(self, seq: int | None, count: int = PAGE) -> list[Event]:
        """A page of the events ahead of a place, or of the end, the newest first; empty at the beginning."""
        rows = self._ask("SELECT body FROM events WHERE seq < ? ORDER BY seq DESC LIMIT ?", seq or _NO_SEQ, count)
        return [decoded(row[0], EVENT, self._path) for row in rows]

    def answer_to(self, command_id: str) -> Event | None:
        """The answer to a command; where it has none of its own, the one that stands for it, under that one's id."""
        rows = self._ask("SELECT body FROM events WHERE type != 'state_patch' AND command_id = ?", command_id)
        if not rows and self.schema() >= _COALESCED_SINCE:
            query = "SELECT body FROM coalesced JOIN events USING (seq) WHERE coalesced.command_id = ?"
            rows = self._ask(query, command_id)
        return decoded(rows[0][0], EVENT, self._path) if rows else None

    def set_aside(self) -> list[Event]:
        """The events that were stored and never published, in order."""
        rows = self._ask("SELECT body FROM set_aside ORDER BY rowid")
        return [decoded(row[0], EVENT, self._path) for row in rows]

    def answers_like(self, prefix: str) -> list[Event]:
        """The answers to the first few commands whose ids begin so; also the one that stands for such a command."""
        rows = self._ask(
            "SELECT body FROM events WHERE type != 'state_patch' AND command_id >= ? AND command_id < ? LIMIT 3",
            *(prefix, f"{prefix}\x7f"),
        )
        if not rows and (stands := self.answer_to(prefix)):
            return [stands]
        return [decoded(row[0], EVENT, self._path) for row in rows]

    def base(self) -> Snapshot | None:
        """The state where the log begins that can be folded; None where it is the first event."""
        return self._snapshot("SELECT body FROM base")

    def snapshot(self) -> Snapshot | None:
        """The last snapshot."""
        return self._snapshot("SELECT body FROM snapshots ORDER BY seq DESC LIMIT 1")

    def snapshot_ahead(self, seq: int) -> Snapshot | None:
        """The last snapshot ahead of an event; None also where this version cannot read it."""
        with contextlib.suppress(StoreError):
            return self._snapshot("SELECT body FROM snapshots WHERE seq < ? ORDER BY seq DESC LIMIT 1", seq)
        return None

    def rows(self, after: int) -> list[EventRow]:
        """A page of what is stored behind a place, as it is there; empty at the end."""
        found = self._ask(
            "SELECT seq, command_id, type, action, ts, body FROM events WHERE seq > ? ORDER BY seq LIMIT ?", after, PAGE
        )
        return [EventRow(*row) for row in found]

    def answered_twice(self) -> str | None:
        """A command that has two answers."""
        rows = self._ask(
            "SELECT command_id FROM events NOT INDEXED WHERE type != 'state_patch' "
            "GROUP BY command_id HAVING count(*) > 1 LIMIT 1"
        )
        return str(rows[0][0]) if rows else None

    def has_pin(self) -> bool:
        """Whether there is the hash of a PIN."""
        return bool(self._ask("SELECT count(*) FROM pin")[0][0])

    def schema(self) -> int:
        """The version of the tables."""
        return int(self._ask("PRAGMA user_version")[0][0])

    def check(self, how: Literal["quick_check", "integrity_check"] = "quick_check") -> None:
        """Raise StoreError where SQLite finds the file damaged."""
        try:
            found = fault(self._connection, how)
        except sqlite3.Error as error:
            raise explained(error, self._path) from error
        if found:
            raise StoreError(f"The database {self._path} is damaged ({found}). Restore it from a backup.")

    def _snapshot(self, query: str, *parameters: object) -> Snapshot | None:
        rows = self._ask(query, *parameters)
        return decoded(rows[0][0], SNAPSHOT, self._path) if rows else None

    def _ask(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query, parameters).fetchall()
        except sqlite3.Error as error:
            raise explained(error, self._path) from error
