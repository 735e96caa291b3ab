"""Windows as devices of Home Assistant: each below its mirror, with the name that people call it."""

import re
from collections.abc import Mapping
from itertools import islice
from typing import Final

from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .coordinator import MiraCoordinator
from .entity import unique_id
from .models.view import MirrorView
from .models.windows import Window, Windows
from .subentries import async_follow_subentries
from .windows import window_name, windows

_PREFIX: Final = "window_"
_WINDOW_ID: Final = re.compile(r"[a-z0-9_]{1,64}")
_MOST: Final = 32
"""Windows of one mirror, by the protocol: whoever may write a state may write many."""


def windows_there(view: MirrorView) -> Mapping[str, Window] | None:
    """The windows that a mirror has, by id, also while it is unavailable; None where nobody can tell."""
    is_on = view.has_subject(Windows.subject)
    if view.snapshot is None or is_on is None:
        return None
    if not is_on:
        return {}
    part = view.snapshot.state.part(Windows)
    known = islice(part.windows.items() if part else (), _MOST)
    return {window_id: window for window_id, window in known if _WINDOW_ID.fullmatch(window_id)}


def window_key(window_id: str) -> str:
    """Identifies a window among all that is of its mirror."""
    return f"{_PREFIX}{window_id}"


@callback
def window_devices(coordinator: MiraCoordinator) -> dict[str, dr.DeviceEntry]:
    """The devices that are windows of a mirror, by window."""
    start = unique_id(coordinator, _PREFIX)
    devices = dr.async_entries_for_config_entry(dr.async_get(coordinator.hass), coordinator.config_entry.entry_id)
    return {
        identifier.removeprefix(start): device
        for device in devices
        for domain, identifier in device.identifiers
        if domain == DOMAIN and identifier.startswith(start)
    }


@callback
def async_follow_window_devices(coordinator: MiraCoordinator) -> None:
    """Keep the devices those of the windows that there are, and their names, until the entry is unloaded."""
    entry, devices = coordinator.config_entry, dr.async_get(coordinator.hass)

    @callback
    def look() -> None:
        there, subentries = windows_there(coordinator.data), windows(entry)
        for window_id, device in window_devices(coordinator).items():
            if there is not None and window_id not in there:
                devices.async_remove_device(device.id)
                continue
            if (subentry := subentries.get(window_id)) and device.config_subentry_id != subentry.subentry_id:
                _async_move(coordinator, device, subentry.subentry_id)
            if device.name != (name := window_name(entry, window_id)):
                devices.async_update_device(device.id, name=name)

    entry.async_on_unload(coordinator.async_add_listener(look))
    entry.async_on_unload(async_follow_subentries(coordinator, look))


@callback
def _async_move(coordinator: MiraCoordinator, device: dr.DeviceEntry, subentry_id: str) -> None:
    """Put the device of a window that was there before its subentry below that, with its entities as they are."""
    entities = er.async_get(coordinator.hass)
    # First: Home Assistant removes those that do not come along.
    for entity in er.async_entries_for_device(entities, device.id, include_disabled_entities=True):
        if entity.config_entry_id == coordinator.config_entry.entry_id:
            entities.async_update_entity(entity.entity_id, config_subentry_id=subentry_id)
    dr.async_get(coordinator.hass).async_update_device(device.id, new_config_subentry_id=subentry_id)
