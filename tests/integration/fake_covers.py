"""Covers of Home Assistant's with motors that are made up: exact, drifting, noisy, or without a position."""

import asyncio
from typing import Any

from homeassistant.components.cover import CoverDeviceClass, CoverEntity, CoverEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockEntityPlatform

WHOLE = CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE | CoverEntityFeature.STOP
TILT = CoverEntityFeature.OPEN_TILT | CoverEntityFeature.CLOSE_TILT | CoverEntityFeature.SET_TILT_POSITION


class FakeCover(CoverEntity):
    """Moves a tenth of its way at a time; `drift` is how far off it stops. It needs 0.3 s: faster ones lie."""

    _attr_should_poll = False
    _attr_device_class = CoverDeviceClass.WINDOW

    def __init__(
        self,
        name: str,
        *,
        position: int | None = 0,
        drift: int = 0,
        features: CoverEntityFeature = WHOLE | CoverEntityFeature.SET_POSITION,
        says: bool = True,
        unique_id: str | None = None,
    ) -> None:
        self._attr_name = name
        self._attr_unique_id = unique_id
        self._attr_supported_features = features
        self.position = position
        self.drift = drift
        self.says = says
        """Whether it says where it stands."""
        self.is_broken = False
        self.called: list[tuple[str, Any]] = []
        """What it was asked."""
        self.contexts: list[Any] = []
        self.step_s = 0.03
        self._moving: asyncio.Task[None] | None = None

    @property
    def current_cover_position(self) -> int | None:
        return self.position if self.says else None

    @property
    def current_cover_tilt_position(self) -> int | None:
        return self.position if self.supported_features & CoverEntityFeature.SET_TILT_POSITION else None

    @property
    def is_closed(self) -> bool | None:
        return None if self.position is None else self.position == 0

    async def async_open_cover(self, **kwargs: Any) -> None:
        await self._ask("open", 100)

    async def async_close_cover(self, **kwargs: Any) -> None:
        await self._ask("close", 0)

    async def async_set_cover_position(self, **kwargs: Any) -> None:
        await self._ask("set", kwargs["position"])

    async def async_stop_cover(self, **kwargs: Any) -> None:
        await self._ask("stop", None)

    async def async_open_cover_tilt(self, **kwargs: Any) -> None:
        await self._ask("open_tilt", 100)

    async def async_close_cover_tilt(self, **kwargs: Any) -> None:
        await self._ask("close_tilt", 0)

    async def async_set_cover_tilt_position(self, **kwargs: Any) -> None:
        await self._ask("set_tilt", kwargs["tilt_position"])

    def put(self, position: int) -> None:
        """Somebody moves it by hand."""
        self.position = position
        self.async_write_ha_state()

    def be(self, *, available: bool) -> None:
        """Be reachable, or not."""
        self._attr_available = available
        self.async_write_ha_state()

    async def _ask(self, what: str, to: int | None) -> None:
        self.called.append((what, to))
        self.contexts.append(self._context)
        if self.is_broken:
            raise HomeAssistantError("The motor does not answer.")
        if self._moving:
            self._moving.cancel()
        self._attr_is_opening = self._attr_is_closing = False
        if to is None:
            self.async_write_ha_state()
        else:
            self._moving = self.hass.async_create_background_task(self._run(to), "cover")

    async def _run(self, to: int) -> None:
        start = self.position or 0
        aim = to if to in (0, 100) else to + self.drift
        self._attr_is_opening, self._attr_is_closing = aim > start, aim < start
        for part in range(1, 11):
            await asyncio.sleep(self.step_s)
            self.position = round(start + (aim - start) * part / 10)
            self.async_write_ha_state()
        self._attr_is_opening = self._attr_is_closing = False
        self.async_write_ha_state()


async def add_covers(hass: HomeAssistant, *covers: FakeCover) -> None:
    """Have these in Home Assistant, whether there are covers already or not."""
    assert await async_setup_component(hass, "cover", {})
    platform = MockEntityPlatform(hass, domain="cover", platform_name="test")
    await platform.async_add_entities(covers)
    await hass.async_block_till_done()
