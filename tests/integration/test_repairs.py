"""What is wrong and can be put right is shown as long as it is so, and no longer."""

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError

from custom_components.mira import issues
from custom_components.mira.client.redis_checks import eviction, is_open, keeps_data
from custom_components.mira.coordinator import translated
from house.redis import RedisServer, free_port
from tests.integration import documented_user
from tests.integration.acting import act
from tests.integration.conftest import SetUp
from tests.integration.repairing import Repair, becomes, found
from tests.integration.written_mirror import PRESENCE, WrittenMirror

OF_PROTOCOL_1 = json.loads((Path(__file__).parents[1] / "recorded" / "protocol_1" / "presence.json").read_text())
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks so often that nobody has to wait."""
    monkeypatch.setattr(issues, "_EVERY", 0.05)
    monkeypatch.setattr("custom_components.mira.client._CHECK_AGE", 0.05)


@pytest.fixture
def may_read_settings(written_mirror: WrittenMirror) -> None:
    """The documented user has the right that an owner may add."""
    written_mirror.redis.execute_command("ACL", "SETUSER", documented_user.NAME, "+config|get")


def redis_clock(monkeypatch: pytest.MonkeyPatch, ahead: float) -> None:
    """Redis' clock goes fast by so many seconds."""

    async def its_time(self: Redis) -> tuple[int, int]:
        await self.ping()
        seconds, rest = divmod(time.time() + ahead, 1)
        return int(seconds), round(rest * 1_000_000)

    monkeypatch.setattr(Redis, "time", its_time)


