"""What the world gets to see, after it was stored."""

from collections.abc import AsyncIterable, Sequence
from typing import Any

import msgspec
from redis.asyncio import Redis

from mira_sidecar.protocol import EVENTS_KEPT, GROUP, Event, Keys, Snapshot
from mira_sidecar.transport.inbox import Entry
from mira_sidecar.transport.lease import LeaseKey, LeaseLostError
from mira_sidecar.transport.script import script

DEAD_KEPT = 1_000
_SHOWN_BYTES = 4_096
"""How much of an unreadable entry is kept for whoever looks for its sender."""


class Outbox:
    """Publishes events and state, and acknowledges commands, for the holder of the lease alone."""

    def __init__(self, redis: Redis, keys: Keys, lease: LeaseKey) -> None:
        self._senders = list(keys.commands)
        self._keys = [
            *(keys.lease, keys.events, keys.state, keys.patches, keys.answers, keys.dead),
            *keys.commands.values(),
        ]
        self._lease = lease
        self._script = script(redis, "publish")

    async def publish(
        self,
        events: Sequence[Event],
        bodies: Sequence[bytes],
        snapshot: Snapshot,
        *,
        answered: Sequence[Entry],
        again: Sequence[Event] = (),
        dead: Sequence[tuple[Entry, str]] = (),
    ) -> int:
        """Send a batch in one step: all of it is seen, or nothing; with it the acknowledgement. How many commands wait.

        `bodies` are the events as they are stored. `again` are answers that are in the stream already, or that another
        one there stands for; `dead` are entries that were no commands.
        Raises LeaseLostError where another sidecar holds the lease: nothing was sent.
        """
        return await self._send(
            events,
            bodies,
            snapshot if events else None,
            patches=[_patch_message(event) for event in events if event.type == "state_patch"],
            again=[msgspec.json.encode(event) for event in again],
            dead=[(reason, (entry.body or b"")[:_SHOWN_BYTES]) for entry, reason in dead],
            answered=answered,
        )

    async def refill(self, pages: AsyncIterable[list[Event]], snapshot: Snapshot, *, anew: bool) -> None:
        """Bring Redis up to the log: `pages` are the events that it lacks, all that it shall have where it is `anew`.

        Raises LeaseLostError.
        """
        async for events in pages:
            await self._send(events, [msgspec.json.encode(event) for event in events], None, anew=anew)
            anew = False
        await self._send((), (), snapshot, anew=anew)

    async def _send(
        self,
        events: Sequence[Event],
        bodies: Sequence[bytes],
        snapshot: Snapshot | None,
        *,
        anew: bool = False,
        patches: Sequence[bytes] = (),
        again: Sequence[bytes] = (),
        dead: Sequence[tuple[str, bytes]] = (),
        answered: Sequence[Entry] = (),
    ) -> int:
        arguments: list[Any] = [
            self._lease.body,
            int(anew),
            msgspec.json.encode(snapshot) if snapshot else b"",
            *(EVENTS_KEPT, DEAD_KEPT, GROUP),
            *(len(events), len(patches), len(again), len(dead)),
        ]
        for event, body in zip(events, bodies, strict=True):
            # Its own place as the id: a reader resumes by it, and Redis refuses to take an event twice.
            arguments += (f"{event.seq}-0", body)
        arguments += [*patches, *again]
        for reason, entry in dead:
            arguments += (reason, entry)
        for sender in self._senders:
            ids = [entry.id for entry in answered if entry.sender == sender]
            arguments += (len(ids), *ids)
        waiting: int = await self._script(keys=self._keys, args=arguments)
        if waiting < 0:
            self._lease.forget()
            raise LeaseLostError
        return waiting


def _patch_message(event: Event) -> bytes:
    """A StatePatch."""
    return msgspec.json.encode(
        {"rev": event.rev, "ts": event.ts, "command_id": event.command_id, "patch": event.payload["patch"]}
    )
