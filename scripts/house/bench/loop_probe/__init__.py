"""Measures, inside a Home Assistant, how late its event loop is, and how long it works for what a mirror tells.

`scripts/bench integration` puts it there.
"""

from collections.abc import Sequence
from time import thread_time

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.json import JsonValueType

from custom_components.mira.coordinator import MiraCoordinator
from custom_components.mira.models.event import Event
from custom_components.mira.models.view import MirrorView

DOMAIN = "loop_probe"
_EVERY = 0.005
"""Seconds between two looks. They do not wait for each other: a loop that stands still for 50 ms is late ten times."""


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Look at the loop for as long as it runs; the action `loop_probe.take` gives milliseconds, and begins anew.

    `worked_ms` is the processor time of the loop, and `handed_out_ms` what of it went into each view that was handed
    to entities and displays.
    """
    late: list[float] = []
    handed_out: list[float] = []
    began = thread_time()
    hand_out = MiraCoordinator._async_receive  # noqa: SLF001 - it is measured

    def measured(coordinator: MiraCoordinator, view: MirrorView, events: Sequence[Event]) -> None:
        before = thread_time()
        hand_out(coordinator, view, events)
        handed_out.append((thread_time() - before) * 1000)

    setattr(MiraCoordinator, "_async_receive", measured)  # noqa: B010 - its type says that it is a method

    @callback
    def look(due: float) -> None:
        late.append((hass.loop.time() - due) * 1000)
        hass.loop.call_at(due + _EVERY, look, due + _EVERY)

    @callback
    def take(call: ServiceCall) -> ServiceResponse:
        nonlocal began
        taken: dict[str, JsonValueType] = {
            "late_ms": [round(sample, 3) for sample in late],
            "handed_out_ms": [round(sample, 3) for sample in handed_out],
            "worked_ms": (thread_time() - began) * 1000,
        }
        late.clear()
        handed_out.clear()
        began = thread_time()
        return taken

    hass.services.async_register(DOMAIN, "take", take, supports_response=SupportsResponse.ONLY)
    look(hass.loop.time())
    return True
