"""What is being said at a mirror, and its timers, for the displays: in memory alone, and gone when it is over."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from homeassistant.components.intent import TimerEventType, TimerInfo
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.json import json_bytes

from .client.commands import instant

_PACE = 0.1
"""Seconds between two messages while a reply grows, word for word."""
_DONE = 60.0
"""Seconds for which a timer that has run out stays."""


@dataclass(frozen=True)
class _Said:
    """What is said in a turn, or announced."""

    turn: str | None = None
    stage: str = "over"
    """`listening`, `thinking`, `speaking` or `over`."""
    heard: str | None = None
    reply: str | None = None
    error: str | None = None
    """The code of what went wrong."""


class VoiceFeed:
    """Tells what is being said as it is said; `publish` sends the message to whoever may read it."""

    def __init__(self, hass: HomeAssistant, now: Callable[[], datetime], publish: Callable[[], None]) -> None:
        self._hass = hass
        self._now = now
        self._publish = publish
        self._said = _Said()
        self._timers: dict[str, dict[str, Any]] = {}
        self._later: asyncio.TimerHandle | None = None
        self._forgetting: dict[str, asyncio.TimerHandle] = {}

    def message(self, *, words: bool) -> bytes:
        """What is said now, in JSON; without its words, how far it is, what went wrong and the timers."""
        said = self._said if words else replace(self._said, heard=None, reply=None)
        return json_bytes({"type": "voice", "voice": {**vars(said), "timers": list(self._timers.values())}})

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to be shown."""
        return self._said.stage == "over" and not self._timers

    @callback
    def begin(self, stage: str, *, turn: str | None = None, reply: str | None = None) -> None:
        """Something new is being said; of what was said before nothing is left."""
        self._said = _Said(turn, stage, reply=reply)
        self._send()

    @callback
    def change(self, **changes: Any) -> None:
        """The stage, what was heard, or the whole reply is known."""
        self._said = replace(self._said, **changes)
        self._send()

    @callback
    def grow(self, reply: str) -> None:
        """There is more of the reply: the first of it is told at once, as somebody waits for that."""
        begins = not self._said.reply
        self._said = replace(self._said, reply=(self._said.reply or "") + reply)
        if begins:
            self._send()
        else:
            self._later = self._later or self._hass.loop.call_later(_PACE, self._send)

    @callback
    def end(self, error: str | None = None, *, turn: str | None) -> None:
        """It is over, if nothing else was begun. The displays have the words while they show them; here they go."""
        if self._said.turn == turn and self._said.stage != "over":
            self.change(stage="over", error=error)
            self._said = _Said()

    @callback
    def _send(self) -> None:
        if self._later:
            self._later.cancel()
            self._later = None
        self._publish()

    @callback
    def set_timer(self, event: TimerEventType, timer: TimerInfo) -> None:
        """A timer was started, changed or cancelled, or has run out."""
        now, left = self._now(), timer.seconds_left
        if event is TimerEventType.CANCELLED:
            self._timers.pop(timer.id, None)
        else:
            before = self._timers.get(timer.id, {"started_at": instant(now)})
            self._timers[timer.id] = {
                **before,
                "id": timer.id,
                "name": timer.name,
                "ends_at": instant(now + timedelta(seconds=left)),
                "paused_left_s": None if timer.is_active or event is TimerEventType.FINISHED else left,
                "done": event is TimerEventType.FINISHED,
            }
        if event is TimerEventType.FINISHED:
            self._forgetting[timer.id] = self._hass.loop.call_later(_DONE, self._forget, timer.id)
        self._send()

    @callback
    def _forget(self, timer_id: str) -> None:
        del self._forgetting[timer_id], self._timers[timer_id]
        self._send()

    @callback
    def close(self) -> None:
        """Have nothing come any more."""
        for handle in (self._later, *self._forgetting.values()):
            if handle:
                handle.cancel()
        self._later = None
        self._forgetting.clear()
        self._timers.clear()
        self._said = _Said()
