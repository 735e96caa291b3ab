"""What a household chooses for a mirror, and that it holds at once."""

import logging
from collections.abc import Callable
from typing import Any
from unittest.mock import AsyncMock

import pytest
from homeassistant.components.frontend import DATA_PANELS
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState, ConfigFlowResult
from homeassistant.const import MATCH_ALL
from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.mira.bus_events import EVENT_DECISION
from custom_components.mira.client.commands import Decision
from custom_components.mira.diagnostics import async_get_config_entry_diagnostics
from house.sidecar import SidecarProcess
from tests.integration.acting import shown
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror
from tests.planted import OTHER_PIN, PIN

LOCK = "lock.hall_mirror_pin"
CHOSEN = {"logbook": "nothing", "llm_tools": False, "sidebar": False}
TOLD = {
    "everything": [("refused", "gesture"), ("refused", "show_page"), ("done", "add_todo"), ("done", "gesture")],
    "notable": [("refused", "show_page")],
    "nothing": [],
}
"""What the logbook gets, by what is wanted."""


async def chosen(hass: HomeAssistant, entry: MockConfigEntry, step: str) -> ConfigFlowResult:
    """The form behind one line of the menu."""
    menu = await hass.config_entries.options.async_init(entry.entry_id)
    assert menu["type"] is FlowResultType.MENU
    return await hass.config_entries.options.async_configure(menu["flow_id"], {"next_step_id": step})


