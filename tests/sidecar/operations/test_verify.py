"""A log that is whole is found so, and each thing that is wrong with another is named."""

from pathlib import Path

import msgspec
import pytest

from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.core.state import initial_document
from mira_sidecar.protocol import Event
from mira_sidecar.snapshots import picture
from mira_sidecar.store.event_store import EventStore
from tests.sidecar.operations.kept import CommandLine, execute, lived_in
from tests.sidecar.process.mirror import Mirror

SUBJECTS = ["file", "schema", "events", "words", "answers", "fold", "snapshot", "PIN"]
EVENTS = lived_in().events


def at(seq: int) -> Position:
    position = Position(0, 0, initial_document())
    for event in EVENTS[:seq]:
        position = fold(position, event)
    return position


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """A log with a snapshot."""
    path = tmp_path / "mira.db"
    store = await EventStore.open(path)
    await store.append(EVENTS)
    await store.save_snapshot(picture(at(20), EVENTS[19].ts))
    await store.close()
    return path


def verified(mira: CommandLine, path: Path) -> tuple[int, dict[str, str]]:
    """Exit code, and the line about each subject."""
    code, out, err = mira("verify", "--database", path)
    assert err == ""
    lines = [line.split(maxsplit=2) for line in out.splitlines()]
    return code, {subject: f"{mark} {text}" for mark, subject, text in lines}


def test_a_whole_log_is_sound_in_every_respect(mira: CommandLine, database: Path) -> None:
    before = database.read_bytes()
    code, found = verified(mira, database)
    assert (code, list(found)) == (0, SUBJECTS)
    assert all(text.startswith("✓ ") for text in found.values())
    assert f"{len(EVENTS)}, from 1 to {len(EVENTS)}, none missing" in found["events"]
    assert found["snapshot"] == "✓ is the state at 20"
    assert database.read_bytes() == before


async def test_an_empty_log_is_sound(mira: CommandLine, tmp_path: Path) -> None:
    await (await EventStore.open(tmp_path / "new.db")).close()
    assert verified(mira, tmp_path / "new.db")[0] == 0


def test_a_backup_and_the_log_of_a_running_sidecar_are_verified(
    mira: CommandLine, mirror: Mirror, tmp_path: Path
) -> None:
    mirror.send("set_pin", {"pin": "2580"})
    assert verified(mira, mirror.database)[0] == 0
    mira("backup", "--database", mirror.database, tmp_path / "mira.backup")
    code, found = verified(mira, tmp_path / "mira.backup")
    assert (code, found["PIN"]) == (0, "✓ one is set, and its hash is there")


async def test_a_log_that_begins_at_a_base_is_verified_from_there(mira: CommandLine, database: Path) -> None:
    store = await EventStore.open(database)
    await store.begin_at(picture(at(11), EVENTS[10].ts))
    await store.close()
    assert verified(mira, database)[1]["fold"].startswith("✓ from the state at 11 they lead to revision")
    execute(database, "DELETE FROM events WHERE seq <= 11")
    code, found = verified(mira, database)
    assert (code, found["events"]) == (
        0,
        f"✓ {len(EVENTS) - 11}, from 12 to {len(EVENTS)}, none missing, all readable",
    )


def body(seq: int, **changes: object) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(EVENTS[seq - 1], **changes))


OTHER_STATE = msgspec.json.encode(picture(Position(20, at(20).rev, at(18).document), EVENTS[19].ts))
FIRST_ANSWER = next(event for event in EVENTS if event.type == "rejected")


