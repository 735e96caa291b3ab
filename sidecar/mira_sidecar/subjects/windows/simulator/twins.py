"""One room twice, in the same weather: as its window was, and as it would have been. An estimate, and nothing more.

The room and its people are made up, of the usual size for its kind; sun is that of an average sky.
"""

from dataclasses import dataclass, field

from mira_sidecar.subjects.windows.core.air import humidity_ratio, too_warm
from mira_sidecar.subjects.windows.core.slice import RoomKind
from mira_sidecar.subjects.windows.simulator.climates import STEP_S, STEPS_AN_HOUR, sun_at
from mira_sidecar.subjects.windows.simulator.figures import Figures
from mira_sidecar.subjects.windows.simulator.occupants import Household, household
from mira_sidecar.subjects.windows.simulator.rooms import Indoors, Life, Outdoors, Room, advance

_SEED, _WEEK = 0, 7
_HUMIDITY, _WIND = 75.0, 3.0
"""Outside, where nobody measures them: in %, in m/s."""
_SKY = 350.0
"""On a window, in W/m², by the altitude of the sun in radians."""
_REMEMBERS = 0.2 / (24 * STEPS_AN_HOUR)
"""How much of the running mean of the days one step replaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a step."""

    year_hour: float
    week_hour: float
    """Local, from Monday 0:00."""
    outdoor_temperature: float
    wind: float | None
    home: bool
    wet: bool


@dataclass(slots=True)
class _Twin:
    indoors: Indoors = field(default_factory=Indoors)
    figures: Figures = field(default_factory=Figures)


class Twins:
    """Both of them, from the same beginning."""

    def __init__(self, kind: RoomKind) -> None:
        self._room = Room.drawn(kind, _SEED)
        self._people: Household = household(kind, _SEED, _WEEK)
        self._mean: float | None = None
        self._both = (_Twin(), _Twin())

    @property
    def figures(self) -> tuple[Figures, Figures]:
        """What it was like in either."""
        return self._both[0].figures, self._both[1].figures

    def live(self, facts: Facts, positions: tuple[int, int]) -> None:
        """Let a step of `STEP_S` pass, with the window so far open in either."""
        if self._mean is None:
            self._settle(facts)
        self._mean = self._mean_with(facts)
        for twin, position in zip(self._both, positions, strict=True):
            self._advance(twin, facts, position, counts=True)

    def _settle(self, facts: Facts) -> None:
        """Three days of that weather, so that the walls are as cold as they are then."""
        self._mean = facts.outdoor_temperature
        for twin in self._both:
            for _ in range(3 * 24 * STEPS_AN_HOUR):
                self._advance(twin, facts, 0, counts=False)

    def _mean_with(self, facts: Facts) -> float:
        before = facts.outdoor_temperature if self._mean is None else self._mean
        return before + _REMEMBERS * (facts.outdoor_temperature - before)

    def _advance(self, twin: _Twin, facts: Facts, position: int, *, counts: bool) -> None:
        people, step = self._people, int(facts.week_hour * STEPS_AN_HOUR) % len(self._people.people)
        mean = self._mean_with(facts)
        life = Life(
            people.people[step] if facts.home else 0,
            bool(people.asleep[step]),
            people.moisture[step] if facts.home else 0.0,
            people.electric[step] if facts.home else 0.0,
        )
        wind = _WIND if facts.wind is None else facts.wind
        ratio = humidity_ratio(facts.outdoor_temperature, _HUMIDITY)
        sun = _SKY * max(0.0, sun_at(facts.year_hour).altitude)
        outdoors = Outdoors(facts.outdoor_temperature, ratio, wind, sun)
        night = not 6 <= facts.week_hour % 24 < 22
        heated_to = (18.0 if night else 20.5) if mean < 16 else 0.0
        heating = advance(
            self._room, twin.indoors, outdoors, life, position=position, heated_to=heated_to, step_s=STEP_S
        )
        if counts:
            twin.figures.add(
                twin.indoors,
                outdoors,
                life,
                heating=heating,
                position=position,
                limit=too_warm(mean),
                home=facts.home,
                wet=facts.wet,
                stormy=False,
                indoor_level=0.0,
            )
