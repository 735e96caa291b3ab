"""Diagnostics: what a bug report needs, and nothing that is private."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import REDACTED
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PORT, CONF_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .coordinator import MiraConfigEntry
from .errors import MiraError
from .issues import ISSUES, issue_id
from .models import PROTOCOL_VERSION
from .options import options_of
from .redaction import redacted_event, redacted_presence, redacted_snapshot

EVENTS = 200
"""Newest events of the log in the diagnostics."""


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: MiraConfigEntry) -> dict[str, Any]:
    """Diagnostics of a mirror; of one that could not be set up, why not."""
    told = {
        "entry": {name: entry.data[name] if name in (CONF_PORT, CONF_SSL) else REDACTED for name in entry.data},
        "options": options_of(entry),
        "protocol": PROTOCOL_VERSION,
    }
    if entry.state is not ConfigEntryState.LOADED:
        return {**told, "connected": False, "error": entry.error_reason_translation_key}
    coordinator = entry.runtime_data
    client, view = coordinator.client, coordinator.data
    issues = ir.async_get(hass)
    found = {key: issues.async_get_issue(DOMAIN, issue_id(coordinator, key)) for key in ISSUES}
    events, server, log_error = [], {}, None
    try:
        events = [redacted_event(event) for event in (await client.log.page(limit=EVENTS)).events]
        server = asdict(await client.check_redis())
    except MiraError as err:
        log_error = err.code
    return {
        **told,
        "connected": view.connected,
        "error": view.error.code if view.error else None,
        "issues": {key: issue.translation_key for key, issue in found.items() if issue},
        "redis": {"seconds_apart": round(client.clock_apart(), 3), **server, "error": log_error},
        "presence": redacted_presence(view.presence) if view.presence else None,
        "state": redacted_snapshot(view.snapshot) if view.snapshot else None,
        "events": events,
    }