async def choose(hass: HomeAssistant, entry: MockConfigEntry, options: dict[str, Any]) -> None:
    """Fill in the form, and wait until the mirror is there again."""
    form = await chosen(hass, entry, "settings")
    done = await hass.config_entries.options.async_configure(form["flow_id"], options)
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def suggested(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    """What the form shows when it is opened; it is closed again."""
    form = await chosen(hass, entry, "settings")
    hass.config_entries.options.async_abort(form["flow_id"])
    assert form["data_schema"]
    return {str(field): field.description["suggested_value"] for field in form["data_schema"].schema}


async def test_the_form_shows_what_holds(hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp) -> None:
    entry = await set_up()
    from_the_start = {"logbook": "notable", "llm_tools": True, "sidebar": True, "occupancy": None}
    assert await suggested(hass, entry) == from_the_start
    await choose(hass, entry, CHOSEN)
    assert await suggested(hass, entry) == {**from_the_start, **CHOSEN}


async def test_what_others_keep_beside_the_options_stays(
    hass: HomeAssistant, written_mirror: WrittenMirror, entry: MockConfigEntry, set_up: SetUp
) -> None:
    await set_up()
    form = await chosen(hass, entry, "settings")
    hass.config_entries.async_update_entry(entry, options={"another": "thing"})  # while the form is open
    await hass.config_entries.options.async_configure(form["flow_id"], CHOSEN)
    await hass.async_block_till_done()
    assert entry.options == {"another": "thing", **CHOSEN}


async def test_only_what_is_offered_can_be_chosen(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    form = await chosen(hass, entry, "settings")
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


async def test_a_mirror_that_is_disabled_keeps_no_place_in_the_sidebar_and_no_panel(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, bath: MockConfigEntry
) -> None:
    hall = await set_up()
    bath.add_to_hass(hass)
    assert await hass.config_entries.async_setup(bath.entry_id)
    await choose(hass, bath, {**CHOSEN, "sidebar": False})
    await hass.config_entries.async_set_disabled_by(hall.entry_id, ConfigEntryDisabler.USER)
    assert not hass.data[DATA_PANELS]["mira"].show_in_sidebar
    await hass.config_entries.async_remove(bath.entry_id)
    assert "mira" not in hass.data[DATA_PANELS]
    await hass.config_entries.async_set_disabled_by(hall.entry_id, None)
    assert hass.data[DATA_PANELS]["mira"].show_in_sidebar


@pytest.fixture
def heard(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """All that Home Assistant logs, fires and keeps of the mirror from here on."""
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    events: list[Event] = []
    hass.bus.async_listen(MATCH_ALL, events.append)

    def heard() -> str:
        entries = hass.config_entries.async_entries("mira")
        kept = [(entry.data, entry.options) for entry in entries]
        return f"{caplog.text} {[(event.event_type, event.data) for event in events]} {kept}"

    return heard


async def test_a_pin_is_set_changed_and_removed_in_forms_and_nothing_keeps_it(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, heard: Callable[[], str]
) -> None:
    entry = await set_up()
    options = hass.config_entries.options

    async def fill_in(step: str, **data: str) -> ConfigFlowResult:
        form = await chosen(hass, entry, step)
        done = await options.async_configure(form["flow_id"], data)
        if done["type"] is FlowResultType.FORM:
            assert done["data_schema"]
            assert not [field.description for field in done["data_schema"].schema if field.description]
            options.async_abort(done["flow_id"])
        await hass.async_block_till_done()
        return done

    set_ = await fill_in("set_pin", pin=PIN, pin_again=PIN)
    assert (set_["type"], set_["reason"]) == (FlowResultType.ABORT, "set_pin_successful")
    assert shown(hass, LOCK).state == "locked"
    assert entry.state is ConfigEntryState.LOADED

    wrong = await fill_in("change_pin", current=OTHER_PIN, pin=OTHER_PIN, pin_again=OTHER_PIN)
    assert wrong["errors"] == {"current": "wrong_pin"}
    changed = await fill_in("change_pin", current=PIN, pin=OTHER_PIN, pin_again=OTHER_PIN)
    assert changed["reason"] == "change_pin_successful"

    assert (await fill_in("remove_pin", current=PIN))["errors"] == {"current": "wrong_pin"}
    assert (await fill_in("remove_pin", current=OTHER_PIN))["reason"] == "remove_pin_successful"
    assert hass.states.get(LOCK) is None

    told = heard() + str(await async_get_config_entry_diagnostics(hass, entry))
    assert "set_pin" in told
    assert PIN not in told
    assert OTHER_PIN not in told


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (("123", "123"), {"pin": "pin_format"}),
        (("1234567890123", "1234567890123"), {"pin": "pin_format"}),
        (("12a4", "12a4"), {"pin": "pin_format"}),
        (("١٢٣٤", "١٢٣٤"), {"pin": "pin_format"}),  # digits elsewhere, which no pad has
        (("1234\n", "1234\n"), {"pin": "pin_format"}),
        (("", ""), {"pin": "pin_format"}),
        (("1234", "1243"), {"pin_again": "pin_mismatch"}),
    ],
)
async def test_what_is_no_pin_or_mistyped_is_asked_for_again(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, given: tuple[str, str], error: dict[str, str]
) -> None:
    form = await chosen(hass, await set_up(), "set_pin")
    told = await hass.config_entries.options.async_configure(
        form["flow_id"], dict(zip(("pin", "pin_again"), given, strict=True))
    )
    assert told["errors"] == error
    hass.config_entries.options.async_abort(form["flow_id"])


async def test_too_many_wrong_pins_and_a_pin_that_came_meanwhile_are_told_in_the_form(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    entry = await set_up()
    options = hass.config_entries.options
    late = await chosen(hass, entry, "set_pin")
    await hass.services.async_call("mira", "set_pin", {"pin": PIN}, blocking=True)
    told = await options.async_configure(late["flow_id"], {"pin": OTHER_PIN, "pin_again": OTHER_PIN})
    assert told["errors"] == {"base": "pin_required"}

    form = await chosen(hass, entry, "remove_pin")
    for _ in range(5):
        told = await options.async_configure(form["flow_id"], {"current": OTHER_PIN})
    assert told["errors"] == {"current": "wrong_pin"}
    told = await options.async_configure(form["flow_id"], {"current": PIN})
    assert told["errors"] == {"base": "pin_blocked"}


async def test_a_mirror_that_is_unavailable_takes_no_pin(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    entry = await set_up()
    options = hass.config_entries.options
    form = await chosen(hass, entry, "set_pin")
    written_mirror.redis.delete("mira:{hall}:presence")
    await state_becomes("select.hall_mirror_page", "unavailable")
    given = {"pin": PIN, "pin_again": PIN}
    assert (await options.async_configure(form["flow_id"], given))["errors"] == {"base": "no_answer"}
    assert (await options.async_init(entry.entry_id))["step_id"] == "settings"
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await options.async_configure(form["flow_id"], given))["errors"] == {"base": "no_answer"}
    assert (await options.async_init(entry.entry_id))["step_id"] == "settings"


async def test_a_refusal_without_a_text_of_its_own_is_told_as_one(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await set_up()
    form = await chosen(hass, entry, "set_pin")
    refusal = Decision("1", "rejected", "fault", "A fault", 2, {})
    monkeypatch.setattr(entry.runtime_data.client, "send", AsyncMock(return_value=refusal))
    told = await hass.config_entries.options.async_configure(form["flow_id"], {"pin": PIN, "pin_again": PIN})
    assert told["errors"] == {"base": "refused"}


async def test_a_presence_sensor_can_be_chosen_and_taken_out_again(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    hass.config_entries.async_update_entry(entry, options={"arranged": "by somebody"})
    await choose(hass, entry, {**CHOSEN, "occupancy": "binary_sensor.hall"})
    assert (await suggested(hass, entry))["occupancy"] == "binary_sensor.hall"
    await choose(hass, entry, CHOSEN)
    assert (await suggested(hass, entry))["occupancy"] is None
    assert entry.options == {"arranged": "by somebody", **CHOSEN}
