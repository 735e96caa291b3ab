"""Triggers and conditions that can never be met: refused when they are saved, a repair where it comes later."""

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import voluptuous as vol
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from house.sidecar import SidecarProcess
from tests.integration.automations import GESTURE, attach
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.spoken_mirror import VOICE
from tests.integration.written_mirror import WrittenMirror

SATELLITE = "assist_satellite.hall_mirror_assist_satellite"
PAGE, LAST_GESTURE = "select.hall_mirror_page", "sensor.hall_mirror_last_gesture"
SUGGESTED = "This target has no gesture event of a mirror. Did you mean event.hall_mirror_gesture?"
THRESHOLDS = {"gesture_min_confidence": 0.7, "gesture_hold_ms": 600, "gesture_cooldown_ms": 1000}
TAUGHT = {"greeting": {"kind": "pose", "samples": 10, "command_id": "lesson"}}

type Save = Callable[..., Awaitable[str | None]]


@pytest.fixture
async def mirror(hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp) -> MockConfigEntry:
    """A mirror that was taught a gesture, and takes a pose after 600 ms, a fist after a second."""
    written_mirror.state(taught=TAUGHT, thresholds={**THRESHOLDS, "gestures": {"fist": {"hold_ms": 1_000}}})
    return await set_up()


@pytest.fixture
async def save(
    hass: HomeAssistant, mirror: MockConfigEntry, hass_client: ClientSessionGenerator, tmp_path: Path
) -> Save:
    """Saves an automation in the editor; returns what the editor shows where it is refused."""
    shutil.copytree("blueprints", tmp_path / "blueprints")
    (tmp_path / "automations.yaml").write_text("[]")
    (tmp_path / "configuration.yaml").write_text("automation: !include automations.yaml\n")
    hass.config.config_dir = str(tmp_path)
    assert await async_setup_component(hass, "config", {})
    assert await async_setup_component(hass, "automation", {})
    client = await hass_client()

    async def save(**config: Any) -> str | None:
        document = {"alias": "Good night", "actions": [], **config}
        response = await client.post("/api/config/automation/config/night", json=document)
        answer = await response.json()
        await hass.async_block_till_done()
        return None if response.ok else str(answer["message"])

    return save


def trigger(name: str = "gesture_performed", target: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    return {"trigger": f"mira.{name}", "target": target or {"entity_id": GESTURE}, "options": options}


def repairs(hass: HomeAssistant) -> dict[str, dict[str, str] | None]:
    """The repairs for automations, by their text."""
    issues = ir.async_get(hass).issues
    return {
        str(issue.translation_key): issue.translation_placeholders
        for (domain, _), issue in issues.items()
        if domain == "mira" and str(issue.translation_key).startswith("automation_")
    }


async def sees(mirror: MockConfigEntry, written: WrittenMirror, **state: Any) -> None:
    """Let Home Assistant see another state of the mirror."""
    written.state(rev=int(written.redis.incr("rev")) + 1, **state)
    coordinator = mirror.runtime_data
    coordinator._async_receive(await coordinator.client.connect(), [])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"gesture": "plam"}, "No mirror in this target knows the gesture plam. Did you mean palm?"),
        ({"gesture": ["palm", "Swipe left"]}, "Swipe left is not the name of a gesture"),
        ({"gesture": "Swipe left"}, "Did you mean swipe_left?"),
        ({"sequence": ["palm", {"gesture": "swipeleft"}]}, "Did you mean swipe_left?"),
        ({"gesture": "greetin"}, "Did you mean greeting?"),
        ({"gesture": "zzz"}, "No mirror in this target knows the gesture zzz. Teach it to the mirror first."),
        ({"gesture": "palm", "min_hold": {"seconds": 2}}, "once it was held for 0.6 s, so a minimum hold of 2 s"),
    ],
)
async def test_a_gesture_that_no_mirror_detects_is_refused_with_the_right_word(
    save: Save, options: dict[str, Any], said: str
) -> None:
    message = await save(triggers=[trigger(**options)])
    assert message
    assert said in message


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"gesture": ["palm", "greeting"]},
        {"gesture": "fist", "min_hold": {"seconds": 1}},
        {"gesture": ["wave", "greeting"], "min_hold": {"seconds": 9}},
    ],
)
async def test_what_can_trigger_is_saved_and_has_no_repair(
    hass: HomeAssistant, save: Save, options: dict[str, Any]
) -> None:
    assert await save(triggers=[trigger(**options)]) is None
    assert repairs(hass) == {}


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("command_refused", {"reason": "camera_of"}, "There is no reason camera_of. Did you mean camera_off?"),
        ("command_refused", {"source": "voices"}, "There is no source voices. Did you mean voice?"),
        ("command_refused", {"action": "set_camra"}, "There is no action set_camra. Did you mean set_camera?"),
        ("confirmation_requested", {"action": "Set camera"}, "There is no action Set camera. Did you mean set_camera?"),
        ("message_button_pressed", {"button": "Open!"}, "match"),
    ],
)
async def test_a_word_that_the_mirror_never_says_is_refused_with_the_right_one(
    save: Save, name: str, options: dict[str, Any], said: str
) -> None:
    message = await save(triggers=[trigger(name, **options)])
    assert message
    assert said in message


