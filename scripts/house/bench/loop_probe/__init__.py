"""Measures, inside a Home Assistant, how late its event loop is. `scripts/bench integration` puts it there."""

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.json import JsonValueType

DOMAIN = "loop_probe"
_EVERY = 0.005
"""Seconds between two looks. They do not wait for each other: a loop that stands still for 50 ms is late ten times."""


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Look at the loop for as long as it runs; the action `loop_probe.take` gives milliseconds, and begins anew."""
    late: list[float] = []

    @callback
    def look(due: float) -> None:
        late.append((hass.loop.time() - due) * 1000)
        hass.loop.call_at(due + _EVERY, look, due + _EVERY)

    @callback
    def take(call: ServiceCall) -> ServiceResponse:
        taken: list[JsonValueType] = [round(sample, 3) for sample in late]
        late.clear()
        return {"late_ms": taken}

    hass.services.async_register(DOMAIN, "take", take, supports_response=SupportsResponse.ONLY)
    look(hass.loop.time())
    return True
