"""Kinds of readings: their units, what a sensor can measure at all, and under what names devices send them."""

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

_PLAIN = re.compile(r"[a-z0-9_]{1,32}")


class Kind(NamedTuple):
    """A kind of reading that policies or planners go by."""

    unit: str
    low: float
    high: float
    """Beyond these it is no measurement."""
    leap: float | None = None
    """What differs more from the value before has to be said twice: sensors stutter. None: it may leap."""
    is_switch: bool = False
    """0 or 1, sent when it changes: as fresh as its device is."""


KINDS: Mapping[str, Kind] = {
    "temperature": Kind("°C", -60, 80, leap=15),
    "humidity": Kind("%", 0, 100, leap=60),
    "co2": Kind("ppm", 200, 40_000, leap=10_000),
    "noise": Kind("dB", -120, 140),
    "occupied": Kind("", 0, 1, is_switch=True),
    "wind": Kind("m/s", 0, 120, leap=50),
    "gust": Kind("m/s", 0, 120),
    "rain": Kind("", 0, 1_000, is_switch=True),
    "alert": Kind("", 0, 1, is_switch=True),
    "bad_air": Kind("", 0, 1, is_switch=True),
}
"""`rain` may be mm/h: what is more than 0 is rain."""
_OTHER = Kind("", -1e9, 1e9)
_NAMES: Mapping[str, str] = {
    "temp": "temperature",
    "rel_humidity": "humidity",
    "relative_humidity": "humidity",
    "carbon_dioxide": "co2",
    "carbondioxide": "co2",
    "noise_level": "noise",
    "sound_level": "noise",
    "sound_pressure": "noise",
    "sound_pressure_level": "noise",
    "level_db": "noise",
    "motion": "occupied",
    "occupancy": "occupied",
    "presence": "occupied",
    "wind_speed": "wind",
    "wind_gust": "gust",
    "gust_speed": "gust",
    "rain_rate": "rain",
    "raining": "rain",
}
"""What others call them."""
_TO_OURS: Mapping[str, tuple[str, float, float]] = {
    "°f": ("°C", 5 / 9, -160 / 9),
    "f": ("°C", 5 / 9, -160 / 9),
    "k": ("°C", 1, -273.15),
    "°c": ("°C", 1, 0),
    "c": ("°C", 1, 0),
    "%": ("%", 1, 0),
    "%rh": ("%", 1, 0),
    "ppm": ("ppm", 1, 0),
    "db": ("dB", 1, 0),
    "dba": ("dB", 1, 0),
    "db(a)": ("dB", 1, 0),
    "dbfs": ("dB", 1, 0),
    "m/s": ("m/s", 1, 0),
    "km/h": ("m/s", 1 / 3.6, 0),
    "mph": ("m/s", 0.44704, 0),
    "kn": ("m/s", 0.514444, 0),
}
"""By what devices call a unit: ours, the factor, and what is added behind it."""


def kind_of(name: str) -> str | None:
    """The kind of what a device calls so, such as `bath_temperature`; None where that can be no kind."""
    plain = name.strip().lower().replace(" ", "_").replace("-", "_")
    if not _PLAIN.fullmatch(plain):
        return None
    words = plain.split("_")
    for start in range(len(words)):
        tail = "_".join(words[start:])
        if tail in KINDS or tail in _NAMES:
            return _NAMES.get(tail, tail)
    return plain


def ours(kind: str, value: float, unit: str | None) -> float | None:
    """The value in our unit; None where this unit cannot be that of this kind. What we do not know stays as it is."""
    if unit is None or kind not in KINDS or not KINDS[kind].unit:
        return value
    known, factor, added = _TO_OURS.get(unit.strip().lower(), ("", 1.0, 0.0))
    return value * factor + added if known == KINDS[kind].unit else None


def is_possible(kind: str, value: float) -> bool:
    """Whether a sensor can have measured that."""
    limits = KINDS.get(kind, _OTHER)
    return math.isfinite(value) and limits.low <= value <= limits.high


def leaps(kind: str, before: float, value: float) -> bool:
    """Whether that is so far from the value before that it has to be said twice."""
    leap = KINDS.get(kind, _OTHER).leap
    return leap is not None and abs(value - before) > leap


def is_switch(kind: str) -> bool:
    """Whether it is on or off, and sent when that changes."""
    return KINDS.get(kind, _OTHER).is_switch
