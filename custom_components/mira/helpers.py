"""Which mirror somebody means: the one that is named or, where there is just one, that one. Never just any."""

from collections.abc import Collection, Mapping
from typing import Final

from homeassistant.components.homeassistant import async_should_expose
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_HOME, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .coordinator import MiraConfigEntry
from .device import distinct_names, mirror_device, mirror_name, mirror_names

CODES: Final[Mapping[str, str]] = {
    "no_mirror_set_up": "not_found",
    "mirror_not_found": "not_found",
    "mirror_not_loaded": "not_loaded",
    "ambiguous_mirror": "ambiguous_mirror",
}
"""What programs are told, by the text that people are told."""


class MirrorError(ServiceValidationError):
    """No single mirror is meant, or it is not loaded."""

    def __init__(self, *, translation_key: str, **placeholders: str) -> None:
        super().__init__(
            translation_domain=DOMAIN, translation_key=translation_key, translation_placeholders=placeholders
        )
        self.code = CODES[translation_key]


@callback
def all_mirrors(hass: HomeAssistant) -> list[MiraConfigEntry]:
    """The mirrors that are set up, loaded or not, by name."""
    entries = hass.config_entries.async_entries(DOMAIN, include_ignore=False, include_disabled=False)
    return sorted(entries, key=lambda entry: mirror_name(hass, entry).casefold())


def is_loaded(entry: MiraConfigEntry) -> bool:
    """Whether it has `runtime_data`."""
    return entry.state is ConfigEntryState.LOADED


@callback
def exposed_mirrors(hass: HomeAssistant, assistant: str) -> list[MiraConfigEntry]:
    """The mirrors of which something is exposed to an assistant."""
    entities = er.async_get(hass)
    return [
        entry
        for entry in all_mirrors(hass)
        if any(
            async_should_expose(hass, assistant, entity.entity_id)
            for entity in er.async_entries_for_config_entry(entities, entry.entry_id)
        )
    ]


@callback
def area_of(hass: HomeAssistant, satellite_id: str | None, device_id: str | None) -> str | None:
    """The area in which somebody speaks: that of the voice satellite, or of the device."""
    satellite = er.async_get(hass).async_get(satellite_id) if satellite_id else None
    if satellite and satellite.area_id:
        return satellite.area_id
    device = dr.async_get(hass).async_get((satellite.device_id if satellite else None) or device_id or "")
    return dr.async_get_effective_area_id(hass, device) if device else None


@callback
def nearest_mirror(
    hass: HomeAssistant, mirrors: Collection[MiraConfigEntry], area: str | None
) -> MiraConfigEntry | None:
    """The only one in this area, else the only one; None: that is not clear."""

    def is_there(entry: MiraConfigEntry) -> bool:
        device = mirror_device(hass, entry)
        return device is not None and dr.async_get_effective_area_id(hass, device) == area

    near = [entry for entry in mirrors if area and is_there(entry)] or list(mirrors)
    return near[0] if len(near) == 1 else None


def says_somebody(state: State | None) -> bool | None:
    """Whether somebody is there, by a person, a zone, a sensor or a helper; None: that is not known."""
    if state is None or state.state in (STATE_UNKNOWN, STATE_UNAVAILABLE):
        return None
    if state.domain == "zone":
        return state.state != "0"
    return state.state in (STATE_ON, STATE_HOME)


@callback
def find_mirror(hass: HomeAssistant, *names: str) -> MiraConfigEntry:
    """The mirror with this entry id, unique id, id or name, or the only one. It is loaded. Raises MirrorError.

    Of several names the first counts that is known: a mirror that was added again has another entry id.
    """
    known = all_mirrors(hass)
    if not known:
        raise MirrorError(translation_key="no_mirror_set_up")
    distinct = distinct_names(hass, known)
    found = next(filter(None, (_named(hass, distinct, name) for name in names)), []) if names else known
    if not found:
        raise MirrorError(translation_key="mirror_not_found", mirror=names[0], mirrors=", ".join(distinct))
    if len(found) > 1:
        of_found = ", ".join(name for name, entry in distinct.items() if entry in found)
        raise MirrorError(translation_key="ambiguous_mirror", mirrors=of_found)
    (entry,) = found
    if not is_loaded(entry):
        raise MirrorError(translation_key="mirror_not_loaded", mirror=mirror_name(hass, entry))
    return entry


def _named(hass: HomeAssistant, known: Mapping[str, MiraConfigEntry], name: str) -> list[MiraConfigEntry]:
    """Those that the name means: an id of Home Assistant's means one, whatever others are called."""
    exact = [entry for entry in known.values() if name in (entry.entry_id, entry.unique_id)]
    said = name.casefold()

    def names(distinct: str, entry: MiraConfigEntry) -> set[str]:
        return {text.casefold() for text in (distinct, *mirror_names(hass, entry))}

    return exact or [entry for distinct, entry in known.items() if said in names(distinct, entry)]
