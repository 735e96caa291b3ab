"""The mirror by sentences that Home Assistant's own conversation agent brings along."""

import pytest
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent
from homeassistant.setup import async_setup_component

from house.sidecar import SidecarProcess
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

CAMERA = "switch.hall_mirror_camera"
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


async def test_a_page_that_comes_later_is_a_scene_and_one_that_goes_is_unavailable(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    written_mirror.state(pages=["home", "my_cat"], rev=2, seq=2)
    written_mirror.event(2, type="state_patch", action="set_pages", source="system")
    assert (await state_becomes("scene.hall_mirror_my_cat_page", "unknown")).name == "Hall mirror my cat page"
    assert shown(hass, "scene.hall_mirror_clock_page") == "unavailable"
    assert shown(hass, "scene.hall_mirror_home_page") == "unknown"
