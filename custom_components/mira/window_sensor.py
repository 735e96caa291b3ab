"""The air in the room of a window, how far it is open and should be, and why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    SIGNAL_STRENGTH_DECIBELS,
    EntityCategory,
    UnitOfDensity,
    UnitOfRatio,
    UnitOfTemperature,
)
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_time_change
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .coordinator import MiraConfigEntry, MiraCoordinator
from .log_sensor import MiraLogSensor
from .models.air import Advised, RoomAir
from .models.event import Event
from .models.json_object import moment
from .models.windows import Window
from .translation import sentence
from .window_devices import windows_there
from .window_entity import WindowEntity, WindowEntityDescription, async_add_window_entities

FEATURES: Final = (
    *("temperature", "humidity", "co2", "noise", "people", "outdoor_temperature", "outdoor_humidity", "wind", "hour"),
)
"""What the mirror's planner looks at."""
POLICIES: Final = (
    *("not_calibrated", "motor_rest", "too_many_runs", "window_fault", "window_locked", "automatic_off"),
    *("window_held", "window_limit", "rain", "storm", "armed", "nobody_home", "frost", "quiet_time", "outdoor_air"),
    *("stale_readings", "weather_unknown", "low_confidence", "shadow_mode"),
)
"""Reasons for which policies of windows refuse, limit or close."""
HAND, AIRED, REQUESTED, OTHER = "hand", "aired", "requested", "other"
WHYS: Final = [HAND, REQUESTED, AIRED, *FEATURES, *POLICIES, OTHER]


@dataclass(frozen=True, kw_only=True)
class WindowSensorDescription(SensorEntityDescription, WindowEntityDescription):
    """Describes what the state has of a window."""

    value_fn: Callable[[Window], StateType | datetime]


@dataclass(frozen=True, kw_only=True)
class RoomSensorDescription(SensorEntityDescription, WindowEntityDescription):
    """Describes what is measured in the room of a window."""

    state_class: SensorStateClass | None = SensorStateClass.MEASUREMENT
    value_fn: Callable[[RoomAir], float | None]


@dataclass(frozen=True, kw_only=True)
class AdviceSensorDescription(SensorEntityDescription, WindowEntityDescription):
    """Describes what is advised for a window."""

    state_class: SensorStateClass | None = SensorStateClass.MEASUREMENT
    native_unit_of_measurement: str | None = PERCENTAGE
    value_fn: Callable[[Advised], float | None]


@dataclass(frozen=True, kw_only=True)
class WhySensorDescription(SensorEntityDescription, WindowEntityDescription):
    """Describes why a window was last moved, or not."""


def _moves_today(window: Window) -> int:
    midnight = dt_util.start_of_local_day()
    return sum(moment(run) >= midnight for run in window.runs)


STATE_SENSORS = (
    WindowSensorDescription(
        key="opening",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda window: window.position,
    ),
    WindowSensorDescription(
        key="held_until",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_registry_enabled_default=False,
        value_fn=lambda window: window.held_until,
    ),
)
MOVES_TODAY = WindowSensorDescription(
    key="moves_today",
    entity_category=EntityCategory.DIAGNOSTIC,
    state_class=SensorStateClass.TOTAL_INCREASING,
    value_fn=_moves_today,
)
WHY = WhySensorDescription(key="why", device_class=SensorDeviceClass.ENUM, options=WHYS)
ADVICE_SENSORS = (
    AdviceSensorDescription(key="advice", value_fn=lambda advised: advised.position),
    AdviceSensorDescription(
        key="advice_confidence",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        suggested_display_precision=0,
        value_fn=lambda advised: None if advised.confidence is None else advised.confidence * 100,
    ),
)


def _room_air(coordinator: MiraCoordinator, window_id: str, window: Window) -> RoomAir | None:
    """What is measured in the room of a window, as far as that is known now."""
    air = coordinator.air.known
    return air.rooms.get(window.room or window_id) if air else None


def _measured(key: str, value_fn: Callable[[RoomAir], float | None], **more: Any) -> RoomSensorDescription:
    """Describes one kind of reading. It is there once it was measured in the window's room."""

    def has(coordinator: MiraCoordinator, window_id: str, window: Window) -> bool:
        air = _room_air(coordinator, window_id, window)
        return air is not None and value_fn(air) is not None

    return RoomSensorDescription(key=key, value_fn=value_fn, has_fn=has, **more)


