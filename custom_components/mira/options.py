"""What a household decides about a mirror in Home Assistant; what the mirror decides by, it keeps itself."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol
from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.helpers.selector import BooleanSelector, SelectSelector, SelectSelectorConfig

from .coordinator import MiraConfigEntry

CONF_LOGBOOK: Final = "logbook"
EVERYTHING: Final = "everything"
NOTABLE: Final = "notable"
NOTHING: Final = "nothing"

CONF_LLM_TOOLS: Final = "llm_tools"
CONF_SIDEBAR: Final = "sidebar"

DEFAULTS: Final[Mapping[str, Any]] = {CONF_LOGBOOK: NOTABLE, CONF_LLM_TOOLS: True, CONF_SIDEBAR: True}

SCHEMA = vol.Schema(
    {
        vol.Required(CONF_LOGBOOK): SelectSelector(
            SelectSelectorConfig(options=[EVERYTHING, NOTABLE, NOTHING], translation_key=CONF_LOGBOOK)
        ),
        vol.Required(CONF_LLM_TOOLS): BooleanSelector(),
        vol.Required(CONF_SIDEBAR): BooleanSelector(),
    }
)


def options_of(entry: MiraConfigEntry) -> dict[str, Any]:
    """What is chosen here, and the default for the rest; without what others keep beside it."""
    return {name: entry.options.get(name, default) for name, default in DEFAULTS.items()}


class MiraOptionsFlow(OptionsFlowWithReload):
    """Asks for all of them on one page."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what is chosen, and keep what is chosen then."""
        if user_input is not None:
            return self.async_create_entry(data={**self.config_entry.options, **user_input})
        schema = self.add_suggested_values_to_schema(SCHEMA, options_of(self.config_entry))
        return self.async_show_form(step_id="init", data_schema=schema)
