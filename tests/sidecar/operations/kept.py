"""Logs as a mirror leaves them, and what the command line says about them."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from mira_sidecar.cli import main
from mira_sidecar.core.arbiter import Position
from mira_sidecar.protocol import Event
from mira_sidecar.side_keeper import open_side
from mira_sidecar.snapshots import load
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.side import SideStore
from mira_sidecar.subjects.gesture import samples
from tests.sidecar.core.situation import Situation


@dataclass
class CommandLine:
    """Runs commands in this process."""

    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str | Path | int) -> tuple[int, str, str]:
        """Exit code, output and errors of a command."""
        self.capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = self.capsys.readouterr()
        return code, captured.out, captured.err

    def refuses(self, *arguments: str | Path | int) -> str:
        """The one sentence, or two, with which a command is not carried out."""
        code, out, err = self(*arguments)
        assert (code, out) == (1, "")
        assert err.startswith("mira-sidecar: ")
        assert err.count("\n") == 1
        return err.removeprefix("mira-sidecar: ").strip()


def lived_in(rounds: int = 3) -> Situation:
    """A mirror that was used: some of everything that leaves something in the log."""
    mirror = Situation()
    for number in range(rounds):
        mirror.send("add_todo", summary=f"Todo {number}", fields={"description": "Something private"})
        mirror.pass_ms(2_000)
        mirror.gesture()
        mirror.say(length=10 + number)
        mirror.send("remove_todo", uid="nobody")
        mirror.send("show_page", fields={"page": "todos" if number % 2 else "clock"})
    return mirror


async def written(path: Path, events: Iterable[Event]) -> Path:
    """A closed database that holds these events."""
    store = await EventStore.open(path)
    try:
        await store.append(list(events))
    finally:
        await store.close()
    return path


async def loaded(path: Path) -> Position:
    """Where a start would begin."""
    store = await EventStore.open(path)
    try:
        return await load(store)
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def opened_side(
    database: Path, open_log: Callable[[Path], Awaitable[EventStore]] = EventStore.open
) -> AsyncIterator[SideStore]:
    """The side store of a closed log."""
    async with contextlib.aclosing(await open_log(database)) as log:
        side = await open_side(log)
        async with contextlib.aclosing(side):
            yield side


async def side_with(database: Path, *command_ids: str) -> None:
    """Give a closed log a side store with a sample of each."""
    async with opened_side(database) as side:
        for command_id in command_ids:
            await samples.keep(side, command_id, 0, [0.5], 0)


def events_in(path: Path) -> list[Event]:
    """All events of a closed database, or of a backup."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT body FROM events ORDER BY seq").fetchall()
    return [msgspec.json.decode(body, type=Event) for (body,) in rows]


def execute(path: Path, statement: str, *parameters: object) -> None:
    """Change a closed database behind everyone's back."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement, parameters)


def leftovers(folder: Path, *known: Path) -> set[str]:
    """What else lies in a folder, locks aside."""
    names = {path.name for path in known}
    return {path.name for path in folder.iterdir() if path.name not in names and path.suffix != ".lock"}