ROOM_SENSORS = (
    _measured(
        key="temperature",
        value_fn=lambda air: air.values.get("temperature"),
        device_class=SensorDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        suggested_display_precision=1,
    ),
    _measured(
        key="humidity",
        value_fn=lambda air: air.values.get("humidity"),
        device_class=SensorDeviceClass.HUMIDITY,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
    ),
    _measured(
        key="absolute_humidity",
        value_fn=lambda air: air.absolute_humidity,
        device_class=SensorDeviceClass.ABSOLUTE_HUMIDITY,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfDensity.GRAMS_PER_CUBIC_METER,
        suggested_display_precision=1,
    ),
    _measured(
        key="co2",
        value_fn=lambda air: air.values.get("co2"),
        device_class=SensorDeviceClass.CO2,
        native_unit_of_measurement=UnitOfRatio.PARTS_PER_MILLION,
        suggested_display_precision=0,
    ),
    _measured(
        key="sound_level",
        value_fn=lambda air: air.values.get("noise"),
        entity_registry_enabled_default=False,
        native_unit_of_measurement=SIGNAL_STRENGTH_DECIBELS,
        suggested_display_precision=0,
    ),
)


@callback
def async_add_window_sensors(entry: MiraConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback) -> None:
    """Set up the sensors of windows. The mirror is asked for the air once it has a window."""
    coordinator = entry.runtime_data
    async_add_window_entities(entry, async_add_entities, WindowSensor, STATE_SENSORS)
    async_add_window_entities(entry, async_add_entities, WindowMovesToday, [MOVES_TODAY])
    async_add_window_entities(entry, async_add_entities, WindowWhy, [WHY])
    async_add_window_entities(entry, async_add_entities, AdviceSensor, ADVICE_SENSORS)
    look = async_add_window_entities(entry, async_add_entities, RoomSensor, ROOM_SENSORS)
    is_asked = False

    @callback
    def ask() -> None:
        nonlocal is_asked
        if not is_asked and windows_there(coordinator.data):
            is_asked = True
            entry.async_on_unload(coordinator.air.async_add_listener(look))
            entry.async_create_background_task(coordinator.hass, coordinator.air.async_refresh(), "windows_air")

    entry.async_on_unload(coordinator.async_add_listener(ask))
    ask()


class WindowSensor(WindowEntity, SensorEntity):
    """What the state has of a window."""

    entity_description: WindowSensorDescription

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """The value of now."""
        return self.entity_description.value_fn(self.window) if self.window else None


class WindowMovesToday(WindowSensor):
    """How often the motor has run since midnight."""

    @override
    async def async_added_to_hass(self) -> None:
        """Begin anew at midnight."""
        await super().async_added_to_hass()

        @callback
        def midnight(now: datetime) -> None:
            self.async_write_ha_state()

        self.async_on_remove(async_track_time_change(self.hass, midnight, hour=0, minute=0, second=0))


class AirSensor(WindowEntity, SensorEntity):
    """What the mirror is asked for."""

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the answers."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.air.async_add_listener(self.async_write_ha_state))


class RoomSensor(AirSensor):
    """What is measured in the room of a window."""

    entity_description: RoomSensorDescription

    @property
    @override
    def native_value(self) -> float | None:
        """The value of now; None where it is not measured."""
        air = _room_air(self.coordinator, self.window_id, self.window) if self.window else None
        return self.entity_description.value_fn(air) if air else None


class AdviceSensor(AirSensor):
    """How far a window should be open, by the mirror's planner."""

    entity_description: AdviceSensorDescription

    @property
    @override
    def native_value(self) -> float | None:
        """The value of now; None where nothing is advised."""
        air = self.coordinator.air.known
        advised = air.advised.get(self.window_id) if air else None
        return self.entity_description.value_fn(advised) if advised else None


class WindowWhy(WindowEntity, MiraLogSensor):
    """Why a window was last moved, or was not."""

    entity_description: WhySensorDescription

    @override
    def is_about(self, event: Event) -> bool:
        """Whether it says why this window is where it is."""
        return event.payload.get("window") == self.window_id and _why(event) is not None

    @property
    @override
    def native_value(self) -> str | None:
        """The reason; None before the first one."""
        return _why(self.event) if self.event else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Who asked for what, what came of it, and which policy had its say."""
        if (event := self.event) is None:
            return dict.fromkeys(("source", "position", "wished", "policy", "limit", "message"))
        return {
            "source": event.source,
            "position": event.payload.get("position") if event.type == "accepted" else None,
            "wished": event.payload.get("wished") if event.type == "accepted" else event.payload.get("position"),
            "policy": event.document.get("policy"),
            "limit": event.values.get("limit"),
            "message": sentence(self.hass, event),
        }


def _why(event: Event) -> str | None:
    """Why a window was moved, or not; None where an event says nothing of that."""
    payload = event.payload
    if event.type == "rejected":
        said = event.reason if event.action == "set_window" else None
    elif event.carried_out == "set_window":
        said = payload.get("limited") or _wanted(payload)
    else:
        said = {"shut_window": payload.get("why"), "window_moved": payload.get("by")}.get(event.carried_out or "")
    return said if said is None or said in WHYS else OTHER


def _wanted(payload: Any) -> str:
    """What a move that was carried out as it was asked for is for."""
    mattered = payload.get("mattered")
    if mattered:
        return str(mattered[0])
    return AIRED if "model" in payload else REQUESTED
