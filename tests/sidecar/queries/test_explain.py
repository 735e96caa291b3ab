"""What is told of a command beside the decisions: whole where it happened lately, and never for long."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from mira_sidecar.core.arbiter import fold
from mira_sidecar.protocol import EVENTS_KEPT, Event, Explanation
from mira_sidecar.queries import explain
from mira_sidecar.queries.kind import QueryRefusedError
from mira_sidecar.snapshots import picture, position_of
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.event_store import SNAPSHOT_EVERY, EventStore
from mira_sidecar.store.log_reader import LogReader
from tests.sidecar.core.situation import Situation
from tests.sidecar.operations.kept import execute, written


def explained(database: Path, **payload: Any) -> Explanation:
    found = explain.EXPLAIN.answer(database, explain.Explain(**payload))
    assert isinstance(found, Explanation)
    return found


def day(events: int, before_milk: int = 0) -> Situation:
    """A mirror whose camera is switched so often that its log has so many events; a todo is added on the way."""
    mirror = Situation(off=True)
    for count in (before_milk, events):
        while len(mirror.events) < count:
            mirror.send("toggle_camera")
            mirror.pass_ms(1_000)
        if count == before_milk:
            mirror.send("add_todo", summary="Milk", own_id="milk-0001")
    mirror.send("show_page", fields={"page": "clock"}, own_id="clock-0001")
    return mirror


async def kept(path: Path, events: list[Event]) -> Path:
    """A log as a running sidecar leaves it, with its snapshots."""
    await written(path, events)
    store = await EventStore.open(path)
    position = position_of(None)
    for event in events:
        position = fold(position, event)
        if event.seq % SNAPSHOT_EVERY == 1:
            await store.save_snapshot(picture(position, event.ts))
    await store.close()
    return path


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The places of the events that are read page by page."""
    places: list[int] = []
    after = LogReader.after

    def noted(log: LogReader, seq: int, count: int = 500) -> list[Event]:
        page = after(log, seq, count)
        places.extend(event.seq for event in page)
        return page

    monkeypatch.setattr(LogReader, "after", noted)
    return places


async def test_of_the_events_that_redis_has_everything_is_told_from_the_nearest_snapshot(
    tmp_path: Path, read: list[int]
) -> None:
    mirror = day(EVENTS_KEPT + 4_000)
    database = await kept(tmp_path / "mira.db", mirror.events)
    last = mirror.events[-1].seq
    for seq in (last - EVENTS_KEPT, last - 5_000, last - 1):
        read.clear()
        found = explained(database, seq=seq)
        assert found.changed
        assert found.rev
        assert read[0] == seq  # which command is meant
        assert seq - 2 * SNAPSHOT_EVERY < read[1] <= seq
    assert found.undoable


async def test_of_an_older_one_the_answer_is_told_and_what_came_within_a_minute(
    tmp_path: Path, read: list[int]
) -> None:
    mirror = day(EVENTS_KEPT + 7_000, before_milk=5_000)
    database = await kept(tmp_path / "mira.db", mirror.events)
    found = explained(database, command_id="milk-0001")
    assert found.answer.payload["summary"] == "Milk"
    assert (found.changed, found.rev, found.waiting, found.undoable) == (None, 2_501, False, False)
    assert len(read) <= 200


async def test_what_an_older_one_refers_to_and_led_to_is_told_all_the_same(tmp_path: Path) -> None:
    mirror = Situation(off=True)
    mirror.send("ask", text="Tea?", own_id="tea-00001")
    mirror.send("confirm", command_id="tea-00001", own_id="yes-00001")
    mirror.send("set_camera", on=True, own_id="camera-01")
    mirror.send("undo", command_id="camera-01", own_id="undo-0001")
    while len(mirror.events) < 2 * explain._FOLDED:
        mirror.gesture()
        mirror.pass_ms(1_000)
    database = await written(tmp_path / "mira.db", mirror.events)
    execute(database, "INSERT INTO base VALUES (4000, 1, ?)", base(mirror))
    tea, camera = explained(database, command_id="tea-00001"), explained(database, command_id="camera-01")
    assert [(one.how, one.command_id) for one in tea.led_to] == [("was confirmed by", "yes-00001")]
    assert [(one.how, one.command_id) for one in camera.led_to] == [("was taken back by", "undo-0001")]
    yes = explained(database, command_id="yes-00001")
    assert [(one.how, one.command_id) for one in yes.before] == [("answers", "tea-00001")]


def base(mirror: Situation) -> bytes:
    position = position_of(None)
    for event in mirror.events[:4_000]:
        position = fold(position, event)
    return msgspec.json.encode(picture(position, mirror.events[0].ts))


async def test_however_long_the_log_is_not_all_of_it_is_read(
    tmp_path: Path, read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explain, "_LOOKED_AT", 500)
    mirror = Situation(off=True)
    mirror.send("add_todo", summary="Milk", own_id="milk-0001")
    for _ in range(2_000):
        mirror.gesture()
    database = await written(tmp_path / "mira.db", mirror.events)
    assert explained(database, command_id="milk-0001").undoable
    assert len(read) == 500


async def test_a_snapshot_of_another_version_is_passed_over(tmp_path: Path) -> None:
    mirror = day(2_500)
    database = await kept(tmp_path / "mira.db", mirror.events)
    execute(database, "UPDATE snapshots SET body = ?", b"{}")
    found = explained(database)
    assert (found.answer.command_id, found.changed is not None) == ("clock-0001", True)


async def test_an_empty_log_knows_no_command(tmp_path: Path) -> None:
    database = await written(tmp_path / "mira.db", [])
    with pytest.raises(QueryRefusedError, match="unknown_command"):
        explained(database)


async def test_a_log_with_a_gap_is_told(tmp_path: Path) -> None:
    database = await written(tmp_path / "mira.db", day(20).events)
    execute(database, "DELETE FROM events WHERE seq = 3")
    with pytest.raises(StoreError, match=r"The log is damaged \(The log has a gap: event 4 follows 2"):
        explained(database)
