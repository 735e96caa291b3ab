"""The air in rooms, what is advised for windows, and the devices that send over MQTT: what the mirror is asked for."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from .json_object import JsonObject

_AGE = "age_s"


@dataclass(frozen=True)
class RoomAir:
    """What is measured in a room, by kind: °C, %, ppm, dB."""

    values: Mapping[str, float]

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """The air of a room. A kind that is not known any more is null."""
        known = {kind: fields.optional(kind, float) for kind in fields.document if kind != _AGE}
        return cls({kind: value for kind, value in known.items() if value is not None})

    @property
    def absolute_humidity(self) -> float | None:
        """Grams of water in a cubic metre; after Magnus (Sonntag 1990), as the mirror has it."""
        temperature, humidity = self.values.get("temperature"), self.values.get("humidity")
        if temperature is None or humidity is None:
            return None
        pressure = humidity / 100 * 610.94 * math.exp(17.625 * temperature / (temperature + 243.04))
        return 1000 * pressure / (461.5 * (temperature + 273.15))


@dataclass(frozen=True)
class Advised:
    """How far a window should be open."""

    position: int
    confidence: float | None
    """0 to 1."""

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """What is advised for a window."""
        return cls(fields.required("advice", int), fields.optional("confidence", float))


@dataclass(frozen=True)
class Air:
    """The LiveAir of the protocol: rooms and windows, by id."""

    rooms: Mapping[str, RoomAir]
    advised: Mapping[str, Advised]

    @classmethod
    def read(cls, fields: JsonObject) -> Self:
        """The answer to `windows_air`. Raises BadMessage."""
        rooms, windows = fields.object("rooms"), fields.object("windows")
        return cls(
            rooms={room: RoomAir.read(rooms.object(room)) for room in rooms.document},
            advised={window: Advised.read(windows.object(window)) for window in windows.document},
        )
