"""Conditions: a mirror shows one of these pages, is locked, is spoken to."""

from collections.abc import Mapping
from typing import Any, ClassVar, override

import voluptuous as vol
from homeassistant.components.assist_satellite import DOMAIN as SATELLITE_DOMAIN
from homeassistant.components.assist_satellite.entity import AssistSatelliteState
from homeassistant.components.lock import DOMAIN as LOCK_DOMAIN
from homeassistant.components.lock import LockState
from homeassistant.components.select import DOMAIN as SELECT_DOMAIN
from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL,
    Condition,
    ConditionConfig,
    EntityStateConditionBase,
)
from homeassistant.helpers.typing import ConfigType

from .automation_checks import (
    Check,
    Needs,
    Watch,
    async_refuse_blocked,
    async_used_in,
    check_pages,
    nothing_to_check,
    state_of,
)
from .const import DOMAIN
from .models.voice import Voice
from .target import mirror_entities

CONF_PAGE = "page"

IS_PAGE_SCHEMA = ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL.extend(
    {vol.Required(CONF_OPTIONS): {vol.Required(CONF_PAGE): vol.All(cv.ensure_list, vol.Length(min=1), [str])}}
)
IS_LOCKED_SCHEMA = ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL
IS_SPOKEN_TO_SCHEMA = ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL


class MirrorCondition(EntityStateConditionBase):
    """A condition on an entity that each mirror has, whatever else is in the target."""

    name: ClassVar[str]
    entity_key: ClassVar[str]
    comes_later: ClassVar[str | None] = None

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the target and the options. What can never be met is refused."""
        valid = await super().async_validate_config(hass, config)
        async_refuse_blocked(hass, cls.needs(valid[CONF_TARGET], valid[CONF_OPTIONS]))
        return valid

    @classmethod
    def needs(cls, target: Mapping[str, Any], options: Mapping[str, Any]) -> Needs:
        """What has to be there, or it is never met."""
        told_by = str(sorted(options.items()))
        return Needs(f"{DOMAIN}.{cls.name}", target, cls.entity_key, cls.check(options), told_by, cls.comes_later)

    @classmethod
    def check(cls, options: Mapping[str, Any]) -> Check:
        """The check of what the options name."""
        return nothing_to_check

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self._watch = Watch(hass, self.needs(config.target or {}, config.options or {}), async_used_in(hass))

    @override
    async def _async_setup(self) -> None:
        """Watch whether it can be met."""
        await super()._async_setup()
        await self._watch.async_start()

    @override
    def _async_unload(self) -> None:
        """Watch no more."""
        super()._async_unload()
        self._watch.stop()

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Only those of mirrors."""
        return set(mirror_entities(self._hass, super().entity_filter(entities), self.entity_key))

    @override
    def _check_all_match_state(self, states: list[State]) -> bool:
        """Not where there is none: of no mirror at all anything would hold."""
        return bool(states) and super()._check_all_match_state(states)


class IsPage(MirrorCondition):
    """A mirror shows one of the chosen pages."""

    _domain_specs: Mapping[str, DomainSpec] = {SELECT_DOMAIN: DomainSpec()}
    _schema = IS_PAGE_SCHEMA
    name = "is_page"
    entity_key = "page"

    @override
    @classmethod
    def check(cls, options: Mapping[str, Any]) -> Check:
        """Each page is one that a mirror has."""
        return check_pages(options[CONF_PAGE])

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self._states = set((config.options or {})[CONF_PAGE])


class IsLocked(MirrorCondition):
    """A mirror has a PIN, and it was not given lately. One without a PIN has no lock, and does not count."""

    _primary_entities_only: ClassVar[bool] = False
    _domain_specs: Mapping[str, DomainSpec] = {LOCK_DOMAIN: DomainSpec()}
    _schema = IS_LOCKED_SCHEMA
    name = "is_locked"
    entity_key = "pin"
    comes_later = LOCK_DOMAIN

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self._states = {LockState.LOCKED}


class IsSpokenTo(MirrorCondition):
    """Somebody speaks to a mirror, from the wake word to the end of the reply."""

    _domain_specs: Mapping[str, DomainSpec] = {SATELLITE_DOMAIN: DomainSpec()}
    _schema = IS_SPOKEN_TO_SCHEMA
    name = "is_spoken_to"
    entity_key = "assist_satellite"

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self._states = {
            AssistSatelliteState.LISTENING,
            AssistSatelliteState.PROCESSING,
            AssistSatelliteState.RESPONDING,
        }

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Not where it speaks by itself: an announcement answers nobody, and looks the same."""
        return super().is_valid_state(entity_state) and self._has_turn(entity_state.entity_id)

    def _has_turn(self, entity_id: str) -> bool:
        mirrors = mirror_entities(self._hass, {entity_id}).values()
        voices = [state.part(Voice) for entry_id in mirrors if (state := state_of(self._hass, entry_id))]
        return any(voice and voice.turn for voice in voices)


CONDITIONS: dict[str, type[Condition]] = {condition.name: condition for condition in (IsPage, IsLocked, IsSpokenTo)}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions of mirrors."""
    return CONDITIONS
