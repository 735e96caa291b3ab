"""Who reads what was said and written: administrators, and whom it came from; the others get the event without it."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.mira.models.part import Part
from custom_components.mira.permissions import Reader
from house.bus import Bus
from house.sidecar import SidecarProcess
from tests.integration.conftest import SetUp
from tests.integration.written_mirror import WrittenMirror

SAID, DELETED, SHOWN = "call the clinic tomorrow", "present for Anna", "dinner is ready"
SECRETS = (DELETED, SHOWN)

type Told = Callable[[User | None], Awaitable[dict[str, Any]]]


@pytest.fixture
def owner(hass: HomeAssistant) -> MockUser:
    """Somebody without administrator's rights, who has asked for something."""
    return MockUser(name="Owner").add_to_hass(hass)


@pytest.fixture
def neighbour(hass: HomeAssistant) -> MockUser:
    """Somebody else without administrator's rights."""
    return MockUser(name="Neighbour").add_to_hass(hass)


@pytest.fixture
async def spoken(hass: HomeAssistant, sidecar_at_once: SidecarProcess, set_up: SetUp, owner: MockUser) -> None:
    """A mirror at which something was said, shown, and written and deleted again: the last by the owner."""
    await set_up()
    bus = sidecar_at_once.bus
    await hass.async_add_executor_job(bus.send, "set_microphone", {"on": True})
    await hass.async_add_executor_job(lambda: say(bus))
    await hass.async_add_executor_job(bus.send, "show_message", {"text": SHOWN})
    for action, payload in (("add_todo", {"summary": DELETED, "uid": "gift"}), ("remove_todo", {"uid": "gift"})):
        await act(hass, owner, "send_command", {"action": action, "payload": payload})


def say(bus: Bus) -> None:
    """Have something said at the mirror."""
    bus.send("utterance", {"length": len(SAID)}, words={"text": SAID}, source="voice", confidence=0.9)


async def act(hass: HomeAssistant, user: User | None, action: str, data: dict[str, Any]) -> Any:
    context = Context(user_id=user.id if user else None)
    return await hass.services.async_call("mira", action, data, blocking=True, return_response=True, context=context)


async def connected(hass: HomeAssistant, make: WebSocketGenerator, user: User) -> Any:
    refresh = await hass.auth.async_create_refresh_token(user, "https://example.com/app")
    return await make(hass, hass.auth.async_create_access_token(refresh))


@pytest.mark.usefixtures("spoken")
async def test_an_administrator_and_an_automation_read_all(hass: HomeAssistant, hass_admin_user: MockUser) -> None:
    for user in (hass_admin_user, None):
        log = json.dumps(await act(hass, user, "get_events", {}))
        assert all(secret in log for secret in SECRETS)
        assert "redacted" not in log
        assert SAID not in log
        assert (await act(hass, user, "get_state", {}))["state"]["utterance"]["length"] == len(SAID)


@pytest.mark.usefixtures("spoken")
async def test_somebody_else_gets_the_events_without_the_words_and_marked(
    hass: HomeAssistant, neighbour: MockUser
) -> None:
    events = (await act(hass, neighbour, "get_events", {}))["events"]
    text = json.dumps(events)
    assert not any(secret in text for secret in SECRETS)
    by_action = {event["action"]: event for event in events if event["type"] == "accepted"}
    assert by_action["set_microphone"]["payload"] == {"on": True}
    assert "redacted" not in by_action["set_microphone"]
    assert by_action["utterance"]["payload"] == {"length": len(SAID), "answer": None, "language": None}
    assert "redacted" not in by_action["utterance"]
    for action in ("show_message", "add_todo"):
        assert by_action[action]["redacted"] is True
        assert by_action[action]["command_id"]


