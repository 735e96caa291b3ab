"""Tells a mirror what is measured in the rooms of its windows, what the weather is, and whether anybody is home."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later, async_track_state_change_event, async_track_time_interval
from homeassistant.helpers.start import async_at_started

from .const import DOMAIN
from .coordinator import MiraCoordinator
from .errors import MiraError, MissingRight
from .readings import (
    CONF_ALARM,
    CONF_PRESENCE,
    CONF_QUIET,
    CONF_WEATHER,
    OF_ROOM,
    OF_WEATHER,
    OUTSIDE,
    house_facts,
    outside_values,
    room_values,
    sources,
)
from .subentries import async_follow_subentries
from .windows import room_of, weather, window_id, windows, windows_of

_LOGGER = logging.getLogger(__name__)

_SELDOM_S: Final = 5.0
"""At least between two messages about a room."""
_EVERY: Final = timedelta(minutes=1)
"""How often what has not changed is told again."""

type Values = dict[str, float | None]


class Room:
    """What is told of a room: when something has changed, and not too often."""

    def __init__(self, entities: list[str], values: Callable[[], Values]) -> None:
        self.entities = entities
        self.values = values
        self.told: Values | None = None
        self.told_at = 0.0
        """By the monotonic clock."""
        self.later: CALLBACK_TYPE | None = None


class ReadingsOut:
    """Tells one mirror."""

    def __init__(self, coordinator: MiraCoordinator) -> None:
        self._coordinator = coordinator
        self._hass: HomeAssistant = coordinator.hass
        self._entry = coordinator.config_entry
        self._chosen: object = None
        """What the rooms were made of."""
        self._rooms: dict[str, Room] = {}
        self._unfollow: list[CALLBACK_TYPE] = []
        self._is_there = False
        self._observing: asyncio.Task[None] | None = None
        self._is_warned = False

    @callback
    def async_follow(self) -> None:
        """Tell it until the entry is unloaded, once Home Assistant has started: before that, little is known."""
        self._entry.async_on_unload(async_at_started(self._hass, self._async_begin))
        self._entry.async_on_unload(self._async_forget)

    @callback
    def _async_begin(self, hass: HomeAssistant) -> None:
        tell_again = async_track_time_interval(hass, self._async_tell_all, _EVERY)
        self._entry.async_on_unload(tell_again)
        self._entry.async_on_unload(self._coordinator.async_add_listener(self._async_look))
        self._entry.async_on_unload(async_follow_subentries(self._coordinator, self._async_look))

    @callback
    def _async_forget(self) -> None:
        for unfollow in self._unfollow:
            unfollow()
        for room in self._rooms.values():
            if room.later:
                room.later()
        self._unfollow, self._rooms = [], {}

    @callback
    def _async_look(self) -> None:
        chosen = {key: dict(each.data) for key, each in self._entry.subentries.items()}
        if chosen != self._chosen:
            self._chosen = chosen
            self._async_follow_entities()
        was_there, self._is_there = self._is_there, windows_of(self._coordinator) is not None
        if self._is_there and not was_there:
            self._async_tell_all()
        self._async_observe()

    @callback
    def _async_follow_entities(self) -> None:
        """Follow the entities that are chosen now."""
        self._async_forget()
        entry, outside, measured = self._entry, weather(self._entry), dict[str, list[Mapping[str, Any]]]()
        for window in windows(entry).values():
            if sources(window.data, OF_ROOM):
                measured.setdefault(room_of(entry, window) or window_id(window), []).append(window.data)
        for name, chosen in measured.items():
            entities = [entity for each in chosen for entity in sources(each, OF_ROOM)]
            self._rooms[name] = Room(entities, partial(_values, self._hass, chosen))
        if outside:
            entities = sources(outside.data, (CONF_WEATHER, *OF_WEATHER))
            self._rooms[OUTSIDE] = Room(entities, partial(outside_values, self._hass, outside.data))
            house = sources(outside.data, (CONF_PRESENCE, CONF_ALARM, CONF_QUIET))
            self._follow(house, self._async_observe)
        for name, room in self._rooms.items():
            self._follow(room.entities, partial(self._async_tell, name, room))
            if self._is_there:
                self._async_tell(name, room)

    def _follow(self, entities: list[str], changed: Callable[[], None]) -> None:
        @callback
        def hear(event: Event[EventStateChangedData]) -> None:
            changed()

        self._unfollow.append(async_track_state_change_event(self._hass, entities, hear))

    @callback
    def _async_tell_all(self, *_: object) -> None:
        """Tell everything, whether it has changed or not."""
        self._async_observe()
        for name, room in self._rooms.items():
            room.told = None
            self._async_tell(name, room)

    @callback
    def _async_tell(self, name: str, room: Room, *_: object) -> None:
        """Tell what has changed, now or as soon as it may be."""
        if not self._is_there or room.later or (values := room.values()) == room.told:
            return
        if (wait := room.told_at + _SELDOM_S - time.monotonic()) > 0:
            room.later = async_call_later(self._hass, wait, HassJob(partial(self._async_tell_late, name, room)))
            return
        room.told, room.told_at = values, time.monotonic()
        self._entry.async_create_background_task(
            self._hass, self._async_send(name, values), f"{DOMAIN} {self._coordinator.name} readings"
        )

    @callback
    def _async_tell_late(self, name: str, room: Room, *_: object) -> None:
        room.later, room.told_at = None, 0.0
        self._async_tell(name, room)

    async def _async_send(self, name: str, values: Values) -> None:
        """What does not arrive is told again within a minute."""
        try:
            await self._coordinator.client.tell_readings(name, values)
        except MissingRight as err:
            # The user was made for an older version.
            level = logging.DEBUG if self._is_warned else logging.WARNING
            _LOGGER.log(level, "Readings cannot be told, see docs/installation.md: %s", err)
            self._is_warned = True
        except MiraError as err:
            _LOGGER.debug("Readings were not told: %s", err)

    @callback
    def _async_observe(self) -> None:
        """Have the mirror know of the house what it does not."""
        if self._is_there and (self._observing is None or self._observing.done()):
            self._observing = self._entry.async_create_background_task(
                self._hass, self._async_send_house(), f"{DOMAIN} {self._coordinator.name} house"
            )

    async def _async_send_house(self) -> None:
        """Tell it until it knows. What is not told now is told with the next readings."""
        try:
            while news := self._house_news():
                decision = await self._coordinator.async_send("observe_home", news, source="sensor")
                if not decision.accepted:
                    _LOGGER.debug("The mirror does not take what is known of the house: %s", decision.reason)
                    return
        except HomeAssistantError as err:
            _LOGGER.debug("The mirror was not told of the house: %s", err)

    @callback
    def _house_news(self) -> dict[str, bool | None]:
        """What the mirror does not know of the house, or has otherwise."""
        known, chosen = windows_of(self._coordinator), weather(self._entry)
        if not known or not chosen:
            return {}
        facts = house_facts(self._hass, chosen.data)
        return {name: value for name, value in facts.items() if value != getattr(known.house, name)}


@callback
def _values(hass: HomeAssistant, measured: list[Mapping[str, Any]]) -> Values:
    """What is measured in a room, by the first of its windows that knows it."""
    values: Values = {}
    for chosen in measured:
        values |= {kind: value for kind, value in room_values(hass, chosen).items() if values.get(kind) is None}
    return values
