"""What happens to a room in a year, whoever moves its window: arrays by steps of five minutes."""

import dataclasses
from typing import NamedTuple

import numpy as np
from numba import njit

from house.network import Numbers
from mira_sidecar.subjects.windows.core.air import too_warm
from mira_sidecar.subjects.windows.core.past import Past
from mira_sidecar.subjects.windows.core.planner import Readings
from mira_sidecar.subjects.windows.settings import WindowsSettings
from mira_sidecar.subjects.windows.simulator.climates import HOURS, STEP_S, STEPS_AN_HOUR
from mira_sidecar.subjects.windows.simulator.occupants import STEPS_A_DAY
from mira_sidecar.subjects.windows.simulator.year import (
    PLANNED_EACH,
    ROUNDED_K,
    Scene,
    heated_to,
    sensor_errors,
    week_hour,
)


class Walls(NamedTuple):
    """A room's numbers, as those of `simulator.rooms.Room`."""

    volume: float
    loss: float
    to_walls: float
    walls: float
    air: float
    leaks: float
    sash: float
    glass: float
    lets_in: float
    buffer: float
    exchange: float

    @classmethod
    def of(cls, scene: Scene) -> Walls:
        """Those of a scene's room."""
        return cls(*dataclasses.astuple(scene.room)[: len(cls._fields)])

    def mistaken(self, random: np.random.Generator, by: float) -> Walls:
        """Another room, each of whose numbers is wrong by so much: what is known of a room is never right."""
        return Walls(*(np.array(self) * np.exp(random.normal(0, by, len(self)))))


class Tape(NamedTuple):
    """A year, by steps."""

    temperature: Numbers
    """Outside, in °C."""
    ratio: Numbers
    """Of humidity outside, in kg/kg."""
    wind: Numbers
    sun: Numbers
    """On the glass, in W/m²."""
    rain: Numbers
    people: Numbers
    asleep: Numbers
    moisture: Numbers
    electric: Numbers
    heated_to: Numbers
    too_warm: Numbers
    """From where on it is too warm, in °C."""
    stays: Numbers
    """How far a window may stay open in this weather and house, in percent."""
    opens: Numbers
    """How far it may be opened by itself."""
    cold: Numbers
    """Whether frost limits it."""
    outdoor_mean: Numbers
    occupied_h: Numbers
    usually_there: Numbers
    """As `core.past` has them of the readings each ten minutes; nan where it does not know."""
    bias_k: float
    bias_percent: float
    """What its sensors are wrong by."""


def tape_of(scene: Scene, settings: WindowsSettings | None = None) -> Tape:
    """The year of a scene, under the policies of these settings."""
    settings = settings or WindowsSettings()
    steps = scene.days * STEPS_A_DAY
    weather, house = scene.weather, scene.people
    outside, ratio, wind, sun = (
        _by_steps(np.array(values), steps)
        for values in (weather.temperature, weather.humidity_ratio, weather.wind, scene.sun)
    )
    rain = np.resize(np.frombuffer(weather.rain, np.uint8), steps) > 0
    storm, away = wind >= settings.storm_wind, np.frombuffer(house.home, np.uint8) == 0
    dry_steps = settings.dry_minutes * STEPS_AN_HOUR // 60
    indoors = np.where(away, float(settings.away_most), 100.0)
    means = _running_means(np.array(weather.temperature), scene.days)
    people = np.frombuffer(house.people, np.uint8).astype(float)
    past = _past(outside, people)
    bias_k, bias_percent = sensor_errors(scene)
    return Tape(
        temperature=outside,
        ratio=ratio,
        wind=wind,
        sun=sun,
        rain=rain.astype(float),
        people=people,
        asleep=np.frombuffer(house.asleep, np.uint8).astype(float),
        moisture=np.array(house.moisture),
        electric=np.array(house.electric),
        heated_to=_heated_to(means),
        too_warm=np.repeat([too_warm(mean) for mean in means], STEPS_A_DAY),
        stays=np.where(rain | storm, 0.0, indoors),
        opens=np.where(_lately(rain, dry_steps) | _lately(storm, dry_steps), 0.0, indoors),
        cold=(_told(outside, ROUNDED_K) < settings.frost_below).astype(float),
        outdoor_mean=past[0],
        occupied_h=past[1],
        usually_there=past[2],
        bias_k=bias_k,
        bias_percent=bias_percent,
    )


def _by_steps(hours: Numbers, steps: int) -> Numbers:
    """Values between those of two hours."""
    place = np.arange(steps) % (HOURS * STEPS_AN_HOUR)
    hour, part = np.divmod(place, STEPS_AN_HOUR)
    between: Numbers = hours[hour] + (hours[(hour + 1) % HOURS] - hours[hour]) * (part / STEPS_AN_HOUR)
    return between


def _running_means(hours: Numbers, days: int) -> list[float]:
    """Of the outdoor temperature, as each day begins."""
    daily = hours.reshape(-1, 24).mean(axis=1)
    means = [float(daily[0])]
    for day in range(days - 1):
        means.append(0.8 * means[-1] + 0.2 * float(daily[day % len(daily)]))
    return means


def _heated_to(means: list[float]) -> Numbers:
    return np.repeat([heated_to(hour, mean) for mean in means for hour in range(24)], STEPS_AN_HOUR)


def _lately(flags: np.ndarray, steps: int) -> np.ndarray:
    """Where it holds, or did less than so many steps ago since it ended."""
    held = flags.copy()
    for back in range(1, steps + 1):
        held[back:] |= flags[:-back]
    return held


@njit(cache=True)
def _told(values: Numbers, by: float) -> Numbers:
    """A value that is told only where it has changed by so much."""
    told, last = np.empty_like(values), values[0]
    for step, value in enumerate(values):
        if abs(value - last) >= by:
            last = value
        told[step] = last
    return told


def _past(outside: Numbers, people: Numbers) -> Numbers:
    """What the past says that does not depend on the window, by steps."""
    past, found = Past(), np.zeros((3, len(people)))
    for step in range(0, len(people), PLANNED_EACH):
        now = Readings(21.0, 50.0, outside[step], occupied=people[step] > 0)
        told = past.complete(now, step * STEP_S * 1000, week_hour(step))
        there = np.nan if told.usually_there is None else told.usually_there
        found[:, step : step + PLANNED_EACH] = np.array([[told.outdoor_mean], [told.occupied_h], [there]])
    return found
