"""What a mirror with windows measures and advises, and what sends to it: asked for while somebody wants it."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, override

from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .client.queries import Queries
from .errors import MiraError
from .models.air import Air
from .models.json_object import JsonObject

if TYPE_CHECKING:
    from .coordinator import MiraCoordinator

_LOGGER = logging.getLogger(__name__)

_AIR_EVERY = timedelta(seconds=10)
_DEVICES_EVERY = timedelta(minutes=1)
_DEVICES_AT_ONCE, _PAGES = 500, 20
"""The most that one answer has, and all that a mirror knows."""


class WindowFigures[T](DataUpdateCoordinator[T | None]):
    """Asks a mirror the same again and again, while there is a listener."""

    def __init__(
        self, mirror: MiraCoordinator, about: str, every: timedelta, ask: Callable[[Queries], Awaitable[T]]
    ) -> None:
        super().__init__(
            mirror.hass,
            _LOGGER,
            config_entry=mirror.config_entry,
            name=f"the {about} of {mirror.name}",
            update_interval=every,
        )
        self._mirror = mirror
        self._ask = ask

    @override
    async def _async_update_data(self) -> T | None:
        """What is known now; None while the mirror is unavailable: a question would wait for it in Redis."""
        if not self._mirror.data.connected:
            return None
        try:
            return await self._ask(self._mirror.client.queries)
        except MiraError as err:
            raise UpdateFailed(str(err)) from err

    @property
    def known(self) -> T | None:
        """The last answer; None before the first one, and where there was none."""
        return self.data if self.last_update_success else None


def air_of(mirror: MiraCoordinator) -> WindowFigures[Air]:
    """The air in a mirror's rooms, and what is advised for its windows."""
    return WindowFigures(mirror, "air", _AIR_EVERY, _air)


def devices_of(mirror: MiraCoordinator) -> WindowFigures[dict[str, str]]:
    """The status of the devices that send to a mirror over MQTT, by device."""
    return WindowFigures(mirror, "devices", _DEVICES_EVERY, _devices)


async def _air(queries: Queries) -> Air:
    return Air.read(JsonObject("The air", await queries.ask("windows_air", {})))


async def _devices(queries: Queries) -> dict[str, str]:
    devices = await async_all_devices(queries)
    return {each.required("device", str): each.required("status", str) for each in devices}


async def async_all_devices(queries: Queries) -> list[JsonObject]:
    """What sends to a mirror over MQTT, a page after the other. Raises MiraError."""
    found: list[JsonObject] = []
    after: str | None = ""
    for _ in range(_PAGES):
        answer = await queries.ask("windows_devices", {"after": after, "limit": _DEVICES_AT_ONCE})
        page = JsonObject("The devices", answer)
        found += page.objects("devices")
        if (after := page.optional("next", str)) is None:
            break
    return found
