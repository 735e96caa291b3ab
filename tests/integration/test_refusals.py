"""Why the mirror refuses is told in the reader's language: no English sentence of the sidecar reaches a German one."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.llm import LLMContext
from homeassistant.helpers.translation import async_get_translations
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.mira.client.commands import Decision
from custom_components.mira.const import NAMING_ACTIONS
from custom_components.mira.coordinator import MiraCoordinator, raise_if_refused
from custom_components.mira.refusals import wording
from custom_components.mira.translation import async_sentence
from custom_components.mira.translation import sentence as sentence_in_words
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from mira_sidecar.discovery import all_subjects
from mira_sidecar.reasons import sentence
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.texts import ENGLISH, GERMAN
from tests.integration.written_mirror import WrittenMirror
from tests.sidecar.core.test_payloads import WRONG

PINS = {"unlock", "set_pin"}
_PLAIN = re.compile(r"[\w\[\]., -]*")
"""A field, a number, a list of words of the protocol: no sentence."""


async def speak_german(hass: HomeAssistant) -> None:
    """Home Assistant speaks German from now on; the entities have their English ids."""
    hass.config.language = "de"
    await async_get_translations(hass, "de", "exceptions", ["mira"])


def in_german(error: HomeAssistantError) -> str:
    """An error as the frontend of somebody who reads German words it."""
    assert (error.translation_domain, error.translation_key in GERMAN["exceptions"]) == ("mira", True)
    placeholders: Mapping[str, Any] = error.translation_placeholders or {}
    assert all(_PLAIN.fullmatch(value) for value in placeholders.values())
    german, english = (
        texts["exceptions"][error.translation_key]["message"].format(**placeholders) for texts in (GERMAN, ENGLISH)
    )
    assert german != english
    return str(german)


def wrong_input() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every action with what it cannot take; the PIN is checked before the payload is."""
    yield from (
        (action, payload)
        for action, payload, _ in WRONG
        if action not in PINS and "[[[" not in str(payload) and 10**30 not in payload.values()
    )
    yield "set_pin", {"pin": "1"}
    yield from ((name, {}) for name, one in all_subjects().actions.items() if not one.payload.__struct_fields__)
    yield "make_coffee", {}


