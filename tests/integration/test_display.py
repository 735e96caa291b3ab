"""What the display gets: its panel, its bundle, and the mirror's view over the websocket."""

import gzip
import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL, DATA_PANELS
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from house.sidecar import SidecarProcess
from tests.integration.conftest import SetUp
from tests.integration.written_mirror import STATE, WrittenMirror
from tests.planted import OTHER_PIN, PIN

type Subscribe = Callable[..., Awaitable[tuple[MockHAClientWebSocket, dict[str, Any]]]]


@pytest.fixture
def subscribe(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Subscribe:
    """Opens a websocket, subscribes, and returns it with the answer."""

    async def subscribe(**more: Any) -> tuple[MockHAClientWebSocket, dict[str, Any]]:
        socket = await hass_ws_client(hass)
        await socket.send_json_auto_id({"type": "mira/subscribe", **more})
        return socket, await socket.receive_json()

    return subscribe


async def next_event(socket: MockHAClientWebSocket) -> dict[str, Any]:
    message = await socket.receive_json(timeout=10)
    assert message["type"] == "event"
    return dict(message["event"])


async def next_view(socket: MockHAClientWebSocket, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The next view that fits; what comes before is skipped."""
    for _ in range(50):
        event = await next_event(socket)
        if event["type"] == "view" and condition(event):
            return event
    pytest.fail("No such view came.")


async def test_a_subscriber_gets_the_view_first(
    written_mirror: WrittenMirror, set_up: SetUp, subscribe: Subscribe, bundle: Path
) -> None:
    entry = await set_up()
    socket, answer = await subscribe()

    assert answer["success"]
    view = await next_event(socket)
    assert abs(datetime.fromisoformat(view.pop("now")) - datetime.now(UTC)) < timedelta(seconds=10)
    assert view.pop("number") > 0
    assert view == {
        "type": "view",
        "mirror": {"entry_id": entry.entry_id, "unique_id": entry.unique_id, "id": "hall", "name": "Hall mirror"},
        "connected": True,
        "problem": None,
        "state": STATE,
        "devices": {
            "camera": {
                "kind": "camera",
                "capture": "open",
                "error": None,
                "entity": None,
                "picture": None,
                "filming": False,
                "code": None,
            },
            "microphone": {
                "kind": "microphone",
                "capture": "closed",
                "error": None,
                "entity": None,
                "picture": None,
                "filming": False,
                "code": None,
            },
        },
        "rev": 1,
        "seq": 1,
        "display": {},
        "frontend": hashlib.sha256(bundle.read_bytes()).hexdigest()[:12],
    }


async def test_a_decision_comes_after_its_effect(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, subscribe: Subscribe
) -> None:
    entry = await set_up()
    socket, _ = await subscribe(entry_id=entry.entry_id)
    await next_event(socket)
    await hass.services.async_call(
        *("mira", "send_command"),
        {"action": "show_page", "payload": {"page": "clock"}},
        blocking=True,
    )

    view = await next_view(socket, lambda view: view["state"]["page"] == "clock")
    assert (view["rev"], view["seq"]) == (1, 2)
    decision = await next_event(socket)
    assert decision["type"] == "event"
    assert (decision["event"]["type"], decision["event"]["action"]) == ("accepted", "show_page")


async def test_a_refusal_comes_with_its_reason(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, subscribe: Subscribe
) -> None:
    await set_up()
    socket, _ = await subscribe()
    await hass.services.async_call(
        *("mira", "send_command"),
        {"action": "show_page", "payload": {"page": "cellar"}},
        blocking=True,
        return_response=True,
    )
    while (event := await next_event(socket))["type"] == "view":
        pass
    assert event["event"]["reason"] == "unknown_page"


async def test_a_display_shows_one_of_two_mirrors(
    hass: HomeAssistant, written_mirror: WrittenMirror, bath: MockConfigEntry, set_up: SetUp, subscribe: Subscribe
) -> None:
    hall = await set_up()
    bath.add_to_hass(hass)
    await hass.config_entries.async_setup(bath.entry_id)
    socket, _ = await subscribe(entry_id=bath.entry_id)
    assert (await next_event(socket))["mirror"]["id"] == "bath"

    written_mirror.state(page="clock", rev=2, seq=3)
    written_mirror.event(2, action="show_page", payload={"page": "clock"})
    written_mirror.event(3, type="state_patch", payload={"patch": []})
    other, _ = await subscribe(entry_id=hall.entry_id)
    await next_view(other, lambda view: view["state"]["page"] == "clock")
    await hass.config_entries.async_unload(bath.entry_id)
    view = await next_event(socket)  # nothing of the hall came before
    assert (view["mirror"]["id"], view["connected"]) == ("bath", False)


async def test_two_displays_of_a_mirror_show_the_same(
    written_mirror: WrittenMirror, set_up: SetUp, subscribe: Subscribe
) -> None:
    await set_up()
    sockets = [(await subscribe())[0] for _ in range(2)]
    written_mirror.presence(devices={})
    one, other = [await next_view(socket, lambda view: view["devices"] == {}) for socket in sockets]
    assert {**one, "now": None} == {**other, "now": None}


async def test_a_display_that_comes_later_is_told_the_mirrors_time_of_now(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, subscribe: Subscribe
) -> None:
    entry = await set_up()
    mirror = entry.runtime_data.client

    async def told() -> datetime:
        socket, _ = await subscribe()
        return datetime.fromisoformat((await next_event(socket))["now"])

    first, now = await told(), mirror.now
    mirror.now = lambda: now() + timedelta(minutes=4)  # and nothing else has changed
    assert timedelta(minutes=4) <= await told() - first < timedelta(minutes=5)


async def test_a_mirror_that_is_away_keeps_its_last_state_on_the_display(
    written_mirror: WrittenMirror, set_up: SetUp, subscribe: Subscribe
) -> None:
    await set_up()
    socket, _ = await subscribe()
    written_mirror.redis.delete("mira:{hall}:presence")

    view = await next_view(socket, lambda view: not view["connected"])
    assert view["problem"]["code"] == "no_mirror"
    assert view["state"] == STATE


async def test_a_redis_that_accepts_nothing_is_named_on_the_display_and_not_the_sidecar(
    written_mirror: WrittenMirror, set_up: SetUp, subscribe: Subscribe
) -> None:
    await set_up()
    socket, _ = await subscribe()
    written_mirror.redis.pexpire("mira:{hall}:presence", 1_000)
    written_mirror.redis.config_set("min-replicas-to-write", "1")

    view = await next_view(socket, lambda view: not view["connected"])
    assert view["problem"]["code"] == "redis_no_replicas"
    assert view["state"] == STATE
    written_mirror.redis.config_set("min-replicas-to-write", "0")
    written_mirror.presence()
    assert (await next_view(socket, lambda view: view["connected"]))["problem"] is None


async def test_a_problem_of_the_sidecar_reaches_the_display(
    written_mirror: WrittenMirror, set_up: SetUp, subscribe: Subscribe
) -> None:
    await set_up()
    socket, _ = await subscribe()
    problem = {"code": "disk_full", "message": "The disk is full."}
    written_mirror.presence(problem=problem)
    view = await next_view(socket, lambda view: bool(view["problem"]))
    assert (view["connected"], view["problem"]) == (True, problem)


async def test_a_reload_does_not_lose_the_display(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, subscribe: Subscribe
) -> None:
    entry = await set_up()
    socket, _ = await subscribe()
    await next_event(socket)
    await hass.config_entries.async_reload(entry.entry_id)

    view = await next_view(socket, lambda view: not view["connected"])
    assert view["problem"]["code"] == "not_loaded"
    assert view["state"] == STATE
    await next_view(socket, lambda view: view["connected"])
    written_mirror.presence(devices={})
    await next_view(socket, lambda view: view["devices"] == {})


async def test_a_mirror_that_was_removed_is_followed_again_when_it_is_added_again(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, subscribe: Subscribe
) -> None:
    entry = await set_up()
    socket, _ = await subscribe()
    await hass.config_entries.async_remove(entry.entry_id)
    flow = await hass.config_entries.flow.async_init("mira", context={"source": "user"})
    typed = {name: value for name, value in entry.data.items() if name != "name"}  # that is the mirror's own
    await hass.config_entries.flow.async_configure(flow["flow_id"], typed)
    await hass.async_block_till_done()

    (new,) = hass.config_entries.async_loaded_entries("mira")
    view = await next_view(socket, lambda view: view["mirror"]["entry_id"] == new.entry_id)
    assert view["connected"]
    await hass.config_entries.async_unload(new.entry_id)


@pytest.mark.parametrize("more", [{}, {"entry_id": "unknown"}])
async def test_without_a_mirror_the_display_is_told_to_wait(
    hass: HomeAssistant, subscribe: Subscribe, more: dict[str, str]
) -> None:
    assert await async_setup_component(hass, "mira", {})
    _, answer = await subscribe(**more)
    assert answer["error"]["code"] == "not_found"


async def test_a_pin_unlocks_and_is_kept_nowhere(
    hass: HomeAssistant,
    sidecar: SidecarProcess,
    set_up: SetUp,
    subscribe: Subscribe,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up()
    await hass.async_add_executor_job(lambda: sidecar.bus.send("set_pin", {"pin": PIN}))
    socket, _ = await subscribe()
    await next_view(socket, lambda view: view["state"]["access"]["pin_set"])
    calls = async_capture_events(hass, EVENT_CALL_SERVICE)

    await socket.send_json_auto_id({"type": "mira/unlock", "entry_id": entry.entry_id, "pin": PIN})
    await next_view(socket, lambda view: view["state"]["access"]["unlocked_until"] is not None)
    while (result := await socket.receive_json(timeout=10))["type"] != "result":
        pass
    assert result["result"]["outcome"] == "accepted"
    assert calls == []  # the recorder would keep their data
    written = [record for record in caplog.records if PIN in record.getMessage()]
    assert {record.name for record in written} <= {"homeassistant.components.websocket_api.http.connection"}
    assert {record.levelname for record in written} <= {"DEBUG"}


async def test_a_wrong_pin_is_refused_with_the_reason(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, hass_ws_client: WebSocketGenerator
) -> None:
    await set_up()
    await hass.async_add_executor_job(lambda: sidecar.bus.send("set_pin", {"pin": PIN}))
    socket = await hass_ws_client(hass)
    await socket.send_json_auto_id({"type": "mira/unlock", "pin": 1357})
    answer = await socket.receive_json(timeout=10)
    assert (answer["result"]["outcome"], answer["result"]["reason"]) == ("rejected", "wrong_pin")
    await socket.send_json_auto_id({"type": "mira/unlock", "entry_id": "attic", "pin": "1357"})
    assert (await socket.receive_json(timeout=10))["error"]["code"] == "not_found"


async def test_a_pin_is_set_changed_and_removed_on_the_settings_page_and_is_kept_nowhere(
    hass: HomeAssistant,
    sidecar: SidecarProcess,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up()
    calls = async_capture_events(hass, EVENT_CALL_SERVICE)
    socket = await hass_ws_client(hass)

    async def set_pin(**pins: Any) -> Any:
        await socket.send_json_auto_id({"type": "mira/set_pin", "entry_id": entry.entry_id, **pins})
        return (await socket.receive_json(timeout=10))["result"]

    assert (await set_pin(pin=PIN))["payload"] == {"pin": "set"}
    assert (await set_pin(pin=OTHER_PIN, current=OTHER_PIN))["reason"] == "wrong_pin"
    assert (await set_pin(pin=int(OTHER_PIN), current=PIN))["outcome"] == "accepted"
    assert (await set_pin(current=OTHER_PIN))["payload"] == {"pin": "cleared"}
    assert (await set_pin(pin=[PIN]))["reason"] == "bad_payload"
    assert calls == []
    written = [record for record in caplog.records if PIN in record.getMessage() or OTHER_PIN in record.getMessage()]
    assert {record.name for record in written} <= {"homeassistant.components.websocket_api.http.connection"}
    assert {record.levelname for record in written} <= {"DEBUG"}
    events = (await entry.runtime_data.client.log.page(types=["accepted"], actions=["set_pin"])).events
    assert {event.source for event in events} == {"automation"}


async def test_only_administrators_set_a_pin(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    await set_up()
    socket = await hass_ws_client(hass, hass_read_only_access_token)
    await socket.send_json_auto_id({"type": "mira/set_pin", "pin": PIN})
    assert (await socket.receive_json())["error"]["code"] == "unauthorized"


async def test_an_unsubscribed_display_gets_nothing_more(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, subscribe: Subscribe
) -> None:
    entry = await set_up()
    socket, answer = await subscribe()
    await next_event(socket)
    await socket.send_json_auto_id({"type": "unsubscribe_events", "subscription": answer["id"]})
    assert (await socket.receive_json())["success"]

    await hass.config_entries.async_reload(entry.entry_id)
    await socket.send_json_auto_id({"type": "ping"})
    assert (await socket.receive_json())["type"] == "pong"


async def test_the_panel_loads_the_bundle_by_its_content(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    bundle: Path,
) -> None:
    await set_up()
    panel = hass.data[DATA_PANELS]["mira"].to_response()
    module = panel["config"]["_panel_custom"]

    assert (panel["title"], panel["icon"], panel["require_admin"]) == ("Mira", "mdi:mirror", False)
    assert (module["name"], module["embed_iframe"], module["trust_external"]) == ("mira-panel", False, False)
    address, _, version = module["module_url"].partition("?v=")
    assert address == "/mira_static/mira.js"
    assert len(version) == 12

    response = await (await hass_client()).get(module["module_url"])
    assert await response.text() == bundle.read_text()
    assert "max-age" in response.headers["Cache-Control"]


async def test_every_page_gets_the_names_of_the_cards_while_there_is_a_mirror(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    written_mirror: WrittenMirror,
    bath: MockConfigEntry,
    set_up: SetUp,
) -> None:
    assert await async_setup_component(hass, "mira", {})
    modules = hass.data[DATA_EXTRA_MODULE_URL]
    assert not modules.urls
    hall = await set_up()
    bath.add_to_hass(hass)
    assert await hass.config_entries.async_setup(bath.entry_id)
    (module,) = modules.urls
    assert module.startswith("/mira_static/dashboard.js?v=")
    response = await (await hass_client()).get(module)
    assert await response.text() == "export { };"

    await hass.config_entries.async_remove(hall.entry_id)
    assert modules.urls == {module}
    await hass.config_entries.async_remove(bath.entry_id)
    assert not modules.urls


async def test_the_panel_goes_with_the_last_mirror_and_comes_with_the_next_one(
    hass: HomeAssistant, written_mirror: WrittenMirror, bath: MockConfigEntry, set_up: SetUp
) -> None:
    hall = await set_up()
    bath.add_to_hass(hass)
    assert await hass.config_entries.async_setup(bath.entry_id)
    await hass.config_entries.async_remove(bath.entry_id)
    assert "mira" in hass.data[DATA_PANELS]
    await hass.config_entries.async_remove(hall.entry_id)
    assert "mira" not in hass.data[DATA_PANELS]

    await set_up()
    assert "mira" in hass.data[DATA_PANELS]


async def test_a_part_of_the_display_is_served_packed_and_kept_by_the_browser(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, bundle: Path
) -> None:
    script = b"export const question = 1;"
    (bundle.parent / "question-1A2B3C4D.js").write_bytes(script)
    (bundle.parent / "question-1A2B3C4D.js.gz").write_bytes(gzip.compress(script))
    assert await async_setup_component(hass, "mira", {})

    response = await (await hass_client()).get("/mira_static/question-1A2B3C4D.js")
    assert await response.read() == script
    assert response.headers["Content-Encoding"] == "gzip"
    assert "max-age" in response.headers["Cache-Control"]


async def test_a_missing_bundle_is_said_once_and_the_rest_works(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    bundle: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    bundle.unlink()
    entry = await set_up()

    errors = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 1
    assert "scripts/setup" in errors[0]
    assert "mira" not in hass.data[DATA_PANELS]
    assert not hass.data[DATA_EXTRA_MODULE_URL].urls
    assert hass.states.is_state("switch.hall_mirror_camera", "on")
    await hass.config_entries.async_remove(entry.entry_id)


async def test_home_assistant_signs_the_pictures_that_a_message_names(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, hass_client_no_auth: ClientSessionGenerator, tmp_path: Path
) -> None:
    """As lovelace/src/model/picture.ts asks for them."""
    picture = tmp_path / "media" / "door.jpg"
    picture.parent.mkdir()
    picture.write_bytes(b"a picture")
    hass.config.media_dirs = {"local": str(picture.parent)}
    for component in ("auth", "media_source"):
        assert await async_setup_component(hass, component, {})
    socket = await hass_ws_client(hass)
    resolve = {"type": "media_source/resolve_media", "media_content_id": "media-source://media_source/local/door.jpg"}
    browser = await hass_client_no_auth()
    for ask, name in ((resolve, "url"), ({"type": "auth/sign_path", "path": "/media/local/door.jpg"}, "path")):
        await socket.send_json_auto_id(ask)
        answer = await socket.receive_json(timeout=10)
        assert answer["success"]
        found = await browser.get(answer["result"][name])
        assert await found.read() == b"a picture"
    assert (await browser.get("/media/local/door.jpg")).status == 401
