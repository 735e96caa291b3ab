"""What was observed of the mirror: whether it is there, what is really open, and how its windows are."""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DEVICE_KINDS
from .coordinator import MiraConfigEntry, MiraCoordinator
from .entity import MiraEntity, MiraEntityDescription, async_add_described, unique_id
from .models.presence import Device
from .models.view import MirrorView
from .window_entity import WindowEntity, WindowEntityDescription, async_add_window_entities

PARALLEL_UPDATES = 0

FURTHER: Final = {kind: f"further_{kind}_capture" for kind in DEVICE_KINDS}
"""What further devices are called, by kind."""
_DEVICE_ID = re.compile(r"[a-z0-9_]{1,32}")
_DEVICES_SHOWN = 20
"""The most that are looked at: whoever may write a presence may write many."""


@dataclass(frozen=True, kw_only=True)
class MiraBinarySensorDescription(BinarySensorEntityDescription, MiraEntityDescription):
    """Describes an observation."""


@dataclass(frozen=True, kw_only=True)
class MiraCaptureDescription(MiraBinarySensorDescription):
    """Describes whether a device is open."""

    device_id: str

    @override
    def is_there(self, view: MirrorView) -> bool | None:
        """Whether the mirror has this very device."""
        return view.has_device(self.device_id)


CONNECTIVITY = MiraBinarySensorDescription(
    key="connectivity",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


def _capture(device_id: str, translation_key: str | None = None) -> MiraCaptureDescription:
    return MiraCaptureDescription(
        key=f"{device_id}_capture",
        device_id=device_id,
        translation_key=translation_key,
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_category=EntityCategory.DIAGNOSTIC,
    )


CAPTURES = tuple(map(_capture, DEVICE_KINDS))


@dataclass(frozen=True, kw_only=True)
class WindowObservationDescription(BinarySensorEntityDescription, WindowEntityDescription):
    """Describes what is observed of a window."""


WINDOW_CONNECTIVITY = WindowObservationDescription(
    key="window_connectivity",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
    # A cover of Home Assistant's says itself whether it is there.
    has_fn=lambda coordinator, window_id, window: window.drive is not None and window.drive.kind == "mqtt",
)
WINDOW_PROBLEM = WindowObservationDescription(
    key="problem", device_class=BinarySensorDeviceClass.PROBLEM, entity_category=EntityCategory.DIAGNOSTIC
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the observations."""
    async_add_described(entry, async_add_entities, MiraConnectivity, [CONNECTIVITY])
    async_add_described(entry, async_add_entities, MiraCapture, CAPTURES, _further)
    async_add_window_entities(entry, async_add_entities, WindowConnectivity, [WINDOW_CONNECTIVITY])
    async_add_window_entities(entry, async_add_entities, WindowProblem, [WINDOW_PROBLEM])


@callback
def _further(coordinator: MiraCoordinator) -> list[MiraCaptureDescription]:
    """Of further devices: those that are registered, and those that the mirror has."""
    start, presence = unique_id(coordinator, ""), coordinator.data.presence
    entities = er.async_entries_for_config_entry(er.async_get(coordinator.hass), coordinator.config_entry.entry_id)
    names = {
        entity.unique_id.removeprefix(start).removesuffix("_capture"): entity.translation_key
        for entity in entities
        if entity.translation_key in FURTHER.values()
    }
    for device_id, device in islice(presence.devices.items() if presence else (), _DEVICES_SHOWN):
        if device.kind in FURTHER and device_id not in DEVICE_KINDS and _DEVICE_ID.fullmatch(device_id):
            names[device_id] = FURTHER[device.kind]
    return [_capture(device_id, name) for device_id, name in names.items()]


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

    def __init__(self, coordinator: MiraCoordinator, description: MiraCaptureDescription) -> None:
        super().__init__(coordinator, description)
        self._attr_translation_placeholders = {"device": description.device_id.replace("_", " ")}

    @property
    def _device(self) -> Device | None:
        presence = self.coordinator.data.presence
        return presence.devices.get(self.entity_description.device_id) if presence else None

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


class WindowConnectivity(WindowEntity, BinarySensorEntity):
    """Whether the drive of a window sends over MQTT."""

    @override
    async def async_added_to_hass(self) -> None:
        """Have the mirror asked which devices send."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.window_devices.async_add_listener(self.async_write_ha_state))

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether it sends; None where nothing was ever heard of it."""
        devices, drive = self.coordinator.window_devices.known, self.window and self.window.drive
        status = devices.get((drive and drive.topic) or self.window_id) if devices else None
        return None if status is None else status in ("new", "online")


class WindowProblem(WindowEntity, BinarySensorEntity):
    """Whether a window does not move as it should."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether its drive has a fault."""
        return self.window.fault is not None if self.window else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Which: silent, stuck, drifting, lying or no_effect."""
        return {"fault": self.window.fault if self.window else None}
