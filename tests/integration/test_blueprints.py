"""The blueprints: each is offered by Home Assistant, and does what it says."""

import shutil
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.mira.models.event import Event
from tests.integration.automations import GESTURE, event
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror
from tests.integration.written_windows import window, with_windows

FOLDER = Path("blueprints/automation/mira")

type Automate = Callable[..., Awaitable[None]]


@pytest.fixture
async def mirror(hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, tmp_path: Path) -> MockConfigEntry:
    """A mirror that is set up, in a Home Assistant that has the blueprints."""
    shutil.copytree(FOLDER, tmp_path / "blueprints/automation/mira")
    hass.config.config_dir = str(tmp_path)
    return await set_up()


@pytest.fixture
def automate(hass: HomeAssistant, mirror: MockConfigEntry) -> Automate:
    """Makes an automation out of a blueprint."""

    async def automate(name: str, **inputs: Any) -> None:
        blueprint = {"path": f"mira/{name}.yaml", "input": inputs}
        assert await async_setup_component(hass, "automation", {"automation": {"use_blueprint": blueprint}})
        assert [state.state for state in hass.states.async_all("automation")] == ["on"]

    return automate


async def happens(hass: HomeAssistant, mirror: MockConfigEntry, **changes: Any) -> None:
    """Let the mirror decide something."""
    coordinator = mirror.runtime_data
    coordinator._async_receive(coordinator.data, [Event.parse(event(**changes))])
    await hass.async_block_till_done()


async def performs(hass: HomeAssistant, mirror: MockConfigEntry, name: str, hold_ms: int = 600) -> None:
    """Perform a gesture."""
    await happens(hass, mirror, payload={"name": name, "hold_ms": hold_ms})


def targets(calls: list[ServiceCall]) -> list[Any]:
    return [call.data["entity_id"] for call in calls]


async def test_all_blueprints_are_offered(hass: HomeAssistant, mirror: MockConfigEntry) -> None:
    assert await async_setup_component(hass, "automation", {})
    found = await async_get_blueprints(hass).async_get_blueprints()
    ours = {path: blueprint for path, blueprint in found.items() if path.startswith("mira/")}
    assert set(ours) == {f"mira/{path.name}" for path in FOLDER.iterdir()}
    assert len(ours) == 9
    for blueprint in ours.values():
        assert isinstance(blueprint, Blueprint)
        assert blueprint.validate() is None
        assert blueprint.metadata["description"]


async def test_a_gesture_toggles_a_light(hass: HomeAssistant, mirror: MockConfigEntry, automate: Automate) -> None:
    toggled = async_mock_service(hass, "light", "toggle")
    device = dr.async_entries_for_config_entry(dr.async_get(hass), mirror.entry_id)[0]
    await automate("gesture_toggles_light", mirror={"device_id": device.id}, light={"entity_id": "light.hall"})
    await performs(hass, mirror, "palm")
    await performs(hass, mirror, "victory", hold_ms=400)
    assert toggled == []
    await performs(hass, mirror, "victory")
    assert targets(toggled) == [["light.hall"]]


async def test_swipes_go_through_scenes_in_both_directions(
    hass: HomeAssistant, mirror: MockConfigEntry, automate: Automate
) -> None:
    scenes = ["scene.dinner", "scene.film", "scene.sleep"]
    activated = async_mock_service(hass, "scene", "turn_on")
    await automate("swipe_through_scenes", mirror={"entity_id": GESTURE}, scenes=scenes)
    for scene in scenes:
        hass.states.async_set(scene, "unknown")
    await performs(hass, mirror, "swipe_down")
    await performs(hass, mirror, "swipe_up")
    assert targets(activated) == [["scene.sleep"], ["scene.dinner"]]

    hass.states.async_set("scene.dinner", "2026-11-20T12:00:00+00:00")
    hass.states.async_set("scene.sleep", "2026-11-20T11:00:00+00:00")
    await performs(hass, mirror, "swipe_up")
    await performs(hass, mirror, "swipe_down")
    assert targets(activated)[2:] == [["scene.film"], ["scene.sleep"]]


