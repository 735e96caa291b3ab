"""Repair flows: look again, once somebody has put right what was wrong."""

import voluptuous as vol
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .coordinator import MiraConfigEntry
from .issues import async_look_at_server


class LookAgainFlow(RepairsFlow):
    """Says what to do outside of Home Assistant, and looks whether it was done."""

    def __init__(self, entry_id: str) -> None:
        self._entry_id = entry_id

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Say what to do, then look whether it was done."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        placeholders = issue.translation_placeholders if issue else None
        errors: dict[str, str] = {}
        if user_input is not None:
            entry: MiraConfigEntry | None = self.hass.config_entries.async_get_entry(self._entry_id)
            if entry is None or entry.state is not ConfigEntryState.LOADED:
                return self.async_abort(reason="not_loaded")
            await async_look_at_server(entry.runtime_data)
            if ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id) is None:
                return self.async_create_entry(data={})
            errors["base"] = "still_so"
        return self.async_show_form(
            step_id="confirm", data_schema=vol.Schema({}), errors=errors, description_placeholders=placeholders
        )


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """The flow of a fixable issue."""
    return LookAgainFlow(str((data or {})["entry_id"]))
