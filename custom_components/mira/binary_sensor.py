"""What was observed of the mirror: whether it is there, and what is really open."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import MiraConfigEntry
from .entity import MiraEntity, MiraEntityDescription, async_add_described
from .models.presence import Device

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class MiraBinarySensorDescription(BinarySensorEntityDescription, MiraEntityDescription):
    """Describes an observation."""


@dataclass(frozen=True, kw_only=True)
class MiraCaptureDescription(MiraBinarySensorDescription):
    """Describes whether a device is open."""

    device: str


CONNECTIVITY = MiraBinarySensorDescription(
    key="connectivity",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)
CAPTURES = tuple(
    MiraCaptureDescription(
        key=f"{device}_capture",
        device=device,
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_category=EntityCategory.DIAGNOSTIC,
    )
    for device in ("camera", "microphone")
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the observations."""
    async_add_described(entry, async_add_entities, MiraConnectivity, [CONNECTIVITY])
    async_add_described(entry, async_add_entities, MiraCapture, CAPTURES)


class MiraConnectivity(MiraEntity, BinarySensorEntity):
    """Whether the mirror's sidecar is there: the one entity that is never unavailable."""

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

    entity_description: MiraCaptureDescription

    @property
    def _device(self) -> Device | None:
        presence = self.coordinator.data.presence
        return presence.devices.get(self.entity_description.device) if presence else None

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
