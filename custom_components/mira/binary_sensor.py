"""What was observed of the mirror: whether it is there, and what is really open."""

from functools import partial
from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorDeviceClass, BinarySensorEntity
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import MiraConfigEntry, MiraCoordinator
from .entity import MiraEntity, async_add_parts
from .models.presence import Device

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the observations."""
    coordinator = entry.runtime_data
    async_add_entities([MiraConnectivity(coordinator)])
    async_add_parts(
        coordinator,
        Platform.BINARY_SENSOR,
        async_add_entities,
        {device: partial(_captures, coordinator, device) for device in ("camera", "microphone")},
    )


def _captures(coordinator: MiraCoordinator, device: str) -> list[MiraEntity]:
    return [MiraCapture(coordinator, device)]


class MiraConnectivity(MiraEntity, BinarySensorEntity):
    """Whether the mirror's sidecar is there: the one entity that is never unavailable."""

    _attr_device_class = BinarySensorDeviceClass.CONNECTIVITY
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, coordinator: MiraCoordinator) -> None:
        super().__init__(coordinator, "connectivity")

    @property
    @override
    def available(self) -> bool:
        """Always: that the mirror is away is what it tells."""
        return True

    @property
    @override
    def is_on(self) -> bool:
        """Whether the mirror is there."""
        return self.coordinator.data.connected


class MiraCapture(MiraEntity, BinarySensorEntity):
    """Whether a camera or microphone is open, whatever was asked for."""

    _attr_device_class = BinarySensorDeviceClass.RUNNING
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(self, coordinator: MiraCoordinator, device: str) -> None:
        super().__init__(coordinator, f"{device}_capture")
        self._device_name = device

    @property
    def _device(self) -> Device | None:
        presence = self.coordinator.data.presence
        return presence.devices.get(self._device_name) if presence else None

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether it is open; unknown where nobody observes it."""
        return self._device.capture == "open" if self._device and self._device.capture != "unknown" else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """What exactly was observed: closed, opening, open, no_signal, failed or unknown."""
        return {"capture": self._device.capture if self._device else None}
