"""What entities measure, in the units of the mirror; what is not known any more is None.

A state from before a restart is no new reading: Home Assistant shows it as if it were, until the device has spoken.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.components.alarm_control_panel import AlarmControlPanelState
from homeassistant.components.weather import (
    ATTR_CONDITION_CLEAR_NIGHT,
    ATTR_CONDITION_CLOUDY,
    ATTR_CONDITION_FOG,
    ATTR_CONDITION_HAIL,
    ATTR_CONDITION_LIGHTNING,
    ATTR_CONDITION_LIGHTNING_RAINY,
    ATTR_CONDITION_PARTLYCLOUDY,
    ATTR_CONDITION_POURING,
    ATTR_CONDITION_RAINY,
    ATTR_CONDITION_SNOWY,
    ATTR_CONDITION_SNOWY_RAINY,
    ATTR_CONDITION_SUNNY,
    ATTR_CONDITION_WINDY,
    ATTR_CONDITION_WINDY_VARIANT,
    ATTR_WEATHER_HUMIDITY,
    ATTR_WEATHER_TEMPERATURE,
    ATTR_WEATHER_TEMPERATURE_UNIT,
    ATTR_WEATHER_WIND_GUST_SPEED,
    ATTR_WEATHER_WIND_SPEED,
    ATTR_WEATHER_WIND_SPEED_UNIT,
)
from homeassistant.const import (
    ATTR_RESTORED,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfSpeed,
    UnitOfTemperature,
    UnitOfVolumetricFlux,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import restore_state
from homeassistant.helpers.selector import EntityWithDeviceFilterSelectorConfig as Filter
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.unit_conversion import BaseUnitConverter, SpeedConverter, TemperatureConverter

from .const import DOMAIN
from .helpers import says_somebody

OUTSIDE: Final = "outside"
"""The room of the weather."""
OF_ROOM: Final[Mapping[str, list[Filter]]] = {
    "temperature": [Filter(domain="sensor", device_class="temperature")],
    "humidity": [Filter(domain="sensor", device_class="humidity")],
    "co2": [Filter(domain="sensor", device_class="carbon_dioxide")],
    "noise": [Filter(domain="sensor", device_class="sound_pressure")],
    "occupied": [Filter(domain="binary_sensor", device_class=["occupancy", "presence", "motion"])],
}
"""The kinds of readings of a room, and where they come from."""
OF_WEATHER: Final[Mapping[str, list[Filter]]] = {
    "rain": [
        Filter(domain="binary_sensor", device_class="moisture"),
        Filter(domain="sensor", device_class="precipitation_intensity"),
    ],
    "wind": [Filter(domain="sensor", device_class="wind_speed")],
    "gust": [Filter(domain="sensor", device_class="wind_speed")],
    "alert": [Filter(domain="binary_sensor")],
    "temperature": [Filter(domain="sensor", device_class="temperature")],
    "humidity": [Filter(domain="sensor", device_class="humidity")],
    "bad_air": [Filter(domain="binary_sensor")],
}
"""Those of the weather; they win over the weather entity."""
CONF_WEATHER: Final = "weather"
CONF_PRESENCE: Final = "presence"
CONF_ALARM: Final = "alarm"
CONF_QUIET: Final = "quiet"

_WET: Final = frozenset(
    {
        *(ATTR_CONDITION_HAIL, ATTR_CONDITION_LIGHTNING_RAINY, ATTR_CONDITION_POURING, ATTR_CONDITION_RAINY),
        *(ATTR_CONDITION_SNOWY, ATTR_CONDITION_SNOWY_RAINY),
    }
)
_DRY: Final = frozenset(
    {
        *(ATTR_CONDITION_CLEAR_NIGHT, ATTR_CONDITION_CLOUDY, ATTR_CONDITION_FOG, ATTR_CONDITION_LIGHTNING),
        *(ATTR_CONDITION_PARTLYCLOUDY, ATTR_CONDITION_SUNNY, ATTR_CONDITION_WINDY, ATTR_CONDITION_WINDY_VARIANT),
    }
)
"""`exceptional` may be anything."""
_OF_WEATHER_ENTITY: Final = ("temperature", "humidity", "wind", "gust", "rain")
_STARTED: HassKey[datetime] = HassKey(f"{DOMAIN}_started")
_OLD: Final = timedelta(hours=2)
"""A sensor that reported nothing for so long has died: those with a battery report at least each hour."""
_SILENT: Final = timedelta(minutes=30)
"""Of one that says itself that it cannot be reached: longer than a restart takes."""
_RESTORED_OLD: Final = timedelta(minutes=10)
"""For so long a state from before a restart still counts."""
_DISARMED: Final = (AlarmControlPanelState.DISARMED, AlarmControlPanelState.DISARMING)


@callback
def known_state(hass: HomeAssistant, entity_id: str | None) -> State | None:
    """The state of an entity where it says something now; None: what it says is not known any more."""
    state = hass.states.get(entity_id) if entity_id else None
    if state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN) or state.attributes.get(ATTR_RESTORED):
        return None
    return state


@callback
def async_note_start(hass: HomeAssistant) -> None:
    """Know from when on states are new ones."""

    @callback
    def started(hass: HomeAssistant) -> None:
        hass.data[_STARTED] = dt_util.utcnow()

    async_at_started(hass, started)


@callback
def _measured_state(hass: HomeAssistant, entity_id: str) -> State | None:
    """The same of what measures, which may be silent without saying so."""
    if (state := known_state(hass, entity_id)) is None:
        return None
    if before := _restored(hass, state):
        return state if _is_recent(before.last_seen, _RESTORED_OLD) else None
    # What is on or off is silent for as long as nothing changes.
    return state if state.domain == "binary_sensor" or _is_recent(state.last_reported, _OLD) else None


@callback
def is_silent(hass: HomeAssistant, entity_id: str) -> bool:
    """Whether an entity is gone, or has said nothing for so long that somebody should look at it."""
    state = hass.states.get(entity_id)
    if state is None:
        return True
    if state.domain == "cover" and state.state == STATE_UNKNOWN:
        return False  # it has never said where it stands
    if known_state(hass, entity_id) is None:
        return not _is_recent(state.last_changed, _SILENT)
    return state.domain in ("sensor", "weather") and not _is_recent(state.last_reported, _OLD)


def _restored(hass: HomeAssistant, state: State) -> restore_state.StoredState | None:
    """What was stored of an entity before Home Assistant started, where nothing has come of it since."""
    before, started = restore_state.async_get(hass).last_states.get(state.entity_id), hass.data.get(_STARTED)
    is_new = before is None or before.state.state != state.state or state.last_reported > state.last_changed
    return None if is_new or (started and state.last_changed > started) else before


def _is_recent(at: datetime, limit: timedelta) -> bool:
    return dt_util.utcnow() - at <= limit


def _number(text: object) -> float | None:
    try:
        number = float(text)  # type: ignore[arg-type]  # whatever it is
    except TypeError, ValueError:
        return None
    return round(number, 2) if math.isfinite(number) else None


def _converted(value: object, unit: object, converter: type[BaseUnitConverter], to: str) -> float | None:
    number = _number(value)
    try:
        return None if number is None else round(converter.convert(number, str(unit), to), 2)
    except HomeAssistantError:
        return None  # of a unit that measures something else


def _in(converter: type[BaseUnitConverter], to: str) -> Callable[[State], float | None]:
    """Reads a sensor in this unit."""

    def read(state: State) -> float | None:
        return _converted(state.state, state.attributes.get(ATTR_UNIT_OF_MEASUREMENT), converter, to)

    return read


def _plain(state: State) -> float | None:
    """Reads a sensor that has one unit alone."""
    return _number(state.state)


def _truth(state: State) -> float | None:
    """Reads what is on or off."""
    return {STATE_ON: 1.0, STATE_OFF: 0.0}.get(state.state)


def _rain(state: State) -> float | None:
    """Reads whether it rains, or how much, in mm/h."""
    if state.domain == "binary_sensor":
        return _truth(state)
    return _in(SpeedConverter, UnitOfVolumetricFlux.MILLIMETERS_PER_HOUR)(state)


_TEMPERATURE: Final = _in(TemperatureConverter, UnitOfTemperature.CELSIUS)
_WIND: Final = _in(SpeedConverter, UnitOfSpeed.METERS_PER_SECOND)
_READS: Final[Mapping[str, Callable[[State], float | None]]] = {
    "temperature": _TEMPERATURE,
    "humidity": _plain,
    "co2": _plain,
    "noise": _plain,
    "occupied": _truth,
    "rain": _rain,
    "wind": _WIND,
    "gust": _WIND,
    "alert": _truth,
    "bad_air": _truth,
}


@callback
def _measured(hass: HomeAssistant, kind: str, entity_id: str) -> float | None:
    state = _measured_state(hass, entity_id)
    return None if state is None else _READS[kind](state)


@callback
def room_values(hass: HomeAssistant, chosen: Mapping[str, Any]) -> dict[str, float | None]:
    """What is measured in a room, by kind, of the entities that were chosen."""
    return {kind: _measured(hass, kind, chosen[kind]) for kind in OF_ROOM if kind in chosen}


@callback
def outside_values(hass: HomeAssistant, chosen: Mapping[str, Any]) -> dict[str, float | None]:
    """The weather: by its own sensors and, where there is none or it says nothing, by the weather entity."""
    values = dict[str, float | None]()
    if CONF_WEATHER in chosen:
        state = _measured_state(hass, chosen[CONF_WEATHER])
        values = _weather(state) if state else dict.fromkeys(_OF_WEATHER_ENTITY)
    for kind in OF_WEATHER:
        if kind in chosen and ((value := _measured(hass, kind, chosen[kind])) is not None or kind not in values):
            values[kind] = value
    return values


def _weather(state: State) -> dict[str, float | None]:
    """What a weather entity says now."""
    attributes = state.attributes

    def wind(name: str) -> float | None:
        unit = attributes.get(ATTR_WEATHER_WIND_SPEED_UNIT)
        return _converted(attributes.get(name), unit, SpeedConverter, UnitOfSpeed.METERS_PER_SECOND)

    unit = attributes.get(ATTR_WEATHER_TEMPERATURE_UNIT)
    temperature = attributes.get(ATTR_WEATHER_TEMPERATURE)
    return {
        "temperature": _converted(temperature, unit, TemperatureConverter, UnitOfTemperature.CELSIUS),
        "humidity": _number(attributes.get(ATTR_WEATHER_HUMIDITY)),
        "wind": wind(ATTR_WEATHER_WIND_SPEED),
        "gust": wind(ATTR_WEATHER_WIND_GUST_SPEED),
        "rain": 1.0 if state.state in _WET else 0.0 if state.state in _DRY else None,
    }


@callback
def house_facts(hass: HomeAssistant, chosen: Mapping[str, Any]) -> dict[str, bool | None]:
    """Whether nobody is home, the alarm is armed, and it is to be quiet, as far as entities were chosen for it."""
    facts = dict[str, bool | None]()
    if there := chosen.get(CONF_PRESENCE):
        somebody = _any(says_somebody(known_state(hass, entity_id)) for entity_id in there)
        facts["away"] = None if somebody is None else not somebody
    if alarm := chosen.get(CONF_ALARM):
        state = known_state(hass, alarm)
        facts["armed"] = None if state is None else state.state not in _DISARMED
    if quiet := chosen.get(CONF_QUIET):
        states = [known_state(hass, entity_id) for entity_id in quiet]
        facts["quiet"] = _any(None if state is None else state.state == STATE_ON for state in states)
    return facts


def _any(said: Iterable[bool | None]) -> bool | None:
    """Whether one of them says yes; None: none does, and not all are known."""
    answers = list(said)
    return True if True in answers else None if None in answers else False


@callback
def sources(chosen: Mapping[str, Any], fields: Collection[str]) -> list[str]:
    """The entities of these fields."""
    values = [chosen[name] for name in fields if name in chosen]
    return [entity for value in values for entity in ([value] if isinstance(value, str) else value)]
