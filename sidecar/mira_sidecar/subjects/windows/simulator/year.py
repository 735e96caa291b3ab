"""A room through a year: weather and people change it, the mirror's own core moves its window."""

import math
import random
from array import array
from collections.abc import Callable
from dataclasses import dataclass

from mira_sidecar.protocol import Event
from mira_sidecar.subjects.windows.core.air import relative_humidity, too_warm
from mira_sidecar.subjects.windows.core.past import Past
from mira_sidecar.subjects.windows.core.planner import Planner, Readings, command_for
from mira_sidecar.subjects.windows.core.slice import RoomKind
from mira_sidecar.subjects.windows.settings import WindowsSettings
from mira_sidecar.subjects.windows.simulator.climates import (
    CLIMATES,
    HOURS,
    STEP_S,
    STEPS_AN_HOUR,
    Weather,
    made,
    on_wall,
)
from mira_sidecar.subjects.windows.simulator.drives import Drive
from mira_sidecar.subjects.windows.simulator.figures import Figures
from mira_sidecar.subjects.windows.simulator.mirror import WINDOW, Mirror
from mira_sidecar.subjects.windows.simulator.occupants import STEPS_A_DAY, Household, household, street
from mira_sidecar.subjects.windows.simulator.rooms import Indoors, Life, Outdoors, Room, advance

YEAR = 365
SETTLING_DAYS = 14
"""At first, in which nothing is counted: walls take so long to forget how they began."""
_FIRST_MS = 1_767_225_600_000
"""2026-01-01T00:00:00Z."""
PLANNED_EACH = 2
"""Steps: every ten minutes."""
ROUNDED_K, _ROUNDED_WIND = 1.0, 2.0
"""By how much temperature and wind change before they are told again: each telling is in the log."""
_DAMPED_DB = 31.0
"""Of the street, by a window that is shut."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A room, the people in it and its weather."""

    kind: RoomKind
    seed: int
    days: int
    room: Room
    weather: Weather
    sun: array[float]
    people: Household
    street: array[float]

    @classmethod
    def of(cls, kind: RoomKind, seed: int, weather: Weather, days: int = YEAR) -> Scene:
        """One room of this kind in this weather."""
        room = Room.drawn(kind, seed)
        sun = on_wall(weather, room.azimuth)
        return cls(kind, seed, days, room, weather, sun, household(kind, seed, days), street(seed, days))

    @classmethod
    def in_climate(cls, kind: RoomKind, seed: int, climate: int, days: int = YEAR) -> Scene:
        """One room in a climate that is made up."""
        return cls.of(kind, seed, made(CLIMATES[climate], seed), days)


def sensor_errors(scene: Scene) -> tuple[float, float]:
    """What the sensors of a room are wrong by, in K and in percent of humidity."""
    chance = random.Random(f"sensors {scene.kind} {scene.seed}")
    return chance.gauss(0, 0.25), chance.gauss(0, 1.5)


def week_hour(step: int) -> float:
    """Hours since Monday, 0:00."""
    return step * STEP_S / 3600 % 168


def heated_to(hour: int, running_mean: float) -> float:
    """What the thermostat is set to, in °C, by the mean of the days before; 0 where the heating is off."""
    return (18.0 if hour < 6 or hour >= 22 else 20.5) if running_mean < 16 else 0.0


