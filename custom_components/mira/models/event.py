"""What a mirror has stored: the events of its log."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from .json_object import Document, JsonObject


@dataclass(frozen=True)
class Event:
    """A stored fact."""

    seq: int
    at: datetime
    """When it was decided."""
    command_id: str
    type: str
    source: str
    sender: str | None
    """Whose stream its command came in; None: the mirror's own."""
    action: str
    payload: Document = field(repr=False)
    confidence: float | None
    count: int
    """For how many refusals of one kind it stands; more than one: it sums them up, and answers none of them."""
    reason: str | None
    values: Document
    """What there is to say besides the reason."""
    document: Document = field(repr=False)
    """The event as it came."""
    replayed: bool
    """It happened while nobody listened: to be shown, not to be acted on."""
    sent_again: bool = False
    """It refuses a command that we send once more: the last word is not spoken."""

    @classmethod
    def parse(cls, text: str, *, replayed_until: int = 0) -> Self:
        """An Event of the protocol; up to the sequence number `replayed_until` a replayed one. Raises BadMessage."""
        fields = JsonObject.parse("An event of the mirror", text)
        seq = fields.required("seq", int)
        return cls(
            seq=seq,
            at=fields.time("ts"),
            command_id=fields.required("command_id", str),
            type=fields.required("type", str),
            source=fields.required("source", str),
            sender=fields.optional("sender", str),
            action=fields.required("action", str),
            payload=fields.optional("payload", dict) or {},
            confidence=fields.optional("confidence", float),
            count=fields.optional("count", int) or 1,
            reason=fields.optional("reason", str),
            values=fields.optional("values", dict) or {},
            document=fields.document,
            replayed=seq <= replayed_until,
        )

    @property
    def decides(self) -> bool:
        """Whether it is the arbiter's answer to a command."""
        return self.type in ("accepted", "rejected") and self.count == 1

    @property
    def percent(self) -> int | None:
        """Its confidence as people are shown it; None where whoever asked did not say."""
        return None if self.confidence is None else round(self.confidence * 100)

    @property
    def asks_back(self) -> bool:
        """Whether the mirror asks for a yes before it does what was asked for."""
        return self.type == "accepted" and self.payload.get("outcome") == "pending"

    @property
    def carried_out(self) -> str | None:
        """The action that was carried out, also where it took a yes; None where nothing was."""
        if self.type != "accepted" or self.asks_back:
            return None
        return str(self.payload.get("asked")) if "confirmed" in self.payload else self.action

    @property
    def deadline(self) -> datetime | None:
        """Until when the mirror waits for the answer, where it asks back. Raises BadMessage."""
        return JsonObject("A question of the mirror", self.payload).optional_time("deadline")
