"""Old events go, and what is left still leads to the state."""

import asyncio
import time
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

import msgspec
import pytest

from house.redis import RedisServer
from mira_sidecar.core.arbiter import Position, fold
from mira_sidecar.core.decision import Rules
from mira_sidecar.protocol import Event, instant
from mira_sidecar.retention import LEAST_KEPT, Belief, Limits, Retention, retain
from mira_sidecar.snapshots import load, picture, position_of
from mira_sidecar.store.event_store import EventStore
from tests.sidecar.core.situation import NOON, Situation
from tests.sidecar.operations.kept import CommandLine, events_in, execute
from tests.sidecar.process.mirror import running

DAY_MS, HOUR_MS = 86_400_000, 3_600_000
OLD_DAYS = 40
"""Days from the first event to the last ones."""
START_MS = NOON - 400 * DAY_MS
NOW_MS = START_MS + OLD_DAYS * DAY_MS


@cache
def long_life() -> Situation:
    """A mirror with more events than are kept in any case: some every day, most of them today."""
    mirror = Situation(rules=Rules(confirm=frozenset(), rates={}), now_ms=START_MS)
    for day in range(OLD_DAYS):
        for number in range(20):
            mirror.send("add_todo", uid=f"{day}-{number}", summary="Todo")
            mirror.send("remove_todo", uid=f"{day}-{number}" if number % 5 else "nobody")
        mirror.pass_ms(DAY_MS)
    old = len(mirror.events)
    while len(mirror.events) < old + LEAST_KEPT + 10:
        mirror.send("toggle_camera")
    return mirror


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """The log of a long life, with a snapshot at its end."""
    path = tmp_path / "mira.db"
    store = await EventStore.open(path)
    await store.append(long_life().events)
    await store.save_snapshot(picture(long_life().position, instant(NOW_MS)))
    await store.close()
    return path


@pytest.fixture
async def store(database: Path) -> AsyncIterator[EventStore]:
    """The same, open."""
    store = await EventStore.open(database)
    yield store
    await store.close()


async def kept(store: EventStore) -> list[Event]:
    """What is left, which has to lead from the base to the state."""
    events = [event async for page in store.events_after(0) for event in page]
    position = position_of(await store.base())
    assert events[0].seq == position.seq + 1
    for event in events:
        position = fold(position, event)
    assert position == long_life().position == await load(store)
    return events


async def test_by_default_nothing_of_the_last_year_goes(store: EventStore) -> None:
    assert await retain(store, Limits(365, 2_000), NOW_MS) == 0
    assert await kept(store) == long_life().events


@pytest.mark.parametrize("days", [1, 10, 39])
async def test_what_is_older_goes_and_the_rest_leads_to_the_same_state(store: EventStore, days: int) -> None:
    count = await retain(store, Limits(days, 0), NOW_MS)
    since = instant(NOW_MS - days * DAY_MS)
    assert await kept(store) == [event for event in long_life().events if event.ts >= since]
    assert count == sum(event.ts < since for event in long_life().events)
    assert await retain(store, Limits(days, 0), NOW_MS) == 0