@pytest.mark.usefixtures("spoken")
async def test_who_asked_for_something_reads_it_and_nothing_that_others_said(
    hass: HomeAssistant, owner: MockUser
) -> None:
    events = (await act(hass, owner, "get_events", {"type": ["accepted"]}))["events"]
    (added,) = (event for event in events if event["action"] == "add_todo")
    assert added["payload"]["summary"] == DELETED
    assert "redacted" not in added
    assert not any(secret in json.dumps(events) for secret in (SAID, SHOWN))


@pytest.mark.usefixtures("spoken")
async def test_the_websocket_tells_no_more_than_the_actions(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
    owner: MockUser,
    neighbour: MockUser,
) -> None:
    for user, said, words in (
        (hass_admin_user, True, SECRETS),
        (owner, False, (DELETED,)),
        (neighbour, False, ()),
    ):
        socket = await connected(hass, hass_ws_client, user)
        await socket.send_json_auto_id({"type": "mira/events", "event_type": ["accepted"]})
        log = json.dumps((await socket.receive_json())["result"])
        assert [secret for secret in SECRETS if secret in log] == list(words)
        await socket.send_json_auto_id({"type": "mira/subscribe"})
        assert (await socket.receive_json())["success"]
        state = (await socket.receive_json())["event"]["state"]
        assert state["utterance"]["length"] == len(SAID)
        assert (DELETED in json.dumps(state["undoable"])) is said
        assert state["message"]["text"] == SHOWN, "what stands on the mirror is for everybody"


async def test_what_is_written_now_is_sent_to_nobody_else(
    hass: HomeAssistant,
    sidecar_at_once: SidecarProcess,
    spoken: None,
    hass_ws_client: WebSocketGenerator,
    neighbour: MockUser,
) -> None:
    socket = await connected(hass, hass_ws_client, neighbour)
    await socket.send_json_auto_id({"type": "mira/subscribe"})
    await socket.send_json_auto_id({"type": "mira/events", "subscribe": True, "event_type": ["rejected"]})
    said = "the code is under the mat"
    await hass.async_add_executor_job(sidecar_at_once.bus.send, "update_todo", {"uid": "nobody", "summary": said})
    told: list[Any] = []
    while sum('"update_todo", "payload": {}' in json.dumps(one) for one in told[-8:]) < 2:
        told.append(await socket.receive_json(timeout=10))
    assert said not in json.dumps(told)


@pytest.mark.usefixtures("spoken")
async def test_an_explanation_keeps_the_words_from_others(
    hass: HomeAssistant, hass_admin_user: MockUser, owner: MockUser, neighbour: MockUser
) -> None:
    events = (await act(hass, None, "get_events", {"type": ["accepted"]}))["events"]
    ids = {event["action"]: event["command_id"] for event in events}
    which = {"command_id": ids["remove_todo"]}
    whole, own, other = [await act(hass, user, "explain", which) for user in (hass_admin_user, owner, neighbour)]
    assert DELETED in json.dumps(whole["changed"])
    assert "redacted" not in whole
    assert {"place": "todos", "before": whole["changed"][0]["before"]} in own["changed"]
    assert DELETED not in json.dumps(other)
    assert other["redacted"] is True
    assert {"place": "todos", "redacted": True} in other["changed"]
    said = await act(hass, owner, "explain", {"command_id": ids["utterance"]})
    assert ("redacted" in said, SAID in json.dumps(said)) == (False, False)
    switched = await act(hass, neighbour, "explain", {"command_id": ids["set_microphone"]})
    assert {"place": "microphone.on", "before": False, "after": True} in switched["changed"]


async def test_a_user_that_was_deleted_reads_no_words(hass: HomeAssistant, spoken: None) -> None:
    gone = MockUser(name="Gone")
    assert SHOWN not in json.dumps(await act(hass, gone, "get_events", {}))


def test_only_home_assistant_is_believed_whose_an_event_is() -> None:
    reader = Reader("me", reads_all=False)
    event = {"action": "add_todo", "payload": {"summary": DELETED}, "origin": {"user_id": "me"}}
    assert reader.event({**event, "sender": "home"})["payload"] == {"summary": DELETED}
    for sender in ("api", "voice", None):
        assert reader.event({**event, "sender": sender})["payload"] == {}
    assert Reader("me", reads_all=False).event({"action": "add_todo", "sender": "home", "payload": {"text": "x"}})[
        "redacted"
    ]


