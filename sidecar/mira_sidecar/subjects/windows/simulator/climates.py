"""Weather of a year: made up from a few numbers and a seed, or read from a test reference year of the DWD.

The fifteen climates are named after the regions of the German test reference years. Their numbers are ours, chosen by
what is generally known of these regions; no data of the DWD is in them. Four are kept back: what is trained or tuned
must not see them.
"""

import math
import random
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from mira_sidecar.subjects.windows.core.air import humidity_ratio

HELD_BACK = (9, 12, 13, 15)
HOURS = 8_760
STEPS_AN_HOUR = 12
STEP_S = 3600 // STEPS_AN_HOUR
_LATITUDE = math.radians(51)


class Climate(NamedTuple):
    """What makes a climate."""

    name: str
    mean: float
    """Temperature of the year, in °C."""
    season: float
    """By how much the warmest month is above that."""
    day: float
    """By how much a clear afternoon is above the mean of its day."""
    wind: float
    """Mean, in m/s."""
    wet: float
    """The part of the time in which it rains or snows."""


CLIMATES = {
    1: Climate("North Sea coast", 9.6, 7.8, 2.8, 5.4, 0.105),
    2: Climate("Baltic coast", 9.2, 8.6, 3.2, 4.4, 0.090),
    3: Climate("North-western lowland", 9.1, 8.4, 3.9, 3.8, 0.100),
    4: Climate("North-eastern lowland", 9.2, 9.6, 4.8, 3.6, 0.080),
    5: Climate("Rhine and Ruhr", 10.2, 8.1, 4.2, 3.5, 0.105),
    6: Climate("Western uplands", 7.4, 8.5, 4.1, 4.1, 0.125),
    7: Climate("Central uplands", 9.0, 9.0, 4.6, 3.0, 0.095),
    8: Climate("Harz", 6.4, 8.4, 3.9, 3.9, 0.150),
    9: Climate("Saxon foothills", 8.2, 9.2, 4.4, 3.7, 0.100),
    10: Climate("Franconian uplands", 6.8, 9.4, 4.9, 2.9, 0.110),
    11: Climate("Ore Mountains", 3.6, 8.3, 2.9, 7.0, 0.165),
    12: Climate("Upper Rhine", 10.8, 9.6, 5.2, 2.8, 0.080),
    13: Climate("Lower Bavaria", 8.6, 10.0, 5.2, 2.4, 0.100),
    14: Climate("Swabian Alb", 7.3, 9.0, 3.9, 4.4, 0.115),
    15: Climate("Edge of the Alps", 7.1, 9.3, 5.3, 1.9, 0.130),
}


class Weather(NamedTuple):
    """A year of it, by the hour; whether it rains, by steps of five minutes."""

    temperature: array[float]
    """In °C."""
    humidity_ratio: array[float]
    """In kg/kg."""
    wind: array[float]
    """In m/s."""
    direct: array[float]
    """On the horizontal, in W/m²."""
    diffuse: array[float]
    rain: bytes


class Sun(NamedTuple):
    """Where the sun stands, in radians; the azimuth from south to west."""

    altitude: float
    azimuth: float


def sun_at(hour: float) -> Sun:
    """The sun in the hour of a year, in the middle of Germany."""
    declination = math.radians(23.45) * math.sin(2 * math.pi * (284 + hour / 24) / 365)
    angle = math.radians(15 * (hour % 24 - 12.3))
    sine = math.sin(_LATITUDE) * math.sin(declination) + math.cos(_LATITUDE) * math.cos(declination) * math.cos(angle)
    aside = math.cos(angle) * math.sin(_LATITUDE) - math.tan(declination) * math.cos(_LATITUDE)
    return Sun(math.asin(max(-1.0, min(1.0, sine))), math.atan2(math.sin(angle), aside))


def on_wall(weather: Weather, azimuth: float) -> array[float]:
    """What shines on a wall that looks that way (degrees from south to west), by the hour, in W/m²."""
    wall = array("d")
    for hour in range(HOURS):
        sun = sun_at(hour + 0.5)
        beam = weather.direct[hour] / max(math.sin(sun.altitude), 0.07) if sun.altitude > 0.07 else 0.0
        facing = max(0.0, math.cos(sun.altitude) * math.cos(sun.azimuth - math.radians(azimuth)))
        reflected = 0.1 * (weather.direct[hour] + weather.diffuse[hour])
        wall.append(min(beam, 900.0) * facing + 0.5 * weather.diffuse[hour] + reflected)
    return wall


