"""A mirror for the pure core: commands in, answers and the document out, at a time that the test sets."""

import itertools
from dataclasses import dataclass, field
from typing import Any

import msgspec

from mira_sidecar.core.arbiter import Position, settle
from mira_sidecar.core.decision import Rules
from mira_sidecar.core.registry import Registry
from mira_sidecar.core.state import Document, initial_document
from mira_sidecar.core.traffic import Traffic, admit
from mira_sidecar.discovery import all_subjects
from mira_sidecar.protocol import CARRIES, Command, Event, Sender, State, instant

NOON = 1_795_176_000_000
"""2026-11-20T12:00:00.000Z in Unix milliseconds."""


@dataclass
class Situation:
    """A mirror with microphone and camera on, unless `off`, that has no event yet and needs no confirmation."""

    off: bool = False
    rules: Rules = field(default_factory=lambda: Rules(confirm=frozenset()))
    now_ms: int = NOON
    events: list[Event] = field(default_factory=list)
    registry: Registry = field(default_factory=all_subjects)

    def __post_init__(self) -> None:
        self.position = Position(0, 0, initial_document())
        self.traffic: Traffic = {}
        self._numbers = itertools.count(1)
        if not self.off:
            self.send("set_microphone", on=True)
            self.send("set_camera", on=True)

    @property
    def document(self) -> Document:
        return self.position.document

    @property
    def state(self) -> State:
        return msgspec.convert(self.document, State)

    def send(
        self,
        action: str,
        *,
        source: str = "touch",
        sender: Sender | None = None,
        confidence: float | None = None,
        age_ms: int = 0,
        arrived_ms: int | None = None,
        ttl_ms: int = 5_000,
        own_id: str | None = None,
        confirm: bool = False,
        origin: dict[str, str] | None = None,
        fields: dict[str, Any] | None = None,
        **payload: Any,
    ) -> Event:
        """Have a command decided that was captured `age_ms` ago; the answer.

        `sender` is the first who carries this source, unless it is another.
        `fields` are those of the payload whose names are taken here.
        """
        envelope = {
            "id": own_id or f"command-{next(self._numbers)}",
            "ts": instant(self.now_ms - age_ms),
            "source": source,
            "action": action,
            "payload": payload | (fields or {}),
            "ttl_ms": ttl_ms,
            "confidence": confidence,
            "confirm": confirm,
            "origin": origin,
        }
        command = msgspec.convert(envelope, Command)
        if sender is None and source != "system":
            sender = next(sender for sender, sources in CARRIES.items() if source in sources)
        has_pin = action in self.registry.with_pin
        self.traffic, admitted = admit(self.traffic, sender, command, self.rules, self.now_ms, has_pin=has_pin)
        self.position, events = settle(
            self.registry,
            self.position,
            command,
            sender=sender,
            arrived_ms=self.now_ms if arrived_ms is None else arrived_ms,
            now_ms=self.now_ms,
            rules=self.rules,
            new_id=lambda: f"event-{next(self._numbers)}",
            admitted=admitted,
        )
        self.events += events
        return events[0]

    def gesture(self, name: str = "palm", **more: Any) -> Event:
        return self.send("gesture", source="gesture", **{"confidence": 0.9, "name": name, **more})

    def say(self, **more: Any) -> Event:
        return self.send("utterance", source="voice", **{"confidence": 0.9, "length": 12, **more})

    def due(self) -> list[tuple[str, dict[str, Any]]]:
        """What the mirror would ask of itself now."""
        return self.registry.due(self.document, self.now_ms)

    def do_what_is_due(self) -> list[Event]:
        """The answers to what the mirror asks of itself now."""
        return [self.send(action, source="system", fields=payload) for action, payload in self.due()]

    def pass_ms(self, milliseconds: int) -> None:
        self.now_ms += milliseconds


def refused(event: Event) -> tuple[str | None, str | None]:
    """The reason and policy of a refusal."""
    assert event.type == "rejected"
    assert event.message
    assert event.message.endswith(".")
    return event.reason, event.policy
