"""What a year in a room was like."""

from dataclasses import dataclass

from mira_sidecar.subjects.windows.core.air import relative_humidity
from mira_sidecar.subjects.windows.simulator.climates import STEP_S
from mira_sidecar.subjects.windows.simulator.rooms import Indoors, Life, Outdoors

_HOURS = STEP_S / 3600
_COLD, _COLD_ASLEEP, _HUMID, _STUFFY, _MOULD = 19.0, 17.0, 60.0, 1000.0, 80.0
_LOUD = 40.0
"""In dB(A), for who sleeps."""
_WALL = 0.7
"""A cold corner is so far from the outdoor temperature to that of the room: the limit of DIN 4108-2."""


@dataclass(slots=True)
class Figures:
    """Sums over the days that count; hours, unless another unit is said."""

    days: float = 0.0
    occupied: float = 0.0
    out: float = 0.0
    """With people, and too warm, too cold, too humid or stuffy."""
    warm: float = 0.0
    cold: float = 0.0
    humid: float = 0.0
    stuffy: float = 0.0
    mould: float = 0.0
    """In which a cold corner is more humid than 80 %."""
    heat_kwh: float = 0.0
    loud_nights: float = 0.0
    """With somebody asleep, and louder than 40 dB(A) in the room."""
    rain: float = 0.0
    """Open in the rain."""
    storm: float = 0.0
    away: float = 0.0
    """Open further than 10 % while nobody is in the house."""
    runs: int = 0
    most_runs: int = 0
    """In one day."""

    def add(
        self,
        indoors: Indoors,
        outdoors: Outdoors,
        life: Life,
        *,
        heating: float,
        position: int,
        limit: float,
        home: bool,
        wet: bool,
        stormy: bool,
        indoor_level: float,
    ) -> None:
        """Count one step. `limit`: from where on it is too warm."""
        self.days += _HOURS / 24
        self.heat_kwh += heating * _HOURS / 1000
        corner = outdoors.temperature + _WALL * (indoors.temperature - outdoors.temperature)
        self.mould += _HOURS * (relative_humidity(corner, indoors.ratio) > _MOULD)
        if position:
            self.rain += _HOURS * (wet and position > 2)
            self.storm += _HOURS * stormy
            self.away += _HOURS * (not home and position > 10)
        if not life.people:
            return
        warm = indoors.temperature > limit
        cold = indoors.temperature < (_COLD_ASLEEP if life.asleep else _COLD)
        humid = relative_humidity(indoors.temperature, indoors.ratio) > _HUMID
        stuffy = indoors.co2 > _STUFFY
        self.occupied += _HOURS
        self.warm += _HOURS * warm
        self.cold += _HOURS * cold
        self.humid += _HOURS * humid
        self.stuffy += _HOURS * stuffy
        self.out += _HOURS * (warm or cold or humid or stuffy)
        self.loud_nights += _HOURS * (life.asleep and indoor_level > _LOUD)
