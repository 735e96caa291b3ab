"""Windows with a motor: where each stands as observed, and where it is asked to go."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.cover import (
    ATTR_POSITION,
    CoverDeviceClass,
    CoverEntity,
    CoverEntityDescription,
    CoverEntityFeature,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coordinator import MiraConfigEntry
from .models.windows import Run
from .window_entity import WindowEntity, WindowEntityDescription, async_add_window_entities

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class WindowCoverDescription(CoverEntityDescription, WindowEntityDescription):
    """Describes a window as a cover."""


WINDOW = WindowCoverDescription(key="window", device_class=CoverDeviceClass.WINDOW)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the windows."""
    async_add_window_entities(entry, async_add_entities, WindowCover, [WINDOW])


class WindowCover(WindowEntity, CoverEntity):
    """A window. It moves as far as the mirror's policies let it, and shows what was observed."""

    _attr_name = None
    _attr_supported_features = (
        CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE | CoverEntityFeature.SET_POSITION | CoverEntityFeature.STOP
    )

    @property
    @override
    def current_cover_position(self) -> int | None:
        """How far it is open, in %."""
        return self.window.position if self.window else None

    @property
    @override
    def is_closed(self) -> bool | None:
        """Whether it is shut; None where nobody has observed it."""
        position = self.current_cover_position
        return None if position is None else position == 0

    @property
    @override
    def is_opening(self) -> bool:
        """Whether its motor opens it."""
        return self._run is not None and self._run.to > self._run.start

    @property
    @override
    def is_closing(self) -> bool:
        """Whether its motor closes it."""
        return self._run is not None and self._run.to < self._run.start

    @property
    def _run(self) -> Run | None:
        return self.window.run if self.window else None

    @override
    async def async_open_cover(self, **kwargs: Any) -> None:
        """Open it as far as may be."""
        await self._async_move(100)

    @override
    async def async_close_cover(self, **kwargs: Any) -> None:
        """Close it."""
        await self._async_move(0)

    @override
    async def async_set_cover_position(self, **kwargs: Any) -> None:
        """Open it so far."""
        await self._async_move(kwargs[ATTR_POSITION])

    @override
    async def async_stop_cover(self, **kwargs: Any) -> None:
        """Leave it where it is."""
        await self._async_move("stop")

    async def _async_move(self, position: int | str) -> None:
        """Ask for it. Raises a translated error where the mirror refuses, and where it asks back first.

        Whoever moves the slider sees it jump back, and has to be told why.
        """
        if (await self.async_ask("set_window", position=position)).needs_confirmation:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="window_needs_confirmation",
                translation_placeholders={"mirror": self.coordinator.name},
            )
