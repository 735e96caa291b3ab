"""The state of a mirror."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self, cast

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
    def read(cls, fields: JsonObject) -> Self:
        """A State of the protocol."""
        message, gesture, utterance, pending, access, thresholds, taught, parts = (
            fields.optional_object(name)
            for name in ("message", "gesture", "utterance", "pending", "access", "thresholds", "taught", "parts")
        )
        return cls(
            microphone=fields.object("microphone").required("on", bool),
            camera=fields.object("camera").required("on", bool),
            page=fields.required("page", str),
            pages=fields.texts("pages"),
            todos=tuple(Todo.read(item) for item in fields.objects("todos")),
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
