"""What one person, one device or one period left is gone from the file, and the log is whole all the same."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mira_sidecar.operations.erase import ERASED
from mira_sidecar.protocol import Event, Origin
from mira_sidecar.snapshots import picture
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.store.files import keys_of, side_of
from mira_sidecar.store.side import Row
from mira_sidecar.subjects.gesture import samples
from tests.sidecar.core.situation import Situation
from tests.sidecar.operations.kept import CommandLine, events_in, execute, loaded, opened_side, written
from tests.sidecar.process.mirror import Mirror

ANNA, BEN = {"user_id": "anna-1234", "device": "Annas phone"}, {"user_id": "ben-5678", "device": "kitchen tablet"}
SECRETS = ("Surprise party", "in the cellar", "Call the doctor", "anna-1234", "Annas phone", "wrong thing")


def sent(origin: dict[str, str], action: str, payload: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"action": action, "payload": payload or {}, "origin": origin, **more}


def a_day_of_two() -> list[dict[str, Any]]:
    """Commands of two people, in which Ben handles what Anna wrote."""
    return [
        sent(BEN, "add_todo", {"uid": "milk", "summary": "Milk"}),
        sent(ANNA, "add_todo", {"uid": "party", "summary": "Surprise party", "description": "in the cellar"}),
        sent(ANNA, "show_message", {"text": "Call the doctor"}),
        sent(ANNA, "wrong thing"),
        sent(ANNA, "add_todo", {"uid": "asked", "summary": "Surprise party again"}, confirm=True),
        sent(BEN, "confirm"),
        sent(BEN, "remove_todo", {"uid": "party"}),
        sent(BEN, "undo"),
        sent(BEN, "remove_todo", {"uid": "party"}),
        sent(BEN, "remove_todo", {"uid": "asked"}),
        sent(BEN, "show_message", {"text": "Dinner", "title": "Ben"}),
    ]


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """The log of that day, and a snapshot in the middle of it."""
    mirror = Situation()
    for command in a_day_of_two():
        mirror.pass_ms(1_000)
        place = len(mirror.events)
        mirror.send(command["action"], fields=command["payload"], confirm=command.get("confirm", False))
        origin = msgspec.convert(command["origin"], Origin)
        mirror.events[place] = msgspec.structs.replace(mirror.events[place], origin=origin)
    path = await written(tmp_path / "mira.db", mirror.events)
    store = await EventStore.open(path)
    await store.save_snapshot(picture(mirror.position, mirror.events[-1].ts))
    await store.close()
    execute(path, "INSERT INTO set_aside VALUES (?)", b'{"ts":"2026","summary":"Surprise party that never was"}')
    return path


def raw(path: Path) -> bytes:
    """All that is on the disk of a database."""
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def found(path: Path, texts: Sequence[str] = SECRETS) -> list[str]:
    return [text for text in texts if text.encode() in raw(path)]


def of(path: Path, origin: dict[str, str]) -> list[Event]:
    return [event for event in events_in(path) if event.origin and event.origin.user_id == origin["user_id"]]


def test_without_yes_it_only_says_what_it_would_do(mira: CommandLine, database: Path) -> None:
    before = events_in(database)
    code, out, err = mira("erase", "--database", database, "--user", "anna-1234")
    assert (code, err) == (0, "")
    assert out.startswith("5 commands fit. ")  # Anna's four, and Ben's yes to one of them
    assert "again with --yes" in out
    assert events_in(database) == before
    assert found(database) == list(SECRETS)


def test_nothing_that_a_person_wrote_is_left_in_the_file(mira: CommandLine, database: Path) -> None:
    before = events_in(database)
    bens = of(database, BEN)
    code, out, err = mira("erase", "--database", database, "--user", "anna-1234", "--yes")
    assert (code, err) == (0, "")
    assert out.startswith("5 commands are erased.")
    assert found(database) == []
    after = events_in(database)
    assert [event.id for event in after[: len(before)]] == [event.id for event in before]
    assert [event.command_id for event in after[: len(before)]] == [event.command_id for event in before]
    assert [event for event in of(database, BEN) if event.payload != ERASED] == [
        event for event in bens if event.action != "confirm"
    ]
    assert mira("verify", "--database", database)[0] == 0


def test_a_device_can_be_erased_too(mira: CommandLine, database: Path) -> None:
    mira("erase", "--database", database, "--device", "Annas phone", "--yes")
    assert found(database) == []


def test_a_person_who_was_recognised_can_be_erased_and_nobody_else_is(mira: CommandLine, tmp_path: Path) -> None:
    mirror = Situation()
    for person, text in (("person-anna", "Call the doctor"), ("person-ben", "Buy milk")):
        mirror.pass_ms(1_000)
        place = len(mirror.events)
        mirror.send("show_message", fields={"text": text}, source="voice")
        mirror.events[place] = msgspec.structs.replace(mirror.events[place], origin=Origin(person=person))
    path = asyncio.run(written(tmp_path / "mira.db", mirror.events))
    assert mira("erase", "--database", path, "--person", "person-anna", "--yes")[1].startswith("1 commands are erased.")
    assert found(path, ["Call the doctor", "person-anna"]) == []
    assert [event.origin for event in events_in(path) if event.origin] == [Origin(person="person-ben")]
    assert mira("verify", "--database", path)[0] == 0


def test_a_period_can_be_erased_and_what_was_before_and_after_stays(mira: CommandLine, database: Path) -> None:
    answers = [event for event in events_in(database) if event.type != "state_patch"]
    begin, end = answers[4].ts, answers[7].ts
    mira("erase", "--database", database, "--since", begin, "--until", end, "--yes")
    after = {event.seq: event for event in events_in(database)}
    for event in answers:
        is_erased = after[event.seq].payload == ERASED
        assert is_erased == (begin <= event.ts < end or "confirmed" in event.payload)
    assert mira("verify", "--database", database)[0] == 0


def test_the_state_stays_but_for_what_it_remembers(mira: CommandLine, database: Path) -> None:
    execute(database, "DELETE FROM snapshots")
    mira("erase", "--database", database, "--user", "anna-1234", "--yes")
    document = asyncio.run(loaded(database)).document
    assert [todo["uid"] for todo in document["todos"]] == ["milk"]
    assert (document["microphone"], document["camera"]) == ({"on": True}, {"on": True})
    assert (document["undoable"], document["utterance"], document["message"]) == ([], None, None)


def test_what_is_still_on_the_list_is_said(mira: CommandLine, database: Path) -> None:
    for arguments in ([], ["--yes"]):
        out = mira("erase", "--database", database, "--user", "ben-5678", *arguments)[1]
        assert "Still on the list, and therefore still in the state: “Milk”." in out
    assert found(database, ["Milk"]) == ["Milk"]


def test_erasing_twice_finds_nothing_more(mira: CommandLine, database: Path) -> None:
    for _ in range(2):
        out = mira("erase", "--database", database, "--user", "anna-1234", "--yes")[1]
    assert out == "Nothing fits; nothing was changed.\n"
    assert mira("verify", "--database", database)[0] == 0


def test_while_another_program_reads_it_says_so_and_then_finishes(mira: CommandLine, database: Path) -> None:
    with contextlib.closing(sqlite3.connect(database)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        code, _, err = mira("erase", "--database", database, "--user", "anna-1234", "--yes")
        assert (code, "Another program reads the database" in err) == (1, True)
    assert mira("erase", "--database", database, "--user", "anna-1234", "--yes")[0] == 0
    assert found(database) == []


@pytest.mark.parametrize("arguments", [[], ["--since", "2026-11-20"], ["--until", "2026-11-20"]])
def test_it_has_to_be_said_what(mira: CommandLine, database: Path, arguments: list[str]) -> None:
    assert "Say what is to be erased" in mira.refuses("erase", "--database", database, *arguments)


def test_a_time_that_is_none_is_refused(mira: CommandLine, database: Path) -> None:
    with pytest.raises(SystemExit):
        mira("erase", "--database", database, "--since", "yesterday", "--until", "2026-11-20")


def test_redis_gets_the_log_without_it_at_the_next_start(mira: CommandLine, mirror: Mirror) -> None:
    for command in a_day_of_two():
        mirror.post([mirror.command(**command)])
    mirror.until(lambda: mirror.unanswered() == 0)
    mirror.sidecar.stop()
    assert "anna-1234" in str(mirror.published())
    mira("erase", "--database", mirror.database, "--user", "anna-1234", "--yes")
    assert found(mirror.database) == []
    mirror.sidecar.start()
    assert mirror.published() == mirror.stored()
    everything = str([mirror.published(), mirror.snapshot()])
    assert [text for text in SECRETS if text in everything] == []
    assert mirror.send("add_todo", {"summary": "Later"})["type"] == "accepted"
    mirror.sidecar.stop()
    mirror.sidecar.start()
    assert mirror.snapshot()["state"]["todos"][-1]["summary"] == "Later"
    assert mira("verify", "--database", mirror.database)[0] == 0


async def test_gestures_that_a_person_taught_are_forgotten(mira: CommandLine, tmp_path: Path) -> None:
    mirror = Situation()
    for origin, name in ((ANNA, "greeting"), (BEN, "salute")):
        place = len(mirror.events)
        mirror.send("teach_gesture", source="automation", fields={"name": name, "samples": 3})
        mirror.events[place] = msgspec.structs.replace(mirror.events[place], origin=msgspec.convert(origin, Origin))
        mirror.send("confirm")
        for _ in range(3):
            mirror.send("take_sample", source="system", fields={"name": name})
    path = await written(tmp_path / "mira.db", mirror.events)
    for number, taught in enumerate(mirror.document["taught"].values()):
        # As an older version left them: they are moved first.
        execute(path, "INSERT INTO taught VALUES (?, ?)", taught["command_id"], f"[{number}.125]".encode())

    assert (await asyncio.to_thread(mira, "erase", "--database", path, "--user", ANNA["user_id"], "--yes"))[0] == 0
    assert list((await loaded(path)).document["taught"]) == ["salute"]
    assert b".125" not in raw(path)
    async with opened_side(path) as side:
        assert await samples.samples(side) == {mirror.document["taught"]["salute"]["command_id"]: [[1.125]]}


async def test_what_is_a_persons_alone_is_erased_where_no_command_of_theirs_is_left(
    mira: CommandLine, tmp_path: Path
) -> None:
    path = await written(tmp_path / "mira.db", [])
    async with opened_side(path) as side:
        for owner in (ANNA["user_id"], BEN["user_id"]):
            row = Row(id=owner, at_ms=0, value=[0.5], owner=owner, columns={"command_id": "one"})
            await side.put(samples.SAMPLES, row)
    told = ("erase", "--database", path, "--user", ANNA["user_id"])
    _, out, _ = await asyncio.to_thread(mira, *told, "--device", "panel", "--yes")
    assert "Nothing fits" in out
    _, out, _ = await asyncio.to_thread(mira, *told)
    assert "1 rows of this person in the side store would be erased" in out
    assert "the same again with --yes" in out
    assert ANNA["user_id"].encode() in raw(side_of(path))
    _, out, _ = await asyncio.to_thread(mira, *told, "--yes")
    assert "1 rows of this person in the side store are erased" in out
    assert ANNA["user_id"].encode() not in raw(side_of(path)) + raw(keys_of(side_of(path)))
    async with opened_side(path) as side:
        assert await side.owned_by(BEN["user_id"]) == 1
