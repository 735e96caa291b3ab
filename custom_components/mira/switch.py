"""Switches: whether the mirror may hear and see, which gestures count, and how windows are moved."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import ATTR_WAITING_FOR, CONFIRMATION, GESTURES
from .coordinator import MiraConfigEntry, raise_if_refused
from .entity import MiraEntity, MiraEntityDescription, async_add_described
from .models.state import State
from .models.windows import Window
from .window_entity import WindowEntity, WindowEntityDescription, async_add_window_entities

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class MiraSwitchDescription(SwitchEntityDescription, MiraEntityDescription):
    """Describes a switch of the mirror."""

    value_fn: Callable[[State], bool | None]
    """None: an older sidecar cannot be asked for it."""
    action: str
    payload_fn: Callable[[bool], dict[str, Any]] = lambda on: {"on": on}


def _gesture(name: str) -> MiraSwitchDescription:
    def is_on(state: State) -> bool | None:
        off = state.thresholds.gestures_off if state.thresholds else None
        return None if off is None else name not in off

    return MiraSwitchDescription(
        key=f"gesture_{name}",
        subject="gesture",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        value_fn=is_on,
        action="set_gesture",
        payload_fn=lambda on: {"name": name, "enabled": on},
    )


SWITCHES = (
    MiraSwitchDescription(key="camera", device_kind="camera", value_fn=lambda state: state.camera, action="set_camera"),
    MiraSwitchDescription(
        key="microphone", device_kind="microphone", value_fn=lambda state: state.microphone, action="set_microphone"
    ),
    *map(_gesture, GESTURES),
)


@dataclass(frozen=True, kw_only=True)
class WindowSwitchDescription(SwitchEntityDescription, WindowEntityDescription):
    """Describes a switch of a window; `field` of its action is what is switched."""

    value_fn: Callable[[Window], bool]
    action: str
    field: str


WINDOW_SWITCHES = (
    WindowSwitchDescription(
        key="automatic", value_fn=lambda window: window.auto, action="set_window_auto", field="auto"
    ),
    WindowSwitchDescription(
        key="shadow_mode",
        entity_category=EntityCategory.CONFIG,
        value_fn=lambda window: window.shadow,
        action="set_window_auto",
        field="shadow",
    ),
    WindowSwitchDescription(
        key="child_lock",
        entity_category=EntityCategory.CONFIG,
        value_fn=lambda window: window.locked,
        action="lock_window",
        field="locked",
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switches."""
    async_add_described(entry, async_add_entities, MiraSwitch, SWITCHES)
    async_add_window_entities(entry, async_add_entities, WindowSwitch, WINDOW_SWITCHES)


class MiraSwitch(MiraEntity, SwitchEntity):
    """What was asked for, never what was hoped: it changes when the mirror has accepted, or after a yes."""

    entity_description: MiraSwitchDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether the microphone or camera shall be open, or the gesture counts."""
        return self.entity_description.value_fn(self.mirror) if self.mirror else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """That a confirmation is awaited, as long as it is."""
        return {ATTR_WAITING_FOR: CONFIRMATION} if self._awaits_confirmation else {}

    @property
    def _awaits_confirmation(self) -> bool:
        """Whether the mirror asks before it changes this switch, also where that would come of something else."""
        pending, asked = self.mirror and self.mirror.pending, self.entity_description
        if not pending:
            return False
        changes = asked.payload_fn(not self.is_on).items() <= pending.payload.items()
        return f"{asked.key}_on" in pending.risks or (pending.action == asked.action and changes)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Ask for it."""
        await self._async_ask(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Ask for its end."""
        await self._async_ask(on=False)

    async def _async_ask(self, *, on: bool) -> None:
        action, payload = self.entity_description.action, self.entity_description.payload_fn(on)
        decision = await self.coordinator.async_send(action, payload, context=self._context)
        if decision.reason == "question_pending" and self._awaits_confirmation:
            return  # asked again while the question waits: no reason to stop an automation
        raise_if_refused(decision)


class WindowSwitch(WindowEntity, SwitchEntity):
    """How a window is moved."""

    entity_description: WindowSwitchDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether it is so, as the mirror has accepted it."""
        return self.entity_description.value_fn(self.window) if self.window else None

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Ask for it."""
        await self.async_ask(self.entity_description.action, **{self.entity_description.field: True})

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Ask for its end."""
        await self.async_ask(self.entity_description.action, **{self.entity_description.field: False})
