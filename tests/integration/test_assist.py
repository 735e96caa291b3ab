"""The mirror by sentences that Home Assistant's own conversation agent brings along."""

import asyncio
from typing import Any
from unittest.mock import AsyncMock

import pytest
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import intent
from homeassistant.setup import async_setup_component

from custom_components.mira.client.commands import Decision
from house.sidecar import SidecarProcess
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

CAMERA = "switch.hall_mirror_camera"
MICROPHONE = "switch.hall_mirror_microphone"
PAGE = "select.hall_mirror_page"
TODOS = "todo.hall_mirror_to_dos"


@pytest.fixture(autouse=True)
async def _assist(hass: HomeAssistant) -> None:
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, component, {})


async def say(hass: HomeAssistant, sentence: str, language: str = "en") -> str:
    """Say a sentence to the built-in agent, which understands it; its answer."""
    result = await conversation.async_converse(hass, sentence, None, Context(), language=language)
    assert result.response.response_type is not intent.IntentResponseType.ERROR, result.response.speech
    return str(result.response.speech["plain"]["speech"])


def shown(hass: HomeAssistant, entity_id: str) -> str:
    state = hass.states.get(entity_id)
    assert state
    return state.state


async def todos(hass: HomeAssistant) -> dict[str, str]:
    answer = await hass.services.async_call(
        "todo", "get_items", {"entity_id": TODOS}, blocking=True, return_response=True
    )
    items: list[dict[str, str]] = answer[TODOS]["items"]  # type: ignore[index, assignment, call-overload]
    return {item["summary"]: item["status"] for item in items}


@pytest.mark.parametrize(
    "spoken",
    [
        ("en", "turn on the hall mirror camera", "turn off the hall mirror camera"),
        ("de", "schalte Hall mirror Camera ein", "schalte Hall mirror Camera aus"),
    ],
)
async def test_a_switch_is_switched(
    hass: HomeAssistant,
    sidecar_at_once: SidecarProcess,
    set_up: SetUp,
    state_becomes: StateBecomes,
    spoken: tuple[str, str, str],
) -> None:
    language, on, off = spoken
    await set_up()
    await say(hass, on, language)
    await state_becomes(CAMERA, "on")  # an answer waits for 0.2 s, no longer
    assert await say(hass, "is the hall mirror camera on") == "Yes"
    await say(hass, off, language)
    await state_becomes(CAMERA, "off")


ON = [("en", "turn on the hall mirror camera"), ("de", "schalte Hall mirror Camera ein")]
WAITS = {
    "en": "The mirror asks for confirmation before it turns on Hall mirror Camera.",
    "de": "Der Spiegel fragt nach einer Bestätigung, bevor er Hall mirror Camera einschaltet.",
}


@pytest.mark.parametrize(("language", "sentence"), ON)
async def test_a_person_hears_that_the_mirror_asks_for_confirmation(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, language: str, sentence: str
) -> None:
    await set_up()
    for _ in range(2):  # whoever asks again hears the same
        assert await say(hass, sentence, language) == WAITS[language]
    assert shown(hass, CAMERA) == "off"


