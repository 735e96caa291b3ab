"""The state that a log leads to: from the database, from a file of it, up to any place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.core.state import initial_document
from mira_sidecar.protocol import State
from mira_sidecar.snapshots import picture
from mira_sidecar.store.event_store import EventStore
from tests.sidecar.operations.kept import CommandLine, execute, lived_in, written


@pytest.fixture
def file(mira: CommandLine, database: Path, tmp_path: Path) -> Path:
    """The log as a file, on a machine without the database."""
    path = tmp_path / "log.jsonl"
    assert mira("export", "--database", database, "--output", path)[0] == 0
    database.unlink()
    return path


def replayed(mira: CommandLine, *arguments: str | Path | int) -> dict[str, Any]:
    code, out, err = mira("replay", "--json", *arguments)
    assert (code, err) == (0, "")
    return dict(json.loads(out))


def at(seq: int) -> Position:
    """Where these events lead, up to a place."""
    position = Position(0, 0, initial_document())
    for event in lived_in().events[:seq]:
        position = fold(position, event)
    return position


@pytest.mark.parametrize("seq", [0, 1, 2, 17, None])
def test_the_log_leads_to_the_state_of_any_place(mira: CommandLine, database: Path, seq: int | None) -> None:
    expected = at(len(lived_in().events) if seq is None else seq)
    until = [] if seq is None else ["--until", seq]
    found = replayed(mira, "--database", database, *until)
    assert (found["seq"], found["rev"], found["state"]) == (expected.seq, expected.rev, expected.document)


@pytest.mark.parametrize("time", ["2026-11-20T12:00:02", "2026-11-20T13:00:02+01:00", "2026-11-20T12:00:02.000Z"])
def test_a_time_means_all_that_was_decided_until_then(mira: CommandLine, file: Path, time: str) -> None:
    expected = sum(event.ts <= "2026-11-20T12:00:02.000Z" for event in lived_in().events)
    assert 0 < expected < len(lived_in().events)
    assert replayed(mira, file, "--until", time)["seq"] == expected


def test_a_file_leads_to_the_same_state_without_the_database(mira: CommandLine, file: Path) -> None:
    assert replayed(mira, file)["state"] == lived_in().document


async def test_a_log_that_begins_at_a_base_is_exported_with_it(mira: CommandLine, tmp_path: Path) -> None:
    database = await written(tmp_path / "mira.db", lived_in().events)
    store = await EventStore.open(database)
    await store.begin_at(picture(at(20), lived_in().events[19].ts))
    await store.forget(15)
    await store.close()
    assert replayed(mira, "--database", database)["state"] == lived_in().document
    file = tmp_path / "log.jsonl"
    mira("export", "--database", database, "--output", file)
    assert replayed(mira, file)["state"] == lived_in().document
    assert replayed(mira, file, "--until", 20)["state"] == at(20).document
    refusal = mira.refuses("replay", file, "--until", 19)
    assert refusal.startswith("This log begins at event 20, 2026-11-20T12:00:04.000Z; what was before is not kept.")
    assert mira.refuses("replay", file, "--until", "2026-11-20") == refusal


def test_the_page_says_it_for_people(mira: CommandLine, file: Path) -> None:
    _, out, _ = mira("replay", file)
    lines = out.splitlines()
    assert (
        lines[0] == f"revision {lived_in().position.rev} at event {lived_in().position.seq}, 2026-11-20T12:00:06.000Z"
    )
    assert "microphone  on" in lines
    assert "page        clock (of home, todos, clock)" in lines
    assert "todos       3" in lines
    assert sum(line.startswith('  [ ] "Todo ') for line in lines) == 3
    assert "gesture     palm, 90% sure, 2026-11-20T12:00:06.000Z" in lines


def test_a_place_behind_the_end_is_refused(mira: CommandLine, file: Path) -> None:
    end = len(lived_in().events)
    assert mira.refuses("replay", file, "--until", end + 1) == f"This log ends at event {end}."


def cut(lines: list[str]) -> None:
    del lines[4]


def break_off(lines: list[str]) -> None:
    lines[4] = lines[4][:20]


def garble(lines: list[str]) -> None:
    lines[4] = '{"seq": "four"}'


@pytest.mark.parametrize("damage", [cut, break_off, garble])
def test_a_broken_file_says_where(mira: CommandLine, file: Path, damage: Callable[[list[str]], None]) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    damage(lines)
    file.write_text("\n".join(lines), encoding="utf-8")
    assert f"line 5 of {file}" in mira.refuses("replay", file)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is no exported log"),
        (b"{}\n", "is no exported log"),
        (b'{"mira_log": 3, "sidecar": "9"}\n', "is no exported log"),
        (b'{"mira_log":1,"sidecar":"0.1.0"}\n', "exported by an older sidecar, with what was said"),
        (b"\xff\xfe", "is no exported log"),
        (b"SQLite format 3\x00", "is a database. Name it with --database instead."),
    ],
)
def test_what_is_no_exported_log_is_one_sentence(mira: CommandLine, tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert says in mira.refuses("replay", file)
    assert "cannot be read (No such file or directory)" in mira.refuses("replay", tmp_path / "none")
    assert "cannot be read (Is a directory)" in mira.refuses("replay", tmp_path)


def test_a_database_that_does_not_fold_says_where(mira: CommandLine, database: Path) -> None:
    execute(database, "DELETE FROM events WHERE seq = 7")
    assert f"at event 8 of {database}: The log has a gap: event 8 follows 6." in mira.refuses(
        "replay", "--database", database
    )


def test_an_empty_log_leads_to_the_beginning(mira: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "empty.jsonl"
    file.write_text('{"mira_log": 2, "sidecar": "0.1.0"}\n')
    found = replayed(mira, file)
    assert (found["seq"], found["rev"], found["state"]) == (0, 0, initial_document())
    assert msgspec.convert(found["state"], State)


@pytest.mark.parametrize("until", ["soon", "2026-13-01", "-1", "99999-01-01"])
def test_what_is_no_place_and_no_time_is_refused(mira: CommandLine, file: Path, until: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        mira("replay", file, f"--until={until}")
