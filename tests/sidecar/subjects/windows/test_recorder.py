"""Means of minutes: nothing acknowledged is lost, nothing counts twice, and a disk that hangs costs nothing."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from mira_sidecar.protocol import instant
from mira_sidecar.store.side import SideStore
from mira_sidecar.subjects.windows import recorder
from mira_sidecar.subjects.windows.core.minutes import MOST, Minutes
from mira_sidecar.subjects.windows.kept import HOURS, JOURNAL, KEPT
from mira_sidecar.subjects.windows.recorder import AskedReadings
from mira_sidecar.subjects.windows.settings import WindowsSettings
from tests.sidecar.subjects.windows.store import MINUTE_MS, NOON_MS, Disk, Keeping, opened


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncIterator[Disk]:
    async with opened(tmp_path) as side:
        yield Disk(side)


@pytest.fixture
def keeping(disk: Disk) -> Keeping:
    return Keeping(disk)


async def journal(side: SideStore) -> list[tuple[str, float]]:
    return [(entry.sender, entry.value) async for row in side.rows(JOURNAL) for entry in row.value or ()]


async def test_a_minute_is_kept_when_it_is_over(keeping: Keeping, disk: Disk) -> None:
    for value in (20.0, 21.0, 25.0):
        keeping.add(value)
        keeping.now_ms += 15_000
    await keeping.keep()
    assert await keeping.means() == []
    assert len(await journal(disk.side)) == 3
    keeping.now_ms += 15_000
    keeping.add(30.0)
    await keeping.keep()
    asked = AskedReadings(kind="temperature", room="bath", start=instant(NOON_MS), end=instant(NOON_MS + 5 * MINUTE_MS))
    (minute,) = (await keeping.recorder.page(asked)).minutes
    assert msgspec.to_builtins(minute) == {"at": instant(NOON_MS), "mean": 22.0, "low": 20.0, "high": 25.0}
    assert await journal(disk.side) == [("shelf", 30.0)], "what is in a mean is in no journal"


async def test_an_hour_is_a_row_and_a_day_an_answer(keeping: Keeping, disk: Disk) -> None:
    for minute in range(26 * 60):
        keeping.add(float(minute))
        keeping.now_ms += MINUTE_MS
    await keeping.keep()
    rows = [row async for row in disk.side.rows(HOURS)]
    assert len(rows) == 26
    assert {row.at_ms % (60 * MINUTE_MS) for row in rows} == {0}
    assert await keeping.means() == [float(minute) for minute in range(24 * 60)]
    assert await keeping.means(NOON_MS + 59 * MINUTE_MS, NOON_MS + 62 * MINUTE_MS) == [59.0, 60.0, 61.0]
    asked = AskedReadings(kind="temperature", device="shelf", start=instant(NOON_MS), end=instant(NOON_MS + 10**10))
    first = await keeping.recorder.page(asked)
    assert (len(first.minutes), first.next) == (1_500, instant(NOON_MS + 1_500 * MINUTE_MS))
    assert first.next
    rest = await keeping.recorder.page(msgspec.structs.replace(asked, start=first.next))
    assert [one.mean for one in rest.minutes] == [float(minute) for minute in range(1_500, 26 * 60)]


async def test_of_a_room_the_median_of_its_senders_is_told(keeping: Keeping) -> None:
    for device, value in (("shelf", 20.0), ("tile", 22.0), (None, 30.0)):
        keeping.add(value, device=device)
    keeping.now_ms += MINUTE_MS
    await keeping.keep()
    assert await keeping.means(room="bath") == [22.0]
    assert await keeping.means(device="tile") == [22.0]
    assert await keeping.means(room="bed") == await keeping.means(device="room/bed") == []


async def test_devices_that_nobody_placed_are_not_kept(keeping: Keeping, disk: Disk) -> None:
    keeping.add(20.0, device="new", room=None)
    await keeping.keep()
    assert await journal(disk.side) == []


async def test_who_is_killed_loses_nothing_and_counts_nothing_twice(tmp_path: Path) -> None:
    async with opened(tmp_path) as side:
        first = Keeping(Disk(side))
        for mark in range(4):
            first.add(20.0 + mark, mark)
        await first.keep()
        assert first.acknowledged == [4]
        first.add(24.0, 4)  # It is not in the journal, and not acknowledged.
    async with opened(tmp_path) as side:
        second = Keeping(Disk(side))
        # The broker sends again what it does not know to have arrived.
        for mark in (2, 3, 4):
            second.add(20.0 + mark, mark)
        await second.keep()
        second.now_ms += MINUTE_MS
        await second.keep()
        assert await second.means() == [22.0]


async def test_who_is_killed_between_two_writes_has_the_same_mean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as side:
        first = Keeping(Disk(side))
        first.add(20.0)
        first.add(22.0)
        await first.keep()
        first.now_ms += MINUTE_MS

        async def killed(*args: object, **where: object) -> int:
            raise RuntimeError

        monkeypatch.setattr(side, "delete", killed)
        with pytest.raises(RuntimeError):
            await first.keep()
        assert await first.means() == [21.0]
    async with opened(tmp_path) as side:
        second = Keeping(Disk(side), NOON_MS + MINUTE_MS)
        await second.keep()
        assert await second.means() == [21.0]
        assert await journal(side) == []


async def test_while_the_disk_is_full_readings_wait_and_are_not_acknowledged(keeping: Keeping, disk: Disk) -> None:
    keeping.add(20.0)
    disk.is_full = True
    assert not await keeping.keep()
    keeping.add(22.0)
    assert not await keeping.keep()
    assert keeping.acknowledged == []
    disk.is_full = False
    keeping.now_ms += MINUTE_MS
    assert await keeping.keep()
    assert keeping.acknowledged == [2]
    assert await keeping.means() == [21.0]


async def test_a_disk_that_hangs_for_a_minute_costs_nothing_and_keeps_nobody_waiting(
    keeping: Keeping, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in (("_EVERY_S", 0.01), ("_PATIENCE_S", 0.05)):
        monkeypatch.setattr(recorder, name, seconds)
    disk.works.clear()
    task = asyncio.create_task(keeping.recorder.run())
    keeping.add(20.0)
    await asyncio.sleep(0.02)
    for second in range(60):
        for _ in range(500):
            keeping.add(20.0 + second / 10)
        keeping.now_ms += 1_000
    await asyncio.sleep(0.1)
    assert sum(keeping.acknowledged) == 30_001, "who sends is told, and may send on"
    assert await journal(disk.side) == []
    disk.works.set()
    async with asyncio.timeout(5):
        while not await keeping.means():  # noqa: ASYNC110 - nobody tells when a minute is kept
            await asyncio.sleep(0.01)
    assert await keeping.means() == [22.95]
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_what_waits_is_limited(keeping: Keeping, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "MOST_WAITING", 100)
    for value in range(250):
        keeping.add(float(value))
    await keeping.keep()
    assert [value for _, value in await journal(disk.side)] == [float(value) for value in range(150, 250)]


def test_minutes_under_way_are_limited() -> None:
    minutes = Minutes()
    for one in range(MOST + 10):
        minutes.add(f"device{one}", "temperature", 20.0, NOON_MS)
    assert len(minutes) == MOST
    assert minutes.dropped == 10
    assert minutes.over(NOON_MS) == []


async def test_a_clock_that_is_put_back_writes_a_minute_again(keeping: Keeping) -> None:
    keeping.add(20.0)
    keeping.now_ms += MINUTE_MS
    await keeping.keep()
    keeping.now_ms -= MINUTE_MS
    keeping.add(30.0)
    await keeping.keep()
    keeping.now_ms += MINUTE_MS
    await keeping.keep()
    assert await keeping.means() == [30.0]


async def test_days_are_kept_as_the_owner_set_it(keeping: Keeping, disk: Disk) -> None:
    keeping.add(20.0)
    keeping.now_ms += MINUTE_MS
    await keeping.keep()
    (hours,) = (one for one in KEPT.limited(WindowsSettings(keep_days=7)) if one.name == HOURS.name)
    assert hours.days == 7
    day_ms = 86_400_000
    await disk.side.retain(NOON_MS + 29 * day_ms, NOON_MS + 31 * day_ms, rest_s=0)
    assert await keeping.means() == [20.0]
    await disk.side.retain(NOON_MS + 31 * day_ms, NOON_MS + 32 * day_ms, rest_s=0)
    assert await keeping.means() == []


async def test_a_minute_of_five_hundred_readings_a_second_takes_less_than_a_second(
    keeping: Keeping, disk: Disk
) -> None:
    keeping.devices.rooms = {f"device{one}": "bath" for one in range(64)}
    began = time.process_time()
    for second in range(60):
        for one in range(500):
            keeping.add(20.0 + one / 100, second * 500 + one, device=f"device{one % 64}")
        keeping.now_ms += 1_000
        if second % 5 == 4:
            await keeping.keep()
    await keeping.keep()
    assert time.process_time() - began < 1.0  # 0.4 s
    assert len(await keeping.means(room="bath")) == 1