async def test_a_mirror_that_takes_its_time_is_not_said_to_be_on(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await set_up()
    send = entry.runtime_data.client.send

    async def slowly(*command: Any, **how: Any) -> Decision:
        await asyncio.sleep(0.5)  # Home Assistant's own handler has given up then
        return await send(*command, **how)

    monkeypatch.setattr(entry.runtime_data.client, "send", slowly)
    assert await say(hass, ON[0][1]) == WAITS["en"]


async def test_a_mirror_that_is_unavailable_or_does_not_answer_is_not_said_to_be_on(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    state_becomes: StateBecomes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.mira.intent._PATIENCE", 0.1)
    written_mirror.state(camera={"on": False})
    await set_up()
    assert await say(hass, ON[0][1]) == "Not turned on: Hall mirror Camera."
    written_mirror.redis.delete("mira:{hall}:presence")
    await state_becomes(CAMERA, "unavailable")
    assert await say(hass, ON[1][1], "de") == "Nicht eingeschaltet: Hall mirror Camera."


async def test_a_refusal_at_once_is_told_by_the_name_of_the_switch(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    written_mirror.state(camera={"on": False})
    entry = await set_up()
    refused = Decision("1", "rejected", "camera_off", {}, 2, {})
    monkeypatch.setattr(entry.runtime_data.client, "send", AsyncMock(return_value=refused))
    monkeypatch.setattr("custom_components.mira.intent._PATIENCE", 60)
    before = hass.loop.time()
    assert await say(hass, ON[0][1]) == "Not turned on: Hall mirror Camera."
    assert await say(hass, ON[1][1], "de") == "Nicht eingeschaltet: Hall mirror Camera."
    assert hass.loop.time() - before < 30  # nothing more is to come

    # In an area, Home Assistant's own handler raises nothing.
    area = ar.async_get(hass).async_create("Hall")
    er.async_get(hass).async_update_entity(CAMERA, area_id=area.id)
    slots = {"area": {"value": "Hall"}}
    response = await intent.async_handle(hass, "test", "HassTurnOn", slots, assistant=conversation.DOMAIN)
    assert response.speech["plain"]["speech"] == "Not turned on: Hall mirror Camera."
    assert hass.loop.time() - before < 30


async def test_what_fails_without_a_mirror_fails_as_ever(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    await set_up()
    hass.states.async_set("switch.lamp", "off", {"friendly_name": "Lamp"})
    async_expose_entity(hass, conversation.DOMAIN, "switch.lamp", should_expose=True)

    async def fail(call: ServiceCall) -> None:
        raise HomeAssistantError

    assert await async_setup_component(hass, "switch", {})
    hass.services.async_register("homeassistant", "turn_on", fail)
    slots = {"name": {"value": "Lamp"}}
    with pytest.raises(intent.IntentHandleError):
        await intent.async_handle(hass, "test", "HassTurnOn", slots, assistant=conversation.DOMAIN)


async def test_of_several_things_each_is_said_for_itself(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"lamp": {"name": "Lamp"}}})
    area = ar.async_get(hass).async_create("Hall")
    async_expose_entity(hass, conversation.DOMAIN, "input_boolean.lamp", should_expose=True)
    er.async_get(hass).async_update_entity("input_boolean.lamp", area_id=area.id)
    er.async_get(hass).async_update_entity(CAMERA, area_id=area.id)
    slots = {"area": {"value": "Hall"}}
    response = await intent.async_handle(hass, "test", "HassTurnOn", slots, assistant=conversation.DOMAIN)
    assert response.speech["plain"]["speech"] == f"{WAITS['en']} Turned on: Lamp."
    assert [target.name for target in response.success_results] == ["Hall", "Lamp"]
    assert response.failed_results == []
    assert shown(hass, "input_boolean.lamp") == "on"

    # The question about the camera still waits; the microphone needs none.
    er.async_get(hass).async_update_entity(MICROPHONE, area_id=area.id)
    response = await intent.async_handle(hass, "test", "HassTurnOn", slots, assistant=conversation.DOMAIN)
    said = response.speech["plain"]["speech"]
    assert said == f"{WAITS['en']} Turned on: Lamp, Hall mirror Microphone."
    assert shown(hass, MICROPHONE) == "on"


async def test_what_is_no_mirrors_is_answered_as_ever(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    await set_up()
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"lamp": {"name": "Lamp"}}})
    async_expose_entity(hass, conversation.DOMAIN, "input_boolean.lamp", should_expose=True)
    assert await say(hass, "turn on the lamp") == "Turned on the switch"
    assert "overwritten" not in caplog.text


async def test_the_todo_list_is_filled_ticked_off_and_emptied(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    await say(hass, "add milk to my hall mirror to-dos list")
    await say(hass, "setze Butter auf die Hall mirror to-dos Liste", "de")
    assert await todos(hass) == {"Milk": "needs_action", "Butter": "needs_action"}
    await say(hass, "check off milk from the hall mirror to-dos list")
    await say(hass, "remove butter from the hall mirror to-dos list")
    assert await todos(hass) == {"Milk": "completed"}


@pytest.mark.parametrize(
    "spoken",
    [("en", "activate the hall mirror clock page"), ("de", "aktiviere Hall mirror clock page")],
)
@pytest.mark.usefixtures("all_enabled")
async def test_a_page_is_shown(
    hass: HomeAssistant,
    sidecar: SidecarProcess,
    set_up: SetUp,
    state_becomes: StateBecomes,
    spoken: tuple[str, str],
) -> None:
    language, sentence = spoken
    await set_up()
    await say(hass, sentence, language)
    await state_becomes(PAGE, "clock")


async def test_a_locked_mirror_says_so_where_it_may(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    written_mirror.state(access={"pin_set": True})
    await set_up()
    async_expose_entity(hass, conversation.DOMAIN, "lock.hall_mirror_pin", should_expose=True)
    assert await say(hass, "is the hall mirror PIN locked") == "Yes"


@pytest.mark.usefixtures("all_enabled")
async def test_a_page_that_comes_later_is_a_scene_and_one_that_goes_is_unavailable(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    written_mirror.state(pages=["home", "my_cat"], rev=2, seq=2)
    written_mirror.event(2, type="state_patch", action="set_pages", source="system")
    assert (await state_becomes("scene.hall_mirror_my_cat_page", "unknown")).name == "Hall mirror my cat page"
    assert shown(hass, "scene.hall_mirror_clock_page") == "unavailable"
    assert shown(hass, "scene.hall_mirror_home_page") == "unknown"


async def test_a_new_scene_is_off_and_one_that_was_on_before_stays_on(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    registry = er.async_get(hass)
    registry.async_get_or_create("scene", "mira", "0198c0de_page_home", suggested_object_id="hall_mirror_home_page")
    await set_up()
    by_page = {page: registry.async_get(f"scene.hall_mirror_{page}_page") for page in ("home", "clock")}
    assert [scene and scene.disabled_by for scene in by_page.values()] == [None, "integration"]
    assert shown(hass, "scene.hall_mirror_home_page") == "unknown"
