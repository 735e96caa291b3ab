"""The page that the mirror shows."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import MiraConfigEntry
from .entity import MiraEntity, MiraEntityDescription, async_add_described

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class MiraSelectDescription(SelectEntityDescription, MiraEntityDescription):
    """Describes a choice."""


PAGE = MiraSelectDescription(key="page")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the page."""
    async_add_described(entry, async_add_entities, MiraPage, [PAGE])


class MiraPage(MiraEntity, SelectEntity):
    """The page on the glass, out of those that the mirror has."""

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
