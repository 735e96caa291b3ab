"""Every way in which the sidecar or Redis can be missing, at each moment of set-up and life.

There is one line at info when it goes, and one when it is back.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from house.redis import RedisServer
from tests.integration import documented_user
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

CONNECTION = "binary_sensor.hall_mirror_connection"
PRESENCE, HEAD, STATE = (f"mira:{{hall}}:{name}" for name in ("presence", "head", "state"))

GONE, BACK = "INFO Hall mirror is not available", "INFO Hall mirror is available again"

type Step = Callable[[WrittenMirror, RedisServer], object]


@dataclass(frozen=True)
class Absence:
    """Something that goes, and comes back."""

    goes: Step
    comes: Step
    found_at_set_up: ConfigEntryState = ConfigEntryState.LOADED


def user(*rules: str) -> Step:
    """Change what Redis allows Home Assistant, and end its connections."""

    def change(mirror: WrittenMirror, server: RedisServer) -> None:
        mirror.redis.execute_command("ACL", "SETUSER", documented_user.NAME, *rules)
        mirror.redis.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    return change


def both(mirror: WrittenMirror, server: RedisServer) -> None:
    """The sidecar is there again."""
    mirror.presence()
    mirror.state()


RETRY, REFUSED = ConfigEntryState.SETUP_RETRY, ConfigEntryState.SETUP_ERROR
ABSENCES = {
    "redis stopped": Absence(lambda m, s: s.stop(), lambda m, s: s.start(), RETRY),
    # What was just written may not have reached the append-only file.
    "redis killed": Absence(lambda m, s: s.kill(), lambda m, s: (s.start(), both(m, s)), RETRY),
    "redis hangs": Absence(lambda m, s: s.pause(), lambda m, s: s.resume(), RETRY),
    "password changed": Absence(user("resetpass", ">another"), user(*documented_user.RULES), REFUSED),
    "rights withdrawn": Absence(user("resetkeys"), user(*documented_user.RULES), REFUSED),
    "user disabled": Absence(user("off"), user("on"), REFUSED),
    "redis emptied": Absence(lambda m, s: m.redis.flushall(), both),
    "sidecar away": Absence(lambda m, s: m.redis.delete(PRESENCE), both),
    "head is gone": Absence(lambda m, s: m.redis.delete(HEAD), both),
    "head is garbage": Absence(lambda m, s: m.redis.set(HEAD, "{"), both),
    "sidecar started anew, and has no state yet": Absence(
        lambda m, s: (m.redis.delete(STATE), m.presence(started_at="2026-11-20T13:00:00.000Z")), both
    ),
    "state is garbage": Absence(
        lambda m, s: (m.redis.set(STATE, "{"), m.presence(started_at="2026-11-20T13:00:00.000Z")), both
    ),
    "presence is garbage": Absence(lambda m, s: m.redis.set(PRESENCE, "{"), both),
    "another protocol": Absence(lambda m, s: m.presence(protocol=3), both),
    "presence of another kind": Absence(
        lambda m, s: (m.redis.delete(PRESENCE), m.redis.lpush(PRESENCE, "x")),
        lambda m, s: (m.redis.delete(PRESENCE), both(m, s)),
    ),
}


class Here:
    """A mirror that can be missing in one of these ways."""

    def __init__(self, absence: Absence, mirror: WrittenMirror, server: RedisServer) -> None:
        self.absence = absence
        self._arguments = mirror, server

    def goes(self) -> None:
        self.absence.goes(*self._arguments)

    def comes(self) -> None:
        self.absence.comes(*self._arguments)


@pytest.fixture(params=ABSENCES.values(), ids=ABSENCES)
def here(request: pytest.FixtureRequest, written_mirror: WrittenMirror, redis_server: RedisServer) -> Here:
    """One of them after the other."""
    return Here(request.param, written_mirror, redis_server)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits longer than it takes."""
    monkeypatch.setattr("custom_components.mira.client.connection._TIMEOUT", 1.0)
    monkeypatch.setattr("custom_components.mira.client._FIRST_DELAY", 0.1)
    monkeypatch.setattr("custom_components.mira.client._LAST_DELAY", 0.2)


type Lines = Callable[..., list[str]]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Lines:
    """The starts of the log lines, from info on, that Mira or another logger wrote; not those of Assist's sentences."""
    caplog.set_level(logging.INFO, "custom_components.mira")

    def lines(name: str = "custom_components.mira") -> list[str]:
        return [
            f"{record.levelname} {record.getMessage()}".partition(":")[0]
            for record in caplog.records
            if record.name.startswith(name) and record.levelno >= logging.INFO
            if record.name != "custom_components.mira.assist"
        ]

    return lines


async def test_missing_when_it_is_set_up(
    hass: HomeAssistant,
    here: Here,
    set_up: SetUp,
    state_becomes: StateBecomes,
    lines: Lines,
) -> None:
    here.goes()
    entry = await set_up()
    assert entry.state is here.absence.found_at_set_up

    here.comes()
    if here.absence.found_at_set_up is ConfigEntryState.LOADED:
        await state_becomes(CONNECTION, "on")
        assert lines() == [GONE, BACK]
    else:  # Home Assistant has warned, and tries again or has asked for another password
        assert len(lines("homeassistant.config_entries")) == 1
        await hass.config_entries.async_reload(entry.entry_id)
        await state_becomes(CONNECTION, "on")
        assert lines() == []


async def test_missing_while_it_is_set_up(
    hass: HomeAssistant,
    here: Here,
    set_up: SetUp,
    state_becomes: StateBecomes,
    lines: Lines,
) -> None:
    set_up_platforms = hass.config_entries.async_forward_entry_setups

    async def goes_meanwhile(*arguments: object) -> None:
        here.goes()
        await set_up_platforms(*arguments)  # type: ignore[arg-type]

    with patch.object(hass.config_entries, "async_forward_entry_setups", goes_meanwhile):
        entry = await set_up()
    assert entry.state is ConfigEntryState.LOADED
    await state_becomes(CONNECTION, "off")
    here.comes()
    await state_becomes(CONNECTION, "on")
    assert lines() == [GONE, BACK]


async def test_missing_in_its_life(
    hass: HomeAssistant,
    here: Here,
    set_up: SetUp,
    state_becomes: StateBecomes,
    lines: Lines,
) -> None:
    await set_up()
    for _ in range(2):
        here.goes()
        await state_becomes(CONNECTION, "off")
        here.comes()
        await state_becomes(CONNECTION, "on")
    assert lines() == [GONE, BACK] * 2


async def test_missing_when_it_is_unloaded(
    hass: HomeAssistant,
    here: Here,
    set_up: SetUp,
    lines: Lines,
) -> None:
    entry = await set_up()
    here.goes()
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert lines() in ([], [GONE])
    here.comes()
