"""How Home Assistant gets at Redis: as a user with few rights, and by TLS."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from redis.exceptions import NoPermissionError

from house.redis import RedisServer, free_port
from house.sidecar import SidecarProcess
from tests.integration import documented_user
from tests.integration.acting import act, shown
from tests.integration.certificate import Certificates
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

MIRROR = "mira:{hall}"
PAGE = "select.hall_mirror_page"


@pytest.fixture
def documented(redis_server: RedisServer) -> Iterator[redis.Redis]:
    """A connection of the documented user."""
    with redis.Redis.from_url(
        redis_server.url, username=documented_user.NAME, password=documented_user.PASSWORD
    ) as connection:
        yield connection


@pytest.mark.parametrize(
    "command",
    [
        f"GET {MIRROR}:presence",
        f"SET {MIRROR}:state x",
        f"DEL {MIRROR}:events",
        f"XADD {MIRROR}:events * event x",
        f"XADD {MIRROR}:commands:dead * entry x",
        "XADD mira:{bath}:commands * command x",
        f"XREAD STREAMS {MIRROR}:commands 0",
        f"XRANGE {MIRROR}:commands - +",
        f"MGET {MIRROR}:presence {MIRROR}:lease",
        "MGET mira:{bath}:state",
        f"XREAD STREAMS {MIRROR}:queries 0",
        f"GET {MIRROR}:replies:query-01",
        "BLPOP mira:{bath}:replies:query-01 1",
        f"BLPOP {MIRROR}:commands 1",
        f"PUBLISH {MIRROR}:answers x",
        f"SUBSCRIBE {MIRROR}:answers",
        *(
            "CONFIG GET requirepass",
            "ACL LIST",
            "KEYS *",
            "FLUSHALL",
            "EVAL return 0",
            "CLIENT LIST",
            "SHUTDOWN NOSAVE",
        ),
    ],
)
def test_the_documented_user_may_do_nothing_else(documented: redis.Redis, command: str) -> None:
    with pytest.raises(NoPermissionError):
        documented.execute_command(*command.split())


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
    written_mirror.state(page="clock")
    written_mirror.event(2, type="state_patch", payload={"patch": []})
    await state_becomes(PAGE, "clock")


@pytest.mark.usefixtures("tls_entry")
async def test_a_certificate_that_is_not_trusted_is_not_talked_to(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert "certificate verify failed" in (entry.reason or "").casefold()


@pytest.mark.parametrize("certificates", ["127.0.0.2"], indirect=True)
@pytest.mark.usefixtures("tls_entry", "trusted")
async def test_a_certificate_of_another_address_is_not_talked_to(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert "certificate is not valid for '127.0.0.1'" in (entry.reason or "")