class Year:
    """One room with one planner. `policies`: False moves the window as the planner says, as a bare automation would."""

    def __init__(
        self,
        scene: Scene,
        planner: Planner,
        *,
        policies: bool = True,
        co2: bool = True,
        drive: Drive | None = None,
        settings: WindowsSettings | None = None,
        heard: Callable[[Event], None] | None = None,
    ) -> None:
        self._scene, self._planner, self._policies, self._co2 = scene, planner, policies, co2
        self._settings = settings or WindowsSettings()
        self._drive = drive or Drive()
        self.mirror = Mirror(scene.kind, self._drive, self._settings, heard)
        self._bias_k, self._bias_percent = sensor_errors(scene)
        self._indoors, self._past = Indoors(), Past()
        self._told: dict[str, object] = {}
        self._bare_runs = 0

    def live(self, days: int | None = None, *, settling_days: int = SETTLING_DAYS) -> Figures:
        """Let it pass, or so many days of it."""
        figures, last = Figures(), self._scene.days if days is None else days
        running_mean = sum(self._scene.weather.temperature[:24]) / 24
        for day in range(last):
            before, counts = self._runs, day >= settling_days
            self._day(day, running_mean, figures if counts else None)
            hours = self._scene.weather.temperature[day % YEAR * 24 : day % YEAR * 24 + 24]
            running_mean = 0.8 * running_mean + 0.2 * sum(hours) / 24
            if counts:
                figures.runs += self._runs - before
                figures.most_runs = max(figures.most_runs, self._runs - before)
        return figures

    @property
    def _runs(self) -> int:
        return self.mirror.runs if self._policies else self._bare_runs

    def _day(self, day: int, running_mean: float, figures: Figures | None) -> None:
        scene, limit, storm = self._scene, too_warm(running_mean), self._settings.storm_wind
        people = scene.people
        for step in range(day * STEPS_A_DAY, (day + 1) * STEPS_A_DAY):
            outdoors, wet = self._outdoors(step)
            life = Life(people.people[step], bool(people.asleep[step]), people.moisture[step], people.electric[step])
            home, asleep = bool(people.home[step]), life.asleep
            self._decide(step, outdoors, wet=wet, home=home, asleep=asleep)
            position = self._drive.position
            hour = step % STEPS_A_DAY * 24 // STEPS_A_DAY
            heating = advance(
                scene.room,
                self._indoors,
                outdoors,
                life,
                position=position,
                heated_to=heated_to(hour, running_mean),
                step_s=STEP_S,
            )
            if figures is not None:
                figures.add(
                    self._indoors,
                    outdoors,
                    life,
                    heating=heating,
                    position=position,
                    limit=limit,
                    home=home,
                    wet=wet,
                    stormy=outdoors.wind >= storm,
                    indoor_level=scene.street[step] + 10 * math.log10(10 ** (-_DAMPED_DB / 10) + position / 1000),
                )

    def _outdoors(self, step: int) -> tuple[Outdoors, bool]:
        """The weather of this step, between that of two hours; and whether it rains."""
        weather, place = self._scene.weather, step % (HOURS * STEPS_AN_HOUR)
        hour, part = divmod(place, STEPS_AN_HOUR)
        after, share = (hour + 1) % HOURS, part / STEPS_AN_HOUR

        def between(values: array[float]) -> float:
            return values[hour] + (values[after] - values[hour]) * share

        outdoors = Outdoors(
            between(weather.temperature),
            between(weather.humidity_ratio),
            between(weather.wind),
            between(self._scene.sun),
        )
        return outdoors, bool(weather.rain[place])

    def _decide(self, step: int, outdoors: Outdoors, *, wet: bool, home: bool, asleep: bool) -> None:
        if not self._policies:
            if step % PLANNED_EACH == 0:
                position = self._planner.advise(self._readings(step, outdoors, wet=wet), self._drive.position).position
                self._bare_runs += position != self._drive.position
                self._drive.position = position
            return
        mirror = self.mirror
        mirror.go_to(_FIRST_MS + step * STEP_S * 1000)
        self._observe(outdoors, wet=wet, home=home, asleep=asleep)
        mirror.do_what_is_due()
        if step % PLANNED_EACH == 0:
            wanted = command_for(
                mirror.document,
                WINDOW,
                self._planner,
                self._readings(step, outdoors, wet=wet),
                now_ms=mirror.now_ms,
                settings=self._settings,
            )
            if wanted is not None:
                mirror.tell("set_window", wanted[0], confidence=wanted[1])

    def _observe(self, outdoors: Outdoors, *, wet: bool, home: bool, asleep: bool) -> None:
        """Tell the mirror what has changed."""
        told, storm = self._told, self._settings.storm_wind
        weather: dict[str, object] = {}
        if told.get("rain") != wet:
            weather["rain"] = wet
        for name, value, step in (
            ("wind", outdoors.wind, _ROUNDED_WIND),
            ("temperature", outdoors.temperature, ROUNDED_K),
        ):
            last = told.get(name)
            crossed = isinstance(last, float) and name == "wind" and (last >= storm) != (value >= storm)
            if not isinstance(last, float) or abs(value - last) >= step or crossed:
                weather[name] = value
        if weather:
            told.update(weather)
            self.mirror.tell("observe_weather", weather)
        facts: dict[str, object] = {"away": not home, "quiet": asleep}
        if any(told.get(name) != value for name, value in facts.items()):
            told.update(facts)
            self.mirror.tell("observe_home", facts)

    def _readings(self, step: int, outdoors: Outdoors, *, wet: bool) -> Readings:
        indoors, people = self._indoors, self._scene.people
        readings = Readings(
            temperature=indoors.temperature + self._bias_k,
            humidity=min(100.0, relative_humidity(indoors.temperature, indoors.ratio) + self._bias_percent),
            outdoor_temperature=outdoors.temperature,
            co2=indoors.co2 if self._co2 else None,
            outdoor_humidity=relative_humidity(outdoors.temperature, outdoors.ratio),
            wind=outdoors.wind,
            occupied=people.people[step] > 0,
            age_s=60,
            rain=wet,
            quiet=people.asleep[step] > 0,
        )
        return self._past.complete(readings, step * STEP_S * 1000, week_hour(step))
