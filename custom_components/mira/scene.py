"""The mirror's pages as scenes: Assist has sentences that activate scenes, in each language, and none for a select."""

from typing import Any, override

from homeassistant.components.scene import Scene
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import MiraConfigEntry, MiraCoordinator
from .entity import MiraEntity, MiraEntityDescription

PARALLEL_UPDATES = 0

NAMED_PAGES = ("clock", "home", "todos")
"""Pages that have a name in Home Assistant's languages."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up a scene for each page, also for those that come later."""
    coordinator = entry.runtime_data
    there: set[str] = set()

    @callback
    def add_pages() -> None:
        snapshot = coordinator.data.snapshot
        new = [page for page in (snapshot.state.pages if snapshot else ()) if page not in there]
        there.update(new)
        async_add_entities(MiraPageScene(coordinator, page) for page in new)

    entry.async_on_unload(coordinator.async_add_listener(add_pages))
    add_pages()


class MiraPageScene(MiraEntity, Scene):
    """Shows one page; unavailable where the mirror does not have it any more."""

    def __init__(self, coordinator: MiraCoordinator, page: str) -> None:
        text = page if page in NAMED_PAGES else "page"
        super().__init__(coordinator, MiraEntityDescription(key=f"page_{page}", translation_key=text))
        # The page is a select; who wants scenes for it too, enables them.
        self._attr_entity_registry_enabled_default = False
        self._page = page
        self._attr_translation_placeholders = {"page": page.replace("_", " ")}

    @property
    @override
    def available(self) -> bool:
        """Whether the mirror is there, and has the page."""
        return super().available and self.mirror is not None and self._page in self.mirror.pages

    @override
    async def async_activate(self, **kwargs: Any) -> None:
        """Ask for the page."""
        await self.async_command("show_page", {"page": self._page})
