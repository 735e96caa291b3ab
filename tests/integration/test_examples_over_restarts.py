"""The automations of docs/ and blueprints/, over restarts: none starts by one, each starts once by what it is for."""

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.core import Event as HomeAssistantEvent
from homeassistant.core import HomeAssistant, callback
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.mira.coordinator import MiraCoordinator
from custom_components.mira.models.event import Event
from tests.integration import documented_user
from tests.integration.automations import GESTURE, event
from tests.integration.conftest import SetUp, StateBecomes
from tests.integration.documented import BLUEPRINTS, EXAMPLES
from tests.integration.written_mirror import WrittenMirror

INPUTS: dict[str, dict[str, Any]] = {
    "air_before_bed": {"window": "cover.bedroom_window"},
    "doorbell_on_mirror": {"doorbell": ["event.gate", "binary_sensor.gate"], "mirror": "hall"},
    "gesture_toggles_light": {"mirror": {"entity_id": GESTURE}, "light": {"entity_id": "light.hall"}},
    "good_morning": {"presence": ["binary_sensor.hall_presence"], "mirror": "hall"},
    "good_night": {"mirror": GESTURE, "target": {"entity_id": "light.hall"}},
    "refused_voice_notifies": {"mirror": {"entity_id": GESTURE}, "notify": {"entity_id": "notify.phone"}},
    "swipe_through_scenes": {"mirror": {"entity_id": GESTURE}, "scenes": ["scene.film"]},
    "window_cannot_close": {
        "problems": ["binary_sensor.bedroom_window_problem"],
        "notify": {"entity_id": "notify.phone"},
    },
    "window_open_while_it_rains": {
        "windows": ["binary_sensor.bedroom_window"],
        "rain": "binary_sensor.rain",
        "mirror": "hall",
    },
}
PAGE, LAST_REFUSAL = "select.hall_mirror_page", "sensor.hall_mirror_last_refusal"
REFUSED = {
    "type": "rejected",
    "source": "voice",
    "action": "set_camera",
    "reason": "pin_required",
    "message": "Give the PIN first.",
}
LAST = "2026-11-20T12:00:00+00:00"


def triggers_in(tree: Any) -> Iterator[dict[str, Any]]:
    """All triggers in an automation, those that it waits for included."""
    if isinstance(tree, list):
        for part in tree:
            yield from triggers_in(part)
    elif isinstance(tree, dict):
        for key, part in tree.items():
            if key in ("triggers", "wait_for_trigger"):
                yield from part
            else:
                yield from triggers_in(part)


def entities_of(trigger: dict[str, Any]) -> list[str]:
    """The entities of others that it is about."""
    if trigger["trigger"].startswith("mira."):
        return []
    named = trigger.get("entity_id") or trigger.get("target", {}).get("entity_id", [])
    return [named] if isinstance(named, str) else list(named)


def values_of(trigger: dict[str, Any], entity_id: str) -> tuple[str, str]:
    """What an entity is before what the trigger waits for, and then."""
    if entity_id.startswith(("event.", "input_button.")):
        return LAST, "2026-11-20T13:00:00+00:00"
    if entity_id.startswith(("binary_sensor.", "lock.")):
        to = trigger.get("to", "on")
        return (trigger.get("from", "off"), to if isinstance(to, str) else to[0])
    return "1234", "5678"


