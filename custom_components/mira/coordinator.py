"""Pushes what the mirror's client sees to the entities and the displays."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, override

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback
from homeassistant.core import Event as BusEvent
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ConfigEntryNotReady,
    HomeAssistantError,
    ServiceValidationError,
)
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util.signal_type import SignalType

from .client import MiraClient
from .client.commands import Decision
from .const import DOMAIN
from .device import async_take_own_name, mirror_device, mirror_name
from .errors import CannotConnect, InvalidAuth, MiraError, NotLoaded, QueryRefused
from .expression import Expression
from .models.event import Event
from .models.json_object import Document
from .models.view import MirrorView
from .refusals import wording
from .shown_view import ShownView
from .voice_feed import VoiceFeed
from .voice_figures import LEVELS, VoiceFigures
from .window_figures import air_of, devices_of

if TYPE_CHECKING:  # which asks one of these
    from .speaking_up import SpokenUp

_LOGGER = logging.getLogger(__name__)

type MiraConfigEntry = ConfigEntry[MiraCoordinator]

SIGNAL_VIEW: SignalType[MiraCoordinator] = SignalType(f"{DOMAIN}_view")
"""A mirror's view is a new one."""
SIGNAL_CAUSE: SignalType[MiraCoordinator, Event] = SignalType(f"{DOMAIN}_cause")
"""The same as SIGNAL_DECISION, before its effect is shown: for what shall stand before it in the logbook."""
SIGNAL_DECISION: SignalType[MiraCoordinator, Event] = SignalType(f"{DOMAIN}_decision")
"""A mirror has just accepted or rejected a command; never sent for replayed events."""
SIGNAL_EVENTS: SignalType[MiraCoordinator, Sequence[Event]] = SignalType(f"{DOMAIN}_events")
"""What a mirror's log has since the last look, replayed events included: to be shown, not to be acted on."""

SIGNAL_VOICE: SignalType[MiraCoordinator] = SignalType(f"{DOMAIN}_voice")
"""Something is being said at a mirror, or one of its timers is another one: for who may hear that (permissions.py)."""

type LiveListener = Callable[[bytes], None]
type Live = Literal["hands", "levels", "speech", "rooms"]
"""Is given a subscriber's message, in JSON: what the camera sees of hands now."""

_REMEMBERED_CALLERS = 256
"""Contexts of our own calls that are known again in the mirror's answers, which take milliseconds."""

_ANSWER_GRACE = 3.0
"""Seconds after the end of its time in which the mirror puts a question away."""


