"""A persona: who somebody talks to, over a conversation agent of Home Assistant's; its settings and its prompt."""

from collections.abc import Callable
from typing import Final

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntryChange, ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .coordinator import MiraConfigEntry, MiraCoordinator
from .emotions import EMOTIONS

SUBENTRY_PERSONA: Final = "persona"
CONF_AGENT: Final = "agent"

_HOW_TO_EXPRESS = (
    "Begin each message with one tag that says how you feel, such as [emotion:happy]. "
    f"The emotions are: {', '.join(EMOTIONS)}. The tag is shown as your face and never read out. Write no emojis."
)


def personas(entry: MiraConfigEntry) -> dict[str, ConfigSubentry]:
    """The mirror's personas, by the ids of their subentries."""
    subentries = entry.subentries.values()
    return {each.subentry_id: each for each in subentries if each.subentry_type == SUBENTRY_PERSONA}


def system_prompt(persona: str, asked: str | None) -> str:
    """What a language model is told beside its own prompt: who it is, how to express itself, what was asked for."""
    return "\n".join(part for part in (persona.strip(), _HOW_TO_EXPRESS, asked) if part)


@callback
def async_follow_personas(coordinator: MiraCoordinator, look: Callable[[], None]) -> CALLBACK_TYPE:
    """Look at the personas now, and whenever one may have come, gone or changed, until what is returned is called."""
    entry = coordinator.config_entry

    @callback
    def changed(change: ConfigEntryChange, changed_entry: MiraConfigEntry) -> None:
        if change is ConfigEntryChange.UPDATED and changed_entry is entry:
            look()

    look()
    return async_dispatcher_connect(coordinator.hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed)
