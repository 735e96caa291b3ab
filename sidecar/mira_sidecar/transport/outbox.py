"""What the world gets to see, after it was stored."""

import re
from collections.abc import AsyncIterable, Iterable, Sequence
from struct import Struct
from typing import Any

import msgspec
from redis.asyncio import Redis

from mira_sidecar.log_key import LogKey
from mira_sidecar.protocol import EVENTS_KEPT, GROUP, Event, Keys, Snapshot
from mira_sidecar.transport.inbox import Entry
from mira_sidecar.transport.lease import LeaseKey, LeaseLostError
from mira_sidecar.transport.script import script

DEAD_KEPT = 1_000
_LEASE_LOST, _ALTERED = -1, -2
_LENGTH = Struct(">I")
_PIN = re.compile(rb"""("(?:pin|current)"\s*:\s*)("[^"]*"?|[^\s,}\]]+)""", re.IGNORECASE)
_SHOWN_BYTES = 4_096
"""How much of an unreadable entry is kept for whoever looks for its sender."""


class AlteredStreamError(Exception):
    """The events stream does not end where the log does: somebody else wrote there, or it was emptied."""


class Outbox:
    """Publishes events and state, and acknowledges commands, for the holder of the lease alone."""

    def __init__(self, redis: Redis, keys: Keys, lease: LeaseKey, key: LogKey) -> None:
        self._senders = list(keys.commands)
        self._keys = [
            *(keys.lease, keys.events, keys.state, keys.seal, keys.patches, keys.answers, keys.dead),
            *keys.commands.values(),
        ]
        self._lease = lease
        self._key = key
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
        Raises LeaseLostError where another sidecar holds the lease, and AlteredStreamError: nothing was sent.
        """
        return await self._send(
            events,
            bodies,
            snapshot if events else None,
            behind=snapshot.seq - len(events),
            patches=[_patch_message(event) for event in events if event.type == "state_patch"],
            again=[msgspec.json.encode(event) for event in again],
            dead=[(reason, _shown(entry)) for entry, reason in dead],
            answered=answered,
        )

    async def check(self, seq: int) -> None:
        """See that the events stream ends at this place, as we left it. Raises as `publish`."""
        await self._send((), (), None, behind=seq)

    async def refill(self, pages: AsyncIterable[list[Event]], snapshot: Snapshot, *, anew: bool) -> None:
        """Bring Redis up to the log: `pages` are the events that it lacks, all that it shall have where it is `anew`.

        Raises LeaseLostError or AlteredStreamError.
        """
        async for events in pages:
            bodies = [msgspec.json.encode(event) for event in events]
            await self._send(events, bodies, None, behind=None if anew else events[0].seq - 1)
            anew = False
        await self._send((), (), snapshot, behind=None if anew else snapshot.seq)

    async def _send(
        self,
        events: Sequence[Event],
        bodies: Sequence[bytes],
        snapshot: Snapshot | None,
        *,
        behind: int | None,
        patches: Sequence[bytes] = (),
        again: Sequence[bytes] = (),
        dead: Sequence[tuple[str, bytes]] = (),
        answered: Sequence[Entry] = (),
    ) -> int:
        """Send what continues the events stream at a place; None: it begins from scratch."""
        state = msgspec.json.encode(snapshot) if snapshot else b""
        arguments: list[Any] = [
            self._lease.body,
            "" if behind is None else f"{behind}-0",
            *(state, self._key.mac(state) if state else ""),
            *(EVENTS_KEPT, DEAD_KEPT, GROUP),
            # Its own place is the id of an event: a reader resumes by it, and Redis refuses to take an event twice.
            events[0].seq if events else 0,
            _packed(part for body in bodies for part in (body, self._key.mac(body))),
            *(_packed(patches), _packed(again), len(dead)),
        ]
        for reason, entry in dead:
            arguments += (reason, entry)
        for sender in self._senders:
            ids = [entry.id for entry in answered if entry.sender == sender]
            arguments += (len(ids), *ids)
        waiting: int = await self._script(keys=self._keys, args=arguments)
        if waiting == _LEASE_LOST:
            self._lease.forget()
            raise LeaseLostError
        if waiting == _ALTERED:
            raise AlteredStreamError
        return waiting


def _packed(parts: Iterable[bytes | str]) -> bytes:
    """Many strings in one, as `publish.lua` takes them apart."""
    encoded = (part.encode() if isinstance(part, str) else part for part in parts)
    return b"".join(piece for part in encoded for piece in (_LENGTH.pack(len(part)), part))


def _shown(entry: Entry) -> bytes:
    """The beginning of what was no command, without the PIN that it may have been meant to bring."""
    return _PIN.sub(rb"\1\"***\"", (entry.body or b"")[:_SHOWN_BYTES])


def _patch_message(event: Event) -> bytes:
    """A StatePatch."""
    return msgspec.json.encode(
        {"rev": event.rev, "ts": event.ts, "command_id": event.command_id, "patch": event.payload["patch"]}
    )
