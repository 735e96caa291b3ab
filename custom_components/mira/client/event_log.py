"""The events that Redis still holds of a mirror: entries of its stream."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypedDict, Unpack, cast

from redis.asyncio import Redis

from ..errors import BadMessage
from ..models.event import Event
from .connection import Keys, redis_errors

_LOGGER = logging.getLogger(__name__)

BATCH = 500
"""Events in one read: about 200 kB."""

type Entries = list[tuple[str, dict[str, str]]]
"""Entries of a Redis stream: id, fields."""


def sequence(entry_id: str) -> int:
    """The sequence number in the id of an entry, `42-0`."""
    return int(entry_id.partition("-")[0])


def read_entry(entry_id: str, fields: Mapping[str, str], *, replayed_until: int = 0) -> list[Event]:
    """The event of an entry; none, and a warning, where it is garbage: the rest goes on."""
    try:
        return [_parsed(entry_id, fields, replayed_until=replayed_until)]
    except BadMessage as err:
        _LOGGER.warning("Entry %s of the mirror's events is left out. %s", entry_id, err)
        return []


def _parsed(entry_id: str, fields: Mapping[str, str], *, replayed_until: int = 0) -> Event:
    """The event of an entry. Raises BadMessage where it is none, or has the place of another."""
    event = Event.parse(fields.get("event", ""), replayed_until=replayed_until)
    if entry_id != f"{event.seq}-0":
        raise BadMessage("It has the place of another event.")
    return event


class Trail:
    """The events that were read last. They tell whether the stream is still the one that was read."""

    def __init__(self) -> None:
        self._start = 0
        self._ids: dict[int, Any] = {}

    def begin(self, seq: int) -> None:
        """Reading begins behind this place. What was read there may come again, as after a failover."""
        self._start = seq
        self._ids = {place: known for place, known in self._ids.items() if place > seq}

    def add(self, event: Event) -> None:
        """Remember an event that was read."""
        self._ids[event.seq] = event.document.get("id")
        if len(self._ids) > 2 * BATCH:
            del self._ids[next(iter(self._ids))]

    def has(self, event: Event) -> bool:
        """Whether it was read at its place."""
        return event.seq in self._ids and self._ids[event.seq] == event.document.get("id")

    def fits(self, entries: Entries) -> bool:
        """Whether what is at a place now, one entry or none, is what was read there."""
        return bool(entries) and all(self.has(event) or event.seq not in self._ids for event in events_in(entries))

    def end(self, entries: Entries) -> int | None:
        """The newest place in these entries, newest first, up to which they are what was read; None: there is none."""
        places = (event.seq for event in events_in(entries) if self.has(event) or event.seq == self._start)
        return next(places, None)


def events_in(entries: Entries) -> Iterator[Event]:
    """The events of these entries, without a word where one is none."""
    for entry in entries:
        with suppress(BadMessage):
            yield _parsed(*entry)


class Wanted(TypedDict, total=False):
    """Which events are wanted. What is empty or missing lets all through."""

    types: Collection[str]
    sources: Collection[str]
    actions: Collection[str]
    reasons: Collection[str]
    since: datetime | None
    until: datetime | None


def event_filter(**wanted: Unpack[Wanted]) -> Callable[[Event], bool]:
    """A test whether an event is wanted."""
    named = {"type": "types", "source": "sources", "action": "actions", "reason": "reasons"}
    values = {name: given for name, key in named.items() if (given := cast("Collection[str]", wanted.get(key)))}
    since, until = wanted.get("since"), wanted.get("until")
    first = since.astimezone(UTC) if since else None
    last = until.astimezone(UTC) if until else None

    def fits(event: Event) -> bool:
        return (
            (first is None or first <= event.at)
            and (last is None or event.at <= last)
            and all(getattr(event, name) in given for name, given in values.items())
        )

    return fits


@dataclass(frozen=True)
class EventPage:
    """Events, newest first, and where the next older ones begin."""

    events: tuple[Event, ...]
    before_seq: int | None
    """To be asked for next; None: there are no older ones."""


class EventLog:
    """Pages backwards through the events: Redis keeps the last 10,000."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def page(self, *, before_seq: int | None = None, limit: int = 100, **wanted: Unpack[Wanted]) -> EventPage:
        """Up to `limit` events that are wanted, newest first. Raises CannotConnect or InvalidAuth."""
        fits = event_filter(**wanted)
        found: list[Event] = []
        while before_seq is None or before_seq > 1:
            end = "+" if before_seq is None else f"({before_seq}-0"
            with redis_errors():
                entries = await self._redis.xrevrange(self._keys.events, max=end, count=BATCH)
            if not entries:
                break
            for entry_id, fields in cast("Entries", entries):
                before_seq = sequence(entry_id)
                found += [event for event in read_entry(entry_id, fields) if fits(event)]
                if len(found) == limit:
                    return EventPage(tuple(found), before_seq)
        return EventPage(tuple(found), None)