class MiraCoordinator(DataUpdateCoordinator[MirrorView]):
    """One mirror."""

    config_entry: MiraConfigEntry

    def __init__(self, hass: HomeAssistant, entry: MiraConfigEntry, client: MiraClient) -> None:
        super().__init__(hass, _LOGGER, config_entry=entry, name=mirror_name(hass, entry), update_interval=None)
        self.client = client
        self.data = client.view
        self.shown_views: dict[bool, ShownView] = {}
        """What websocket_api.py made of the view, for the next subscriber, by whether they may read all of it."""
        self.change_context: Context | None = None
        """Who changed the view that is being shown; None where nobody can tell."""
        self.voice = VoiceFeed(hass, client.now, lambda: async_dispatcher_send(hass, SIGNAL_VOICE, self))
        self.expression = Expression(self)
        self.compacting = set[tuple[str, str | None]]()
        """Personas, and with whom, of whose conversation a summary is being made."""
        self.spoken_up: SpokenUp | None = None
        self._live: asyncio.Task[None] | None = None
        self._live_listeners: dict[LiveListener, Live] = {}
        self.figures = VoiceFigures(self)
        self.air = air_of(self)
        self.window_devices = devices_of(self)
        self._callers: dict[str, Context] = {}
        self._contexts: dict[str, Context] = {}
        """Those of the decisions that are being shown, by command."""

    @property
    def server_id(self) -> str:
        """Identifies the mirror for as long as its database lives."""
        return self.config_entry.unique_id or self.config_entry.entry_id

    @property
    def device_info(self) -> DeviceInfo:
        """What the mirror's device is like."""
        presence = self.data.presence
        return DeviceInfo(
            identifiers={(DOMAIN, self.server_id)},
            name=self.config_entry.title,
            manufacturer="Mira",
            model="Smart mirror",
            sw_version=presence.version if presence else None,
            configuration_url=f"homeassistant://{DOMAIN}/settings?mirror={self.config_entry.entry_id}",
        )

    @callback
    def async_register_device(self) -> None:
        """Have the mirror's device, below which others are registered."""
        dr.async_get(self.hass).async_get_or_create(config_entry_id=self.config_entry.entry_id, **self.device_info)

    @property
    def device_id(self) -> str | None:
        """The mirror's device; None until it is registered."""
        device = mirror_device(self.hass, self.config_entry)
        return device.id if device else None

    async def async_connect(self) -> None:
        """Take the first look. Raises what Home Assistant retries, asks to sign in for, or shows."""
        try:
            view = await self.client.connect()
        except InvalidAuth as err:
            raise ConfigEntryAuthFailed(**translated(err)) from err
        except CannotConnect as err:
            raise ConfigEntryNotReady(**translated(err)) from err
        if view.error:
            _LOGGER.info("%s is not available: %s", self.name, view.error)
        self.data = view
        async_take_own_name(self.hass, self.config_entry, view.presence)

    @callback
    def async_follow_name(self) -> None:
        """Keep the device's name and our own those of the mirror, until the entry is unloaded."""
        entry = self.config_entry

        @callback
        def entry_changed(change: ConfigEntryChange, changed: MiraConfigEntry) -> None:
            if change is ConfigEntryChange.UPDATED and changed is entry:
                self._async_take_name()

        @callback
        def device_changed(event: BusEvent[dr.EventDeviceRegistryUpdatedData]) -> None:
            if event.data["device_id"] == self.device_id:
                self._async_take_name()

        # No update listener of the entry: those forbid an options flow that reloads.
        entry.async_on_unload(async_dispatcher_connect(self.hass, SIGNAL_CONFIG_ENTRY_CHANGED, entry_changed))
        entry.async_on_unload(self.hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, device_changed))
        self._async_take_name()

    @callback
    def _async_take_name(self) -> None:
        device = mirror_device(self.hass, self.config_entry)
        if device and device.name != self.config_entry.title:
            dr.async_get(self.hass).async_update_device(device.id, name=self.config_entry.title)
        if self.name != (name := mirror_name(self.hass, self.config_entry)):
            self.name = name
            self.async_update_listeners()
            self.async_publish()

    @callback
    def async_follow(self) -> None:
        """Follow the mirror until the entry is unloaded."""
        self.async_publish()
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
        self.async_publish()
        self._async_follow_live()
        self.voice.close()

    @callback
    def _async_receive(self, view: MirrorView, events: Sequence[Event]) -> None:
        """Show a new view first, so that whoever acts on an event finds its effect."""
        self._log_availability(view)
        if view.presence and (not self.data.presence or view.presence.version != self.data.presence.version):
            self._async_set_version(view.presence.version)
        async_take_own_name(self.hass, self.config_entry, view.presence)
        if isinstance(view.error, InvalidAuth):
            self.config_entry.async_start_reauth(self.hass)
        decisions = [event for event in events if event.decides and not event.replayed]
        # What is answered while we connect is replayed; the caller is known all the same.
        callers = {event.command_id: caller for event in events if (caller := self._caller(event))}
        self._contexts = {event.command_id: Context() for event in decisions} | callers
        for event in decisions:
            async_dispatcher_send(self.hass, SIGNAL_CAUSE, self, event)
        if view != self.data:
            changes = {event.command_id for event in events if event.type == "state_patch"}
            self.change_context = self._contexts.get(changes.pop()) if len(changes) == 1 else None
            self.async_set_updated_data(view)
            self.async_publish()
            self._async_follow_live()
            self.change_context = None
        if events:
            async_dispatcher_send(self.hass, SIGNAL_EVENTS, self, events)
        for event in decisions:
            async_dispatcher_send(self.hass, SIGNAL_DECISION, self, event)

    def context_of(self, event: Event) -> Context:
        """The context of a decision, while it is being handed out: its caller's, or one of its own."""
        return self._contexts[event.command_id]

    def _caller(self, event: Event) -> Context | None:
        """The context in which Home Assistant sent the command. Others may claim any: only our own are believed."""
        origin = event.document.get("origin")
        return self._callers.get(str(origin.get("context_id"))) if isinstance(origin, dict) else None

    @callback
    def async_listen_live(self, listener: LiveListener, kind: Live = "hands") -> None:
        """Tell this listener what is so live, until `async_unlisten_live`; the sidecar is asked once for all."""
        self._live_listeners[listener] = kind
        self._async_follow_live()

    @callback
    def async_listen_levels(self, listener: LiveListener) -> CALLBACK_TYPE:
        """Tell this listener how loud it is, and have it measured, until what is returned is called."""
        self.async_listen_live(listener, "levels")
        measured_no_more = self.figures.async_add_listener(lambda: None, LEVELS)
        self.config_entry.async_create_task(self.hass, self.figures.async_request_refresh())

        @callback
        def stop() -> None:
            measured_no_more()
            self.async_unlisten_live(listener)

        return stop

    @callback
    def async_listen_speech(self, listener: LiveListener) -> CALLBACK_TYPE:
        """Tell this listener how loud the mirror speaks, until what is returned is called."""
        self.async_listen_live(listener, "speech")
        return partial(self.async_unlisten_live, listener)

    @callback
    def async_listen_air(self, listener: LiveListener) -> CALLBACK_TYPE:
        """Tell this listener what the air is like, now and with each change, until what is returned is called."""
        self.async_listen_live(listener, "rooms")
        self.config_entry.async_create_background_task(
            self.hass, self._async_tell_air(listener), f"{DOMAIN} {self.name} air"
        )
        return partial(self.async_unlisten_live, listener)

    async def _async_tell_air(self, listener: LiveListener) -> None:
        with suppress(HomeAssistantError):  # what changes is told all the same
            listener(_live(await self.async_query("windows_air", {})))

    @callback
    def async_unlisten_live(self, listener: LiveListener) -> None:
        """Tell this listener no more."""
        self._live_listeners.pop(listener, None)
        self._async_follow_live()

    @callback
    def _async_follow_live(self) -> None:
        """Follow what is so live while anybody listens and the mirror is there."""
        if self._live_listeners and self.data.connected:
            self._live = self._live or self.config_entry.async_create_background_task(
                self.hass, self.client.live.run(self._async_show_live), f"{DOMAIN} {self.name} live"
            )
        elif self._live:
            self._live.cancel()
            self._live = None

    @callback
    def _async_show_live(self, live: Document) -> None:
        message = _live(live)
        for listener, kind in self._live_listeners.items():
            if kind in live:
                listener(message)

    @callback
    def async_publish(self) -> None:
        """Send the view to the displays."""
        self.shown_views.clear()
        async_dispatcher_send(self.hass, SIGNAL_VIEW, self)

    def _log_availability(self, view: MirrorView) -> None:
        """One line when the mirror goes and one when it is back."""
        if view.connected and not self.data.connected:
            _LOGGER.info("%s is available again", self.name)
        elif self.data.connected and not view.connected:
            _LOGGER.info("%s is not available: %s", self.name, view.error)

    @callback
    def _async_set_version(self, version: str) -> None:
        """Keep the device's software version current: a sidecar is updated while we follow it."""
        device_id = self.device_id
        if TYPE_CHECKING:
            assert device_id  # who follows the mirror has set up its entities
        dr.async_get(self.hass).async_update_device(device_id, sw_version=version)

    async def async_send(
        self,
        action: str,
        payload: Mapping[str, Any],
        *,
        context: Context | None = None,
        source: str = "automation",
        confidence: float | None = None,
        confirm: bool = False,
        words: Mapping[str, Any] | None = None,
        person: str | None = None,
    ) -> Decision:
        """Ask the mirror, for a `person` whom it knows; `words` pass its log.

        Raises a translated HomeAssistantError where no decision comes back.
        """
        if self.data.error:
            # Not into the stream: a sidecar that comes back would act on what nobody waits for.
            raise HomeAssistantError(**translated(self.data.error))
        origin = None
        if context:
            origin = {"user_id": context.user_id, "context_id": context.id}
            self._callers[context.id] = context
            if len(self._callers) > _REMEMBERED_CALLERS:
                del self._callers[next(iter(self._callers))]
        if person:
            origin = {**(origin or {}), "person": person}
        try:
            return await self.client.send(
                action,
                payload,
                source=source,
                confidence=confidence,
                confirm=confirm,
                origin=origin,
                words=words,
            )
        except MiraError as err:
            raise HomeAssistantError(**translated(err)) from err

    async def async_command(
        self,
        action: str,
        payload: Mapping[str, Any],
        *,
        context: Context | None = None,
        words: Mapping[str, Any] | None = None,
    ) -> Decision:
        """Ask the mirror. Raises a translated error that says why where it refuses."""
        decision = await self.async_send(action, payload, context=context, words=words)
        raise_if_refused(decision)
        return decision

    async def async_ask(self, text: str, seconds: float, context: Context) -> dict[str, Any]:
        """Ask at the mirror, and wait for the answer: `yes`, `no`, or None where there was none in time.

        Raises a translated error where the mirror refuses to ask, or is away.
        """
        with self.following_accepted() as answers:  # before it is asked: somebody may be quick
            payload = {"text": text, "duration_ms": round(seconds * 1000)}
            asked = await self.async_send("ask", payload, context=context)
            raise_if_refused(asked)
            given: dict[str, Any] = {"answer": None, "source": None, "command_id": asked.command_id}
            try:
                async with asyncio.timeout(seconds + _ANSWER_GRACE):
                    while True:
                        event = await answers.get()
                        if event.payload.get("confirmed") == asked.command_id:
                            return {**given, "answer": "yes", "source": event.source}
                        if event.payload.get("cancelled") == asked.command_id:
                            return {**given, "answer": "no", "source": event.source}
                        if event.action == "time_out" and event.payload.get("command_id") == asked.command_id:
                            return given
            except TimeoutError:
                # The mirror went away meanwhile: whatever was said, nobody waits for it any more.
                return given

    @contextmanager
    def following_accepted(self) -> Iterator[asyncio.Queue[Event]]:
        """What the mirror carries out in the block, replayed events too: an answer given in an outage is one."""
        accepted = asyncio.Queue[Event]()

        @callback
        def happened(of: MiraCoordinator, events: Sequence[Event]) -> None:
            for event in events:
                if of is self and event.type == "accepted":
                    accepted.put_nowait(event)

        unsubscribe = async_dispatcher_connect(self.hass, SIGNAL_EVENTS, happened)
        try:
            yield accepted
        finally:
            unsubscribe()

    async def async_query(self, kind: str, payload: Mapping[str, Any]) -> Document:
        """Ask about the mirror's log. Raises a translated error where there is no answer."""
        if self.data.error:
            raise HomeAssistantError(**translated(self.data.error))
        try:
            return await self.client.queries.ask(kind, payload)
        except QueryRefused as err:
            raise ServiceValidationError(**translated(err)) from err
        except MiraError as err:
            raise HomeAssistantError(**translated(err)) from err


def _live(live: Document) -> bytes:
    """A subscriber's message of what is live."""
    return json_bytes({"type": "live", "live": live})


def raise_if_refused(decision: Decision) -> None:
    """Raise ServiceValidationError that says why where the mirror refused."""
    if not decision.accepted:
        key, placeholders = wording(decision)
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
        )


def translated(err: MiraError) -> dict[str, Any]:
    """Arguments of a Home Assistant error for `err`, whose own text is for the log."""
    _LOGGER.debug("%s", err)
    return {
        "translation_domain": DOMAIN,
        "translation_key": err.translation_key,
        "translation_placeholders": err.placeholders,
    }
