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
    remembered: frozenset[str]
    """Those who have agreed that what they say is kept."""

    @override
    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        persons = fields.object("persons")
        known = {person: persons.object(person) for person in persons.document}
        return cls(
            ha_persons={person: fields.optional("ha_person", str) for person, fields in known.items()},
            remembered=frozenset(person for person, fields in known.items() if "memory" in _consents(fields)),
        )


def _consents(fields: JsonObject) -> tuple[str, ...]:
    return fields.texts("consents") if "consents" in fields.document else ()
