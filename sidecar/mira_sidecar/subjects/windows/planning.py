"""Plans how far windows are to be open: each few minutes, and at once where what is measured makes a difference."""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import uuid7

import msgspec
import structlog

from mira_sidecar.core.state import Document, initial_document
from mira_sidecar.parts import Now, Shell
from mira_sidecar.protocol import Event, milliseconds
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.side import Row
from mira_sidecar.subjects.windows import habits
from mira_sidecar.subjects.windows.core.air import absolute_humidity, humidity_ratio
from mira_sidecar.subjects.windows.core.airing import Airing
from mira_sidecar.subjects.windows.core.basis import Basis, Noting
from mira_sidecar.subjects.windows.core.drives import Aired
from mira_sidecar.subjects.windows.core.live_air import Advised
from mira_sidecar.subjects.windows.core.needs import Needs
from mira_sidecar.subjects.windows.core.past import Past
from mira_sidecar.subjects.windows.core.planner import Planner, Readings, command_for, with_state
from mira_sidecar.subjects.windows.core.rooms import OUTSIDE, Air
from mira_sidecar.subjects.windows.core.shadow import as_if
from mira_sidecar.subjects.windows.core.slice import RoomKind, slice_of
from mira_sidecar.subjects.windows.kept import DECISIONS
from mira_sidecar.subjects.windows.settings import WindowsSettings

log = structlog.get_logger()

_GAP_S = 0.25
"""Between two looks at one window: a sensor may send as often as it likes."""
_LOOK_S = 1.0
_EFFECT_S = 60.0
"""Between two looks whether open windows air their rooms."""
_WAITING = 256
"""Decisions whose numbers wait at most for a side store that cannot be opened, or to be decided."""
_DIGITS = 32
_STEERS = ("auto", "shadow", "locked", "limits", "held_until", "fault", "kind", "room", "travel_s", "drive")
"""Members of a window after whose change it is planned anew."""


class _Kept(NamedTuple):
    """What is to be written of a decision."""

    command_id: str
    window: str
    at_ms: int
    basis: Basis


