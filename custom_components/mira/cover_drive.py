"""Moves a window by an existing cover, as the mirror has decided, and tells it where the window stands."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any, Final, Literal

from homeassistant.components.cover import CoverState
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_RESTORED,
    ATTR_SUPPORTED_FEATURES,
    EVENT_HOMEASSISTANT_STOP,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    Platform,
)
from homeassistant.core import CALLBACK_TYPE, Context, Event, EventStateChangedData, HassJob, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later, async_track_state_change_event

from .const import DOMAIN
from .coordinator import MiraCoordinator
from .cover_reports import STEP, CoverReports
from .cover_way import CoverWay, way_of
from .models.windows import Run, Window
from .windows import CONF_CONTACT, CONF_COVER, CONF_TRAVEL_S, HOME

_LOGGER = logging.getLogger(__name__)

OPEN: Final = 100
FRESH_S: Final = 10.0
"""A run that is older, by the mirror's clock, is not begun: nobody expects it any more."""
SETTLE_S: Final = 2.0
"""A cover that has said nothing for so long rests."""
CONTACT_S: Final = 15.0
"""For so long a contact may contradict it: some wait for a while before they speak."""
_NEARLY_SHUT: Final = 2 * STEP
_MOVING: Final = (CoverState.OPENING, CoverState.CLOSING)


class _CannotMoveError(HomeAssistantError):
    """The cover cannot do what is asked of it: the log says so, and the mirror is told."""


