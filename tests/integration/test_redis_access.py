"""How Home Assistant gets at Redis: as a user with few rights, and by TLS."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from redis.exceptions import NoPermissionError, RedisError

from house.redis import RedisServer, free_port
from house.sidecar import SidecarProcess
from mira_sidecar.protocol import CARRIES
from tests.integration import documented_user
from tests.integration.acting import act, shown
from tests.integration.certificate import Certificates
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

MIRROR = "mira:{hall}"
PAGE = "select.hall_mirror_page"


type As = Callable[[str], redis.Redis]


@pytest.fixture
def connected_as(redis_server: RedisServer) -> Iterator[As]:
    """Opens a connection of a documented user."""
    with ExitStack() as stack:

        def connected_as(name: str) -> redis.Redis:
            user = documented_user.USERS[name]
            connection = redis.Redis.from_url(redis_server.url, username=user.name, password=user.password)
            return stack.enter_context(connection)

        yield connected_as


async def test_a_right_that_is_taken_away_makes_the_mirror_unavailable_until_it_is_back(
    written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    written_mirror.redis.execute_command("ACL", "SETUSER", documented_user.NAME, "-xread")
    await state_becomes(PAGE, "unavailable")
    written_mirror.redis.execute_command("ACL", "SETUSER", documented_user.NAME, "+xread")
    await state_becomes(PAGE, "home")


NOTHING_FOREIGN = [
    f"GET {MIRROR}:lease",
    f"SET {MIRROR}:lease x",
    f"SET {MIRROR}:presence x",
    f"SET {MIRROR}:head x",
    f"SET {MIRROR}:state x",
    f"DEL {MIRROR}:events",
    f"XADD {MIRROR}:events * event x",
    f"XADD {MIRROR}:dead * entry x",
    f"XADD {MIRROR}:commands * command x",
    f"XREAD STREAMS {MIRROR}:queries 0",
    f"PUBLISH {MIRROR}:answers x",
    f"PUBLISH {MIRROR}:live x",
    f"PUBLISH {MIRROR}:replies x",
    f"PUBLISH {MIRROR}:said x",
    f"SUBSCRIBE {MIRROR}:private",
    *(f"XREAD STREAMS {MIRROR}:commands:{sender} 0" for sender in CARRIES),
    *(f"XRANGE {MIRROR}:commands:{sender} - +" for sender in CARRIES),
    *(f"BLPOP {MIRROR}:commands:{sender} 1" for sender in CARRIES),
]
"""What none but the sidecar may do."""
NOTHING_ELSEWHERE = [
    "MGET mira:{bath}:head mira:{bath}:state",
    "XADD mira:{bath}:commands:home * command x",
    "XADD mira:{bath}:events * event x",
    "PUBLISH mira:{bath}:private x",
    "SUBSCRIBE mira:{bath}:answers",
    "SUBSCRIBE mira:{bath}:replies",
    "SUBSCRIBE mira:{bath}:said",
]
"""What nobody may do to another mirror."""
NO_ADMINISTRATION = [
    *(
        "CONFIG GET requirepass",
        "CONFIG SET maxmemory 1",
        "ACL LIST",
        "ACL WHOAMI",
        "KEYS *",
        "FLUSHALL",
        "CLIENT LIST",
    ),
    *("SHUTDOWN NOSAVE", "MONITOR", "REPLICAOF NO ONE"),
]
"""What only the owner of the server may do."""
OWN_STREAM = {"home-assistant": "home", "mira-gestures": "gesture", "mira-voice": "voice", "mira-api": "api"}
SPEAKS = f"PUBLISH {MIRROR}:private x"
HEARS_WORDS = f"SUBSCRIBE {MIRROR}:said"


def allowed(user: redis.Redis, commands: list[str]) -> list[str]:
    """Those of the commands that the user may give, whatever comes of them."""
    found = []
    for command in commands:
        try:
            user.execute_command(*command.split())
        except NoPermissionError:
            continue
        except RedisError:
            pass
        found.append(command)
    return found


@pytest.mark.parametrize("name", documented_user.USERS)
def test_no_documented_user_gets_at_another_mirror_or_at_the_server(connected_as: As, name: str) -> None:
    assert allowed(connected_as(name), [*NOTHING_ELSEWHERE, *NO_ADMINISTRATION]) == []


def test_the_sidecar_sees_whether_anybody_listens(connected_as: As) -> None:
    assert allowed(connected_as("mira-sidecar"), asked := [f"PUBSUB NUMSUB {MIRROR}:audio"]) == asked


@pytest.mark.parametrize("name", OWN_STREAM)
def test_nobody_but_the_sidecar_may_say_what_was_decided(connected_as: As, name: str) -> None:
    assert allowed(connected_as(name), [*NOTHING_FOREIGN, "EVAL return 0"]) == []


@pytest.mark.parametrize(("name", "sender"), OWN_STREAM.items())
def test_each_may_send_as_itself_and_as_nobody_else(connected_as: As, name: str, sender: str) -> None:
    sends = {one: f"XADD {MIRROR}:commands:{one} MAXLEN ~ 10000 * command x" for one in CARRIES}
    assert allowed(connected_as(name), list(sends.values())) == [sends[sender]]


READS = [
    f"MGET {MIRROR}:presence {MIRROR}:head {MIRROR}:state",
    f"XREAD STREAMS {MIRROR}:events 0",
    f"XREVRANGE {MIRROR}:events + -",
    f"XADD {MIRROR}:queries * query x",
    f"SUBSCRIBE {MIRROR}:live {MIRROR}:answers {MIRROR}:replies",
]
"""What whoever follows the mirror needs."""


@pytest.mark.parametrize(("name", "may"), [("home-assistant", READS), ("mira-api", READS), ("mira-gestures", [])])
def test_home_assistant_and_the_api_follow_the_mirror_and_a_worker_elsewhere_does_not(
    connected_as: As, name: str, may: list[str]
) -> None:
    assert allowed(connected_as(name), READS) == may


def test_words_are_sent_by_those_who_have_some_and_what_was_said_is_heard_by_home_assistant_alone(
    connected_as: As,
) -> None:
    may = {name: allowed(connected_as(name), [SPEAKS, HEARS_WORDS]) for name in OWN_STREAM}
    assert may == {
        "home-assistant": [SPEAKS, HEARS_WORDS],
        "mira-gestures": [],
        "mira-voice": [SPEAKS],
        "mira-api": [SPEAKS],
    }


async def test_a_sidecar_with_the_documented_user_serves_and_nothing_is_denied(
    hass: HomeAssistant, redis_server: RedisServer, tmp_path: Path, set_up: SetUp
) -> None:
    user = documented_user.USERS["mira-sidecar"]
    url = f"redis://{user.name}:{quote(user.password)}@127.0.0.1:{redis_server.port}/0"
    sidecar = SidecarProcess(url, tmp_path / "mira.db", name="Hall mirror")
    try:
        await hass.async_add_executor_job(sidecar.launch)
        await set_up()
        with redis.Redis.from_url(redis_server.url, decode_responses=True) as owner:
            for _ in range(500):
                if owner.exists(f"{MIRROR}:presence") and owner.exists(f"{MIRROR}:state"):
                    break
                await asyncio.sleep(0.02)
            await asyncio.sleep(1)
            await act(hass, "select.select_option", PAGE, option="clock")
            assert shown(hass, PAGE).state == "clock"
            await hass.async_add_executor_job(sidecar.stop)
            assert owner.acl_log() == []
    finally:
        sidecar.kill()


async def test_the_documented_user_can_do_all_that_home_assistant_does(
    hass: HomeAssistant, redis_server: RedisServer, sidecar: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    entry = await set_up()
    assert entry.data["username"] == documented_user.NAME
    await act(hass, "select.select_option", PAGE, option="clock")
    assert shown(hass, PAGE).state == "clock"
    assert (await entry.runtime_data.client.log.page()).events
    assert (await entry.runtime_data.client.queries.ask("explain", {}))["answer"]["action"] == "show_page"
    assert await entry.runtime_data.client.round_trip() < 5
    found = await entry.runtime_data.client.check_redis()
    assert (found.keeps_data, found.eviction, found.is_open) == (True, "", False)
    with redis.Redis.from_url(redis_server.url, decode_responses=True) as owner:
        assert owner.acl_log() == []  # nothing was tried in vain

    redis_server.stop()
    await state_becomes(PAGE, "unavailable")
    redis_server.start()
    await state_becomes(PAGE, "clock")


@pytest.fixture
def certificates(request: pytest.FixtureRequest, tmp_path: Path) -> Certificates:
    """A certificate for 127.0.0.1, unless told otherwise."""
    return Certificates(tmp_path, getattr(request, "param", "127.0.0.1"))


@pytest.fixture
def tls_port(redis_server: RedisServer, certificates: Certificates) -> int:
    """Where Redis speaks TLS, and nothing else."""
    port = free_port()
    redis_server.stop()
    redis_server.settings = [
        *redis_server.settings,
        *("--tls-port", str(port), "--tls-auth-clients", "no"),
        *("--tls-cert-file", certificates.server, "--tls-key-file", certificates.key),
        *("--tls-ca-cert-file", certificates.authority),
    ]
    redis_server.start()
    return port


@pytest.fixture
def trusted(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    """Home Assistant trusts the authority, as with REQUESTS_CA_BUNDLE in its environment."""
    context = ssl.create_default_context(cafile=str(certificates.authority))
    monkeypatch.setattr("custom_components.mira.config_flow.client_context", lambda: context)


@pytest.fixture
def tls_entry(entry: MockConfigEntry, tls_port: int) -> dict[str, object]:
    """The entry's data, by TLS."""
    data = {**entry.data, "port": tls_port, "ssl": True}
    object.__setattr__(entry, "data", data)
    return data


@pytest.mark.usefixtures("tls_entry", "trusted")
async def test_a_mirror_is_followed_by_tls(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    entry = await set_up()
    assert entry.state is ConfigEntryState.LOADED
    written_mirror.state(page="clock", rev=2, seq=2)
    written_mirror.event(2, type="state_patch", payload={"patch": []})
    await state_becomes(PAGE, "clock")


@pytest.mark.usefixtures("tls_entry")
async def test_a_certificate_that_is_not_trusted_is_not_talked_to(
    written_mirror: WrittenMirror, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    entry = await set_up()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert "certificate verify failed" in caplog.text.casefold()


@pytest.mark.parametrize("certificates", ["127.0.0.2"], indirect=True)
@pytest.mark.usefixtures("tls_entry", "trusted")
async def test_a_certificate_of_another_address_is_not_talked_to(
    written_mirror: WrittenMirror, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    entry = await set_up()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert "certificate is not valid for '127.0.0.1'" in caplog.text
