"""Which gestures count, and from where on, set in Home Assistant."""

from datetime import timedelta
from typing import Any

import pytest
import voluptuous as vol
from homeassistant.core import HomeAssistant

from house.sidecar import SidecarProcess
from tests.integration.acting import act, shown
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

SWITCH = "switch.hall_mirror_gesture_palm"


async def set_gesture(hass: HomeAssistant, **data: Any) -> None:
    await hass.services.async_call("mira", "set_gesture", {"gesture": "palm", **data}, blocking=True)


async def own(hass: HomeAssistant) -> Any:
    """What is otherwise for some gestures than for all."""
    view = await hass.services.async_call("mira", "get_state", {}, blocking=True, return_response=True)
    assert view
    return view["state"]["thresholds"]["gestures"]  # type: ignore[index, call-overload]


async def test_a_gesture_is_switched_off_and_on(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes, all_enabled: None
) -> None:
    await set_up()
    assert shown(hass, SWITCH).state == "on"
    await act(hass, "switch.turn_off", SWITCH)
    await state_becomes(SWITCH, "off")
    assert await own(hass) == {"palm": {"enabled": False}}
    assert shown(hass, "switch.hall_mirror_gesture_fist").state == "on"
    await act(hass, "switch.turn_on", SWITCH)
    await state_becomes(SWITCH, "on")
    assert await own(hass) == {}


async def test_nobody_has_to_see_a_switch_for_each_gesture(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    await set_up()
    assert hass.states.get(SWITCH) is None


async def test_a_sidecar_that_is_too_old_to_be_asked_has_none(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, all_enabled: None
) -> None:
    thresholds = {"gesture_min_confidence": 0.7, "gesture_hold_ms": 600, "gesture_cooldown_ms": 1_000}
    written_mirror.state(thresholds=thresholds)
    await set_up()
    assert shown(hass, SWITCH).state == "unknown"


async def test_what_is_named_is_set_and_the_rest_stays(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    await set_gesture(hass, min_confidence=85, hold={"milliseconds": 900})
    assert await own(hass) == {"palm": {"min_confidence": 0.85, "hold_ms": 900}}
    await set_gesture(hass, cooldown={"seconds": 2}, enabled=False)
    assert await own(hass) == {"palm": {"min_confidence": 0.85, "hold_ms": 900, "cooldown_ms": 2_000, "enabled": False}}
    await set_gesture(hass, reset=True, hold={"seconds": 1})
    assert await own(hass) == {"palm": {"hold_ms": 1_000}}


@pytest.mark.parametrize(
    "wrong",
    [{"gesture": "Salute!"}, {"min_confidence": 101}, {"hold": timedelta(seconds=11)}, {"cooldown": {"minutes": 2}}],
)
async def test_what_makes_no_sense_is_refused(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, wrong: dict[str, Any]
) -> None:
    await set_up()
    with pytest.raises(vol.Invalid):
        await set_gesture(hass, **wrong)


async def test_a_gesture_that_is_taught_is_a_type_of_its_own_at_once_and_forgotten_none(
    hass: HomeAssistant, sidecar_at_once: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    def ask(action: str, source: str = "touch", **payload: Any) -> dict[str, Any]:
        return sidecar_at_once.bus.send(action, payload, source=source, confidence=0.9)

    await set_up()
    await hass.async_add_executor_job(lambda: ask("set_camera", on=True))
    await state_becomes("switch.hall_mirror_camera", "on")
    await hass.services.async_call("mira", "teach_gesture", {"gesture": "greeting", "samples": 3}, blocking=True)
    await hass.async_add_executor_job(lambda: sidecar_at_once.bus.send("confirm", {}, source="touch"))
    for _ in range(3):
        await hass.async_add_executor_job(lambda: ask("take_sample", "sensor", name="greeting"))

    event, last = "event.hall_mirror_gesture", "sensor.hall_mirror_last_gesture"
    await state_becomes(event, lambda state: "greeting" in state.attributes["event_types"])
    assert "greeting" in shown(hass, last).attributes["options"]
    await hass.async_add_executor_job(lambda: ask("gesture", "gesture", name="greeting"))
    await state_becomes(event, lambda state: state.attributes["event_type"] == "greeting")
    await state_becomes(last, "greeting")
    await hass.services.async_call("mira", "set_gesture", {"gesture": "greeting", "enabled": False}, blocking=True)

    await hass.services.async_call("mira", "forget_gesture", {"gesture": "greeting"}, blocking=True)
    await state_becomes(event, lambda state: "greeting" not in state.attributes["event_types"])
    assert await own(hass) == {}
