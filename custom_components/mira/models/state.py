"""The state of a mirror."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Self, cast

from ..errors import BadMessage
from . import json_patch
from .event import Event
from .gesture import Gesture, Thresholds
from .json_object import Document, JsonObject
from .part import Part
from .screen import Access, Message, Pending, Todo
from .voice import Utterance


@dataclass(frozen=True)
class State:
    """The parts of the state document that entities show."""

    microphone: bool
    """Asked for; what is really open is in the presence."""
    camera: bool
    """Asked for; what is really open is in the presence."""
    page: str
    pages: tuple[str, ...]
    todos: tuple[Todo, ...]
    message: Message | None
    """The last one, also after its time."""
    gesture: Gesture | None
    """The last one."""
    utterance: Utterance | None
    """The last one."""
    pending: Pending | None
    access: Access
    thresholds: Thresholds | None
    """None of an older sidecar."""
    taught: tuple[str, ...]
    """The names of gestures that people taught."""
    parts: Mapping[str, Part]
    """The slices of subjects that we know, by subject."""

    @classmethod
    def read(cls, fields: JsonObject, before: Snapshot | None = None) -> Self:
        """A State of the protocol. The one `before` need not be read again as far as it stayed."""
        message, gesture, utterance, pending, access, thresholds, taught, parts = (
            fields.optional_object(name)
            for name in ("message", "gesture", "utterance", "pending", "access", "thresholds", "taught", "parts")
        )
        return cls(
            microphone=fields.object("microphone").required("on", bool),
            camera=fields.object("camera").required("on", bool),
            page=fields.required("page", str),
            pages=fields.texts("pages"),
            todos=_todos(fields, before),
            message=Message.read(message) if message else None,
            gesture=Gesture.read(gesture) if gesture else None,
            utterance=Utterance.read(utterance) if utterance else None,
            pending=Pending.read(pending) if pending else None,
            access=Access.read(access) if access else Access(),
            thresholds=Thresholds.read(thresholds) if thresholds else None,
            taught=tuple(taught.document) if taught else (),
            parts={
                subject: kind.read(parts.object(subject))
                for subject, kind in Part.kinds.items()
                if parts and subject in parts.document
            },
        )

    def part[P: Part](self, kind: type[P]) -> P | None:
        """The slice of a subject; None while it is off."""
        return cast("P | None", self.parts.get(kind.subject))


@dataclass(frozen=True)
class Snapshot:
    """The state with its place in the log."""

    rev: int
    seq: int
    state: State
    document: Document = field(repr=False)
    """The state document as it came, for the display."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """A Snapshot of the protocol. Raises BadMessage."""
        fields = JsonObject.parse("The mirror's state", text)
        state = fields.object("state")
        return cls(
            rev=fields.required("rev", int),
            seq=fields.required("seq", int),
            state=State.read(state),
            document=state.document,
        )

    def after(self, events: Iterable[Event]) -> Self:
        """The state after these events; those that it knows are passed over.

        Raises BadMessage where they do not lead on from here: one is missing, or was erased.
        """
        rev, seq, document = self.rev, self.seq, self.document
        for event in events:
            if event.seq <= seq:
                continue
            if event.seq != seq + 1:
                raise BadMessage("Events of the mirror are missing.")
            seq = event.seq
            if event.type == "state_patch":
                rev += 1
                if event.document.get("rev") != rev:
                    raise BadMessage("Changes of the mirror's state are missing.")
                document = json_patch.apply(document, event.payload.get("patch"))
        if seq == self.seq:
            return self
        state = self.state if rev == self.rev else State.read(JsonObject("The mirror's state", document), self)
        return replace(self, rev=rev, seq=seq, state=state, document=document)


def _todos(fields: JsonObject, before: Snapshot | None) -> tuple[Todo, ...]:
    """The to-dos of a state. A patch shares what stayed, so whatever is the very same was read before."""
    if before is None:
        return tuple(map(Todo.read, fields.objects("todos")))
    if fields.document.get("todos") is before.document["todos"]:
        return before.state.todos
    known = {id(item): todo for item, todo in zip(before.document["todos"], before.state.todos, strict=True)}
    return tuple(known.get(id(item.document)) or Todo.read(item) for item in fields.objects("todos"))


def published(text: str | None) -> int | None:
    """How far the log is published, by the Head of the protocol; None where there is none."""
    with suppress(BadMessage):
        return JsonObject.parse("The mirror's head", text or "").required("seq", int)
    return None
