"""Messages on the glass, and taking back."""

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from house.sidecar import SidecarProcess
from tests.integration.acting import act, shown
from tests.integration.conftest import SetUp
from tests.integration.written_mirror import WrittenMirror

MESSAGE = "notify.hall_mirror_message"
PAGE = "select.hall_mirror_page"
UNDO = "button.hall_mirror_undo"


async def test_a_message_appears_on_the_glass(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    entry = await set_up()
    for data in ({"message": "The laundry is done", "title": "Cellar"}, {"message": "Dinner"}):
        await act(hass, "notify.send_message", MESSAGE, **data)
        message = entry.runtime_data.data.snapshot.document["message"]
        assert (message["text"], message["title"]) == (data["message"], data.get("title"))
    assert shown(hass, MESSAGE).state != "unknown"  # when it was


async def test_a_message_that_is_too_long_is_cut_behind_a_word(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    entry = await set_up()
    await act(hass, "notify.send_message", MESSAGE, message="Dinner is ready. " * 60, title="Kitchen " * 20)
    message = entry.runtime_data.data.snapshot.document["message"]
    assert message["text"] == f"{'Dinner is ready. ' * 29}Dinner…"
    assert message["title"] == f"{'Kitchen ' * 11}Kitchen…"


async def test_undo_takes_back_the_last_change_until_there_is_none(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    await act(hass, "select.select_option", PAGE, option="clock")
    await act(hass, "button.press", UNDO)
    assert shown(hass, PAGE).state == "home"
    with pytest.raises(ServiceValidationError, match="nothing of this kind to undo"):
        await act(hass, "button.press", UNDO)


@pytest.mark.parametrize("entity_id", [MESSAGE, UNDO])
async def test_while_the_mirror_is_away_nothing_can_be_asked(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, entity_id: str
) -> None:
    written_mirror.redis.flushall()
    entry = await set_up()
    assert shown(hass, entity_id).state == "unavailable"
    with pytest.raises(HomeAssistantError, match="The mirror is unavailable"):
        await entry.runtime_data.async_command("undo", {})
