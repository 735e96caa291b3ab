"""What the mirror saw, heard and refused last, and how busy it is."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import MAX_LENGTH_STATE_STATE, EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .const import GESTURES, REASONS
from .coordinator import SIGNAL_EVENTS, MiraConfigEntry, MiraCoordinator
from .entity import MiraEntity
from .errors import MiraError
from .models import Event, MirrorView

PARALLEL_UPDATES = 0

_EVENTS_SEARCHED = 200
"""Of the log, for the last refusal from before the start: what one read brings."""


@dataclass(frozen=True, kw_only=True)
class MiraSensorDescription(SensorEntityDescription):
    """Describes a sensor of what the mirror's view shows."""

    value_fn: Callable[[MirrorView], StateType | datetime]


def _last_gesture(view: MirrorView) -> str | None:
    """The last accepted gesture, one made during an outage included; None for one that only a newer sidecar knows."""
    gesture = view.snapshot.state.gesture if view.snapshot else None
    return gesture if gesture in GESTURES else None


def _last_voice(view: MirrorView) -> str | None:
    """What was said last, as far as it fits into a state."""
    said = view.snapshot.state.utterance if view.snapshot else None
    return said if not said or len(said) <= MAX_LENGTH_STATE_STATE else f"{said[: MAX_LENGTH_STATE_STATE - 1]}…"


SENSORS: tuple[MiraSensorDescription, ...] = (
    MiraSensorDescription(
        key="last_gesture", device_class=SensorDeviceClass.ENUM, options=GESTURES, value_fn=_last_gesture
    ),
    MiraSensorDescription(
        key="last_voice",
        # What people say at home is theirs: whoever wants it in Home Assistant's history says so.
        entity_registry_enabled_default=False,
        value_fn=_last_voice,
    ),
    MiraSensorDescription(
        key="uptime",
        device_class=SensorDeviceClass.UPTIME,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda view: dt_util.parse_datetime(view.presence.started_at) if view.presence else None,
    ),
)
LAST_REFUSAL = SensorEntityDescription(key="last_refusal", device_class=SensorDeviceClass.ENUM, options=REASONS)
COMMAND_RATE = SensorEntityDescription(
    key="command_rate",
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
    state_class=SensorStateClass.MEASUREMENT,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors."""
    coordinator = entry.runtime_data
    async_add_entities(
        [
            *(MiraSensor(coordinator, description) for description in SENSORS),
            MiraLastRefusal(coordinator, LAST_REFUSAL),
            MiraCommandRate(coordinator, COMMAND_RATE),
        ]
    )


class MiraSensor(MiraEntity, SensorEntity):
    """What the mirror's view shows."""

    entity_description: MiraSensorDescription

    def __init__(self, coordinator: MiraCoordinator, description: MiraSensorDescription) -> None:
        super().__init__(coordinator, description.key)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """The value of now."""
        return self.entity_description.value_fn(self.coordinator.data)


class MiraLogSensor(MiraEntity, SensorEntity):
    """Follows the mirror's log."""

    def __init__(self, coordinator: MiraCoordinator, description: SensorEntityDescription) -> None:
        super().__init__(coordinator, description.key)
        self.entity_description = description

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to what happens."""
        await super().async_added_to_hass()
        self.async_on_remove(async_dispatcher_connect(self.hass, SIGNAL_EVENTS, self._async_happened))

    @callback
    def _async_happened(self, coordinator: MiraCoordinator, events: Sequence[Event]) -> None:
        if coordinator is self.coordinator:
            self._async_take(events)

    @callback
    @abstractmethod
    def _async_take(self, events: Sequence[Event]) -> None:
        """Note what this mirror's log has anew, oldest first."""


class MiraLastRefusal(MiraLogSensor):
    """Why the mirror refused a command last, one from before the start or of an outage included."""

    _refusal: Event | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Begin with the last one in the log."""
        await super().async_added_to_hass()
        try:
            page = await self.coordinator.client.log.page(limit=_EVENTS_SEARCHED)
        except MiraError:
            return  # Redis has just gone; the next refusal will do
        if self._refusal is None:
            self._async_note(page.events[::-1])

    @callback
    @override
    def _async_take(self, events: Sequence[Event]) -> None:
        if self._async_note(events):
            self.async_write_ha_state()

    @callback
    def _async_note(self, events: Sequence[Event]) -> bool:
        """Keep the last refusal of these events, and tell whether there was one."""
        refusal = next((event for event in reversed(events) if event.type == "rejected"), None)
        self._refusal = refusal or self._refusal
        return refusal is not None

    @property
    @override
    def native_value(self) -> str | None:
        """The code of the reason; None before the first one, and for one that only a newer sidecar knows."""
        reason = self._refusal.reason if self._refusal else None
        return reason if reason in REASONS else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """What was refused, of whom, and the mirror's own sentence."""
        refusal = self._refusal
        return {name: getattr(refusal, name) if refusal else None for name in ("action", "source", "message")}


class MiraCommandRate(MiraLogSensor):
    """How many commands the mirror decided in the last whole minute."""

    _decided = 0

    @override
    async def async_added_to_hass(self) -> None:
        """Count, and show the count once a minute."""
        await super().async_added_to_hass()
        self.async_on_remove(
            async_track_time_interval(self.hass, self._async_minute_over, timedelta(minutes=1), cancel_on_shutdown=True)
        )

    @callback
    @override
    def _async_take(self, events: Sequence[Event]) -> None:
        self._decided += sum(event.decides and not event.replayed for event in events)

    @callback
    def _async_minute_over(self, now: datetime) -> None:
        self._attr_native_value, self._decided = self._decided, 0
        self.async_write_ha_state()
