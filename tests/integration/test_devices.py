"""What the mirror does not have is not there: no switch for it, no sensor, and nothing that could be believed."""

import asyncio
import time
from pathlib import Path

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.mira.const import GESTURES
from house.household import QUIET
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from tests.integration.acting import shown
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

CAMERA = {"binary_sensor.hall_mirror_camera_capture", "switch.hall_mirror_camera"}
MICROPHONE = {
    "binary_sensor.hall_mirror_microphone_capture",
    "event.hall_mirror_voice",
    "sensor.hall_mirror_last_heard",
    "switch.hall_mirror_microphone",
}
SAID = {"event.hall_mirror_voice", "sensor.hall_mirror_last_heard"}
DOOR = {"binary_sensor.hall_mirror_camera_front_door_capture"}
DEVICES = ("camera", "microphone")


def observed(capture: str, *names: str, kind: str = "camera") -> dict[str, dict[str, str]]:
    """Devices of these ids, as a presence has them; `kind` is that of further ones."""
    return {name: {"kind": name if name in DEVICES else kind, "capture": capture} for name in names}


def registered(hass: HomeAssistant, entry: MockConfigEntry) -> set[str]:
    """The entities of cameras and microphones that there are, one of a further camera included."""
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {entity.entity_id for entity in found} & (CAMERA | MICROPHONE | DOOR)