class Examples:
    """Each trigger that is documented, as an automation without actions."""

    def __init__(self, hass: HomeAssistant, coordinator: Callable[[], MiraCoordinator]) -> None:
        self.hass = hass
        self.started: Counter[str] = Counter()
        self.triggers: dict[str, dict[str, Any]] = {}
        self._coordinator = coordinator
        self._seq = 100
        self._days = 0

    async def set_up(self) -> None:
        assert await async_setup_component(self.hass, "automation", {"automation": []})
        automations = []
        for example in [*EXAMPLES, *[await self._blueprint(path) for path in sorted(BLUEPRINTS.iterdir())]]:
            first = bool(example.get("triggers"))
            for place, trigger in enumerate(triggers_in(example)):
                alias = f"{example['alias']} {place}"
                self.triggers[alias] = trigger
                conditions = self._templates(example) if first and trigger in example["triggers"] else []
                automations.append({"alias": alias, "triggers": [trigger], "conditions": conditions, "actions": []})
        for trigger in self.triggers.values():
            for entity_id in entities_of(trigger):
                self.hass.states.async_set(entity_id, values_of(trigger, entity_id)[0])

        @callback
        def started(event: HomeAssistantEvent) -> None:
            self.started[event.data["name"]] += 1

        self.hass.bus.async_listen("automation_triggered", started)
        config = {"automation": automations}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("homeassistant.config.async_hass_config_yaml", lambda hass: asyncio.sleep(0, config))
            await self.hass.services.async_call("automation", "reload", blocking=True)
        await self.hass.async_block_till_done()
        states = self.hass.states.async_all("automation")
        assert {state.name: state.state for state in states} == dict.fromkeys(self.triggers, "on")

    async def _blueprint(self, path: Path) -> dict[str, Any]:
        blueprint = {"path": f"mira/{path.name}", "input": INPUTS[path.stem]}
        inputs = await async_get_blueprints(self.hass).async_inputs_from_config(
            {"alias": path.stem, "use_blueprint": blueprint}
        )
        return dict(inputs.async_substitute())

    @staticmethod
    def _templates(example: dict[str, Any]) -> list[Any]:
        """The conditions on the change itself; others are not about restarts."""
        conditions = example.get("conditions", [])
        listed = conditions if isinstance(conditions, list) else [conditions]
        return [one for one in listed if isinstance(one, str) or one["condition"] == "template"]

    def others(self) -> dict[str, dict[str, Any]]:
        """The entities of others, with a trigger on each."""
        return {entity: trigger for trigger in self.triggers.values() for entity in entities_of(trigger)}

    async def set(self, entity_id: str, *states: str | None) -> None:
        """Let an entity have one state after the other; None: it is not there."""
        for state in states:
            if state is None:
                self.hass.states.async_remove(entity_id)
            else:
                self.hass.states.async_set(entity_id, state)
            await self.hass.async_block_till_done()

    async def happens(self, trigger: dict[str, Any]) -> None:
        """Let happen what a trigger is for, once."""
        kind, options = trigger["trigger"], trigger.get("options", {})
        one = {name: value[0] if isinstance(value, list) else value for name, value in options.items()}
        if kind == "mira.gesture_performed":
            for name in options.get("sequence") or [one.get("gesture", "palm")]:
                await self._decided(payload={"name": name, "handedness": "right", "hold_ms": 600}, confidence=0.9)
        elif kind == "mira.command_refused":
            await self._decided(**{**REFUSED, **one})
        elif kind == "mira.confirmation_requested":
            asked = {"on": True, "outcome": "pending", "deadline": "2096-11-20T12:00:15.000Z"}
            await self._decided(source="touch", action=one.get("action", "set_camera"), payload=asked)
        elif kind == "mira.message_button_pressed":
            await self._decided(source="touch", action="press_button", payload={"button": "open", "message_id": "m"})
        elif kind == "mira.spoken_to":
            heard = {"word": one.get("wake_word", "okay_nabu"), "microphone": "microphone"}
            await self._decided(source="voice", action="wake", payload=heard, confidence=0.9)
        elif kind == "mira.emotion_shown":
            await self._decided(source="automation", action="express", payload={"emotion": one["emotion"]})
        elif kind == "event":
            self.hass.bus.async_fire(trigger["event_type"], trigger["event_data"])
        elif kind == "time":
            hour, minute, _ = map(int, trigger["at"].split(":"))
            self._days += 1  # a day further each time: what is for an earlier hour has fired on the day before
            now = dt_util.now().replace(hour=hour, minute=minute, second=0) + timedelta(days=self._days)
            async_fire_time_changed(self.hass, now + timedelta(seconds=1))
        else:
            entity_id = entities_of(trigger)[0]
            await self.set(entity_id, values_of(trigger, entity_id)[1])
        await self.hass.async_block_till_done()

    async def _decided(self, **changes: Any) -> None:
        self._seq += 1
        coordinator = self._coordinator()
        coordinator._async_receive(coordinator.data, [Event.parse(event(self._seq, **changes))])
        await self.hass.async_block_till_done()


@pytest.fixture
async def mirror(hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, tmp_path: Path) -> MockConfigEntry:
    """A mirror that has refused something and seen a gesture."""
    shutil.copytree(BLUEPRINTS, tmp_path / "blueprints/automation/mira")
    hass.config.config_dir = str(tmp_path)
    written_mirror.event(2, **REFUSED)
    written_mirror.state(rev=2, seq=2)
    return await set_up()


