"""The windows of a mirror that are moved by existing covers."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.start import async_at_started

from .coordinator import MiraCoordinator
from .cover_drive import CoverDrive
from .subentries import async_follow_subentries
from .windows import CONF_MOVED_BY, HOME, windows, windows_of


class CoverDrives:
    """Has each follow the mirror, once Home Assistant has started: until then covers are still to come."""

    def __init__(self, coordinator: MiraCoordinator) -> None:
        self._coordinator = coordinator
        self._chosen: Mapping[str, Mapping[str, Any]] = {}
        self.drives: dict[str, CoverDrive] = {}
        """By the window's id."""
        self._was_there = False

    @callback
    def async_follow(self) -> None:
        """Move covers until the entry is unloaded."""
        entry = self._coordinator.config_entry
        entry.async_on_unload(async_at_started(self._coordinator.hass, self._async_begin))
        entry.async_on_unload(self._async_close_all)

    @callback
    def _async_begin(self, hass: HomeAssistant) -> None:
        entry, self._was_there = self._coordinator.config_entry, windows_of(self._coordinator) is not None
        entry.async_on_unload(self._coordinator.async_add_listener(self._async_see))
        entry.async_on_unload(async_follow_subentries(self._coordinator, self._async_look))

    @callback
    def _async_look(self) -> None:
        """Take on the windows as they are set up now."""
        there = windows(self._coordinator.config_entry)
        chosen = {window: each.data for window, each in there.items() if each.data[CONF_MOVED_BY] == HOME}
        changed = [window for window, data in self._chosen.items() if chosen.get(window) != data]
        self._async_close(changed)
        self._chosen = chosen
        for window, data in chosen.items():
            if window not in self.drives:
                self.drives[window] = CoverDrive(self._coordinator, window, data)
                self._async_show(window, is_live=False)

    @callback
    def _async_close(self, which: list[str]) -> None:
        for window in which:
            self.drives.pop(window).async_close()

    @callback
    def _async_close_all(self) -> None:
        self._async_close(list(self.drives))

    @callback
    def _async_see(self) -> None:
        is_there = windows_of(self._coordinator) is not None
        was_there, self._was_there = self._was_there, is_there
        for window in self.drives:
            self._async_show(window, is_live=was_there)

    @callback
    def _async_show(self, window: str, *, is_live: bool) -> None:
        if known := windows_of(self._coordinator):
            context = self._coordinator.change_context
            self.drives[window].async_see(known.windows.get(window), is_live=is_live, context=context)