async def test_the_refusal_of_an_action_that_no_mirror_knows_can_be_waited_for(save: Save) -> None:
    """A sender of one's own may ask for anything."""
    assert await save(triggers=[trigger("command_refused", action="brew_coffee", reason="unknown_action")]) is None


@pytest.mark.parametrize(
    ("name", "target", "said"),
    [
        ("gesture_performed", {"entity_id": LAST_GESTURE}, SUGGESTED),
        ("gesture_performed", {"entity_id": "event.hall_miror_gesture"}, SUGGESTED),
        ("gesture_performed", {"entity_id": "light.kitchen"}, "Choose event.hall_mirror_gesture, its device or its"),
        ("command_refused", {"area_id": "attic"}, "This target has no entity of a mirror. Choose"),
        ("message_button_pressed", {"entity_id": "event.doorbell"}, "This target has no entity of a mirror."),
    ],
)
async def test_a_target_without_what_triggers_is_refused_with_the_right_entity(
    save: Save, name: str, target: dict[str, Any], said: str
) -> None:
    message = await save(triggers=[trigger(name, target)])
    assert message
    assert said in message


@pytest.mark.parametrize("by_device", [False, True])
async def test_a_gesture_event_that_is_disabled_is_refused_and_later_a_repair(
    hass: HomeAssistant, mirror: MockConfigEntry, save: Save, by_device: bool
) -> None:
    entities = er.async_get(hass)
    device = dr.async_entries_for_config_entry(dr.async_get(hass), mirror.entry_id)[0]
    target = {"device_id": device.id} if by_device else {"entity_id": GESTURE}
    assert await save(triggers=[trigger(target=target)]) is None

    entities.async_update_entity(GESTURE, disabled_by=er.RegistryEntryDisabler.USER)
    await hass.async_block_till_done()
    assert repairs(hass) == {
        "automation_without_mirror": {"automation": "Good night", "what": "mira.gesture_performed"}
    }
    other = await save(triggers=[trigger(target=target, gesture="palm")])
    assert other
    assert f"{GESTURE} is disabled. Enable it in its settings, then save again." in other

    entities.async_update_entity(GESTURE, disabled_by=None)
    await hass.async_block_till_done()
    assert repairs(hass) == {}


async def test_no_target_is_suggested_where_there_is_no_mirror(hass: HomeAssistant) -> None:
    with pytest.raises(vol.Invalid, match=r"This target has no entity of a mirror\.$"):
        await attach(hass, "command_refused")


@pytest.mark.parametrize(
    "step",
    [
        {"wait_for_trigger": [trigger(gesture="plam")]},
        {"if": [{"condition": "mira.is_page", "target": {"entity_id": PAGE}, "options": {"page": "clok"}}], "then": []},
    ],
)
async def test_what_waits_or_looks_in_the_middle_of_an_automation_is_refused_too(
    save: Save, step: dict[str, Any]
) -> None:
    message = await save(triggers=[trigger()], actions=[step])
    assert message
    assert "Did you mean" in message


async def test_the_inputs_of_a_blueprint_are_refused_too(save: Save) -> None:
    blueprint = {"path": "mira/gesture_toggles_light.yaml"}
    inputs: dict[str, Any] = {"mirror": {"entity_id": GESTURE}, "light": {"entity_id": "light.hall"}}
    message = await save(use_blueprint={**blueprint, "input": {**inputs, "gesture": "victroy"}})
    assert message
    assert "Did you mean victory?" in message
    message = await save(use_blueprint={**blueprint, "input": {**inputs, "mirror": {"entity_id": LAST_GESTURE}}})
    assert message
    assert SUGGESTED in message
    assert await save(use_blueprint={**blueprint, "input": inputs}) is None


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (("is_page", {"entity_id": PAGE}, {"page": "Clock"}), "has a page named Clock. Did you mean clock?"),
        (("is_page", {"entity_id": PAGE}, {"page": "zzz"}), "There are: home, todos, clock."),
        (("is_page", {"entity_id": GESTURE}, {"page": "home"}), "no page select of a mirror. Did you mean " + PAGE),
        (("is_locked", {"entity_id": PAGE}, {}), "no lock of a mirror."),
        (("is_locked", {"entity_id": "lock.front_door"}, {}), "no lock of a mirror."),
        (("is_spoken_to", {"entity_id": GESTURE}, {}), "no voice satellite of a mirror. Did you mean " + SATELLITE),
    ],
)
async def test_a_condition_that_is_never_met_is_refused(
    hass: HomeAssistant, save: Save, condition: tuple[str, dict[str, Any], dict[str, Any]], said: str
) -> None:
    er.async_get(hass).async_get_or_create("lock", "door", "1", suggested_object_id="front_door")
    name, target, options = condition
    message = await save(conditions=[{"condition": f"mira.{name}", "target": target, "options": options}], triggers=[])
    assert message
    assert said in message


