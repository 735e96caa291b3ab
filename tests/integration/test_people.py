"""Who lives here: seen and changed by administrators alone, and named in nothing that is kept."""

import json
import logging
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.mira.const import CONSENTS, PEOPLE_ACTIONS
from custom_components.mira.permissions import Reader
from house.redis import RedisServer
from mira_sidecar.discovery import all_subjects
from tests.integration.acting import act, shown
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.test_permissions import act as asked_by
from tests.integration.test_permissions import connected
from tests.integration.written_mirror import PRESENCE, WrittenMirror
from tests.planted import OTHER_PIN, PIN

LOCK = "lock.hall_mirror_pin"
NAME = "Annegret"
EMPTY: dict[str, Any] = {"undoable": [], "parts": {}}
GONE = "0" * 32
"""The id of no entry of the registry."""
LINKED: dict[str, Any] = {"ha_person": GONE, "consents": ["face"]}
COMMANDS: dict[str, dict[str, Any]] = {
    "list": {},
    "add": {"name": NAME},
    "change": {"person": "p_1", "name": NAME},
    "forget": {"person": "p_1"},
}

type Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def ask(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Ask:
    """Asks as an administrator on the settings page: the whole answer."""

    async def ask(kind: str, **message: Any) -> dict[str, Any]:
        socket = await hass_ws_client(hass)
        await socket.send_json_auto_id({"type": f"mira/{kind}", **message})
        return dict(await socket.receive_json())

    return ask


@pytest.fixture
def neighbour(hass: HomeAssistant) -> MockUser:
    """Somebody without administrator's rights."""
    return MockUser(name="Neighbour").add_to_hass(hass)


@pytest.fixture
def anna(hass: HomeAssistant, hass_admin_user: MockUser) -> dict[str, str]:
    """A person of Home Assistant, with her user."""
    er.async_get(hass).async_get_or_create("person", "person", "1", suggested_object_id="anna")
    hass.states.async_set("person.anna", "home", {"friendly_name": "Anna", "user_id": hass_admin_user.id})
    return {"ha_person": "person.anna", "ha_user": hass_admin_user.id}


def written_person(mirror: WrittenMirror, unlocked_by: str | None = "p_1", **changes: Any) -> None:
    """A mirror that was unlocked by somebody who lives here."""
    mirror.presence(subjects={**PRESENCE["subjects"], "people": 1})
    access = {"pin_set": True, "unlocked_until": "2096-11-20T12:01:00.000Z", "unlocked_by": unlocked_by}
    persons = {"p_1": {**LINKED, **changes}}
    mirror.state(access=access, parts={"people": {"persons": persons, "here": None}})


@pytest.mark.usefixtures("sidecar")
async def test_somebody_is_added_changed_and_forgotten_and_their_name_is_in_nothing_that_is_kept(
    redis_server: RedisServer, set_up: SetUp, ask: Ask, anna: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # Home Assistant itself writes at this level what passes its websocket.
    caplog.set_level(logging.INFO, "homeassistant.components.websocket_api")
    entry = await set_up()
    added = await ask("people/add", name=f" {NAME} ", ha_person="person.anna", consents=["face"])
    person = added["result"]["payload"]["person"]
    (found,) = (await ask("people/list"))["result"]["people"]
    assert {"id": person, "name": NAME, **anna, "consents": ["face"], "pin": False}.items() <= found.items()

    other = f"{NAME} Maria"
    assert (await ask("people/change", person=person, name=other, ha_person=None, consents=[]))["success"]
    (found,) = (await ask("people/list"))["result"]["people"]
    assert {"name": other, "ha_person": None, "ha_user": None, "consents": []}.items() <= found.items()
    assert (await ask("people/change", person=person, consents=["memory"]))["success"]
    assert (await ask("people/list"))["result"]["people"][0]["name"] == other

    assert (await ask("people/forget", person=person))["success"]
    assert (await ask("people/list"))["result"] == {"people": [], "next": None}
    refused = (await ask("people/change", person=person, consents=[]))["error"]
    assert (refused["code"], refused["translation_key"]) == ("refused_unknown_person", "refused_unknown_person")

    events = [event.document for event in (await entry.runtime_data.client.log.page()).events]
    with redis.Redis.from_url(redis_server.url) as server:
        kept = [server.dump(key) for key in server.scan_iter()]
    assert [event["action"] for event in events if event["type"] == "accepted"][-1] == "add_person"
    for name in (NAME, "person.anna"):
        assert name not in caplog.text + json.dumps(events) + repr(kept)


@pytest.mark.usefixtures("sidecar", "anna")
async def test_whoever_unlocks_with_a_pin_of_their_own_is_shown_by_the_lock(
    hass: HomeAssistant, set_up: SetUp, ask: Ask, state_becomes: StateBecomes
) -> None:
    await set_up()
    added = await ask("people/add", name=NAME, ha_person="person.anna")
    person = added["result"]["payload"]["person"]
    assert (await ask("set_pin", pin=PIN))["result"]["outcome"] == "accepted"
    taken = (await ask("set_pin", person=person, pin=PIN, current=PIN))["result"]
    assert (taken["reason"], bool(taken["message"])) == ("pin_taken", True)
    given = {"person": person, "pin": OTHER_PIN, "current": PIN}
    assert (await ask("set_pin", **given, opens=["camera_on"]))["result"]["outcome"] == "accepted"
    await state_becomes(LOCK, "locked")
    await act(hass, "lock.unlock", LOCK, code=OTHER_PIN)
    assert shown(hass, LOCK).attributes["changed_by"] == "Anna"
    await act(hass, "lock.lock", LOCK)
    assert "changed_by" not in shown(hass, LOCK).attributes
    await act(hass, "lock.unlock", LOCK, code=PIN)
    assert "changed_by" not in shown(hass, LOCK).attributes


@pytest.mark.parametrize(
    ("by", "changes"),
    [("p_1", {"ha_person": None}), ("p_1", {}), ("p_2", {}), (None, {})],
)
async def test_who_is_nobody_in_home_assistant_is_not_named_by_the_lock(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, by: str | None, changes: dict[str, Any]
) -> None:
    written_person(written_mirror, unlocked_by=by, **changes)
    await set_up()
    assert shown(hass, LOCK).state == "unlocked"
    assert "changed_by" not in shown(hass, LOCK).attributes


def test_who_is_no_administrator_does_not_see_who_lives_here() -> None:
    reader = Reader("me", reads_all=False)
    parts = {"people": {"persons": {"p_1": LINKED}}}
    assert reader.state({"page": "home", "parts": parts}) == {**EMPTY, "page": "home"}
    operation = {"op": "add", "path": "/parts/people/persons/p_1", "value": LINKED}
    for payload in ({"person": "p_1", **LINKED}, {"patch": [operation]}):
        seen = reader.event({"type": "accepted", "action": "add_person", "sender": "home", "payload": payload})
        assert GONE not in json.dumps(seen)
        assert seen["redacted"]
    assert Reader("me", reads_all=True).state({"parts": parts}) == {"parts": parts}


async def test_who_is_no_administrator_changes_nobody(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    neighbour: MockUser,
) -> None:
    written_person(written_mirror)
    await set_up()
    socket = await connected(hass, hass_ws_client, neighbour)
    for kind, message in COMMANDS.items():
        await socket.send_json_auto_id({"type": f"mira/people/{kind}", **message})
        assert (await socket.receive_json())["error"]["code"] == "unauthorized"
    of_people = [{"action": action, "payload": {"person": "p_1"}} for action in sorted(PEOPLE_ACTIONS)]
    for data in (*of_people, {"action": "set_pin", "payload": {"person": "p_1", "pin": PIN}}):
        with pytest.raises(Unauthorized):
            await asked_by(hass, neighbour, "send_command", data)
    assert not written_mirror.redis.keys("mira:{hall}:[cq]*")


@pytest.fixture
async def lock(written_mirror: WrittenMirror, set_up: SetUp) -> None:
    """A mirror with a lock, set up."""
    written_person(written_mirror)
    await set_up()


async def test_nobody_is_named_in_a_call_that_home_assistant_records(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, ask: Ask
) -> None:
    await set_up()
    for action in ("add_person", "change_person", "take_print"):
        with pytest.raises(ServiceValidationError, match="settings page"):
            await asked_by(hass, None, "send_command", {"action": action})
    for action in sorted(PEOPLE_ACTIONS):
        assert (await ask("command", action=action))["error"]["code"] == "not_allowed"
    assert not written_mirror.redis.keys("mira:{hall}:commands*")


@pytest.mark.parametrize(
    "given",
    [
        ({}, "invalid_not_text"),
        ({"name": 7}, "invalid_not_text"),
        ({"name": "  "}, "invalid_empty"),
        ({"name": NAME * 9}, "invalid_too_long"),
        ({"name": "A", "ha_person": NAME}, "ha_person_not_found"),
        ({"name": "A", "ha_person": [NAME]}, "ha_person_not_found"),
        ({"name": "A", "ha_person": "lock.hall_mirror_pin"}, "ha_person_not_found"),
        ({"name": NAME}, "not_listening"),
    ],
)
async def test_what_cannot_be_added_is_told_and_in_no_log(
    written_mirror: WrittenMirror, lock: None, ask: Ask, caplog: pytest.LogCaptureFixture, given: tuple[Any, str]
) -> None:
    wrong, key = given
    caplog.set_level(logging.INFO)
    error = (await ask("people/add", **wrong))["error"]
    assert (error["code"], error["translation_key"]) == (key, key)
    assert NAME not in caplog.text + json.dumps(error)
    assert not written_mirror.redis.keys("mira:{hall}:commands*")


async def test_a_mirror_that_is_away_is_told(
    written_mirror: WrittenMirror, set_up: SetUp, ask: Ask, state_becomes: StateBecomes
) -> None:
    await set_up()
    assert (await ask("people/list", mirror="attic"))["error"]["code"] == "not_found"
    written_mirror.redis.delete("mira:{hall}:presence")
    await state_becomes("switch.hall_mirror_camera", "unavailable")
    assert (await ask("people/list"))["error"]["code"] == "no_mirror"


def test_the_settings_page_has_each_consent_and_each_risk_of_the_mirror() -> None:
    source = Path("lovelace/src/model/people.ts").read_text()
    known = {name: set(re.findall(r'"(\w+)"', rest)) for name, rest in re.findall(r"const (\w+) = \[(.*)\]", source)}
    subjects = all_subjects().subjects
    risks = {risk for subject in subjects if subject.default or subject.below for risk in subject.risks}
    assert known == {"CONSENTS": set(CONSENTS), "RISKS": risks}
    (others,) = re.findall(r"SUBJECT_RISKS = {(.*)}", source)
    more = {(subject.name, risk) for subject in subjects for risk in subject.risks if risk not in risks}
    assert set(re.findall(r'(\w+): "(\w+)"', others)) == more
