"""A mirror in which a great deal happens, as a process: writes what a sidecar would, at a steady rate.

Of a hundred events one is a gesture, which people and their cooldown make rare; 19 are refusals; and 40 times an
automation turns the page, which is a decision and a patch; the state has twenty todos in it.
"""

import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, cycle
from typing import Any
from uuid import uuid7

import msgspec
import redis

from mira_sidecar.core.state import initial_document
from mira_sidecar.protocol import (
    PROTOCOL_VERSION,
    Device,
    Event,
    EventType,
    Head,
    Keys,
    Presence,
    Snapshot,
    Source,
    State,
    instant,
)

MIRROR = "hall"
_PACE = 0.01
"""Seconds between two batches."""
_KEPT = 10_000
_STATE_EVERY = 40
"""Events between two states: as a sidecar with so short a list, which writes one after 16 kB of events."""
_TURNS = 20
"""Of a hundred events, the first that turns a page; each turn has its patch."""
_TODOS = 20


def decisions(events: int) -> list[int]:
    """Which of so many events are decisions."""
    return [seq for seq in range(1, events + 1) if not _is_patch(seq - 1)]


def _is_patch(number: int) -> bool:
    """Whether the event of this number, from 0, is a patch."""
    return number % 100 >= _TURNS and number % 2 == 1


@dataclass
class Mirror:
    """Its keys, and how far it is."""

    redis: redis.Redis
    seq: int = 0
    rev: int = 0

    def __post_init__(self) -> None:
        self.keys = Keys(MIRROR)
        self._document: dict[str, Any] = {**initial_document(), "pages": ["home", "todos"], "todos": _todos(_TODOS)}

    def appear(self) -> None:
        """Write what a sidecar that has just started writes; its presence does not expire."""
        presence = Presence(
            protocol=PROTOCOL_VERSION,
            version="0.1.0",
            server_id=str(uuid7()),
            mirror=MIRROR,
            name="Hall",
            node="bench:1",
            started_at=_now(),
            devices={kind: Device(kind, "closed") for kind in ("camera", "microphone")},
        )
        self.redis.set(self.keys.presence, msgspec.json.encode(presence))
        self.redis.mset({self.keys.head: self._head(), self.keys.state: self._snapshot()})

    def happen(self, a_second: int, events: int) -> None:
        """Write so many events at this rate. Who is late catches up."""
        kinds = self._kinds()
        began, written = time.monotonic(), self.seq
        while self.seq < events:
            due = min(int((time.monotonic() - began) * a_second), events) - self.seq
            batch = [next(kinds) for _ in range(due)]
            with_state = self.seq - written >= _STATE_EVERY
            written = self.seq if with_state else written
            self._publish(batch, with_state=with_state)
            time.sleep(_PACE)

    def go_on(self) -> None:
        """Go on where another one ended."""
        head = msgspec.json.decode(self.redis.get(self.keys.head) or b"", type=Head)
        self.seq, self.rev = head.seq, head.rev

    def list_todos(self, number: int) -> None:
        """Have so many on the list, as if by one change."""
        self._change("/todos", _todos(number))

    def turn(self, page: str) -> None:
        """Turn to a page, as an automation would."""
        self._change("/page", page)

    def _change(self, path: str, value: object) -> None:
        self.rev += 1
        patch = {"patch": [{"op": "replace", "path": path, "value": value}]}
        answer = self._event("accepted", "automation", "show_page", {"page": "home"})
        change = self._event("state_patch", "automation", "show_page", patch, rev=self.rev)
        self._publish([answer, msgspec.structs.replace(change, command_id=answer.command_id)], with_state=False)

    def _publish(self, events: Iterable[Event], *, with_state: bool) -> None:
        batch = self.redis.pipeline(transaction=True)
        for event in events:
            body = msgspec.json.encode(event)
            batch.xadd(self.keys.events, {"event": body}, id=f"{event.seq}-0", maxlen=_KEPT, approximate=True)
        batch.set(self.keys.head, self._head())
        if with_state:
            batch.set(self.keys.state, self._snapshot())
        batch.execute()

    def _kinds(self) -> Iterator[Event]:
        """A hundred events over and over."""
        pages = cycle(("todos", "home"))
        for number in count():
            kind = number % 100
            if kind == 0:
                sign = {"name": "victory", "handedness": "left", "hold_ms": 600}
                yield self._event("accepted", "gesture", "gesture", sign)
            elif kind < _TURNS:
                yield self._event("rejected", "automation", "show_page", {"page": "attic"}, reason="unknown_page")
            elif not _is_patch(number):
                self._document = {**self._document, "page": next(pages)}
                yield self._event("accepted", "automation", "show_page", {"page": self._document["page"]})
            else:
                self.rev += 1
                patch = {"patch": [{"op": "replace", "path": "/page", "value": self._document["page"]}]}
                yield self._event("state_patch", "automation", "show_page", patch, rev=self.rev)

    def _event(
        self,
        kind: EventType,
        source: Source,
        action: str,
        payload: dict[str, Any],
        *,
        rev: int | None = None,
        reason: str | None = None,
    ) -> Event:
        self.seq += 1
        return Event(
            seq=self.seq,
            id=str(uuid7()),
            ts=_now(),
            command_id=str(uuid7()),
            type=kind,
            source=source,
            action=action,
            payload=payload,
            rev=rev,
            reason=reason,
        )

    def _head(self) -> bytes:
        return msgspec.json.encode(Head(rev=self.rev, seq=self.seq, at=_now()))

    def _snapshot(self) -> bytes:
        state = msgspec.convert(self._document, State)
        return msgspec.json.encode(Snapshot(rev=self.rev, seq=self.seq, at=_now(), state=state))


def _todos(number: int) -> list[dict[str, Any]]:
    return [{"uid": f"todo-{n}", "summary": f"Something to be done, number {n}"} for n in range(number)]


def _now() -> str:
    return instant(time.time_ns() // 1_000_000)


def main() -> int:
    """Arguments: the Redis URL, events a second, how many."""
    url, a_second, events = sys.argv[1:]
    Mirror(redis.Redis.from_url(url)).happen(int(a_second), int(events))
    return 0


if __name__ == "__main__":
    sys.exit(main())
