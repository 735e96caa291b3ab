"""What a household decides about a mirror in Home Assistant; what the mirror decides by, it keeps itself."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol
from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from .coordinator import MiraConfigEntry
from .helpers import find_mirror, is_loaded
from .pin_redaction import is_pin, pin_payload

CONF_LOGBOOK: Final = "logbook"
EVERYTHING: Final = "everything"
NOTABLE: Final = "notable"
NOTHING: Final = "nothing"

CONF_LLM_TOOLS: Final = "llm_tools"
CONF_SIDEBAR: Final = "sidebar"
CONF_OCCUPANCY: Final = "occupancy"

DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_LOGBOOK: NOTABLE,
    CONF_LLM_TOOLS: True,
    CONF_SIDEBAR: True,
    CONF_OCCUPANCY: None,
}

SCHEMA = vol.Schema(
    {
        vol.Required(CONF_LOGBOOK): SelectSelector(
            SelectSelectorConfig(options=[EVERYTHING, NOTABLE, NOTHING], translation_key=CONF_LOGBOOK)
        ),
        vol.Required(CONF_LLM_TOOLS): BooleanSelector(),
        vol.Required(CONF_SIDEBAR): BooleanSelector(),
        vol.Optional(CONF_OCCUPANCY): EntitySelector(
            EntitySelectorConfig(domain=["binary_sensor", "device_tracker", "input_boolean", "person", "zone"])
        ),
    }
)

CONF_CURRENT_PIN: Final = "current"
CONF_PIN: Final = "pin"
CONF_PIN_AGAIN: Final = "pin_again"


def _pin_field(autocomplete: str) -> TextSelector:
    return TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete=autocomplete))


CURRENT_PIN: Final[dict[vol.Marker, Any]] = {vol.Required(CONF_CURRENT_PIN): _pin_field("current-password")}
NEW_PIN: Final[dict[vol.Marker, Any]] = {
    vol.Required(CONF_PIN): _pin_field("new-password"),
    vol.Required(CONF_PIN_AGAIN): _pin_field("new-password"),
}
PIN_ERRORS: Final = frozenset({"wrong_pin", "pin_blocked", "pin_required", "pin_unknown"})
"""Reasons of the mirror that have a text in the form."""


def options_of(entry: MiraConfigEntry) -> dict[str, Any]:
    """What is chosen here, and the default for the rest; without what others keep beside it."""
    return {name: entry.options.get(name, default) for name, default in DEFAULTS.items()}


class MiraOptionsFlow(OptionsFlowWithReload):
    """The options on one page; and the PIN, which the mirror keeps and Home Assistant never does."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what it is about; a mirror that is unavailable takes no PIN."""
        entry = self.config_entry
        view = entry.runtime_data.data if is_loaded(entry) else None
        if not view or not view.connected:
            return await self.async_step_settings()
        pin = ["change_pin", "remove_pin"] if view.has_pin else ["set_pin"]
        return self.async_show_menu(menu_options=["settings", *pin])

    async def async_step_settings(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what is chosen, and keep what is chosen then."""
        if user_input is not None:
            kept = {name: value for name, value in self.config_entry.options.items() if name not in DEFAULTS}
            return self.async_create_entry(data={**kept, **user_input})
        schema = self.add_suggested_values_to_schema(SCHEMA, options_of(self.config_entry))
        return self.async_show_form(step_id="settings", data_schema=schema)

    async def async_step_set_pin(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Set the first PIN."""
        return await self._async_pin_form("set_pin", NEW_PIN, user_input)

    async def async_step_change_pin(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Replace the PIN."""
        return await self._async_pin_form("change_pin", CURRENT_PIN | NEW_PIN, user_input)

    async def async_step_remove_pin(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Remove the PIN."""
        return await self._async_pin_form("remove_pin", CURRENT_PIN, user_input)

    async def _async_pin_form(
        self, step: str, fields: dict[vol.Marker, Any], user_input: dict[str, str] | None
    ) -> ConfigFlowResult:
        """Ask for the PINs, without those that were entered before: what a form suggests may be shown and kept."""
        errors = {} if user_input is None else await self._async_set_pin(user_input)
        if user_input is not None and not errors:
            return self.async_abort(reason=f"{step}_successful")
        return self.async_show_form(step_id=step, data_schema=vol.Schema(fields), errors=errors)

    async def _async_set_pin(self, given: dict[str, str]) -> dict[str, str]:
        """Have the mirror set it, or remove it where none is given; the errors to show."""
        pin = given.get(CONF_PIN)
        if pin is not None and not is_pin(pin):
            return {CONF_PIN: "pin_format"}
        if pin != given.get(CONF_PIN_AGAIN):
            return {CONF_PIN_AGAIN: "pin_mismatch"}
        try:
            mirror = find_mirror(self.hass, self.config_entry.entry_id).runtime_data
            decision = await mirror.async_send("set_pin", pin_payload(given))
        except HomeAssistantError:
            return {"base": "no_answer"}
        if decision.accepted:
            return {}
        reason = decision.reason if decision.reason in PIN_ERRORS else "refused"
        return {CONF_CURRENT_PIN if reason == "wrong_pin" else "base": reason}