def test_what_nobody_expects_in_a_log_is_kept_back() -> None:
    reader = Reader("me", reads_all=False)
    patch = [
        {"op": "add", "path": "/todos/-", "value": DELETED},
        {"op": "replace", "path": "/camera/on", "value": True},
    ]
    told = reader.event({"payload": {"patch": [*patch, "garbage"], "name": {"a": SAID}, "pages": [1]}})
    assert told["payload"] == {"patch": [{"op": "add", "path": "/todos/-"}, patch[1], {}]}
    assert reader.event({"payload": None}) == {"payload": None}
    assert reader.state(None) is None
    of_tomorrow = {"parts": {"diary": {"text": SAID}}, "diary": SAID, "page": "home"}
    assert reader.state(of_tomorrow) == {"page": "home", "undoable": [], "parts": {}}
    assert Reader("me", reads_all=True).state(of_tomorrow) == of_tomorrow
    assert reader.explanation({"answer": {}, "changed": None}) == {"answer": {}, "changed": None}


def test_what_a_subject_tells_is_for_everybody_at_the_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Part.kinds, "bell", Part)
    state = {"page": "home", "parts": {"bell": {"rung": 2}, "diary": {"text": SAID}}}
    shown = Reader("me", reads_all=False).state(state)
    assert shown == {"page": "home", "undoable": [], "parts": {"bell": {"rung": 2}}}


def test_a_name_in_what_was_refused_may_be_anybodys_words() -> None:
    reader = Reader("me", reads_all=False)
    payload = {"page": SAID, "pages": [SAID], "confirmed": True}
    assert reader.event({"type": "accepted", "payload": payload})["payload"] == payload
    refused = reader.event({"type": "rejected", "payload": payload})
    assert refused == {"type": "rejected", "payload": {"confirmed": True}, "redacted": True}


async def test_the_text_of_a_devices_error_is_for_administrators(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    neighbour: MockUser,
) -> None:
    broken = {"kind": "camera", "capture": "failed", "error": "No route to rtsp://10.0.0.7", "code": "camera_failed"}
    written_mirror.presence(devices={"camera": broken})
    await set_up()
    views = []
    for user in (neighbour, None):
        socket = await (connected(hass, hass_ws_client, user) if user else hass_ws_client())
        await socket.send_json_auto_id({"type": "mira/subscribe"})
        assert (await socket.receive_json())["success"]
        views.append((await socket.receive_json())["event"])
    seen, whole = (view["devices"]["camera"] for view in views)
    assert "error" not in seen
    assert "10.0.0.7" not in json.dumps(views[0])
    assert (seen["code"], whole["code"], whole["error"]) == ("camera_failed", "camera_failed", broken["error"])


async def test_whoever_stops_being_an_administrator_reads_no_more_words_at_once(
    hass: HomeAssistant,
    sidecar_at_once: SidecarProcess,
    spoken: None,
    hass_ws_client: WebSocketGenerator,
    neighbour: MockUser,
) -> None:
    neighbour.is_owner = True
    socket = await connected(hass, hass_ws_client, neighbour)
    await socket.send_json_auto_id({"type": "mira/subscribe"})
    assert (await socket.receive_json())["success"]
    assert DELETED in json.dumps(await socket.receive_json())
    neighbour.is_owner = False
    neighbour.invalidate_cache()
    said = "the code is under the mat"
    await hass.async_add_executor_job(sidecar_at_once.bus.send, "update_todo", {"uid": "nobody", "summary": said})
    told: list[Any] = []
    while '"update_todo", "payload": {}' not in json.dumps(told):
        told.append(await socket.receive_json(timeout=10))
    assert said not in json.dumps(told)
