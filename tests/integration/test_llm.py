"""What a language model may ask of a mirror."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import voluptuous as vol
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.mira.commands import instant
from custom_components.mira.llm import async_get_tools
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

ASSISTANT = "conversation"


@pytest.fixture(autouse=True)
async def _assist(hass: HomeAssistant) -> None:
    for component in ("homeassistant", "llm"):
        assert await async_setup_component(hass, component, {})


async def tools(hass: HomeAssistant, assistant: str = ASSISTANT) -> llm.APIInstance:
    context = llm.LLMContext("test", Context(), "en", assistant, None)
    return await llm.async_get_api(hass, "assist", context)


def names(api: llm.APIInstance) -> list[str]:
    return [tool.name for tool in api.tools if tool.integration == "mira"]


async def use(hass: HomeAssistant, name: str, **arguments: Any) -> llm.ToolResult:
    return await (await tools(hass)).async_call_tool(llm.ToolInput(f"mira__{name}", arguments))


async def test_the_tools_are_those_of_exposed_mirrors(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    assert names(await tools(hass)) == []
    entry = await set_up()
    offered = ["show_page", "show_message", "ask", "explain_decisions", "get_state"]
    assert names(await tools(hass)) == [f"mira__{name}" for name in offered]
    assert names(await tools(hass, assistant="")) == []
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        async_expose_entity(hass, ASSISTANT, entity.entity_id, should_expose=False)
    assert names(await tools(hass)) == []
    assert not [record for record in caplog.records if record.name == "homeassistant.helpers.frame"]


async def test_no_other_api_gets_them(hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp) -> None:
    await set_up()

    context = llm.LLMContext("test", Context(), "en", ASSISTANT, None)
    assert async_get_tools(hass, context, "other") is None


async def test_a_page_is_shown_in_the_context_of_the_conversation(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    entry = await set_up()
    await use(hass, "show_message", message="Hello")  # when this is answered, the mirror is followed
    api = await tools(hass)
    result = await api.async_call_tool(llm.ToolInput("mira__show_page", {"page": "clock"}))
    assert (result.data, result.error) == ({"success": True, "waits_for_a_yes_at_the_mirror": False}, False)
    page = hass.states.get("select.hall_mirror_page")
    assert page
    assert page.state == "clock"
    assert page.context is api.llm_context.context
    with pytest.raises(vol.Invalid):
        await use(hass, "show_page", page="cellar")
    (event,) = (await entry.runtime_data.client.log.page(types=["accepted"], actions=["show_page"])).events
    assert event.source == "automation"


async def test_a_message_is_shown(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    entry = await set_up()
    await use(hass, "show_message", message="Dinner is ready", title="Kitchen", seconds=60)
    await use(hass, "show_message", message="Tea")
    messages = (await entry.runtime_data.client.log.page(types=["accepted"])).events
    assert [(event.payload["text"], event.payload.get("title")) for event in messages] == [
        ("Tea", None),
        ("Dinner is ready", "Kitchen"),
    ]


async def test_a_question_is_asked_at_the_glass(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    await set_up()
    result = await use(hass, "ask", question="Tea?", seconds=1)
    assert result.data == {"answer": None, "given_by": None}


async def test_decisions_are_explained_without_what_was_asked_for(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    for action, payload in (
        ("add_todo", {"summary": "Private"}),
        ("show_page", {"page": "cellar"}),
        ("set_camera", {"on": True}),
    ):
        await hass.services.async_call(
            "mira", "send_command", {"action": action, "payload": payload}, blocking=True, return_response=True
        )
    everything: Any = (await use(hass, "explain_decisions")).data["decisions"]
    assert [(decision["action"], decision["outcome"]) for decision in everything] == [
        ("set_camera", "waits for a yes"),
        ("show_page", "refused"),
        ("add_todo", "done"),
    ]
    assert "Private" not in str(everything)
    (refusal,) = (await use(hass, "explain_decisions", only_refused=True)).data["decisions"]  # type: ignore[misc]
    assert refusal["reason"] == "unknown_page"
    assert refusal["explanation"].startswith("The mirror has no page of this name")


async def test_of_the_newest_decision_is_told_what_belongs_to_it(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    assert (await use(hass, "explain_decisions")).data == {"decisions": []}
    for action in ("toggle_camera", "cancel"):
        await hass.services.async_call("mira", "send_command", {"action": action}, blocking=True, return_response=True)
    found: Any = (await use(hass, "explain_decisions")).data
    (related,) = found["related_to_the_newest"]
    assert related.pop("time")
    assert related == {"how": "answers", "source": "automation", "action": "toggle_camera"}


async def test_what_the_mirror_refuses_is_an_answer(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    api = await tools(hass)
    (tool,) = [tool for tool in api.tools if tool.name == "mira__show_page"]
    tool.parameters = vol.Schema({"page": str})  # a page that was there when the tools were handed out
    result = await api.async_call_tool(llm.ToolInput(tool.name, {"page": "cellar"}))
    assert (result.data["reason"], result.error) == ("unknown_page", True)


async def test_the_state_is_what_everybody_in_front_of_the_mirror_sees(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    until = instant(datetime.now(UTC) + timedelta(minutes=1))
    written_mirror.state(
        todos=[{"uid": "1", "summary": "Private"}],
        message={"text": "Tea", "at": "2026-11-20T12:00:00.000Z", "until": until},
        access={"pin_set": True},
        pending={"command_id": "1", "action": "set_camera"},
    )
    await set_up()
    assert (await use(hass, "get_state")).data == {
        "page": "home",
        "pages": ["home", "todos", "clock"],
        "microphone_on": True,
        "camera_on": True,
        "locked": True,
        "message": "Tea",
        "question_about": "set_camera",
    }
    written_mirror.redis.delete("mira:{hall}:presence")
    await state_becomes("select.hall_mirror_page", "unavailable")
    with pytest.raises(HomeAssistantError, match="The mirror is unavailable"):
        await use(hass, "get_state")


async def test_a_language_model_reads_nothing_of_a_microphone_that_the_mirror_does_not_have(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    written_mirror.presence(devices={"camera": {"capture": "open"}})
    await set_up()
    read = (await use(hass, "get_state")).data
    assert (read["camera_on"], "microphone_on" in read) == (True, False)


async def test_a_log_that_cannot_be_read_is_told(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    await set_up()
    redis_server.kill()
    with pytest.raises(HomeAssistantError):
        await use(hass, "explain_decisions")


async def test_which_of_two_mirrors_must_be_said(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    elsewhere = {**entry.data, "mirror": "attic", "username": None, "password": None}
    attic = MockConfigEntry(domain="mira", title="Attic", data=elsewhere, unique_id="attic")
    attic.add_to_hass(hass)
    await hass.config_entries.async_setup(attic.entry_id)
    await hass.async_block_till_done()
    with pytest.raises(vol.Invalid):
        await use(hass, "get_state")
    assert (await use(hass, "get_state", mirror="Hall mirror")).data["page"] == "home"
    with pytest.raises(HomeAssistantError, match="The mirror is unavailable"):
        await use(hass, "get_state", mirror="Attic")
    await hass.config_entries.async_unload(attic.entry_id)
