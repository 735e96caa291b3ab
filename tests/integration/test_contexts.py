"""Whose doing a change is, as Home Assistant's contexts tell."""

import json
from typing import Any

import pytest
from homeassistant.core import Context, HomeAssistant, State

from custom_components.mira.coordinator import _REMEMBERED_CALLERS, MiraCoordinator
from custom_components.mira.models.event import Event
from custom_components.mira.models.state import Snapshot
from custom_components.mira.models.view import MirrorView
from tests.integration.automations import event
from tests.integration.conftest import SetUp
from tests.integration.written_mirror import STATE, WrittenMirror

PAGE = "select.hall_mirror_page"


@pytest.fixture
async def coordinator(written_mirror: WrittenMirror, set_up: SetUp) -> MiraCoordinator:
    """The coordinator of a mirror that is set up."""
    coordinator: MiraCoordinator = (await set_up()).runtime_data
    return coordinator


def view(coordinator: MiraCoordinator, **changes: Any) -> MirrorView:
    """The view with another state."""
    text = json.dumps({"rev": 2, "seq": 2, "at": "2026-11-20T12:00:00.000Z", "state": {**STATE, **changes}})
    return MirrorView(Snapshot.parse(text), coordinator.data.presence, None)


def patched(command_id: str, seq: int = 3) -> Event:
    """The event that a command changed the state."""
    return Event.parse(event(seq, command_id=command_id, type="state_patch"))


def page(hass: HomeAssistant) -> State:
    state = hass.states.get(PAGE)
    assert state
    return state


async def call(coordinator: MiraCoordinator, monkeypatch: pytest.MonkeyPatch, context: Context | None) -> Any:
    """Ask for something in a context; what was sent of it."""
    sent: list[Any] = []

    async def send(*arguments: Any, origin: Any, **more: Any) -> None:
        sent.append(origin)

    monkeypatch.setattr(coordinator.client, "send", send)
    await coordinator.async_send("show_page", {"page": "clock"}, context=context)
    return sent[0]


async def test_a_change_that_was_answered_while_connecting_is_its_callers(
    hass: HomeAssistant, coordinator: MiraCoordinator, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = Context(user_id="0123456789abcdef0123456789abcdef")
    origin = await call(coordinator, monkeypatch, context)
    accepted = Event.parse(event(2, action="show_page", command_id="mine", origin=origin), replayed_until=9)
    coordinator._async_receive(view(coordinator, page="clock"), [accepted, patched("mine")])
    assert page(hass).state == "clock"
    assert page(hass).context is context


async def test_of_two_changes_at_once_nobody_can_tell_whose_an_entity_shows(
    hass: HomeAssistant, coordinator: MiraCoordinator
) -> None:
    gesture = Event.parse(event(2, command_id="hand", payload={"name": "swipe_left"}))
    coordinator._async_receive(view(coordinator, page="clock"), [gesture, patched("hand"), patched("voice", seq=4)])
    shown = hass.states.get("event.hall_mirror_gesture")
    assert shown
    assert page(hass).state == "clock"
    assert page(hass).context.id != shown.context.id


async def test_callers_are_forgotten_in_the_end(coordinator: MiraCoordinator, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Context()
    origin = await call(coordinator, monkeypatch, first)
    for _ in range(_REMEMBERED_CALLERS):
        await call(coordinator, monkeypatch, Context())
    assert len(coordinator._callers) == _REMEMBERED_CALLERS
    assert coordinator._caller(Event.parse(event(origin=origin))) is None


async def test_who_has_no_context_sends_none(coordinator: MiraCoordinator, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await call(coordinator, monkeypatch, None) is None
    assert coordinator._callers == {}
