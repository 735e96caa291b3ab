"""What a display is told of a change: the difference, and nothing in it that its user would not be shown whole."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket, WebSocketGenerator

from custom_components.mira import todo
from custom_components.mira.models import json_patch
from house.sidecar import SidecarProcess
from tests.integration.conftest import SetUp
from tests.integration.written_mirror import STATE, WrittenMirror
from tests.planted import OTHER_PIN, PIN

SAID, DELETED = "call the clinic tomorrow", "present for Anna"
LARGEST = 2_000
"""Bytes that a page that turns may cost each display."""


class DisplayOf:
    """A display of a user, as lovelace/src/mirror.ts follows a mirror."""

    def __init__(self, socket: MockHAClientWebSocket) -> None:
        self.socket = socket
        self.view: dict[str, Any] = {}
        self.told: list[str] = []

    async def follow(self) -> None:
        """Subscribe, and take the first view."""
        await self.socket.send_json_auto_id({"type": "mira/subscribe", "patches": True})
        assert (await self.socket.receive_json())["success"]
        await self.take()

    async def take(self) -> dict[str, Any]:
        """The next message, applied."""
        message = await self.socket.receive(timeout=10)
        self.told.append(str(message.data))
        event: dict[str, Any] = json.loads(message.data)["event"]
        if event["type"] == "view":
            assert not self.view, "the whole view comes once"
            self.view = event
        elif event["type"] == "patch":
            assert event["from"] == self.view["number"]
            self.view = json_patch.apply(self.view, event["patch"]) | {"now": event["now"]}
        return event

    async def until(self, fits: Callable[[dict[str, Any]], bool]) -> None:
        """Take messages until the view is this."""
        while not fits(self.view):
            await self.take()


type Open = Callable[[User], Awaitable[DisplayOf]]
type Two = Callable[[], Awaitable[list[DisplayOf]]]
type Turned = Callable[[int], Awaitable[list[DisplayOf]]]


@pytest.fixture
def open_display(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Open:
    """Opens a display of a user."""

    async def open_display(user: User) -> DisplayOf:
        refresh = await hass.auth.async_create_refresh_token(user, "https://example.com/app")
        display = DisplayOf(await hass_ws_client(hass, hass.auth.async_create_access_token(refresh)))
        await display.follow()
        return display

    return open_display


@pytest.fixture
def kiosk(hass: HomeAssistant) -> MockUser:
    """The user of a display, who is no administrator."""
    return MockUser(name="Kiosk").add_to_hass(hass)


@pytest.fixture
async def two(open_display: Open, hass_admin_user: MockUser, kiosk: MockUser) -> Two:
    """Opens the displays of an administrator and of the kiosk."""

    async def two() -> list[DisplayOf]:
        return [await open_display(user) for user in (hass_admin_user, kiosk)]

    return two


def shown(display: DisplayOf) -> dict[str, Any]:
    """What is on it, but for when and as which view it came."""
    return {name: value for name, value in display.view.items() if name not in ("now", "number")}


async def test_two_displays_of_two_users_are_told_what_each_may_see(
    hass: HomeAssistant,
    sidecar_at_once: SidecarProcess,
    set_up: SetUp,
    two: Two,
) -> None:
    await set_up()
    displays = await two()
    bus = sidecar_at_once.bus

    def live() -> None:
        bus.send("set_microphone", {"on": True})
        bus.send("utterance", {"length": len(SAID)}, words={"text": SAID}, source="voice", confidence=0.9)
        bus.send("add_todo", {"summary": DELETED, "uid": "gift"})
        bus.send("add_todo", {"summary": "Milk", "uid": "milk"})
        bus.send("move_todo", {"uid": "milk", "previous_uid": None})
        bus.send("show_message", {"text": "dinner is ready"})
        bus.send("set_pin", {"pin": PIN})
        bus.send("unlock", {"pin": OTHER_PIN}, source="touch")
        bus.send("show_page", {"page": "clock"})

    await hass.async_add_executor_job(live)
    for display in displays:
        await display.until(lambda view: view["state"]["page"] == "clock")
    for display, fresh in zip(displays, await two(), strict=True):
        assert shown(display) == shown(fresh)
    admin, other = displays
    assert [item["uid"] for item in other.view["state"]["todos"]] == ["milk", "gift"]
    assert other.view["state"]["access"]["wrong_tries"] == 1, "what stands on the mirror is for everybody"

    begun = len(other.told)
    await hass.async_add_executor_job(lambda: bus.send("remove_todo", {"uid": "gift"}))
    for display in displays:
        await display.until(lambda view: len(view["state"]["todos"]) == 1)
    assert DELETED in json.dumps(admin.view["state"]["undoable"])
    assert SAID not in "".join(admin.told + other.told)
    assert DELETED not in "".join(other.told[begun:]), "what was deleted is told no more"
    assert other.view["state"]["utterance"]["length"] == len(SAID)
    assert {json.dumps(entry["payload"]) for entry in other.view["state"]["undoable"]} == {"{}"}
    for secret in (PIN, OTHER_PIN):
        assert secret not in "".join(admin.told + other.told)


async def test_whoever_stops_being_an_administrator_loses_what_was_deleted_with_the_next_change(
    hass: HomeAssistant, sidecar_at_once: SidecarProcess, set_up: SetUp, open_display: Open, kiosk: MockUser
) -> None:
    await set_up()
    bus = sidecar_at_once.bus
    await hass.async_add_executor_job(bus.send, "add_todo", {"summary": DELETED, "uid": "gift"})
    await hass.async_add_executor_job(bus.send, "remove_todo", {"uid": "gift"})
    kiosk.is_owner = True
    display = await open_display(kiosk)
    await display.until(lambda view: DELETED in json.dumps(view["state"]["undoable"]))
    kiosk.is_owner = False
    kiosk.invalidate_cache()
    await hass.async_add_executor_job(bus.send, "show_page", {"page": "clock"})
    await display.until(lambda view: view["state"]["page"] == "clock")
    assert DELETED not in json.dumps(display.view["state"])


async def test_a_reload_and_a_mirror_that_goes_and_comes_back_are_told_as_differences(
    hass: HomeAssistant,
    sidecar_at_once: SidecarProcess,
    set_up: SetUp,
    two: Two,
) -> None:
    entry = await set_up()
    displays = await two()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    await hass.async_add_executor_job(sidecar_at_once.stop)
    for display in displays:
        await display.until(lambda view: bool(view["problem"]) and view["problem"]["code"] == "not_loaded")
        await display.until(lambda view: bool(view["problem"]) and view["problem"]["code"] == "no_mirror")
    await hass.async_add_executor_job(sidecar_at_once.start)
    await hass.async_add_executor_job(sidecar_at_once.bus.send, "show_page", {"page": "clock"})
    for display in displays:
        await display.until(lambda view: view["connected"] and view["state"]["page"] == "clock")
    for display, fresh in zip(displays, await two(), strict=True):
        assert shown(display) == shown(fresh)


async def test_a_log_that_was_restored_or_erased_is_shown_as_it_is_now(
    written_mirror: WrittenMirror, set_up: SetUp, two: Two
) -> None:
    todos = [{"uid": f"{number}", "summary": f"Todo {number}"} for number in range(30)]
    written_mirror.state(rev=9, seq=30, page="clock", todos=todos)
    await set_up()
    displays = await two()
    for restored in (
        {"rev": 4, "seq": 12, "todos": todos[:20]},
        {"rev": 0, "seq": 0},
        {"rev": 9, "seq": 30, "page": "clock", "todos": todos},
    ):
        written_mirror.state(**restored)
        written_mirror.presence(started_at=f"2026-11-20T12:00:{restored['rev']:02}.500Z")
        wanted = {**STATE, **{name: value for name, value in restored.items() if name in STATE}}
        for display in displays:
            await display.until(lambda view, rev=restored["rev"]: view["rev"] == rev)  # type: ignore[misc]
            assert (display.view["state"]["page"], display.view["state"]["todos"]) == (wanted["page"], wanted["todos"])
    for display, fresh in zip(displays, await two(), strict=True):
        assert shown(display) == shown(fresh)


@pytest.fixture
async def turned(written_mirror: WrittenMirror, set_up: SetUp, two: Two) -> Turned:
    """Turns a page with so many to-dos, at two displays."""

    async def turned(count: int) -> list[DisplayOf]:
        todos = [{"uid": f"uid-{number}", "summary": f"Something to buy {number}"} for number in range(count)]
        written_mirror.state(todos=todos)
        await set_up()
        displays = await two()
        entry = {"command_id": "turn", "source": "touch", "touches": ["page"], "action": "show_page", "payload": {}}
        written_mirror.event(2, action="show_page", payload={"page": "clock"})
        patch = [
            {"op": "replace", "path": "/page", "value": "clock"},
            {"op": "add", "path": "/undoable", "value": [entry]},
        ]
        written_mirror.event(3, type="state_patch", rev=2, payload={"patch": patch})
        for display in displays:
            display.told.clear()
            await display.until(lambda view: view["state"]["page"] == "clock")
        return displays

    return turned


async def test_a_page_that_turns_costs_a_display_no_more_for_a_thousand_todos(
    turned: Turned,
) -> None:
    displays = await turned(1_000)
    assert all(len("".join(display.told)) <= LARGEST for display in displays)
    assert all(len(display.view["state"]["todos"]) == 1_000 for display in displays)


async def test_a_page_that_turns_does_not_have_the_todos_compared(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    turned: Turned,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[str] = []
    before = todo.MiraTodoList._async_write_ha_state

    def write(entity: todo.MiraTodoList) -> None:
        written.append(str(entity.mirror and entity.mirror.page))
        before(entity)

    monkeypatch.setattr(todo.MiraTodoList, "_async_write_ha_state", write)
    displays = await turned(3)
    so_far = len(written)
    written_mirror.event(4, action="show_page", payload={"page": "home"})
    written_mirror.event(
        5, type="state_patch", rev=3, payload={"patch": [{"op": "replace", "path": "/page", "value": "home"}]}
    )
    for display in displays:
        await display.until(lambda view: view["state"]["page"] == "home")
    assert len(written) == so_far
    state = hass.states.get("todo.hall_mirror_to_dos")
    assert state
    assert state.state == "3"
