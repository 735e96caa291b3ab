"""What was said at the mirror."""

from dataclasses import dataclass, field
from typing import Self

from .json_object import JsonObject


@dataclass(frozen=True)
class Utterance:
    """What the mirror has accepted."""

    text: str = field(repr=False)

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """An Utterance of the protocol."""
        return cls(fields.required("text", str))
