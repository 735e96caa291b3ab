"""The mirror's entities, with the real sidecar behind them."""

import asyncio
from datetime import date
from typing import Any

import pytest
from homeassistant.components import todo
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.mira.coordinator import MiraCoordinator
from house.sidecar import SidecarProcess
from tests.integration.acting import act, shown
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

CAMERA = "switch.hall_mirror_camera"
MICROPHONE = "switch.hall_mirror_microphone"
GESTURE = "event.hall_mirror_gesture"
PAGE = "select.hall_mirror_page"
TODOS = "todo.hall_mirror_to_dos"


async def perform(hass: HomeAssistant, sidecar: SidecarProcess, name: str, **payload: Any) -> dict[str, Any]:
    """Make a gesture in front of the mirror."""

    def send() -> dict[str, Any]:
        return sidecar.bus.send("gesture", {"name": name, **payload}, source="gesture", confidence=0.9)

    return await hass.async_add_executor_job(send)


async def answer(hass: HomeAssistant, sidecar: SidecarProcess, yes: bool) -> None:
    """Tap an answer to the mirror's question."""
    await hass.async_add_executor_job(lambda: sidecar.bus.send("confirm" if yes else "cancel", {}, source="touch"))


async def camera_on(hass: HomeAssistant, sidecar: SidecarProcess, state_becomes: StateBecomes) -> None:
    """Switch the camera on, and say yes."""
    await act(hass, "switch.turn_on", CAMERA)
    await answer(hass, sidecar, yes=True)
    await state_becomes(CAMERA, "on")


@pytest.mark.parametrize("device", ["camera", "microphone"])
async def test_a_switch_shows_what_the_mirror_has_accepted(
    hass: HomeAssistant, sidecar_at_once: SidecarProcess, set_up: SetUp, device: str
) -> None:
    await set_up()
    entity_id = f"switch.hall_mirror_{device}"

    await act(hass, "switch.turn_on", entity_id)
    assert shown(hass, entity_id).state == "on"
    await act(hass, "switch.turn_off", entity_id)
    assert shown(hass, entity_id).state == "off"


@pytest.mark.parametrize("action", ["turn_on", "toggle"])
async def test_a_camera_that_needs_confirmation_shows_that_it_waits_and_is_off_until_somebody_says_yes(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes, action: str
) -> None:
    entry = await set_up()
    assert "waiting_for" not in shown(hass, CAMERA).attributes
    await act(hass, f"switch.{action}", CAMERA)  # and does not fail
    assert (shown(hass, CAMERA).state, shown(hass, CAMERA).attributes["waiting_for"]) == ("off", "confirmation")
    assert "waiting_for" not in shown(hass, MICROPHONE).attributes
    await act(hass, "switch.turn_on", CAMERA)  # nor is it an error to ask again
    snapshot = entry.runtime_data.data.snapshot
    assert snapshot
    assert snapshot.state.pending
    assert (snapshot.state.pending.action, dict(snapshot.state.pending.payload)) == ("set_camera", {"on": True})

    await answer(hass, sidecar, yes=True)
    await state_becomes(CAMERA, "on")
    assert "waiting_for" not in shown(hass, CAMERA).attributes


