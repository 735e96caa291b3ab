"""Two mirrors in one Home Assistant: each is meant by its name, and none takes the other's place."""

from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket, WebSocketGenerator

from house.redis import RedisServer
from tests.integration.conftest import SetUp
from tests.integration.written_mirror import WrittenMirror


@pytest.fixture
async def two(hass: HomeAssistant, set_up: SetUp, bath: MockConfigEntry) -> dict[str, MockConfigEntry]:
    """The hall's mirror and the bath's, loaded."""
    hall = await set_up()
    bath.add_to_hass(hass)
    await hass.config_entries.async_setup(bath.entry_id)
    await hass.async_block_till_done()
    return {"hall": hall, "bath": bath}


@pytest.fixture
async def socket(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> MockHAClientWebSocket:
    """A display's way to Home Assistant."""
    assert await async_setup_component(hass, "mira", {})
    return await hass_ws_client(hass)


async def ask(socket: MockHAClientWebSocket, **message: Any) -> dict[str, Any]:
    """The answer to a message."""
    await socket.send_json_auto_id(message)
    answer: dict[str, Any] = await socket.receive_json(timeout=10)
    return answer


async def shown(socket: MockHAClientWebSocket, **which: Any) -> str:
    """Whose view a display gets."""
    answer = await ask(socket, type="mira/subscribe", **which)
    assert answer["success"], answer
    view = await socket.receive_json(timeout=10)
    await ask(socket, type="unsubscribe_events", subscription=answer["id"])
    return str(view["event"]["mirror"]["id"])


async def test_a_display_shows_the_mirror_that_its_address_names(
    socket: MockHAClientWebSocket, two: dict[str, MockConfigEntry]
) -> None:
    for entry in two.values():
        for name in (entry.entry_id, entry.unique_id, entry.data["mirror"], entry.title, entry.title.upper()):
            assert await shown(socket, mirror=str(name)) == entry.data["mirror"]
        assert await shown(socket, entry_id=entry.entry_id) == entry.data["mirror"]
        # What a display remembers: its mirror may have been added again meanwhile.
        assert await shown(socket, mirror=["an entry that was removed", entry.unique_id]) == entry.data["mirror"]


async def test_a_display_that_names_none_of_two_mirrors_is_asked_which(
    hass: HomeAssistant, socket: MockHAClientWebSocket, two: dict[str, MockConfigEntry]
) -> None:
    for message in (
        {"type": "mira/subscribe"},
        {"type": "mira/events"},
        {"type": "mira/unlock", "pin": "2468"},
        {"type": "mira/set_pin", "pin": "2468"},
        {"type": "mira/display/configure", "display": {"guest": True}},
    ):
        error = (await ask(socket, **message))["error"]
        assert error["code"] == "ambiguous_mirror"
        assert error["message"] == "There are several mirrors: Bath, Hall mirror. Name the one that is meant"
        assert error["translation_placeholders"] == {"mirrors": "Bath, Hall mirror"}
    known = (await ask(socket, type="mira/mirrors"))["result"]["mirrors"]
    assert [(mirror["name"], mirror["id"], mirror["loaded"]) for mirror in known] == [
        ("Bath", "bath", True),
        ("Hall mirror", "hall", True),
    ]
    await hass.config_entries.async_set_disabled_by(two["bath"].entry_id, ConfigEntryDisabler.USER)
    assert await shown(socket) == "hall"


async def test_the_halls_display_never_shows_the_bath_while_the_hall_is_not_loaded(
    hass: HomeAssistant, socket: MockHAClientWebSocket, two: dict[str, MockConfigEntry]
) -> None:
    await hass.config_entries.async_unload(two["hall"].entry_id)
    for which in ({}, {"mirror": "hall"}, {"entry_id": two["hall"].entry_id}):
        error = (await ask(socket, type="mira/subscribe", **which))["error"]
        assert error["code"] == ("not_loaded" if which else "ambiguous_mirror")
    assert error["message"].startswith("Hall mirror is not loaded in Home Assistant. Try again when it is loaded")
    known = (await ask(socket, type="mira/mirrors"))["result"]["mirrors"]
    assert [(mirror["id"], mirror["loaded"]) for mirror in known] == [("bath", True), ("hall", False)]


async def test_a_display_whose_mirror_was_removed_does_not_go_on_with_the_other(
    hass: HomeAssistant, socket: MockHAClientWebSocket, two: dict[str, MockConfigEntry], written_mirror: WrittenMirror
) -> None:
    subscription = (await ask(socket, type="mira/subscribe", mirror="hall"))["id"]
    await socket.receive_json(timeout=10)
    await hass.config_entries.async_remove(two["hall"].entry_id)
    written_mirror.redis.delete("mira:{bath}:presence")
    gone = await socket.receive_json(timeout=10)
    assert (gone["event"]["mirror"]["id"], gone["event"]["connected"]) == ("hall", False)
    await ask(socket, type="unsubscribe_events", subscription=subscription)
    error = (await ask(socket, type="mira/subscribe", mirror="hall"))["error"]
    assert error["code"] == "not_found"
    assert error["message"] == "There is no mirror hall in Home Assistant. There are: Bath. Name one of them"


async def test_an_automation_that_names_none_of_two_mirrors_is_told_their_names(
    hass: HomeAssistant, two: dict[str, MockConfigEntry]
) -> None:
    async def state(**data: str) -> Any:
        return await hass.services.async_call("mira", "get_state", data, blocking=True, return_response=True)

    with pytest.raises(ServiceValidationError, match="several mirrors: Bath, Hall mirror"):
        await state()
    assert (await state(config_entry_id=two["bath"].entry_id))["mirror"]["id"] == "bath"
    await hass.config_entries.async_unload(two["bath"].entry_id)
    with pytest.raises(ServiceValidationError, match="Bath is not loaded"):
        await state(config_entry_id=two["bath"].entry_id)
    with pytest.raises(ServiceValidationError, match="no mirror attic in Home Assistant"):
        await state(config_entry_id="attic")


async def test_two_mirrors_of_one_name_are_meant_by_their_entries_alone(
    hass: HomeAssistant, socket: MockHAClientWebSocket, two: dict[str, MockConfigEntry]
) -> None:
    hass.config_entries.async_update_entry(two["bath"], title="hall")
    assert (await ask(socket, type="mira/subscribe", mirror="Hall"))["error"]["code"] == "ambiguous_mirror"
    assert await shown(socket, mirror=two["bath"].entry_id) == "bath"


async def test_a_language_model_has_to_name_one_of_two_mirrors_also_while_one_is_not_loaded(
    hass: HomeAssistant, two: dict[str, MockConfigEntry], redis_server: RedisServer
) -> None:
    for component in ("homeassistant", "llm"):
        assert await async_setup_component(hass, component, {})

    async def read(**arguments: str) -> llm.ToolResult:
        context = llm.LLMContext("test", Context(), "en", "conversation", None)
        api = await llm.async_get_api(hass, "assist", context)
        return await api.async_call_tool(llm.ToolInput("mira__get_state", arguments))

    await hass.config_entries.async_unload(two["hall"].entry_id)
    assert (await read()).data == {"error": "mirror: the possible values are: Bath, Hall mirror."}
    assert not (await read(mirror="Bath")).error
    with pytest.raises(HomeAssistantError, match="Hall mirror is not loaded"):
        await read(mirror="Hall mirror")
    await hass.config_entries.async_unload(two["bath"].entry_id)
    context = llm.LLMContext("test", Context(), "en", "conversation", None)
    api = await llm.async_get_api(hass, "assist", context)
    assert not [tool for tool in api.tools if tool.integration == "mira"]
