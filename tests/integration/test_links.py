"""The way to Redis: it leads elsewhere, it dies in silence, and the clock at its end jumps."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.mira import client as client_module
from custom_components.mira.client import MiraClient
from custom_components.mira.coordinator import SIGNAL_DECISION
from custom_components.mira.errors import MiraError
from custom_components.mira.models.event import Event
from house.event_log import events
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from tests.attack.preloaded import Clock
from tests.failover import Failover, asked, two_servers, until
from tests.integration import documented_user
from tests.integration.acting import act, shown
from tests.integration.conftest import MakeClient, SetUp
from tests.integration.test_client import Follower, running
from tests.integration.written_mirror import WrittenMirror
from tests.network import Network

PAGE = "select.hall_mirror_page"
HOUR_S = 3_600


@pytest.fixture
def failover(redis_server: RedisServer, entry: MockConfigEntry, tmp_path: Path) -> Iterator[Failover]:
    """Two servers behind the address that the config entry has."""
    with two_servers(redis_server, tmp_path / "replica", documented_user.SETTINGS) as servers:
        object.__setattr__(entry, "data", {**entry.data, "port": servers.network.port})
        yield servers


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis is checked more often."""
    monkeypatch.setattr(client_module, "_CHECK_AGE", 0.5)


@pytest.mark.usefixtures("often")
async def test_after_a_failover_what_is_tapped_is_done_and_everybody_has_moved(
    hass: HomeAssistant, failover: Failover, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await hass.async_add_executor_job(sidecar.stop)
    sidecar.flags["redis_url"] = failover.url
    await hass.async_add_executor_job(sidecar.start)
    await set_up()
    await act(hass, "select.select_option", PAGE, option="clock")

    await hass.async_add_executor_job(failover.happen)
    await act(hass, "select.select_option", PAGE, option="todos")
    assert shown(hass, PAGE).state == "todos"
    await hass.async_add_executor_job(until, failover.all_have_moved)
    await act(hass, "select.select_option", PAGE, option="home")
    assert shown(hass, PAGE).state == "home"


@pytest.mark.usefixtures("often", "written_mirror")
async def test_a_primary_that_was_demoted_is_left_before_anybody_taps_and_nobody_sees_it(
    failover: Failover, make_client: MakeClient
) -> None:
    seen: list[MiraError | None] = []
    client = make_client(port=failover.network.port)
    following = asyncio.create_task(client.run(lambda view, _: seen.append(view.error)))
    try:
        await asyncio.to_thread(until, lambda: client.view.connected)
        failover.happen()
        await asyncio.to_thread(until, failover.all_have_moved)
        assert client.view.connected
        assert not any(seen)
    finally:
        following.cancel()
        await asyncio.wait([following])


@pytest.mark.usefixtures("often")
async def test_a_redis_that_begins_to_refuse_what_is_written_is_named_before_anybody_taps(
    redis_server: RedisServer, written_mirror: WrittenMirror, make_client: MakeClient
) -> None:
    async with running(make_client()) as follower:
        await follower.until("view.connected")
        written_mirror.redis.config_set("min-replicas-to-write", 1)
        await follower.until("view.error and view.error.code == 'cannot_write'")
        written_mirror.redis.config_set("min-replicas-to-write", 0)
        await follower.until("view.connected")


def todos_added(sidecar: SidecarProcess) -> list[str]:
    """The types of the events by which todos were added."""
    return [event["type"] for event in events(sidecar.database) if event["action"] == "add_todo"]


@asynccontextmanager
async def connected(client: MiraClient) -> AsyncIterator[Follower]:
    """Follow, with a connection for commands that has been used."""
    async with running(client) as follower:
        await follower.until("view.connected")
        await client.send("show_page", {"page": "clock"})
        yield follower


async def test_the_first_tap_after_the_link_died_in_silence_is_done(
    sidecar: SidecarProcess, redis_server: RedisServer, make_client: MakeClient
) -> None:
    with closing(Network(redis_server.port)) as link:
        client = make_client(port=link.port)
        async with connected(client):
            link.lose_connections()
            decision = await client.send("add_todo", {"summary": "Milk"})
            assert decision.accepted
    assert todos_added(sidecar) == ["accepted", "state_patch"]


async def test_a_tap_whose_confirmation_was_lost_on_the_way_is_repeated_and_done_once(
    sidecar: SidecarProcess, redis_server: RedisServer, make_client: MakeClient
) -> None:
    with closing(Network(redis_server.port)) as link, asked(redis_server) as owner:
        client = make_client(port=link.port)
        async with connected(client):
            sent = int(owner.xinfo_stream("mira:{hall}:commands:home")["entries-added"])
            link.lose_answers()
            decision = await client.send("add_todo", {"summary": "Milk"})
            assert decision.accepted
            assert int(owner.xinfo_stream("mira:{hall}:commands:home")["entries-added"]) == sent + 2
    assert todos_added(sidecar) == ["accepted", "state_patch"]


async def test_queries_and_the_log_are_answered_after_the_link_died_in_silence(
    sidecar: SidecarProcess, redis_server: RedisServer, make_client: MakeClient
) -> None:
    with closing(Network(redis_server.port)) as link:
        client = make_client(port=link.port)
        async with connected(client):
            link.lose_connections()
            assert (await client.queries.ask("explain", {}))["answer"]["action"] == "show_page"
            link.lose_connections()
            assert (await client.log.page()).events


async def test_a_silent_link_is_noticed_well_within_a_minute(
    make_client: MakeClient, redis_server: RedisServer
) -> None:
    client = make_client()
    pools = [client._commands.connection_pool, client._server.connections().connection_pool]
    for pool in pools:
        connection = await pool.get_connection()
        sock = connection._writer.get_extra_info("socket")
        idle, interval, count = (
            sock.getsockopt(socket.IPPROTO_TCP, option)
            for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
        )
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert idle + interval * count <= 30
        await pool.release(connection)
        await pool.aclose()


@pytest.fixture
def clock(entry: MockConfigEntry, tmp_path: Path, socket_enabled: None) -> Iterator[Clock]:
    """The clock of the Redis, and with it of the sidecar, that the config entry means."""
    clock = Clock(tmp_path)
    with RedisServer(tmp_path / "redis", settings=documented_user.SETTINGS, environment=clock.environment) as server:
        sidecar = SidecarProcess(server.url, tmp_path / "mira.db", name="Hall mirror")
        sidecar.start()
        object.__setattr__(entry, "data", {**entry.data, "port": server.port})
        yield clock
        sidecar.kill()


@pytest.mark.parametrize("seconds", [HOUR_S, -HOUR_S])
async def test_what_is_tapped_once_after_the_clock_jumped_is_done_once(
    hass: HomeAssistant, clock: Clock, tmp_path: Path, set_up: SetUp, seconds: int
) -> None:
    await set_up()
    decisions: list[Event] = []
    async_dispatcher_connect(hass, SIGNAL_DECISION, lambda _, event: decisions.append(event))
    await act(hass, "select.select_option", PAGE, option="clock")
    clock.put(seconds)
    await asyncio.sleep(1)  # so that the sidecar has seen it, and Home Assistant has not
    for page in ("todos", "home"):
        await act(hass, "select.select_option", PAGE, option=page)
        assert shown(hass, PAGE).state == page
    asked_for = [event for event in events(tmp_path / "mira.db") if event["action"] == "show_page"]
    assert [event["type"] for event in asked_for].count("accepted") == 3
    assert [event.get("reason") for event in asked_for].count("expired") == (1 if seconds > 0 else 0)
    assert "rejected" not in [event.type for event in decisions]  # no display and no automation hears of it
    assert shown(hass, "sensor.hall_mirror_last_refusal").state == "unknown"


async def test_what_was_really_too_late_is_refused_and_not_done_after_all(
    redis_server: RedisServer, sidecar: SidecarProcess, make_client: MakeClient
) -> None:
    client = make_client()
    async with connected(client):
        sidecar.pause()
        asking = asyncio.create_task(client.send("toggle_camera", {}, ttl_ms=300))
        await asyncio.sleep(1)
        sidecar.resume()
        decision = await asking
        assert (decision.outcome, decision.reason) == ("rejected", "expired")
    assert [event["action"] for event in events(sidecar.database)].count("toggle_camera") == 1