async def test_every_action_with_bad_input_is_refused_in_german(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    await speak_german(hass)
    known = dict(await async_get_translations(hass, "de", "exceptions", ["mira"]))
    tried = list(wrong_input())
    assert {action for action, _ in tried} - {"make_coffee"} >= set(all_subjects().actions) - {"unlock"}
    found: set[str] = set()

    async def send(action: str, payload: dict[str, Any]) -> None:
        answer: Any = await hass.services.async_call(
            *("mira", "send_command", {"action": action, "payload": payload}), blocking=True, return_response=True
        )
        if answer["outcome"] == "accepted":
            return  # of what takes nothing, some can be done
        decision = Decision(
            **{name: answer[name] for name in ("command_id", "outcome", "reason", "values", "seq", "payload")}
        )
        with pytest.raises(ServiceValidationError) as raised:
            raise_if_refused(decision)
        said = in_german(raised.value)
        assert (
            answer["message"]
            == said
            == known[f"component.mira.exceptions.{wording(decision)[0]}.message"].format(**wording(decision)[1])
        )
        assert wording(decision)[0] != "rejected"
        assert sentence(answer["reason"], answer["values"], all_subjects().words) not in said
        found.add(str(answer["values"].get("fault") or answer["reason"]))

    for action, payload in tried:
        if action in NAMING_ACTIONS:
            with pytest.raises(ServiceValidationError) as refused:
                await send(action, payload)
            assert "Namen" in in_german(refused.value)
        else:
            await send(action, payload)
        await asyncio.sleep(0)
    assert {"missing", "empty", "too_long", "too_many", "not_one_of", "bad_due", "bad_pin", "unknown_action"} <= found


async def test_a_to_do_that_is_too_long_is_refused_in_german(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    await speak_german(hass)
    with pytest.raises(ServiceValidationError) as raised:
        await hass.services.async_call(
            "todo", "add_item", {"entity_id": "todo.hall_mirror_to_dos", "item": "x" * 256}, blocking=True
        )
    assert in_german(raised.value) == "„summary“ darf höchstens 255 Zeichen haben."


async def test_the_websocket_answers_and_the_sensor_says_why_in_german(
    hass: HomeAssistant,
    sidecar: SidecarProcess,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    state_becomes: StateBecomes,
) -> None:
    await set_up()
    await speak_german(hass)
    socket = await hass_ws_client(hass)
    await socket.send_json_auto_id({"type": "mira/command", "action": "show_page", "payload": {"page": "cellar"}})
    said = "Der Spiegel hat keine Seite dieses Namens. Seine Seiten sind: home, todos, clock."
    assert (await socket.receive_json())["result"]["message"] == said
    state = await state_becomes("sensor.hall_mirror_last_refusal", "unknown_page")
    assert state.attributes["message"] == said


async def test_a_query_is_refused_in_german(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    await set_up()
    await speak_german(hass)
    with pytest.raises(ServiceValidationError) as raised:
        await hass.services.async_call("mira", "explain", {"command_id": "nobody"}, True, return_response=True)
    assert in_german(raised.value).startswith("Das Protokoll des Spiegels hat keinen solchen Befehl")
    mirror: MiraCoordinator = hass.config_entries.async_loaded_entries("mira")[0].runtime_data
    for kind, payload in (("dream", {}), ("explain", {"seq": "one"})):
        with pytest.raises(ServiceValidationError) as raised:
            await mirror.async_query(kind, payload)
        assert in_german(raised.value)


async def test_a_mirror_that_cannot_be_reached_is_told_in_german(
    hass: HomeAssistant,
    redis_server: RedisServer,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await set_up()
    await speak_german(hass)
    socket = await hass_ws_client(hass)
    redis_server.stop()
    with pytest.raises(HomeAssistantError) as raised:
        await hass.services.async_call("mira", "undo", {}, blocking=True)
    assert in_german(raised.value).startswith("Der Spiegel ist nicht erreichbar")
    await socket.send_json_auto_id({"type": "mira/events"})
    error = (await socket.receive_json())["error"]
    assert (error["code"], error["translation_key"]) == ("cannot_connect", "cannot_connect")


@pytest.mark.parametrize(
    ("reason", "values"),
    [
        ("of_tomorrow", {}),
        ("of_tomorrow", {"limit": 3}),
        ("expired", {}),
        ("bad_payload", {}),
        ("bad_payload", {"fault": "of_tomorrow"}),
        ("bad_payload", {"fault": "too_long", "field": "text"}),
    ],
)
async def test_a_code_of_a_newer_sidecar_is_told_in_a_general_sentence(
    hass: HomeAssistant, reason: str, values: dict[str, Any]
) -> None:
    await speak_german(hass)
    decision = Decision("command-1", "rejected", reason, values, 1, {})
    with pytest.raises(ServiceValidationError) as raised:
        raise_if_refused(decision)
    assert f"({reason})" in in_german(raised.value)
    assert f"({reason})" in str(await async_sentence(hass, decision, "de"))


@pytest.mark.parametrize("language", ["en", "de"])
async def test_all_reasons_and_faults_have_a_sentence(hass: HomeAssistant, language: str) -> None:
    samples: dict[Any, Any] = {str: "word", int: 7, float: 0.5, list[str]: ["one", "two"]}
    known = all_subjects().words
    told = [("bad_payload", {"fault": fault}, words.values) for fault, words in known.faults.items()]
    told += [(reason, {}, words.values) for reason, words in known.reasons.items() if not reason.startswith("bad_")]
    sentences = set()
    for reason, fault, types in told:
        values = {**fault, **{name: samples[kind] for name, kind in types.items()}}
        said = await async_sentence(hass, Decision("command-1", "rejected", reason, values, 1, {}), language)
        assert said
        assert "{" not in said
        assert ("0.5" in said) is (float in types.values())
        sentences.add(said)
    assert len(sentences) == len(told)
    assert await async_sentence(hass, Decision("command-1", "accepted", None, {}, 1, {}), language) is None


async def test_a_language_model_is_told_why_in_its_users_language(hass: HomeAssistant) -> None:
    context = LLMContext(platform="test", context=None, language="de", assistant="conversation", device_id=None)
    decision = Decision("command-1", "rejected", "camera_off", {}, 1, {})
    assert await async_sentence(hass, decision, context.language) == "Die Kamera ist aus."


def test_while_a_language_is_loaded_the_code_is_told(hass: HomeAssistant) -> None:
    assert (
        sentence_in_words(hass, Decision("command-1", "rejected", "camera_off", {}, 1, {}), "cy") == "camera_off"
    )  # nobody else reads Welsh here
