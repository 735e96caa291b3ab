"""The weather at the windows, from readings of the room `outside`: a command where that matters to a policy."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from mira_sidecar.core.state import Document, initial_document
from mira_sidecar.parts import Now, Shell
from mira_sidecar.subjects.windows.core.facts import GUSTS
from mira_sidecar.subjects.windows.core.rooms import OUTSIDE, Air, Known
from mira_sidecar.subjects.windows.core.slice import slice_of
from mira_sidecar.subjects.windows.settings import WindowsSettings

_STEPS: Mapping[str, float] = {"temperature": 1.0, "wind": 2.0, "gust": 2.0}
"""By how much a reading changes before it is told again, in K and m/s."""
_MOST: Mapping[str, tuple[float, float]] = {"temperature": (-60, 60), "wind": (0, 120), "gust": (0, 120)}
_SWITCHES: Mapping[str, str] = {"rain": "rain", "alert": "alert", "bad_air": "air"}
"""By kind of reading, the fact that it is."""
_LOOK_S = 5.0
"""Between two looks at what has become too old."""
_AGAIN_MS = 3_000
"""Until what was told, and is not in the state, is told again."""


class Weather:
    """Tells the mirror of the weather."""

    def __init__(self, shell: Shell, air: Air) -> None:
        self._shell, self._air = shell, air
        self._storm_wind = shell.settings.of(WindowsSettings).storm_wind
        self._document: Document = initial_document()
        self._deciding = False
        self._said: set[str] = set()
        """The facts that are ours: what somebody else has told is not taken back here."""
        self._told: tuple[dict[str, Any], int] = ({}, 0)
        self._woken = asyncio.Event()
        self.wet: dict[str, tuple[bool, int]] = {}
        """By drive, what its own sensor says of rain, and when."""

    def changed(self, now: Now) -> None:
        """The mirror has changed."""
        self._document, self._deciding = now.document, now.deciding

    def heard(self) -> None:
        """Something was said about the weather. Returns at once."""
        self._woken.set()

    async def run(self) -> None:
        """Tell what matters, until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await self._woken.wait()
            self._woken.clear()
            await self._tell()

    async def _tell(self) -> None:
        now_ms = self._shell.clock.now_ms()
        known = self._air.known(OUTSIDE, now_ms)
        if (rain := self._rain(known.get("rain"), now_ms)) is not None:
            known["rain"] = rain
        news = changes(slice_of(self._document)["outside"], known, self._said, self._storm_wind)
        told, told_ms = self._told
        if not self._deciding or not news or (news == told and 0 <= now_ms - told_ms < _AGAIN_MS):
            return
        self._told = news, now_ms
        self._said |= news.keys()
        await self._shell.submit("sensor", "observe_weather", news)

    def _rain(self, known: Known | None, now_ms: int) -> Known | None:
        """Whether it rains by the sensors, or by those of the drives."""
        stale_ms = self._shell.settings.of(WindowsSettings).stale_s * 1000
        fresh = [wet for wet, at_ms in self.wet.values() if wet or now_ms - at_ms <= stale_ms]
        if not fresh:
            return known
        if any(fresh) or known is None or not known.fresh:
            return Known(float(any(fresh)), 0, True)
        return known


def changes(
    outside: Mapping[str, Any], known: Mapping[str, Known], said: set[str], storm_wind: float
) -> dict[str, Any]:
    """What matters of the weather that is known now, against that of the state; `said`: the facts that are ours.

    What is too old, or was ours and is said by nobody any more, is not known.
    """
    return dict(_changes(outside, known, said, storm_wind))


def _changes(
    outside: Mapping[str, Any], known: Mapping[str, Known], said: set[str], storm_wind: float
) -> Iterator[tuple[str, Any]]:
    limits = {"wind": storm_wind, "gust": GUSTS * storm_wind}
    for kind, step in _STEPS.items():
        before, value = outside[kind], _value(kind, known.get(kind))
        if value is None:
            if before is not None and (kind in known or kind in said):
                yield kind, None
        elif before is None or abs(value - before) >= step or _crosses(limits.get(kind), before, value):
            yield kind, value
    for kind, fact in _SWITCHES.items():
        one, before = known.get(kind), outside[fact]
        if one is None or not one.fresh:
            if before is not None and (one is not None or fact in said):
                yield fact, None
            continue
        now: bool | str = one.value > 0
        if fact == "air":
            now = "bad" if now else "good"
        if now != before:
            yield fact, now


def _value(kind: str, known: Known | None) -> float | None:
    if known is None or not known.fresh:
        return None
    low, high = _MOST[kind]
    return round(known.value, 1) if low <= known.value <= high else None


def _crosses(limit: float | None, before: float, value: float) -> bool:
    return limit is not None and (before >= limit) != (value >= limit)
