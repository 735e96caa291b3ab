"""The PIN as a lock: what is shown, what it takes, and that the PIN stays between the user and the sidecar."""

import asyncio
import json
import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hass_frontend
import pytest
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.lock import LockEntity
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    setup_test_component_platform,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from house.sidecar import SidecarProcess
from tests.integration.acting import act, shown
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

LOCK = "lock.hall_mirror_pin"
PIN = "73519"


class FrontDoor(LockEntity):
    """A lock of another integration."""

    _attr_name = "Front door"
    _attr_unique_id = "front_door"
    _attr_is_locked = False

    async def async_lock(self, **kwargs: Any) -> None:
        """Lock it."""
        self._attr_is_locked = True
        self.async_write_ha_state()


@pytest.fixture
async def front_door(hass: HomeAssistant) -> FrontDoor:
    """A lock that is no mirror's, unlocked."""
    door = FrontDoor()
    setup_test_component_platform(hass, "lock", [door])
    assert await async_setup_component(hass, "lock", {"lock": {"platform": "test"}})
    return door


async def say(hass: HomeAssistant, sentence: str, language: str = "en") -> str:
    """What Assist answers."""
    result = await conversation.async_converse(hass, sentence, None, Context(), language=language)
    return str(result.response.speech["plain"]["speech"])


async def with_pin(hass: HomeAssistant, sidecar: SidecarProcess, state_becomes: StateBecomes) -> None:
    """Set a PIN at the mirror."""
    answer = await hass.async_add_executor_job(lambda: sidecar.bus.send("set_pin", {"pin": PIN}, source="touch"))
    assert answer["type"] == "accepted"
    await state_becomes(LOCK, "locked")


async def set_pin(hass: HomeAssistant, **data: str) -> None:
    """Set, change or clear the PIN."""
    await hass.services.async_call("mira", "set_pin", data, blocking=True)
    await hass.async_block_till_done()


