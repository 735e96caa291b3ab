"""Who is in a room and what they do, and how loud it is at its window: a year by steps of five minutes."""

import math
import random
from array import array
from dataclasses import dataclass, field

from mira_sidecar.subjects.windows.core.slice import RoomKind
from mira_sidecar.subjects.windows.simulator.climates import STEP_S

STEPS_A_DAY = 86_400 // STEP_S
_MINUTES = STEP_S // 60
_STREET = (
    *(43.0, 42.5, 42.0, 41.5, 41.0, 44.0, 49.0, 58.0, 57.5, 57.0, 57.0, 57.0),
    *(57.0, 57.0, 57.5, 58.0, 58.5, 59.5, 60.0, 57.5, 55.0, 51.5, 48.0, 45.5),
)
"""A street at its window, in dB(A), by the hour."""


@dataclass(slots=True)
class Household:
    """A year of a room."""

    days: int
    people: bytearray = field(init=False)
    asleep: bytearray = field(init=False)
    home: bytearray = field(init=False)
    """Whether anybody is in the house."""
    moisture: array[float] = field(init=False)
    electric: array[float] = field(init=False)

    def __post_init__(self) -> None:
        steps = self.days * STEPS_A_DAY
        self.people, self.asleep, self.home = bytearray(steps), bytearray(steps), bytearray(b"\1" * steps)
        self.moisture, self.electric = array("d", bytes(8 * steps)), array("d", bytes(8 * steps))

    def span(self, day: int, start: float, end: float) -> range:
        """The steps between two minutes of a day, as far as the year goes."""
        first = day * STEPS_A_DAY
        steps = range(first + round(start / _MINUTES), first + round(end / _MINUTES))
        return range(max(0, steps.start), min(len(self.people), steps.stop))

    def add(self, day: int, start: float, end: float, *, moisture: float = 0.0, electric: float = 0.0) -> None:
        """Something goes on in these minutes."""
        for step in self.span(day, start, end):
            self.moisture[step] += moisture
            self.electric[step] += electric

    def fill(self, day: int, start: float, end: float, people: int) -> None:
        """So many are in the room in these minutes."""
        for step in self.span(day, start, end):
            self.people[step] = people

    def sleep(self, day: int, start: float, end: float) -> None:
        """Two sleep in these minutes."""
        self.fill(day, start, end, 2)
        for step in self.span(day, start, end):
            self.asleep[step] = 1


@dataclass(frozen=True, slots=True)
class _Day:
    """When people get up, go out, come home and go to bed: minutes of a day."""

    number: int
    free: bool
    wake: float
    bed: float
    out: float
    back: float
    """The same as `out` on a day at home."""


def household(kind: RoomKind, seed: int, days: int) -> Household:
    """A year of people who live there."""
    chance = random.Random(f"household {kind} {seed}")
    year = Household(days)
    live = {"bedroom": _bedroom, "living": _living, "bath": _bath}[kind]
    for number in range(days):
        day = _day(number, chance)
        for step in year.span(number, day.out, day.back):
            year.home[step] = 0
        live(year, day, chance)
    return year


def _day(number: int, chance: random.Random) -> _Day:
    free = number % 7 >= 5
    wake, bed = (525 if free else 420) + chance.gauss(0, 20), 1365 + chance.gauss(0, 25)
    if not free:
        return _Day(number, free, wake, bed, 495 + chance.gauss(0, 15), 1020 + chance.gauss(0, 40))
    if chance.random() < 0.6:
        return _Day(number, free, wake, bed, 780 + chance.gauss(0, 60), 990 + chance.gauss(0, 60))
    return _Day(number, free, wake, bed, 1000, 1000)


def _bedroom(year: Household, day: _Day, chance: random.Random) -> None:
    year.sleep(day.number, 0, day.wake)
    year.fill(day.number, day.bed, day.bed + 15, 2)
    year.sleep(day.number, day.bed + 15, 1440)
    if chance.random() < 0.35:
        start = 1150 + chance.gauss(0, 30)
        year.fill(day.number, start, start + 60, 1)


def _living(year: Household, day: _Day, chance: random.Random) -> None:
    year.fill(day.number, day.wake, day.wake + 40, 2)
    if day.free:
        year.fill(day.number, day.wake + 40, day.out, chance.randint(1, 3))
    year.fill(day.number, max(day.back, 1000 if day.free else 1020), day.bed, chance.randint(2, 4))
    meals = [(day.wake + 10, 600.0), (1110 + chance.gauss(0, 30), 1500.0)]
    if day.free and day.out == day.back:
        meals.append((750 + chance.gauss(0, 20), 1200.0))
    for start, grams in meals:
        year.add(
            day.number, start, start + chance.randint(20, 45), moisture=grams * chance.uniform(0.6, 1.4), electric=900
        )
    if chance.random() < 0.25:
        year.add(day.number, 1080, 1380, moisture=chance.uniform(120, 220))  # laundry dries
    year.add(day.number, day.wake, day.bed, electric=80)


def _bath(year: Household, day: _Day, chance: random.Random) -> None:
    showers = [day.wake + 5, day.wake + 30]
    if chance.random() < 0.5:
        showers.append(1290 + chance.gauss(0, 20))
    for start in showers:
        minutes = chance.randint(8, 15)
        year.add(day.number, start, start + minutes, moisture=2600 * chance.uniform(0.7, 1.3))
        year.fill(day.number, start, start + minutes + 10, 1)
    if chance.random() < 0.3:
        year.add(day.number, 1100, 1440, moisture=150)


def street(seed: int, days: int) -> array[float]:
    """How loud it is at the window, in dB(A): a street, and now and then a car, a train or a party."""
    chance = random.Random(f"street {seed}")
    hour = STEPS_A_DAY // 24
    level = array("d", (_STREET[step // hour % 24] + chance.gauss(0, 1.8) for step in range(days * STEPS_A_DAY)))
    for day in range(days):
        for _ in range(chance.choice((0, 1, 2, 2, 3, 4))):
            _sound(
                level, day * STEPS_A_DAY + chance.randrange(-2 * hour, 7 * hour), 1 + int(chance.expovariate(0.5)), 70
            )
        for _ in range(chance.randint(1, 5)):
            _sound(
                level, day * STEPS_A_DAY + chance.randrange(8 * hour, 20 * hour), 1 + int(chance.expovariate(0.3)), 72
            )
    return level


def _sound(level: array[float], start: int, steps: int, decibels: float) -> None:
    for step in range(max(0, start), min(len(level), start + steps)):
        level[step] = 10 * math.log10(10 ** (level[step] / 10) + 10 ** (decibels / 10))
