"""What Home Assistant's logbook says of a mirror, and who it says it was."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.components.recorder import Recorder
from homeassistant.core import Context, Event, HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_load_integrations
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser, async_capture_events
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.mira.bus_events import EVENT_DECISION
from house.sidecar import SidecarProcess
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror
from tests.integration.written_windows import window, with_windows

type Entries = Callable[..., Awaitable[list[dict[str, Any]]]]
type Decides = Callable[..., Awaitable[list[Event[Any]]]]


@pytest.fixture(autouse=True)
def _installed(recorder_mock: Recorder, enable_custom_integrations: None) -> None:
    """Home Assistant finds the integration, and keeps a history, which must be there first."""


@pytest.fixture
async def entries(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Entries:
    """Looks up the logbook's entries of the last hour."""
    assert await async_setup_component(hass, "logbook", {})

    async def entries(**filters: Any) -> list[dict[str, Any]]:
        await async_wait_recording_done(hass)
        client = await hass_ws_client(hass)
        begin = dt_util.utcnow() - timedelta(hours=1)
        await client.send_json_auto_id({"type": "logbook/get_events", "start_time": begin.isoformat(), **filters})
        answer: list[dict[str, Any]] = (await client.receive_json())["result"]
        return answer

    return entries


@pytest.fixture
def decides(hass: HomeAssistant, written_mirror: WrittenMirror, state_becomes: StateBecomes) -> Decides:
    """Lets the mirror decide, and hands out what was told of it."""

    async def decides(*events: dict[str, Any]) -> list[Event[Any]]:
        fired = async_capture_events(hass, EVENT_DECISION)
        for seq, event in enumerate(events, 2):
            written_mirror.event(seq, **event)
        written_mirror.event(len(events) + 2)
        await state_becomes("event.hall_mirror_gesture", lambda state: state.state != "unknown")
        return fired

    return decides


def device_of(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    return dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)[0].id


def ask(**changes: Any) -> dict[str, Any]:
    return {"source": "automation", "action": "set_camera", **changes}


@pytest.fixture
async def asking(written_mirror: WrittenMirror, set_up: SetUp) -> MockConfigEntry:
    """A mirror that asks whether to switch the camera, set up."""
    written_mirror.state(pending={"command_id": "asked-1", "action": "set_camera"})
    return await set_up()


DECISIONS = [
    (
        ask(type="rejected", reason="camera_off", source="voice", action="show_page"),
        "refused “Show a page” (Voice): Camera is off",
    ),
    (
        ask(type="rejected", reason="camera_off", source="gesture", action="gesture", payload={"name": "palm"}),
        "refused “Palm” (Gesture): Camera is off",
    ),
    (
        ask(type="rejected", reason="bad_payload", source="gesture", action="gesture", payload={"name": "Anna"}),
        "refused “Gesture” (Gesture): Invalid payload",
    ),
    (ask(payload={"on": True, "outcome": "pending"}), "asks back before “Switch the camera” (Automation)"),
    (
        ask(action="gesture", source="gesture", payload={"confirmed": "command-1", "asked": "set_camera"}),
        "was told yes to “Switch the camera” (Gesture)",
    ),
    (
        ask(action="cancel", source="touch", payload={"cancelled": "command-1", "asked": "set_camera"}),
        "was told no to “Switch the camera” (Touch)",
    ),
    (
        ask(action="time_out", source="system", payload={"command_id": "asked-1"}),
        "had no answer to “Switch the camera”",
    ),
    (
        ask(action="withdraw", source="system", payload={"asked": "set_camera", "reason": "already_done"}),
        "withdrew the question about “Switch the camera”: Done already",
    ),
    (ask(action="show_message", payload={"text": "Private"}), "did “Show a message” (Automation)"),
    (
        ask(action="undo", payload={"undone": "command-1", "action": "show_page"}),
        "took back “Show a page” (Automation)",
    ),
    (ask(action="shut_window", source="system", payload={"window": "bed", "why": "rain"}), "closed for safety: Rain"),
    (
        ask(action="set_window", payload={"window": "bed", "position": 10, "wished": 50, "limited": "nobody_home"}),
        "opened only to 10 % (Automation): Nobody is home",
    ),
    (ask(type="rejected", reason="new_reason", action="new_action"), "refused “new_action” (Automation): new_reason"),
]


@pytest.mark.parametrize(("event", "sentence"), DECISIONS)
async def test_what_no_entity_shows_is_in_the_logbook_of_the_mirror(
    asking: MockConfigEntry, decides: Decides, entries: Entries, event: dict[str, Any], sentence: str
) -> None:
    (told,) = await decides(event)
    assert "Private" not in str(told.data)
    found = [item for item in await entries(device_ids=[told.data["device_id"]]) if item.get("domain") == "mira"]
    assert [(item["name"], item["message"]) for item in found] == [("Hall mirror", sentence)]
    assert found[0]["icon"]


