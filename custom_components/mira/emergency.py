"""Shuts windows in rain and storm while nobody decides: the mirror, or the way to it, is away.

It shuts and never opens, and once for each time that it becomes wet or stormy: whoever opens a window after that has
seen why it was shut. The mirror is told when it is back.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from homeassistant.components.persistent_notification import async_create
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later, async_track_state_change_event, async_track_time_interval
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .coordinator import MiraCoordinator
from .cover_drives import CoverDrives
from .readings import CONF_WEATHER, OF_WEATHER, outside_values, sources
from .translation import base_language
from .windows import weather, window_name, windows_of

_LOGGER = logging.getLogger(__name__)

AWAY_S: Final = 30.0
"""A sidecar that is restarted is back by then."""
_STORM_WIND: Final = 10.0
_STORM_GUST: Final = 17.0
"""In m/s, as in the sidecar's defaults: what is set there is not known here."""
_EVERY: Final = timedelta(minutes=1)
_OVER: Final = timedelta(minutes=10)
"""What begins again sooner is not over."""


class Emergency:
    """Of one mirror."""

    def __init__(self, coordinator: MiraCoordinator, drives: CoverDrives) -> None:
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._drives = drives
        self._unfollow: list[CALLBACK_TYPE] = []
        """Ends the waiting, and then the looking out."""
        self._last_danger: datetime | None = None
        self._seen_to = set[str]()
        """The windows that are shut, or were, since it became dangerous."""
        self._untold = set[str]()
        """Those that were shut: the mirror does not know why."""

    @callback
    def async_follow(self) -> None:
        """Look out while the mirror is away, until the entry is unloaded."""
        entry = self._coordinator.config_entry
        entry.async_on_unload(async_at_started(self._hass, self._async_begin))
        entry.async_on_unload(self._async_end)

    @callback
    def _async_begin(self, hass: HomeAssistant) -> None:
        self._coordinator.config_entry.async_on_unload(self._coordinator.async_add_listener(self._async_see))
        self._async_see()

    @callback
    def _async_see(self) -> None:
        if not self._coordinator.data.connected:
            self._unfollow = self._unfollow or [async_call_later(self._hass, AWAY_S, HassJob(self._async_look_out))]
            return
        self._async_end()
        if self._untold and windows_of(self._coordinator):
            untold, self._untold = self._untold, set()
            self._coordinator.config_entry.async_create_background_task(
                self._hass, self._async_tell(untold), f"{DOMAIN} {self._coordinator.name} shut windows"
            )

    @callback
    def _async_end(self) -> None:
        for unfollow in self._unfollow:
            unfollow()
        self._unfollow, self._last_danger, self._seen_to = [], None, set()

    @callback
    def _async_look_out(self, now: datetime) -> None:
        """Follow the weather from now on, and covers that can be reached again."""
        outside = weather(self._coordinator.config_entry)
        entities = sources(outside.data, (CONF_WEATHER, *OF_WEATHER)) if outside else []
        self._unfollow = [
            async_track_state_change_event(self._hass, entities, self._async_changed),
            async_track_time_interval(self._hass, self._async_judge, _EVERY),
        ]
        self._async_judge()

    @callback
    def _async_changed(self, event: Event[EventStateChangedData]) -> None:
        self._async_judge()

    @callback
    def _async_judge(self, *_: object) -> None:
        """Shut all windows where it has become dangerous."""
        if not (danger := self._danger):
            return
        now, before = dt_util.utcnow(), self._last_danger
        self._last_danger = now
        if before is None or now - before > _OVER:
            self._seen_to.clear()
        shut = list[str]()
        for window, drive in self._drives.drives.items():
            if window not in self._seen_to and drive.is_reachable:
                self._seen_to.add(window)
                shut += [window] if drive.async_shut() else []
        if shut:
            _LOGGER.warning("%s is away, and its windows are shut: %s", self._coordinator.name, danger)
            self._untold.update(shut)
            self._hass.async_create_task(self._async_notify(shut, danger))

    @property
    def _danger(self) -> str | None:
        outside = weather(self._coordinator.config_entry)
        values = outside_values(self._hass, outside.data) if outside else {}
        if values.get("rain"):
            return "rain"
        is_windy = (values.get("wind") or 0) >= _STORM_WIND or (values.get("gust") or 0) >= _STORM_GUST
        return "storm" if is_windy or values.get("alert") else None

    async def _async_notify(self, shut: list[str], danger: str) -> None:
        """Say in words what was done and why."""
        coordinator = self._coordinator
        texts = await async_get_translations(self._hass, base_language(self._hass.config.language), "common", [DOMAIN])
        prefix, entry = f"component.{DOMAIN}.common.windows_shut", coordinator.config_entry
        names = ", ".join(window_name(entry, window) for window in shut)
        async_create(
            self._hass,
            texts[f"{prefix}_{danger}"].format(mirror=coordinator.name, windows=names),
            texts[f"{prefix}_title"].format(mirror=coordinator.name),
            f"{DOMAIN}_{entry.entry_id}_windows_shut",
        )

    async def _async_tell(self, untold: set[str]) -> None:
        """Tell where they stand, and have the mirror move them again: it was no person who shut them."""
        for window in sorted(untold & set(self._drives.drives)):
            try:
                await self._drives.drives[window].async_told()
                await self._coordinator.async_send("resume_window", {"window": window})
            except HomeAssistantError as err:
                _LOGGER.debug("A window is left alone for a while: %s", err)
