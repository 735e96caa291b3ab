"""`mira-sidecar windows evaluate`: what rules make of a year in simulated rooms, with Mira's policies and without."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from mira_sidecar.operations.errors import OperationError
from mira_sidecar.operations.progress import Progress
from mira_sidecar.printing import say
from mira_sidecar.subjects.windows.core.needs import Needs
from mira_sidecar.subjects.windows.core.planner import AlwaysShut, Planner, Thresholds
from mira_sidecar.subjects.windows.core.slice import RoomKind
from mira_sidecar.subjects.windows.model.folder import shipped
from mira_sidecar.subjects.windows.model.net import BALANCED, planner_for
from mira_sidecar.subjects.windows.simulator.climates import CLIMATES, Weather, made, read_reference_year
from mira_sidecar.subjects.windows.simulator.figures import Figures
from mira_sidecar.subjects.windows.simulator.year import Scene, Year

_NET = "needs-net-1"


class Contender(NamedTuple):
    """Who moves the window."""

    name: str
    planner: Callable[[RoomKind], Planner]
    policies: bool = True
    co2: bool = False
    """Whether there is a sensor of it."""


def _net(saving: float = BALANCED) -> Callable[[RoomKind], Planner]:
    """Mira's own net, with such a wish to save."""
    return lambda kind: planner_for(shipped(_NET), kind, saving=saving, explains=False)


CONTENDERS = (
    Contender("always shut", lambda kind: AlwaysShut()),
    Contender("T RH, bare", lambda kind: Thresholds(), policies=False),
    Contender("T RH CO2, bare", lambda kind: Thresholds(with_co2=True), policies=False, co2=True),
    Contender("T RH", lambda kind: Thresholds()),
    Contender("T RH CO2", lambda kind: Thresholds(with_co2=True), co2=True),
    Contender("needs", Needs),
    Contender("net", _net()),
    Contender("net, comfort", _net(0.0)),
    Contender("net, saving", _net(1.0)),
)
NAMES = tuple(one.name for one in CONTENDERS)
_COLUMNS = (
    "out h",
    "heat kWh",
    "cold h",
    "CO2 h",
    "mould h",
    "loud min/d",
    "rain h",
    "storm h",
    "away h",
    "runs/d",
    "most/d",
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be simulated."""

    kinds: Sequence[RoomKind]
    climates: Sequence[int]
    seeds: Sequence[int]
    days: int
    by: Sequence[str] = ()
    """Names of contenders; empty: all."""
    files: Sequence[Path] = ()
    """Test reference years, in place of climates that are made up."""


class Row(NamedTuple):
    """A mean of years."""

    kind: RoomKind
    contender: str
    figures: tuple[float, ...]


def evaluate(asked: Asked, *, as_json: bool) -> None:
    """Print the figures. Raises OperationError."""
    if unknown := sorted(set(asked.by) - set(NAMES)):
        raise OperationError(f"There is no row called {unknown[0]}. There are: {'; '.join(NAMES)}.")
    with Progress("simulating", "years") as progress:
        rows = list(_rows(asked, progress))
    say(*(_as_json(rows) if as_json else _page(asked, rows)))


def _rows(asked: Asked, progress: Progress) -> Iterator[Row]:
    weathers = [_weather(file) for file in asked.files]
    per_kind = (len(weathers) or len(asked.climates)) * len(asked.seeds)
    contenders = [one for one in CONTENDERS if one.name in (asked.by or NAMES)]
    total, done = len(asked.kinds) * len(contenders) * per_kind, 0
    for kind in asked.kinds:
        scenes = [
            Scene.of(kind, seed, weather, asked.days)
            for seed in asked.seeds
            for weather in weathers or [made(CLIMATES[climate], seed) for climate in asked.climates]
        ]
        for one in contenders:
            years = []
            for scene in scenes:
                years.append(Year(scene, one.planner(kind), policies=one.policies, co2=one.co2).live())
                done += 1
                progress.reach(done, total)
            yield Row(kind, one.name, _mean(years))


def _weather(file: Path) -> Weather:
    try:
        return read_reference_year(file)
    except (OSError, ValueError) as error:
        raise OperationError(f"The weather cannot be read: {error}") from error


def _mean(years: Sequence[Figures]) -> tuple[float, ...]:
    """The columns of a row: hours a year, but where it says otherwise."""
    days = sum(year.days for year in years)
    a_year = 365 / days

    def hours(name: str) -> float:
        return float(sum(getattr(year, name) for year in years)) * a_year

    return (
        *(hours(name) for name in ("out", "heat_kwh", "cold", "stuffy", "mould")),
        hours("loud_nights") * 60 / 365,
        *(hours(name) for name in ("rain", "storm", "away")),
        sum(year.runs for year in years) / days,
        float(max(year.most_runs for year in years)),
    )


def _as_json(rows: Sequence[Row]) -> list[str]:
    named = [
        {
            "kind": row.kind,
            "by": row.contender,
            **{column: round(value, 2) for column, value in zip(_COLUMNS, row.figures, strict=True)},
        }
        for row in rows
    ]
    return json.dumps(named, indent=2).splitlines()


def _page(asked: Asked, rows: Sequence[Row]) -> Iterator[str]:
    where = ", ".join(file.name for file in asked.files) or ", ".join(
        f"{number} {CLIMATES[number].name}" for number in asked.climates
    )
    yield f"Simulated rooms, a mean year of each: {where}. Rooms of the seeds {', '.join(map(str, asked.seeds))}."
    for kind in asked.kinds:
        yield ""
        yield f"{kind:<16}" + "".join(f"{column:>11}" for column in _COLUMNS)
        for row in rows:
            if row.kind == kind:
                yield f"{row.contender:<16}" + "".join(f"{_rounded(value):>11}" for value in row.figures)


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == 0 else f"{value:,.1f}"
