"""Adds a window to a mirror, and changes it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import voluptuous as vol
from homeassistant.components.cover import CoverDeviceClass
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigSubentry, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_SUPPORTED_FEATURES, CONF_NAME, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)

from .const import DOMAIN
from .coordinator import MiraConfigEntry
from .cover_way import way_of
from .helpers import all_mirrors, is_loaded
from .models.windows import Windows
from .readings import OF_ROOM
from .windows import (
    CONF_CONTACT,
    CONF_COVER,
    CONF_KIND,
    CONF_MOVED_BY,
    CONF_PROFILE,
    CONF_ROOM,
    CONF_SAME_ROOM,
    CONF_TOPIC,
    CONF_TRAVEL_S,
    CONF_WINDOW,
    HOME,
    MOVED_BY,
    MQTT,
    PROFILES,
    ROOM_KINDS,
    windows,
    windows_of,
)

TOPIC: Final = re.compile(r"[0-9A-Za-z_.:-]{1,64}(/[0-9A-Za-z_.:-]{1,64}){0,7}")
"""As the protocol has it."""
_OTHER_THINGS: Final = frozenset(CoverDeviceClass) - {CoverDeviceClass.WINDOW}
"""What a cover may say that it is, and then is no window."""
_TRAVEL_S: Final = NumberSelector(
    NumberSelectorConfig(min=1, max=600, step="any", unit_of_measurement="s", mode=NumberSelectorMode.BOX)
)

WINDOW_FIELDS: Final[dict[vol.Marker, Any]] = {
    vol.Required(CONF_NAME): TextSelector(),
    vol.Required(CONF_KIND): SelectSelector(SelectSelectorConfig(options=list(ROOM_KINDS), translation_key=CONF_KIND)),
    vol.Required(CONF_MOVED_BY, default=HOME): SelectSelector(
        SelectSelectorConfig(options=list(MOVED_BY), translation_key=CONF_MOVED_BY)
    ),
}
MQTT_FIELDS: Final[dict[vol.Marker, Any]] = {
    vol.Optional(CONF_TOPIC): TextSelector(),
    vol.Required(CONF_PROFILE, default=next(iter(PROFILES))): SelectSelector(
        SelectSelectorConfig(options=[SelectOptionDict(value=key, label=name) for key, name in PROFILES.items()])
    ),
    vol.Optional(CONF_TRAVEL_S): _TRAVEL_S,
}
ROOM_FIELDS: Final[dict[vol.Marker, Any]] = {
    vol.Optional(kind): EntitySelector(EntitySelectorConfig(filter=where)) for kind, where in OF_ROOM.items()
}


def cover_fields(excluded: list[str]) -> dict[vol.Marker, Any]:
    """Those that ask for a cover; `excluded`: the covers that are none of a window."""
    contact = EntityWithDeviceFilterSelectorConfig(domain="binary_sensor", device_class=["window", "opening", "door"])
    return {
        vol.Required(CONF_COVER): EntitySelector(EntitySelectorConfig(domain="cover", exclude_entities=excluded)),
        vol.Optional(CONF_TRAVEL_S): _TRAVEL_S,
        vol.Optional(CONF_CONTACT): EntitySelector(EntitySelectorConfig(filter=contact)),
    }


class WindowFlow(ConfigSubentryFlow):
    """Asks what a window is called, what moves it, and what measures its room."""

    def __init__(self) -> None:
        self._entered: dict[str, Any] = {}
        self._before: Mapping[str, Any] = {}
        """What was set up, for the forms to begin with."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a window: a new one, or one that the mirror has already."""
        entry: MiraConfigEntry = self._get_entry()
        if reason := unavailable(entry):
            return self.async_abort(reason=reason)
        unnamed = _unnamed(entry)
        fields = {vol.Optional(CONF_WINDOW): SelectSelector(SelectSelectorConfig(options=sorted(unnamed)))}
        if user_input and (room := unnamed.get(user_input.get(CONF_WINDOW, ""))):
            user_input |= {CONF_ROOM: room}
        return await self._async_begin("user", {**WINDOW_FIELDS, **(fields if unnamed else {})}, user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a window. The mirror is told at once, or when it is back."""
        window = self._get_reconfigure_subentry()
        self._before = {CONF_NAME: window.title, **window.data}
        kept = {name: value for name, value in window.data.items() if name in (CONF_WINDOW, CONF_ROOM)}
        return await self._async_begin("reconfigure", WINDOW_FIELDS, {**user_input, **kept} if user_input else None)

    async def _async_begin(
        self, step: str, fields: dict[vol.Marker, Any], user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        errors = {CONF_NAME: "required"} if user_input and not user_input[CONF_NAME].strip() else {}
        if user_input is None or errors:
            return self._form(step, fields, user_input, errors)
        self._entered = user_input
        if user_input[CONF_MOVED_BY] == HOME:
            return await self.async_step_cover()
        if user_input[CONF_MOVED_BY] == MQTT:
            return await self.async_step_mqtt()
        return await self.async_step_room()

    async def async_step_cover(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which cover it is."""
        fields = cover_fields([*self._taken, *_no_windows(self.hass)])
        errors = self._cover_errors(user_input) if user_input else {}
        if user_input is None or errors:
            return self._form("cover", fields, user_input, errors)
        self._entered |= user_input
        return await self.async_step_room()

    async def async_step_mqtt(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask by what its drive is known."""
        topic = user_input.get(CONF_TOPIC) if user_input else None
        errors = {CONF_TOPIC: "topic_format"} if topic and not TOPIC.fullmatch(topic) else {}
        if user_input is None or errors:
            return self._form("mqtt", MQTT_FIELDS, user_input, errors)
        self._entered |= user_input
        return await self.async_step_room()

    async def async_step_room(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask what measures its room, and keep all that was entered."""
        others = [SelectOptionDict(value=key, label=each.title) for key, each in self._sharing()]
        choice = {vol.Optional(CONF_SAME_ROOM): SelectSelector(SelectSelectorConfig(options=others))}
        errors = missing(self.hass, user_input, OF_ROOM) if user_input else {}
        if user_input is None or errors:
            return self._form("room", {**ROOM_FIELDS, **(choice if others else {})}, user_input, errors)
        entered = {**self._entered, **user_input}
        title = entered.pop(CONF_NAME).strip()
        if self.source == SOURCE_RECONFIGURE:
            window = self._get_reconfigure_subentry()
            return self.async_update_and_abort(self._get_entry(), window, title=title, data=entered)
        return self.async_create_entry(title=title, data=entered)

    def _form(
        self,
        step: str,
        fields: dict[vol.Marker, Any],
        user_input: Mapping[str, Any] | None,
        errors: dict[str, str],
    ) -> SubentryFlowResult:
        values = self._before if user_input is None else user_input
        schema = self.add_suggested_values_to_schema(vol.Schema(fields), values)
        return self.async_show_form(step_id=step, data_schema=schema, errors=errors)

    @property
    def _own_id(self) -> str | None:
        return self._get_reconfigure_subentry().subentry_id if self.source == SOURCE_RECONFIGURE else None

    @property
    def _taken(self) -> list[str]:
        """The covers of other windows, of all mirrors."""
        subentries = [each for entry in all_mirrors(self.hass) for each in windows(entry).values()]
        others = (each for each in subentries if each.subentry_id != self._own_id)
        return [each.data[CONF_COVER] for each in others if CONF_COVER in each.data]

    def _cover_errors(self, entered: Mapping[str, Any]) -> dict[str, str]:
        errors = missing(self.hass, entered, (CONF_COVER, CONF_CONTACT))
        cover = entered[CONF_COVER]
        way = way_of(features_of(self.hass, cover))
        if CONF_COVER in errors:
            return errors
        if _is_own(self.hass, cover):
            errors[CONF_COVER] = "own_cover"
        elif cover in self._taken:
            errors[CONF_COVER] = "cover_taken"
        elif way is None:
            errors[CONF_COVER] = "cover_cannot_move"
        elif not way.is_partial:
            errors[CONF_COVER] = "cover_cannot_stop"
        elif not way.goes_to and CONF_TRAVEL_S not in entered:
            errors[CONF_TRAVEL_S] = "travel_time_needed"
        return errors

    def _sharing(self) -> Iterator[tuple[str, ConfigSubentry]]:
        """The windows whose room it may share: those that do not share its own."""
        entry: MiraConfigEntry = self._get_entry()
        for each in windows(entry).values():
            rooms, place = set[str](), each
            while place.subentry_id not in rooms:
                rooms.add(place.subentry_id)
                place = entry.subentries.get(place.data.get(CONF_SAME_ROOM, ""), place)
            if self._own_id not in rooms:
                yield each.subentry_id, each


@callback
def unavailable(entry: MiraConfigEntry) -> str | None:
    """Why nothing can be added now; None: it can."""
    if not is_loaded(entry):
        return "not_loaded"
    view = entry.runtime_data.data
    if view.has_subject(Windows.subject) is False:
        return "windows_off"
    return None if view.connected else "mirror_unavailable"


@callback
def missing(hass: HomeAssistant, entered: Mapping[str, Any], fields: Iterable[str]) -> dict[str, str]:
    """The errors of those fields that name an entity which does not exist, or not any more."""
    registry = er.async_get(hass)

    def exists(entity_id: str) -> bool:
        known = registry.async_get(entity_id)
        return hass.states.get(entity_id) is not None or (known is not None and not known.disabled)

    def all_exist(value: str | list[str]) -> bool:
        return all(map(exists, [value] if isinstance(value, str) else value))

    return {name: "entity_not_found" for name in fields if name in entered and not all_exist(entered[name])}


@callback
def features_of(hass: HomeAssistant, cover: str) -> int:
    """What a cover supports; what it did, while it is not there."""
    if state := hass.states.get(cover):
        return int(state.attributes.get(ATTR_SUPPORTED_FEATURES, 0))
    known = er.async_get(hass).async_get(cover)
    return known.supported_features if known else 0


@callback
def _is_own(hass: HomeAssistant, cover: str) -> bool:
    """Whether it is what Mira itself shows of a window."""
    known = er.async_get(hass).async_get(cover)
    return known is not None and known.platform == DOMAIN


@callback
def _no_windows(hass: HomeAssistant) -> list[str]:
    """Covers that are something else, as they say themselves, or Mira's own."""
    states = hass.states.async_all(Platform.COVER)
    return [
        state.entity_id
        for state in states
        if state.attributes.get(ATTR_DEVICE_CLASS) in _OTHER_THINGS or _is_own(hass, state.entity_id)
    ]


@callback
def _unnamed(entry: MiraConfigEntry) -> dict[str, str | None]:
    """The windows that the mirror has and that are not set up here, with their rooms."""
    known = windows_of(entry.runtime_data)
    there = known.windows if known else {}
    return {window: each.room for window, each in there.items() if window not in windows(entry)}
