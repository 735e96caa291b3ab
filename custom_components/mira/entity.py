"""What all entities of a mirror share."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .commands import Decision
from .const import DOMAIN
from .coordinator import MiraCoordinator
from .models import State


class MiraEntity(CoordinatorEntity[MiraCoordinator]):
    """An entity of a mirror; unavailable while the mirror is away."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: MiraCoordinator, key: str) -> None:
        super().__init__(coordinator)
        presence = coordinator.data.presence
        self._attr_translation_key = key
        self._attr_unique_id = f"{coordinator.server_id}_{key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, coordinator.server_id)},
            name=coordinator.config_entry.title,
            manufacturer="Mira",
            model="Smart mirror",
            sw_version=presence.version if presence else None,
        )

    @property
    @override
    def available(self) -> bool:
        """Whether the mirror is there."""
        return self.coordinator.data.connected

    @property
    def mirror(self) -> State | None:
        """The mirror's state; None until it was seen for the first time."""
        snapshot = self.coordinator.data.snapshot
        return snapshot.state if snapshot else None

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Show the new view as the doing of whoever changed it."""
        if context := self.coordinator.change_context:
            self.async_set_context(context)
        super()._handle_coordinator_update()

    async def async_command(self, action: str, payload: Mapping[str, Any]) -> Decision:
        """Ask the mirror for whoever called us. Raises a translated error where it refuses."""
        return await self.coordinator.async_command(action, payload, context=self._context)
