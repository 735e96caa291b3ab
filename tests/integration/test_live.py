"""Hands and levels that are live reach the displays that want them, and only while they do."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket, WebSocketGenerator

from custom_components.mira.client.queries import Queries
from custom_components.mira.errors import NoReply
from tests.integration import documented_user
from tests.integration.conftest import SetUp
from tests.integration.written_mirror import WrittenMirror

CHANNEL = "mira:{hall}:live"
LIVE: dict[str, Any] = {
    "ts": "2026-11-20T12:00:00.000Z",
    "hands": [{"handedness": "right", "x": 0.6, "y": 0.5, "held_ms": 240, "hold_ms": 600}],
}

SPEECH = {"ts": "2026-11-20T12:00:00.000Z", "speech": "speech-0001", "level": 1}
AIR = {
    "type": "air",
    "at": "2026-11-20T12:00:00.000Z",
    "rooms": {"bath": {"temperature": 21.4, "humidity": 63.0, "age_s": 4}},
    "windows": {"bath": {"advice": 25, "confidence": 0.83, "mattered": ["humidity"]}},
}
LEVELS = {"ts": "2026-11-20T12:00:00.000Z", "levels": {"microphone": [-31.4, -62.0]}}


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has no right to listen, or was cut off, tries again at once."""
    monkeypatch.setattr("custom_components.mira.client.pubsub._UNTIL_ALLOWED", 0.1)
    monkeypatch.setattr("custom_components.mira.client.pubsub._LAST_DELAY", 0.01)


async def subscribed(socket: MockHAClientWebSocket, **more: Any) -> int:
    """Subscribe, and take the view that comes first."""
    await socket.send_json_auto_id({"type": "mira/subscribe", **more})
    answer = await socket.receive_json()
    assert answer["success"]
    assert (await socket.receive_json(timeout=10))["event"]["type"] == "view"
    return int(answer["id"])


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.02)
    pytest.fail("It did not come to hold within 10 s.")


async def heard_by(mirror: WrittenMirror, count: int) -> None:
    """Wait until so many connections listen to what is seen live."""
    await until(lambda: dict(mirror.redis.pubsub_numsub(CHANNEL)) == {CHANNEL: count})


async def next_live(socket: MockHAClientWebSocket) -> dict[str, Any]:
    """The next message about hands; views in between are skipped."""
    while (message := await socket.receive_json(timeout=10))["event"]["type"] != "live":
        pass
    return dict(message["event"]["live"])


async def test_a_display_that_wants_it_sees_hands_and_another_does_not(
    written_mirror: WrittenMirror, set_up: SetUp, hass_ws_client: WebSocketGenerator, hass: HomeAssistant
) -> None:
    await set_up()
    plain, ring = await hass_ws_client(hass), await hass_ws_client(hass)
    await subscribed(plain)
    await heard_by(written_mirror, 0)
    await subscribed(ring, live=True)
    await heard_by(written_mirror, 1)

    written_mirror.redis.publish(CHANNEL, json.dumps(LIVE))
    assert await next_live(ring) == LIVE
    await plain.send_json_auto_id({"type": "ping"})
    assert (await plain.receive_json())["type"] == "pong"


async def test_several_displays_cost_one_subscription_which_ends_with_the_last(
    written_mirror: WrittenMirror, set_up: SetUp, hass_ws_client: WebSocketGenerator, hass: HomeAssistant
) -> None:
    await set_up()
    one, other = await hass_ws_client(hass), await hass_ws_client(hass)
    subscription = await subscribed(one, live=True)
    await subscribed(other, live=True)
    await heard_by(written_mirror, 1)
    written_mirror.redis.publish(CHANNEL, json.dumps(LIVE))
    assert await next_live(one) == await next_live(other) == LIVE

    await one.send_json_auto_id({"type": "unsubscribe_events", "subscription": subscription})
    assert (await one.receive_json())["success"]
    await heard_by(written_mirror, 1)
    await other.close()
    await heard_by(written_mirror, 0)


async def test_hands_are_seen_again_after_a_reload_and_after_an_absence(
    written_mirror: WrittenMirror, set_up: SetUp, hass_ws_client: WebSocketGenerator, hass: HomeAssistant
) -> None:
    entry = await set_up()
    socket = await hass_ws_client(hass)
    await subscribed(socket, live=True)
    await heard_by(written_mirror, 1)
    await hass.config_entries.async_unload(entry.entry_id)
    await heard_by(written_mirror, 0)
    await hass.config_entries.async_setup(entry.entry_id)
    await heard_by(written_mirror, 1)

    written_mirror.redis.delete("mira:{hall}:presence")
    await heard_by(written_mirror, 0)
    written_mirror.presence()
    await heard_by(written_mirror, 1)
    written_mirror.redis.publish(CHANNEL, json.dumps(LIVE))
    assert await next_live(socket) == LIVE


async def test_a_connection_that_is_cut_is_made_again(
    written_mirror: WrittenMirror, set_up: SetUp, hass_ws_client: WebSocketGenerator, hass: HomeAssistant
) -> None:
    def listening() -> set[str]:
        return {each["id"] for each in written_mirror.redis.client_list(_type="pubsub")}

    await set_up()
    await until(lambda: len(listening()) == 3)  # for answers, for what is said, and for what programs ask
    others = listening()
    socket = await hass_ws_client(hass)
    await subscribed(socket, live=True)
    await heard_by(written_mirror, 1)
    (cut,) = listening() - others
    written_mirror.redis.client_kill_filter(_id=cut)
    await until(lambda: len(listening() - others - {cut}) == 1)
    await heard_by(written_mirror, 1)
    written_mirror.redis.publish(CHANNEL, json.dumps(LIVE))
    assert await next_live(socket) == LIVE


