"""Who lives here, by ids: names are in no state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self, override

from .json_object import JsonObject
from .part import Part


@dataclass(frozen=True)
class People(Part):
    """The people of the household; there once there is somebody."""

    subject: ClassVar[str] = "people"
    for_everybody: ClassVar[bool] = False
    ha_persons: Mapping[str, str | None]
    """By id, that of the person's entry in Home Assistant's registry of entities."""

    @override
    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        persons = fields.object("persons")
        return cls({person: persons.object(person).optional("ha_person", str) for person in persons.document})
