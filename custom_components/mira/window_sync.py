"""Has the mirror know the windows that are set up: it is told what is new, what has changed and what was deleted.

It is looked at when something is set up otherwise and when the mirror comes, and not with each change there: whoever
sets a window otherwise at the mirror is not overruled at once. What was told is kept with the entry, so that a window
that was deleted while the mirror was away is removed there later.
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HassJob, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later

from .client.commands import Decision
from .const import DOMAIN
from .coordinator import MiraCoordinator
from .models.windows import Window
from .subentries import async_follow_subentries
from .windows import definition, windows, windows_of

_LOGGER = logging.getLogger(__name__)

CONF_TOLD: Final = "windows"
"""In the entry's data: the windows that the mirror was told of."""
_AGAIN_S: Final = 30.0
"""Until it is tried again where no answer came."""

type Definitions = Mapping[str, Mapping[str, Any]]
"""Windows as they are set up, by id."""


class WindowSync:
    """Tells one mirror of its windows."""

    def __init__(self, coordinator: MiraCoordinator) -> None:
        self._coordinator = coordinator
        self._entry = coordinator.config_entry
        self._wanted: Definitions | None = None
        """What is set up; None while the mirror is away."""
        self._known: Definitions | None = None
        """What the mirror was told of that since it came."""
        self._task: asyncio.Task[None] | None = None
        self._again: CALLBACK_TYPE | None = None
        self.refusals: dict[str, Decision] = {}
        """Of windows that the mirror would not have so, by id."""

    @callback
    def async_follow(self) -> None:
        """Look until the entry is unloaded."""
        self._entry.async_on_unload(self._async_stop)
        self._entry.async_on_unload(self._coordinator.async_add_listener(self._async_look))
        self._entry.async_on_unload(async_follow_subentries(self._coordinator, self._async_look))

    @callback
    def _async_stop(self) -> None:
        self._wanted = self._known = None
        if self._again:
            self._again()
            self._again = None

    @callback
    def _async_look(self) -> None:
        if windows_of(self._coordinator) is None:
            self._async_stop()
            return
        self._wanted = {window: definition(self._entry, each) for window, each in windows(self._entry).items()}
        is_busy = self._again or (self._task and not self._task.done())
        if self._wanted != self._known and not is_busy:
            # Not at once: what it keeps with the entry has us look again.
            self._task = self._entry.async_create_background_task(
                self._coordinator.hass,
                self._async_tell_all(),
                f"{DOMAIN} {self._coordinator.name} windows",
                eager_start=False,
            )

    async def _async_tell_all(self) -> None:
        try:
            while self._wanted is not None and self._wanted != self._known:
                wanted = self._wanted
                await self._async_tell(wanted)
                self._known = wanted
        except HomeAssistantError as err:
            _LOGGER.debug("%s was not told of its windows: %s", self._coordinator.name, err)
            if self._wanted is not None:  # otherwise it is tried when the mirror comes
                self._again = async_call_later(self._coordinator.hass, _AGAIN_S, HassJob(self._async_try_again))

    async def _async_tell(self, wanted: Definitions) -> None:
        """Remove what is set up no more, and add or change the others. Raises HomeAssistantError."""
        told = set(self._entry.data.get(CONF_TOLD, ())) | set(wanted)
        self._keep(told)  # before it is: nothing is left at the mirror that nobody knows of
        for window in sorted(told - set(wanted)):
            await self._async_remove(window)
            told -= {window}
            self._keep(told)
        for window, each in wanted.items():
            await self._async_define(window, each)

    @callback
    def _async_try_again(self, *_: object) -> None:
        self._async_stop()
        self._async_look()

    @callback
    def _keep(self, told: set[str]) -> None:
        if told != set(self._entry.data.get(CONF_TOLD, ())):
            data = {**self._entry.data, CONF_TOLD: sorted(told)}
            self._coordinator.hass.config_entries.async_update_entry(self._entry, data=data)

    async def _async_remove(self, window: str) -> None:
        self.refusals.pop(window, None)
        known = windows_of(self._coordinator)
        if known and window in known.windows:
            await self._coordinator.async_send("remove_window", {"window": window})

    async def _async_define(self, window: str, wanted: Mapping[str, Any]) -> None:
        known = windows_of(self._coordinator)
        there = known.windows.get(window) if known else None
        if there is None:
            given = {name: value for name, value in wanted.items() if value is not None}
            decision = await self._coordinator.async_send("add_window", {"window": window, **given})
        elif changes := _changes(there, wanted):
            decision = await self._coordinator.async_send("change_window", {"window": window, **changes})
        else:
            self.refusals.pop(window, None)
            return
        if decision.accepted:
            self.refusals.pop(window, None)
        else:
            self.refusals[window] = decision
        self._coordinator.async_update_listeners()


def _changes(there: Window, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What the mirror has otherwise."""
    has = {**vars(there), "drive": vars(there.drive) if there.drive else None}
    return {name: value for name, value in wanted.items() if has[name] != value}