@pytest.mark.parametrize(
    "fault",
    [
        ("events", "DELETE FROM events WHERE seq = ?", FIRST_ANSWER.seq, "follows"),
        ("events", "DELETE FROM events WHERE seq <= ?", 4, "the state before it is missing"),
        ("events", "UPDATE events SET body = ? WHERE seq = 3", b"{}", "event 3 cannot be read"),
        ("events", "UPDATE events SET body = ? WHERE seq = 3", body(3).replace(b'"looked"', b'"locked"'), "be read"),
        ("events", "UPDATE events SET body = ? WHERE seq = 3", body(3).replace(b'"looked"', b'"l\x8eoked"'), "be read"),
        ("events", "UPDATE events SET action = ? WHERE seq = 3", "lock", "is not what stands beside it"),
        ("events", "UPDATE events SET ts = ? WHERE seq = 3", "2026", "is not what stands beside it"),
        ("events", "UPDATE events SET command_id = ? WHERE seq = 3", "other", "is not what stands beside it"),
        ("answers", "UPDATE events SET command_id = ? WHERE seq = 3", "other", "does not follow the answer"),
        ("fold", "UPDATE events SET body = ? WHERE seq = 6", body(6, rev=9), "event 6 does not fit"),
        ("fold", "UPDATE events SET body = ? WHERE seq = 6", body(6, payload={}), "event 6 does not fit"),
        ("snapshot", "UPDATE snapshots SET body = ?", OTHER_STATE, "is another state"),
        ("snapshot", "UPDATE snapshots SET body = ?", b"{}", "is damaged"),
        ("PIN", "INSERT INTO pin VALUES (?)", b"hash", "there is a hash, and none is set"),
    ],
)
@pytest.mark.usefixtures("database")
def test_what_is_wrong_is_named_with_the_way_out(
    mira: CommandLine, tmp_path: Path, fault: tuple[str, str, object, str]
) -> None:
    subject, statement, parameter, says = fault
    database = tmp_path / "mira.db"
    execute(database, statement, parameter)
    code, found = verified(mira, database)
    assert code == 1
    assert found[subject].startswith("✗ ")
    assert says in found[subject]
    assert "estore" in found[subject]


def test_a_command_with_two_answers_is_found(mira: CommandLine, database: Path) -> None:
    execute(database, "DROP INDEX answers")
    second: Event = msgspec.structs.replace(EVENTS[0], seq=len(EVENTS) + 1)
    row = (second.seq, second.command_id, second.type, msgspec.json.encode(second), second.action, second.ts)
    execute(database, "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", *row)
    code, found = verified(mira, database)
    assert (code, "has two answers" in found["answers"]) == (1, True)


def test_of_a_log_that_does_not_fold_nothing_is_said_that_nobody_can_know(mira: CommandLine, database: Path) -> None:
    execute(database, "DELETE FROM events WHERE seq = 6")
    code, found = verified(mira, database)
    assert (code, list(found)) == (1, SUBJECTS[:-1])


def test_a_damaged_file_is_one_line(mira: CommandLine, database: Path) -> None:
    whole = database.read_bytes()
    database.write_bytes(whole[:8192] + b"\xa5" * (len(whole) - 12_288) + whole[-4096:])
    code, found = verified(mira, database)
    assert (code, list(found)) == (1, ["file"])
    assert "is damaged" in found["file"]


def test_a_newer_and_an_older_database_are_told_apart(mira: CommandLine, database: Path) -> None:
    execute(database, "PRAGMA user_version = 99")
    assert "newer sidecar (schema 99" in verified(mira, database)[1]["file"]
    execute(database, "PRAGMA user_version = 3")
    assert "older sidecar (3," in verified(mira, database)[1]["schema"]


def test_where_there_is_no_database_it_says_so(mira: CommandLine, tmp_path: Path) -> None:
    assert "There is no database at" in mira.refuses("verify", "--database", tmp_path / "none.db")


def test_it_sees_one_moment_of_a_log_that_grows(mira: CommandLine, mirror: Mirror) -> None:
    for _ in range(5):
        mirror.post([mirror.command("toggle_camera") for _ in range(50)])
        assert verified(mira, mirror.database)[0] == 0


def test_what_was_said_is_found_where_somebody_has_put_it_back(mira: CommandLine, database: Path) -> None:
    said = next(event for event in EVENTS if event.action == "utterance" and event.type == "accepted")
    put_back = body(said.seq, payload={**said.payload, "text": "the umbrella is here"})
    execute(database, "UPDATE events SET body = ? WHERE seq = ?", put_back, said.seq)
    code, found = verified(mira, database)
    assert (code, found["words"].startswith(f"✗ event {said.seq} has what was said in it")) == (1, True)
    assert "umbrella" not in str(found)
