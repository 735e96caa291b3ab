"""Windows as people set them up: subentries of a mirror, and what of them the mirror is told.

The mirror knows a window by an id. People's names for it stay in Home Assistant.
"""

from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import callback
from homeassistant.util import slugify

from .coordinator import MiraConfigEntry, MiraCoordinator
from .models.windows import Drive, Windows

SUBENTRY_WINDOW: Final = "window"
SUBENTRY_WEATHER: Final = "weather"
CONF_KIND: Final = "kind"
CONF_MOVED_BY: Final = "moved_by"
CONF_COVER: Final = "cover"
CONF_CONTACT: Final = "contact"
CONF_TOPIC: Final = "topic"
CONF_PROFILE: Final = "profile"
CONF_TRAVEL_S: Final = "travel_s"
CONF_SAME_ROOM: Final = "same_room"
CONF_WINDOW: Final = "window"
"""The id of a window that the mirror had before its subentry; without it, the id is made of the subentry's."""
CONF_ROOM: Final = "room"
"""Whose readings such a window went by."""

ROOM_KINDS: Final = ("bedroom", "living", "bath")
HOME: Final = "home"
MQTT: Final = "mqtt"
MOVED_BY: Final = (HOME, MQTT, "nothing")
PROFILES: Final = {
    "mira": "Mira",
    "esphome": "ESPHome",
    "shelly": "Shelly",
    "tasmota": "Tasmota",
    "zigbee2mqtt": "Zigbee2MQTT",
}
"""How devices speak over MQTT, and what people call that."""


@callback
def windows(entry: MiraConfigEntry) -> dict[str, ConfigSubentry]:
    """The windows that are set up, by the ids that the mirror knows."""
    subentries = entry.subentries.values()
    return {window_id(each): each for each in subentries if each.subentry_type == SUBENTRY_WINDOW}


@callback
def weather(entry: MiraConfigEntry) -> ConfigSubentry | None:
    """What tells of weather and house, where that is set up."""
    return next((each for each in entry.subentries.values() if each.subentry_type == SUBENTRY_WEATHER), None)


def window_id(subentry: ConfigSubentry) -> str:
    """What the mirror knows it by."""
    return subentry.data.get(CONF_WINDOW) or slugify(subentry.subentry_id)


@callback
def window_name(entry: MiraConfigEntry, window: str) -> str:
    """What people call a window; its id where it was not set up in Home Assistant."""
    subentry = windows(entry).get(window)
    return subentry.title if subentry else window


@callback
def windows_of(coordinator: MiraCoordinator) -> Windows | None:
    """What the mirror's state has of windows; None while it is away, or the subject is off."""
    snapshot = coordinator.data.snapshot
    if not (coordinator.data.connected and snapshot and coordinator.data.has_subject(Windows.subject)):
        return None
    return snapshot.state.part(Windows) or Windows()


@callback
def room_of(entry: MiraConfigEntry, subentry: ConfigSubentry) -> str | None:
    """Whose readings a window goes by; None: its own."""
    shared = entry.subentries.get(subentry.data.get(CONF_SAME_ROOM, ""))
    if shared is None:
        return subentry.data.get(CONF_ROOM)
    return room_of(entry, shared) or window_id(shared)


def drive_of(subentry: ConfigSubentry) -> Drive | None:
    """What moves it; None: nothing does."""
    data = subentry.data
    if data[CONF_MOVED_BY] == HOME:
        return Drive(HOME)
    if data[CONF_MOVED_BY] == MQTT:
        return Drive(MQTT, data.get(CONF_TOPIC), data[CONF_PROFILE])
    return None


@callback
def definition(entry: MiraConfigEntry, subentry: ConfigSubentry) -> dict[str, Any]:
    """What the mirror is told of a window. A travel time that nobody entered is left to it: it may have learned one."""
    drive, travel_s = drive_of(subentry), subentry.data.get(CONF_TRAVEL_S)
    return {
        "kind": subentry.data[CONF_KIND],
        "room": room_of(entry, subentry),
        "drive": vars(drive) if drive else None,
        **({} if travel_s is None else {"travel_s": travel_s}),
    }


@callback
def chosen_fields(entry: MiraConfigEntry) -> list[dict[str, Any]]:
    """What is chosen for windows and weather, without names and entities."""
    told = (CONF_KIND, CONF_MOVED_BY, CONF_PROFILE, CONF_TRAVEL_S)
    return [
        {**{name: each.data[name] for name in told if name in each.data}, "chosen": sorted(each.data)}
        for each in entry.subentries.values()
        if each.subentry_type in (SUBENTRY_WINDOW, SUBENTRY_WEATHER)
    ]
