"""The PIN: whether what it guards is open."""

from datetime import datetime
from typing import Any, override

from homeassistant.components.lock import LockEntity
from homeassistant.const import ATTR_CODE
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_call_later

from .const import DOMAIN
from .coordinator import MiraConfigEntry, MiraCoordinator
from .entity import MiraEntity
from .models import Access

PARALLEL_UPDATES = 0

_CODE_FORMAT = r"^([0-9]{4,12})?$"
"""Home Assistant checks the code of `lock.lock` too: it may be empty, or no automation could lock what is locked."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the PIN's lock."""
    async_add_entities([MiraLock(entry.runtime_data)])


class MiraLock(MiraEntity, LockEntity):
    """Locked where there is a PIN and nobody has given it; without a PIN unlocked, for nothing is guarded."""

    def __init__(self, coordinator: MiraCoordinator) -> None:
        super().__init__(coordinator, "pin")
        self._cancel_end: CALLBACK_TYPE | None = None

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
        return self._access.pin_set and not self._seconds_unlocked if self.mirror else None

    @property
    @override
    def code_format(self) -> str | None:
        """What a PIN looks like, while one is needed."""
        return _CODE_FORMAT if self.is_locked else None

    @override
    async def async_lock(self, **kwargs: Any) -> None:
        """Close what the PIN guards."""
        if not self._access.pin_set:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_pin")
        await self.async_command("lock", {})

    @override
    async def async_unlock(self, **kwargs: Any) -> None:
        """Give the PIN."""
        code = kwargs.get(ATTR_CODE)
        if self._access.pin_set and not code:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="pin_missing")
        await self.async_command("unlock", {"pin": code})

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
