"""JSON that another program wrote: what is missing or of a wrong type is named."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from ..errors import BadMessage

type Document = Mapping[str, Any]
"""A message as it came, with the fields that this version does not know."""


def moment(text: str) -> datetime:
    """A time that another program wrote: in UTC where it says no offset. Raises ValueError."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


class JsonObject:
    """The fields of an object. Those that nobody asks for are ignored."""

    def __init__(self, where: str, value: object) -> None:
        if not isinstance(value, dict):
            raise BadMessage(f"{where} is no JSON object.")
        self.where = where
        self.document: Mapping[str, Any] = value

    @classmethod
    def parse(cls, where: str, text: str) -> JsonObject:
        """Fields of a JSON text. Raises BadMessage; never quotes the text, which may be private."""
        try:
            return cls(where, json.loads(text))
        except ValueError as err:
            raise BadMessage(f"{where} is no JSON.") from err

    def required[T](self, name: str, kind: type[T]) -> T:
        """The field's value. Raises BadMessage where it is missing, null or of another type."""
        value = self.optional(name, kind)
        if value is None:
            raise BadMessage(f"{self.where} has no {name}.")
        return value

    def optional[T](self, name: str, kind: type[T]) -> T | None:
        """The field's value, or None where it is missing or null. Raises BadMessage on another type."""
        value = self.document.get(name)
        if kind is float and type(value) is int:
            value = float(value)
        if value is None or (isinstance(value, kind) and (kind is bool or not isinstance(value, bool))):
            return value
        raise BadMessage(f"{self.where}: {name} is no {kind.__name__}.")

    def object(self, name: str) -> JsonObject:
        """The object in a field. Raises BadMessage."""
        return JsonObject(f"{self.where}: {name}", self.required(name, dict))

    def optional_object(self, name: str) -> JsonObject | None:
        """The object in a field, or None where it is missing or null. Raises BadMessage."""
        return None if self.document.get(name) is None else self.object(name)

    def objects(self, name: str) -> list[JsonObject]:
        """The objects in a list. Raises BadMessage."""
        values = self.required(name, list)
        return [JsonObject(f"{self.where}: {name}[{place}]", value) for place, value in enumerate(values)]

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts in a list. Raises BadMessage."""
        values = tuple(self.required(name, list))
        if not all(isinstance(value, str) for value in values):
            raise BadMessage(f"{self.where}: {name} holds something else than text.")
        return values

    def optional_time(self, name: str) -> datetime | None:
        """A time with its offset, or None. Raises BadMessage."""
        text = self.optional(name, str)
        try:
            return moment(text) if text else None
        except ValueError as err:
            raise BadMessage(f"{self.where}: {name} is no time.") from err

    def time(self, name: str) -> datetime:
        """A time with its offset. Raises BadMessage where it is missing, null or no time."""
        if (time := self.optional_time(name)) is None:
            raise BadMessage(f"{self.where} has no {name}.")
        return time

    def optional_due(self, name: str) -> date | datetime | None:
        """A date (`2026-11-20`), a time with its offset, or None. Raises BadMessage."""
        text = self.optional(name, str)
        if text is None or len(text) > len("2026-11-20"):
            return self.optional_time(name)
        try:
            return date.fromisoformat(text)
        except ValueError as err:
            raise BadMessage(f"{self.where}: {name} is no date.") from err
