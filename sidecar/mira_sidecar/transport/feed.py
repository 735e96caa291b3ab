"""What Redis has of the log, for a sidecar that compares it with its own or follows it.

Only what was signed with the log's key is an event. Everything else that lies in the stream is passed over, and said.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import msgspec
from redis.asyncio import Redis

from mira_sidecar.log_key import LogKey
from mira_sidecar.protocol import EVENTS_KEPT, Event, Head, Keys, Snapshot
from mira_sidecar.transport.connection import decoded

PAGE = 500
"""The most entries read at a time."""
_LAST_ID = b"18446744073709551615-18446744073709551615"
"""Nothing can stand behind it, and Redis refuses to look there."""
_EVENT = msgspec.json.Decoder(Event)

type _Entry = tuple[bytes, dict[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Condition:
    """What the events stream is like."""

    complete: bool
    """Whether the events, one at least, follow each other, from the first one or for EVENTS_KEPT, up to its end.

    A Redis that was emptied while a batch was on its way has that batch, and nothing before it. One whose
    last events were deleted takes none in their place.
    """
    forged: bool
    """Whether it has entries that were not signed with the key."""
    last: int
    """The last place of which it has an event; 0 where there is none."""


class Feed:
    """Reads the events stream, its head and the state."""

    def __init__(self, redis: Redis, keys: Keys, key: LogKey) -> None:
        self._redis = redis
        self._keys = keys
        self._key = key
        self.met_unsigned = False
        """Whether there was an entry without our signature where the last look for an event looked."""

    async def first(self) -> Event | None:
        """The oldest event that Redis has."""
        return await self._nearest(self._pages())

    async def last(self) -> Event | None:
        """The newest event that Redis has."""
        return await self._nearest(self._pages(newest_first=True))

    async def event(self, seq: int) -> Event | None:
        """One event by its place in the log."""
        found: Any = await self._redis.xrange(self._keys.events, f"{seq}-0", f"{seq}-0")
        return next(iter(self._signed(found)), None)

    async def after(self, seq: int, block_ms: int | None = None) -> list[Event]:
        """A page of the events behind a place; waits so long for the first one where there is none."""
        self.met_unsigned = False
        start = f"{seq}-0".encode()
        while True:
            found: Any = await self._redis.xread({self._keys.events: start}, count=PAGE, block=block_ms)
            page: list[_Entry] = found[0][1] if found else []
            if (signed := self._signed(page)) or not page:
                return signed
            start = page[-1][0]

    async def unsigned_last(self) -> Event | None:
        """The newest event, whoever wrote it: of a log whose key is new, that may be its own."""
        async for page in self._pages(newest_first=True):
            for entry_id, fields in page:
                if event := _event(entry_id, fields):
                    return event
        return None

    async def condition(self) -> Condition:
        """Look through all of the stream."""
        if not await self._redis.exists(self._keys.events):
            return Condition(complete=False, forged=False, last=0)
        found: Any = await self._redis.xinfo_stream(self._keys.events)
        places: list[int] = []
        forged = False
        async for page in self._pages():
            signed = self._signed(page)
            forged |= len(signed) < len(page)
            places += [event.seq for event in signed]
        complete = bool(places) and (
            found["last-generated-id"] == f"{places[-1]}-0".encode()
            and places[-1] - places[0] + 1 == len(places)
            and (places[0] == 1 or len(places) >= EVENTS_KEPT)
        )
        return Condition(complete, forged, places[-1] if places else 0)

    async def head(self, *, unsigned: bool = False) -> Head | None:
        """How far the log is published; where it may be `unsigned`, whoever wrote it."""
        return await self._sealed(self._keys.head, self._keys.head_seal, Head, unsigned=unsigned)

    async def snapshot(self, *, unsigned: bool = False) -> Snapshot | None:
        """The state, as of some place up to the head, to be followed from there; `unsigned` as above."""
        return await self._sealed(self._keys.state, self._keys.state_seal, Snapshot, unsigned=unsigned)

    async def _sealed[Found](self, name: str, seal_name: str, kind: type[Found], *, unsigned: bool) -> Found | None:
        found: Any = await self._redis.mget(name, seal_name)
        body, seal = found
        return decoded(body, kind, name) if body and (unsigned or self._key.fits(body, seal)) else None

    async def _nearest(self, pages: AsyncIterator[list[_Entry]]) -> Event | None:
        """The first event of these pages."""
        self.met_unsigned = False
        async for page in pages:
            if signed := self._signed(page):
                return signed[0]
        return None

    async def _pages(self, *, newest_first: bool = False) -> AsyncIterator[list[_Entry]]:
        """All entries of the stream, whoever wrote them."""
        look, start, end = (self._redis.xrevrange, b"+", b"-") if newest_first else (self._redis.xrange, b"-", b"+")
        while True:
            # Any: what the library promises is the union of both versions of the Redis protocol.
            page: Any = await look(self._keys.events, start, end, count=PAGE)
            if page:
                yield page
            if len(page) < PAGE or page[-1][0] == _LAST_ID:
                return
            start = b"(" + page[-1][0]

    def _signed(self, entries: list[_Entry]) -> list[Event]:
        """The events among them that one wrote who has the key, each in its own place."""
        events = []
        for entry_id, fields in entries:
            is_ours = self._key.fits(fields.get(b"event", b""), fields.get(b"mac"))
            if is_ours and (event := _event(entry_id, fields)):
                events.append(event)
            else:
                self.met_unsigned = True
        return events


def _event(entry_id: bytes, fields: dict[bytes, bytes]) -> Event | None:
    """The event of an entry; None where it is none, or belongs to another place."""
    try:
        event = _EVENT.decode(fields.get(b"event", b""))
    except ValueError:
        return None
    return event if entry_id == f"{event.seq}-0".encode() else None
