"""What all entities of a mirror share."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, override

from homeassistant.const import Platform
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .client.commands import Decision
from .const import DOMAIN
from .coordinator import MiraCoordinator
from .models.state import State


@callback
def async_add_parts(
    coordinator: MiraCoordinator,
    platform: Platform,
    async_add_entities: AddConfigEntryEntitiesCallback,
    made_of: Mapping[str, Callable[[], Iterable[MiraEntity]]],
) -> None:
    """Have the entities of a device, a subject or the PIN while the mirror has it: what comes later brings them along.

    Those of what is gone leave the registry, which gives them back as they were. Until the mirror was seen for
    the first time they are there if they were.
    """
    entities = er.async_get(coordinator.hass)
    settled: dict[str, bool] = {}

    @callback
    def look() -> None:
        for part, make in made_of.items():
            has = coordinator.data.has(part)
            if part in settled and has in (None, settled[part]):
                continue
            made = list(make())
            ids = [entities.async_get_entity_id(platform, DOMAIN, str(entity.unique_id)) for entity in made]
            known = [entity_id for entity_id in ids if entity_id]
            if has or (has is None and known):
                settled[part] = True
                async_add_entities(made)
            elif has is False:
                # Looked at again after a removal: what was being added just now comes a moment later.
                settled.pop(part, None)
                if not known:
                    settled[part] = False
                for entity_id in known:
                    entities.async_remove(entity_id)

    coordinator.config_entry.async_on_unload(coordinator.async_add_listener(look))
    look()


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
            configuration_url=f"homeassistant://{DOMAIN}/settings?mirror={coordinator.config_entry.entry_id}",
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
