"""What personas answer and express, as the mirror has decided it. No words of anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self, override

from .json_object import JsonObject
from .part import Part


@dataclass(frozen=True)
class Talk(Part):
    """The replies that are open, and the face; there once a persona was asked, or something was expressed."""

    subject: ClassVar[str] = "talk"
    replies: Mapping[str, str]
    """The persona of each, by id."""
    emotion: str | None
    """What the face shows; None: nothing is expressed."""

    @override
    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        replies, face = fields.object("replies"), fields.optional_object("face")
        return cls(
            replies={reply: replies.object(reply).required("persona", str) for reply in replies.document},
            emotion=face.required("emotion", str) if face else None,
        )
