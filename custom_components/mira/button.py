"""Buttons: take back what was changed last, listen, be quiet; move a window automatically again."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import MiraConfigEntry
from .entity import MiraEntity, MiraEntityDescription, async_add_described
from .models.voice import VERSION
from .window_entity import WindowEntity, WindowEntityDescription, async_add_window_entities

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class MiraButtonDescription(ButtonEntityDescription, MiraEntityDescription):
    """Describes a button of the mirror."""

    action: str


BUTTONS: tuple[MiraButtonDescription, ...] = (
    MiraButtonDescription(key="undo", action="undo"),
    MiraButtonDescription(
        key="listen", action="listen", subject="voice", subject_version=VERSION, device_kind="microphone"
    ),
    MiraButtonDescription(key="stop_talking", action="stop_talking", subject="voice", subject_version=VERSION),
)


@dataclass(frozen=True, kw_only=True)
class WindowButtonDescription(ButtonEntityDescription, WindowEntityDescription):
    """Describes a button of a window."""

    action: str


WINDOW_BUTTONS = (WindowButtonDescription(key="resume", action="resume_window"),)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons."""
    async_add_described(entry, async_add_entities, MiraButton, BUTTONS)
    async_add_window_entities(entry, async_add_entities, WindowButton, WINDOW_BUTTONS)


class MiraButton(MiraEntity, ButtonEntity):
    """Asks for an action that needs no more than its name."""

    entity_description: MiraButtonDescription

    @override
    async def async_press(self) -> None:
        """Ask for it."""
        await self.async_command(self.entity_description.action, {})


class WindowButton(WindowEntity, ButtonEntity):
    """Asks for an action that needs no more than its window."""

    entity_description: WindowButtonDescription

    @override
    async def async_press(self) -> None:
        """Ask for it."""
        await self.async_ask(self.entity_description.action)
