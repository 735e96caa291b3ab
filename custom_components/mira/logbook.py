"""Puts into the logbook, in Home Assistant's language, what bus_events.py fires."""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ICON,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
    LazyEventPartialState,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_cached_translations

from .bus_events import EVENT_DECISION
from .const import DOMAIN

ICONS = {
    "refused": "mdi:cancel",
    "asked": "mdi:chat-question",
    "confirmed": "mdi:check",
    "cancelled": "mdi:close",
    "unanswered": "mdi:timer-off-outline",
    "undone": "mdi:undo",
    "withdrawn": "mdi:chat-remove-outline",
    "shut": "mdi:window-closed-variant",
    "limited": "mdi:window-open-variant",
}


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[LazyEventPartialState], dict[str, Any]]], None],
) -> None:
    """Describe the mirror's decisions."""

    @callback
    def text(category: str, path: str, key: object) -> str:
        """A text of ours; the bare key where there is none, as for the actions of a newer sidecar."""
        texts = async_get_cached_translations(hass, hass.config.language, category, DOMAIN)
        return texts.get(f"component.{DOMAIN}.{category}.{path.format(key)}", str(key))

    @callback
    def describe(event: LazyEventPartialState) -> dict[str, Any]:
        data: Mapping[str, Any] = event.data
        device = dr.async_get(hass).async_get(data.get("device_id") or "")
        sentence = text("common", "logbook_{}", data.get("outcome"))
        # Which gesture says more than that it was one.
        named = "gesture" if data.get("gesture") else "action"
        return {
            LOGBOOK_ENTRY_NAME: (device.name_by_user or device.name if device else None) or "Mira",
            LOGBOOK_ENTRY_MESSAGE: sentence.format(
                action=text("selector", f"{named}.options.{{}}", data.get(named)),
                source=text("selector", "source.options.{}", data.get("source")),
                reason=text("selector", "reason.options.{}", data.get("reason")),
                position=data.get("position"),
            ),
            LOGBOOK_ENTRY_ICON: ICONS.get(str(data.get("outcome")), "mdi:mirror-variant"),
        }

    async_describe_event(DOMAIN, EVENT_DECISION, describe)
