"""What all entities of a mirror share."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback, async_get_current_platform
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .client.commands import Decision
from .const import DOMAIN
from .coordinator import MiraConfigEntry, MiraCoordinator
from .models.state import State
from .models.view import MirrorView


@dataclass(frozen=True, kw_only=True)
class MiraEntityDescription(EntityDescription):
    """Describes an entity, and what its mirror must have for it to be there."""

    subject: str = "screen"
    """What the mirror must be able to do, as its presence says."""
    subject_version: int = 1
    """From which version of that subject on."""
    device_kind: str | None = None
    """What the mirror must have at least one of: `camera` or `microphone`."""

    def is_there(self, view: MirrorView) -> bool | None:
        """Whether the mirror has what the entity is of, by its `offer` alone; None where nobody can tell."""
        needs = (
            self.device_kind is None or view.has_kind(self.device_kind),
            self.subject == "screen" or view.has_subject(self.subject, self.subject_version),
        )
        if False in needs:
            return False
        return None if None in needs else True


@callback
def async_add_described[Description: MiraEntityDescription](
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make: Callable[[MiraCoordinator, Description], MiraEntity],
    descriptions: Collection[Description],
    found: Callable[[MiraCoordinator], Iterable[Description]] = lambda coordinator: (),
) -> None:
    """Have the described entities while the mirror has what they are of: what comes later brings them along.

    `found` describes those of which only the mirror knows how many there are, and those of them that are registered.

    Those of what is gone leave the registry, which gives them back as they were. Until the mirror was seen for
    the first time they are there if they were.
    """
    coordinator = entry.runtime_data
    platform = async_get_current_platform().domain
    registry = er.async_get(coordinator.hass)
    settled: dict[str, bool] = {}
    settled_by: Hashable = None

    @callback
    def look() -> None:
        nonlocal settled_by
        if coordinator.data.offer == settled_by:
            return
        new: list[MiraEntity] = []
        described = (*descriptions, *found(coordinator))
        for description in described:
            key, is_there = description.key, description.is_there(coordinator.data)
            if key in settled and is_there in (None, settled[key]):
                continue
            known = registry.async_get_entity_id(platform, DOMAIN, unique_id(coordinator, key))
            if is_there or (is_there is None and known):
                settled[key] = True
                new.append(make(coordinator, description))
            elif is_there is False:
                # Looked at again after a removal: what was being added just now comes a moment later.
                settled.pop(key, None)
                if known:
                    registry.async_remove(known)
                else:
                    settled[key] = False
        if new:
            async_add_entities(new)
        is_settled = all(description.key in settled for description in described)
        settled_by = coordinator.data.offer if is_settled else None

    entry.async_on_unload(coordinator.async_add_listener(look))
    look()


def unique_id(coordinator: MiraCoordinator, key: str) -> str:
    """Identifies an entity of a mirror."""
    return f"{coordinator.server_id}_{key}"


class MiraEntity(CoordinatorEntity[MiraCoordinator]):
    """An entity of a mirror; unavailable while the mirror is away."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: MiraCoordinator, description: MiraEntityDescription) -> None:
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_translation_key = description.translation_key or description.key
        self._attr_unique_id = unique_id(coordinator, description.key)
        self._attr_device_info = coordinator.device_info

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
