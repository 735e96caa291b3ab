"""Messages on the glass."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.notify import NotifyEntity, NotifyEntityDescription, NotifyEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import MiraConfigEntry
from .entity import MiraEntity, MiraEntityDescription, async_add_described
from .schemas import MESSAGE_LENGTH, TITLE_LENGTH
from .util import shortened

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class MiraNotifyDescription(NotifyEntityDescription, MiraEntityDescription):
    """Describes a place for messages."""


MESSAGE = MiraNotifyDescription(key="message")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the glass as a place for messages."""
    async_add_described(entry, async_add_entities, MiraMessages, [MESSAGE])


class MiraMessages(MiraEntity, NotifyEntity):
    """Shows a message for as long as the mirror shows messages; the next one takes its place."""

    _attr_supported_features = NotifyEntityFeature.TITLE

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        """Ask for the message to be shown, or for as much of it as fits: who sends it cannot see the glass."""
        payload = {"text": shortened(message, MESSAGE_LENGTH)}
        if title:
            payload["title"] = shortened(title, TITLE_LENGTH)
        await self.async_command("show_message", payload)