def made(climate: Climate, seed: int) -> Weather:
    """A year of such weather; another one for each seed."""
    chance = random.Random(f"weather {climate.name} {seed}")
    rain = _rain(chance, climate.wet)
    front, clouds, moist, gusts = (_drifting(chance, memory) for memory in (0.985, 0.95, 0.97, 0.96))
    temperatures, ratios, winds, direct, diffuse = (array("d") for _ in range(5))
    for hour in range(HOURS):
        summer = math.cos(2 * math.pi * (hour / 24 - 200) / 365)
        wet = sum(rain[hour * STEPS_AN_HOUR : (hour + 1) * STEPS_AN_HOUR]) / STEPS_AN_HOUR
        cloud = max(wet * 0.9, min(1.0, max(0.0, 0.6 - 0.12 * summer + 0.33 * next(clouds))))
        mean = climate.mean + climate.season * summer + 3.4 * next(front)
        swing = climate.day * (1 - 0.75 * cloud) * (1 + 0.25 * summer)
        temperature = mean + swing * math.cos(2 * math.pi * (hour % 24 - 15) / 24) - 1.2 * wet
        dew = mean - 3.2 - 1.8 * summer + 1.4 * next(moist) + 2.0 * wet
        sine = math.sin(sun_at(hour + 0.5).altitude)
        clear = 880 * max(0.0, sine) ** 1.15
        light = clear * (1 - 0.75 * cloud**3.4)
        share = 0.85 * (1 - cloud) if clear else 0.0
        wind = climate.wind * math.exp(0.5 * next(gusts) - 0.125) * (1 + 0.15 * (swing > 0 and sine > 0.3))
        temperatures.append(temperature)
        ratios.append(humidity_ratio(min(dew, temperature), 100))
        winds.append(wind)
        direct.append(light * share)
        diffuse.append(light * (1 - share))
    return Weather(temperatures, ratios, winds, direct, diffuse, rain)


def _drifting(chance: random.Random, memory: float) -> Iterator[float]:
    """A number around 0 with a spread of 1, which remembers so much of itself from hour to hour."""
    value, shock = chance.gauss(), math.sqrt(1 - memory * memory)
    while True:
        yield value
        value = memory * value + shock * chance.gauss()


def _rain(chance: random.Random, share: float) -> bytes:
    """Spells of rain, of an hour and a half in the mean, so that it is wet in that share of the time."""
    wet_steps = 1.5 * STEPS_AN_HOUR
    dry_steps = wet_steps * (1 - share) / share
    rain = bytearray()
    while len(rain) < HOURS * STEPS_AN_HOUR:
        rain += bytes(1 + int(chance.expovariate(1 / dry_steps)))
        rain += b"\1" * (1 + int(chance.expovariate(1 / wet_steps)))
    return bytes(rain[: HOURS * STEPS_AN_HOUR])


_RAINS = frozenset(range(50, 100)) - {76}
"""The codes of a test reference year for rain, snow and storm; 76 is diamond dust."""


def read_reference_year(path: Path) -> Weather:
    """A test reference year of the DWD of 2010 (`TRY2010_…_Jahr.dat`). Raises ValueError where it is none, OSError."""
    lines = path.read_text(encoding="latin-1").splitlines()
    start = next((number for number, line in enumerate(lines) if line.startswith("***")), None)
    rows = [line.split() for line in lines[start + 1 :] if line.strip()] if start is not None else []
    if len(rows) != HOURS or any(len(row) < 16 for row in rows):
        raise ValueError(f"{path} is no test reference year of {HOURS} hours.")
    temperature, ratio, wind, direct, diffuse = (
        array("d", (float(row[column]) * scale for row in rows))
        for column, scale in ((8, 1.0), (10, 0.001), (7, 1.0), (13, 1.0), (14, 1.0))
    )
    rain = b"".join(bytes([int(row[12]) in _RAINS]) * STEPS_AN_HOUR for row in rows)
    return Weather(temperature, ratio, wind, direct, diffuse, rain)
