"""The PIN: whether what it guards is open."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.lock import LockEntity, LockEntityDescription
from homeassistant.const import ATTR_CODE, EntityCategory
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_call_later

from .const import DOMAIN
from .coordinator import MiraConfigEntry
from .entity import MiraEntity, MiraEntityDescription, async_add_described
from .models.people import People
from .models.screen import Access
from .models.view import MirrorView
from .pin_redaction import PIN_PATTERN

PARALLEL_UPDATES = 0

_CODE_FORMAT = f"^({PIN_PATTERN})?$"
"""Home Assistant checks the code of `lock.lock` too: it may be empty, or no automation could lock what is locked."""


@dataclass(frozen=True, kw_only=True)
class MiraLockDescription(LockEntityDescription, MiraEntityDescription):
    """Describes the lock of a PIN."""

    @override
    def is_there(self, view: MirrorView) -> bool | None:
        """Whether there is a PIN."""
        return view.has_pin


# It guards settings, no door: overviews and Assist leave such entities out, and so do the locks of an area.
PIN = MiraLockDescription(key="pin", entity_category=EntityCategory.CONFIG)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Have the PIN's lock while there is a PIN: without one it would be a lock that is never locked."""
    async_add_described(entry, async_add_entities, MiraLock, [PIN])


class MiraLock(MiraEntity, LockEntity):
    """Unlocked for a short while after the PIN was given."""

    _cancel_end: CALLBACK_TYPE | None = None

    @property
    def _access(self) -> Access:
        return self.mirror.access if self.mirror else Access()

    @property
    def _seconds_unlocked(self) -> float:
        """For how long it is still unlocked, by the mirror's clock."""
        until = self._access.unlocked_until
        return max(0, (until - self.coordinator.client.now()).total_seconds()) if until else 0

    @property
    @override
    def is_locked(self) -> bool | None:
        """Whether the PIN is needed."""
        return not self._seconds_unlocked if self.mirror else None

    @property
    @override
    def code_format(self) -> str | None:
        """What a PIN looks like, while one is needed."""
        return _CODE_FORMAT if self.is_locked else None

    @property
    @override
    def changed_by(self) -> str | None:
        """Whose PIN unlocked it, by the name that Home Assistant has for them: the recorder keeps what is said here."""
        people = self.mirror.part(People) if self.mirror and self._seconds_unlocked else None
        ha_person = people.ha_persons.get(self._access.unlocked_by or "") if people else None
        entry = er.async_get(self.hass).async_get(ha_person) if ha_person else None
        state = self.hass.states.get(entry.entity_id) if entry else None
        return state.name if state else None

    @override
    async def async_lock(self, **kwargs: Any) -> None:
        """Close what the PIN guards; the mirror accepts it also where that is closed."""
        await self.async_command("lock", {})

    @override
    async def async_unlock(self, **kwargs: Any) -> None:
        """Give the PIN; what is unlocked needs none."""
        if code := kwargs.get(ATTR_CODE):
            await self.async_command("unlock", {"pin": code})
        elif self.is_locked:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="pin_missing")

    @override
    async def async_added_to_hass(self) -> None:
        """Lock by itself, also when it was unlocked before."""
        await super().async_added_to_hass()
        self.async_on_remove(self._async_forget_end)
        self._async_await_end()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._async_await_end()
        super()._handle_coordinator_update()

    @callback
    def _async_await_end(self) -> None:
        """Show the end of the time for which it is unlocked: no event tells it."""
        self._async_forget_end()
        if seconds := self._seconds_unlocked:
            self._cancel_end = async_call_later(self.hass, seconds, self._async_ended)

    @callback
    def _async_ended(self, now: datetime) -> None:
        self._cancel_end = None
        self._handle_coordinator_update()

    @callback
    def _async_forget_end(self) -> None:
        if self._cancel_end:
            self._cancel_end()
            self._cancel_end = None
