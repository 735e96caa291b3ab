"""What a household chooses for a mirror, and that it holds at once."""

from typing import Any

import pytest
from homeassistant.components.frontend import DATA_PANELS
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.mira.history import EVENT_DECISION
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

CHOSEN = {"logbook": "nothing", "llm_tools": False, "sidebar": False}
TOLD = {
    "everything": [("refused", "gesture"), ("refused", "show_page"), ("done", "add_todo"), ("done", "gesture")],
    "notable": [("refused", "show_page")],
    "nothing": [],
}
"""What the logbook gets, by what is wanted."""


async def choose(hass: HomeAssistant, entry: MockConfigEntry, options: dict[str, Any]) -> None:
    """Fill in the form, and wait until the mirror is there again."""
    form = await hass.config_entries.options.async_init(entry.entry_id)
    done = await hass.config_entries.options.async_configure(form["flow_id"], options)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def suggested(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    """What the form shows when it is opened; it is closed again."""
    form = await hass.config_entries.options.async_init(entry.entry_id)
    hass.config_entries.options.async_abort(form["flow_id"])
    assert form["data_schema"]
    return {str(field): field.description["suggested_value"] for field in form["data_schema"].schema}


async def test_the_form_shows_what_holds(hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp) -> None:
    entry = await set_up()
    assert await suggested(hass, entry) == {"logbook": "notable", "llm_tools": True, "sidebar": True}
    await choose(hass, entry, CHOSEN)
    assert await suggested(hass, entry) == CHOSEN


async def test_what_others_keep_beside_the_options_stays(
    hass: HomeAssistant, written_mirror: WrittenMirror, entry: MockConfigEntry, set_up: SetUp
) -> None:
    await set_up()
    form = await hass.config_entries.options.async_init(entry.entry_id)
    hass.config_entries.async_update_entry(entry, options={"another": "thing"})  # while the form is open
    await hass.config_entries.options.async_configure(form["flow_id"], CHOSEN)
    await hass.async_block_till_done()
    assert entry.options == {"another": "thing", **CHOSEN}


async def test_only_what_is_offered_can_be_chosen(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    form = await hass.config_entries.options.async_init(entry.entry_id)
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(form["flow_id"], {**CHOSEN, "logbook": "poems"})
    hass.config_entries.options.async_abort(form["flow_id"])
    assert entry.options == {}


@pytest.mark.parametrize("logbook", TOLD)
async def test_the_logbook_gets_as_much_as_is_wanted(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    state_becomes: StateBecomes,
    logbook: str,
) -> None:
    await choose(hass, await set_up(), {**CHOSEN, "logbook": logbook})
    fired = async_capture_events(hass, EVENT_DECISION)
    written_mirror.event(2, type="rejected", reason="cooldown")
    written_mirror.event(3, type="rejected", reason="unknown_page", source="voice", action="show_page")
    written_mirror.event(4, source="voice", action="add_todo", payload={"summary": "Private"})
    written_mirror.event(5)
    await state_becomes("event.hall_mirror_gesture", lambda state: state.state not in ("unknown", "unavailable"))
    assert [(event.data["outcome"], event.data["action"]) for event in fired] == TOLD[logbook]
    assert "Private" not in str([event.data for event in fired])


async def test_a_language_model_gets_no_tools_for_a_mirror_that_is_not_offered(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, bath: MockConfigEntry
) -> None:
    for component in ("homeassistant", "llm"):
        assert await async_setup_component(hass, component, {})

    async def parameters() -> list[str]:
        context = llm.LLMContext("test", Context(), "en", "conversation", None)
        tools = (await llm.async_get_api(hass, "assist", context)).tools
        return [str(tool.parameters.schema) for tool in tools if tool.integration == "mira"]

    entry = await set_up()
    bath.add_to_hass(hass)
    assert await hass.config_entries.async_setup(bath.entry_id)
    assert all("Hall mirror" in schema and "Bath" in schema for schema in await parameters())
    await choose(hass, bath, CHOSEN)
    offered = await parameters()
    assert len(offered) == 5
    assert not [schema for schema in offered if "Bath" in schema]
    await choose(hass, entry, CHOSEN)
    assert await parameters() == []


async def test_mira_leaves_everybodys_sidebar_when_no_mirror_wants_to_be_there(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, bath: MockConfigEntry
) -> None:
    def is_in_sidebar() -> bool:
        panel = hass.data[DATA_PANELS]["mira"].to_response()
        assert (panel["title"], panel["icon"], panel["url_path"]) == ("Mira", "mdi:mirror", "mira")
        assert panel["config"]["_panel_custom"]["name"] == "mira-panel"
        return bool(panel["show_in_sidebar"])

    hall = await set_up()
    assert is_in_sidebar()
    await choose(hass, hall, CHOSEN)
    assert not is_in_sidebar()  # and the display is still there
    bath.add_to_hass(hass)
    assert await hass.config_entries.async_setup(bath.entry_id)
    assert is_in_sidebar()
    await hass.config_entries.async_remove(bath.entry_id)
    assert not is_in_sidebar()
    await choose(hass, hall, {**CHOSEN, "sidebar": True})
    assert is_in_sidebar()
