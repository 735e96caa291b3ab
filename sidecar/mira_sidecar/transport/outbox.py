"""What the world gets to see, after it was stored."""

from collections.abc import AsyncIterable, Iterable, Sequence
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from mira_sidecar.protocol import EVENTS_KEPT, GROUP, Event, Keys, PatchOperation, Snapshot, StatePatch
from mira_sidecar.transport.inbox import Entry

DEAD_KEPT = 1_000
_SHOWN_BYTES = 4_096
"""How much of an unreadable entry is kept for whoever looks for its sender."""


class Outbox:
    """Publishes events and state, and acknowledges commands."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def publish(
        self,
        events: Sequence[Event],
        snapshot: Snapshot,
        *,
        answered: Sequence[Entry],
        again: Iterable[Event] = (),
        dead: Iterable[tuple[Entry, str]] = (),
    ) -> None:
        """Send a batch in one MULTI: all of it is seen, or nothing; the acknowledgement comes last.

        `again` are first answers to commands that came once more; `dead` are entries that were no commands.
        """
        async with self._redis.pipeline(transaction=True) as pipeline:
            self._add_events(pipeline, events)
            if events:
                pipeline.set(self._keys.state, msgspec.json.encode(snapshot))
            for event in events:
                if event.type == "state_patch":
                    pipeline.publish(self._keys.patches, _patch_message(event))
            for event in again:
                pipeline.publish(self._keys.answers, msgspec.json.encode(event))
            for entry, reason in dead:
                shown = (entry.body or b"")[:_SHOWN_BYTES]
                pipeline.xadd(self._keys.dead, {"reason": reason, "entry": shown}, maxlen=DEAD_KEPT, approximate=True)
            if answered:
                ids = [entry.id for entry in answered]
                pipeline.xack(self._keys.commands, GROUP, *ids)
                pipeline.xdel(self._keys.commands, *ids)
            await pipeline.execute()

    async def last_event(self) -> Event | None:
        """The last event that Redis has."""
        found: Any = await self._redis.xrevrange(self._keys.events, count=1)
        return msgspec.json.decode(found[0][1][b"event"], type=Event) if found else None

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

    async def forget_events(self) -> None:
        """Have Redis forget the events, before a refill from the first one that it keeps."""
        await self._redis.delete(self._keys.events)

    async def refill(self, pages: AsyncIterable[list[Event]], snapshot: Snapshot) -> None:
        """Bring Redis up to the log: `pages` are the events that it lacks."""
        async for events in pages:
            async with self._redis.pipeline(transaction=True) as pipeline:
                self._add_events(pipeline, events)
                await pipeline.execute()
        await self._redis.set(self._keys.state, msgspec.json.encode(snapshot))

    def _add_events(self, pipeline: Pipeline, events: Iterable[Event]) -> None:
        for event in events:
            # Its own place as the id: a reader resumes by it, and Redis refuses to take an event twice.
            pipeline.xadd(
                self._keys.events,
                {"event": msgspec.json.encode(event)},
                id=f"{event.seq}-0",
                maxlen=EVENTS_KEPT,
                approximate=True,
            )


def _patch_message(event: Event) -> bytes:
    patch = msgspec.convert(event.payload["patch"], list[PatchOperation])
    return msgspec.json.encode(StatePatch(event.rev or 0, event.ts, event.command_id, patch))