async def test_a_camera_shows_that_it_waits_also_where_an_undo_would_switch_it_on(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await camera_on(hass, sidecar, state_becomes)
    await act(hass, "switch.turn_off", CAMERA)
    await act(hass, "button.press", "button.hall_mirror_undo")
    assert (shown(hass, CAMERA).state, shown(hass, CAMERA).attributes["waiting_for"]) == ("off", "confirmation")


@pytest.mark.usefixtures("all_enabled")
async def test_a_switch_of_a_gesture_shows_that_it_waits_where_the_mirror_asks_for_that(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    thresholds = {"gesture_min_confidence": 0.7, "gesture_hold_ms": 500, "gesture_cooldown_ms": 500, "gestures": {}}
    pending = {"command_id": "1", "action": "set_gesture", "payload": {"name": "fist", "enabled": False}}
    written_mirror.state(thresholds=thresholds, pending=pending)
    await set_up()
    assert shown(hass, "switch.hall_mirror_gesture_fist").attributes["waiting_for"] == "confirmation"
    assert "waiting_for" not in shown(hass, "switch.hall_mirror_gesture_palm").attributes


async def test_a_camera_that_is_asked_back_stays_off_after_a_no(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    entry = await set_up()
    await act(hass, "switch.turn_on", CAMERA)
    await answer(hass, sidecar, yes=False)
    await act(hass, "select.select_option", PAGE, option="clock")  # decided after the no, so seen after it
    snapshot = entry.runtime_data.data.snapshot
    assert snapshot
    assert snapshot.state.pending is None
    assert shown(hass, CAMERA).state == "off"
    assert "waiting_for" not in shown(hass, CAMERA).attributes


async def test_who_switched_is_kept_in_the_mirrors_log_and_in_the_state(
    hass: HomeAssistant, sidecar_at_once: SidecarProcess, set_up: SetUp, hass_admin_user: MockUser
) -> None:
    entry = await set_up()
    context = Context(user_id=hass_admin_user.id)
    await hass.services.async_call("switch", "toggle", {"entity_id": CAMERA}, blocking=True, context=context)

    (event,) = (await entry.runtime_data.client.log.page(types=["accepted"])).events
    assert event.source == "automation"
    assert event.document["origin"] == {"user_id": hass_admin_user.id, "context_id": context.id}
    assert shown(hass, CAMERA).context is context


async def test_a_refusal_is_raised_in_the_mirrors_own_words_and_nothing_changes(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up()
    before = shown(hass, CAMERA)
    ask = MiraCoordinator.async_send

    async def ask_without_confidence(self: MiraCoordinator, *arguments: Any, **more: Any) -> Any:
        return await ask(self, *arguments, **{**more, "source": "voice", "confidence": 0.1})

    monkeypatch.setattr(MiraCoordinator, "async_send", ask_without_confidence)
    with pytest.raises(ServiceValidationError, match="does not carry commands") as error:
        await act(hass, "switch.toggle", CAMERA)

    assert error.value.translation_key == "refused_source_not_allowed"
    assert shown(hass, CAMERA) is before


async def test_a_todo_that_is_too_long_is_refused_and_not_shown(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    with pytest.raises(ServiceValidationError, match="summary"):
        await act(hass, "todo.add_item", TODOS, item="x" * 256)
    assert shown(hass, TODOS).state == "0"


async def test_a_sidecar_that_does_not_answer_is_told(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await set_up()
    client = entry.runtime_data.client
    send = client.send
    monkeypatch.setattr("custom_components.mira.client._GRACE", 0.1)
    monkeypatch.setattr(client, "send", lambda *arguments, **more: send(*arguments, **more, ttl_ms=100))
    with pytest.raises(HomeAssistantError, match=r"did not answer within 0\.1 s"):
        await act(hass, "switch.turn_off", CAMERA)
    assert shown(hass, CAMERA).state == "on"


async def test_a_todo_keeps_all_that_it_was_given(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    await set_up()
    await act(hass, "todo.add_item", TODOS, item="Buy milk", due_date="2026-11-20", description="Oat")
    await act(hass, "todo.add_item", TODOS, item="Call", due_datetime="2026-11-20 18:00:00")

    milk, call = (await act(hass, "todo.get_items", TODOS))["items"]
    assert (milk["summary"], milk["due"], milk["description"]) == ("Buy milk", "2026-11-20", "Oat")
    assert (call["summary"], call["due"], call["status"]) == (
        *("Call", "2026-11-20T18:00:00-08:00"),
        "needs_action",
    )
    assert shown(hass, TODOS).state == "2"


async def test_a_todo_is_changed_cleared_and_completed(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    await act(hass, "todo.add_item", TODOS, item="Buy milk", due_date="2026-11-20", description="Oat")
    await act(
        hass,
        *("todo.update_item", TODOS),
        item="Buy milk",
        rename="Buy bread",
        description=None,
        due_date=None,
    )
    await act(hass, "todo.update_item", TODOS, item="Buy bread", status="completed")

    (item,) = (await act(hass, "todo.get_items", TODOS))["items"]
    assert item.pop("completed")
    assert {name: item[name] for name in item if name != "uid"} == {
        "summary": "Buy bread",
        "status": "completed",
    }
    assert shown(hass, TODOS).state == "0"


async def test_only_what_was_changed_is_sent(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    entry = await set_up()
    await act(hass, "todo.add_item", TODOS, item="Buy milk", due_date="2026-11-20", description="Oat")
    await act(hass, "todo.update_item", TODOS, item="Buy milk", status="completed")
    await act(hass, "todo.update_item", TODOS, item="Buy milk", due_date=date(2026, 11, 20))

    updates = (await entry.runtime_data.client.log.page(types=["accepted"], actions=["update_todo"])).events
    assert [set(event.payload) for event in updates] == [{"uid", "status"}]


async def test_todos_are_moved_and_removed(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    await set_up()
    for item in ("one", "two", "three"):
        await act(hass, "todo.add_item", TODOS, item=item)
    entity = hass.data[todo.DATA_COMPONENT].get_entity(TODOS)
    assert entity

    def order() -> list[str | None]:
        return [item.summary for item in entity.todo_items or ()]

    one, two, three = (item.uid or "" for item in entity.todo_items or ())
    await entity.async_move_todo_item(three)
    assert order() == ["three", "one", "two"]
    await entity.async_move_todo_item(three, one)
    assert order() == ["one", "three", "two"]
    await act(hass, "todo.remove_item", TODOS, item=[one, three])
    assert order() == ["two"]
    await act(hass, "todo.update_item", TODOS, item=two, status="completed")
    await act(hass, "todo.remove_completed_items", TODOS)
    assert order() == []


async def test_removing_a_todo_that_is_gone_removes_the_others(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    await act(hass, "todo.add_item", TODOS, item="one")
    entity = hass.data[todo.DATA_COMPONENT].get_entity(TODOS)
    assert entity
    (one,) = (item.uid or "" for item in entity.todo_items or ())
    await entity.async_delete_todo_items([])
    await entity.async_delete_todo_items(["unknown", one])
    assert entity.todo_items == []
    with pytest.raises(ServiceValidationError, match="There is no such to-do on the list"):
        await entity.async_delete_todo_items([one])


async def test_clearing_completed_todos_asks_at_the_mirror_and_one_undo_brings_all_of_them_back(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    for number in range(30):
        sidecar.bus.send("add_todo", {"summary": f"Todo {number}", "status": "completed"})
    await act(hass, "todo.add_item", TODOS, item="Not done yet")
    before = (await act(hass, "todo.get_items", TODOS))["items"]
    assert len(before) == 31

    with pytest.raises(ServiceValidationError, match="needs confirmation at the mirror"):
        await act(hass, "todo.remove_completed_items", TODOS)
    assert (await act(hass, "todo.get_items", TODOS))["items"] == before
    with pytest.raises(ServiceValidationError, match="Another question is waiting"):
        await act(hass, "todo.remove_completed_items", TODOS)

    await answer(hass, sidecar, yes=True)
    await act(hass, "select.select_option", PAGE, option="home")  # decided after the yes, so seen after it
    (left,) = (await act(hass, "todo.get_items", TODOS))["items"]
    assert left["summary"] == "Not done yet"
    await hass.services.async_call("mira", "undo", {}, blocking=True)
    assert (await act(hass, "todo.get_items", TODOS))["items"] == before


async def test_a_gesture_fires_its_event_and_is_the_last_one(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await camera_on(hass, sidecar, state_becomes)
    assert shown(hass, GESTURE).state == "unknown"

    await perform(hass, sidecar, "victory", handedness="left", hold_ms=700)
    state = await state_becomes(GESTURE, lambda state: state.attributes["event_type"] == "victory")
    wanted = {"confidence": 90, "handedness": "left", "hold_ms": 700}
    assert {name: state.attributes[name] for name in wanted} == wanted
    assert shown(hass, "sensor.hall_mirror_last_gesture").state == "victory"


async def test_a_refused_gesture_fires_nothing(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await act(hass, "switch.turn_off", CAMERA)
    refusal = await perform(hass, sidecar, "palm")
    assert refusal["reason"] == "camera_off"
    await camera_on(hass, sidecar, state_becomes)
    assert shown(hass, GESTURE).state == "unknown"


async def test_a_gesture_made_while_nobody_listened_fires_nothing_but_is_the_last_one(
    hass: HomeAssistant,
    sidecar: SidecarProcess,
    set_up: SetUp,
    state_becomes: StateBecomes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = await set_up()
    await camera_on(hass, sidecar, state_becomes)
    client = entry.runtime_data.client
    again = asyncio.Event()
    connections = client._server.connections

    async def outage() -> None:
        await again.wait()

    class Waiting:
        async def __aenter__(self) -> Any:
            await outage()
            self.redis = connections()
            return await self.redis.__aenter__()

        async def __aexit__(self, *error: object) -> None:
            await self.redis.aclose()

    monkeypatch.setattr(client._server, "connections", Waiting)
    sidecar.bus._redis.client_kill_filter(_type="normal", skipme=True)
    await state_becomes("binary_sensor.hall_mirror_connection", "off")
    await perform(hass, sidecar, "palm")
    again.set()

    await state_becomes("sensor.hall_mirror_last_gesture", "palm")
    assert shown(hass, GESTURE).state == "unknown"
    await perform(hass, sidecar, "fist")
    await state_becomes(GESTURE, lambda state: state.attributes["event_type"] == "fist")


async def test_captures_show_what_was_observed(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    camera, microphone = (f"binary_sensor.hall_mirror_{name}_capture" for name in ("camera", "microphone"))
    assert (shown(hass, camera).state, shown(hass, microphone).state) == ("on", "off")

    failed = {"kind": "camera", "capture": "failed", "error": "rtsp://user:secret@camera"}
    written_mirror.presence(devices={"camera": failed, "microphone": {"kind": "microphone", "capture": "opening"}})
    state = await state_becomes(camera, "off")
    assert state.attributes["capture"] == "failed"
    assert "secret" not in str(state.attributes)
    assert (shown(hass, microphone).state, shown(hass, microphone).attributes["capture"]) == ("off", "opening")


async def test_the_page_is_chosen_out_of_those_that_the_mirror_has(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    assert shown(hass, PAGE).attributes["options"] == ["home", "todos", "clock"]
    await act(hass, "select.select_option", PAGE, option="clock")
    assert shown(hass, PAGE).state == "clock"
