"""What an automation asks at the glass, and how it hears the answer."""

import asyncio
from typing import Any

import pytest
import redis
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from custom_components.mira import coordinator
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from tests.integration import documented_user
from tests.integration.conftest import SetUp
from tests.integration.written_mirror import WrittenMirror


def ask(hass: HomeAssistant, **more: Any) -> asyncio.Task[Any]:
    """Ask whether the blinds shall be closed."""
    data = {"question": "Close the blinds?", **more}
    call = hass.services.async_call("mira", "ask", data, blocking=True, return_response=True)
    return hass.async_create_task(call)


async def answer(hass: HomeAssistant, sidecar: SidecarProcess, action: str, payload: dict[str, Any]) -> None:
    """Say something once the question is there."""

    def said() -> None:
        while not (sidecar.bus.snapshot() or {})["state"]["pending"]:
            pass
        sidecar.bus.send(action, payload, source="touch")

    await hass.async_add_executor_job(said)


@pytest.mark.parametrize(("action", "said"), [("confirm", "yes"), ("cancel", "no")])
async def test_the_answer_comes_back_with_who_gave_it(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, action: str, said: str
) -> None:
    await set_up()
    asked = ask(hass)
    await answer(hass, sidecar, "next_page", {})
    await answer(hass, sidecar, action, {})
    given = await asked
    assert given.pop("command_id")
    assert given == {"answer": said, "source": "touch"}


async def test_what_was_said_while_home_assistant_was_cut_off_is_heard(
    hass: HomeAssistant, redis_server: RedisServer, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    asked = ask(hass, timeout={"seconds": 8})
    await answer(hass, sidecar, "next_page", {})

    def cut_off() -> None:
        with redis.Redis.from_url(redis_server.url) as server:
            assert server.execute_command("CLIENT", "KILL", "USER", documented_user.NAME)

    await hass.async_add_executor_job(cut_off)
    await answer(hass, sidecar, "cancel", {})
    assert (await asked)["answer"] == "no"


async def test_nobody_says_anything(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    await set_up()
    assert (await ask(hass, timeout={"seconds": 1}))["answer"] is None


async def test_a_second_question_is_an_error(hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp) -> None:
    await set_up()
    first = ask(hass)
    await answer(hass, sidecar, "next_page", {})
    with pytest.raises(ServiceValidationError, match="Another question is waiting"):
        await ask(hass)
    await answer(hass, sidecar, "cancel", {})
    assert (await first)["answer"] == "no"


async def test_a_mirror_that_goes_away_meanwhile_gives_no_answer(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coordinator, "_ANSWER_GRACE", 0.1)
    await set_up()
    asked = ask(hass, timeout={"seconds": 1})
    await answer(hass, sidecar, "next_page", {})
    await hass.async_add_executor_job(sidecar.kill)
    assert (await asked)["answer"] is None


async def test_a_mirror_that_is_away_cannot_be_asked(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    written_mirror.redis.delete("mira:{hall}:presence")
    await set_up()
    with pytest.raises(HomeAssistantError):
        await ask(hass)
