"""What the world gets to see, after it was stored."""

import hashlib
import re
import time
from collections.abc import AsyncIterable, Callable, Iterable, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from mira_sidecar.log_key import LogKey
from mira_sidecar.protocol import EVENTS_KEPT, GROUP, Event, Head, Keys, Snapshot
from mira_sidecar.transport.inbox import Entry
from mira_sidecar.transport.lease import LeaseKey, LeaseLostError
from mira_sidecar.transport.own_connection import OwnConnection, OwnScript, Word

DEAD_KEPT = 1_000
STATE_BYTES, STATE_EVENTS = 16_384, 1_000
"""The state is written again once what was said since is as long as itself, and so long at least; or after so many
events, so that Redis has those behind it for long enough."""
_LOOK_S = 0.5
"""How often to look whether the state is still what we wrote: Redis reads all of it for that."""
_LEASE_LOST, _ALTERED = -1, -2
_LENGTH = Struct(">I")
_PIN = re.compile(rb"""("(?:pin|current)"\s*:\s*)("[^"]*"?|[^\s,}\]]+)""", re.IGNORECASE)
_SHOWN_BYTES = 4_096
"""How much of an unreadable entry is kept for whoever looks for its sender."""


class AlteredStreamError(Exception):
    """What Redis has of the log is not what we left there: somebody else wrote there, or it was emptied."""


@dataclass(slots=True)
class _Left:
    """What we left in Redis last."""

    head: bytes = b""
    """With its seal; empty where that is not known."""
    state_digest: str = ""
    """SHA-1 of the state with its seal, as Redis' scripts can tell it; empty where it is not known."""
    state_bytes: int = 0
    state_seq: int = 0
    said: int = 0
    """Bytes of the events since then."""
    look_due: float = 0.0


class Outbox:
    """Publishes events and state, and acknowledges commands, for the holder of the lease alone."""

    def __init__(self, redis: Redis, keys: Keys, lease: LeaseKey, key: LogKey) -> None:
        self._senders = list(keys.commands)
        written = [
            *(keys.lease, keys.events, keys.head, keys.head_seal, keys.state, keys.state_seal),
            *(keys.patches, keys.answers, keys.dead),
        ]
        self._redis = redis
        self._lease = lease
        self._key = key
        self._script = OwnScript(OwnConnection(redis), "publish", [*written, *keys.commands.values()])
        self._left = _Left()

    async def publish(
        self,
        events: Sequence[Event],
        bodies: Sequence[bytes],
        head: Head,
        picture: Callable[[], Snapshot],
        *,
        answered: Sequence[Entry],
        again: Sequence[Event] = (),
        dead: Sequence[tuple[Entry, str]] = (),
    ) -> int:
        """Send a batch in one step: all of it is seen, or nothing; with it the acknowledgement. How many commands wait.

        `bodies` are the events as they are stored, `head` is where they end; a `picture` of that is taken now and then.
        `again` are answers that are in the stream already, or that another one there stands for; `dead` are entries
        that were no commands.
        Raises LeaseLostError where another sidecar holds the lease, and AlteredStreamError: nothing was sent.
        """
        said = self._left.said + sum(map(len, bodies))
        is_due = said >= max(self._left.state_bytes, STATE_BYTES) or head.seq - self._left.state_seq >= STATE_EVENTS
        return await self._send(
            events,
            bodies,
            head if events else None,
            picture() if events and is_due else None,
            behind=head.seq - len(events),
            patches=[_patch_message(event) for event in events if event.type == "state_patch"],
            again=[msgspec.json.encode(event) for event in again],
            dead=[(reason, _shown(entry)) for entry, reason in dead],
            answered=answered,
        )

    async def check(self, seq: int) -> None:
        """See that what Redis has ends at this place, as we left it. Raises as `publish`."""
        await self._send((), (), None, None, behind=seq)

    async def refill(self, pages: AsyncIterable[list[Event]], snapshot: Snapshot, *, anew: bool) -> None:
        """Bring Redis up to the log: `pages` are the events that it lacks, all that it shall have where it is `anew`.

        Raises LeaseLostError or AlteredStreamError.
        """
        self._left = _Left()
        async for events in pages:
            bodies = [msgspec.json.encode(event) for event in events]
            await self._send(events, bodies, None, None, behind=None if anew else events[0].seq - 1)
            anew = False
        head = Head(snapshot.rev, snapshot.seq, snapshot.at)
        await self._send((), (), head, snapshot, behind=None if anew else snapshot.seq)

    async def rewrite_file(self) -> bool:
        """Have Redis write its append-only file anew, without what is gone; whether it does, or has none."""
        try:
            found: Any = await self._redis.info("persistence")
            if found["aof_enabled"]:
                await self._redis.execute_command("BGREWRITEAOF")  # type: ignore[no-untyped-call]
        except ResponseError:
            return False
        return True

    async def _send(
        self,
        events: Sequence[Event],
        bodies: Sequence[bytes],
        head: Head | None,
        snapshot: Snapshot | None,
        *,
        behind: int | None,
        patches: Sequence[bytes] = (),
        again: Sequence[bytes] = (),
        dead: Sequence[tuple[str, bytes]] = (),
        answered: Sequence[Entry] = (),
    ) -> int:
        """Send what continues the events stream at a place; None: it begins from scratch."""
        left, now = self._left, time.monotonic()
        looks = now >= left.look_due
        head_body, head_seal = self._sealed(head)
        state, state_seal = self._sealed(snapshot)
        arguments: list[Word] = [
            self._lease.body,
            "" if behind is None else f"{behind}-0",
            *(left.head, left.state_digest if looks else ""),
            *(head_body, head_seal, state, state_seal),
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
        waiting: int = await self._script(*arguments)
        if waiting == _LEASE_LOST:
            self._lease.forget()
            raise LeaseLostError
        if waiting == _ALTERED:
            raise AlteredStreamError
        left.said += sum(map(len, bodies))
        if looks:
            left.look_due = now + _LOOK_S
        if head:
            left.head = head_body + head_seal
        if snapshot:
            left.state_digest = hashlib.sha1(state + state_seal, usedforsecurity=False).hexdigest()
            left.state_bytes, left.state_seq, left.said = len(state), snapshot.seq, 0
        return waiting

    def _sealed(self, message: Head | Snapshot | None) -> tuple[bytes, bytes]:
        """A message with its seal, both empty where there is none."""
        if message is None:
            return b"", b""
        body = msgspec.json.encode(message)
        return body, self._key.mac(body).encode()


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
