"""Numbers: from where on a gesture counts, and the limits of windows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.number import NumberDeviceClass, NumberEntity, NumberEntityDescription, NumberMode
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import MiraConfigEntry
from .entity import MiraEntity, MiraEntityDescription, async_add_described
from .models.gesture import Thresholds
from .models.windows import Window
from .window_entity import WindowEntity, WindowEntityDescription, async_add_window_entities

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class MiraNumberDescription(NumberEntityDescription, MiraEntityDescription):
    """Describes a threshold; its key is the field of the command that sets it."""

    value_fn: Callable[[Thresholds], float]
    payload_fn: Callable[[float], float] = round
    """What the command takes for a value as it is shown."""


NUMBERS: tuple[MiraNumberDescription, ...] = (
    MiraNumberDescription(
        key="gesture_min_confidence",
        subject="gesture",
        native_unit_of_measurement=PERCENTAGE,
        native_min_value=0,
        native_max_value=100,
        native_step=1,
        mode=NumberMode.BOX,  # beside a slider, a phone has no room for the name
        value_fn=lambda thresholds: round(thresholds.gesture_min_confidence * 100),
        payload_fn=lambda value: value / 100,
    ),
    MiraNumberDescription(
        key="gesture_hold_ms",
        subject="gesture",
        device_class=NumberDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        native_min_value=100,
        native_max_value=10_000,
        native_step=50,
        mode=NumberMode.BOX,
        value_fn=lambda thresholds: thresholds.gesture_hold_ms,
    ),
    MiraNumberDescription(
        key="gesture_cooldown_ms",
        subject="gesture",
        device_class=NumberDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        native_min_value=0,
        native_max_value=60_000,
        native_step=50,
        mode=NumberMode.BOX,
        value_fn=lambda thresholds: thresholds.gesture_cooldown_ms,
    ),
)


@dataclass(frozen=True, kw_only=True)
class WindowNumberDescription(NumberEntityDescription, WindowEntityDescription):
    """Describes a limit of a window; its key is the field of the command that sets it."""

    entity_category: EntityCategory | None = EntityCategory.CONFIG
    native_min_value: float | None = 0
    native_step: float | None = 1
    mode: NumberMode | None = NumberMode.BOX
    value_fn: Callable[[Window], float | None]


WINDOW_NUMBERS = (
    WindowNumberDescription(
        key="most",
        native_unit_of_measurement=PERCENTAGE,
        native_max_value=100,
        value_fn=lambda window: window.most,
    ),
    WindowNumberDescription(
        key="most_at_night",
        native_unit_of_measurement=PERCENTAGE,
        native_max_value=100,
        value_fn=lambda window: window.most_at_night,
    ),
    WindowNumberDescription(
        key="rest",
        device_class=NumberDeviceClass.DURATION,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        native_max_value=240,
        value_fn=lambda window: window.rest,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the thresholds and limits."""
    async_add_described(entry, async_add_entities, MiraNumber, NUMBERS)
    async_add_window_entities(entry, async_add_entities, WindowNumber, WINDOW_NUMBERS)


class MiraNumber(MiraEntity, NumberEntity):
    """A threshold of the mirror, as the mirror has accepted it."""

    _attr_entity_category = EntityCategory.CONFIG
    entity_description: MiraNumberDescription

    @property
    @override
    def native_value(self) -> float | None:
        """The value of now; None of a sidecar that is too old to be asked."""
        thresholds = self.mirror.thresholds if self.mirror else None
        return self.entity_description.value_fn(thresholds) if thresholds else None

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Ask for another."""
        description = self.entity_description
        await self.async_command("set_thresholds", {description.key: description.payload_fn(value)})


class WindowNumber(WindowEntity, NumberEntity):
    """A limit of a window, as the mirror has accepted it."""

    entity_description: WindowNumberDescription

    @property
    @override
    def native_value(self) -> float | None:
        """The value of now; None where it is as in the mirror's settings."""
        return self.entity_description.value_fn(self.window) if self.window else None

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Ask for another."""
        await self.async_ask("limit_window", **{self.entity_description.key: round(value)})