@pytest.mark.parametrize(
    "event",
    [
        ask(type="rejected", reason="cooldown", action="gesture"),
        ask(type="rejected", reason="motor_rest", action="set_window", source="sensor"),
        ask(action="add_todo", payload={"summary": "Private"}),
        ask(action="time_out", payload={"command_id": "another"}),
        ask(action="withdraw", payload={"command_id": "another"}),
    ],
)
async def test_what_is_noise_or_shown_by_an_entity_is_not_told(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    state_becomes: StateBecomes,
    event: dict[str, Any],
) -> None:
    await set_up()
    fired = async_capture_events(hass, EVENT_DECISION)
    written_mirror.event(2, **event)
    written_mirror.event(3)
    await state_becomes("event.hall_mirror_gesture", lambda state: state.state != "unknown")
    assert fired == []


async def test_a_loop_of_refusals_does_not_flood_the_logbook(asking: MockConfigEntry, decides: Decides) -> None:
    each_second = [ask(type="rejected", reason="unknown_action", action=f"made_up_{number}") for number in range(22)]
    fired = await decides(*each_second)
    assert [event.data["command_id"] for event in fired] == ["command-2", "command-12", "command-22"]


async def test_the_logbook_is_in_the_language_of_home_assistant_and_knows_renamed_mirrors(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, decides: Decides, entries: Entries
) -> None:
    entry = await set_up()
    hass.config.language = "de"
    await async_load_integrations(hass, {"mira"})
    dr.async_get(hass).async_update_device(device_of(hass, entry), name_by_user="Bad")
    await decides(ask(type="rejected", reason="camera_off", source="voice", action="show_page"))
    found = await entries(device_ids=[device_of(hass, entry)])
    messages = [(item["name"], item["message"]) for item in found if item.get("domain") == "mira"]
    assert messages == [("Bad", "hat „Seite zeigen“ abgelehnt (Stimme): Kamera ist aus")]


async def test_what_is_about_a_window_is_told_of_that(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, decides: Decides, entries: Entries
) -> None:
    with_windows(written_mirror, {"bed": window(), "bath": window()})
    await set_up()
    shut = ask(action="shut_window", source="system")
    fired = await decides(*({**shut, "payload": {"window": name, "why": "rain"}} for name in ("bed", "bath")))
    assert len({event.data["device_id"] for event in fired}) == 2
    found = [item for item in await entries() if item.get("domain") == "mira"]
    assert sorted((item["name"], item["message"]) for item in found) == [
        ("bath", "closed for safety: Rain"),
        ("bed", "closed for safety: Rain"),
    ]


async def test_a_light_that_a_gesture_switched_names_the_gesture_as_its_cause(
    hass: HomeAssistant,
    sidecar_at_once: SidecarProcess,
    set_up: SetUp,
    state_becomes: StateBecomes,
    entries: Entries,
) -> None:
    await set_up()
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"lamp": None}})
    automation = {
        "alias": "Lamp",
        "triggers": {"trigger": "mira.gesture_performed", "target": {"entity_id": "event.hall_mirror_gesture"}},
        "actions": {"action": "input_boolean.turn_on", "target": {"entity_id": "input_boolean.lamp"}},
    }
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await hass.services.async_call("switch", "turn_on", {"entity_id": "switch.hall_mirror_camera"}, blocking=True)

    def swipe() -> None:
        sidecar_at_once.bus.send("gesture", {"name": "swipe_left"}, source="gesture", confidence=0.9)

    await hass.async_add_executor_job(swipe)
    await state_becomes("input_boolean.lamp", "on")
    found = {item.get("entity_id"): item for item in await entries()}
    assert found["automation.lamp"]["message"] == "triggered by gesture swipe_left at Hall mirror"
    assert found["automation.lamp"]["context_entity_id"] == "event.hall_mirror_gesture"
    assert found["input_boolean.lamp"]["context_entity_id"] == "automation.lamp"
    assert found["select.hall_mirror_page"]["context_entity_id"] == "event.hall_mirror_gesture"


async def test_a_refusal_names_the_person_who_asked(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, hass_admin_user: MockUser, entries: Entries
) -> None:
    await set_up()
    switch = {"entity_id": "switch.hall_mirror_microphone"}
    await hass.services.async_call("switch", "turn_off", switch, blocking=True)  # once answered, the mirror is followed
    await hass.services.async_call(
        *("mira", "send_command", {"action": "show_page", "payload": {"page": "cellar"}}),
        blocking=True,
        return_response=True,
        context=Context(user_id=hass_admin_user.id),
    )
    (refused,) = [item for item in await entries() if item.get("domain") == "mira"]
    assert refused["message"] == "refused “Show a page” (Automation): Unknown page"
    assert refused["context_user_id"] == hass_admin_user.id


async def test_a_person_whom_another_client_names_is_not_believed(asking: MockConfigEntry, decides: Decides) -> None:
    origin = {"user_id": "0123456789abcdef0123456789abcdef", "context_id": "01JD0000000000000000000000"}
    (told,) = await decides(ask(type="rejected", reason="unknown_page", action="show_page", origin=origin))
    assert told.context.user_id is None
    assert told.context.id != origin["context_id"]
