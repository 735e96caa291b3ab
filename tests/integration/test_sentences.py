"""What people say to Assist for a mirror: Home Assistant's own agent understands it, and the real sidecar does it."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hassil import parse_sentence
from hassil.sample import sample_expression
from homeassistant.components import conversation
from homeassistant.components.conversation.agent_manager import get_agent_manager
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import intent
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.mira.assist import Assist
from custom_components.mira.sentences import TODO_NAMES
from custom_components.mira.sentences import TODOS as WORDS
from custom_components.mira.util import plain
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from tests.integration.acting import act, shown
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

PAGE = "select.hall_mirror_page"
TODOS = "todo.hall_mirror_to_dos"


@pytest.fixture(autouse=True)
async def _assist(hass: HomeAssistant) -> None:
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, component, {})


async def say(hass: HomeAssistant, sentence: str, language: str = "en", **where: Any) -> str:
    """Say a sentence to the built-in agent; its answer."""
    await hass.async_block_till_done()
    where = {"conversation_id": None, **where}
    result = await conversation.async_converse(hass, sentence, context=Context(), language=language, **where)
    assert result.response.response_type is not intent.IntentResponseType.ERROR, result.response.speech
    return str(result.response.speech["plain"]["speech"])


async def is_understood(hass: HomeAssistant, sentence: str, language: str = "en") -> bool:
    await hass.async_block_till_done()
    result = await conversation.async_converse(hass, sentence, None, Context(), language=language)
    return result.response.response_type is not intent.IntentResponseType.ERROR


async def is_taken(hass: HomeAssistant, sentence: str) -> bool:
    """Whether the sentence is one of those for mirrors."""
    agent = conversation.async_get_agent(hass)
    heard = conversation.ConversationInput(sentence, Context(), None, None, None, "en", "conversation.home_assistant")
    return await agent.async_recognize_sentence_trigger(heard) is not None  # type: ignore[union-attr]


async def todos(hass: HomeAssistant) -> dict[str, str]:
    items = (await act(hass, "todo.get_items", TODOS))["items"]
    return {item["summary"]: item["status"] for item in items}


def write_lists(mirror: WrittenMirror) -> None:
    """Give each of two mirrors a list with its own name on it."""
    mirror.state(todos=[{"uid": "1", "summary": "Bath"}])
    for name in ("head", "state"):
        mirror.redis.copy(f"mira:{{hall}}:{name}", f"mira:{{bath}}:{name}", replace=True)
    mirror.state(todos=[{"uid": "1", "summary": "Hall"}])


async def second_mirror(hass: HomeAssistant, bath: MockConfigEntry) -> None:
    bath.add_to_hass(hass)
    await hass.config_entries.async_setup(bath.entry_id)


def put(hass: HomeAssistant, entry: MockConfigEntry, area: str) -> None:
    """Put what belongs to an entry into an area."""
    devices = dr.async_get(hass)
    area_id = ar.async_get(hass).async_get_or_create(area).id
    for device in dr.async_entries_for_config_entry(devices, entry.entry_id):
        devices.async_update_device(device.id, area_id=area_id)


def satellite(hass: HomeAssistant, area: str, *, own_area: bool = False) -> dict[str, str]:
    """A voice satellite in an area, as the agent is told of it."""
    entry = MockConfigEntry(domain="test", title="Satellite")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, identifiers={("test", area)})
    entities = er.async_get(hass)
    entity = entities.async_get_or_create(
        "assist_satellite", "test", area, device_id=device.id, config_entry=entry, original_name="Voice"
    )
    if own_area:
        entities.async_update_entity(entity.entity_id, area_id=ar.async_get(hass).async_get_or_create(area).id)
        return {"satellite_id": entity.entity_id}
    put(hass, entry, area)
    return {"device_id": device.id}


@pytest.mark.usefixtures("sidecar")
@pytest.mark.parametrize(
    ("language", "sentences", "answer"),
    [
        (
            "en",
            [
                *("show the clock page", "Show me the clock page, please.", "go to the clock page", "clock page"),
                *("open the clock page on the mirror", "show the clock on the mirror", "show the time page"),
                *(
                    "could you show me the clock page",
                    "show the clock page on the hall mirror",
                    "show the clock at hall mirror",
                ),
            ],
            "Showing the clock page.",
        ),
        (
            "de",
            [
                *("zeig die Uhrseite", "Zeige mir die Uhr-Seite!", "zeig die Seite Uhr an", "geh zur Uhrseite"),
                *("zeig die Uhr auf dem Spiegel", "wechsle zur Seite Uhr", "zeig bitte auf dem Spiegel die Uhr"),
                *(
                    "zeig mir bitte die Uhrseite",
                    "bitte zeig mal die Seite Uhr",
                    "öffne die Seite Uhrzeit",
                    "zeige die Uhrseite auf Hall mirror",
                ),
            ],
            "Hier ist die Seite Uhr.",
        ),
    ],
)
async def test_a_page_is_shown(
    hass: HomeAssistant, set_up: SetUp, language: str, sentences: list[str], answer: str
) -> None:
    await set_up()
    for sentence in sentences:
        await say(hass, "show the home page")
        assert shown(hass, PAGE).state == "home"
        assert await say(hass, sentence, language) == answer, sentence
        assert shown(hass, PAGE).state == "clock", sentence


@pytest.mark.parametrize(
    ("forward", "back"),
    [("next page", "go back a page"), ("nächste Seite", "Seite zurück"), ("geh zur nächsten Seite", "previous page")],
)
async def test_pages_are_turned(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, forward: str, back: str
) -> None:
    await set_up()
    assert await say(hass, forward) == "Page turned."
    assert shown(hass, PAGE).state == "todos"
    assert await say(hass, back, "de") == "Umgeblättert."
    assert shown(hass, PAGE).state == "home"


async def test_a_page_of_the_households_own_is_called_as_it_was_named_once_it_is_there(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    entry = await set_up()
    assert not await is_understood(hass, "show my cat page")
    written_mirror.state(pages=["home", "my_cat"], rev=2, seq=2)
    written_mirror.event(2, type="state_patch", action="set_pages", source="system")
    await state_becomes(PAGE, lambda state: "my_cat" in state.attributes["options"])
    await hass.async_block_till_done()
    assert not await is_understood(hass, "show the clock page")
    gone = HomeAssistantError(translation_domain="mira", translation_key="not_loaded")
    with patch.object(entry.runtime_data, "async_send", side_effect=gone) as sent:
        await say(hass, "show my cat page")
        await say(hass, "zeig die Seite My Cat", "de")
    assert [call.args for call in sent.call_args_list] == [("show_page", {"page": "my_cat"})] * 2


@pytest.mark.usefixtures("sidecar")
@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        ("en", "undo", "Undone."),
        ("en", "Undo that!", "Undone."),
        ("en", "take that back", "Undone."),
        ("en", "undo the last change on the hall mirror", "Undone."),
        ("de", "mach das rückgängig", "Rückgängig gemacht."),
        ("de", "Rückgängig", "Rückgängig gemacht."),
        ("de", "nimm das wieder zurück", "Rückgängig gemacht."),
        ("de", "mach die letzte Änderung am Spiegel rückgängig", "Rückgängig gemacht."),
    ],
)
async def test_a_change_is_taken_back(
    hass: HomeAssistant, set_up: SetUp, language: str, sentence: str, answer: str
) -> None:
    await set_up()
    await say(hass, "add milk to the to-do list")
    assert await say(hass, sentence, language) == answer
    assert await todos(hass) == {}


@pytest.mark.parametrize(
    ("language", "answer"),
    [
        ("en", "The mirror refused: There is nothing of this kind to undo."),
        ("de", "Der Spiegel hat abgelehnt: Es gibt nichts dergleichen rückgängig zu machen."),
        ("fr", "The mirror refused: There is nothing of this kind to undo."),
    ],
)
async def test_what_the_mirror_refuses_is_said_in_the_language_of_the_sentence(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, language: str, answer: str
) -> None:
    await set_up()
    assert await say(hass, "undo", language) == answer


@pytest.mark.parametrize(
    ("language", "add", "complete", "remove", "answers"),
    [
        (
            "en",
            [
                "add milk to the to-do list",
                "put milk on my to do list",
                "add milk to my list",
                "please add milk to my to-dos",
            ],
            ["check milk off my to-do list", "check off milk on the list", "mark milk as done on the to-do list"],
            ["remove milk from the to-do list", "take milk off the list"],
            ["Added milk.", "Checked off milk.", "Removed milk."],
        ),
        (
            "en",
            ["add milk to the hall mirror's list", "put milk on the to-do list on the hall mirror"],
            ["check off milk on the hall mirror to-do list"],
            ["delete milk from the list on the mirror"],
            ["Added milk.", "Checked off milk.", "Removed milk."],
        ),
        (
            "de",
            [
                "setze milk auf die To-do-Liste",
                "füge milk zur Aufgabenliste hinzu",
                "schreib bitte milk auf meine Liste",
                "bitte schreib milk auf die Liste",
            ],
            ["hake milk auf der To-do-Liste ab", "streiche milk von der Aufgabenliste"],
            ["lösche milk von der Liste", "entferne milk von der Liste am Spiegel"],
            ["milk hinzugefügt.", "milk abgehakt.", "milk gelöscht."],
        ),
    ],
)
async def test_the_list_is_filled_ticked_off_and_emptied(  # noqa: PLR0917 - pytest calls it by names
    hass: HomeAssistant,
    sidecar: SidecarProcess,
    set_up: SetUp,
    language: str,
    add: list[str],
    complete: list[str],
    remove: list[str],
    answers: list[str],
) -> None:
    await set_up()
    for place in range(len(add)):
        assert await say(hass, add[place], language) == answers[0]
        assert await todos(hass) == {"Milk": "needs_action"}, add[place]
        assert await say(hass, complete[place % len(complete)], language) == answers[1]
        assert await todos(hass) == {"Milk": "completed"}, complete[place % len(complete)]
        assert await say(hass, remove[place % len(remove)], language) == answers[2]
        assert await todos(hass) == {}, remove[place % len(remove)]


async def test_what_is_on_the_list_is_read_out(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    await set_up()
    assert await say(hass, "what is on my list") == "The list is empty."
    assert await say(hass, "check off milk on my list") == "milk is not on the list."
    for item in ("milk", "bread"):
        await say(hass, f"add {item} to the to-do list")
    assert await say(hass, "What's on the to-do list?") == "On the list: Milk, Bread."
    assert await say(hass, "Was steht auf der Aufgabenliste?", "de") == "Auf der Liste: Milk, Bread."
    await say(hass, "check off milk on my list")
    assert await say(hass, "what is on the list on the mirror") == "On the list: Bread."
    for item in map(str, range(11)):
        await act(hass, "todo.add_item", TODOS, item=item)
    assert await say(hass, "read me the list") == "On the list: Bread, 0, 1, 2, 3, 4, 5, 6, 7, 8, and 2 more."


async def test_a_list_that_the_household_has_beside_the_mirrors_keeps_its_name(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    assert await say(hass, "add milk to my list") == "Added milk."
    flow = await hass.config_entries.flow.async_init("shopping_list", context={"source": "user"}, data={})
    # Home Assistant's own answers end without a full stop.
    assert await say(hass, "add bread to my list") == "Added bread"
    assert not await is_understood(hass, "what is on my list")
    assert await say(hass, "add tea to my to-do list") == "Added tea."
    er.async_get(hass).async_update_entity("todo.shopping_list", name="To-do")
    assert await say(hass, "add jam to my to-do list") == "Added jam"
    assert await say(hass, "add salt to the to-do list on the hall mirror") == "Added salt."
    assert list(await todos(hass)) == ["Milk", "Tea", "Salt"]
    async_expose_entity(hass, "conversation", "todo.shopping_list", should_expose=False)
    assert await say(hass, "what is on my to-do list") == "On the list: Milk, Tea, Salt."
    async_expose_entity(hass, "conversation", "todo.shopping_list", should_expose=True)
    assert not await is_understood(hass, "what is on my to-do list")
    await hass.config_entries.async_remove(flow["result"].entry_id)
    assert await say(hass, "what is on my to-do list") == "On the list: Milk, Tea, Salt."


async def test_home_assistants_own_sentences_reach_the_mirrors_list(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    name = {"name": {"value": "Hall mirror To-dos"}}
    for one, item in (("Add", "milk"), ("Complete", "MILK"), ("Add", "tea"), ("Remove", "tea")):
        slots = {"item": {"value": item}, **name}
        await intent.async_handle(hass, "test", f"HassList{one}Item", slots, assistant="conversation")
    assert await todos(hass) == {"Milk": "completed"}


async def test_what_needs_confirmation_is_not_said_to_be_done(
    hass: HomeAssistant, redis_server: RedisServer, tmp_path: Path, set_up: SetUp
) -> None:
    process = SidecarProcess(redis_server.url, tmp_path / "mira.db", name="Hall mirror", confirm="show_page")
    process.start()
    try:
        await set_up()
        assert await say(hass, "show the clock page") == "Please confirm at the mirror. Nothing has changed yet."
        assert shown(hass, PAGE).state == "home"
    finally:
        process.kill()


async def test_a_mirror_that_is_away_says_so(
    hass: HomeAssistant,
    redis_server: RedisServer,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    state_becomes: StateBecomes,
) -> None:
    entry = await set_up()
    written_mirror.redis.delete("mira:{hall}:presence")
    await state_becomes(PAGE, "unavailable")
    assert await say(hass, "undo", "de") == "Hall mirror ist nicht erreichbar."
    redis_server.kill()
    coordinator = entry.runtime_data
    coordinator.data = replace(coordinator.data, error=None)  # it goes while it is asked
    assert (await say(hass, "undo")).startswith("The mirror cannot be reached: there is no connection to Redis.")


async def test_whether_a_mirror_that_does_not_answer_did_it_is_not_said_to_be_known(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.mira.client._GRACE", -4.9)
    await set_up()
    assert await say(hass, "undo") == (
        "The mirror did not answer within 5 s, so it is not known whether it did what was asked."
    )


async def test_of_two_mirrors_the_one_in_the_room_is_meant(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, bath: MockConfigEntry
) -> None:
    write_lists(written_mirror)
    entry = await set_up()
    await second_mirror(hass, bath)
    put(hass, entry, "Hallway")
    put(hass, bath, "Bathroom")
    for area, own_area in (("Hallway", False), ("Bathroom", True)):
        heard = await say(hass, "what is on my list", **satellite(hass, area, own_area=own_area))
        assert heard == f"On the list: {'Hall' if area == 'Hallway' else 'Bath'}."
    elsewhere = satellite(hass, "Kitchen")
    assert await say(hass, "what is on my list", **elsewhere) == "Which mirror: Bath, Hall mirror?"
    assert await say(hass, "what is on the bath's list", **elsewhere) == "On the list: Bath."
    for place in ("in the hallway", "on the hallway mirror", "on the mirror in the hallway"):
        assert await say(hass, f"what is on the list {place}", **elsewhere) == "On the list: Hall."
    assert await say(hass, "was steht auf der Liste am Hallwayspiegel", "de") == "Auf der Liste: Hall."
    assert await say(hass, "was steht auf der Liste am Spiegel im Hallway", "de") == "Auf der Liste: Hall."


async def test_the_name_of_a_mirror_answers_which_one_is_meant_for_a_minute(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, entry: MockConfigEntry
) -> None:
    await set_up()
    owner = {"username": None, "password": None}
    attic = MockConfigEntry(
        domain="mira", title="Attic", unique_id="1", data={**entry.data, **owner, "mirror": "attic"}
    )
    await second_mirror(hass, attic)
    here = {"conversation_id": ulid_now()}
    assert not await is_understood(hass, "the hall mirror")
    assert await say(hass, "setze Milch auf die Aufgabenliste", "de", **here) == "Welcher Spiegel: Attic, Hall mirror?"
    assert await say(hass, "undo", **here) == "Which mirror: Attic, Hall mirror?"
    assert await say(hass, "add milk to the list", **here) == "Which mirror: Attic, Hall mirror?"
    assert await say(hass, "the hall mirror", **satellite(hass, "Bath")) == "No question is waiting for an answer."
    assert await todos(hass) == {}
    assert await say(hass, "the hall mirror", **here) == "Added milk."
    assert await todos(hass) == {"Milk": "needs_action"}
    assert not await is_understood(hass, "the hall mirror")
    assert await say(hass, "undo", **here) == "Which mirror: Attic, Hall mirror?"
    assert await say(hass, "in the attic", **here) == "Attic cannot be reached."
    assert await say(hass, "undo") == "Which mirror: Attic, Hall mirror?"
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    assert not await is_understood(hass, "the hall mirror")
    await hass.config_entries.async_unload(attic.entry_id)


async def test_nothing_is_asked_where_no_mirror_can_do_it(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, bath: MockConfigEntry
) -> None:
    await set_up()
    await second_mirror(hass, bath)
    here = {"conversation_id": ulid_now()}
    assert await say(hass, "what is on my list", **here) == "Which mirror: Bath, Hall mirror?"
    with patch.object(Assist, "_has_list", return_value=False):  # both lists have just been hidden
        result = await conversation.async_converse(hass, "bath", here["conversation_id"], Context(), language="en")
        assert result.response.speech["plain"]["speech"] == "No mirror can do that now."
    assert not await is_understood(hass, "bath")


@pytest.mark.parametrize(
    ("name", "sentences"),
    [
        ("My Tasks", ["add milk to my tasks", "add milk to my list", "add milk to the tasks list"]),
        ("Our to-dos list", ["add milk to our to-dos list"]),
        ("Meine Aufgaben", ["setze milk auf meine Aufgaben", "setze milk auf die Aufgabenliste"]),
        ("Kitchen", ["add milk to the kitchen list", "add milk to the kitchen's list", "add milk to the list"]),
        ("Kitchen list", ["add milk to the kitchen list", "add milk to the kitchen to-do list"]),
        ("Holidays", ["add milk to the list", "setze milk auf die Liste"]),
    ],
)
async def test_no_list_of_another_is_taken_for_the_mirrors(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, name: str, sentences: list[str]
) -> None:
    entry = await set_up()
    put(hass, entry, "Kitchen")
    hass.states.async_set("todo.other", "0", {"friendly_name": name})
    async_expose_entity(hass, "conversation", "todo.other", should_expose=True)
    for sentence in sentences:
        await hass.async_block_till_done()
        assert not await is_taken(hass, sentence), sentence
    await say(hass, "add milk to the list on the kitchen mirror")
    assert await todos(hass) == {"Milk": "needs_action"}


def test_each_word_for_the_list_is_known_as_the_name_of_one() -> None:
    for language, template in WORDS.items():
        names = {plain(name) for name in sample_expression(parse_sentence(template).expression)}
        if language == "de":  # "Todonliste" is no word
            names = {name for name in names if not re.fullmatch(r"(todos?|aufgaben)nliste", name)}
        assert names <= TODO_NAMES


async def test_a_page_is_called_by_its_own_name_before_that_of_another(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    written_mirror.state(pages=["media", "music"])
    entry = await set_up()
    gone = HomeAssistantError(translation_domain="mira", translation_key="not_loaded")
    with patch.object(entry.runtime_data, "async_send", side_effect=gone) as sent:
        assert await say(hass, "show the music page") == "The mirror is not loaded in Home Assistant."
        await say(hass, "show the media page")
        await say(hass, "zeig die Musikseite", "de")
    assert [call.args[1]["page"] for call in sent.call_args_list] == ["music", "media", "media"]


async def test_the_mirror_is_the_near_one_whatever_another_is_called(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, bath: MockConfigEntry
) -> None:
    write_lists(written_mirror)
    entry = await set_up()
    hass.config_entries.async_update_entry(entry, title="The Mirror")
    await second_mirror(hass, bath)
    put(hass, bath, "Bathroom")
    near = satellite(hass, "Bathroom")
    assert await say(hass, "what is on the list on the mirror", **near) == "On the list: Bath."
    assert await say(hass, "was steht auf der Liste am Spiegel", "de", **near) == "Auf der Liste: Bath."
    assert await say(hass, "what is on the list on the hall", **near) == "On the list: Hall."


async def test_sentences_that_could_not_be_registered_are_registered_at_the_next_look(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    with patch("custom_components.mira.assist.async_initialize_triggers", return_value=None):
        entry = await set_up()
        assert not await is_understood(hass, "undo")
    dr.async_get(hass).async_update_device(entry.runtime_data.device_id, serial_number="1")
    assert await is_understood(hass, "undo")


async def test_a_swiss_hears_german(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    await set_up()
    assert await say(hass, "undo", "de-CH") == (
        "Der Spiegel hat abgelehnt: Es gibt nichts dergleichen rückgängig zu machen."
    )


async def test_only_what_is_exposed_is_spoken_to(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    async_expose_entity(hass, "conversation", TODOS, should_expose=False)
    assert not await is_understood(hass, "what is on my list")
    assert await is_understood(hass, "undo")
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        async_expose_entity(hass, "conversation", entity.entity_id, should_expose=False)
    assert not await is_understood(hass, "undo")


async def test_a_mirror_that_is_renamed_is_called_by_its_new_name(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    hass.config_entries.async_update_entry(entry, title="Wardrobe (left)")
    assert await say(hass, "what is on the wardrobe left list") == "The list is empty."
    dr.async_get(hass).async_update_device(entry.runtime_data.device_id, name_by_user="Mine")
    assert await say(hass, "was steht auf der Liste auf Mine", "de") == "Die Liste ist leer."


async def test_a_mirror_that_is_called_mirror_does_each_thing_once(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    entry = await set_up()
    hass.config_entries.async_update_entry(entry, title="Mirror")
    assert await say(hass, "show the next page on the mirror") == "Page turned."
    assert shown(hass, PAGE).state == "todos"
    assert await say(hass, "show the next page on the mirror") == "Page turned."
    assert shown(hass, PAGE).state == "clock"


async def test_a_sentence_that_is_handed_over_once_more_is_carried_out_once(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up()
    assert await say(hass, "show the next page on the mirror") == "Page turned."
    monkeypatch.setattr(Assist, "_is_known", lambda *_: True)
    await say(hass, "show the next page on the mirror")
    assert shown(hass, PAGE).state == "todos"


async def test_no_sentence_is_left_after_the_last_mirror(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    await hass.async_block_till_done()
    assert get_agent_manager(hass).trigger_sentences
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    assert get_agent_manager(hass).trigger_sentences == []
    assert not await is_understood(hass, "undo")


@pytest.mark.parametrize(
    "sentence",
    ["turn off the light", "show the camera", "show the clock", "what time is it", "add milk to the shopping list"],
)
async def test_what_is_meant_for_others_is_left_to_them(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, sentence: str
) -> None:
    await set_up()
    await hass.async_block_till_done()
    assert not await is_taken(hass, sentence)
