"""What a mirror is called, whoever renames it, and how two of one name are told apart."""

import asyncio
from typing import Any

import pytest
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.mira.device import distinct_names
from custom_components.mira.helpers import MirrorError, find_mirror
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

PAGE = "select.hall_mirror_page"


def device_of(hass: HomeAssistant, entry: MockConfigEntry) -> dr.DeviceEntry:
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return device


async def gesture_names_the_mirror(hass: HomeAssistant, written_mirror: WrittenMirror, seq: int) -> Any:
    """What `trigger.mirror` is when the next gesture comes."""
    called = asyncio.Event()
    calls: list[ServiceCall] = []

    @callback
    def note(call: ServiceCall) -> None:
        calls.append(call)
        called.set()

    hass.services.async_register("test", "note", note)
    automation = {
        "triggers": {"trigger": "mira.gesture_performed", "target": {"entity_id": "event.hall_mirror_gesture"}},
        "actions": {"action": "test.note", "data": {"mirror": "{{ trigger.mirror }}"}},
    }
    if seq == 2:
        assert await async_setup_component(hass, "automation", {"automation": automation})
        await hass.async_block_till_done()
    written_mirror.state(rev=seq, seq=seq)
    written_mirror.event(seq)
    await asyncio.wait_for(called.wait(), 10)
    return calls[-1].data["mirror"]


async def test_a_renamed_mirror_is_called_so_everywhere(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    state_becomes: StateBecomes,
    hass_ws_client: WebSocketGenerator,
) -> None:
    entry = await set_up()
    socket = await hass_ws_client(hass)
    await socket.send_json_auto_id({"type": "mira/subscribe"})
    await socket.receive_json()
    assert (await socket.receive_json())["event"]["mirror"]["name"] == "Hall mirror"
    assert await gesture_names_the_mirror(hass, written_mirror, 2) == "Hall mirror"
    while (await socket.receive_json())["event"]["type"] != "event":
        pass

    hass.config_entries.async_update_entry(entry, title="Wardrobe")
    assert device_of(hass, entry).name == "Wardrobe"
    assert (await socket.receive_json())["event"]["mirror"]["name"] == "Wardrobe"
    await state_becomes(PAGE, lambda state: state.name == "Wardrobe Page")
    assert await gesture_names_the_mirror(hass, written_mirror, 3) == "Wardrobe"

    dr.async_get(hass).async_update_device(device_of(hass, entry).id, name_by_user="Grandma's mirror")
    await hass.async_block_till_done()
    assert await gesture_names_the_mirror(hass, written_mirror, 4) == "Grandma's mirror"
    assert find_mirror(hass, "grandma's MIRROR") is find_mirror(hass, "wardrobe") is entry
    assert list(distinct_names(hass, [entry])) == ["Grandma's mirror"]


async def test_a_mirror_that_renames_itself_is_called_so_until_a_person_decides(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    entry = await set_up()
    written_mirror.presence(name="Wardrobe")
    await state_becomes(PAGE, lambda state: state.name == "Wardrobe Page")
    assert (entry.title, device_of(hass, entry).name) == ("Wardrobe", "Wardrobe")

    await hass.config_entries.async_unload(entry.entry_id)
    written_mirror.presence(name="Bath")
    await hass.config_entries.async_setup(entry.entry_id)
    assert (entry.title, device_of(hass, entry).name, entry.runtime_data.name) == ("Bath", "Bath", "Bath")

    hass.config_entries.async_update_entry(entry, title="Mine")
    await hass.async_block_till_done()
    changes = async_capture_events(hass, dr.EVENT_DEVICE_REGISTRY_UPDATED)
    devices = {"camera": {"kind": "camera", "capture": "open"}, "microphone": {"kind": "microphone", "capture": "open"}}
    written_mirror.presence(name="Cellar", devices=devices)
    await state_becomes("binary_sensor.hall_mirror_microphone_capture", "on")
    assert (entry.title, device_of(hass, entry).name) == ("Mine", "Mine")
    assert len(changes) == 0


async def test_two_mirrors_of_one_name_are_told_apart(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, bath: MockConfigEntry
) -> None:
    entry = await set_up()
    bath.add_to_hass(hass)
    hass.config_entries.async_update_entry(bath, title="hall MIRROR")
    await hass.config_entries.async_setup(bath.entry_id)
    assert distinct_names(hass, [entry, bath]) == {"Hall mirror (hall)": entry, "hall MIRROR (bath)": bath}
    assert find_mirror(hass, "HALL mirror (bath)") is bath
    with pytest.raises(MirrorError) as ambiguous:
        find_mirror(hass, "Hall mirror")
    assert ambiguous.value.translation_placeholders == {"mirrors": "Hall mirror (hall), hall MIRROR (bath)"}

    elsewhere = MockConfigEntry(domain="mira", title="Hall mirror", data={**entry.data, "host": "other.local"})
    port = entry.data["port"]
    assert list(distinct_names(hass, [entry, bath, elsewhere])) == [
        f"Hall mirror (hall, 127.0.0.1:{port})",
        "hall MIRROR (bath)",
        f"Hall mirror (hall, other.local:{port})",
    ]


@pytest.mark.usefixtures("all_enabled")
async def test_a_time_without_an_offset_is_read_as_utc(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    state_becomes: StateBecomes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = async_capture_events(hass, "mira_decision")
    written_mirror.presence(started_at="2026-11-20T12:00:00")
    await set_up()
    await state_becomes("sensor.hall_mirror_uptime", "2026-11-20T12:00:00+00:00")
    written_mirror.state(page="clock", rev=2, seq=2)
    written_mirror.event(2, type="state_patch", action="show_page", ts="2026-11-20T11:59:00")
    await state_becomes(PAGE, "clock")  # from here on, nothing is a replay
    for seq, ts in ((3, "2026-11-20T12:00:00Z"), (4, "2026-11-20T12:00:01"), (5, "2026-11-20T12:01:00")):
        written_mirror.state(rev=seq, seq=seq)
        written_mirror.event(seq, ts=ts, type="rejected", reason="pin_required", action="undo")
    for _ in range(500):
        if len(told) > 1:
            break
        await asyncio.sleep(0.02)
    assert [event.data["command_id"] for event in told] == ["command-3", "command-5"]  # the one between is a repetition
    answer: Any = await hass.services.async_call(
        "mira", "get_events", {"since": "2026-11-20 12:00:30+00:00"}, blocking=True, return_response=True
    )
    assert [event["seq"] for event in answer["events"]] == [5]
    assert not [record for record in caplog.records if record.exc_info]
