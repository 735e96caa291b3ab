"""Which mirrors a target of an automation means: those of which it names an entity, device, area, floor or label."""

from typing import Any, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetEntityChangeTracker, TargetSelection

from .const import DOMAIN


def mirror_entities(hass: HomeAssistant, entity_ids: set[str], key: str | None = None) -> dict[str, str]:
    """Config entries by entity: those entities that belong to a mirror; with `key`, only those of this kind."""
    entities = er.async_get(hass)
    found: dict[str, str] = {}
    for entity_id in entity_ids:
        entity = entities.async_get(entity_id)
        if entity and entity.platform == DOMAIN and entity.config_entry_id and key in (None, entity.translation_key):
            found[entity_id] = entity.config_entry_id
    return found


class TargetedMirrors(TargetEntityChangeTracker):
    """Keeps up with what is moved into and out of the target."""

    def __init__(self, hass: HomeAssistant, target: dict[str, Any], key: str | None) -> None:
        super().__init__(hass, TargetSelection(target), lambda ids: set(mirror_entities(hass, ids, key)))
        self._key = key
        self.entities: dict[str, str] = {}
        """An entity of each mirror, by config entry."""

    @callback
    @override
    def _handle_entities_update(self, tracked_entities: set[str]) -> None:
        found = mirror_entities(self._hass, tracked_entities, self._key)
        self.entities = {entry_id: entity_id for entity_id, entry_id in sorted(found.items(), reverse=True)}