@pytest.mark.parametrize(("answer", "turned_off"), [("thumb_up", [["light.hall"]]), ("thumb_down", [])])
async def test_good_night_asks_first(
    hass: HomeAssistant, mirror: MockConfigEntry, automate: Automate, answer: str, turned_off: list[Any]
) -> None:
    await async_setup_component(hass, "homeassistant", {})
    off = async_mock_service(hass, "homeassistant", "turn_off")
    shown = async_mock_service(hass, "mira", "show_message")
    await automate("good_night", mirror=GESTURE, target={"entity_id": "light.hall"})
    coordinator = mirror.runtime_data
    coordinator._async_receive(coordinator.data, [Event.parse(event(payload={"name": "palm", "hold_ms": 1_600}))])
    while not shown:
        await hass.async_block_till_done(wait_background_tasks=False)
    (call,) = shown
    assert (call.data["config_entry_id"], call.data["duration"]) == (mirror.entry_id, {"seconds": 15})
    await performs(hass, mirror, answer)
    assert targets(off) == turned_off


async def test_what_was_said_and_refused_is_told_with_its_reason(
    hass: HomeAssistant, mirror: MockConfigEntry, automate: Automate
) -> None:
    told = async_mock_service(hass, "notify", "send_message")
    await automate("refused_voice_notifies", mirror={"entity_id": GESTURE}, notify={"entity_id": "notify.phone"})
    refused = {"type": "rejected", "reason": "microphone_off", "message": "The microphone is off.", "payload": {}}
    await happens(hass, mirror, **refused, source="automation")
    await happens(hass, mirror, **refused, source="voice")
    (call,) = told
    assert (call.data["title"], call.data["message"]) == ("Hall mirror", "The microphone is off.")


async def test_the_doorbell_is_shown_on_the_mirror(
    hass: HomeAssistant, mirror: MockConfigEntry, automate: Automate
) -> None:
    hass.states.async_set("event.gate", "unknown", {"friendly_name": "Garden gate"})
    shown = async_mock_service(hass, "mira", "show_message")
    await automate("doorbell_on_mirror", doorbell="event.gate", mirror=mirror.entry_id, camera="camera.gate")
    for state in ("unavailable", "2026-11-20T12:00:00+00:00", "2026-11-20T12:00:05+00:00"):
        hass.states.async_set("event.gate", state, {"friendly_name": "Garden gate"})
        await hass.async_block_till_done()
    (call,) = shown
    assert call.data == {
        "config_entry_id": mirror.entry_id,
        "title": "Garden gate",
        "message": "Somebody is at the door.",
        "duration": {"seconds": 30},
        "picture": "camera.gate",
    }


@pytest.fixture
def spoken(hass: HomeAssistant) -> list[ServiceCall]:
    """What the mirror is to say by itself."""
    return async_mock_service(hass, "mira", "speak_up", response={}, supports_response=SupportsResponse.OPTIONAL)


async def test_the_first_who_comes_in_the_morning_hears_of_the_day(
    hass: HomeAssistant, mirror: MockConfigEntry, automate: Automate, spoken: list[ServiceCall]
) -> None:
    forecast = {"weather.home": {"forecast": [{"temperature": 21.4}]}}
    todos = {"todo.home": {"items": [{"summary": name} for name in ("Milk", "Post", "Bread", "Bins")]}}
    for (domain, name), answer in {("weather", "get_forecasts"): forecast, ("todo", "get_items"): todos}.items():
        async_mock_service(hass, domain, name, response=answer, supports_response=SupportsResponse.ONLY)
    for entity_id, state in {"binary_sensor.hall": "off", "weather.home": "sunny", "todo.home": "4"}.items():
        hass.states.async_set(entity_id, state)
    times = {"after": "00:00:00", "before": "23:59:59"}
    lists = {"weather": "weather.home", "todos": "todo.home"}
    await automate("good_morning", presence=["binary_sensor.hall"], mirror=mirror.entry_id, **times, **lists)
    for state in ("on", "off", "on"):
        hass.states.async_set("binary_sensor.hall", state)
        await hass.async_block_till_done()
    (call,) = spoken
    assert call.data == {
        "config_entry_id": mirror.entry_id,
        "message": "Good morning. sunny, up to 21 degrees today. On your list: Milk, Post, Bread.",
        "kind": "good_morning",
        "emotion": "joy",
    }


