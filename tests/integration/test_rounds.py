"""Set-up, reload and removal leave nothing behind, however often.

`MIRA_ROUNDS=200` for a full run; 20 unless told otherwise.
"""

import asyncio
import gc
import os
from collections import Counter
from pathlib import Path

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import DATA_DISPATCHER
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.mira.client import MiraClient
from custom_components.mira.coordinator import MiraCoordinator
from tests.integration.written_mirror import WrittenMirror

ROUNDS = int(os.environ.get("MIRA_ROUNDS", "20"))
WARM_UP = 2
"""Rounds in which Home Assistant loads platforms and fills its caches."""


def left(hass: HomeAssistant, mirror: WrittenMirror) -> Counter[str]:
    """What there is of all that could pile up."""
    signals = hass.data.get(DATA_DISPATCHER, {})
    timers = asyncio.get_running_loop()._scheduled  # type: ignore[attr-defined]
    found = Counter(
        {
            "tasks": len(asyncio.all_tasks()),
            "timers": sum(not timer.cancelled() for timer in timers),
            "connections": len(mirror.redis.client_list()),
            "open files": len(list(Path("/proc/self/fd").iterdir())),
            "bus listeners": sum(hass.bus.async_listeners().values()),
            "signal listeners": sum(len(listeners) for listeners in signals.values()),
            # Home Assistant's own agent is always there.
            "states": sum(state.domain != "conversation" for state in hass.states.async_all()),
            "issues": len(ir.async_get(hass).issues),
        }
    )
    gc.collect()  # not before: it would close what nobody closed
    ours = [thing for thing in gc.get_objects() if isinstance(thing, MiraClient | MiraCoordinator)]
    return found + Counter({"clients and coordinators": len(ours)})


@pytest.mark.timeout(60 + 2 * ROUNDS)
@pytest.mark.usefixtures("all_enabled")
async def test_setting_up_reloading_and_removing_leaves_nothing(
    hass: HomeAssistant, written_mirror: WrittenMirror, entry: MockConfigEntry
) -> None:
    written_mirror.presence(standby=True)  # so that there is an issue too
    written_mirror.state(access={"pin_set": True, "unlocked_until": "2999-01-01T00:00:00.000Z"})  # and a timer

    async def rounds(count: int) -> None:
        for _ in range(count):
            mirror = MockConfigEntry(domain="mira", title=entry.title, unique_id=entry.unique_id, data=dict(entry.data))
            mirror.add_to_hass(hass)
            assert await hass.config_entries.async_setup(mirror.entry_id)
            assert await hass.config_entries.async_reload(mirror.entry_id)
            assert mirror.state is ConfigEntryState.LOADED
            await hass.async_block_till_done()
            assert await hass.config_entries.async_remove(mirror.entry_id) == {"require_restart": False}
            await hass.async_block_till_done()

    await rounds(WARM_UP)
    before = left(hass, written_mirror)
    await rounds(ROUNDS)
    for _ in range(100):  # what was cut off a moment ago Redis may still count
        if len(written_mirror.redis.client_list()) <= before["connections"]:
            break
        await asyncio.sleep(0.02)
    assert left(hass, written_mirror) - before == Counter()
    assert before["clients and coordinators"] == before["states"] == before["issues"] == 0
