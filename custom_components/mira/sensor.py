"""The last gesture that the mirror accepted."""

from typing import override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import GESTURES
from .coordinator import MiraConfigEntry, MiraCoordinator
from .entity import MiraEntity

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the last gesture."""
    async_add_entities([MiraLastGesture(entry.runtime_data)])


class MiraLastGesture(MiraEntity, SensorEntity):
    """The last accepted gesture, one made during an outage included."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_options = GESTURES

    def __init__(self, coordinator: MiraCoordinator) -> None:
        super().__init__(coordinator, "last_gesture")

    @property
    @override
    def native_value(self) -> str | None:
        """Its name; None before the first one, and for one that only a newer sidecar knows."""
        gesture = self.mirror.gesture if self.mirror else None
        return gesture if gesture in GESTURES else None
