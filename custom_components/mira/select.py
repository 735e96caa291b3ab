"""The page that the mirror shows, and how Assist answers at it."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.assist_pipeline import AssistPipelineSelect, VadSensitivitySelect
from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import RestoreEntity

from .const import DOMAIN
from .coordinator import MiraConfigEntry, MiraCoordinator
from .entity import MiraEntity, MiraEntityDescription, async_add_described, unique_id
from .models.voice import VERSION

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class MiraSelectDescription(SelectEntityDescription, MiraEntityDescription):
    """Describes a choice."""


PAGE = MiraSelectDescription(key="page")
_ASSIST = "assist"
"""What Home Assistant itself puts before its own keys of a mirror's selects."""
PIPELINES = (
    MiraSelectDescription(
        key=f"{_ASSIST}-pipeline",
        translation_key="pipeline",
        entity_category=EntityCategory.CONFIG,
        subject="voice",
        subject_version=VERSION,
    ),
    MiraSelectDescription(
        key=f"{_ASSIST}-pipeline_2",
        translation_key="pipeline_n",
        translation_placeholders={"index": "2"},
        entity_category=EntityCategory.CONFIG,
        subject="voice",
        subject_version=VERSION,
        device_kind="microphone",
    ),
)
"""One for each wake word that a mirror listens for at once."""
VAD_SENSITIVITY = MiraSelectDescription(
    key=f"{_ASSIST}-vad_sensitivity",
    translation_key="vad_sensitivity",
    entity_category=EntityCategory.CONFIG,
    subject="voice",
    subject_version=VERSION,
    device_kind="microphone",
)

RAW, ENHANCED = "raw", "enhanced"
SOUND = MiraSelectDescription(
    key="sound",
    entity_category=EntityCategory.CONFIG,
    options=[RAW, ENHANCED],
    subject="voice",
    subject_version=VERSION,
    device_kind="microphone",
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the choices."""
    async_add_described(entry, async_add_entities, MiraPage, [PAGE])
    async_add_described(entry, async_add_entities, MiraPipeline, PIPELINES)
    async_add_described(entry, async_add_entities, MiraVadSensitivity, [VAD_SENSITIVITY])
    async_add_described(entry, async_add_entities, MiraSound, [SOUND])


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


class MiraAssistSelect(MiraEntity, SelectEntity):
    """A choice that Home Assistant itself keeps: there whether the mirror is or not."""

    @property
    @override
    def available(self) -> bool:
        """Always."""
        return True


class MiraPipeline(MiraAssistSelect, AssistPipelineSelect):
    """The pipeline that answers; the second one where the second wake word was said."""

    def __init__(self, coordinator: MiraCoordinator, description: MiraSelectDescription) -> None:
        place = PIPELINES.index(description)
        AssistPipelineSelect.__init__(self, coordinator.hass, DOMAIN, unique_id(coordinator, _ASSIST), place)
        MiraAssistSelect.__init__(self, coordinator, description)


class MiraVadSensitivity(MiraAssistSelect, VadSensitivitySelect):
    """How long a pause ends what is said."""

    def __init__(self, coordinator: MiraCoordinator, description: MiraSelectDescription) -> None:
        VadSensitivitySelect.__init__(self, coordinator.hass, unique_id(coordinator, _ASSIST))
        MiraAssistSelect.__init__(self, coordinator, description)


class MiraSound(MiraAssistSelect, RestoreEntity):
    """How speech-to-text gets what is heard."""

    _attr_current_option = RAW

    @override
    async def async_added_to_hass(self) -> None:
        """Go on with what was chosen."""
        await super().async_added_to_hass()
        before = await self.async_get_last_state()
        if before and before.state in self.options:
            self._attr_current_option = before.state

    @override
    async def async_select_option(self, option: str) -> None:
        """Take it for what is said next."""
        self._attr_current_option = option
        self.async_write_ha_state()
