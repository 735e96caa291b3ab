"""How far a window should be open: what a rule or a model advises, and the command that comes of it.

Advice is a ladder of positions with how likely each is the right one. It becomes a command only where policies allow
that, and where it is worth a run of the motor.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from mira_sidecar.core.decision import Refusal
from mira_sidecar.core.state import Document
from mira_sidecar.protocol import milliseconds
from mira_sidecar.subjects.windows.core.policies import Wish, highest, judge
from mira_sidecar.subjects.windows.core.shadow import as_if
from mira_sidecar.subjects.windows.core.slice import TOLERANCE, Feature, slice_of
from mira_sidecar.subjects.windows.settings import WindowsSettings

LADDER = (0, 5, 10, 25, 50, 100)
"""Positions that are advised: the flow through a window that is tilted grows most in the first percent."""


def nearest_step(position: int) -> int:
    """The step of the ladder that is nearest."""
    return min(LADDER, key=lambda step: abs(step - position))


class Readings(NamedTuple):
    """What is measured now."""

    temperature: float
    """In the room, in °C."""
    humidity: float
    """In the room, in %."""
    outdoor_temperature: float
    co2: float | None = None
    """In ppm; None: there is no sensor."""
    outdoor_humidity: float = 70.0
    """In %."""
    wind: float = 0.0
    """In m/s."""
    occupied: bool = False
    """Whether somebody is in the room."""
    age_s: int = 0
    """Of the oldest of them."""
    noise: float | None = None
    """In the room, in dB(A)."""
    noise_lately: float | None = None
    """In the mean of about half an hour."""
    rain: bool | None = None
    sun: float | None = None
    """On the horizontal, in W/m²."""
    quiet: bool | None = None
    """Whether somebody sleeps, or quiet was asked for."""
    hour: float | None = None
    """Of the day, local, from 0 to 24."""
    day_off: bool | None = None
    """Whether it is Saturday or Sunday."""
    outdoor_mean: float | None = None
    """The running mean of the last days, in °C."""
    temperature_trend: float | None = None
    """By how much it is warmer than it was in the mean of about half an hour, in K."""
    humidity_trend: float | None = None
    """The same of the relative humidity, in %."""
    occupied_h: float | None = None
    """Hours that somebody has been in the room without a break; 0 while it is empty."""
    usually_there: float | None = None
    """The share of weeks in which somebody is in the room at this time, from 0 to 1."""
    since_run_h: float | None = None
    """Hours since the motor ran."""


class Advice(NamedTuple):
    """How far a window should be open."""

    position: int
    probabilities: tuple[float, ...]
    """Of each step of the ladder, that it is the right one."""
    mattered: tuple[Feature, ...] = ()

    @property
    def confidence(self) -> float:
        """How likely this position is the right one."""
        return self.probabilities[LADDER.index(self.position)]


class Planner(Protocol):
    """Whoever advises: a rule, or a model."""

    @property
    def name(self) -> str:
        """It, with its version."""

    def advise(self, readings: Readings, position: int) -> Advice:
        """How far to open a window that is open so far."""


def certain(position: int, *mattered: Feature) -> Advice:
    """Advice of a rule, which knows no doubt."""
    return Advice(position, tuple(1.0 if step == position else 0.0 for step in LADDER), mattered)


@dataclass(frozen=True, slots=True)
class AlwaysShut:
    """A window that nobody opens: what all others are measured by."""

    name: str = "shut-1"

    def advise(self, readings: Readings, position: int) -> Advice:
        """Shut."""
        return certain(0)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The rule that everybody builds first: open where it is humid, stuffy or hot, and shut where it no longer is."""

    with_co2: bool = False

    @property
    def name(self) -> str:
        """With or without a sensor of CO2."""
        return "thresholds-co2-1" if self.with_co2 else "thresholds-1"

    def advise(self, readings: Readings, position: int) -> Advice:
        """Whole, or shut; in between it stays as it is."""
        stuffy = readings.co2 if self.with_co2 and readings.co2 is not None else 0.0
        cooler = readings.temperature - readings.outdoor_temperature
        reasons: dict[Feature, bool] = {
            "humidity": readings.humidity > 60,
            "co2": stuffy > 1000,
            "temperature": readings.temperature > 25 and cooler > 1,
        }
        if any(reasons.values()):
            return certain(100, *(name for name, holds in reasons.items() if holds))
        if readings.humidity < 55 and stuffy < 800 and (readings.temperature < 23.5 or cooler < 0):
            return certain(0)
        return certain(nearest_step(position))


def with_state(readings: Readings, slice_: Mapping[str, Any], window: Mapping[str, Any], now_ms: int) -> Readings:
    """The readings, with what the state knows of weather, house and motor where nothing was measured."""
    ran_at = window["last_run_at"]
    return readings._replace(
        rain=slice_["outside"]["rain"] if readings.rain is None else readings.rain,
        quiet=slice_["home"]["quiet"] if readings.quiet is None else readings.quiet,
        since_run_h=None if ran_at is None else max(0, now_ms - milliseconds(ran_at)) / 3_600_000,
    )


def command_for(
    document: Document, name: str, planner: Planner, readings: Readings, *, now_ms: int, settings: WindowsSettings
) -> tuple[dict[str, Any], float] | None:
    """The payload of the `set_window` that advice comes to, with its confidence; None where nothing is to be done."""
    slice_ = slice_of(document)
    window = as_if(slice_["windows"][name])
    standing = window["target"] or 0
    advice = planner.advise(with_state(readings, slice_, window, now_ms), standing)
    wish = Wish(
        window=window,
        outside=slice_["outside"],
        home=slice_["home"],
        position=advice.position,
        source="sensor",
        now_ms=now_ms,
        settings=settings,
        confidence=advice.confidence,
        age_s=readings.age_s,
    )
    # Whoever doubts leaves it as it is: only what opens has to be sure.
    most = highest(dataclasses.replace(wish, confidence=1.0))
    position = min(advice.position, most) if advice.position else 0
    if abs(position - standing) < TOLERANCE:
        return None
    judged = judge(dataclasses.replace(wish, position=position))
    # What would have been done is noted: it is asked for, and refused.
    if isinstance(judged, Refusal) and judged.reason != "shadow_mode":
        return None
    made = {"window": name, "position": position, "model": planner.name, "age_s": readings.age_s}
    return {**made, **({"mattered": list(advice.mattered)} if advice.mattered else {})}, advice.confidence
