"""What is asked of the mirror, and what it answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from ..const import ATTR_WAITING_FOR, CONFIRMATION
from ..models.event import Event
from ..models.json_object import Document


def instant(moment: datetime) -> str:
    """A time as the protocol writes it, `2026-11-20T12:00:00.000Z`: sorts as text in the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Command:
    """A request, to be decided once."""

    id: str
    ts: str
    source: str
    action: str
    payload: Document = field(repr=False)
    ttl_ms: int
    confidence: float | None
    origin: Mapping[str, str | None] | None
    confirm: bool | None = None
    """It needs confirmation."""
    words: Document | None = field(default=None, repr=False)
    """What is to be in no log, and in no file of Redis: what was said, or a name."""

    def encode(self) -> str:
        """The Command of the protocol, in JSON, without its words."""
        return _json({name: value for name, value in vars(self).items() if name != "words" and value is not None})

    def encode_words(self) -> str:
        """The PrivateWords of the protocol, in JSON."""
        return _json({"command_id": self.id, "words": self.words})


def _json(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Decision:
    """The arbiter's answer to a command."""

    command_id: str
    outcome: str
    """`accepted` or `rejected`."""
    reason: str | None
    values: Document
    """What there is to say besides the reason."""
    seq: int
    payload: Document = field(repr=False)

    @classmethod
    def of(cls, event: Event) -> Self:
        """The decision that an `accepted` or `rejected` event states."""
        return cls(event.command_id, event.type, event.reason, event.values, event.seq, event.payload)

    @property
    def accepted(self) -> bool:
        """Whether the mirror did what was asked, or will do it once that is confirmed."""
        return self.outcome == "accepted"

    @property
    def needs_confirmation(self) -> bool:
        """Whether nothing has been done yet: somebody at the mirror is asked first."""
        return self.accepted and self.payload.get("outcome") == "pending"

    @property
    def status(self) -> str:
        """What came of the command so far: `done`, `waiting` or `refused`."""
        if not self.accepted:
            return "refused"
        return "waiting" if self.needs_confirmation else "done"

    def answer(self, message: str | None) -> dict[str, Any]:
        """What whoever asked is answered; `message` is the refusal in words."""
        waiting_for = CONFIRMATION if self.needs_confirmation else None
        own = {**vars(self), "values": dict(self.values), "payload": dict(self.payload)}
        return {"status": self.status, ATTR_WAITING_FOR: waiting_for, **own, "message": message}
