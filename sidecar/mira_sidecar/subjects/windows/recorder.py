"""Keeps what was measured as means of minutes. Nothing that was acknowledged is lost, whoever is killed.

Readings go into a journal each few seconds; those who sent them are told then. When their minute is over, its means
go into the row of their hour, and out of the journal. Who is stopped in between does the same once more.
"""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable, Iterator
from itertools import batched, groupby
from operator import itemgetter
from statistics import median
from typing import Annotated

import msgspec
import structlog
from msgspec import Meta

from mira_sidecar.core.decision import InvalidValueError
from mira_sidecar.parts import Side
from mira_sidecar.protocol import Instant, instant, milliseconds
from mira_sidecar.queries.kind import Asking
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.side import Row, SideStore
from mira_sidecar.subjects.windows.core.devices import Devices
from mira_sidecar.subjects.windows.core.minutes import MINUTE_MS, Mean, Minutes
from mira_sidecar.subjects.windows.core.rooms import SensorReading
from mira_sidecar.subjects.windows.core.slice import RoomId
from mira_sidecar.subjects.windows.kept import HOURS, JOURNAL, Entry, Hour, MinuteOf

log = structlog.get_logger()

_EVERY_S = 5.0
_AT_ONCE = 500
"""Readings that are written as soon as they are there."""
_PATIENCE_S = 60.0
"""For a disk that hangs: then senders are told nevertheless, for they would wait with what comes next."""
_AGAIN_S = 5.0
MOST_WAITING = 60_000
"""Readings that wait for a disk that hangs, two minutes of 500 a second: the oldest are let go."""
_HOUR = 60
_ROWS = 100
"""Hours written together."""
_MOST_MINUTES = 1_500
"""In an answer: a day, and an hour more where clocks change."""


class AskedReadings(msgspec.Struct, frozen=True, kw_only=True):
    """Payload of `windows_readings`: of a device, or of a room, in the minutes from one time up to another."""

    kind: Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,32}$(?!\n)")]
    room: RoomId | None = None
    device: Annotated[str, Meta(max_length=64)] | None = None
    start: Instant = msgspec.field(name="from")
    end: Instant = msgspec.field(name="to")

    def __post_init__(self) -> None:
        """Raise InvalidValueError where neither is named."""
        if self.room is None and self.device is None:
            raise InvalidValueError("missing", "room")


class MinuteMean(msgspec.Struct, frozen=True):
    """The mean of a minute, with the least and the most."""

    at: Instant
    mean: float
    low: float
    high: float


class WindowsReadings(msgspec.Struct, frozen=True):
    """Result of `windows_readings`: the oldest first. Of a room with several senders, the median of each."""

    minutes: list[MinuteMean]
    next: Instant | None
    """What to ask `from` for more; null where there are none."""


