"""What is wrong and can be put right is shown as long as it is so, and no longer."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError

from custom_components.mira import issues
from custom_components.mira.persistence import keeps_data
from house.redis import RedisServer
from tests.integration import documented_user
from tests.integration.conftest import SetUp
from tests.integration.written_mirror import WrittenMirror

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks so often that nobody has to wait."""
    monkeypatch.setattr(issues, "_EVERY", 0.05)
    monkeypatch.setattr("custom_components.mira.client._CLOCK_AGE", 0.05)


@pytest.fixture
def may_read_settings(written_mirror: WrittenMirror) -> None:
    """The documented user has the right that an owner may add."""
    written_mirror.redis.execute_command("ACL", "SETUSER", documented_user.NAME, "+config|get")


def found(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue("mira", f"{key}_{entry.entry_id}")


async def becomes(hass: HomeAssistant, entry: MockConfigEntry, key: str, text: str | None) -> ir.IssueEntry | None:
    """Wait, at most ten seconds, until the issue has this text, or is gone."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        issue = found(hass, entry, key)
        if (issue.translation_key if issue else None) == text:
            return issue
        await asyncio.sleep(0.02)
    pytest.fail(f"{key} did not become {text}; it is {found(hass, entry, key)}")


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


@pytest.mark.parametrize(("protocol", "text"), [(0, "update_sidecar"), (2, "update_integration")])
async def test_another_protocol_says_which_side_to_update_until_they_fit(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, protocol: int, text: str
) -> None:
    written_mirror.presence(protocol=protocol)
    entry = await set_up()
    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.is_state("switch.hall_mirror_camera", "unavailable")
    issue = await becomes(hass, entry, "wrong_protocol", text)
    assert issue
    assert issue.severity is ir.IssueSeverity.ERROR
    assert issue.translation_placeholders == {"mirror": "Hall mirror", "theirs": str(protocol), "ours": "1"}

    written_mirror.redis.delete("mira:{hall}:presence")  # the new one is about to start
    await asyncio.sleep(0.6)
    assert found(hass, entry, "wrong_protocol")
    written_mirror.presence()
    await becomes(hass, entry, "wrong_protocol", None)
    assert hass.states.is_state("switch.hall_mirror_camera", "on")


async def test_a_protocol_that_changes_while_the_mirror_is_followed_is_told(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    entry = await set_up()
    written_mirror.presence(protocol=2)
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
    message = presence.get("problem", {}).get("message")
    assert (issue.translation_placeholders or {}).get("message") == message

    written_mirror.presence()
    await becomes(hass, entry, key, None)


async def test_clocks_that_are_apart_are_told_until_they_agree(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis_clock(monkeypatch, ahead=-3)
    entry = await set_up()
    issue = await becomes(hass, entry, "clock", "clock")
    assert issue
    assert (issue.translation_placeholders or {})["seconds"] in ("2.9", "3.0")

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
    written_mirror.presence(standby=True, problem={"code": "disk_full", "message": "The disk is full."})
    entry = await set_up()
    for key, text in (("clock",) * 2, ("no_persistence",) * 2, ("standby",) * 2, ("problem", "disk_full")):
        await becomes(hass, entry, key, text)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not ir.async_get(hass).issues


@pytest.fixture
async def flow(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Callable[..., Any]:
    """Opens the repair of an issue, or goes on with it, as the frontend does."""
    assert await async_setup_component(hass, "repairs", {})

    async def flow(flow_id: str | None = None, issue_id: str = "") -> dict[str, Any]:
        client = await hass_client()
        data = {} if flow_id else {"handler": "mira", "issue_id": issue_id}
        response = await client.post("/api/repairs/issues/fix" + (f"/{flow_id}" if flow_id else ""), json=data)
        assert response.status == HTTPStatus.OK
        return dict(await response.json())

    return flow


@pytest.mark.usefixtures("may_read_settings")
async def test_a_repair_looks_again_and_ends_when_it_is_right(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    flow: Callable[..., Any],
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
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, flow: Callable[..., Any]
) -> None:
    written_mirror.redis.config_set("appendonly", "no")
    entry = await set_up()
    issue = await becomes(hass, entry, "no_persistence", "no_persistence")
    assert issue
    form = await flow(issue_id=issue.issue_id)
    assert await hass.config_entries.async_unload(entry.entry_id)
    answer = await flow(form["flow_id"])
    assert (answer["type"], answer["reason"]) == ("abort", "not_loaded")
