"""`mira-sidecar windows simulate`: some days of a simulated room, decision by decision."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mira_sidecar.printing import say
from mira_sidecar.protocol import Event
from mira_sidecar.subjects.windows.core.needs import Needs
from mira_sidecar.subjects.windows.core.planner import Thresholds
from mira_sidecar.subjects.windows.core.slice import RoomKind
from mira_sidecar.subjects.windows.simulator.drives import Drive, Failure
from mira_sidecar.subjects.windows.simulator.year import Scene, Year


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be simulated."""

    kind: RoomKind
    climate: int
    seed: int
    days: int
    planner: Literal["needs", "thresholds", "thresholds-co2"]
    failure: Failure | None
    all: bool
    """Whether observations are shown as well."""


def simulate(wanted: Wanted) -> None:
    """Print what is decided, and what it came to."""
    told: list[Event] = []
    scene = Scene.in_climate(wanted.kind, wanted.seed, wanted.climate, wanted.days)
    drive = Drive(failure=wanted.failure)
    planner = Needs(wanted.kind) if wanted.planner == "needs" else Thresholds(wanted.planner == "thresholds-co2")
    year = Year(scene, planner, drive=drive, heard=told.append)
    figures = year.live(settling_days=0)
    say(*(line for event in told for line in _lines(event, wanted)))
    say(
        f"{figures.days:.0f} days: out of comfort {figures.out:.1f} of {figures.occupied:.1f} hours with people, "
        f"heating {figures.heat_kwh:.0f} kWh, {year.mirror.runs} runs; "
        f"open in rain {figures.rain:.1f}, storm {figures.storm:.1f}, an empty house {figures.away:.1f} hours"
    )


def _lines(event: Event, wanted: Wanted) -> Iterator[str]:
    if not wanted.all and event.action.startswith(("observe_", "window_moved", "add_")):
        return
    payload = event.payload
    what = {name: payload[name] for name in payload if name not in ("window", "model", "age_s", "seen")}
    said = " ".join(f"{name}={value}" for name, value in what.items())
    yield f"{event.ts[:16]}  {event.action:<15} {said}" + (f": {event.message}" if event.message else "")
