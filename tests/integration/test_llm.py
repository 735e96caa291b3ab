"""What a language model may ask of a mirror."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import AsyncMock, patch

import pytest
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.mira.client.commands import Decision, instant
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


async def test_a_page_is_what_the_tool_calls_it_before_what_another_is_called(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    written_mirror.state(pages=["media", "music", "my_cat", "MyCat"])
    entry = await set_up()
    done = AsyncMock(return_value=Decision("1", "accepted", None, {}, 2, {}))
    with patch.object(entry.runtime_data, "async_send", done):
        for page in ("music", "Music", "media", "my_cat", "MyCat"):
            assert not (await use(hass, "show_page", page=page)).error, page
    pages = [call.args[1]["page"] for call in done.call_args_list]
    assert pages == ["music", "music", "media", "my_cat", "MyCat"]


async def test_a_mirror_is_what_the_tool_calls_it_before_what_another_is_called(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, bath: MockConfigEntry
) -> None:
    entry = await set_up()
    bath.add_to_hass(hass)
    await hass.config_entries.async_setup(bath.entry_id)
    hass.config_entries.async_update_entry(bath, title="hall")  # the id of the other one
    hass.config_entries.async_update_entry(entry, title="Wardrobe")
    assert not (await use(hass, "get_state", mirror="hall")).error


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
    assert (result.data, result.error) == ({"status": "done"}, False)
    page = hass.states.get("select.hall_mirror_page")
    assert page
    assert page.state == "clock"
    assert page.context is api.llm_context.context
    unknown = await use(hass, "show_page", page="cellar")
    sentence = "page: the possible values are: home, todos, clock."
    assert (unknown.data, unknown.error) == ({"error": sentence}, True)
    (event,) = (await entry.runtime_data.client.log.page(types=["accepted"], actions=["show_page"])).events
    assert event.source == "automation"


async def test_a_language_model_is_told_that_what_it_asked_for_waits(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await set_up()
    asked = Decision("1", "accepted", None, None, 2, {"page": "clock", "outcome": "pending"})
    monkeypatch.setattr(entry.runtime_data.client, "send", AsyncMock(return_value=asked))
    waits = {"status": "waiting", "waiting_for": "confirmation at the mirror"}
    assert (await use(hass, "show_page", page="clock")).data == waits


async def test_home_assistants_own_tool_tells_a_language_model_that_the_camera_waits(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    assert await async_setup_component(hass, "intent", {})
    await set_up()
    api = await tools(hass)
    (tool,) = [tool for tool in api.tools if tool.name.endswith("HassTurnOn")]
    told = (await api.async_call_tool(llm.ToolInput(tool.name, {"name": "Hall mirror Camera"}))).data
    words = "The mirror asks for confirmation before it turns on Hall mirror Camera."
    assert told["speech"]["plain"]["speech"] == words
    assert told["data"]["success"] == []


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
        ("set_camera", "waits for confirmation"),
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
    coordinator = (await set_up()).runtime_data
    snapshot = coordinator.data.snapshot
    gone = replace(snapshot, state=replace(snapshot.state, pages=("home", "cellar")))  # the mirror knows better
    coordinator.data = replace(coordinator.data, snapshot=gone)
    result = await use(hass, "show_page", page="cellar")
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


async def test_a_language_model_reads_nothing_of_a_microphone_and_a_lock_that_the_mirror_does_not_have(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    written_mirror.presence(devices={"camera": {"kind": "camera", "capture": "open"}})
    await set_up()
    read = (await use(hass, "get_state")).data
    assert (read["camera_on"], "microphone_on" in read, "locked" in read) == (True, False, False)


async def test_a_log_that_cannot_be_read_is_told(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    await set_up()
    redis_server.kill()
    with pytest.raises(HomeAssistantError):
        await use(hass, "explain_decisions")


@pytest.mark.usefixtures("sidecar")
@pytest.mark.parametrize(
    ("name", "arguments", "payload"),
    [
        ("show_page", {"page": "Clock"}, {"page": "clock"}),
        ("show_page", {"page": "TO-DOS"}, {"page": "todos"}),
        ("show_page", {"page": "Uhr"}, {"page": "clock"}),
        ("show_page", {"page": ["clock"]}, {"page": "clock"}),
        ("show_page", {"Page": "clock", "mirror": "HALL MIRROR"}, {"page": "clock"}),
        ("show_page", {"page": "clock", "mirror": None, "room": "hall"}, {"page": "clock"}),
        ("show_page", {"page": " clock ", "mirror": "hall"}, {"page": "clock"}),
        ("show_message", {"message": "Tea", "title": None, "seconds": None}, {"text": "Tea", "duration_ms": 10_000}),
        ("show_message", {"message": "Tea", "title": "", "seconds": ""}, {"text": "Tea", "duration_ms": 10_000}),
        ("show_message", {"message": "Tea", "title": "null", "mirror": ""}, {"text": "Tea", "duration_ms": 10_000}),
        ("show_message", {"message": "Tea", "seconds": "30"}, {"text": "Tea", "duration_ms": 30_000}),
        ("show_message", {"message": "Tea", "seconds": 30.0}, {"text": "Tea", "duration_ms": 30_000}),
        ("show_message", {"message": "Tea", "seconds": "30 Seconds"}, {"text": "Tea", "duration_ms": 30_000}),
        ("show_message", {"message": 7, "priority": "high"}, {"text": "7", "duration_ms": 10_000}),
        ("show_message", {"MESSAGE": "Tea " * 200}, {"text": f"{'Tea ' * 124}Tea…"[:500], "duration_ms": 10_000}),
        ("ask", {"question": "Tea?", "seconds": "1"}, {"text": "Tea?", "duration_ms": 1_000}),
        ("ask", {"Question": "Tea?", "Seconds": 1.0, "answers": []}, {"text": "Tea?", "duration_ms": 1_000}),
        ("ask", {"question": "Tea?", "seconds": "1s", "mirror": {}}, {"text": "Tea?", "duration_ms": 1_000}),
        ("explain_decisions", {"only_refused": None, "limit": 3}, None),
        ("explain_decisions", {"only_refused": "TRUE", "mirror": "hall_mirror"}, None),
        ("explain_decisions", {"Only-Refused": "no"}, None),
        ("get_state", {"mirror": "null"}, None),
        ("get_state", {"mirror": "hall MIRROR", "page": "clock"}, None),
    ],
)
async def test_what_small_models_send_is_taken_for_what_it_means(
    hass: HomeAssistant, set_up: SetUp, name: str, arguments: dict[str, Any], payload: dict[str, Any] | None
) -> None:
    coordinator = (await set_up()).runtime_data
    with patch.object(coordinator, "async_send", wraps=coordinator.async_send) as sent:
        result = await use(hass, name, **arguments)
    assert not result.error, result.data
    assert [call.args[:2] for call in sent.call_args_list] == ([(name, payload)] if payload else [])


@pytest.mark.usefixtures("written_mirror")
@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("show_page", {}, "page: the possible values are: home, todos, clock."),
        ("show_page", {"page": "cellar"}, "page: the possible values are: home, todos, clock."),
        ("show_page", {"page": "home", "mirror": "Attic"}, "mirror: the possible values are: Hall mirror."),
        ("show_message", {"message": " "}, "message: a text is expected."),
        ("show_message", {"message": {"text": "Tea"}}, "message: a text is expected."),
        ("show_message", {"message": "Tea", "seconds": "soon"}, "seconds: a whole number from 1 to 86400 is expected."),
        ("ask", {"question": "Tea?", "seconds": 61}, "seconds: a whole number from 1 to 60 is expected."),
        ("ask", {"question": "Tea?", "seconds": -1}, "seconds: a whole number from 1 to 60 is expected."),
        ("explain_decisions", {"only_refused": "perhaps"}, "only_refused: true or false is expected."),
        ("get_state", {"mirror": 3}, "mirror: the possible values are: Hall mirror."),
    ],
)
async def test_what_cannot_be_understood_is_answered_with_what_can(
    hass: HomeAssistant, set_up: SetUp, name: str, arguments: dict[str, Any], sentence: str
) -> None:
    await set_up()
    result = await use(hass, name, **arguments)
    assert (result.data, result.error) == ({"error": sentence}, True)


async def test_which_of_two_mirrors_must_be_said_where_the_room_does_not_tell(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, bath: MockConfigEntry
) -> None:
    entry = await set_up()
    bath.add_to_hass(hass)
    await hass.config_entries.async_setup(bath.entry_id)
    written_mirror.redis.delete("mira:{bath}:state")
    unclear = await use(hass, "get_state")
    assert (unclear.data, unclear.error) == ({"error": "mirror: the possible values are: Bath, Hall mirror."}, True)
    assert (await use(hass, "get_state", mirror="HALL mirror")).data["page"] == "home"

    room = ar.async_get(hass).async_create("Room")
    devices = dr.async_get(hass)
    satellite = devices.async_get_or_create(config_entry_id=entry.entry_id, identifiers={("test", "satellite")})
    for device in dr.async_entries_for_config_entry(devices, entry.entry_id):
        devices.async_update_device(device.id, area_id=room.id)
    heard = llm.LLMContext("test", Context(), "en", ASSISTANT, satellite.id)
    api = await llm.async_get_api(hass, "assist", heard)
    assert (await api.async_call_tool(llm.ToolInput("mira__get_state", {}))).data["page"] == "home"


async def test_both_of_two_mirrors_of_one_name_can_be_reached(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, entry: MockConfigEntry
) -> None:
    await set_up()
    elsewhere = {**entry.data, "mirror": "attic", "username": None, "password": None}
    attic = MockConfigEntry(domain="mira", title="Hall mirror", data=elsewhere, unique_id="attic")
    attic.add_to_hass(hass)
    await hass.config_entries.async_setup(attic.entry_id)
    await hass.async_block_till_done()
    (tool,) = [tool for tool in (await tools(hass)).tools if tool.name == "mira__get_state"]
    assert tool.parameters.schema["mirror"].container == ["Hall mirror (hall)", "Hall mirror (attic)"]
    assert (await use(hass, "get_state", mirror="Hall mirror")).error
    assert (await use(hass, "get_state", mirror="hall mirror hall")).data["page"] == "home"
    with pytest.raises(HomeAssistantError, match="The mirror is unavailable"):
        await use(hass, "get_state", mirror="attic")
    await hass.config_entries.async_unload(attic.entry_id)
