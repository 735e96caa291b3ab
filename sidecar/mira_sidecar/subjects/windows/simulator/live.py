"""Rooms in which time passes fast, around windows whose motors somebody else moves: what their sensors measure."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice

from mira_sidecar.subjects.windows.core.air import relative_humidity
from mira_sidecar.subjects.windows.core.slice import RoomKind
from mira_sidecar.subjects.windows.simulator.climates import CLIMATES, HOURS, STEP_S, STEPS_AN_HOUR, Weather, made
from mira_sidecar.subjects.windows.simulator.motors import Motor
from mira_sidecar.subjects.windows.simulator.occupants import STEPS_A_DAY
from mira_sidecar.subjects.windows.simulator.rooms import Indoors, Life, Outdoors, advance
from mira_sidecar.subjects.windows.simulator.year import Scene

_KINDS: tuple[RoomKind, ...] = ("bath", "bedroom", "living")
_BEGINS_H = 6
"""People get up."""
_LIVING, _SLEEPING = 20.5, 18.0
_DAMPED_DB = 31.0


@dataclass(slots=True)
class LiveRoom:
    """A room with its window."""

    name: str
    scene: Scene
    motor: Motor = field(default_factory=Motor)
    indoors: Indoors = field(default_factory=Indoors)

    def measured(self, step: int, position: int) -> dict[str, float]:
        """What its sensors say."""
        indoors, people = self.indoors, self.scene.people
        street = self.scene.street[step % len(self.scene.street)]
        return {
            "temperature": round(indoors.temperature, 2),
            "humidity": round(min(100.0, relative_humidity(indoors.temperature, indoors.ratio)), 1),
            "co2": round(indoors.co2),
            "noise": round(street + 10 * math.log10(10 ** (-_DAMPED_DB / 10) + position / 1000), 1),
            "occupied": float(people.people[step % len(people.people)] > 0),
        }

    def pass_step(self, step: int, outdoors: Outdoors, position: int) -> None:
        """Let five minutes pass."""
        people = self.scene.people
        place = step % len(people.people)
        asleep = bool(people.asleep[place])
        life = Life(people.people[place], asleep, people.moisture[place], people.electric[place])
        hour = step % STEPS_A_DAY * 24 // STEPS_A_DAY
        warm = _SLEEPING if hour < _BEGINS_H or hour >= 22 else _LIVING
        advance(self.scene.room, self.indoors, outdoors, life, position=position, heated_to=warm, step_s=STEP_S)


class LiveHouse:
    """Rooms under one weather."""

    def __init__(self, rooms: int, climate: int, seed: int, days: int) -> None:
        """`days`: of the people in it; then they begin anew."""
        self.weather: Weather = made(CLIMATES[climate], seed)
        kinds = list(islice(cycle(_KINDS), rooms))
        self.rooms = [
            LiveRoom(f"{kind}_{number // len(_KINDS) + 1}", Scene.of(kind, seed + number, self.weather, days))
            for number, kind in enumerate(kinds)
        ]
        self.step = _BEGINS_H * STEPS_AN_HOUR

    def pass_steps(self, count: int, now_s: float) -> None:
        """Let so many times five minutes pass, with the windows as they are now."""
        for _ in range(count):
            outdoors = self._outdoors()
            for room in self.rooms:
                room.pass_step(self.step, outdoors, room.motor.position(now_s))
            self.step += 1

    def outside(self) -> dict[str, float]:
        """What the sensor in the garden says."""
        outdoors = self._outdoors()
        return {
            "temperature": round(outdoors.temperature, 1),
            "humidity": round(min(100.0, relative_humidity(outdoors.temperature, outdoors.ratio)), 1),
            "wind": round(outdoors.wind, 1),
            "rain": float(self.weather.rain[self.step % (HOURS * STEPS_AN_HOUR)]),
        }

    def measured(self, now_s: float) -> Iterator[tuple[str, dict[str, float]]]:
        """What the sensors of each room say."""
        for room in self.rooms:
            yield room.name, room.measured(self.step, room.motor.position(now_s))

    def _outdoors(self) -> Outdoors:
        hour, part = divmod(self.step % (HOURS * STEPS_AN_HOUR), STEPS_AN_HOUR)
        after, share, weather = (hour + 1) % HOURS, part / STEPS_AN_HOUR, self.weather
        values = (weather.temperature, weather.humidity_ratio, weather.wind)
        temperature, ratio, wind = (one[hour] + (one[after] - one[hour]) * share for one in values)
        return Outdoors(temperature, ratio, wind, 0.0)
