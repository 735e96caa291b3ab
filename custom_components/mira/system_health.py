"""System health: how many mirrors there are, and how far away their Redis is."""

import asyncio
from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .coordinator import MiraConfigEntry, MiraCoordinator
from .errors import MiraError
from .models.presence import PROTOCOL_VERSION


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register what is shown."""
    register.async_register_info(_async_health)


async def _async_health(hass: HomeAssistant) -> dict[str, Any]:
    """What is shown. What takes time is shown when it is there."""
    loaded: list[MiraConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    mirrors = [entry.runtime_data for entry in loaded]
    versions = {mirror.data.presence.version for mirror in mirrors if mirror.data.presence}
    return {
        "mirrors": len(hass.config_entries.async_entries(DOMAIN)),
        "connected": sum(mirror.data.connected for mirror in mirrors),
        "protocol": PROTOCOL_VERSION,
        "sidecar_versions": ", ".join(sorted(versions)) or None,
        "redis_round_trip": _async_round_trip(mirrors),
    }


async def _async_round_trip(mirrors: list[MiraCoordinator]) -> str | dict[str, str]:
    """The longest of the mirrors' ways to Redis and back."""
    try:
        seconds = await asyncio.gather(*(mirror.client.round_trip() for mirror in mirrors))
    except MiraError:
        return {"type": "failed", "error": "unreachable"}
    return f"{1000 * max(seconds, default=0):.1f} ms"
