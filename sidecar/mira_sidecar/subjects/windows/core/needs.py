"""A planner that needs no sensor of CO2: as much fresh air as people need, by the flow that a window gives right now.

Whoever is in a room breathes out so much CO2 and water an hour. How much air takes that away is known, and so is about
how much comes through a sash that is open so far, at this wind and this difference of temperatures. Where that is cold
or hot, it is less. Tuned on climates 3 and 7 of the simulator, rooms of the seeds 1 and 4. It was never tried
on those that are kept back while it was tuned.
"""

import math
from dataclasses import dataclass

from mira_sidecar.subjects.windows.core.air import absolute_humidity, humidity_ratio
from mira_sidecar.subjects.windows.core.planner import LADDER, Advice, Readings, Thresholds, certain, nearest_step
from mira_sidecar.subjects.windows.core.slice import Feature, RoomKind

_AIR: dict[RoomKind, float] = {"bedroom": 45.0, "living": 80.0}
"""Cubic metres an hour that keep those who are usually there below 1,000 ppm: two who sleep; three who are awake."""
_SASH: dict[RoomKind, float] = {"bedroom": 0.8, "living": 1.4}
"""Of a usual window, in m²."""
_TOO_COOL: dict[RoomKind, float] = {"bedroom": 17.2, "living": 19.4}
"""In °C: there it opens little, and half a degree below not at all."""


@dataclass(frozen=True, slots=True)
class Needs:
    """For one kind of room. A bath goes by its humidity alone."""

    kind: RoomKind
    name: str = "needs-1"

    def advise(self, readings: Readings, position: int) -> Advice:
        """As far as the air that is needed asks for, unless it is too warm or too cool for that."""
        if self.kind == "bath":
            return Thresholds().advise(readings, position)
        warmer = readings.temperature - readings.outdoor_temperature
        if readings.temperature > (24.3 if position < 100 else 23.3) and warmer > 1:
            return certain(100, "temperature", "outdoor_temperature")
        wanted, mattered = self._for_air(readings, position)
        cool = _TOO_COOL[self.kind]
        if readings.temperature < cool:
            wanted, mattered = min(wanted, 10 if readings.temperature > cool - 0.5 else 0), ["temperature"]
        elif readings.temperature > 24 and warmer < -0.5:
            wanted, mattered = min(wanted, 10), ["outdoor_temperature"]
        # One step up or down is not worth a run.
        if wanted and position and abs(LADDER.index(wanted) - LADDER.index(nearest_step(position))) <= 1:
            return certain(nearest_step(position), *mattered)
        return certain(wanted, *mattered)

    def _for_air(self, readings: Readings, position: int) -> tuple[int, list[Feature]]:
        """How far for those who are there, and to get rid of moisture."""
        wanted, mattered = 0, list[Feature]()
        if readings.occupied:
            flows = (step for step in LADDER if airflow(_SASH[self.kind], step, readings) >= _AIR[self.kind])
            wanted, mattered = next(flows, 100), ["people", "outdoor_temperature", "wind"]
        inside = absolute_humidity(readings.temperature, humidity_ratio(readings.temperature, readings.humidity))
        outdoors = humidity_ratio(readings.outdoor_temperature, readings.outdoor_humidity)
        drier = inside - absolute_humidity(readings.outdoor_temperature, outdoors)
        if readings.humidity > (60 if position < 25 else 55) and drier > 1:
            # What is much drier takes more with it.
            moist = 50 if drier > 3 else 100
            wanted, mattered = max(wanted, moist), ["humidity", *mattered[:1], "outdoor_humidity"]
        return wanted, mattered


def airflow(sash: float, position: int, readings: Readings) -> float:
    """Cubic metres an hour through a bottom-hung sash of so many m², in the form of EN 15242."""
    angle = position / 4
    opened = 2.6e-7 * angle**3 - 1.19e-4 * angle**2 + 1.86e-2 * angle
    apart = abs(readings.temperature - readings.outdoor_temperature)
    return 1_800 * sash * opened * math.sqrt(0.01 + 0.001 * readings.wind**2 + 0.0035 * apart)
