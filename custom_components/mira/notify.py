"""Messages on the glass."""

from typing import override

from homeassistant.components.notify import NotifyEntity, NotifyEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import MiraConfigEntry, MiraCoordinator
from .entity import MiraEntity
from .schemas import MESSAGE_LENGTH, TITLE_LENGTH
from .util import shortened

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the glass as a place for messages."""
    async_add_entities([MiraMessages(entry.runtime_data)])


class MiraMessages(MiraEntity, NotifyEntity):
    """Shows a message for as long as the mirror shows messages; the next one takes its place."""

    _attr_supported_features = NotifyEntityFeature.TITLE

    def __init__(self, coordinator: MiraCoordinator) -> None:
        super().__init__(coordinator, "message")

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        """Ask for the message to be shown, or for as much of it as fits: who sends it cannot see the glass."""
        payload = {"text": shortened(message, MESSAGE_LENGTH)}
        if title:
            payload["title"] = shortened(title, TITLE_LENGTH)
        await self.async_command("show_message", payload)