async def test_without_a_pin_there_is_no_lock(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    await set_up()
    assert hass.states.get(LOCK) is None
    assert er.async_get(hass).async_get(LOCK) is None


async def test_the_lock_comes_and_goes_with_the_pin_and_keeps_what_somebody_called_it(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    entry = await set_up()
    entities = er.async_get(hass)
    await set_pin(hass, pin=PIN)
    assert shown(hass, LOCK).state == "locked"
    entities.async_update_entity(LOCK, name="Mirror code", new_entity_id="lock.mirror_code")

    await set_pin(hass, current=PIN)
    assert hass.states.get("lock.mirror_code") is None
    assert not [one for one in er.async_entries_for_config_entry(entities, entry.entry_id) if one.domain == "lock"]

    await set_pin(hass, pin=PIN)
    assert (shown(hass, "lock.mirror_code").state, shown(hass, "lock.mirror_code").name) == ("locked", "Mirror code")


async def test_a_lock_of_an_earlier_version_leaves_where_there_is_no_pin(
    hass: HomeAssistant, written_mirror: WrittenMirror, entry: MockConfigEntry, set_up: SetUp
) -> None:
    entry.add_to_hass(hass)
    unique_id = f"{entry.unique_id}_pin"
    er.async_get(hass).async_get_or_create("lock", "mira", unique_id, config_entry=entry, suggested_object_id="old")
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert er.async_get(hass).async_get("lock.old") is None


async def test_a_script_locks_all_locks_of_the_house_the_locked_mirror_included(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, front_door: FrontDoor
) -> None:
    await set_up()
    await set_pin(hass, pin=PIN)
    script = {"good_night": {"sequence": [{"action": "lock.lock", "target": {"entity_id": "all"}}, {"event": "slept"}]}}
    assert await async_setup_component(hass, "script", {"script": script})
    slept = async_capture_events(hass, "slept")
    await hass.services.async_call("script", "good_night", blocking=True)
    assert len(slept) == 1
    assert front_door.is_locked
    assert shown(hass, LOCK).state == "locked"


async def test_an_unlocked_mirror_is_no_open_door_to_overviews_areas_and_assist(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    front_door: FrontDoor,
    hass_ws_client: WebSocketGenerator,
) -> None:
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, component, {})
    written_mirror.state(access={"pin_set": True, "unlocked_until": "2096-11-20T12:01:00.000Z"})
    entry = await set_up()
    async_expose_entity(hass, "conversation", front_door.entity_id, should_expose=True)
    await front_door.async_lock()
    area = ar.async_get(hass).async_create("Hall")
    er.async_get(hass).async_update_entity(front_door.entity_id, area_id=area.id)
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    dr.async_get(hass).async_update_device(device.id, area_id=area.id)
    assert shown(hass, LOCK).state == "unlocked"

    for sentence in ("are all doors locked", "are all doors locked in the hall"):
        assert await say(hass, sentence) == "Yes"
    for sentence in ("are any doors unlocked", "is any lock unlocked in the hall"):
        assert (await say(hass, sentence)).startswith("No")
    assert await say(hass, "sind alle Schlösser verschlossen", "de") == "Ja"

    # `ec` is all that Home Assistant's overview, its areas and its summary "Security" go by.
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": "config/entity_registry/list_for_display"})
    result = (await client.receive_json())["result"]
    (lock,) = [entity for entity in result["entities"] if entity["ei"] == LOCK]
    assert result["entity_categories"][str(lock["ec"])] == "config"

    of_the_area = async_extract_referenced_entity_ids(hass, TargetSelection({"area_id": area.id}))
    assert front_door.entity_id in of_the_area.indirectly_referenced
    assert LOCK not in of_the_area.indirectly_referenced


async def test_home_assistants_overviews_take_no_lock_of_a_category() -> None:
    """Each rule by which the frontend collects locks asks for none: a new one without it fails here."""
    folder = Path(hass_frontend.__file__).parent / "frontend_latest"
    rules = {
        rule
        for text in await asyncio.to_thread(lambda: [path.read_text() for path in folder.glob("*.js")])
        for rule in re.findall(r'\{domain:"lock"[^}]*\}', text)
    }
    assert rules
    assert not [rule for rule in rules if 'entity_category:"none"' not in rule]


async def test_the_pin_unlocks_and_locking_takes_none(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await with_pin(hass, sidecar, state_becomes)
    assert shown(hass, LOCK).attributes["code_format"] == "^([0-9]{4,12})?$"

    await act(hass, "lock.lock", LOCK)  # an automation may not know that it is locked already
    await act(hass, "lock.unlock", LOCK, code=PIN)
    assert shown(hass, LOCK).state == "unlocked"
    assert "code_format" not in shown(hass, LOCK).attributes
    await act(hass, "lock.unlock", LOCK)  # nor that it is unlocked
    await act(hass, "lock.lock", LOCK)
    assert shown(hass, LOCK).state == "locked"


async def test_a_wrong_a_malformed_and_a_missing_pin_open_nothing(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await with_pin(hass, sidecar, state_becomes)
    with pytest.raises(ServiceValidationError, match="The PIN is wrong"):
        await act(hass, "lock.unlock", LOCK, code="0000")
    with pytest.raises(ServiceValidationError, match="match pattern"):
        await act(hass, "lock.unlock", LOCK, code="open sesame")
    with pytest.raises(ServiceValidationError, match="PIN is needed"):
        await act(hass, "lock.unlock", LOCK)
    assert shown(hass, LOCK).state == "locked"


async def test_a_pin_reaches_neither_a_log_line_nor_the_mirrors_log(
    hass: HomeAssistant,
    sidecar: SidecarProcess,
    set_up: SetUp,
    state_becomes: StateBecomes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    # Home Assistant itself writes at this level which action is called with what, of every lock.
    caplog.set_level(logging.INFO, "homeassistant.core")
    entry = await set_up()
    await with_pin(hass, sidecar, state_becomes)
    with pytest.raises(ServiceValidationError):
        await act(hass, "lock.unlock", LOCK, code=PIN[::-1])
    await act(hass, "lock.unlock", LOCK, code=PIN)

    events = (await entry.runtime_data.client.log.page()).events
    told = caplog.text + json.dumps([event.document for event in events]) + str(shown(hass, LOCK))
    assert "unlock" in told
    assert PIN not in told
    assert PIN[::-1] not in told


async def test_it_locks_by_itself_when_the_time_is_over(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    until = datetime.now(UTC) + timedelta(seconds=3)
    written_mirror.state(access={"pin_set": True, "unlocked_until": until.isoformat()})
    await set_up()
    assert shown(hass, LOCK).state == "unlocked"
    await state_becomes(LOCK, "locked")
    assert datetime.now(UTC) >= until - timedelta(seconds=0.1)  # two clocks of one machine, one of them measured


async def test_an_unlocked_mirror_that_is_unloaded_leaves_no_timer(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    written_mirror.state(access={"pin_set": True, "unlocked_until": until.isoformat()})
    entry = await set_up()
    assert shown(hass, LOCK).state == "unlocked"
    assert await hass.config_entries.async_unload(entry.entry_id)  # a timer that stayed would fail this test


async def test_a_mirror_that_was_never_seen_shows_the_lock_that_it_had(
    hass: HomeAssistant, written_mirror: WrittenMirror, entry: MockConfigEntry, set_up: SetUp
) -> None:
    written_mirror.redis.flushall()
    await set_up()
    assert hass.states.get(LOCK) is None
    unique_id = f"{entry.unique_id}_pin"
    er.async_get(hass).async_get_or_create("lock", "mira", unique_id, config_entry=entry, suggested_object_id="old")
    await hass.config_entries.async_reload(entry.entry_id)
    assert shown(hass, "lock.old").state == "unavailable"
