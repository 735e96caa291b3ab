"""What older versions wrote into the log and this one does not: brought up to date whole, or not at all."""

import itertools
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from mira_sidecar.protocol import Event

type Json = dict[str, Any]
type Report = Callable[[int, int], None]
"""Hears how many events of how many are done."""

_PAGE = 2_000
"""Events read at a time: some 1 MB."""


@dataclass(frozen=True, slots=True)
class Older:
    """How a subject brings up to date what older versions wrote of it."""

    mark: bytes
    """Stands in all that it is about."""
    command: Callable[[Sequence[Json]], tuple[Any, ...] | None]
    """Changes the events of one command, its answer first; a row for the table, where something is left over."""
    state: Callable[[Json], None]
    """Changes a state document."""
    table: str
    """Has what is left over, until the side store has it."""


def bring_up(log: sqlite3.Connection, olders: Iterable[Older], report: Report) -> None:
    """Bring all events and states up to date, within the transaction that is open."""
    (total,) = log.execute("SELECT count(*) FROM events").fetchone()
    changed = 0
    for older in olders:
        done = 0
        for group in _commands(log):
            changed += _bring_up(log, older, "events", "seq", group)
            done += len(group)
            report(done, total)
        for row in log.execute("SELECT rowid, body FROM set_aside").fetchall():
            changed += _bring_up(log, older, "set_aside", "rowid", [row])
        for table in ("base", "snapshots"):
            for seq, body in log.execute(f"SELECT seq, body FROM {table}").fetchall():  # noqa: S608 - one of ours
                if older.mark in body:
                    snapshot = msgspec.json.decode(body)
                    older.state(snapshot["state"])
                    changed += _write(log, table, "seq", (seq, body), snapshot)
    if changed:
        log.execute("INSERT INTO republish VALUES (1)")


def brought_up(events: Sequence[Event], olders: Iterable[Older]) -> list[Event]:
    """The same of events that another sidecar has decided; what was said in them is lost."""
    olders = [older for older in olders if older.mark in msgspec.json.encode(events)]
    if not olders:
        return list(events)
    now = [msgspec.to_builtins(event) for event in events]
    for older in olders:
        for _, group in itertools.groupby(now, lambda event: str(event["command_id"])):
            command = list(group)
            if older.mark in msgspec.json.encode(command):
                older.command(command)
    return msgspec.convert(now, list[Event])


def _commands(log: sqlite3.Connection) -> Iterable[list[tuple[int, bytes]]]:
    """The events of each command, which stand beside each other."""
    after, last, group = 0, None, list[tuple[int, bytes]]()
    query = "SELECT seq, command_id, body FROM events WHERE seq > ? ORDER BY seq LIMIT ?"
    while page := log.execute(query, (after, _PAGE)).fetchall():
        for seq, command_id, body in page:
            if group and command_id != last:
                yield group
                group = []
            last = command_id
            group.append((seq, body))
        after = page[-1][0]
    if group:
        yield group


def _bring_up(log: sqlite3.Connection, older: Older, table: str, key: str, group: list[tuple[int, bytes]]) -> int:
    if not any(older.mark in body for _, body in group):
        return 0
    events = [msgspec.json.decode(body) for _, body in group]
    left = older.command(events)
    if left is not None and table == "events":
        log.execute(f"INSERT INTO {older.table} VALUES ({', '.join('?' * len(left))})", left)  # noqa: S608 - a subject's
    return sum(_write(log, table, key, row, event) for row, event in zip(group, events, strict=True))


def _write(log: sqlite3.Connection, table: str, key: str, row: tuple[int, bytes], now: Json) -> bool:
    """Write what has changed; whether it has."""
    place, before = row
    if (body := msgspec.json.encode(now)) == before:
        return False
    log.execute(f"UPDATE {table} SET body = ? WHERE {key} = ?", (body, place))  # noqa: S608 - one of ours
    return True