async def test_what_is_too_much_goes(store: EventStore) -> None:
    _, _, size = await store.extent()
    assert await retain(store, Limits(0, size // 1_000_000), NOW_MS) > 0
    events = await kept(store)
    assert len(events) < len(long_life().events)
    assert (await store.extent())[2] <= size


@pytest.mark.parametrize("limits", [Limits(1, 0), Limits(0, 1)])
async def test_the_events_that_redis_is_filled_from_stay(store: EventStore, limits: Limits) -> None:
    await retain(store, limits, NOW_MS + 10_000 * DAY_MS)
    assert LEAST_KEPT <= len(await kept(store)) <= LEAST_KEPT + 1


async def test_a_command_that_may_come_again_keeps_its_answer(store: EventStore) -> None:
    assert await retain(store, Limits(0, 1), START_MS + 30 * 60_000) == 0


async def test_nothing_goes_that_the_snapshot_does_not_know(store: EventStore) -> None:
    position = Position(0, 0, Situation(off=True).document)
    for event in long_life().events[:500]:
        position = fold(position, event)
    await store._connection.execute("DELETE FROM snapshots")
    assert await retain(store, Limits(1, 0), NOW_MS) == 0
    await store.save_snapshot(picture(position, instant(NOW_MS)))
    await retain(store, Limits(1, 0), NOW_MS)
    assert 499 <= (await kept(store))[0].seq <= 501


async def test_a_command_and_what_it_changed_stay_together(store: EventStore) -> None:
    for end in range(LEAST_KEPT, LEAST_KEPT + 6):
        await store._connection.execute("DELETE FROM snapshots")
        seq = len(long_life().events) - end
        await store.save_snapshot(picture(Position(seq, 0, long_life().document), instant(NOW_MS)))
        await retain(store, Limits(1, 0), NOW_MS)
        first = await store.event((await store.extent())[0])
        assert first
        assert first.type != "state_patch"


async def test_what_was_set_aside_goes_with_its_time(store: EventStore) -> None:
    for ts in (instant(NOW_MS - 3 * DAY_MS), instant(NOW_MS - DAY_MS // 2)):
        await store._connection.execute("INSERT INTO set_aside VALUES (?)", (f'{{"ts":"{ts}"}}'.encode(),))
    await retain(store, Limits(0, 0), NOW_MS)
    assert await store._all("SELECT count(*) FROM set_aside") == [(2,)]
    await retain(store, Limits(1, 0), NOW_MS)
    assert await store._all("SELECT count(*) FROM set_aside") == [(1,)]


async def test_an_event_of_the_future_keeps_nothing_alive(store: EventStore) -> None:
    """A clock that ran ahead for a moment leaves one: it must not stand in the way for as long as that was."""
    ahead = long_life().events[100]
    later = msgspec.json.encode(msgspec.structs.replace(ahead, ts=instant(NOW_MS + 400 * DAY_MS)))
    await store._connection.execute("UPDATE events SET body = ? WHERE seq = ?", (later, ahead.seq))
    await retain(store, Limits(10, 0), NOW_MS)
    assert (await store.extent())[0] > ahead.seq


def test_a_clock_that_is_ahead_is_believed_after_a_day_of_running() -> None:
    there = Belief(NOW_MS, NOW_MS)
    for hours in range(1, 30):
        there = there.after(NOW_MS + 400 * DAY_MS + hours * HOUR_MS, HOUR_MS)
        assert there.is_doubted == (hours < 25)
    assert there.sure_ms() == NOW_MS + 400 * DAY_MS + 29 * HOUR_MS


def test_a_clock_that_was_ahead_for_a_moment_is_what_it_was() -> None:
    there = Belief(NOW_MS, NOW_MS).after(NOW_MS + 400 * DAY_MS, HOUR_MS)
    assert there.sure_ms() == NOW_MS
    there = there.after(NOW_MS + 2 * HOUR_MS, HOUR_MS)
    assert (there.is_doubted, there.sure_ms()) == (False, NOW_MS + 2 * HOUR_MS)


def test_a_clock_that_was_set_back_makes_nothing_older() -> None:
    there = Belief(NOW_MS, NOW_MS).after(NOW_MS - 400 * DAY_MS, HOUR_MS)
    assert (there.is_doubted, there.sure_ms()) == (False, NOW_MS - 400 * DAY_MS)


def test_a_mirror_that_is_on_in_the_evenings_is_believed_and_one_back_after_months_after_a_day_of_running() -> None:
    there = Belief(NOW_MS, NOW_MS)
    for evening in range(1, 10):
        there = there.after(NOW_MS + evening * DAY_MS, 0)
        there = there.after(NOW_MS + evening * DAY_MS + 4 * HOUR_MS, 4 * HOUR_MS)
        assert not there.is_doubted
    evenings = 0
    there = there.after(NOW_MS + 150 * DAY_MS, 0)
    while there.is_doubted:
        evenings += 1
        there = there.after(NOW_MS + (150 + evenings) * DAY_MS, 0)
        there = there.after(NOW_MS + (150 + evenings) * DAY_MS + 4 * HOUR_MS, 4 * HOUR_MS)
    assert evenings == 6


async def test_a_clock_that_runs_ahead_for_a_moment_deletes_nothing(store: EventStore) -> None:
    days = iter((0, 400, 0))
    retention = Retention(store, Limits(365, 0), lambda: NOW_MS + next(days) * DAY_MS, asyncio.Event())
    for _ in range(3):
        await retention.look()
        assert await kept(store) == long_life().events


async def test_a_start_while_the_clock_is_ahead_deletes_nothing(store: EventStore) -> None:
    await Retention(store, Limits(365, 0), lambda: NOW_MS, asyncio.Event()).look()
    for _ in range(2):
        await Retention(store, Limits(365, 0), lambda: NOW_MS + 400 * DAY_MS, asyncio.Event()).look()
    assert await kept(store) == long_life().events


def test_by_hand_a_clock_that_is_ahead_has_to_be_confirmed(mira: CommandLine, database: Path) -> None:
    before = events_in(database)
    said = mira.refuses("retain", "--database", database, "--keep-days", 1)
    assert "and the log knows of no time after 20" in said
    assert "If the clock is right, as after a long time switched off: the same again with --clock-is-right." in said
    assert events_in(database) == before
    code, out, _ = mira("retain", "--database", database, "--keep-days", 1, "--clock-is-right")
    assert (code, "events are deleted" in out) == (0, True)


async def test_stopped_between_two_deletions_it_goes_on_where_it_was(store: EventStore) -> None:
    deleting = asyncio.create_task(retain(store, Limits(1, 0), NOW_MS, rest_s=0.001))
    base = None
    while base is None or (await store.extent())[0] == 1:
        base = await store.base()
    deleting.cancel()
    await asyncio.gather(deleting, return_exceptions=True)
    assert 1 < (await store.extent())[0] <= base.seq
    await retain(store, Limits(1, 0), NOW_MS)
    await kept(store)


async def test_commands_are_stored_while_old_events_go(store: EventStore) -> None:
    last = long_life().events[-1].seq
    deleting = asyncio.create_task(retain(store, Limits(1, 0), NOW_MS))
    for seq in range(last + 1, last + 51):
        await store.append([Event(seq, f"e{seq}", instant(NOW_MS), f"c{seq}", "accepted", "touch", "lock")])
    count = await deleting
    assert (await store.extent())[:2] == (count + 1, last + 50)


def test_the_command_line_says_what_is_left(mira: CommandLine, database: Path) -> None:
    size = database.stat().st_size
    code, out, err = mira("retain", "--database", database, "--keep-days", 0, "--keep-mb", 1)
    assert (code, err) == (0, "")
    events = events_in(database)
    count = len(long_life().events) - len(events)
    assert out.startswith(
        f"{count:,} events are deleted. The log has the events {events[0].seq:,} to {events[-1].seq:,}"
    )
    assert database.stat().st_size < size
    out = mira("retain", "--database", database, "--keep-days", 0, "--keep-mb", 0)[1]
    assert out.startswith("Nothing is deleted. ")
    assert "The last 11,000 events are always kept" in out


def test_without_a_database_none_is_made(mira: CommandLine, tmp_path: Path) -> None:
    assert "There is no database at" in mira.refuses("retain", "--database", tmp_path / "none.db")
    assert list(tmp_path.glob("none*")) == []


def test_a_running_sidecar_lets_old_events_go_by_itself(
    redis_server: RedisServer, database: Path, mira: CommandLine
) -> None:
    now_ms = time.time_ns() // 1_000_000
    execute(database, "INSERT INTO clock VALUES (?, ?, 0)", now_ms, now_ms)
    with running(redis_server, database, keep_days=1, keep_mb=0) as mirror:
        mirror.until(lambda: mirror.said("old events deleted"), 30)
        assert mirror.send("add_todo", {"summary": "Later"})["type"] == "accepted"
        first = mirror.stored()[0]["seq"]
        assert len(long_life().events) - first < LEAST_KEPT + 2
        mirror.sidecar.kill()
        mirror.redis.flushall()
        mirror.sidecar.start()
        mirror.until(lambda: mirror.filled(mirror.stored()[-1]["seq"]))
        assert mirror.snapshot()["state"]["todos"][-1]["summary"] == "Later"
        assert "Another sidecar is using" in mira.refuses("retain", "--database", database)
        mirror.sidecar.stop()
    assert mirror.stored()[-1]["seq"] == len(long_life().events) + 2
