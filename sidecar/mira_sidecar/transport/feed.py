"""What Redis has of the log, for a sidecar that compares it with its own or follows it."""

from typing import Any

from redis.asyncio import Redis

from mira_sidecar.protocol import EVENTS_KEPT, Event, Keys, Snapshot
from mira_sidecar.transport.connection import decoded

_PAGE = 500


class Feed:
    """Reads the events stream and the state."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def first(self) -> Event | None:
        """The oldest event that Redis has."""
        return self._only(await self._redis.xrange(self._keys.events, count=1))

    async def last(self) -> Event | None:
        """The newest event that Redis has."""
        return self._only(await self._redis.xrevrange(self._keys.events, count=1))

    async def event(self, seq: int) -> Event | None:
        """One event by its place in the log."""
        return self._only(await self._redis.xrange(self._keys.events, f"{seq}-0", f"{seq}-0"))

    async def after(self, seq: int, block_ms: int | None = None) -> list[Event]:
        """A page of the events behind a place; waits so long for the first one where there is none."""
        found: Any = await self._redis.xread({self._keys.events: f"{seq}-0"}, count=_PAGE, block=block_ms)
        return [self._event(fields) for _, fields in found[0][1]] if found else []

    async def snapshot(self) -> Snapshot | None:
        """The state that was published last."""
        body = await self._redis.get(self._keys.state)
        return decoded(body, Snapshot, self._keys.state) if body else None

    async def is_complete(self) -> bool:
        """Whether the events that Redis has, one at least, follow each other, from the first one or for EVENTS_KEPT.

        A Redis that was emptied while a batch was on its way has that batch, and nothing before it. One whose
        last events were deleted takes none in their place.
        """
        found: Any = await self._redis.xinfo_stream(self._keys.events)
        since, until = (int(bytes(found[name][0]).partition(b"-")[0]) for name in ("first-entry", "last-entry"))
        length = found["length"]
        return (
            found["last-generated-id"] == found["last-entry"][0]
            and until - since + 1 == length
            and (since == 1 or length >= EVENTS_KEPT)
        )

    def _only(self, entries: Any) -> Event | None:
        return self._event(entries[0][1]) if entries else None

    def _event(self, fields: dict[bytes, bytes]) -> Event:
        return decoded(fields.get(b"event"), Event, self._keys.events)
