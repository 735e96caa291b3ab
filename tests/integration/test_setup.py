"""A mirror comes and goes; Home Assistant follows, and keeps nothing that it should not."""

import asyncio
import logging
import re
from pathlib import Path

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component

from custom_components.mira.const import GESTURES
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from tests.integration import documented_user
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.persona import add_persona
from tests.integration.written_mirror import PRESENCE, WrittenMirror

SWITCH = "switch.hall_mirror_camera"
PAGE = "select.hall_mirror_page"
CONNECTION = "binary_sensor.hall_mirror_connection"


async def test_a_mirror_is_one_device_with_its_entities(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    written_mirror.state(access={"pin_set": True})
    entry = await set_up()

    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert (device.name, device.manufacturer, device.sw_version) == ("Hall mirror", "Mira", "0.1.0")
    assert device.configuration_url == f"homeassistant://mira/settings?mirror={entry.entry_id}"
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert {entity.entity_id: entity.unique_id for entity in entities} == {
        "assist_satellite.hall_mirror_assist_satellite": "0198c0de_assist_satellite",
        "binary_sensor.hall_mirror_camera_capture": "0198c0de_camera_capture",
        "binary_sensor.hall_mirror_connection": "0198c0de_connectivity",
        "binary_sensor.hall_mirror_microphone_capture": "0198c0de_microphone_capture",
        "button.hall_mirror_listen": "0198c0de_listen",
        "button.hall_mirror_stop_talking": "0198c0de_stop_talking",
        "button.hall_mirror_undo": "0198c0de_undo",
        "event.hall_mirror_gesture": "0198c0de_gesture",
        "event.hall_mirror_message_button": "0198c0de_message_button",
        "event.hall_mirror_voice": "0198c0de_voice",
        "lock.hall_mirror_pin": "0198c0de_pin",
        "notify.hall_mirror_message": "0198c0de_message",
        "number.hall_mirror_gesture_confidence": "0198c0de_gesture_min_confidence",
        "number.hall_mirror_gesture_cooldown": "0198c0de_gesture_cooldown_ms",
        "number.hall_mirror_gesture_hold_time": "0198c0de_gesture_hold_ms",
        "scene.hall_mirror_clock_page": "0198c0de_page_clock",
        "scene.hall_mirror_home_page": "0198c0de_page_home",
        "scene.hall_mirror_to_dos_page": "0198c0de_page_todos",
        "select.hall_mirror_assistant": "0198c0de_assist-pipeline",
        "select.hall_mirror_assistant_2": "0198c0de_assist-pipeline_2",
        "select.hall_mirror_finished_speaking_detection": "0198c0de_assist-vad_sensitivity",
        "select.hall_mirror_page": "0198c0de_page",
        "select.hall_mirror_sound_for_speech_to_text": "0198c0de_sound",
        "sensor.hall_mirror_commands_per_minute": "0198c0de_command_rate",
        "sensor.hall_mirror_decision_time_95th_percentile": "0198c0de_decision_time_p95",
        "sensor.hall_mirror_decision_time_median": "0198c0de_decision_time_p50",
        "sensor.hall_mirror_emotion": "0198c0de_emotion",
        "sensor.hall_mirror_last_gesture": "0198c0de_last_gesture",
        "sensor.hall_mirror_last_refusal": "0198c0de_last_refusal",
        "sensor.hall_mirror_last_heard": "0198c0de_last_voice",
        "sensor.hall_mirror_log_size": "0198c0de_log_size",
        "sensor.hall_mirror_microphone_level": "0198c0de_microphone_level",
        "sensor.hall_mirror_microphone_noise": "0198c0de_microphone_noise",
        "sensor.hall_mirror_nearly_heard_wake_words": "0198c0de_near_misses",
        "sensor.hall_mirror_uptime": "0198c0de_uptime",
        "switch.hall_mirror_camera": "0198c0de_camera",
        **{f"switch.hall_mirror_gesture_{name}": f"0198c0de_gesture_{name}" for name in GESTURES},
        "switch.hall_mirror_microphone": "0198c0de_microphone",
        "todo.hall_mirror_to_dos": "0198c0de_todos",
    }


async def test_each_entity_is_documented(hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp) -> None:
    written_mirror.state(access={"pin_set": True})
    written_mirror.presence(devices={**PRESENCE["devices"], "door": {"kind": "camera", "capture": "closed"}})
    entry = await set_up()
    await add_persona(hass, entry)
    documented = Path("docs/entities.md").read_text().replace("`…_", "`binary_sensor.hall_mirror_")
    others = {f"switch.hall_mirror_gesture_{name}" for name in GESTURES} - {"switch.hall_mirror_gesture_palm"}
    registered = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    entities = [entity for entity in registered if entity.entity_id not in others]
    ids = {entity.entity_id for entity in entities}
    assert set(re.findall(r"`(\w+\.hall_mirror_\w+|conversation\.\w+)`", documented)) == ids
    off = {entity.entity_id for entity in entities if entity.disabled}
    assert set(re.findall(r"`(\w+\.hall_mirror_\w+)` \(off\)", documented)) == off


async def test_unloading_leaves_nothing_and_it_can_be_loaded_again(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    async def connections(wanted: int) -> None:
        for _ in range(500):
            if sum(client["addr"] != mine for client in written_mirror.redis.client_list()) == wanted:
                return
            await asyncio.sleep(0.02)
        pytest.fail(f"There are not {wanted} connections: {written_mirror.redis.client_list()}")

    mine = written_mirror.redis.client_info()["addr"]
    entry = await set_up()
    for _ in range(2):
        assert entry.state is ConfigEntryState.LOADED
        await connections(5)  # to ask, to follow, for answers beside the log, for what is said, and for programs

        assert await hass.config_entries.async_unload(entry.entry_id)
        assert entry.state is ConfigEntryState.NOT_LOADED
        await connections(0)

        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()


async def test_without_redis_it_is_tried_again_later(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    redis_server.stop()
    entry = await set_up()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.reason
    assert entry.reason.startswith("The mirror cannot be reached: there is no connection to Redis")

    redis_server.start()
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


async def test_a_password_that_redis_refuses_asks_for_another(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    written_mirror.redis.execute_command("ACL", "SETUSER", documented_user.NAME, "resetpass", ">another")
    entry = await set_up()
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()] == ["reauth"]


async def test_without_its_sidecar_the_mirror_is_there_unavailable_and_comes_by_itself(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    written_mirror.redis.flushall()
    entry = await set_up()
    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.is_state(PAGE, "unavailable")
    assert hass.states.is_state(CONNECTION, "off")

    written_mirror.state()
    written_mirror.presence()
    await state_becomes(PAGE, "home")
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert device.sw_version == "0.1.0"


async def test_a_killed_sidecar_makes_entities_unavailable_until_it_is_back(
    hass: HomeAssistant,
    sidecar: SidecarProcess,
    set_up: SetUp,
    state_becomes: StateBecomes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await set_up()
    await state_becomes(CONNECTION, "on")
    caplog.clear()
    caplog.set_level(logging.INFO, "custom_components.mira")

    sidecar.kill()
    await state_becomes(CONNECTION, "off")
    assert hass.states.is_state(SWITCH, "unavailable")
    sidecar.launch()
    await state_becomes(CONNECTION, "on")
    assert not hass.states.is_state(SWITCH, "unavailable")

    lines = [record for record in caplog.records if record.name.startswith("custom_components.mira")]
    assert [line.levelname for line in lines if line.levelno >= logging.INFO] == ["INFO", "INFO"]


async def test_a_redis_that_restarts_empty_changes_nothing(
    hass: HomeAssistant,
    redis_server: RedisServer,
    sidecar: SidecarProcess,
    set_up: SetUp,
    state_becomes: StateBecomes,
) -> None:
    await set_up()
    await hass.services.async_call(
        "select", "select_option", {"entity_id": "select.hall_mirror_page", "option": "clock"}, blocking=True
    )
    redis_server.stop()
    redis_server.empty()
    await state_becomes(CONNECTION, "off")

    redis_server.start()
    await state_becomes("select.hall_mirror_page", "clock")
    await hass.services.async_call(
        "select", "select_option", {"entity_id": "select.hall_mirror_page", "option": "todos"}, blocking=True
    )
    await state_becomes("select.hall_mirror_page", "todos")


async def test_an_updated_sidecar_is_told_to_the_device_registry(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    entry = await set_up()
    written_mirror.presence(
        version="0.2.0",
        started_at="2026-11-20T13:00:00.000Z",
        devices={"camera": {"kind": "camera", "capture": "closed"}},
    )
    await state_becomes("binary_sensor.hall_mirror_camera_capture", "off")
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert device.sw_version == "0.2.0"


async def test_a_refresh_that_is_asked_for_by_hand_changes_nothing(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    entry = await set_up()
    view = entry.runtime_data.data
    await hass.services.async_call("homeassistant", "update_entity", {"entity_id": [SWITCH]}, blocking=True)
    await hass.async_block_till_done()
    assert entry.runtime_data.data is view
    assert hass.states.is_state(SWITCH, "on")
