"""The PIN as a lock: what is shown, what it takes, and that the PIN stays between the user and the sidecar."""

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from house.sidecar import SidecarProcess
from tests.integration.acting import act, shown
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.written_mirror import WrittenMirror

LOCK = "lock.hall_mirror_pin"
PIN = "73519"


async def with_pin(hass: HomeAssistant, sidecar: SidecarProcess, state_becomes: StateBecomes) -> None:
    """Set a PIN at the mirror."""
    answer = await hass.async_add_executor_job(lambda: sidecar.bus.send("set_pin", {"pin": PIN}, source="touch"))
    assert answer["type"] == "accepted"
    await state_becomes(LOCK, "locked")


async def test_without_a_pin_nothing_is_guarded_and_there_is_nothing_to_lock(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp
) -> None:
    await set_up()
    assert shown(hass, LOCK).state == "unlocked"
    assert "code_format" not in shown(hass, LOCK).attributes
    with pytest.raises(ServiceValidationError, match="no PIN, so there is nothing to lock"):
        await act(hass, "lock.lock", LOCK)
    with pytest.raises(ServiceValidationError, match="has no PIN, so nothing is locked"):
        await act(hass, "lock.unlock", LOCK)


async def test_the_pin_unlocks_and_locking_takes_none(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await with_pin(hass, sidecar, state_becomes)
    assert shown(hass, LOCK).attributes["code_format"] == "^([0-9]{4,12})?$"

    await act(hass, "lock.lock", LOCK)  # an automation may not know that it is locked already
    await act(hass, "lock.unlock", LOCK, code=PIN)
    assert shown(hass, LOCK).state == "unlocked"
    assert "code_format" not in shown(hass, LOCK).attributes
    await act(hass, "lock.lock", LOCK)
    assert shown(hass, LOCK).state == "locked"


async def test_a_wrong_a_malformed_and_a_missing_pin_open_nothing(
    hass: HomeAssistant, sidecar: SidecarProcess, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    await set_up()
    await with_pin(hass, sidecar, state_becomes)
    with pytest.raises(ServiceValidationError, match="The PIN is wrong"):
        await act(hass, "lock.unlock", LOCK, code="0000")
    with pytest.raises(ServiceValidationError, match="match pattern"):
        await act(hass, "lock.unlock", LOCK, code="open sesame")
    with pytest.raises(ServiceValidationError, match="PIN is needed"):
        await act(hass, "lock.unlock", LOCK)
    assert shown(hass, LOCK).state == "locked"


async def test_a_pin_reaches_neither_a_log_line_nor_the_mirrors_log(
    hass: HomeAssistant,
    sidecar: SidecarProcess,
    set_up: SetUp,
    state_becomes: StateBecomes,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    # Home Assistant itself writes at this level which action is called with what, of every lock.
    caplog.set_level(logging.INFO, "homeassistant.core")
    entry = await set_up()
    await with_pin(hass, sidecar, state_becomes)
    with pytest.raises(ServiceValidationError):
        await act(hass, "lock.unlock", LOCK, code=PIN[::-1])
    await act(hass, "lock.unlock", LOCK, code=PIN)

    events = (await entry.runtime_data.client.log.page()).events
    told = caplog.text + json.dumps([event.document for event in events]) + str(shown(hass, LOCK))
    assert "unlock" in told
    assert PIN not in told
    assert PIN[::-1] not in told


async def test_it_locks_by_itself_when_the_time_is_over(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, state_becomes: StateBecomes
) -> None:
    until = datetime.now(UTC) + timedelta(seconds=3)
    written_mirror.state(access={"pin_set": True, "unlocked_until": until.isoformat()})
    await set_up()
    assert shown(hass, LOCK).state == "unlocked"
    await state_becomes(LOCK, "locked")
    assert datetime.now(UTC) >= until - timedelta(seconds=0.1)  # two clocks of one machine, one of them measured


async def test_an_unlocked_mirror_that_is_unloaded_leaves_no_timer(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    written_mirror.state(access={"pin_set": True, "unlocked_until": until.isoformat()})
    entry = await set_up()
    assert shown(hass, LOCK).state == "unlocked"
    assert await hass.config_entries.async_unload(entry.entry_id)  # a timer that stayed would fail this test


async def test_a_mirror_that_was_never_seen_has_no_lock_to_show(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    written_mirror.redis.flushall()
    await set_up()
    assert shown(hass, LOCK).state == "unavailable"
