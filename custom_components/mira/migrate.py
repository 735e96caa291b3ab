"""A mirror whose database is a new one: it is recognized by its address, and keeps its entities and their history."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import DISCOVERY_SOURCES, SOURCE_IGNORE, ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from .const import CONF_MIRROR, DOMAIN
from .coordinator import MiraConfigEntry

_PLACE = (CONF_HOST, CONF_PORT, CONF_MIRROR)
"""What names a mirror's keys: two mirrors cannot share them."""


@callback
def async_same_mirror(hass: HomeAssistant, server_id: str, *places: Mapping[str, Any]) -> MiraConfigEntry | None:
    """The entry that stands for the mirror at one of these places, by an older id; None where there is none.

    A host may have several names, so an entry also counts where its sidecar says that it is this one.
    """
    wanted = [[place[name] for name in _PLACE] for place in places]
    entries: list[MiraConfigEntry] = hass.config_entries.async_entries(DOMAIN, include_ignore=False)
    for entry in entries:
        presence = entry.runtime_data.data.presence if entry.state is ConfigEntryState.LOADED else None
        meets_it = presence is not None and presence.server_id == server_id
        if entry.unique_id != server_id and (meets_it or [entry.data[name] for name in _PLACE] in wanted):
            return entry
    return None


@callback
def async_drop_discoveries(hass: HomeAssistant, server_id: str) -> None:
    """Stop offering as a new mirror what is set up already."""
    for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN, match_context={"unique_id": server_id}):
        if flow["context"]["source"] in DISCOVERY_SOURCES:
            hass.config_entries.flow.async_abort(flow["flow_id"])


@callback
def async_owner(hass: HomeAssistant, server_id: str) -> MiraConfigEntry | None:
    """The entry that has this id already; one that is ignored has nothing to lose, and does not count."""
    owner: MiraConfigEntry | None = hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, server_id)
    return None if owner is None or owner.source == SOURCE_IGNORE else owner


async def async_migrate_unique_id(hass: HomeAssistant, entry: MiraConfigEntry, server_id: str) -> bool:
    """Take the mirror of this id for the one of the entry; False where another entry stands for it.

    Device and entities keep their names, areas, settings and history. The caller reloads the entry.
    """
    if async_owner(hass, server_id):
        return False
    if ignored := hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, server_id):
        await hass.config_entries.async_remove(ignored.entry_id)
    async_drop_discoveries(hass, server_id)
    before = entry.unique_id or entry.entry_id
    devices = dr.async_get(hass)
    for device in dr.async_entries_for_config_entry(devices, entry.entry_id):
        # A persona's is its own; that of the mirror, and of each of its windows, begins with the mirror's.
        renamed = {(DOMAIN, _moved(identifier, before, server_id)) for _, identifier in device.identifiers}
        devices.async_update_device(device.id, new_identifiers=renamed)
    await er.async_migrate_entries(
        hass, entry.entry_id, lambda entity: {"new_unique_id": _moved(entity.unique_id, before, server_id)}
    )
    hass.config_entries.async_update_entry(entry, unique_id=server_id)
    return True


def _moved(identifier: str, before: str, server_id: str) -> str:
    """An id of what is the mirror's, as it is with its new one."""
    return server_id + identifier.removeprefix(before) if identifier.startswith(before) else identifier