async def test_the_lock_of_a_mirror_that_has_no_pin_yet_is_not_refused(hass: HomeAssistant, save: Save) -> None:
    locked = {"condition": "mira.is_locked", "target": {"entity_id": "lock.hall_mirror_pin_of_tomorrow"}}
    assert await save(conditions=[locked], triggers=[trigger()]) is None
    assert repairs(hass) == {}


async def test_a_gesture_that_is_forgotten_is_a_repair_until_it_is_taught_again(
    hass: HomeAssistant, mirror: MockConfigEntry, written_mirror: WrittenMirror, save: Save
) -> None:
    assert await save(triggers=[trigger(gesture="greeting")]) is None
    await sees(mirror, written_mirror)
    named = {"automation": "Good night", "what": "mira.gesture_performed", "gesture": "greeting"}
    assert repairs(hass) == {"automation_unknown_gesture": named}

    # A mirror that is away has not learned anything; and the automation, saved again, is the same.
    written_mirror.redis.delete("mira:{hall}:presence")
    mirror.runtime_data._async_receive(await mirror.runtime_data.client.connect(), [])
    assert set(repairs(hass)) == {"automation_unknown_gesture"}
    assert await save(triggers=[trigger(gesture="greeting")], description="The same") is None
    assert set(repairs(hass)) == {"automation_unknown_gesture"}

    written_mirror.presence()
    await sees(mirror, written_mirror, taught=TAUGHT)
    assert repairs(hass) == {}


async def test_a_longer_hold_time_than_the_mirror_waits_for_is_a_repair(
    hass: HomeAssistant, mirror: MockConfigEntry, written_mirror: WrittenMirror, save: Save
) -> None:
    assert await save(triggers=[trigger(gesture="palm", min_hold={"milliseconds": 500})]) is None
    await sees(mirror, written_mirror, thresholds={**THRESHOLDS, "gesture_hold_ms": 300})
    placeholders = repairs(hass)["automation_hold_too_long"]
    assert placeholders
    assert placeholders.items() >= {"gesture": "palm", "asked": "0.5", "accepted": "0.3"}.items()
    await sees(mirror, written_mirror)  # a sidecar that does not say
    assert repairs(hass) == {}


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("hey_javris", "listens for the wake word hey_javris. Did you mean hey_jarvis?"),
        ("Okay Nabu", "Did you mean okay_nabu?"),
        ("alexa", "listens for the wake word alexa. It listens for: okay_nabu, hey_jarvis."),
    ],
)
async def test_a_wake_word_that_no_mirror_listens_for_is_refused_with_the_right_word(
    mirror: MockConfigEntry, written_mirror: WrittenMirror, save: Save, word: str, said: str
) -> None:
    await sees(mirror, written_mirror, parts={"voice": VOICE})
    message = await save(triggers=[trigger("spoken_to", {"entity_id": SATELLITE}, wake_word=word)])
    assert message
    assert said in message


async def test_a_wake_word_that_is_no_longer_listened_for_is_a_repair_until_it_is(
    hass: HomeAssistant, mirror: MockConfigEntry, written_mirror: WrittenMirror, save: Save
) -> None:
    spoken_to = trigger("spoken_to", {"entity_id": SATELLITE}, wake_word=["okay_nabu", "hey_jarvis"])
    assert await save(triggers=[spoken_to]) is None  # before the mirror has said what it can hear
    await sees(mirror, written_mirror, parts={"voice": VOICE})
    assert repairs(hass) == {}
    await sees(mirror, written_mirror, parts={"voice": {**VOICE, "active": ["okay_nabu"]}})
    named = {"automation": "Good night", "what": "mira.spoken_to", "wake_word": "hey_jarvis"}
    assert repairs(hass) == {"automation_unheard_wake_word": named}
    await sees(mirror, written_mirror, parts={"voice": VOICE})
    assert repairs(hass) == {}


async def test_a_page_that_is_removed_is_a_repair(
    hass: HomeAssistant, mirror: MockConfigEntry, written_mirror: WrittenMirror, save: Save
) -> None:
    is_page = {"condition": "mira.is_page", "target": {"entity_id": PAGE}, "options": {"page": "clock"}}
    assert await save(triggers=[trigger()], conditions=[is_page]) is None
    await sees(mirror, written_mirror, pages=["home"])
    assert repairs(hass) == {"automation_unknown_page": {"automation": "?", "what": "mira.is_page", "page": "clock"}}
    assert await save(triggers=[trigger()]) is None
    assert repairs(hass) == {}