async def test_a_healthy_mirror_has_no_issues(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    await set_up()
    await asyncio.sleep(0.3)
    assert not ir.async_get(hass).issues


@pytest.mark.parametrize(
    ("presence", "text"),
    [(OF_PROTOCOL_1, "update_sidecar"), ({**PRESENCE, "protocol": 3}, "update_integration")],
    ids=["older", "newer"],
)
async def test_another_protocol_says_which_side_to_update_until_they_fit(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, presence: dict[str, Any], text: str
) -> None:
    protocol = presence["protocol"]
    written_mirror.redis.set("mira:{hall}:presence", json.dumps(presence))
    entry = await set_up()
    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.is_state("select.hall_mirror_page", "unavailable")
    issue = await becomes(hass, entry, "wrong_protocol", text)
    assert issue
    assert issue.severity is ir.IssueSeverity.ERROR
    assert issue.translation_placeholders == {"mirror": "Hall mirror", "theirs": str(protocol), "ours": "2"}
    assert translated(entry.runtime_data.data.error)["translation_placeholders"] == {
        "theirs": str(protocol),
        "ours": "2",
    }
    with pytest.raises(HomeAssistantError, match="Update the older one"):
        await entry.runtime_data.async_send("show_page", {"page": "clock"})
    assert written_mirror.redis.keys("mira:{hall}:commands*") == []

    written_mirror.redis.delete("mira:{hall}:presence")  # the new one is about to start
    await asyncio.sleep(0.6)
    assert found(hass, entry, "wrong_protocol")
    written_mirror.presence()
    await becomes(hass, entry, "wrong_protocol", None)
    assert hass.states.is_state("select.hall_mirror_page", "home")


async def test_a_protocol_that_changes_while_the_mirror_is_followed_is_told(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    written_mirror.presence(protocol=3)
    await becomes(hass, entry, "wrong_protocol", "update_integration")
    written_mirror.presence()
    await becomes(hass, entry, "wrong_protocol", None)


@pytest.mark.parametrize(
    "report",
    [
        ("standby", "standby", {"standby": True}),
        ("disk_nearly_full", "disk_nearly_full", {"disk_free_mb": 190}),
        ("problem", "disk_full", {"problem": {"code": "disk_full", "message": "The disk is full."}}),
        ("problem", "database_read_only", {"problem": {"code": "database_read_only", "message": "Read-only."}}),
        ("problem", "problem", {"problem": {"code": "of_tomorrow", "message": "Something new."}}),
        ("degraded_of_tomorrow", "degraded", {"degraded": [{"code": "of_tomorrow", "message": "Something new."}]}),
        *(
            (f"degraded_{code}", code, {"degraded": [{"code": code, "message": "It is so."}]})
            for code in (
                *("announcement_failed", "api_keys", "api_not_listening", "cloned_log", "extra_missing"),
                *(
                    "forged_events",
                    "personal_data",
                    "samples_missing",
                    "stream_reset",
                    "takes_missing",
                    "unknown_subject",
                    "voice_no_home_assistant",
                    "wake_models",
                    "window_model",
                    "worker_failing",
                ),
            )
        ),
    ],
)
@pytest.mark.parametrize("from_the_start", [True, False])
async def test_what_the_sidecar_reports_is_told_as_long_as_it_does(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    report: tuple[str, str, dict[str, Any]],
    from_the_start: bool,
) -> None:
    key, text, presence = report
    if from_the_start:
        written_mirror.presence(**presence)
    entry = await set_up()
    written_mirror.presence(**presence)
    issue = await becomes(hass, entry, key, text)
    assert issue
    reports = [presence["problem"]] if "problem" in presence else presence.get("degraded", [])
    message = reports[0]["message"] if reports else None
    assert (issue.translation_placeholders or {}).get("message") == message

    written_mirror.presence()
    await becomes(hass, entry, key, None)


async def test_what_fails_in_several_parts_is_one_issue_that_names_them_all(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    part = "The part “{}” keeps failing."
    failing = [{"code": "worker_failing", "message": part.format(name)} for name in ("gesture", "live")]
    announcement = {"code": "announcement_failed", "message": "The network is down."}
    written_mirror.presence(degraded=[failing[0], announcement, failing[1]])
    issue = await becomes(hass, entry, "degraded_worker_failing", "worker_failing")
    assert issue
    message = "The part “gesture” keeps failing. The part “live” keeps failing."
    assert issue.translation_placeholders == {"mirror": "Hall mirror", "message": message}
    assert found(hass, entry, "degraded_announcement_failed")

    written_mirror.presence(degraded=[failing[1]])
    await becomes(hass, entry, "degraded_announcement_failed", None)
    issue = found(hass, entry, "degraded_worker_failing")
    assert issue
    assert issue.translation_placeholders == {"mirror": "Hall mirror", "message": "The part “live” keeps failing."}


async def test_clocks_that_are_apart_are_told_until_they_agree(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis_clock(monkeypatch, ahead=-3)
    entry = await set_up()
    issue = await becomes(hass, entry, "clock", "clock")
    assert issue
    assert 2.5 < float((issue.translation_placeholders or {})["seconds"]) <= 3  # less the way to Redis

    redis_clock(monkeypatch, ahead=1.5)
    await becomes(hass, entry, "clock", None)


@pytest.mark.usefixtures("may_read_settings")
async def test_a_redis_that_keeps_nothing_is_told_until_it_does(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    for settings, text in (
        ({"appendonly": "no"}, "no_persistence"),
        ({"save": "3600 1"}, None),
        ({"save": ""}, "no_persistence"),
        ({"appendonly": "yes"}, None),
    ):
        for name, value in settings.items():
            written_mirror.redis.config_set(name, value)
        await becomes(hass, entry, "no_persistence", text)


async def test_a_redis_that_throws_keys_away_when_it_is_full_is_told_until_it_does_not(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    for name, value, policy in (
        ("maxmemory", "100mb", None),
        ("maxmemory-policy", "volatile-ttl", "volatile-ttl"),
        ("maxmemory", "0", None),  # it is never full
        ("maxmemory-policy", "allkeys-lru", None),
        ("maxmemory", "100mb", "allkeys-lru"),
        ("maxmemory-policy", "noeviction", None),
    ):
        written_mirror.redis.config_set(name, value)
        issue = await becomes(hass, entry, "eviction", "eviction" if policy else None)
        assert issue is None or issue.translation_placeholders == {"mirror": "Hall mirror", "policy": policy}


async def test_a_redis_that_lets_everybody_in_is_told_until_it_does_not(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    nowhere = "127.0.0.1 -203.0.113.1"  # an address that no machine has: nobody gets in while this is tested
    for settings, text in (
        ({"protected-mode": "no"}, None),  # at its own machine alone
        ({"bind": nowhere}, "no_password"),
        ({"protected-mode": "yes"}, None),
        ({"protected-mode": "no"}, "no_password"),
        ({"requirepass": "secret"}, None),
    ):
        for name, value in settings.items():
            written_mirror.redis.config_set(name, value)
        await becomes(hass, entry, "no_password", text)
        await asyncio.sleep(0.1)
        await becomes(hass, entry, "no_password", text)


def fail_to_save(redis: Redis, folder: Path) -> None:
    """A snapshot cannot be put where it belongs."""
    (folder / "dump.rdb").mkdir()
    redis.config_set("save", "3600 1")
    redis.bgsave()
    while redis.info("persistence")["rdb_bgsave_in_progress"]:
        time.sleep(0.02)


BREAK: dict[str, Callable[[Redis, Path], object]] = {
    "out_of_memory": lambda redis, _: redis.config_set("maxmemory", "1"),
    "disk_fails": fail_to_save,
    "no_replicas": lambda redis, _: redis.config_set("min-replicas-to-write", "1"),
    "read_only": lambda redis, _: redis.replicaof("127.0.0.1", str(free_port())),
}
MEND: dict[str, Callable[[Redis], object]] = {
    "out_of_memory": lambda redis: redis.config_set("maxmemory", "0"),
    "disk_fails": lambda redis: redis.config_set("save", ""),
    "no_replicas": lambda redis: redis.config_set("min-replicas-to-write", "0"),
    "read_only": lambda redis: redis.execute_command("REPLICAOF", "NO", "ONE"),
}


@pytest.mark.parametrize("cause", BREAK)
async def test_a_redis_that_accepts_nothing_is_named_as_such_and_not_as_a_mirror_that_is_away(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, redis_server: RedisServer, cause: str
) -> None:
    entry = await set_up()
    written_mirror.redis.pexpire("mira:{hall}:presence", 1_000)
    BREAK[cause](written_mirror.redis, redis_server.directory)
    with pytest.raises(HomeAssistantError, match="accepts no commands") as error:
        await act(hass, "switch.turn_off", "switch.hall_mirror_camera")
    assert error.value.translation_key == f"cannot_write_{cause}"

    # Its sidecar cannot say any more that it is there; it may well be.
    issue = await becomes(hass, entry, "cannot_write", f"redis_{cause}")
    assert issue
    assert issue.severity is ir.IssueSeverity.ERROR
    with pytest.raises(HomeAssistantError, match="accepts no commands"):
        await hass.services.async_call("mira", "undo", {}, blocking=True)
    assert not written_mirror.redis.exists("mira:{hall}:queries")  # it only looked whether it could

    MEND[cause](written_mirror.redis)
    await becomes(hass, entry, "cannot_write", None)  # also where the sidecar is still away


async def test_a_user_who_may_not_look_whether_redis_accepts_data_is_told_that_the_mirror_is_away(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    rules = ["resetkeys", "~mira:{hall}:presence", "~mira:{hall}:head", "~mira:{hall}:state", "~mira:{hall}:events"]
    written_mirror.redis.execute_command("ACL", "SETUSER", documented_user.NAME, *rules)
    written_mirror.redis.delete("mira:{hall}:presence")
    entry = await set_up()
    assert entry.runtime_data.data.error.code == "no_mirror"


class LittleRights:
    """A Redis that tells what it does, and not its settings."""

    def __init__(self, **found: object) -> None:
        self.found = found

    async def info(self, section: str) -> dict[str, object]:
        if not self.found:
            raise NoPermissionError("this user has no permissions to run the 'info' command")
        return self.found

    async def config_get(self, name: str) -> dict[str, str]:
        raise NoPermissionError("this user has no permissions to run the 'config|get' command")


class Stranger:
    """Somebody without a password who was let in, at this address of the server."""

    def __init__(self, address: str, **settings: str) -> None:
        self.address = address
        self.settings = settings

    async def client_info(self) -> dict[str, str]:
        return {"laddr": self.address}

    async def config_get(self, *names: str) -> dict[str, str]:
        if not self.settings:
            raise NoPermissionError("this user has no permissions to run the 'config|get' command")
        return self.settings


@pytest.mark.parametrize(
    ("redis", "keeps"),
    [
        (LittleRights(), None),
        (LittleRights(aof_enabled=1), True),
        (LittleRights(aof_enabled=0, rdb_changes_since_last_save=7, rdb_last_save_time=NOW.timestamp() - 7300), False),
        (LittleRights(aof_enabled=0, rdb_changes_since_last_save=7, rdb_last_save_time=NOW.timestamp() - 60), None),
        (LittleRights(aof_enabled=0, rdb_changes_since_last_save=0, rdb_last_save_time=NOW.timestamp() - 7300), None),
        (LittleRights(loading=0), None),
    ],
)
async def test_with_few_rights_only_what_was_seen_counts(redis: Any, keeps: bool | None) -> None:
    assert await keeps_data(redis, NOW) is keeps


async def test_with_few_rights_nothing_is_said_of_what_cannot_be_seen() -> None:
    assert await eviction(LittleRights()) is None
    assert await eviction(LittleRights(used_memory=1)) is None  # a service that tells less than Redis
    assert await is_open(Stranger("[::1]:6379")) is None


async def test_a_redis_that_lets_us_in_from_afar_without_a_password_lets_everybody_in() -> None:
    assert await is_open(Stranger("192.0.2.7:6379")) is True
    assert await is_open(Stranger("127.0.0.1:6379", bind="* -::*", **{"protected-mode": "no"})) is True


@pytest.mark.usefixtures("may_read_settings")
async def test_a_server_that_cannot_be_asked_is_no_news(
    hass: HomeAssistant, redis_server: RedisServer, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    written_mirror.redis.config_set("appendonly", "no")
    entry = await set_up()
    await becomes(hass, entry, "no_persistence", "no_persistence")
    redis_server.stop()
    await asyncio.sleep(0.3)
    assert found(hass, entry, "no_persistence")
    redis_server.start()  # with an append-only file
    await becomes(hass, entry, "no_persistence", None)


@pytest.mark.usefixtures("may_read_settings")
async def test_unloading_takes_the_issues_along(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    written_mirror.redis.config_set("appendonly", "no")
    redis_clock(monkeypatch, ahead=60)
    degraded = [{"code": "worker_failing", "message": "The camera's worker fails."}]
    problem = {"code": "disk_full", "message": "The disk is full."}
    written_mirror.presence(standby=True, problem=problem, degraded=degraded, server_id="another")
    entry = await set_up()
    for key, text in (("clock",) * 2, ("no_persistence",) * 2, ("standby",) * 2, ("problem", "disk_full")):
        await becomes(hass, entry, key, text)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not ir.async_get(hass).issues


@pytest.mark.usefixtures("may_read_settings")
async def test_a_repair_looks_again_and_ends_when_it_is_right(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    flow: Repair,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(issues, "_EVERY", timedelta(days=1).total_seconds())  # so that it is the repair that looks
    written_mirror.redis.config_set("appendonly", "no")
    entry = await set_up()
    issue = await becomes(hass, entry, "no_persistence", "no_persistence")
    assert issue

    form = await flow(issue_id=issue.issue_id)
    assert (form["step_id"], form["description_placeholders"]) == ("confirm", {"mirror": "Hall mirror"})
    form = await flow(form["flow_id"])
    assert form["errors"] == {"base": "still_so"}
    written_mirror.redis.config_set("appendonly", "yes")
    assert (await flow(form["flow_id"]))["type"] == "create_entry"
    assert not found(hass, entry, "no_persistence")


@pytest.mark.usefixtures("may_read_settings")
async def test_a_repair_of_a_mirror_that_was_unloaded_says_so(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, flow: Repair
) -> None:
    written_mirror.redis.config_set("appendonly", "no")
    entry = await set_up()
    issue = await becomes(hass, entry, "no_persistence", "no_persistence")
    assert issue
    form = await flow(issue_id=issue.issue_id)
    assert await hass.config_entries.async_unload(entry.entry_id)
    answer = await flow(form["flow_id"])
    assert (answer["type"], answer["reason"]) == ("abort", "not_loaded")
