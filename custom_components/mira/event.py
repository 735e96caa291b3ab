"""The gestures, wake words, utterances and presses of a message's buttons that the mirror accepts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.event import (
    ButtonEventType,
    EventDeviceClass,
    EventEntity,
    EventEntityDescription,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import GESTURES
from .coordinator import SIGNAL_CAUSE, MiraConfigEntry, MiraCoordinator
from .entity import MiraEntity, MiraEntityDescription, async_add_described
from .models.event import Event
from .models.state import State
from .models.voice import Voice, phrase_of

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class MiraEventDescription(EventEntityDescription, MiraEntityDescription):
    """Describes what fires when the mirror has accepted one of these actions."""

    actions: tuple[str, ...]
    event_types: list[str]
    type_fn: Callable[[Event], object]
    attributes_fn: Callable[[Event, State | None], dict[str, Any]]
    """From the event, and the state before it."""


def _voice_attributes(event: Event, state: State | None) -> dict[str, Any]:
    heard = {"confidence": event.percent, "source": event.source}
    if event.action == "utterance":
        return heard
    phrase = phrase_of(event.payload.get("word"), state.part(Voice) if state else None)
    return {**heard, "phrase": phrase, "microphone": event.payload.get("microphone")}


GESTURE = MiraEventDescription(
    key="gesture",
    subject="gesture",
    actions=("gesture",),
    event_types=GESTURES,
    type_fn=lambda event: event.payload.get("name"),
    attributes_fn=lambda event, state: {
        "confidence": event.percent,
        "handedness": event.payload.get("handedness"),
        "hold_ms": event.payload.get("hold_ms"),
    },
)
VOICE = MiraEventDescription(
    key="voice",
    subject="voice",
    device_kind="microphone",
    actions=("utterance", "wake"),
    event_types=["utterance", "wake_word"],
    type_fn=lambda event: "wake_word" if event.action == "wake" else event.action,
    attributes_fn=_voice_attributes,
)
MESSAGE_BUTTON = MiraEventDescription(
    key="message_button",
    actions=("press_button",),
    device_class=EventDeviceClass.BUTTON,
    # The standard name of a click: the mirror hears of a button when the finger has left it.
    event_types=[ButtonEventType.PRESS_END],
    type_fn=lambda event: ButtonEventType.PRESS_END,
    attributes_fn=lambda event, state: {
        "button": event.payload.get("button"),
        "message_id": event.payload.get("message_id"),
        "source": event.source,
    },
)
EVENTS = (GESTURE, VOICE, MESSAGE_BUTTON)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the events."""
    async_add_described(entry, async_add_entities, MiraEventEntity, EVENTS)


class MiraEventEntity(MiraEntity, EventEntity):
    """Fires on each accepted action of a kind, as it happens: what came during an outage stays in the log."""

    entity_description: MiraEventDescription

    @property
    @override
    def event_types(self) -> list[str]:
        """The types of now: a gesture that somebody teaches is one at once."""
        own = self.mirror.taught if self.mirror and "gesture" in self.entity_description.actions else ()
        return [*self.entity_description.event_types, *own]

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the mirror's decisions."""
        await super().async_added_to_hass()
        self.async_on_remove(async_dispatcher_connect(self.hass, SIGNAL_CAUSE, self._async_decided))

    @callback
    def _async_decided(self, coordinator: MiraCoordinator, event: Event) -> None:
        """Fire where this mirror accepted it, and where it is of a type that we know."""
        description = self.entity_description
        if coordinator is not self.coordinator or event.type != "accepted" or event.action not in description.actions:
            return
        event_type = description.type_fn(event)
        if event_type in self.event_types:
            self.async_set_context(coordinator.context_of(event))
            self._trigger_event(str(event_type), description.attributes_fn(event, self.mirror))
            self.async_write_ha_state()
