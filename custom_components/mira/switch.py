"""Switches: whether the mirror may hear and see."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import MiraConfigEntry, MiraCoordinator
from .entity import MiraEntity
from .models import State

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class MiraSwitchDescription(SwitchEntityDescription):
    """Describes a switch of the mirror."""

    value_fn: Callable[[State], bool]
    action: str


SWITCHES: tuple[MiraSwitchDescription, ...] = (
    MiraSwitchDescription(key="microphone", value_fn=lambda state: state.microphone, action="set_microphone"),
    MiraSwitchDescription(key="camera", value_fn=lambda state: state.camera, action="set_camera"),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switches."""
    async_add_entities(MiraSwitch(entry.runtime_data, description) for description in SWITCHES)


class MiraSwitch(MiraEntity, SwitchEntity):
    """What was asked for, never what was hoped: it changes when the mirror has accepted."""

    entity_description: MiraSwitchDescription

    def __init__(self, coordinator: MiraCoordinator, description: MiraSwitchDescription) -> None:
        super().__init__(coordinator, description.key)
        self.entity_description = description

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether the microphone or camera shall be open."""
        return self.entity_description.value_fn(self.mirror) if self.mirror else None

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Ask for it to be opened."""
        await self.async_command(self.entity_description.action, {"on": True})

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Ask for it to be closed."""
        await self.async_command(self.entity_description.action, {"on": False})