async def become(hass: HomeAssistant, entry: MockConfigEntry, wanted: set[str]) -> None:
    """Wait, at most ten seconds, until these entities are there and the others are not."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if registered(hass, entry) == wanted:
            break
        await asyncio.sleep(0.02)
    await hass.async_block_till_done()
    assert registered(hass, entry) == wanted
    assert not [entity_id for entity_id in (CAMERA | MICROPHONE | DOOR) - wanted if hass.states.get(entity_id)]


@pytest.mark.parametrize(
    ("devices", "wanted"),
    [
        ({}, set()),
        (observed("closed", "camera"), CAMERA),
        (observed("closed", "front_door"), {"switch.hall_mirror_camera"} | DOOR),
        (observed("closed", "microphone"), MICROPHONE),
        (observed("closed", "camera", "microphone"), CAMERA | MICROPHONE),
    ],
)
async def test_a_mirror_without_a_microphone_has_no_switch_for_one(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    devices: dict[str, dict[str, str]],
    wanted: set[str],
) -> None:
    written_mirror.presence(devices=devices)
    assert registered(hass, await set_up()) == wanted


async def test_a_microphone_that_is_plugged_in_later_comes_with_all_that_belongs_to_it(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    written_mirror.presence(devices={})
    entry = await set_up()
    written_mirror.presence(devices=observed("closed", "camera") | observed("open", "microphone"))
    await become(hass, entry, CAMERA | MICROPHONE)
    await state_becomes("binary_sensor.hall_mirror_microphone_capture", "on")
    assert shown(hass, "switch.hall_mirror_microphone").state == "on"


async def test_a_camera_that_was_taken_away_is_gone_and_comes_back_as_it_was_called(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    er.async_get(hass).async_update_entity("switch.hall_mirror_camera", name="The eye", icon="mdi:eye")
    written_mirror.presence(devices=observed("closed", "microphone"))
    await become(hass, entry, MICROPHONE)
    for page in ("clock", "home"):  # it stays away while other things happen
        written_mirror.state(page=page, rev=2)
        await asyncio.sleep(0.1)
    written_mirror.presence(devices=observed("closed", "camera", "microphone"))
    await become(hass, entry, CAMERA | MICROPHONE)
    back = er.async_get(hass).async_get("switch.hall_mirror_camera")
    assert back
    assert (back.name, back.icon) == ("The eye", "mdi:eye")


async def test_a_camera_that_was_taken_away_while_home_assistant_was_off_is_gone(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    assert await hass.config_entries.async_unload(entry.entry_id)
    written_mirror.presence(devices=observed("closed", "microphone"))
    assert await hass.config_entries.async_setup(entry.entry_id)
    await become(hass, entry, MICROPHONE)


async def test_while_a_standby_serves_that_has_no_camera_the_mirrors_own_keeps_its_switch(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    entry = await set_up()
    written_mirror.presence(devices={}, standby=True)
    await state_becomes("binary_sensor.hall_mirror_camera_capture", "unknown")
    assert registered(hass, entry) == CAMERA | MICROPHONE
    assert shown(hass, "switch.hall_mirror_camera").state == "on"


async def test_a_mirror_that_is_away_keeps_what_it_had(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    written_mirror.presence(devices=observed("closed", "camera"))
    entry = await set_up()
    assert await hass.config_entries.async_unload(entry.entry_id)
    written_mirror.redis.delete("mira:{hall}:presence")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert registered(hass, entry) == CAMERA
    assert shown(hass, "switch.hall_mirror_camera").state == "unavailable"
    assert "restored" not in shown(hass, "switch.hall_mirror_camera").attributes


async def test_a_further_camera_comes_and_goes_and_comes_back_as_it_was_called(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    written_mirror.presence(devices=observed("closed", "camera"))
    entry = await set_up()
    for name in ("Hall mirror Camera front door capture", "The yard"):
        written_mirror.presence(devices=observed("open", "camera", "front_door"))
        await become(hass, entry, CAMERA | DOOR)
        await state_becomes(*DOOR, "on")
        assert shown(hass, *DOOR).name == name
        written_mirror.presence(devices=observed("open", "camera") | observed("closed", "front_door"))
        await state_becomes(*DOOR, "off")
        assert shown(hass, "binary_sensor.hall_mirror_camera_capture").state == "on"
        er.async_get(hass).async_update_entity(*DOOR, name="The yard")
        written_mirror.presence(devices=observed("closed", "camera"))
        await become(hass, entry, CAMERA)


async def test_a_further_camera_that_was_taken_away_while_home_assistant_was_off_is_gone(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    written_mirror.presence(devices=observed("open", "camera", "front_door"))
    entry = await set_up()
    await become(hass, entry, CAMERA | DOOR)
    assert await hass.config_entries.async_unload(entry.entry_id)
    written_mirror.presence(devices=observed("open", "camera"))
    assert await hass.config_entries.async_setup(entry.entry_id)
    await become(hass, entry, CAMERA)


@pytest.mark.parametrize("away", [True, False])
async def test_a_further_camera_stays_while_nobody_can_tell_whether_the_mirror_has_it(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, away: bool
) -> None:
    """Neither a standby, which has other devices, nor silence says that it is gone, also after a restart."""
    written_mirror.presence(devices=observed("open", "front_door"))
    entry = await set_up()
    assert await hass.config_entries.async_unload(entry.entry_id)
    written_mirror.presence(devices={}, standby=True)
    if away:
        written_mirror.redis.delete("mira:{hall}:presence")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert registered(hass, entry) == {"switch.hall_mirror_camera"} | DOOR
    door = shown(hass, *DOOR)
    assert (door.state, door.name) == ("unavailable" if away else "unknown", "Hall mirror Camera front door capture")


async def test_a_presence_full_of_devices_brings_no_crowd_of_entities_and_none_that_breaks_the_protocol(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    crowd = observed("open", "Front door", "x" * 33, *(f"eye_{number}" for number in range(1_000)))
    written_mirror.presence(devices=observed("open", "camera") | observed("open", "nose", kind="nose") | crowd)
    await set_up()
    found = [state.entity_id for state in hass.states.async_all("binary_sensor") if "capture" in state.entity_id]
    assert sorted(found) == sorted(
        ["binary_sensor.hall_mirror_camera_capture"]
        + [f"binary_sensor.hall_mirror_camera_eye_{number}_capture" for number in range(16)]
    )


async def test_a_microphone_that_nobody_observes_is_not_said_to_be_closed(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    written_mirror.presence(devices=observed("unknown", "microphone"))
    await set_up()
    capture = shown(hass, "binary_sensor.hall_mirror_microphone_capture")
    assert (capture.state, capture.attributes["capture"]) == ("unknown", "unknown")


@pytest.mark.parametrize("plays", [True, False])
async def test_a_real_mirror_has_what_its_sidecar_has(
    hass: HomeAssistant, redis_server: RedisServer, tmp_path: Path, set_up: SetUp, plays: bool
) -> None:
    sidecar = SidecarProcess(redis_server.url, tmp_path / "mira.db", script=QUIET if plays else None)
    try:
        await hass.async_add_executor_job(sidecar.start)
        assert registered(hass, await set_up()) == (CAMERA | MICROPHONE if plays else set())
        if plays:
            assert {shown(hass, f"binary_sensor.hall_mirror_{name}_capture").state for name in DEVICES} == {"unknown"}
    finally:
        sidecar.kill()


async def test_a_mirror_without_voice_has_its_microphone_and_nothing_that_was_said(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    written_mirror.presence(subjects={"screen": 1, "gesture": 1})
    entry = await set_up()
    await become(hass, entry, CAMERA | (MICROPHONE - SAID))
    written_mirror.presence(subjects={"screen": 1, "voice": 1})
    await become(hass, entry, CAMERA | MICROPHONE)
    written_mirror.presence(subjects={"screen": 1, "voice": 1}, devices=observed("closed", "camera"))
    await become(hass, entry, CAMERA)


async def test_a_mirror_without_gestures_has_none_of_their_entities(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    """Nor do they stay, unavailable, where the sidecar is told to leave them out."""

    async def become_gestures(wanted: int) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
            names = {entity.entity_id for entity in found if "gesture" in entity.entity_id}
            if len(names) == wanted:
                break
            await asyncio.sleep(0.02)
        await hass.async_block_till_done()
        assert len(names) == wanted
        assert len([state for state in hass.states.async_all() if "gesture" in state.entity_id]) <= wanted

    written_mirror.presence(subjects={"screen": 1})
    entry = await set_up()
    await become_gestures(0)
    written_mirror.presence(subjects={"screen": 1, "gesture": 1})
    await become_gestures(len(GESTURES) + 5)
    written_mirror.presence(subjects={"screen": 1, "voice": 1})
    await become_gestures(0)
    written_mirror.presence(subjects=None)  # of a sidecar that names none
    await become_gestures(0)
