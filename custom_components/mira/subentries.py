"""Personas, windows and what else is added to a mirror: when they may have come, gone or changed."""

from collections.abc import Callable

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntryChange
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .coordinator import MiraConfigEntry, MiraCoordinator


@callback
def async_follow_subentries(coordinator: MiraCoordinator, look: Callable[[], None]) -> CALLBACK_TYPE:
    """Look at them now, and whenever one may have changed, until what is returned is called."""
    entry = coordinator.config_entry

    @callback
    def changed(change: ConfigEntryChange, changed_entry: MiraConfigEntry) -> None:
        if change is ConfigEntryChange.UPDATED and changed_entry is entry:
            look()

    look()
    return async_dispatcher_connect(coordinator.hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed)
