"""Which mirrors a target of an automation means: those of which it names an entity, device, area, floor or label."""

from collections.abc import Callable, Mapping
from typing import Any, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetEntityChangeTracker, TargetSelection

from .const import DOMAIN


def mirror_entities(hass: HomeAssistant, entity_ids: set[str], key: str | None = None) -> dict[str, str]:
    """Config entries by entity: those enabled entities that belong to a mirror; with `key`, only those of this kind.

    A window is elsewhere: its room does not stand for the mirror.
    """
    entities, devices = er.async_get(hass), dr.async_get(hass)
    found: dict[str, str] = {}
    for entity_id in entity_ids:
        entity = entities.async_get(entity_id)
        if entity is None or entity.disabled or entity.platform != DOMAIN or not entity.config_entry_id:
            continue
        device = devices.async_get(entity.device_id or "")
        if isinstance(device, dr.DeviceEntry) and device.via_device_id:
            continue
        if key in (None, entity.translation_key):
            found[entity_id] = entity.config_entry_id
    return found


class TargetedMirrors(TargetEntityChangeTracker):
    """The mirrors in a target; after `async_setup` it keeps up with what is moved into and out of it."""

    def __init__(
        self,
        hass: HomeAssistant,
        target: Mapping[str, Any],
        key: str | None,
        on_update: Callable[[], object] = lambda: None,
    ) -> None:
        # An area or a device stands for its mirror with every entity, also one that configures it.
        super().__init__(
            hass,
            TargetSelection(dict(target)),
            lambda ids: set(mirror_entities(hass, ids, key)),
            primary_entities_only=False,
        )
        self._key = key
        self._on_update = on_update
        self.entities: dict[str, str] = {}
        """An entity of each mirror, by config entry."""
        self._handle_entities_update(self._referenced_entities())

    @callback
    @override
    def _handle_entities_update(self, tracked_entities: set[str]) -> None:
        found = mirror_entities(self._hass, tracked_entities, self._key)
        self.entities = {entry_id: entity_id for entity_id, entry_id in sorted(found.items(), reverse=True)}
        self._on_update()
