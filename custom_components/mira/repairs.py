"""Repair flows: look again once somebody has put right what was wrong, or put it right."""

from typing import override

import voluptuous as vol
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .coordinator import MiraConfigEntry, MiraCoordinator
from .issues import NEW_DATABASE, WINDOW_FAULT_PREFIX, async_look_at_server
from .migrate import async_migrate_unique_id


class LookAgainFlow(RepairsFlow):
    """Says what to do outside of Home Assistant, and looks whether it was done."""

    def __init__(self, entry_id: str) -> None:
        self._entry_id = entry_id

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Say what to do, then see whether it was done."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        placeholders = issue.translation_placeholders if issue else None
        errors: dict[str, str] = {}
        if user_input is not None:
            entry: MiraConfigEntry | None = self.hass.config_entries.async_get_entry(self._entry_id)
            if entry is None or entry.state is not ConfigEntryState.LOADED:
                return self.async_abort(reason="not_loaded")
            if problem := await self.async_repair(entry.runtime_data):
                errors["base"] = problem
            else:
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm", data_schema=vol.Schema({}), errors=errors, description_placeholders=placeholders
        )

    async def async_repair(self, coordinator: MiraCoordinator) -> str | None:
        """What is still wrong; None: nothing any more."""
        await async_look_at_server(coordinator)
        return "still_so" if ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id) else None


class MigrateUniqueIdFlow(LookAgainFlow):
    """Takes the mirror with the new database for the one that is set up."""

    @override
    async def async_repair(self, coordinator: MiraCoordinator) -> str | None:
        """Adopt the mirror that is there now: meanwhile it may be the old one again."""
        entry, presence = coordinator.config_entry, coordinator.data.presence
        if presence and presence.server_id != coordinator.server_id:
            if not await async_migrate_unique_id(self.hass, entry, presence.server_id):
                return "added_twice"
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return None


class WindowRecoveredFlow(LookAgainFlow):
    """Has somebody look at a window, and tells the mirror that it is in order."""

    @override
    async def async_repair(self, coordinator: MiraCoordinator) -> str | None:
        """Tell it."""
        window = self.issue_id.removeprefix(WINDOW_FAULT_PREFIX).removesuffix(f"_{self._entry_id}")
        try:
            await coordinator.async_command("window_recovered", {"window": window})
        except HomeAssistantError:
            return "not_told"
        return None


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """The flow of a fixable issue."""
    issue = data or {}
    key, flow = str(issue["key"]), LookAgainFlow
    if key == NEW_DATABASE:
        flow = MigrateUniqueIdFlow
    elif key.startswith(WINDOW_FAULT_PREFIX):
        flow = WindowRecoveredFlow
    return flow(str(issue["entry_id"]))
