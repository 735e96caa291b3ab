"""Taps at the mirror: they come by a way of their own, so that nothing else can claim to be one."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.mira.const import OWN_ACTIONS
from house.sidecar import SidecarProcess
from tests.integration.conftest import SetUp
from tests.integration.written_mirror import WrittenMirror

type Tap = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def tap(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Tap:
    """Taps at the display: what it is answered."""

    async def tap(**message: Any) -> dict[str, Any]:
        socket = await hass_ws_client(hass)
        await socket.send_json_auto_id({"type": "mira/command", **message})
        return dict(await socket.receive_json())

    return tap


async def test_a_tap_at_the_mirror_is_a_touch_of_the_user_who_is_signed_in(
    sidecar: SidecarProcess, set_up: SetUp, tap: Tap, hass_admin_user: MockUser
) -> None:
    entry = await set_up()
    page = {"action": "show_page", "payload": {"page": "clock"}}
    answer = await tap(entry_id=entry.entry_id, **page)
    decision = answer["result"]
    assert answer["success"]
    assert (decision["outcome"], decision["reason"], decision["payload"]) == ("accepted", None, {"page": "clock"})
    (event,) = (await entry.runtime_data.client.log.page(types=["accepted"])).events
    assert (event.command_id, event.source) == (decision["command_id"], "touch")
    assert event.document["origin"]["user_id"] == hass_admin_user.id


async def test_a_tap_that_is_refused_is_answered_with_the_reason(
    sidecar: SidecarProcess, set_up: SetUp, tap: Tap
) -> None:
    await set_up()
    answer = await tap(action="show_page", payload={"page": "cellar"})
    assert (answer["success"], answer["result"]["reason"]) == (True, "unknown_page")


async def test_a_tap_can_want_a_confirmation(sidecar: SidecarProcess, set_up: SetUp, tap: Tap) -> None:
    await set_up()
    answer = await tap(action="next_page", confirm=True)
    assert answer["result"]["payload"]["outcome"] == "pending"


@pytest.mark.parametrize("action", sorted(OWN_ACTIONS))
async def test_what_the_mirror_asks_of_itself_cannot_be_tapped(
    written_mirror: WrittenMirror, set_up: SetUp, tap: Tap, action: str
) -> None:
    await set_up()
    answer = await tap(action=action)
    assert answer["error"]["code"] == "not_allowed"
    assert not written_mirror.redis.keys("mira:{hall}:commands*")


@pytest.mark.parametrize(
    "tapped",
    [
        {"action": "unlock", "payload": {"pin": "2468"}},
        {"action": "set_pin", "payload": {"pin": "2468"}},
        {"action": "unlock", "payload": "2468"},
    ],
)
async def test_a_pin_that_comes_the_wrong_way_gets_nowhere_and_into_no_log(
    written_mirror: WrittenMirror,
    set_up: SetUp,
    tap: Tap,
    caplog: pytest.LogCaptureFixture,
    tapped: dict[str, Any],
) -> None:
    await set_up()
    caplog.set_level(logging.INFO)
    answer = await tap(**tapped)
    assert answer["error"]["code"] == "not_allowed"
    assert "2468" not in caplog.text + str(answer)
    assert not written_mirror.redis.keys("mira:{hall}:commands*")


async def test_a_tap_that_makes_no_sense_is_told(written_mirror: WrittenMirror, set_up: SetUp, tap: Tap) -> None:
    await set_up()
    for wrong, code in (
        ({"action": "next_page", "payload": "clock"}, "invalid_format"),
        ({"action": ""}, "invalid_format"),
        ({"action": "next_page", "source": "voice"}, "invalid_format"),
        ({"action": "next_page", "entry_id": "attic"}, "not_found"),
    ):
        assert (await tap(**wrong))["error"]["code"] == code
