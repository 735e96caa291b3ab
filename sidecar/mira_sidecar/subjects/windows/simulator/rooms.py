"""A room: heat in air and walls, moisture, CO2, and what comes through a window.

Two nodes of heat, a buffer of moisture, one-sided airing through a bottom-hung sash in the form of EN 15242. Each room
of a kind is another one, drawn by its seed.
"""

import math
import random
from dataclasses import dataclass
from typing import Self

from mira_sidecar.subjects.windows.core.air import saturation_pressure
from mira_sidecar.subjects.windows.core.slice import RoomKind

_AIR = 1.2
"""Kilograms in a cubic metre."""
_HEAT = 1_006.0
"""Joules that a kilogram of it takes for a kelvin."""
_OUTDOOR_CO2 = 420.0
_VOLUMES: dict[RoomKind, float] = {"bedroom": 38.0, "living": 75.0, "bath": 20.0}
_SASHES: dict[RoomKind, float] = {"bedroom": 0.8, "living": 1.4, "bath": 0.45}


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a room is made of."""

    volume: float
    """In m³."""
    loss: float
    """Through walls and glass, in W/K."""
    to_walls: float
    """From the air to the walls, in W/K."""
    walls: float
    """In J/K."""
    air: float
    """With what stands in it, in J/K."""
    leaks: float
    """Air changes an hour at the pressure of a mean day."""
    sash: float
    """Of the window, in m²."""
    glass: float
    """In m²."""
    lets_in: float
    """The part of the sun that comes through the glass."""
    buffer: float
    """Of moisture, in kilograms of air that would hold as much."""
    exchange: float
    """With that buffer, an hour."""
    azimuth: float
    """Where its window looks, in degrees from south to west."""

    @classmethod
    def drawn(cls, kind: RoomKind, seed: int) -> Self:
        """One of this kind."""
        chance = random.Random(f"room {kind} {seed}")
        volume = _VOLUMES[kind] * chance.uniform(0.85, 1.2)
        floor = volume / 2.5
        return cls(
            volume=volume,
            loss=floor * chance.uniform(0.9, 1.5),
            to_walls=floor * chance.uniform(6, 9),
            walls=floor * chance.uniform(1.1e5, 2.6e5),
            air=volume * _AIR * _HEAT * chance.uniform(2.5, 4),
            leaks=chance.uniform(0.08, 0.25),
            sash=_SASHES[kind] * chance.uniform(0.85, 1.15),
            glass=chance.uniform(1.2, 2.6) * floor / 15,
            lets_in=chance.uniform(0.25, 0.45),
            buffer=volume * chance.uniform(0.25, 0.5) * _AIR,
            exchange=chance.uniform(0.25, 0.6),
            azimuth=chance.choice((0.0, 90.0, -90.0, 180.0)),
        )


@dataclass(slots=True)
class Indoors:
    """What it is like in a room."""

    temperature: float = 21.0
    walls: float = 21.0
    ratio: float = 0.006
    """Of humidity, in kg/kg."""
    buffered: float = 0.006
    co2: float = 600.0
    """In ppm."""


@dataclass(slots=True)
class Outdoors:
    """What it is like outside of its window."""

    temperature: float
    ratio: float
    wind: float
    sun: float
    """On the glass, in W/m²."""


@dataclass(slots=True)
class Life:
    """What the people in a room do to it."""

    people: int
    asleep: bool
    moisture: float
    """From cooking, washing and laundry, in g/h."""
    electric: float
    """In W."""


def airflow(room: Room, position: int, inside: float, outside: float, wind: float) -> float:
    """Cubic metres an hour through leaks and window."""
    apart = abs(inside - outside)
    leaking = room.volume * room.leaks * (0.6 + 0.06 * wind + 0.01 * apart)
    if not position:
        return leaking
    angle = position / 4
    opened = 2.6e-7 * angle**3 - 1.19e-4 * angle**2 + 1.86e-2 * angle
    return leaking + 1_800 * room.sash * opened * math.sqrt(0.01 + 0.001 * wind * wind + 0.0035 * apart)


def advance(
    room: Room, indoors: Indoors, outdoors: Outdoors, life: Life, *, position: int, heated_to: float, step_s: int
) -> float:
    """Let so many seconds pass; the power of the heating meanwhile, in W. `heated_to`: 0 where it is off."""
    flow = airflow(room, position, indoors.temperature, outdoors.temperature, outdoors.wind)
    mass = flow * _AIR / 3600
    gains = life.people * (60.0 if life.asleep else 75.0) + life.electric
    sun = outdoors.sun * room.glass * room.lets_in
    heating = min(max((heated_to - indoors.temperature) * 800.0, 0.0), 24 * room.volume) if heated_to else 0.0
    # Implicit, so that it is stable in steps of minutes.
    kept = room.air / step_s
    warmth = indoors.temperature * kept + mass * _HEAT * outdoors.temperature + room.to_walls * indoors.walls
    indoors.temperature = (warmth + 0.35 * sun + gains + heating) / (kept + mass * _HEAT + room.to_walls)
    kept = room.walls / step_s
    warmth = indoors.walls * kept + room.to_walls * indoors.temperature + room.loss * outdoors.temperature
    indoors.walls = (warmth + 0.65 * sun) / (kept + room.to_walls + room.loss)
    _moisten(room, indoors, life, mass * outdoors.ratio, mass, step_s=step_s)
    litres = life.people * (13.0 if life.asleep else 18.0)
    kept, fresh = room.volume / step_s, flow / 3600
    indoors.co2 = (indoors.co2 * kept + fresh * _OUTDOOR_CO2 + litres / 3.6) / (kept + fresh)
    return heating


def _moisten(room: Room, indoors: Indoors, life: Life, brought: float, mass: float, *, step_s: int) -> None:
    gained = (life.people * (40.0 if life.asleep else 55.0) + life.moisture) / 3.6e6
    buffering = room.exchange / 3600 * room.buffer
    kept = room.volume * _AIR / step_s
    ratio = (indoors.ratio * kept + brought + buffering * indoors.buffered + gained) / (kept + mass + buffering)
    pressure = saturation_pressure(indoors.temperature)
    indoors.ratio = min(ratio, 0.62198 * pressure / (101_325 - pressure))
    indoors.buffered += (indoors.ratio - indoors.buffered) * room.exchange * step_s / 3600 / 6
