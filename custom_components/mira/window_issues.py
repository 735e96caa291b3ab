"""What is wrong with windows and can be put right: repair issues, which come and go by themselves."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started

from .const import WINDOW_FAULTS
from .coordinator import MiraCoordinator
from .issues import WINDOW_FAULT_PREFIX, async_judge
from .models.windows import Windows
from .readings import CONF_WEATHER, OF_ROOM, OF_WEATHER, is_silent, sources
from .subentries import async_follow_subentries
from .translation import sentence
from .window_sync import WindowSync
from .windows import CONF_CONTACT, CONF_COVER, weather, window_id, window_name, windows, windows_of

OTHER_FAULT: Final = "window_other_fault"
"""One that only a newer sidecar knows."""
WINDOWS_OFF: Final = "windows_off"
REFUSED: Final = "window_refused"
SILENT: Final = "window_sources"
_EVERY: Final = timedelta(minutes=5)
_MEASURED: Final = tuple(dict.fromkeys((CONF_COVER, CONF_CONTACT, CONF_WEATHER, *OF_ROOM, *OF_WEATHER)))


class Issue(NamedTuple):
    """What is wrong, by the key of its text."""

    text: str
    placeholders: Mapping[str, Any]


class WindowIssues:
    """Those of one mirror."""

    def __init__(self, coordinator: MiraCoordinator, sync: WindowSync) -> None:
        self._coordinator = coordinator
        self._entry = coordinator.config_entry
        self._sync = sync
        self._issues: dict[str, Issue] = {}
        self._silent: dict[str, Issue] = {}

    @callback
    def async_follow(self) -> None:
        """Raise and clear them until the entry is unloaded, and clear them then."""
        self._entry.async_on_unload(self._async_clear)
        self._entry.async_on_unload(async_at_started(self._coordinator.hass, self._async_begin))

    @callback
    def _async_begin(self, hass: HomeAssistant) -> None:
        self._entry.async_on_unload(async_track_time_interval(hass, self._async_look, _EVERY))
        self._entry.async_on_unload(self._coordinator.async_add_listener(self._async_judge))
        self._entry.async_on_unload(async_follow_subentries(self._coordinator, self._async_look))

    @callback
    def _async_look(self, *_: object) -> None:
        """Look at all entities that were chosen."""
        self._silent = dict(self._sources())
        self._async_judge()

    @callback
    def _async_judge(self) -> None:
        there = windows_of(self._coordinator)
        found = {**self._silent, **dict(self._of_mirror(there))}
        if there is None and self._coordinator.data.has_subject(Windows.subject) is not False:
            # It is away: nothing is known to have changed.
            found = {**self._issues, **self._silent}
        for key in self._issues.keys() - found.keys():
            async_judge(self._coordinator, key, wrong=False)
        for key, issue in found.items():
            if issue != self._issues.get(key):
                async_judge(self._coordinator, key, issue.text, **issue.placeholders)
        self._issues = found

    @callback
    def _async_clear(self) -> None:
        for key in self._issues:
            async_judge(self._coordinator, key, wrong=False)
        self._issues = {}

    def _of_mirror(self, there: Windows | None) -> Iterator[tuple[str, Issue]]:
        """What the mirror says, or that it says nothing of windows."""
        if there is None:
            if windows(self._entry):
                yield WINDOWS_OFF, Issue(WINDOWS_OFF, {})
            return
        for window, each in there.windows.items():
            if each.fault:
                text = f"window_{each.fault}" if each.fault in WINDOW_FAULTS else OTHER_FAULT
                named = {"window": window_name(self._entry, window), "fault": each.fault}
                yield f"{WINDOW_FAULT_PREFIX}{window}", Issue(text, named)
        for window, decision in self._sync.refusals.items():
            reason = sentence(self._coordinator.hass, decision) or ""
            named = {"window": window_name(self._entry, window), "reason": reason}
            yield f"{REFUSED}_{window}", Issue(REFUSED, named)

    def _sources(self) -> Iterator[tuple[str, Issue]]:
        """Entities that say nothing any more, by what they were chosen for."""
        outside = weather(self._entry)
        chosen: list[tuple[str, ConfigSubentry]] = [(window_id(each), each) for each in windows(self._entry).values()]
        chosen += [("weather", outside)] if outside else []
        for key, subentry in chosen:
            silent = [each for each in sources(subentry.data, _MEASURED) if is_silent(self._coordinator.hass, each)]
            if silent:
                named = {"window": subentry.title, "entities": ", ".join(silent)}
                yield f"{SILENT}_{key}", Issue(SILENT, named)