class Planning:
    """Asks planners, and sends what comes of it as commands of sensors."""

    def __init__(
        self, shell: Shell, air: Air, page: habits.Page, planner_for: Callable[[RoomKind], Planner] = Needs
    ) -> None:
        """`page`: what was measured before."""
        self._shell, self._air, self._page, self._planner_for = shell, air, page, planner_for
        self._settings = shell.settings.of(WindowsSettings)
        self._document: Document = initial_document()
        self._deciding = False
        self._pasts: dict[str, Past] = {}
        self._airings: dict[str, Airing] = {}
        self._advised: dict[str, int] = {}
        """By window, what was advised when it was planned last."""
        self._dirty: set[str] = set()
        self._looked_s: dict[str, float] = {}
        self._planned_s: dict[str, float] = {}
        self._bases: dict[str, tuple[str, Basis]] = {}
        """By command, what waits to be decided."""
        self._decided: asyncio.Queue[_Kept] = asyncio.Queue(_WAITING)
        self._woken = asyncio.Event()

    def changed(self, now: Now) -> None:
        """The mirror has changed. Returns at once."""
        before = slice_of(self._document)["windows"]
        self._document, self._deciding = now.document, now.deciding
        there = slice_of(now.document)["windows"]
        for name in self._looked_s.keys() - there.keys():
            self._forget(name)
        for name, window in there.items():
            if _steering(window) != _steering(before.get(name, {})):
                self._planned_s.pop(name, None)
                self._woken.set()

    def heard(self, rooms: Collection[str]) -> None:
        """Something was said about these rooms. Returns at once."""
        for name, window in slice_of(self._document)["windows"].items():
            if OUTSIDE in rooms or (window["room"] or name) in rooms:
                self._dirty.add(name)
                self._woken.set()

    def decided(self, events: Sequence[Event]) -> None:
        """These are stored and published. Returns at once."""
        for event in events:
            if event.type == "state_patch" or (known := self._bases.pop(event.command_id, None)) is None:
                continue
            if (event.type == "accepted" or event.reason == "shadow_mode") and not self._decided.full():
                self._decided.put_nowait(_Kept(event.command_id, known[0], milliseconds(event.ts), known[1]))

    async def plan(self) -> None:
        """Plan, until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GAP_S if self._dirty else _LOOK_S):
                    await self._woken.wait()
            self._woken.clear()
            if self._deciding:
                for name, window in [*slice_of(self._document)["windows"].items()]:
                    await self._look(name, window)

    async def keep(self) -> None:
        """Keep what decisions were made from, until cancelled."""
        while True:
            one = await self._decided.get()
            side = await self._shell.side.opened()
            row = Row(id=one.command_id, at_ms=one.at_ms, value=one.basis, columns={"window": one.window})
            try:
                await side.put(DECISIONS, row)
            except StoreError as error:
                log.warning("what a decision was made from is not kept", command_id=one.command_id, why=str(error))

    async def watch(self) -> None:
        """See whether open windows air their rooms, until cancelled."""
        while True:
            await asyncio.sleep(_EFFECT_S)
            now_ms = self._shell.clock.now_ms()
            for name, window in [*slice_of(self._document)["windows"].items()]:
                aired = self._aired(name, window, now_ms)
                if aired and self._airings.setdefault(name, Airing()).look(aired, now_ms) and self._deciding:
                    await self._shell.submit("sensor", "window_fault", {"window": name, "fault": "no_effect"})

    async def _look(self, name: str, window: Mapping[str, Any]) -> None:
        """Ask the planner of one window, where it is time or something was measured."""
        now_s = time.monotonic()
        is_due = now_s - self._planned_s.get(name, -1e9) >= self._settings.plan_minutes * 60
        if not (is_due or (name in self._dirty and now_s - self._looked_s.get(name, -1e9) >= _GAP_S)):
            return
        self._dirty.discard(name)
        self._looked_s[name] = now_s
        now_ms = self._shell.clock.now_ms()
        readings = await self._readings(name, window, now_ms)
        if readings is None or not (window["auto"] or window["shadow"]):
            self._air.advice.pop(name, None)
            return
        planner = Noting(self._planner_for(window["kind"]), window["kind"])
        stands = as_if(window)
        known = with_state(readings, slice_of(self._document), stands, now_ms)
        advice = planner.advise(known, stands["target"] or 0)
        self._air.advice[name] = Advised(advice.position, round(advice.confidence, 2), list(advice.mattered))
        if not is_due and advice.position == self._advised.get(name):
            return
        self._advised[name], self._planned_s[name] = advice.position, now_s
        await self._ask(name, window, planner, readings, now_ms)

    async def _ask(
        self, name: str, window: Mapping[str, Any], planner: Noting, readings: Readings, now_ms: int
    ) -> None:
        """Send what is advised, where it is worth a run."""
        wanted = command_for(self._document, name, planner, readings, now_ms=now_ms, settings=self._settings)
        if wanted is None or planner.basis is None:
            return
        payload, confidence = wanted
        if not window["shadow"] and window.get("drive") is None:
            return  # nothing would come of it but a motor that says nothing
        command_id = str(uuid7())
        self._bases[command_id] = (name, planner.basis)
        while len(self._bases) > _WAITING:
            del self._bases[next(iter(self._bases))]
        payload["features"] = digest(planner.basis)
        await self._shell.submit("sensor", "set_window", payload, confidence=confidence, command_id=command_id)

    def _forget(self, name: str) -> None:
        """A window was removed."""
        kept = (self._pasts, self._airings, self._advised, self._looked_s, self._planned_s)
        for by_window in (*kept, self._air.advice):
            by_window.pop(name, None)
        self._dirty.discard(name)

    async def _readings(self, name: str, window: Mapping[str, Any], now_ms: int) -> Readings | None:
        room = window["room"] or name
        readings = self._air.readings(room, now_ms)
        if readings is None:
            return None
        if (past := self._pasts.get(name)) is None:
            past = self._pasts[name] = Past()
            try:
                await habits.recall(past, self._page, room, OUTSIDE, now_ms)
            except StoreError as error:
                log.info("what a room was like before is not known", window=name, why=str(error))
        return past.complete(readings, now_ms, habits.week_hour(now_ms))

    def _aired(self, name: str, window: Mapping[str, Any], now_ms: int) -> Aired | None:
        """The humidity on both sides of a window that stands still; None where that is not known."""
        if window["run"] or window["fault"] or window["position"] is None or window.get("drive") is None:
            return None
        readings = self._air.readings(window["room"] or name, now_ms)
        humid = self._air.known(OUTSIDE, now_ms).get("humidity")
        if readings is None or readings.age_s > self._settings.stale_s or humid is None or not humid.fresh:
            return None
        inside = _absolute(readings.temperature, readings.humidity)
        return Aired(inside, _absolute(readings.outdoor_temperature, readings.outdoor_humidity), window["position"])


def digest(basis: Basis) -> str:
    """What stands in the log for it."""
    return hashlib.sha256(msgspec.json.encode(basis, order="sorted")).hexdigest()[:_DIGITS]


def _steering(window: Mapping[str, Any]) -> list[Any]:
    return [window.get(member) for member in _STEERS]


def _absolute(temperature: float, humidity: float) -> float:
    return absolute_humidity(temperature, humidity_ratio(temperature, humidity))
