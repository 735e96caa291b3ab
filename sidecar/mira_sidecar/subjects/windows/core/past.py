"""What a room was like before: what a model looks at beside the present. Pure: whoever asks says how late it is."""

import math

from mira_sidecar.subjects.windows.core.planner import Readings

HALF_HOURS = 336
"""Of a week."""
_LATELY_MS, _DAYS_MS = 1_800_000, 4.5 * 86_400_000
"""How long trends and the mean of the days remember: the latter as 0.8 of the mean of the day before, EN 16798-1."""
_GAP_MS = 7_200_000
"""After which what was before says nothing about the present."""
_HABIT_S = 4 * 1_800.0
"""How much of a half hour of the week is remembered: four weeks' worth, then half of it is let go."""


class Past:
    """The past of one room. What is not known yet stays None, and a model does without it."""

    def __init__(self) -> None:
        self._at_ms: int | None = None
        self._there_since_ms: int | None = None
        self._temperature = self._humidity = 0.0
        self._noise: float | None = None
        self._outdoor: float | None = None
        self._seen, self._there = [0.0] * HALF_HOURS, [0.0] * HALF_HOURS

    def learn(self, week_hour: float, share: float, seconds: float) -> None:
        """Somebody was in the room for this share of so many seconds; `week_hour`: local, from Monday 0:00."""
        place = _half_hour(week_hour)
        self._seen[place] += seconds
        self._there[place] += seconds * share
        if self._seen[place] > _HABIT_S:
            self._seen[place] /= 2
            self._there[place] /= 2

    def learn_weather(self, outdoor_temperature: float, seconds: float) -> None:
        """It was so warm outside, in °C, for so long."""
        self._outdoor = _towards(self._outdoor, outdoor_temperature, seconds * 1000 / _DAYS_MS)

    def complete(self, readings: Readings, now_ms: int, week_hour: float) -> Readings:
        """The readings, with what follows from those before; and remember them. `week_hour`: as above."""
        apart_ms = _GAP_MS if self._at_ms is None else max(0, now_ms - self._at_ms)
        goes_on = self._at_ms is not None and apart_ms < _GAP_MS
        self._at_ms = now_ms
        if goes_on:
            self.learn(week_hour, float(readings.occupied), apart_ms / 1000)
        if not readings.occupied:
            self._there_since_ms = None
        elif self._there_since_ms is None or not goes_on:
            self._there_since_ms = now_ms
        self._outdoor = _towards(self._outdoor, readings.outdoor_temperature, apart_ms / _DAYS_MS)
        if readings.noise is not None:
            self._noise = _towards(self._noise if goes_on else None, readings.noise, apart_ms / _LATELY_MS)
        trends = (readings.temperature - self._temperature, readings.humidity - self._humidity) if goes_on else None
        lately = apart_ms / _LATELY_MS
        self._temperature = _towards(self._temperature if goes_on else None, readings.temperature, lately)
        self._humidity = _towards(self._humidity if goes_on else None, readings.humidity, lately)
        there = self._there_since_ms
        return readings._replace(
            hour=week_hour % 24,
            day_off=week_hour >= 5 * 24,
            noise_lately=self._noise,
            outdoor_mean=self._outdoor,
            temperature_trend=trends[0] if trends else None,
            humidity_trend=trends[1] if trends else None,
            occupied_h=0.0 if there is None else max(0, now_ms - there) / 3_600_000,
            usually_there=self._usually(week_hour),
        )

    def _usually(self, week_hour: float) -> float | None:
        place = _half_hour(week_hour)
        return self._there[place] / self._seen[place] if self._seen[place] else None


def _half_hour(week_hour: float) -> int:
    return int(week_hour * 2) % HALF_HOURS


def _towards(before: float | None, now: float, apart: float) -> float:
    """A running mean; `apart`: in the time that it remembers."""
    return now if before is None else now + (before - now) * math.exp(-apart)
