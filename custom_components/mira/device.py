"""What a mirror is called in Home Assistant, whoever renames it: a person or the mirror itself.

Its device's name counts where a person has given one, else the title of its entry. The title follows the name that
the mirror gives itself until a person changes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .const import CONF_MIRROR
from .models.presence import Presence

if TYPE_CHECKING:  # which asks this module for names
    from .coordinator import MiraConfigEntry


@callback
def mirror_device(hass: HomeAssistant, entry: MiraConfigEntry) -> dr.DeviceEntry | None:
    """The mirror's device; None until it is set up for the first time. Its personas and windows have their own."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    own = (device for device in devices if device.config_subentry_id is None and device.via_device_id is None)
    return next(own, None)


@callback
def mirror_name(hass: HomeAssistant, entry: MiraConfigEntry) -> str:
    """What people call it."""
    device = mirror_device(hass, entry)
    return (device.name_by_user if device else None) or entry.title


@callback
def mirror_names(hass: HomeAssistant, entry: MiraConfigEntry) -> tuple[str, ...]:
    """All that people and the sidecar call it."""
    return mirror_name(hass, entry), entry.title, entry.data[CONF_MIRROR]


@callback
def distinct_names(hass: HomeAssistant, entries: Collection[MiraConfigEntry]) -> dict[str, MiraConfigEntry]:
    """The mirrors by names that tell them apart, without regard to case: where two share one, with what differs."""

    def names(entry: MiraConfigEntry) -> Iterator[str]:
        name, place = mirror_name(hass, entry), entry.data
        yield name
        yield f"{name} ({place[CONF_MIRROR]})"
        # Two mirrors cannot share their keys at a Redis server.
        yield f"{name} ({place[CONF_MIRROR]}, {place[CONF_HOST]}:{place[CONF_PORT]})"

    known = {entry.entry_id: [name.casefold() for name in names(entry)] for entry in entries}

    def distinct(entry: MiraConfigEntry) -> str:
        others = {name for entry_id, theirs in known.items() if entry_id != entry.entry_id for name in theirs}
        *short, longest = names(entry)
        return next((name for name in short if name.casefold() not in others), longest)

    return {distinct(entry): entry for entry in entries}


@callback
def async_take_own_name(hass: HomeAssistant, entry: MiraConfigEntry, presence: Presence | None) -> None:
    """Have the title follow the name that the mirror gives itself, unless a person has given it another one."""
    own, before = presence.name.strip() if presence else "", entry.data.get(CONF_NAME)
    if own and own != before:
        title = own if entry.title == before else entry.title
        hass.config_entries.async_update_entry(entry, title=title, data={**entry.data, CONF_NAME: own})
