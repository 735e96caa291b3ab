"""The mirror's log over the websocket: pages of it, and what is new."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket, WebSocketGenerator

from custom_components.mira.client.event_log import EventPage
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

type Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def socket(hass: HomeAssistant, set_up: SetUp, hass_ws_client: WebSocketGenerator) -> MockHAClientWebSocket:
    await set_up()
    return await hass_ws_client(hass)


@pytest.fixture
def ask(socket: MockHAClientWebSocket) -> Ask:
    """Asks for events, and returns the answer."""

    async def ask(**filters: Any) -> dict[str, Any]:
        await socket.send_json_auto_id({"type": "mira/events", **filters})
        return dict(await socket.receive_json(timeout=10))

    return ask


def seqs(answer: dict[str, Any]) -> list[int]:
    return [event["seq"] for event in answer["events"]]


async def show_page(hass: HomeAssistant, page: str) -> None:
    """One accepted event and one patch; or, for an unknown page, one rejected event."""
    await hass.services.async_call(
        *("mira", "send_command", {"action": "show_page", "payload": {"page": page}}),
        blocking=True,
        return_response=True,
    )


async def test_pages_go_back_through_the_log(hass: HomeAssistant, sidecar: SidecarProcess, ask: Ask) -> None:
    for page in ("clock", "cellar", "todos"):
        await show_page(hass, page)

    newest = (await ask(limit=3))["result"]
    (patch, accepted, refused) = newest["events"]
    assert (patch["type"], accepted["action"], refused["reason"]) == ("state_patch", "show_page", "unknown_page")
    older = (await ask(limit=100, cursor=newest["cursor"]))["result"]
    assert older["cursor"] is None
    assert seqs(newest) + seqs(older) == list(range(patch["seq"], 0, -1))


async def test_new_events_follow_the_page_without_a_gap_or_a_repetition(
    hass: HomeAssistant, sidecar_at_once: SidecarProcess, ask: Ask, socket: MockHAClientWebSocket
) -> None:
    async def flip() -> None:
        for number in range(40):
            await show_page(hass, ("clock", "todos")[number % 2])

    flipping = asyncio.create_task(flip())
    await asyncio.sleep(0.05)
    answers = [await ask(limit=1000, subscribe=True)]
    await flipping
    (newest,) = (await hass.services.async_call(*("mira", "get_events", {"limit": 1}), True, return_response=True))[
        "events"
    ]

    told = seqs(answers[0]["result"])[::-1]
    while told[-1] < newest["seq"]:
        told += seqs((await socket.receive_json(timeout=10))["event"])
    assert told == list(range(told[0], newest["seq"] + 1))


async def test_what_happens_while_the_page_is_read_follows_it(
    hass: HomeAssistant,
    sidecar: SidecarProcess,
    ask: Ask,
    socket: MockHAClientWebSocket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (entry,) = hass.config_entries.async_loaded_entries("mira")
    log = entry.runtime_data.client.log
    read = log.page

    async def page(**arguments: Any) -> EventPage:
        await show_page(hass, "cellar")
        return await read(**arguments)

    await show_page(hass, "attic")
    monkeypatch.setattr(log, "page", page)
    answer = await ask(subscribe=True)
    (event,) = (await socket.receive_json(timeout=10))["event"]["events"]
    assert seqs(answer["result"])[0] == event["seq"] - 1
    assert event["payload"] == {"page": "cellar"}


async def test_page_and_new_events_are_those_that_were_asked_for(
    hass: HomeAssistant, sidecar: SidecarProcess, ask: Ask, socket: MockHAClientWebSocket
) -> None:
    await show_page(hass, "clock")
    await show_page(hass, "attic")
    answer = await ask(event_type="rejected", reason=["unknown_page"], subscribe=True)
    await show_page(hass, "todos")
    await show_page(hass, "cellar")

    assert [event["type"] for event in answer["result"]["events"]] == ["rejected"]
    (event,) = (await socket.receive_json(timeout=10))["event"]["events"]
    assert event["reason"] == "unknown_page"
    assert event["payload"] == {"page": "cellar"}


async def test_what_happened_in_an_outage_is_told_afterwards(
    redis_server: RedisServer, written_mirror: WrittenMirror, ask: Ask, socket: MockHAClientWebSocket
) -> None:
    written_mirror.event(1)
    assert (await ask(subscribe=True))["success"]
    redis_server.stop()
    redis_server.start()
    written_mirror.event(2)
    written_mirror.event(3)
    told: list[int] = []
    while told[-1:] != [3]:
        told += seqs((await socket.receive_json(timeout=20))["event"])
    assert told == [2, 3]


async def test_the_log_of_one_of_two_mirrors_is_told(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    bath: MockConfigEntry,
    ask: Ask,
    socket: MockHAClientWebSocket,
) -> None:
    bath.add_to_hass(hass)
    await hass.config_entries.async_setup(bath.entry_id)
    in_bath = (await ask(entry_id=bath.entry_id, subscribe=True))["id"]
    in_hall = (await ask(mirror="hall", subscribe=True))["id"]

    written_mirror.event(2)
    first = await socket.receive_json(timeout=10)
    for name in ("events", "head"):
        written_mirror.redis.copy(f"mira:{{hall}}:{name}", f"mira:{{bath}}:{name}", replace=True)
    second = await socket.receive_json(timeout=10)
    assert [(told["id"], seqs(told["event"])) for told in (first, second)] == [(in_hall, [2]), (in_bath, [2])]


async def test_a_mirror_that_shows_itself_later_is_followed_from_then_on(
    written_mirror: WrittenMirror,
    hass: HomeAssistant,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    state_becomes: StateBecomes,
) -> None:
    written_mirror.redis.flushall()
    await set_up()
    socket = await hass_ws_client(hass)
    await socket.send_json_auto_id({"type": "mira/events", "subscribe": True})
    assert (await socket.receive_json())["result"] == {"events": [], "cursor": None}
    written_mirror.state()
    written_mirror.presence()
    await state_becomes("binary_sensor.hall_mirror_connection", "on")
    written_mirror.event(2)
    assert seqs((await socket.receive_json(timeout=10))["event"]) == [2]


async def test_who_has_unsubscribed_is_told_nothing_more(
    hass: HomeAssistant, sidecar: SidecarProcess, ask: Ask, socket: MockHAClientWebSocket
) -> None:
    answer = await ask(subscribe=True)
    await socket.send_json_auto_id({"type": "unsubscribe_events", "subscription": answer["id"]})
    assert (await socket.receive_json())["success"]
    await show_page(hass, "clock")
    await socket.send_json_auto_id({"type": "ping"})
    assert (await socket.receive_json())["type"] == "pong"


async def test_a_log_that_cannot_be_read_is_an_error_with_its_reason(
    redis_server: RedisServer,
    written_mirror: WrittenMirror,
    ask: Ask,
    socket: MockHAClientWebSocket,
    state_becomes: StateBecomes,
) -> None:
    redis_server.stop()
    for subscribe in (False, True):
        error = (await ask(subscribe=subscribe))["error"]
        assert error["code"] == "cannot_connect"
        assert error["message"].startswith("The mirror cannot be reached")

    redis_server.start()
    written_mirror.event(2)
    await state_becomes("binary_sensor.hall_mirror_connection", "on")
    await socket.send_json_auto_id({"type": "ping"})
    assert (await socket.receive_json())["type"] == "pong"


@pytest.mark.parametrize("filters", [{"limit": 1001}, {"limit": 0}, {"event_type": "sneezed"}, {"cursor": 0}])
async def test_a_filter_that_is_none_is_refused(
    written_mirror: WrittenMirror, ask: Ask, filters: dict[str, Any]
) -> None:
    assert (await ask(**filters))["error"]["code"] == "invalid_format"


async def test_without_a_mirror_there_is_no_log(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> None:
    assert await async_setup_component(hass, "mira", {})
    socket = await hass_ws_client(hass)
    await socket.send_json_auto_id({"type": "mira/events"})
    assert (await socket.receive_json())["error"]["code"] == "not_found"