class Recorder:
    """Keeps the readings of rooms, and of devices that somebody placed."""

    def __init__(
        self, side: Side, devices: Devices, now_ms: Callable[[], int], acknowledge: Callable[[int], None]
    ) -> None:
        """`acknowledge`: so many more of the messages that came, the oldest, need not come again."""
        self._side = side
        self._devices = devices
        self._now_ms = now_ms
        self._acknowledge = acknowledge
        self._minutes = Minutes()
        self._waiting = list[tuple[int, Entry]]()
        """By minute, what the journal does not have yet."""
        self._many = asyncio.Event()
        self._messages = self._told = 0
        self._begun = False
        self._before = set[Entry]()
        """What the journal had at the start: a broker may send it again."""
        self._recent: dict[int, set[Entry]] = {}
        """What came in this minute and the last one: a broker sends it again that lost the connection."""

    @property
    def question(self) -> Asking[AskedReadings]:
        """What may be asked of it."""
        return Asking("windows_readings", AskedReadings, self.page)

    def message(self) -> None:
        """Another message was heard; its readings have been added."""
        self._messages += 1

    def add(self, reading: SensorReading) -> None:
        """Keep it. Returns at once."""
        if reading.room is None:
            return
        sender = reading.device or _sender(reading.room)
        entry = Entry(sender, reading.kind, round(reading.value, 3), reading.mark)
        self._waiting.append((self._now_ms() // MINUTE_MS, entry))
        del self._waiting[:-MOST_WAITING]
        if len(self._waiting) >= _AT_ONCE:
            self._many.set()

    async def run(self) -> None:
        """Keep what comes, until cancelled."""
        side = await self._patiently(self._side.opened())
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_EVERY_S):
                    await self._many.wait()
            self._many.clear()
            if not await self._patiently(self._tried(side)):
                await asyncio.sleep(_AGAIN_S)

    async def keep(self, side: SideStore) -> None:
        """Write what waits, and what is over. Raises StoreError."""
        # What comes while this is written belongs to the minute that is under way now, or to a later one.
        now_ms, messages = self._now_ms(), self._messages
        waiting, self._waiting = self._waiting, []
        new = list(self._new(waiting))
        try:
            if new:
                await side.put(JOURNAL, *_journal(new))
        except StoreError:
            self._waiting = [*waiting, *self._waiting]
            raise
        self._recent = {one: known for one, known in self._recent.items() if one >= now_ms // MINUTE_MS - 1}
        for minute, entry in new:
            self._minutes.add(entry.sender, entry.kind, entry.value, minute * MINUTE_MS)
            if entry.mark is not None:
                self._recent.setdefault(minute, set()).add(entry)
        self._tell(messages)
        if over := self._minutes.over(now_ms):
            await self._keep_hours(side, over)

    async def page(self, asked: AskedReadings) -> WindowsReadings:
        """The minutes that are asked for. Raises StoreError."""
        start, end = milliseconds(asked.start) // MINUTE_MS, milliseconds(asked.end) // MINUTE_MS
        until = min(end, start + _MOST_MINUTES)
        found: dict[int, list[MinuteOf]] = {}
        for sender in [asked.device] if asked.device is not None else self._senders(asked.room or ""):
            for minute, mean in await self._of(sender, asked.kind, start, until):
                found.setdefault(minute, []).append(mean)
        minutes = [_shown(minute, found[minute]) for minute in sorted(found)]
        return WindowsReadings(minutes, instant(until * MINUTE_MS) if until < end else None)

    async def _begin(self, side: SideStore) -> None:
        """Take up what was left. Raises StoreError."""
        left = [(row.columns["minute"], entry) async for row in side.rows(JOURNAL) for entry in row.value or ()]
        for minute, entry in left:
            self._minutes.add(entry.sender, entry.kind, entry.value, minute * MINUTE_MS)
            self._before.add(entry)

    def _new(self, waiting: list[tuple[int, Entry]]) -> Iterator[tuple[int, Entry]]:
        """Those that have not come before. Where there is no mark, nobody can tell."""
        seen = set[Entry]()
        for minute, entry in waiting:
            if entry.mark is not None:
                if any(entry in known for known in (seen, self._before, *self._recent.values())):
                    continue
                seen.add(entry)
            yield minute, entry

    async def _keep_hours(self, side: SideStore, over: list[Mean]) -> None:
        """Put means into the rows of their hours, and take their minutes out of the journal. Raises StoreError."""
        hours: dict[str, list[Mean]] = {}
        for mean in over:
            hours.setdefault(_id(mean.sender, mean.minute // _HOUR), []).append(mean)
        for some in batched(hours.items(), _ROWS, strict=False):
            known = {row.id: row.value for row in await side.page(HOURS, _ROWS, id=[one for one, _ in some])}
            await side.put(HOURS, *(_row(one, known.get(one), means) for one, means in some))
        minutes = sorted({mean.minute for mean in over})
        await side.delete(JOURNAL, minute=minutes)
        self._minutes.let_go(over)

    async def _of(self, sender: str, kind: str, start: int, end: int) -> list[tuple[int, MinuteOf]]:
        hours = range(start // _HOUR, (end - 1) // _HOUR + 1)
        rows = await self._side.now().page(HOURS, len(hours), id=[_id(sender, hour) for hour in hours])
        all_of_them = [
            (row.at_ms // MINUTE_MS + one.minute, one)
            for row in rows
            if row.value
            for one in row.value.kinds.get(kind, ())
        ]
        return [(minute, one) for minute, one in all_of_them if start <= minute < end]

    def _senders(self, room: str) -> list[str]:
        return [_sender(room), *(device for device, where in self._devices.rooms.items() if where == room)]

    def _tell(self, messages: int) -> None:
        """So many messages in all need not come again."""
        if messages > self._told:
            self._acknowledge(messages - self._told)
            self._told = messages

    async def _patiently[T](self, work: Awaitable[T]) -> T:
        """Wait for it; senders do not wait longer than a minute."""
        trying = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait({trying}, timeout=_PATIENCE_S))[0]:
                log.warning("the disk hangs: readings wait in memory", count=len(self._waiting))
                self._tell(self._messages)
        finally:
            trying.cancel()
        return trying.result()

    async def _tried(self, side: SideStore) -> bool:
        try:
            if not self._begun:
                await self._begin(side)
                self._begun = True
            await self.keep(side)
        except StoreError as error:
            log.warning("readings are not kept; tried again", why=str(error))
            return False
        return True


def _journal(waiting: list[tuple[int, Entry]]) -> Iterator[Row[list[Entry]]]:
    """A row a minute."""
    for minute, some in groupby(waiting, key=itemgetter(0)):
        entries = [entry for _, entry in some]
        yield Row(id=str(uuid.uuid7()), at_ms=minute * MINUTE_MS, value=entries, columns={"minute": minute})


def _sender(room: str) -> str:
    """Home Assistant, of a room: no device is called so."""
    return f"room/{room}"


def _id(sender: str, hour: int) -> str:
    return f"{sender} {hour}"


def _row(name: str, known: Hour | None, means: list[Mean]) -> Row[Hour]:
    kinds: dict[str, dict[int, MinuteOf]] = {
        kind: {one.minute: one for one in minutes} for kind, minutes in (known.kinds if known else {}).items()
    }
    for mean in means:
        one = MinuteOf(mean.minute % _HOUR, *(round(value, 2) for value in (mean.mean, mean.low, mean.high)))
        kinds.setdefault(mean.kind, {})[one.minute] = one
    hour = Hour({kind: [minutes[one] for one in sorted(minutes)] for kind, minutes in kinds.items()})
    at_ms = means[0].minute // _HOUR * _HOUR * MINUTE_MS
    return Row(id=name, at_ms=at_ms, value=hour, columns={"sender": means[0].sender})


def _shown(minute: int, means: list[MinuteOf]) -> MinuteMean:
    mean, low, high = (median([one[place] for one in means]) for place in (1, 2, 3))
    return MinuteMean(instant(minute * MINUTE_MS), mean, low, high)
