"""What was said at the mirror."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from .json_object import JsonObject


@dataclass(frozen=True)
class Utterance:
    """That something was said which the mirror has accepted; not what."""

    at: datetime

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """An Utterance of the protocol."""
        return cls(fields.time("at"))


@dataclass(frozen=True)
class Said:
    """What it was, which is in no log."""

    text: str = field(repr=False)
    at: datetime
    """That of its utterance."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """A Said of the protocol. Raises BadMessage."""
        fields = JsonObject.parse("What was said", text)
        return cls(fields.required("text", str), fields.time("at"))
