"""What became of a command, as the mirror tells Home Assistant."""

import asyncio
import json
from typing import Any

import pytest
import voluptuous as vol
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from custom_components.mira.client import queries
from house.sidecar import SidecarProcess
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror


async def explain(hass: HomeAssistant, **which: Any) -> Any:
    return await hass.services.async_call("mira", "explain", which, blocking=True, return_response=True)


async def send(hass: HomeAssistant, action: str, **payload: Any) -> Any:
    data = {"action": action, "payload": payload}
    return await hass.services.async_call("mira", "send_command", data, blocking=True, return_response=True)


async def test_a_command_is_explained_with_what_it_changed_and_led_to(
    hass: HomeAssistant, sidecar_at_once: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    switched = await send(hass, "set_camera", on=True)
    undone = await send(hass, "undo")
    found = await explain(hass, command_id=switched["command_id"])
    assert found["answer"]["looked"][0] == "validation"
    assert {"place": "camera.on", "before": False, "after": True} in found["changed"]
    (later,) = found["led_to"]
    assert (later["how"], later["command_id"]) == ("was taken back by", undone["command_id"])
    assert await explain(hass, seq=switched["seq"]) == found


async def test_without_a_name_the_last_decision_is_meant_and_the_question_is_not_in_the_log(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    entry = await set_up()
    refused = await send(hass, "show_page", page="cellar")
    for _ in range(2):
        found = await explain(hass)
        assert (found["answer"]["command_id"], found["changed"]) == (refused["command_id"], [])
    assert len((await entry.runtime_data.client.log.page()).events) == 1


async def test_what_the_mirror_cannot_answer_is_an_error_with_its_reason(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    with pytest.raises(ServiceValidationError, match="has no such command"):
        await explain(hass, command_id="nobody-00")
    with pytest.raises(vol.Invalid):
        await explain(hass, command_id="nobody-00", seq=1)


async def test_a_sidecar_that_knows_no_queries_is_told(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up()
    monkeypatch.setattr(queries, "_PATIENCE", 0.05)
    with pytest.raises(HomeAssistantError, match="did not answer the question in time"):
        await explain(hass)


@pytest.mark.parametrize("found", [{}, {"result": "found"}, {"reason": 1}])
async def test_a_reply_that_does_not_follow_the_protocol_is_told(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, monkeypatch: pytest.MonkeyPatch, found: Any
) -> None:
    await set_up()
    monkeypatch.setattr(queries, "uuid7", lambda: "query-01")
    asked = asyncio.create_task(explain(hass))
    queries_key = "mira:{hall}:queries"
    await hass.async_add_executor_job(lambda: written_mirror.redis.xread({queries_key: "0"}, block=5_000))
    others = ["no JSON", json.dumps({"query_id": "query-02", "result": {}})]
    for reply in [*others, json.dumps({"query_id": "query-01", **found})]:
        written_mirror.redis.publish("mira:{hall}:replies", reply)
    with pytest.raises(HomeAssistantError, match="does not follow the protocol"):
        await asked


async def test_a_redis_user_of_before_is_told_what_is_refused(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    await set_up()
    written_mirror.redis.execute_command("ACL", "SETUSER", "home-assistant", "resetchannels")
    with pytest.raises(HomeAssistantError, match="what this user may do"):
        await explain(hass)


async def test_a_mirror_that_is_away_is_not_asked(
    hass: HomeAssistant,
    written_mirror: WrittenMirror,
    set_up: SetUp,
    state_becomes: StateBecomes,
) -> None:
    await set_up()
    written_mirror.redis.delete("mira:{hall}:presence")
    await state_becomes("select.hall_mirror_page", "unavailable")
    with pytest.raises(HomeAssistantError, match="The mirror is unavailable"):
        await explain(hass)
    assert written_mirror.redis.xlen("mira:{hall}:queries") == 0