@pytest.fixture
async def examples(hass: HomeAssistant, mirror: MockConfigEntry) -> AsyncIterator[Examples]:
    """All of them, in use."""
    examples = Examples(hass, lambda: mirror.runtime_data)
    await examples.set_up()
    yield examples
    await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)


@dataclass
class Restart:
    """What restarts with the examples in use."""

    hass: HomeAssistant
    examples: Examples
    mirror: MockConfigEntry
    written: WrittenMirror
    becomes: StateBecomes


@pytest.fixture
def around(
    hass: HomeAssistant,
    examples: Examples,
    mirror: MockConfigEntry,
    written_mirror: WrittenMirror,
    state_becomes: StateBecomes,
) -> Restart:
    """All that is there."""
    return Restart(hass, examples, mirror, written_mirror, state_becomes)


async def mirror_restarts(around: Restart) -> None:
    """The sidecar goes and is back, with what it refused last."""
    for hour in (13, 14):
        around.written.redis.delete("mira:{hall}:presence")
        await around.becomes(LAST_REFUSAL, "unavailable")
        around.written.presence(started_at=f"2026-11-20T{hour}:00:00.000Z")
        await around.becomes(LAST_REFUSAL, "pin_required")


async def connection_is_lost(around: Restart) -> None:
    """Home Assistant does not hear for a while of what the mirror decides: just what the examples wait for."""
    redis = around.written.redis
    redis.execute_command("ACL", "SETUSER", documented_user.NAME, "off")
    redis.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    await around.becomes(PAGE, "unavailable")
    around.written.event(3, payload={"name": "victory", "hold_ms": 600})
    around.written.event(4, source="touch", action="press_button", payload={"button": "open", "message_id": "m"})
    around.written.event(5, **{**REFUSED, "reason": "low_confidence"})
    around.written.state(rev=5, seq=5, page="clock")
    redis.execute_command("ACL", "SETUSER", documented_user.NAME, "on")
    await around.becomes(PAGE, "clock")
    await around.becomes(LAST_REFUSAL, "low_confidence")


async def home_assistant_restarts(around: Restart) -> None:
    """All entities come anew while the automations listen already: the worst order in which that can happen."""
    hass, examples = around.hass, around.examples
    entities = [state.entity_id for state in hass.states.async_all() if state.domain != "automation"]
    assert await hass.config_entries.async_unload(around.mirror.entry_id)
    for entity_id in entities:
        hass.states.async_remove(entity_id)
    await hass.async_block_till_done()
    around.written.event(3, **REFUSED)
    around.written.state(rev=3, seq=3)
    assert await hass.config_entries.async_setup(around.mirror.entry_id)
    await around.becomes(LAST_REFUSAL, "pin_required")
    for entity_id, trigger in examples.others().items():
        before, after = values_of(trigger, entity_id)
        for state in (before, after):
            await examples.set(entity_id, None, state, "unavailable", state, None, "unavailable", state)
            if not entity_id.startswith(("event.", "input_button.")):  # unknown until the very first time
                await examples.set(entity_id, None, "unknown", state, "unknown", state)
        await examples.set(entity_id, None, before)


@pytest.mark.parametrize("restart", [mirror_restarts, connection_is_lost, home_assistant_restarts])
async def test_no_example_starts_by_a_restart_and_each_starts_once_afterwards(
    around: Restart, restart: Callable[[Restart], Awaitable[None]]
) -> None:
    examples = around.examples
    await restart(around)
    assert examples.started == {}
    assert len(examples.triggers) >= 20
    for alias, trigger in examples.triggers.items():
        for entity_id in entities_of(trigger):
            await examples.set(entity_id, None, values_of(trigger, entity_id)[0])
        examples.started.clear()
        await examples.happens(trigger)
        assert examples.started[alias] == 1, alias


@pytest.mark.parametrize("entity_id", ["event.gate", "binary_sensor.gate"])
async def test_the_first_ring_of_a_new_doorbell_is_shown(examples: Examples, entity_id: str) -> None:
    """An event is unknown until it fires; a sensor that was unknown says what had been so all the time."""
    ring = "on" if entity_id.startswith("binary") else LAST
    await examples.set(entity_id, None, "unknown", ring)
    assert examples.started["doorbell_on_mirror 0"] == (1 if ring == LAST else 0)
