"""Conditions: a mirror shows one of these pages, a mirror is locked."""

from collections.abc import Mapping
from typing import ClassVar, override

import voluptuous as vol
from homeassistant.components.lock import DOMAIN as LOCK_DOMAIN
from homeassistant.components.lock import LockState
from homeassistant.components.select import DOMAIN as SELECT_DOMAIN
from homeassistant.const import CONF_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL,
    Condition,
    ConditionConfig,
    EntityStateConditionBase,
)

from .target import mirror_entities

CONF_PAGE = "page"

IS_PAGE_SCHEMA = ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL.extend(
    {vol.Required(CONF_OPTIONS): {vol.Required(CONF_PAGE): vol.All(cv.ensure_list, vol.Length(min=1), [str])}}
)
IS_LOCKED_SCHEMA = ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL


class MirrorCondition(EntityStateConditionBase):
    """A condition on an entity that each mirror has, whatever else is in the target."""

    entity_key: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Only those of mirrors."""
        return set(mirror_entities(self._hass, super().entity_filter(entities), self.entity_key))


class IsPage(MirrorCondition):
    """A mirror shows one of the chosen pages."""

    _domain_specs: Mapping[str, DomainSpec] = {SELECT_DOMAIN: DomainSpec()}
    _schema = IS_PAGE_SCHEMA
    entity_key = "page"

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self._states = set((config.options or {})[CONF_PAGE])


class IsLocked(MirrorCondition):
    """A mirror has a PIN, and it was not given lately. One without a PIN is never locked."""

    _domain_specs: Mapping[str, DomainSpec] = {LOCK_DOMAIN: DomainSpec()}
    _schema = IS_LOCKED_SCHEMA
    entity_key = "pin"

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self._states = {LockState.LOCKED}


CONDITIONS: dict[str, type[Condition]] = {
    "is_page": IsPage,
    "is_locked": IsLocked,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions of mirrors."""
    return CONDITIONS
