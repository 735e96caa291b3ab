"""The conditions `mira.is_page` and `mira.is_locked`; `mira.is_spoken_to` is in test_assist_satellite.py."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import voluptuous as vol
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

from tests.integration.automations import check
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

type MirrorWith = Callable[..., Awaitable[None]]

LOCK = "lock.hall_mirror_pin"
PAGE = "select.hall_mirror_page"


def device_of(hass: HomeAssistant) -> str:
    """The device of the mirror."""
    (entry,) = hass.config_entries.async_entries("mira")
    return dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)[0].id


@pytest.fixture
async def device_id(hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp) -> str:
    """The device of a mirror that is set up."""
    await set_up()
    return device_of(hass)


@pytest.fixture
def mirror_with(written_mirror: WrittenMirror, set_up: SetUp) -> MirrorWith:
    """Sets up a mirror with this in its state."""

    async def mirror_with(**state: Any) -> None:
        written_mirror.state(**state)
        await set_up()

    return mirror_with


async def test_a_page_is_shown(hass: HomeAssistant, device_id: str) -> None:
    assert await check(hass, "is_page", {"page": ["home", "clock"]}, device_id=device_id)
    assert await check(hass, "is_page", {"page": "home", "behavior": "all"}, entity_id=PAGE)
    assert not await check(hass, "is_page", {"page": "clock"}, device_id=device_id)


async def test_the_page_of_something_else_does_not_count(hass: HomeAssistant, device_id: str) -> None:
    er.async_get(hass).async_get_or_create("select", "other", "1", device_id=device_id, suggested_object_id="other")
    hass.states.async_set("select.other", "clock")
    assert not await check(hass, "is_page", {"page": "clock"}, device_id=device_id, entity_id=["select.other"])


@pytest.mark.parametrize(
    ("access", "locked"),
    [
        ({}, False),
        ({"pin_set": True}, True),
        ({"pin_set": True, "unlocked_until": "2096-11-20T12:01:00.000Z"}, False),
    ],
    ids=["no PIN", "a PIN", "unlocked"],
)
async def test_a_mirror_is_locked_where_it_has_a_pin_that_was_not_given(
    hass: HomeAssistant, mirror_with: MirrorWith, access: dict[str, Any], locked: bool
) -> None:
    await mirror_with(access=access)
    for behavior in ("any", "all"):
        assert await check(hass, "is_locked", {"behavior": behavior}, entity_id=LOCK) is locked
        assert await check(hass, "is_locked", {"behavior": behavior}, device_id=device_of(hass)) is locked


async def test_a_mirror_that_is_away_is_not_said_to_be_locked(
    hass: HomeAssistant, written_mirror: WrittenMirror, mirror_with: MirrorWith, state_becomes: StateBecomes
) -> None:
    await mirror_with(access={"pin_set": True})
    assert await check(hass, "is_locked", entity_id=LOCK)
    written_mirror.redis.delete("mira:{hall}:presence")
    await state_becomes(LOCK, "unavailable")
    assert not await check(hass, "is_locked", entity_id=LOCK)


@pytest.mark.parametrize("options", [{}, {"page": []}, {"page": "home", "behavior": "some"}])
async def test_options_that_make_no_sense_are_refused(
    hass: HomeAssistant, device_id: str, options: dict[str, Any]
) -> None:
    with pytest.raises(vol.Invalid):
        await check(hass, "is_page", options, device_id=device_id)