async def test_good_morning_needs_no_weather_and_no_list(
    hass: HomeAssistant, mirror: MockConfigEntry, automate: Automate, spoken: list[ServiceCall]
) -> None:
    hass.states.async_set("binary_sensor.hall", "off")
    times = {"after": "00:00:00", "before": "23:59:59"}
    await automate("good_morning", presence=["binary_sensor.hall"], mirror=mirror.entry_id, **times)
    hass.states.async_set("binary_sensor.hall", "on")
    await hass.async_block_till_done()
    (call,) = spoken
    assert call.data["message"] == "Good morning."


@pytest.mark.parametrize(
    "happens",
    [
        [("binary_sensor.kitchen", "on"), ("weather.home", "rainy")],
        [("weather.home", "pouring"), ("binary_sensor.kitchen", "on")],
    ],
)
async def test_an_open_window_is_told_while_it_rains(
    hass: HomeAssistant,
    mirror: MockConfigEntry,
    automate: Automate,
    spoken: list[ServiceCall],
    happens: list[tuple[str, str]],
) -> None:
    names = {"binary_sensor.kitchen": "Kitchen window", "binary_sensor.bath": "Bath window", "weather.home": "Home"}
    for entity_id, name in names.items():
        hass.states.async_set(entity_id, "off" if name != "Home" else "sunny", {"friendly_name": name})
    windows = ["binary_sensor.kitchen", "binary_sensor.bath"]
    await automate("window_open_while_it_rains", windows=windows, rain="weather.home", mirror=mirror.entry_id)
    for entity_id, state in happens:
        assert spoken == []
        hass.states.async_set(entity_id, state, {"friendly_name": names[entity_id]})
        await hass.async_block_till_done()
    (call,) = spoken
    assert call.data == {
        "config_entry_id": mirror.entry_id,
        "message": "It rains, and this is open: Kitchen window.",
        "kind": "window_open",
        "emotion": "worried",
    }


@pytest.mark.parametrize(("somebody", "opened"), [("home", 1), ("not_home", 0)])
async def test_the_bedroom_is_aired_before_bed_and_shut_again(
    hass: HomeAssistant, mirror: MockConfigEntry, automate: Automate, somebody: str, opened: int
) -> None:
    moves = async_mock_service(hass, "cover", "set_cover_position")
    shut = async_mock_service(hass, "cover", "close_cover")
    hass.states.async_set("person.anna", somebody)
    hass.states.async_set("cover.bed", "closed")
    await automate("air_before_bed", window="cover.bed", presence=["person.anna"])
    tomorrow = dt_util.start_of_local_day() + timedelta(days=1)
    async_fire_time_changed(hass, tomorrow + timedelta(hours=21, minutes=30, seconds=1))
    await hass.async_block_till_done()
    assert [call.data for call in moves] == [{"entity_id": ["cover.bed"], "position": 50}] * opened

    for state, calls in (("closed", 0), ("open", 1)):  # what the mirror has shut is shut
        hass.states.async_set("cover.bed", state)
        tomorrow += timedelta(days=1)
        async_fire_time_changed(hass, tomorrow + timedelta(hours=21, minutes=50, seconds=1))
        await hass.async_block_till_done()
        assert len(shut) == calls
    await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)


async def test_a_window_that_cannot_be_closed_is_told_unless_it_is_closed(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    mirror: MockConfigEntry,
    automate: Automate,
    state_becomes: StateBecomes,
) -> None:
    told = async_mock_service(hass, "notify", "send_message")
    problems = ["binary_sensor.bed_problem"]
    await automate("window_cannot_close", problems=problems, notify={"entity_id": "notify.phone"})
    for hour, position in ((13, 0), (14, 40)):
        for minute, fault in ((0, None), (1, "stuck")):
            started_at = f"2026-11-20T{hour}:{minute:02}:00.000Z"
            with_windows(written_mirror, {"bed": window(position=position, fault=fault)}, started_at=started_at)
            await state_becomes(*problems, "on" if fault else "off")
    (call,) = told
    assert (call.data["title"], call.data["message"]) == ("bed", "bed is open and cannot be closed. Please look at it.")
