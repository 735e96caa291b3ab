"""The gestures that the mirror accepts."""

from typing import override

from homeassistant.components.event import EventEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import GESTURES
from .coordinator import SIGNAL_DECISION, MiraConfigEntry, MiraCoordinator
from .entity import MiraEntity
from .models import Event

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the gesture event."""
    async_add_entities([MiraGestureEvent(entry.runtime_data)])


class MiraGestureEvent(MiraEntity, EventEntity):
    """Fires on each accepted gesture, as it happens: one made during an outage stays in the log."""

    _attr_event_types = GESTURES

    def __init__(self, coordinator: MiraCoordinator) -> None:
        super().__init__(coordinator, "gesture")

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the mirror's decisions."""
        await super().async_added_to_hass()
        self.async_on_remove(async_dispatcher_connect(self.hass, SIGNAL_DECISION, self._async_decided))

    @callback
    def _async_decided(self, coordinator: MiraCoordinator, event: Event) -> None:
        """Fire where it is an accepted gesture of this mirror."""
        if coordinator is not self.coordinator or (event.type, event.action) != ("accepted", "gesture"):
            return
        gesture = event.payload.get("name")
        if gesture in GESTURES:
            self._trigger_event(
                gesture,
                {
                    "confidence": event.confidence,
                    "handedness": event.payload.get("handedness"),
                    "hold_ms": event.payload.get("hold_ms"),
                },
            )
            self.async_write_ha_state()
