"""What set-up asks about the screen, in the units of the place; the display's settings keep inches and metres."""

from collections.abc import Mapping
from math import ceil, floor
from typing import Any, Final

import voluptuous as vol
from homeassistant.const import UnitOfLength
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
)
from homeassistant.util.unit_conversion import DistanceConverter
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM

from .display_settings import CONF_DISPLAY, DIAGONAL, DISTANCE, ORIENTATIONS, VERSION

CONF_DIAGONAL: Final = "diagonal"
CONF_DISTANCE: Final = "distance"
CONF_ORIENTATION: Final = "orientation"

_LENGTHS: Final = {
    CONF_DIAGONAL: (UnitOfLength.INCHES, DIAGONAL, 24.0),
    CONF_DISTANCE: (UnitOfLength.METERS, DISTANCE, 1.0),
}
"""The unit in which it is kept, its range, and what is usual for a mirror."""


def _unit(hass: HomeAssistant) -> UnitOfLength:
    return UnitOfLength.INCHES if hass.config.units is US_CUSTOMARY_SYSTEM else UnitOfLength.CENTIMETERS


def screen_fields(hass: HomeAssistant) -> dict[vol.Marker, Any]:
    """The fields, each with what is usual. What is emptied is left to the display."""
    unit, fields = _unit(hass), dict[vol.Marker, Any]()
    for name, (kept_in, (least, most), usual) in _LENGTHS.items():
        shown = DistanceConverter.converter_factory(kept_in, unit)
        fields[vol.Optional(name, description={"suggested_value": round(shown(usual))})] = NumberSelector(
            NumberSelectorConfig(
                min=ceil(shown(least)),
                max=floor(shown(most)),
                step=0.1,
                unit_of_measurement=unit,
                mode=NumberSelectorMode.BOX,
            )
        )
    choice = SelectSelector(SelectSelectorConfig(options=[*ORIENTATIONS], translation_key=CONF_ORIENTATION))
    return {**fields, vol.Optional(CONF_ORIENTATION, description={"suggested_value": ORIENTATIONS[0]}): choice}


def split_screen(hass: HomeAssistant, entered: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was entered besides, and the entry's options of what was entered about the screen.

    One length alone says nothing about the size of text, so the other is then what is usual.
    """
    unit, given = _unit(hass), {name for name in _LENGTHS if name in entered}
    size = {
        name: round(DistanceConverter.convert(entered[name], unit, kept_in), 3) if name in given else usual
        for name, (kept_in, _, usual) in _LENGTHS.items()
    }
    display = {
        **({"size": size} if given else {}),
        **({CONF_ORIENTATION: entered[CONF_ORIENTATION]} if CONF_ORIENTATION in entered else {}),
    }
    rest = {name: value for name, value in entered.items() if name not in (*_LENGTHS, CONF_ORIENTATION)}
    return rest, {CONF_DISPLAY: {**display, "version": VERSION}} if display else {}