class CoverDrive:
    """One window, and the cover that moves it."""

    def __init__(self, coordinator: MiraCoordinator, window: str, chosen: Mapping[str, Any]) -> None:
        self.cover: str = chosen[CONF_COVER]
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._window = window
        self._contact: str | None = chosen.get(CONF_CONTACT)
        self._travel_s: float = chosen.get(CONF_TRAVEL_S, 0.0)
        self._run: Run | None = None
        self._fault: str | None = None
        self._has_seen = False
        self._reports = CoverReports()
        self._assumed: int | None = None
        """Where a cover stands that does not say so itself."""
        self._moving: asyncio.Task[None] | None = None
        self._stops: str | None = None
        """The action of a cover that is to be stopped on its way."""
        self._telling: asyncio.Task[None] | None = None
        self._untold: dict[str, Any] | None = None
        self._is_contradicted = False
        self._timer: CALLBACK_TYPE | None = None
        self._resting_at = 0
        """Where it was when the timer began."""
        entities = [self.cover, *([self._contact] if self._contact else [])]
        self._unfollow = [
            async_track_state_change_event(self._hass, entities, self._async_changed),
            self._hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._async_home_stops),
        ]

    @callback
    def async_close(self) -> None:
        """Follow it no more. One that runs by time is stopped: nobody would do that later."""
        for unfollow in self._unfollow:
            unfollow()
        self._set_timer(None)
        self._async_cancel(stop=True)

    @callback
    def _async_home_stops(self, event: Event) -> None:
        self._async_cancel(stop=True)

    @callback
    def async_see(self, window: Window | None, *, is_live: bool, context: Context | None = None) -> None:
        """Carry out what the mirror has newly decided; it is not `is_live` after an outage of either."""
        run = window.run if window and window.drive and window.drive.kind == HOME else None
        before, self._run = self._run, run
        self._fault = window.fault if window else None
        if run and run != before:
            self._async_begin(run, context)
        elif before and not run and is_live and window and window.target is None:
            self._async_stop(context)
        if window and not (is_live and self._has_seen):
            self._reports.begin(window.position)
            self._assumed = window.position if self._assumed is None else self._assumed
            self._async_look()
            self._async_be_back()
        self._has_seen = self._has_seen or window is not None

    @callback
    def _async_begin(self, run: Run, context: Context | None) -> None:
        age, state = abs((self._coordinator.client.now() - run.at).total_seconds()), self._state
        if age > FRESH_S:
            # The first one may be under way since before Home Assistant was restarted.
            if self._has_seen:
                self._drop(run, "late")
            elif state and state.state not in _MOVING and not self._stands_at(state, run.to):
                self._drop(run, "unheard")
        elif state is None:
            self._drop(run, "unreachable")
        else:
            self._async_start(self._async_move(run.to, _own(context)), run.to, run)

    @property
    def is_reachable(self) -> bool:
        """Whether the cover is there."""
        return self._state is not None

    @callback
    def async_shut(self) -> bool:
        """Shut it without the mirror; whether there is something to shut."""
        state = self._state
        if state is None or self._position(state) == 0:
            return False
        self._async_start(self._async_move(0, Context()), 0)
        return True

    async def async_told(self) -> None:
        """Wait until the mirror was told where it stands."""
        while self._telling and not self._telling.done():
            await asyncio.wait([self._telling])

    @callback
    def _async_start(self, moving: Coroutine[Any, Any, None], to: int | None, run: Run | None = None) -> None:
        self._async_cancel()
        self._set_timer(None)  # it does not rest, however long it takes to say so
        self._reports.head_for(to)
        self._moving = self._background(self._async_try(moving, run), "moves")

    async def _async_try(self, moving: Coroutine[Any, Any, None], run: Run | None) -> None:
        """Do it; a run whose cover cannot is dropped."""
        try:
            await moving
        except HomeAssistantError as err:
            _LOGGER.warning("%s could not be moved: %s", self.cover, err)
            if run:
                self._drop(run, "unreachable")

    @callback
    def _async_stop(self, context: Context | None) -> None:
        """Stop it where it has got to."""
        state = self._state
        way = _way(state) if state else None
        if way and way.stops:
            self._async_start(self._async_call(way.stops, _own(context)), None)
            self._reports.begin(None)
            self._set_timer(SETTLE_S, self._async_rest)

    @callback
    def _async_cancel(self, *, stop: bool = False) -> None:
        """End what is being done. A cover that runs by time runs on, unless it is to stop."""
        if self._moving:
            self._moving.cancel()
            self._moving = None
        if stop and self._stops:
            stopping = self._async_try(self._async_call(self._stops, Context()), None)
            self._hass.async_create_task(stopping)
        self._stops = None

    async def _async_move(self, to: int, context: Context) -> None:
        """Move it, and never further open than asked. Raises HomeAssistantError."""
        state = self._state
        way = _way(state) if state else None
        if state is None or way is None:
            raise _CannotMoveError("It cannot be moved any more.")
        start, says = self._position(state), _says_position(state)
        if not to and way.shuts:
            await self._async_call(way.shuts, context)
        elif to == OPEN and way.opens:
            await self._async_call(way.opens, context)
        elif way.goes_to:
            await self._async_call(way.goes_to, context, **{way.to: to})
        else:
            await self._async_move_by_time(start, to, way, context)
            return
        if not says:
            await self._async_arrive(start, to)
            self._async_rest()

    async def _async_move_by_time(self, start: int | None, to: int, way: CoverWay, context: Context) -> None:
        """Open or shut it, and stop it in time."""
        if not (way.opens and way.shuts and way.stops and self._travel_s):
            raise _CannotMoveError("It can only be opened and shut all the way.")
        if start is None:  # it is shut first: then that is known
            await self._async_call(way.shuts, context)
            await self._async_arrive(None, 0)
            start = 0
        self._stops = way.stops
        await self._async_call(way.opens if to > start else way.shuts, context)
        await self._async_arrive(start, to)
        self._stops = None
        await self._async_call(way.stops, context)
        self._async_rest()

    async def _async_arrive(self, start: int | None, to: int) -> None:
        """Wait until it is there; whatever ends that, know where it has got to."""
        start = OPEN - to if start is None else start
        began, takes_s = time.monotonic(), max(self._travel_s * abs(to - start) / OPEN, 0.001)
        try:
            await asyncio.sleep(takes_s)
        finally:
            part = min(1.0, (time.monotonic() - began) / takes_s)
            self._assumed = round(start + (to - start) * part)

    async def _async_call(self, action: str, context: Context, **data: Any) -> None:
        data[ATTR_ENTITY_ID] = self.cover
        await self._hass.services.async_call(Platform.COVER, action, data, blocking=True, context=context)

    @property
    def _state(self) -> State | None:
        """The cover's; None while it cannot be reached."""
        state = self._hass.states.get(self.cover)
        if state is None or state.state == STATE_UNAVAILABLE or state.attributes.get(ATTR_RESTORED):
            return None
        return state

    @callback
    def _position(self, state: State) -> int | None:
        """Where it stands; where it should, for one that does not say so. None: nobody knows."""
        way = _way(state)
        if way and _says_position(state):
            position: float = state.attributes[way.position]
            return min(OPEN, max(0, round(position)))
        if state.state == CoverState.CLOSED:
            self._assumed = 0
        elif state.state == CoverState.OPEN and not self._assumed:
            self._assumed = OPEN  # by somebody else, who goes all the way
        return self._assumed

    def _stands_at(self, state: State, to: int) -> bool:
        position = self._position(state)
        return position is None or abs(position - to) <= STEP

    @callback
    def _async_changed(self, event: Event[EventStateChangedData]) -> None:
        before = event.data["old_state"]
        if event.data["entity_id"] == self._contact:
            self._set_timer(None)
        self._async_look()
        was_away = before is None or before.state == STATE_UNAVAILABLE
        if was_away and event.data["entity_id"] == self.cover:
            self._async_be_back()

    @callback
    def _async_be_back(self) -> None:
        """Have the mirror move it again, where it was given up because it could not be reached."""
        if self._state and self._fault == "silent":
            self._send("window_recovered", {"window": self._window}, source="automation")

    @callback
    def _async_look(self) -> None:
        """Tell where it stands, as far as that is news."""
        state = self._state
        if state is None or (self._is_moving and not _says_position(state)):
            return
        position = self._position(state)
        if position is None:
            return
        is_moving = state.state in _MOVING
        if self._reports.see(position, moving=is_moving):
            self._tell(position)
        if is_moving or not self._timer or abs(position - self._resting_at) >= STEP:  # noise has no end
            self._resting_at = position
            self._set_timer(SETTLE_S, self._async_rest)

    @callback
    def _async_rest(self, *_: object) -> None:
        """It has not moved for a while, or is where it was sent."""
        self._set_timer(None)
        state = self._state
        position = self._position(state) if state else None
        if state is None or position is None or state.state in _MOVING:
            return
        if self._reports.settle(position):
            self._tell(position)
        if self._contact:
            self._set_timer(CONTACT_S, partial(self._async_compare, self._contact, position))

    @callback
    def _async_compare(self, contact: str, position: int, *_: object) -> None:
        """Tell what the window's own contact says, where that is something else."""
        self._timer = None
        state = self._hass.states.get(contact)
        closed = {STATE_ON: False, STATE_OFF: True}.get(state.state) if state else None
        contradicts = closed is not None and (position > _NEARLY_SHUT if closed else position == 0)
        if contradicts and not self._is_contradicted:
            self._tell(position, closed=closed)
        self._is_contradicted = contradicts

    @property
    def _is_moving(self) -> bool:
        return self._moving is not None and not self._moving.done()

    @callback
    def _set_timer(self, seconds: float | None, then: Callable[..., None] | None = None) -> None:
        """Have the one timer end then, or not at all."""
        if self._timer:
            self._timer()
        self._timer = async_call_later(self._hass, seconds, HassJob(then)) if seconds and then else None

    @callback
    def _tell(self, position: int, **more: Any) -> None:
        """Tell the mirror, of several positions the newest."""
        self._untold = {"window": self._window, "position": position, **more}
        if self._telling is None or self._telling.done():
            self._telling = self._background(self._async_tell(), "position")

    async def _async_tell(self) -> None:
        try:
            while report := self._untold:
                self._untold = None
                await self._coordinator.async_send("window_moved", report, source="sensor")
        except HomeAssistantError as err:
            _LOGGER.debug("%s was not told where a window stands: %s", self._coordinator.name, err)
            self._reports.begin(None)

    @callback
    def _drop(self, run: Run, why: Literal["late", "unheard", "unreachable"]) -> None:
        """Have the mirror decide anew: this run is not begun."""
        self._send("drop_run", {"window": self._window, "run": run.id, "why": why}, source="sensor")

    @callback
    def _send(self, action: str, payload: Mapping[str, Any], source: str) -> None:
        async def send() -> None:
            try:
                await self._coordinator.async_send(action, payload, source=source)
            except HomeAssistantError as err:
                _LOGGER.debug("%s was not told of a window: %s", self._coordinator.name, err)

        self._background(send(), action)

    def _background(self, coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        return self._coordinator.config_entry.async_create_background_task(
            self._hass, coroutine, f"{DOMAIN} {self._coordinator.name} {name}"
        )


def _own(context: Context | None) -> Context:
    """A context of our own, in that of whoever changed the mirror."""
    return Context(parent_id=context.id if context else None)


def _says_position(state: State) -> bool:
    """Whether the cover says itself where it stands."""
    way = _way(state)
    return way is not None and isinstance(state.attributes.get(way.position), int | float)


def _way(state: State) -> CoverWay | None:
    return way_of(state.attributes.get(ATTR_SUPPORTED_FEATURES, 0))
