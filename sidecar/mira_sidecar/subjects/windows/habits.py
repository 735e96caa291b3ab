"""What a room was like before a restart, from the means of minutes that are kept: its past does not begin empty."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable

from mira_sidecar.protocol import instant, milliseconds
from mira_sidecar.subjects.windows.core.past import Past
from mira_sidecar.subjects.windows.recorder import AskedReadings, MinuteMean, WindowsReadings

_DAY_MS, _MINUTE_S = 86_400_000, 60.0
_HABIT_DAYS, _WEATHER_DAYS = 28, 9
type Page = Callable[[AskedReadings], Awaitable[WindowsReadings]]
"""`Recorder.page`."""


def week_hour(at_ms: int) -> float:
    """Hours since Monday 0:00, local."""
    at = time.localtime(at_ms / 1000)
    return at.tm_wday * 24 + at.tm_hour + at.tm_min / 60 + at.tm_sec / 3600


async def recall(past: Past, page: Page, room: str, outside: str, now_ms: int) -> None:
    """Learn when somebody usually is in the room, and how warm the last days were. Raises StoreError."""
    async for one in _means(page, room, "occupied", now_ms - _HABIT_DAYS * _DAY_MS, now_ms):
        past.learn(week_hour(milliseconds(one.at)), one.mean, _MINUTE_S)
    async for one in _means(page, outside, "temperature", now_ms - _WEATHER_DAYS * _DAY_MS, now_ms):
        past.learn_weather(one.mean, _MINUTE_S)


async def _means(page: Page, room: str, kind: str, start_ms: int, end_ms: int) -> AsyncIterator[MinuteMean]:
    start: str | None = instant(start_ms)
    while start is not None:
        found = await page(AskedReadings(kind=kind, room=room, start=start, end=instant(end_ms)))
        for one in found.minutes:
            yield one
        start = found.next
