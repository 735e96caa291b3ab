"""What a restored log gets from the database whose place it takes: that of which no event knows more than that it is.

The hash of a PIN is in no event. Where Redis gives a restored log back that one was set after the backup, it has to be
there.
"""

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.log_reader import read_only
from mira_sidecar.store.schema import upgrade_tables

_SET_PINS = (
    "SELECT command_id, json_extract(CAST(body AS TEXT), '$.payload.person') FROM events "
    "WHERE action = 'set_pin' AND type = 'accepted' ORDER BY seq"
)


@dataclass(frozen=True, slots=True)
class Inheritance:
    """What one database has that is in no event."""

    server_id: str
    pins: list[tuple[str, bytes]]
    """By the `set_pin` that set them: those that hold, and those that wait already."""


def inheritance(present: Path) -> Inheritance | None:
    """What a database has to leave that nobody uses now, and that stays as it is; None where it cannot be read."""
    try:
        with contextlib.closing(read_only(present, alone=True)) as log:
            ((server_id,),) = log.execute("SELECT server_id FROM identity").fetchall()
            hashes = dict(_rows(log, "pin", "NULL, hash") + _rows(log, "person_pins", "person, hash"))
            pins = [(command_id, hashes[whose]) for whose, command_id in _last(log).items() if whose in hashes]
            return Inheritance(server_id, pins + _rows(log, "pins_waiting"))
    except sqlite3.Error, StoreError, ValueError:
        return None


def inherit(copy: Path, left: Inheritance) -> bool:
    """Give a copy of the same log what it lacks; whether a PIN waits that was set after it. Raises sqlite3.Error.

    A PIN of which the copy knows that it was set, but not the hash, holds at once: it is a standby's.
    """
    with contextlib.closing(sqlite3.connect(copy)) as log:
        if log.execute("SELECT server_id FROM identity").fetchone() != (left.server_id,):
            return False
        upgrade_tables(log)
        whose = {command_id: person for person, command_id in _last(log).items()}
        with log:
            waiting = False
            for command_id, hashed in left.pins:
                if (person := whose.get(command_id)) is not None:
                    log.execute("INSERT OR REPLACE INTO person_pins VALUES (?, ?)", (person, hashed))
                elif command_id in whose:
                    log.execute("DELETE FROM pin")
                    log.execute("INSERT INTO pin VALUES (?)", (hashed,))
                elif not log.execute("SELECT 1 FROM events WHERE command_id = ?", (command_id,)).fetchone():
                    log.execute("INSERT INTO pins_waiting VALUES (?, ?)", (command_id, hashed))
                    waiting = True
        return waiting


def _last(log: sqlite3.Connection) -> dict[str | None, str]:
    """The `set_pin` that holds, by whose PIN it is; None: the household's."""
    return {person: command_id for command_id, person in log.execute(_SET_PINS)}


def _rows(log: sqlite3.Connection, table: str, columns: str = "*") -> list[tuple[Any, bytes]]:
    """All of a table, which an older database may not have."""
    there = log.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    query = f"SELECT {columns} FROM {table} ORDER BY rowid"  # noqa: S608 - the names are ours
    return log.execute(query).fetchall() if there else []
