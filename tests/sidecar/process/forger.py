"""Somebody who may write to Redis, and has no key of the log."""

import json
from typing import Any

from tests.sidecar.process.mirror import Message, Mirror

LAST_ID = f"{2**64 - 1}-{2**64 - 1}"
"""The last that a stream can have."""


def forged(seq: int, action: str = "set_pin", **more: Any) -> Message:
    """An accepted event that looks like the mirror's own, at a place in the log."""
    command_id = f"forged-command-{seq}"
    event = {"seq": seq, "id": f"forged-{seq}", "ts": "2026-11-20T12:00:00.000Z", "command_id": command_id}
    return {**event, "type": "accepted", "source": "touch", "action": action, "payload": {"pin": "set"}, **more}


class Forger:
    """Writes to the mirror's streams."""

    def __init__(self, mirror: Mirror) -> None:
        self._redis = mirror.redis
        self._events = mirror.keys.events
        self._mirror = mirror

    def append(self, event: Message, entry_id: str | None = None, **fields: str) -> None:
        """Add an event at the stream's end."""
        fields = {"event": json.dumps(event), **fields}
        self._redis.xadd(self._events, fields, id=entry_id or f"{event['seq']}-0")  # type: ignore[arg-type]

    def replace_last(self, **changes: Any) -> None:
        """Put another event in the place of the last one, by writing the stream from scratch."""
        entries: Any = self._redis.xrange(self._events)
        self._redis.delete(self._events)
        for entry_id, fields in entries[:-1]:
            self._redis.xadd(self._events, fields, id=entry_id)
        entry_id, fields = entries[-1]
        event = {**json.loads(fields["event"]), "id": "forged", **changes}
        self._redis.xadd(self._events, {**fields, "event": json.dumps(event)}, id=entry_id)

    def strip_signatures(self) -> None:
        """Leave the stream as a sidecar wrote it that did not sign yet."""
        entries: Any = self._redis.xrange(self._events)
        self._redis.delete(self._events, self._mirror.keys.head_seal, self._mirror.keys.state_seal)
        for entry_id, fields in entries:
            self._redis.xadd(self._events, {"event": fields["event"]}, id=entry_id)
