"""A wake word of one's own is taught and forgotten from Home Assistant."""

from typing import Any

import pytest
import voluptuous as vol
from homeassistant.core import HomeAssistant

from house.sidecar import SidecarProcess
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

TRIAL = {"takes": 5, "found": 5, "false_wakes": 0, "minutes": 19}


async def voice(hass: HomeAssistant) -> dict[str, Any]:
    view: Any = await hass.services.async_call("mira", "get_state", {}, blocking=True, return_response=True)
    slice_: dict[str, Any] = view["state"]["parts"]["voice"]
    return slice_


async def test_a_wake_word_is_taught_shown_with_its_figures_and_forgotten(
    hass: HomeAssistant, sidecar_at_once: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    def say(action: str, source: str = "touch", **payload: Any) -> dict[str, Any]:
        return sidecar_at_once.bus.send(action, payload, source=source)

    await set_up()
    await hass.async_add_executor_job(lambda: say("set_microphone", on=True))
    await state_becomes("switch.hall_mirror_microphone", "on")
    asked = {"phrase": " Hey Mira ", "takes": 5}
    await hass.services.async_call("mira", "teach_wake_word", asked, blocking=True)
    yes = await hass.async_add_executor_job(lambda: say("confirm"))
    lesson = {"lesson": yes["command_id"]}
    for _ in range(5):
        await hass.async_add_executor_job(lambda: say("take_wake_word", "sensor", **lesson))
    verdict = {"outcome": "learned", "reach": 0.3, "trial": TRIAL}
    await hass.async_add_executor_job(lambda: say("judge_wake_word", "sensor", **lesson, **verdict))
    await hass.services.async_call("mira", "send_command", {"action": "next_page"}, blocking=True)
    own = await voice(hass)
    assert own["words"]["own_1"]["phrase"] == "Hey Mira"
    assert own["taught"]["own_1"]["trial"] == TRIAL
    await hass.services.async_call("mira", "forget_wake_word", {"phrase": "hey mira"}, blocking=True)
    await hass.services.async_call("mira", "send_command", {"action": "next_page"}, blocking=True)
    assert (await voice(hass))["words"] == {}


@pytest.mark.parametrize("phrase", ["", "x" * 65, "Hey\nMira"])
async def test_a_phrase_that_is_none_is_not_asked_for(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, phrase: str
) -> None:
    await set_up()
    with pytest.raises(vol.Invalid):
        await hass.services.async_call("mira", "teach_wake_word", {"phrase": phrase}, blocking=True)
