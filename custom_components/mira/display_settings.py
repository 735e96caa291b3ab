"""What a household has settled about a mirror's display; what it left open, the display decides."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import voluptuous as vol
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import selector
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .coordinator import MiraConfigEntry

CONF_DISPLAY: Final = "display"

VERSION: Final = 1
"""Of the document that is stored. One of a newer version is neither shown nor overwritten."""

REGIONS: Final = ("top_left", "top_right", "middle", "bottom_left", "bottom_right", "bottom_bar")

ORIENTATIONS: Final = ("portrait", "landscape")
"""How the screen hangs. Each display sees that for itself: this is for what shows the mirror elsewhere."""

FACES: Final = ("off", "talking", "always")
"""When a persona's face is shown."""

DIAGONAL: Final = (5, 120)
"""Inches, from corner to corner."""
DISTANCE: Final = (0.3, 10)
"""Metres, from the screen to the eyes."""


def _entities(domain: str | list[str]) -> vol.All:
    return vol.All([cv.entity_domain(domain)], vol.Length(max=40))


DATA_WIDGETS: HassKey[Mapping[str, vol.Schema]] = HassKey(f"{DOMAIN}_widgets")
"""By type, what a widget of the display may be set to; absent where there is no display."""


def widget_schemas(forms: Mapping[str, list[dict[str, Any]]]) -> dict[str, vol.Schema]:
    """What widgets may be set to, by the forms of their options: the build writes them beside the display."""
    return {
        kind: vol.Schema({vol.Required("type"): kind, **{_key(field): _value(field) for field in form}})
        for kind, form in forms.items()
    }


def _key(field: Mapping[str, Any]) -> vol.Marker:
    return (vol.Required if field.get("required") else vol.Optional)(field["name"])


def _value(field: Mapping[str, Any]) -> vol.All:
    return vol.All(_limited, selector(field["selector"]))


def _limited(value: Any) -> Any:
    """Texts and lists up to a length: selectors know none, and every display is sent what is stored."""
    if isinstance(value, str):
        return vol.Length(max=200)(value)
    return vol.All([_limited], vol.Length(max=100))(value) if isinstance(value, list) else value


def _widget(widgets: Mapping[str, vol.Schema], value: Any) -> Any:
    """A widget with its options."""
    kind = str(value.get("type")) if isinstance(value, dict) else ""
    if kind not in widgets:
        raise vol.Invalid(f"a widget has a type out of {', '.join(widgets)}", path=["type"])
    return widgets[kind](value)


_MINUTES = vol.All(vol.Coerce(float), vol.Range(0, 1440))

_CLOCK = vol.All(str, vol.Match(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", msg="a time such as 22:30 is expected"))

COMFORT: Final[Mapping[vol.Marker, Any]] = {
    vol.Optional("dim_after"): _MINUTES,
    vol.Optional("blank_after"): _MINUTES,
    # Percent of the light that is left.
    vol.Optional("dimmed"): vol.All(vol.Coerce(float), vol.Range(5, 90)),
    vol.Optional("presence"): _entities(["binary_sensor", "person", "device_tracker", "input_boolean"]),
    vol.Optional("night"): {vol.Required("from"): _CLOCK, vol.Required("to"): _CLOCK},
    # Lux.
    vol.Optional("light"): {
        vol.Required("entity"): cv.entity_domain("sensor"),
        vol.Required("below"): vol.All(vol.Coerce(float), vol.Range(0, 100_000)),
    },
    vol.Optional("at_night"): vol.In(("awake", "dim", "blank")),
    vol.Optional("night_colours"): vol.In(("none", "amber", "red")),
    vol.Optional("pixel_shift"): bool,
}
"""When the display darkens: lovelace/src/model/comfort.ts."""


def _changes(widgets: Mapping[str, vol.Schema]) -> vol.Schema:
    widget = partial(_widget, widgets)
    page = vol.Schema({vol.Optional(vol.In(REGIONS)): vol.All([widget], vol.Length(max=12))})
    return vol.Schema(
        {
            vol.Optional("size"): vol.Maybe(
                {
                    vol.Required("diagonal"): vol.All(vol.Coerce(float), vol.Range(*DIAGONAL)),
                    vol.Required("distance"): vol.All(vol.Coerce(float), vol.Range(*DISTANCE)),
                }
            ),
            vol.Optional("orientation"): vol.Maybe(vol.In(ORIENTATIONS)),
            vol.Optional("pages"): vol.Maybe(
                vol.All({vol.All(str, vol.Length(1, 64)): vol.Maybe(page)}, vol.Length(max=40))
            ),
            vol.Optional("comfort"): vol.Maybe(vol.Schema(COMFORT)),
            vol.Optional("guest"): vol.Maybe(bool),
            vol.Optional("words"): vol.Maybe(bool),
            vol.Optional("face"): vol.Maybe(vol.In(FACES)),
        }
    )


class SettingsError(ServiceValidationError):
    """Settings that are refused."""

    def __init__(self, *, translation_key: str, **placeholders: str) -> None:
        super().__init__(
            translation_domain=DOMAIN, translation_key=translation_key, translation_placeholders=placeholders
        )


def display_of(entry: MiraConfigEntry) -> dict[str, Any]:
    """What is settled; nothing where a newer Mira has written it."""
    stored: dict[str, Any] = entry.options.get(CONF_DISPLAY, {})
    return stored if stored.get("version", VERSION) <= VERSION else {}


def shows_words(entry: MiraConfigEntry) -> bool:
    """Whether what is said at the mirror may stand on its displays."""
    return bool(display_of(entry).get("words", True))


def changed_display(hass: HomeAssistant, entry: MiraConfigEntry, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The document with these changes: each setting, and each page, as a whole; null leaves it open again.

    Raises SettingsError.
    """
    stored: dict[str, Any] = entry.options.get(CONF_DISPLAY, {})
    if stored.get("version", VERSION) > VERSION:
        raise SettingsError(translation_key="settings_of_newer_version")
    try:
        valid: dict[str, Any] = _changes(hass.data.get(DATA_WIDGETS, {}))(changes)
    except vol.MultipleInvalid as err:
        first = err.errors[0]
        place = " → ".join(str(step) for step in first.path)
        raise SettingsError(translation_key="settings_not_valid", place=place) from err
    if valid.get("pages"):
        valid["pages"] = _known({**stored.get("pages", {}), **valid["pages"]})
    return _known({**stored, **valid, "version": VERSION})


def _known(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}
