"""Which mirror somebody means: the one that is named or, where there is just one, that one. Never just any."""

from collections.abc import Mapping
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError

from .const import CONF_MIRROR, DOMAIN
from .coordinator import MiraConfigEntry

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
    return sorted(entries, key=lambda entry: entry.title.casefold())


def is_loaded(entry: MiraConfigEntry) -> bool:
    """Whether it has `runtime_data`."""
    return entry.state is ConfigEntryState.LOADED


@callback
def find_mirror(hass: HomeAssistant, *names: str) -> MiraConfigEntry:
    """The mirror with this entry id, unique id, id or name, or the only one. It is loaded. Raises MirrorError.

    Of several names the first counts that is known: a mirror that was added again has another entry id.
    """
    known = all_mirrors(hass)
    if not known:
        raise MirrorError(translation_key="no_mirror_set_up")
    found = next(filter(None, (_named(known, name) for name in names)), []) if names else known
    if not found:
        raise MirrorError(translation_key="mirror_not_found", mirror=names[0], mirrors=_names(known))
    if len(found) > 1:
        raise MirrorError(translation_key="ambiguous_mirror", mirrors=_names(found))
    (entry,) = found
    if not is_loaded(entry):
        raise MirrorError(translation_key="mirror_not_loaded", mirror=entry.title)
    return entry


def _named(known: list[MiraConfigEntry], name: str) -> list[MiraConfigEntry]:
    """Those that the name means: an id of Home Assistant's means one, whatever others are called."""
    exact = [entry for entry in known if name in (entry.entry_id, entry.unique_id)]
    said = name.casefold()
    return exact or [entry for entry in known if said in (entry.data[CONF_MIRROR].casefold(), entry.title.casefold())]


def _names(entries: list[MiraConfigEntry]) -> str:
    return ", ".join(entry.title for entry in entries)
