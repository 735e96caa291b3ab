"""What all entities of a window share, and when they are there."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, override

from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback, async_get_current_platform

from .client.commands import Decision
from .const import DOMAIN
from .coordinator import MiraConfigEntry, MiraCoordinator
from .entity import MiraEntity, MiraEntityDescription, unique_id
from .models.windows import Window, Windows
from .window_devices import window_devices, window_key, windows_there
from .windows import window_name, windows


@dataclass(frozen=True, kw_only=True)
class WindowEntityDescription(MiraEntityDescription):
    """Describes an entity that windows have."""

    subject: str = Windows.subject
    has_fn: Callable[[MiraCoordinator, str, Window], bool] = lambda coordinator, window_id, window: True
    """Whether a window has it; once it had, it keeps it."""


@callback
def async_add_window_entities[Description: WindowEntityDescription](
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make: Callable[[MiraCoordinator, Description, str], WindowEntity],
    descriptions: Collection[Description],
) -> Callable[[], None]:
    """Have the described entities for each window: what comes later brings them along. What is returned looks again.

    `async_follow_window_devices` takes away those of windows that are gone. Until the mirror was seen for the first
    time, the windows are those that there were.
    """
    coordinator = entry.runtime_data
    platform = async_get_current_platform().domain
    registry = er.async_get(coordinator.hass)
    there = set[tuple[str, str]]()

    def has(window_id: str, window: Window | None, description: Description) -> bool:
        of_entity = unique_id(coordinator, entity_key(window_id, description.key))
        known = registry.async_get_entity_id(platform, DOMAIN, of_entity) is not None
        return known or (window is not None and description.has_fn(coordinator, window_id, window))

    @callback
    def look() -> None:
        nonlocal there
        there_now = windows_there(coordinator.data)
        known = dict.fromkeys(window_devices(coordinator)) if there_now is None else there_now
        there = {(window_id, key) for window_id, key in there if window_id in known}
        for window_id, window in known.items():
            new = [
                description
                for description in descriptions
                if (window_id, description.key) not in there and has(window_id, window, description)
            ]
            there.update((window_id, description.key) for description in new)
            if new:
                subentry = windows(entry).get(window_id)
                async_add_entities(
                    [make(coordinator, description, window_id) for description in new],
                    config_subentry_id=subentry.subentry_id if subentry else None,
                )

    entry.async_on_unload(coordinator.async_add_listener(look))
    look()
    return look


def entity_key(window_id: str, key: str) -> str:
    """Identifies an entity of a window among all of its mirror. No window's id has a dash."""
    return f"{window_key(window_id)}-{key}"


class WindowEntity(MiraEntity):
    """An entity of a window; unavailable while the mirror is away."""

    def __init__(self, coordinator: MiraCoordinator, description: WindowEntityDescription, window_id: str) -> None:
        super().__init__(coordinator, description)
        mirror = coordinator.device_id
        if TYPE_CHECKING:
            assert mirror  # it is registered before any entity
        self.window_id = window_id
        self._attr_unique_id = unique_id(coordinator, entity_key(window_id, description.key))
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, unique_id(coordinator, window_key(window_id)))},
            name=window_name(coordinator.config_entry, window_id),
            manufacturer="Mira",
            model="Window",
            via_device_id=mirror,
        )

    @property
    def window(self) -> Window | None:
        """The window; None while the mirror has none of this id."""
        part = self.mirror.part(Windows) if self.mirror else None
        return part.windows.get(self.window_id) if part else None

    @property
    @override
    def available(self) -> bool:
        """Whether the mirror is there, and has the window."""
        return super().available and self.window is not None

    async def async_ask(self, action: str, **payload: object) -> Decision:
        """Ask the mirror for something of this window. Raises a translated error where it refuses."""
        return await self.async_command(action, {"window": self.window_id, **payload})
