"""What a model may look at: named inputs, computed from readings, the window's own position and a wish to save.

A reading that is missing is replaced by its usual value, which is the model's own (`usual` of its manifest) or the one
here. An input `…_known` says whether it was there. Whoever trains computes inputs by `values`, or tests against it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from mira_sidecar.subjects.windows.core.air import absolute_humidity, humidity_ratio, too_warm
from mira_sidecar.subjects.windows.core.planner import Readings
from mira_sidecar.subjects.windows.core.slice import Feature

USUAL: Mapping[str, float] = {
    "temperature": 21.0,
    "humidity": 50.0,
    "outdoor_temperature": 10.0,
    "co2": 800.0,
    "outdoor_humidity": 75.0,
    "wind": 3.0,
    "occupied": 0.0,
    "noise": 40.0,
    "noise_lately": 40.0,
    "rain": 0.0,
    "sun": 100.0,
    "quiet": 0.0,
    "hour": 12.0,
    "day_off": 0.0,
    "outdoor_mean": 10.0,
    "temperature_trend": 0.0,
    "humidity_trend": 0.0,
    "occupied_h": 0.0,
    "usually_there": 0.3,
    "since_run_h": 2.0,
}
"""By reading, in its unit; yes is 1."""
RANGES: Mapping[str, tuple[float, float]] = {
    "temperature": (-20.0, 50.0),
    "humidity": (0.0, 100.0),
    "outdoor_temperature": (-40.0, 50.0),
    "co2": (300.0, 10_000.0),
    "outdoor_humidity": (0.0, 100.0),
    "wind": (0.0, 50.0),
    "occupied": (0.0, 1.0),
    "noise": (0.0, 140.0),
    "noise_lately": (0.0, 140.0),
    "rain": (0.0, 1.0),
    "sun": (0.0, 1_400.0),
    "quiet": (0.0, 1.0),
    "hour": (0.0, 24.0),
    "day_off": (0.0, 1.0),
    "outdoor_mean": (-40.0, 50.0),
    "temperature_trend": (-20.0, 20.0),
    "humidity_trend": (-100.0, 100.0),
    "occupied_h": (0.0, 10.0),
    "usually_there": (0.0, 1.0),
    "since_run_h": (0.0, 6.0),
}
"""By reading; what is beyond counts as the end of it."""
BEHIND: Mapping[Feature, tuple[str, ...]] = {
    "temperature": ("temperature", "temperature_trend"),
    "humidity": ("humidity", "humidity_trend"),
    "co2": ("co2",),
    "noise": ("noise", "noise_lately"),
    "people": ("occupied", "occupied_h", "usually_there", "quiet"),
    "outdoor_temperature": ("outdoor_temperature", "outdoor_mean"),
    "outdoor_humidity": ("outdoor_humidity",),
    "wind": ("wind",),
    "hour": ("hour", "day_off"),
}
"""Which readings a feature consists of: what people are told of is not as fine."""


class Situation(NamedTuple):
    """What inputs are computed from: readings without a gap."""

    at: Mapping[str, float]
    """By reading, in its unit."""
    missing: frozenset[str]
    position: int
    """Where the window stands, in percent."""
    saving: float
    """How much heat counts against comfort: 0 comfort, 0.5 balanced, 1 saving."""
    moisture: float
    """In the room, in g/m³."""
    outdoor_moisture: float

    @classmethod
    def of(cls, readings: Readings, position: int, saving: float, usual: Mapping[str, float]) -> Situation:
        """Fill the gaps with what is usual."""
        at, missing = {}, []
        for name, (low, high) in RANGES.items():
            value = getattr(readings, name)
            if value is None or not math.isfinite(value):
                missing.append(name)
                value = usual.get(name, USUAL[name])
            at[name] = min(high, max(low, float(value)))
        return cls.at_these(at, frozenset(missing), position, saving)

    @classmethod
    def at_these(cls, at: Mapping[str, float], missing: frozenset[str], position: int, saving: float) -> Situation:
        """With these readings."""
        return cls(
            at=at,
            missing=missing,
            position=position,
            saving=saving,
            moisture=_moisture(at["temperature"], at["humidity"]),
            outdoor_moisture=_moisture(at["outdoor_temperature"], at["outdoor_humidity"]),
        )

    def with_usual(self, feature: Feature, usual: Mapping[str, float]) -> Situation:
        """The same, were this feature as usual."""
        changed = {name: usual.get(name, USUAL[name]) for name in BEHIND[feature]}
        return self.at_these({**self.at, **changed}, self.missing, self.position, self.saving)


class Input(NamedTuple):
    """Something that a model looks at."""

    unit: str
    of: Callable[[Situation], float]


def _moisture(temperature: float, humidity: float) -> float:
    return absolute_humidity(temperature, humidity_ratio(temperature, humidity))


def _reading(name: str, unit: str) -> tuple[str, Input]:
    return name, Input(unit, lambda one: one.at[name])


def _known(name: str) -> tuple[str, Input]:
    return f"{name}_known", Input("0/1", lambda one: float(name not in one.missing))


def _round_the_clock(name: str, turn: Callable[[float], float], times: int) -> tuple[str, Input]:
    return name, Input("-1…1", lambda one: turn(times * math.tau * one.at["hour"] / 24))


INPUTS: Mapping[str, Input] = dict(
    (
        _reading("temperature", "°C"),
        _reading("humidity", "%"),
        ("drier", Input("g/m³", lambda one: one.moisture - one.outdoor_moisture)),
        _reading("outdoor_temperature", "°C"),
        ("outdoor_moisture", Input("g/m³", lambda one: one.outdoor_moisture)),
        _reading("wind", "m/s"),
        _reading("rain", "0/1"),
        _reading("noise", "dB"),
        _reading("noise_lately", "dB"),
        _round_the_clock("hour_sin", math.sin, 1),
        _round_the_clock("hour_cos", math.cos, 1),
        _reading("occupied", "0/1"),
        _reading("quiet", "0/1"),
        ("position", Input("0…1", lambda one: one.position / 100)),
        _reading("temperature_trend", "K"),
        _reading("humidity_trend", "%"),
        _reading("outdoor_mean", "°C"),
        ("too_warm", Input("K", lambda one: one.at["temperature"] - too_warm(one.at["outdoor_mean"]))),
        ("warmer", Input("K", lambda one: one.at["temperature"] - one.at["outdoor_temperature"])),
        _reading("occupied_h", "h"),
        _reading("sun", "W/m²"),
        _reading("co2", "ppm"),
        _reading("since_run_h", "h"),
        _round_the_clock("half_day_sin", math.sin, 2),
        _round_the_clock("half_day_cos", math.cos, 2),
        ("too_humid", Input("%", lambda one: max(0.0, one.at["humidity"] - 60.0))),
        _reading("usually_there", "0…1"),
        # Beyond the twenty-seven of needs-net: what others may want.
        _reading("outdoor_humidity", "%"),
        _reading("day_off", "0/1"),
        ("saving", Input("0…1", lambda one: one.saving)),
        (
            "draught",
            Input(
                "-",
                lambda one: math.sqrt(
                    0.01
                    + 0.001 * one.at["wind"] ** 2
                    + 0.0035 * abs(one.at["temperature"] - one.at["outdoor_temperature"])
                ),
            ),
        ),
        *(_known(name) for name in ("co2", "noise", "sun", "rain", "quiet", "hour", "usually_there")),
    )
)
"""By name. `draught`: what flows through a window, but for its size and how far it is open (EN 15242)."""


def values(names: Sequence[str], situation: Situation) -> list[float]:
    """The inputs of these names, in their units."""
    return [INPUTS[name].of(situation) for name in names]
