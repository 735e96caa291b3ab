"""Pushes what the mirror's client sees to the entities and the displays."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ConfigEntryError,
    ConfigEntryNotReady,
    HomeAssistantError,
    ServiceValidationError,
)
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util.signal_type import SignalType

from .client import MiraClient
from .commands import Decision
from .const import DOMAIN
from .errors import CannotConnect, InvalidAuth, MiraError, NotLoaded, WrongProtocol
from .models import Event, MirrorView

_LOGGER = logging.getLogger(__name__)

type MiraConfigEntry = ConfigEntry[MiraCoordinator]

SIGNAL_VIEW: SignalType[MiraCoordinator] = SignalType(f"{DOMAIN}_view")
"""A mirror's view is a new one."""
SIGNAL_DECISION: SignalType[MiraCoordinator, Event] = SignalType(f"{DOMAIN}_decision")
"""A mirror has just accepted or rejected a command; never sent for replayed events."""
SIGNAL_EVENTS: SignalType[MiraCoordinator, Sequence[Event]] = SignalType(f"{DOMAIN}_events")
"""What a mirror's log has since the last look, replayed events included: to be shown, not to be acted on."""


class MiraCoordinator(DataUpdateCoordinator[MirrorView]):
    """One mirror."""

    config_entry: MiraConfigEntry

    def __init__(self, hass: HomeAssistant, entry: MiraConfigEntry, client: MiraClient) -> None:
        super().__init__(hass, _LOGGER, config_entry=entry, name=entry.title, update_interval=None)
        self.client = client
        self.data = client.view
        self.encoded_view: bytes | None = None
        """What websocket.py made of the view, for the next subscriber."""

    @property
    def server_id(self) -> str:
        """Identifies the mirror for as long as its database lives."""
        return self.config_entry.unique_id or self.config_entry.entry_id

    async def async_connect(self) -> None:
        """Take the first look. Raises what Home Assistant retries, asks to sign in for, or shows."""
        try:
            view = await self.client.connect()
        except InvalidAuth as err:
            raise ConfigEntryAuthFailed(**translated(err)) from err
        except CannotConnect as err:
            raise ConfigEntryNotReady(**translated(err)) from err
        if isinstance(view.error, WrongProtocol):
            raise ConfigEntryError(**translated(view.error)) from view.error
        if view.error:
            _LOGGER.warning("%s is not available: %s", self.name, view.error)
        self.data = view

    @callback
    def async_follow(self) -> None:
        """Follow the mirror until the entry is unloaded."""
        self._async_publish()
        self.config_entry.async_create_background_task(
            self.hass, self.client.run(self._async_receive), f"{DOMAIN} {self.name}"
        )

    @override
    async def _async_update_data(self) -> MirrorView:
        """What is known: a refresh asked for by hand finds nothing newer than what is pushed."""
        return self.data

    @override
    async def async_shutdown(self) -> None:
        """Tell displays that this mirror is not followed any more."""
        await super().async_shutdown()
        self.data = self.client.view.without_mirror(NotLoaded("Home Assistant does not follow this mirror."))
        self._async_publish()

    @callback
    def _async_receive(self, view: MirrorView, events: Sequence[Event]) -> None:
        """Show a new view first, so that whoever acts on an event finds its effect."""
        self._log_availability(view)
        if view.presence and (not self.data.presence or view.presence.version != self.data.presence.version):
            self._async_set_version(view.presence.version)
        if isinstance(view.error, InvalidAuth):
            self.config_entry.async_start_reauth(self.hass)
        if view != self.data:
            self.async_set_updated_data(view)
            self._async_publish()
        if events:
            async_dispatcher_send(self.hass, SIGNAL_EVENTS, self, events)
        for event in events:
            if event.decides and not event.replayed:
                async_dispatcher_send(self.hass, SIGNAL_DECISION, self, event)

    @callback
    def _async_publish(self) -> None:
        self.encoded_view = None
        async_dispatcher_send(self.hass, SIGNAL_VIEW, self)

    def _log_availability(self, view: MirrorView) -> None:
        """One line when the mirror goes and one when it is back."""
        if view.connected and not self.data.connected:
            _LOGGER.info("%s is available again", self.name)
        elif self.data.connected and not view.connected:
            _LOGGER.warning("%s is not available: %s", self.name, view.error)

    @callback
    def _async_set_version(self, version: str) -> None:
        """Keep the device's software version current: a sidecar is updated while we follow it."""
        devices = dr.async_get(self.hass)
        for device in dr.async_entries_for_config_entry(devices, self.config_entry.entry_id):
            devices.async_update_device(device.id, sw_version=version)

    async def async_send(
        self,
        action: str,
        payload: Mapping[str, Any],
        *,
        context: Context | None = None,
        source: str = "automation",
        confidence: float | None = None,
        confirm: bool = False,
    ) -> Decision:
        """Ask the mirror. Raises a translated HomeAssistantError where no decision comes back."""
        if self.data.error:
            # Not into the stream: a sidecar that comes back would act on what nobody waits for.
            raise HomeAssistantError(**translated(self.data.error))
        origin = {"user_id": context.user_id, "context_id": context.id} if context else None
        try:
            return await self.client.send(
                action, payload, source=source, confidence=confidence, confirm=confirm, origin=origin
            )
        except MiraError as err:
            raise HomeAssistantError(**translated(err)) from err

    async def async_command(
        self, action: str, payload: Mapping[str, Any], *, context: Context | None = None
    ) -> Decision:
        """Ask the mirror. Raises a translated error with the mirror's own sentence where it refuses."""
        decision = await self.async_send(action, payload, context=context)
        raise_if_refused(decision)
        return decision


def raise_if_refused(decision: Decision) -> None:
    """Raise ServiceValidationError with the mirror's own sentence where it refused."""
    if not decision.accepted:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="rejected",
            translation_placeholders={"message": decision.message or decision.reason or ""},
        )


def translated(err: MiraError) -> dict[str, Any]:
    """Arguments of a Home Assistant error that says what `err` says."""
    return {
        "translation_domain": DOMAIN,
        "translation_key": err.code,
        "translation_placeholders": {"error": str(err)},
    }
