"""From where on a gesture counts, set in Home Assistant."""

from homeassistant.core import HomeAssistant

from house.sidecar import SidecarProcess
from tests.integration.acting import act, shown
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

NUMBERS = {
    "number.hall_mirror_gesture_confidence": 55,
    "number.hall_mirror_gesture_hold_time": 900,
    "number.hall_mirror_gesture_cooldown": 0,
}


async def test_a_threshold_is_set_and_stays(
    hass: HomeAssistant, sidecar_at_once: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    assert [shown(hass, entity_id).state for entity_id in NUMBERS] == ["70", "600", "1000"]
    for entity_id, value in NUMBERS.items():
        await act(hass, "number.set_value", entity_id, value=value)
        await state_becomes(entity_id, str(value))
    await hass.async_add_executor_job(sidecar_at_once.stop)
    await state_becomes(next(iter(NUMBERS)), "unavailable")
    await hass.async_add_executor_job(sidecar_at_once.start)
    for entity_id, value in NUMBERS.items():
        await state_becomes(entity_id, str(value))


async def test_an_older_sidecar_has_none(hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp) -> None:
    await set_up()
    assert [shown(hass, entity_id).state for entity_id in NUMBERS] == ["unknown"] * 3