@pytest.mark.parametrize("text", ["nothing", "[]", '{"hands": 5}', '{"hands": [5]}', "{}"])
async def test_what_is_no_sight_is_left_out(
    written_mirror: WrittenMirror, set_up: SetUp, hass_ws_client: WebSocketGenerator, hass: HomeAssistant, text: str
) -> None:
    await set_up()
    socket = await hass_ws_client(hass)
    await subscribed(socket, live=True)
    await heard_by(written_mirror, 1)
    written_mirror.redis.publish(CHANNEL, text)
    written_mirror.redis.publish(CHANNEL, json.dumps(LIVE))
    assert await next_live(socket) == LIVE


async def test_a_redis_user_of_an_older_version_is_told_once_and_sees_the_rest(
    written_mirror: WrittenMirror,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
) -> None:
    written_mirror.redis.execute_command("ACL", "SETUSER", documented_user.NAME, "resetchannels", "-subscribe")
    await set_up()
    socket = await hass_ws_client(hass)
    await subscribed(socket, live=True)
    await until(lambda: "docs/installation.md" in caplog.text)
    await asyncio.sleep(0.7)  # it has tried again
    assert caplog.text.count("Hands are not shown") == caplog.text.count("Answers to many commands at once") == 1
    written_mirror.presence(devices={})
    assert (await socket.receive_json(timeout=10))["event"]["devices"] == {}


async def test_who_looks_at_levels_has_them_measured_and_gets_them_alone(
    written_mirror: WrittenMirror,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[object] = []

    async def ask(self: Queries, kind: str, payload: object) -> object:
        asked.append((kind, payload))
        return {"levels": {}, "near_misses": 0}

    monkeypatch.setattr(Queries, "ask", ask)
    entry = await set_up()
    hands, meter = await hass_ws_client(hass), await hass_ws_client(hass)
    await subscribed(hands, live=True)
    await meter.send_json_auto_id({"type": "mira/levels"})
    answer = await meter.receive_json()
    assert answer["success"]
    await until(lambda: asked == [("voice", {"levels": True})])

    await heard_by(written_mirror, 1)
    written_mirror.redis.publish(CHANNEL, json.dumps({"levels": ["loud"]}))
    written_mirror.redis.publish(CHANNEL, json.dumps(LEVELS))
    written_mirror.redis.publish(CHANNEL, json.dumps(LIVE))
    assert await next_live(meter) == LEVELS
    assert await next_live(hands) == LIVE

    entry.runtime_data.async_publish()  # it has changed, and is followed already
    await hass.config_entries.async_reload(entry.entry_id)
    await heard_by(written_mirror, 1)
    await until(lambda: len(asked) == 2)
    written_mirror.redis.publish(CHANNEL, json.dumps(LEVELS))
    assert await next_live(meter) == LEVELS

    await meter.send_json_auto_id({"type": "unsubscribe_events", "subscription": answer["id"]})
    assert (await meter.receive_json())["success"]
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=30))
    await hass.async_block_till_done(wait_background_tasks=False)
    assert len(asked) == 2
    await meter.send_json_auto_id({"type": "mira/levels", "mirror": "attic"})
    assert not (await meter.receive_json())["success"]


@pytest.mark.parametrize("known", [True, False])
async def test_who_shows_the_air_gets_it_at_once_where_it_is_known_and_whenever_it_changes(
    written_mirror: WrittenMirror,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    *,
    known: bool,
) -> None:
    async def ask(self: Queries, kind: str, payload: object) -> object:
        await asyncio.sleep(0.01)
        if not known:
            raise NoReply("There was no reply.")
        return AIR

    monkeypatch.setattr(Queries, "ask", ask)
    entry = await set_up()
    socket = await hass_ws_client(hass)
    await socket.send_json_auto_id({"type": "mira/air"})
    answer = await socket.receive_json()
    assert answer["success"]
    for _ in range(2):
        if known:
            assert await next_live(socket) == AIR
        await heard_by(written_mirror, 1)
        for live in ({"rooms": "stuffy"}, LIVE, {**AIR, "rooms": {}}):
            written_mirror.redis.publish(CHANNEL, json.dumps(live))
        assert await next_live(socket) == {**AIR, "rooms": {}}
        await hass.config_entries.async_reload(entry.entry_id)
    await socket.send_json_auto_id({"type": "unsubscribe_events", "subscription": answer["id"]})
    while (await socket.receive_json())["type"] != "result":
        pass  # the air after the last reload
    await heard_by(written_mirror, 0)


async def test_who_shows_a_mouth_hears_how_loud_the_mirror_speaks_and_nothing_else(
    written_mirror: WrittenMirror, set_up: SetUp, hass_ws_client: WebSocketGenerator, hass: HomeAssistant
) -> None:
    entry = await set_up()
    socket = await hass_ws_client(hass)
    await socket.send_json_auto_id({"type": "mira/speech"})
    answer = await socket.receive_json()
    assert answer["success"]
    for _ in range(2):
        await heard_by(written_mirror, 1)
        for live in ({"speech": "speech-0001", "level": "loud"}, LEVELS, LIVE, SPEECH):
            written_mirror.redis.publish(CHANNEL, json.dumps(live))
        assert await next_live(socket) == SPEECH
        await hass.config_entries.async_reload(entry.entry_id)
    await socket.send_json_auto_id({"type": "unsubscribe_events", "subscription": answer["id"]})
    assert (await socket.receive_json())["success"]
    await heard_by(written_mirror, 0)
