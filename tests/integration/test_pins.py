"""`mira.set_pin` and PINs in commands: nothing in Home Assistant remembers them."""

import logging
from typing import Any

import pytest
import voluptuous as vol
from homeassistant.components.trace.util import async_get_trace, async_list_traces
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component

from custom_components.mira.pin_redaction import STRUCK, Pin, take_pins_of_payload
from house.sidecar import SidecarProcess
from tests.integration.conftest import SetUp, StateBecomes
from tests.planted import OTHER_PIN, PIN

LOCK = "lock.hall_mirror_pin"


async def call(hass: HomeAssistant, action: str, **data: Any) -> Any:
    return await hass.services.async_call("mira", action, data, blocking=True, return_response=True)


async def test_a_pin_is_set_changed_and_cleared(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    assert (await call(hass, "set_pin", pin=PIN))["payload"] == {"pin": "set"}
    await state_becomes(LOCK, "locked")
    assert (await call(hass, "set_pin", pin=OTHER_PIN))["reason"] == "pin_required"
    assert (await call(hass, "set_pin", pin=int(OTHER_PIN), current=int(PIN)))["outcome"] == "accepted"
    assert (await call(hass, "set_pin", current=PIN))["reason"] == "wrong_pin"
    assert (await call(hass, "set_pin", pin="", current=OTHER_PIN))["payload"] == {"pin": "cleared"}
    await hass.async_block_till_done()
    assert hass.states.get(LOCK) is None


CALLS: list[tuple[str, dict[str, Any]]] = [
    ("set_pin", {"pin": PIN, "current": OTHER_PIN}),
    ("set_pin", {"pin": [PIN], "current": {"digits": int(OTHER_PIN)}, "colour": "red"}),
    ("send_command", {"action": "set_pin", "payload": {"pin": PIN, "current": OTHER_PIN}}),
    ("send_command", {"action": "unlock", "payload": {"pin": int(PIN)}}),
    ("send_command", {"action": "unlock", "payload": {"pin": PIN}, "source": "nobody"}),
]


def has_pin(text: object) -> bool:
    return any(pin in str(text) for pin in (PIN, OTHER_PIN))


@pytest.mark.parametrize("blocking", [True, False])
@pytest.mark.usefixtures("sidecar")
async def test_no_event_no_error_and_no_log_line_has_a_pin(
    hass: HomeAssistant, set_up: SetUp, caplog: pytest.LogCaptureFixture, blocking: bool
) -> None:
    await set_up()
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    errors: list[str] = []
    events: list[Event] = []
    hass.bus.async_listen(MATCH_ALL, events.append)
    for action, data in CALLS:
        try:
            await hass.services.async_call("mira", action, data, blocking=blocking)
        except (HomeAssistantError, vol.Invalid) as err:
            errors.append(repr(err))
    await hass.async_block_till_done()

    # Two calls make no sense, so Home Assistant does not fire them.
    assert [STRUCK in str(event.data) for event in events if event.event_type == "call_service"] == [True] * 3
    assert not [event for event in events if has_pin(event) or has_pin(event.data)]
    assert not has_pin(caplog.text)
    assert len(errors) == (3 if blocking else 2)
    assert not has_pin(errors)


@pytest.mark.usefixtures("sidecar")
async def test_no_trace_has_a_pin_and_an_automation_can_use_it_again(
    hass: HomeAssistant, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await async_setup_component(hass, "trace", {})
    hass.states.async_set("sensor.guest", PIN)
    command = {"action": "unlock", "payload": {"pin": "{{ states('sensor.guest') }}"}}
    script = {
        "set": {"sequence": [{"action": "mira.set_pin", "data": {"pin": "{{ states('sensor.guest') }}"}}]},
        "unlock": {"sequence": [{"action": "mira.send_command", "data": command}]},
    }
    assert await async_setup_component(hass, "script", {"script": script})
    await hass.services.async_call("script", "set", blocking=True)
    for _ in range(2):
        await state_becomes(LOCK, "locked")
        await hass.services.async_call("script", "unlock", blocking=True)
        await state_becomes(LOCK, "unlocked")
        await hass.services.async_call("lock", "lock", {"entity_id": LOCK}, blocking=True)

    traces = await async_list_traces(hass, "script", None)
    assert len(traces) == 3
    for trace in traces:
        steps = (await async_get_trace(hass, f"script.{trace['item_id']}", trace["run_id"]))["trace"]
        assert STRUCK in str(steps)
        assert not has_pin(steps)


def test_what_carries_no_pin_stays_as_it_is() -> None:
    data = {"action": "add_todo", "payload": {"pin": PIN}}
    assert take_pins_of_payload(data) is data
    assert take_pins_of_payload({"action": "unlock", "payload": PIN}) == {"action": "unlock", "payload": PIN}
    assert repr(Pin(PIN)) == "Pin()"
