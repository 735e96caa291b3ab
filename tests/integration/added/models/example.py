"""What the mirror tells of the example."""

from dataclasses import dataclass
from typing import ClassVar, Self, override

from custom_components.mira.models.json_object import JsonObject
from custom_components.mira.models.part import Part


@dataclass(frozen=True)
class Example(Part):
    """How far it has counted."""

    subject: ClassVar[str] = "example"

    total: int

    @override
    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        return cls(fields.required("total", int))