@pytest.mark.parametrize("gone", ["removed", "disabled"])
async def test_a_mirror_that_is_gone_is_a_repair_that_goes_with_the_automation(
    hass: HomeAssistant, mirror: MockConfigEntry, save: Save, gone: str
) -> None:
    assert await save(triggers=[trigger("command_refused")]) is None
    if gone == "removed":
        await hass.config_entries.async_remove(mirror.entry_id)
    else:
        await hass.config_entries.async_set_disabled_by(mirror.entry_id, ConfigEntryDisabler.USER)
    await hass.async_block_till_done()
    assert set(repairs(hass)) == {"automation_without_mirror"}
    await hass.services.async_call("automation", "turn_off", {"entity_id": "automation.good_night"}, blocking=True)
    assert repairs(hass) == {}


async def test_a_reload_of_all_automations_stops_none_for_a_trigger_that_died(
    hass: HomeAssistant, mirror: MockConfigEntry, written_mirror: WrittenMirror, save: Save
) -> None:
    assert await save(triggers=[trigger(gesture="greeting"), trigger()]) is None
    await sees(mirror, written_mirror)
    await hass.services.async_call("automation", "reload", blocking=True)
    state = hass.states.get("automation.good_night")
    assert state
    assert state.state == "on"
    assert set(repairs(hass)) == {"automation_unknown_gesture"}


async def test_at_the_start_of_home_assistant_nothing_is_refused_and_nothing_missed_before_it_is_up(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    hass.set_state(CoreState.starting)
    await attach(hass, "gesture_performed", {"gesture": "greeting"})
    assert repairs(hass) == {}
    await set_up()
    assert repairs(hass) == {}
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await hass.async_block_till_done()
    assert set(repairs(hass)) == {"automation_unknown_gesture"}


async def test_a_mirror_that_comes_long_after_the_start_is_looked_at_when_it_does(
    hass: HomeAssistant, mirror: MockConfigEntry, written_mirror: WrittenMirror
) -> None:
    fired = await attach(hass, "gesture_performed", {"gesture": "greeting"})
    await hass.config_entries.async_unload(mirror.entry_id)
    written_mirror.state(rev=9)
    await hass.config_entries.async_setup(mirror.entry_id)
    await hass.async_block_till_done()
    assert set(repairs(hass)) == {"automation_unknown_gesture"}
    assert fired.detach
    fired.detach()
    assert repairs(hass) == {}


async def test_a_wait_that_never_ends_names_its_automation(
    hass: HomeAssistant,
    mirror: MockConfigEntry,
    written_mirror: WrittenMirror,
    save: Save,
    state_becomes: StateBecomes,
) -> None:
    wait = {"wait_for_trigger": [trigger(gesture="greeting")], "timeout": {"seconds": 60}}
    assert await save(triggers=[trigger()], actions=[wait]) is None
    await hass.services.async_call("automation", "trigger", {"entity_id": "automation.good_night"}, blocking=False)
    await state_becomes("automation.good_night", lambda state: bool(state.attributes["current"]))
    await sees(mirror, written_mirror)
    named = repairs(hass)["automation_unknown_gesture"]
    assert named
    assert named["automation"] == "Good night"
    await hass.services.async_call("automation", "turn_off", {"entity_id": "automation.good_night"}, blocking=True)
    assert repairs(hass) == {}


async def test_a_mirror_that_moves_out_of_the_area_is_a_repair(
    hass: HomeAssistant, mirror: MockConfigEntry, save: Save
) -> None:
    devices, area = dr.async_get(hass), ar.async_get(hass).async_create("Hall")
    device = dr.async_entries_for_config_entry(devices, mirror.entry_id)[0]
    devices.async_update_device(device.id, area_id=area.id)
    assert await save(triggers=[trigger(target={"area_id": area.id})]) is None
    devices.async_update_device(device.id, area_id=None)
    await hass.async_block_till_done()
    assert set(repairs(hass)) == {"automation_without_mirror"}


async def test_an_action_with_an_unknown_page_or_gesture_says_so(
    hass: HomeAssistant, sidecar_at_once: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    data = {"action": "show_page", "payload": {"page": "clok"}}
    with pytest.raises(ServiceValidationError, match="home, todos, clock"):
        await hass.services.async_call("mira", "send_command", data, blocking=True)
    with pytest.raises(ServiceValidationError, match="There is no such gesture"):
        await hass.services.async_call("mira", "set_gesture", {"gesture": "plam", "enabled": False}, blocking=True)
