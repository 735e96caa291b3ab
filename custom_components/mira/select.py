"""The page that the mirror shows."""

from typing import override

from homeassistant.components.select import SelectEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import MiraConfigEntry, MiraCoordinator
from .entity import MiraEntity

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the page."""
    async_add_entities([MiraPage(entry.runtime_data)])


class MiraPage(MiraEntity, SelectEntity):
    """The page on the glass, out of those that the mirror has."""

    def __init__(self, coordinator: MiraCoordinator) -> None:
        super().__init__(coordinator, "page")

    @property
    @override
    def options(self) -> list[str]:
        """The mirror's pages."""
        return list(self.mirror.pages) if self.mirror else []

    @property
    @override
    def current_option(self) -> str | None:
        """The page that it shows."""
        return self.mirror.page if self.mirror else None

    @override
    async def async_select_option(self, option: str) -> None:
        """Ask for another page."""
        await self.async_command("show_page", {"page": option})
