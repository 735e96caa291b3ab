"""The Home Assistant actions of a mirror. Those with a PIN are in test_pins.py."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import voluptuous as vol
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from pytest_homeassistant_custom_component.common import MockConfigEntry

from house.redis import RedisServer
from house.sidecar import SidecarProcess
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror
from tests.planted import PIN


async def send(hass: HomeAssistant, action: str, payload: dict[str, Any] | None = None, **more: Any) -> Any:
    """Send a command with a wish for the answer."""
    return await hass.services.async_call(
        "mira",
        "send_command",
        {"action": action, "payload": payload or {}, **more},
        blocking=True,
        return_response=True,
    )


async def get_events(hass: HomeAssistant, **filters: Any) -> Any:
    return await hass.services.async_call("mira", "get_events", filters, blocking=True, return_response=True)


async def test_an_accepted_command_answers_with_what_was_done(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    answer = await send(hass, "add_todo", {"summary": "Buy milk"})

    assert answer.pop("command_id")
    assert answer["payload"].pop("uid")
    assert answer == {
        "status": "done",
        "waiting_for": None,
        "outcome": "accepted",
        "reason": None,
        "message": None,
        "values": {},
        "seq": 1,
        "payload": {"summary": "Buy milk"},
    }


async def test_a_refusal_is_an_answer_where_one_is_wanted(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    answer = await send(hass, "show_page", {"page": "cellar"})
    assert (answer["outcome"], answer["reason"]) == ("rejected", "unknown_page")
    assert answer["message"]


async def test_a_refusal_is_an_error_where_no_answer_is_wanted(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    with pytest.raises(ServiceValidationError, match="does not know this action"):
        await hass.services.async_call("mira", "send_command", {"action": "dance"}, blocking=True)


async def test_the_answer_of_an_action_says_whether_it_is_done_waits_or_was_refused(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    for command, status, waiting_for in (
        (("show_page", {"page": "clock"}), "done", None),
        (("set_camera", {"on": True}), "waiting", "confirmation"),
        (("show_page", {"page": "cellar"}), "refused", None),
    ):
        answered = await send(hass, *command)
        assert (answered["status"], answered["waiting_for"]) == (status, waiting_for)


async def test_a_command_that_is_asked_back_is_accepted_and_pending(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    asked = await send(hass, "show_page", {"page": "clock"}, confirm=True)
    assert (asked["outcome"], asked["payload"]["outcome"]) == ("accepted", "pending")
    assert asked["payload"]["deadline"]
    done = await send(hass, "confirm", {"command_id": asked["command_id"]})
    assert (done["outcome"], done["payload"]["page"]) == ("accepted", "clock")


async def test_a_pin_in_a_command_reaches_no_line_of_ours(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    await set_up()
    await send(hass, "set_pin", {"pin": PIN})
    answer = await send(hass, "unlock", {"pin": PIN})
    assert answer["outcome"] == "accepted"
    assert PIN not in str(answer)
    assert PIN not in str(await get_events(hass))
    # At level debug Home Assistant itself logs the data of every call.
    ours = [record for record in caplog.records if record.name != "homeassistant.core"]
    assert PIN not in " ".join(record.getMessage() for record in ours)


async def test_an_action_of_home_assistant_is_an_automation_and_its_caller_reaches_the_log(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    context = Context()
    await hass.services.async_call("mira", "send_command", {"action": "next_page"}, blocking=True, context=context)
    event = (await get_events(hass, type="accepted"))["events"][0]
    assert (event["source"], event["origin"]) == ("automation", {"context_id": context.id})


async def test_confidence_is_given_in_per_cent_and_kept_as_a_share(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    await send(hass, "next_page", confidence=80)
    assert (await get_events(hass, type="accepted"))["events"][0]["confidence"] == 0.8


async def test_dates_of_yaml_are_sent_as_text(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    await set_up()
    answer = await send(hass, "add_todo", {"summary": "Buy milk", "due": date(2026, 11, 20)})
    assert answer["payload"]["due"] == "2026-11-20"


@pytest.mark.parametrize(
    "data",
    [
        {"payload": {}},
        {"action": ""},
        {"action": "next_page", "payload": "home"},
        {"action": "next_page", "source": "system"},
        {"action": "next_page", "source": "touch"},  # nobody can claim to stand in front of the mirror
        {"action": "next_page", "confidence": 101},
        {"action": "next_page", "confirm": "perhaps"},
    ],
)
async def test_a_call_that_makes_no_sense_is_refused_by_home_assistant(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, data: dict[str, Any]
) -> None:
    await set_up()
    with pytest.raises(vol.Invalid):
        await hass.services.async_call("mira", "send_command", data, blocking=True)
    assert written_mirror.redis.xlen("mira:{hall}:commands:home") == 0


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [({"summary": {1, 2}, "object": object()}, "cannot be written as JSON"), ({"summary": "x" * 70_000}, "too much")],
)
async def test_a_payload_that_cannot_be_sent_is_told(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, payload: dict[str, Any], sentence: str
) -> None:
    await set_up()
    with pytest.raises(HomeAssistantError, match=sentence):
        await send(hass, "add_todo", payload)
    assert written_mirror.redis.xlen("mira:{hall}:commands:home") == 0


async def test_nothing_is_sent_to_a_mirror_that_is_away(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    written_mirror.redis.delete("mira:{hall}:presence")
    await state_becomes("binary_sensor.hall_mirror_connection", "off")
    with pytest.raises(HomeAssistantError, match="The mirror is unavailable"):
        await send(hass, "next_page")
    assert written_mirror.redis.xlen("mira:{hall}:commands:home") == 0


async def test_which_of_two_mirrors_must_be_said(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    other = MockConfigEntry(domain="mira", title="Attic", data={**entry.data, "mirror": "attic"}, unique_id="attic")
    other.add_to_hass(hass)
    with pytest.raises(ServiceValidationError):
        await get_events(hass)
    await get_events(hass, config_entry_id=entry.entry_id)


async def test_the_log_is_filtered_and_paged(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    await set_up()
    for number in range(3):
        await send(hass, "add_todo", {"summary": f"Todo {number}"})
    await send(hass, "show_page", {"page": "cellar"})

    refusals = await get_events(hass, type=["rejected"], reason="unknown_page")
    assert [event["action"] for event in refusals["events"]] == ["show_page"]
    assert refusals["cursor"] is None

    first = await get_events(hass, action="add_todo", type="accepted", limit=2)
    rest = await get_events(hass, action="add_todo", type="accepted", limit=2, cursor=first["cursor"])
    summaries = [event["payload"]["summary"] for event in first["events"] + rest["events"]]
    assert summaries == ["Todo 2", "Todo 1", "Todo 0"]

    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert (await get_events(hass, since=tomorrow.isoformat()))["events"] == []
    assert len((await get_events(hass, until=tomorrow.isoformat()))["events"]) == 7


async def test_a_log_that_cannot_be_read_is_told(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    await set_up()
    redis_server.kill()
    with pytest.raises(HomeAssistantError, match="The mirror cannot be reached"):
        await get_events(hass)


async def test_a_message_is_shown_for_its_time(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    entry = await set_up()
    message = {"message": "Dinner is ready", "title": "Kitchen", "duration": {"minutes": 2}}
    await hass.services.async_call("mira", "show_message", message, blocking=True)
    shown = entry.runtime_data.data.snapshot.document["message"]
    assert (shown["text"], shown["title"]) == ("Dinner is ready", "Kitchen")
    lasts = datetime.fromisoformat(shown["until"]) - datetime.fromisoformat(shown["at"])
    assert lasts == timedelta(minutes=2)

    answer = await hass.services.async_call(
        "mira", "show_message", {"message": "Tea"}, blocking=True, return_response=True
    )
    assert answer
    assert answer["outcome"] == "accepted"


@pytest.mark.parametrize(
    "data",
    [
        {"message": ""},
        {"message": "x" * 501},
        {"message": "Tea", "duration": 0.5},
        {"message": "Tea", "title": 101 * "x"},
    ],
)
async def test_a_message_that_the_glass_cannot_take_is_refused_by_home_assistant(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, data: dict[str, Any]
) -> None:
    await set_up()
    with pytest.raises(vol.Invalid):
        await hass.services.async_call("mira", "show_message", data, blocking=True)


async def test_changes_are_taken_back(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    entry = await set_up()

    def page() -> str:
        return str(entry.runtime_data.data.snapshot.state.page)

    first = await send(hass, "show_page", {"page": "clock"})
    undone = await hass.services.async_call("mira", "undo", {}, blocking=True, return_response=True)
    assert undone
    assert (undone["payload"], page()) == (
        {"undone": first["command_id"], "action": "show_page", "page": "home"},
        "home",
    )
    again = await send(hass, "show_page", {"page": "clock"})
    await hass.services.async_call("mira", "undo", {"command_id": again["command_id"]}, blocking=True)
    assert page() == "home"
    with pytest.raises(ServiceValidationError, match="nothing of this kind to undo"):
        await hass.services.async_call("mira", "undo", {"source": "voice"}, blocking=True)
    with pytest.raises(vol.Invalid):
        await hass.services.async_call("mira", "undo", {"source": "voice", "command_id": "1"}, blocking=True)


async def test_the_state_is_read_also_while_the_mirror_is_away(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    written_mirror.presence(
        devices={"camera": {"kind": "camera", "capture": "failed", "error": "rtsp://user:secret@camera"}}
    )
    entry = await set_up()

    async def state() -> Any:
        return await hass.services.async_call("mira", "get_state", {}, blocking=True, return_response=True)

    here = await state()
    ids = {"entry_id": entry.entry_id, "unique_id": entry.unique_id, "id": "hall"}
    assert here["mirror"] == {**ids, "name": "Hall mirror"}
    assert (here["connected"], here["state"]["page"], here["devices"]) == (True, "home", {"camera": "failed"})
    written_mirror.redis.delete("mira:{hall}:presence")
    await state_becomes("binary_sensor.hall_mirror_connection", "off")
    away = await state()
    assert (away["connected"], away["problem"]["code"], away["state"]["page"]) == (False, "no_mirror", "home")


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("camera.front_door", "camera.front_door"),
        ({"media_content_id": "media-source://camera/camera.door", "media_content_type": "image/jpeg"}, "camera.door"),
        ({"media_content_id": "media-source://image/image.door", "metadata": {}}, "image.door"),
        ("media-source://media_source/local/door.jpg", "media-source://media_source/local/door.jpg"),
        ("/local/door.jpg", "/local/door.jpg"),
    ],
)
async def test_a_message_has_a_picture_of_home_assistants_and_buttons(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, given: Any, sent: str
) -> None:
    entry = await set_up()
    buttons = [{"id": "open", "label": "Open"}]
    data = {"message": "Who is it?", "picture": given, "buttons": buttons}
    answer: Any = await hass.services.async_call("mira", "show_message", data, blocking=True, return_response=True)
    assert (answer["payload"]["picture"], answer["payload"]["buttons"]) == (sent, buttons)
    message = entry.runtime_data.data.snapshot.document["message"]
    assert (message["id"], message["picture"]) == (answer["command_id"], sent)


async def test_a_template_may_leave_the_picture_out(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    data = {"message": "Look", "picture": "", "buttons": []}
    answer: Any = await hass.services.async_call("mira", "show_message", data, blocking=True, return_response=True)
    assert set(answer["payload"]) == {"text", "title", "at", "until"}


async def test_a_foreign_picture_is_refused(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    await set_up()
    data = {"message": "Look", "picture": "https://x.example/door.jpg"}
    with pytest.raises(ServiceValidationError, match="“picture” has to be a media-source id"):
        await hass.services.async_call("mira", "show_message", data, blocking=True)


@pytest.mark.parametrize(
    "more",
    [
        {"buttons": [{"id": "a b", "label": "A"}]},
        {"buttons": [{"id": "a"}]},
        {"buttons": [{"id": "a", "label": "x" * 41}]},
        {"buttons": [{"id": name, "label": name} for name in "abcd"]},
        {"picture": "x" * 501},
        {"picture": {"media_content_type": "image/jpeg"}},
    ],
)
async def test_what_no_message_takes_is_told_before_it_is_sent(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, more: dict[str, Any]
) -> None:
    await set_up()
    with pytest.raises(vol.Invalid):
        await hass.services.async_call("mira", "show_message", {"message": "Look", **more}, blocking=True)
