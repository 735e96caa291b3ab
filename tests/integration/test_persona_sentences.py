"""A persona over Home Assistant's own agent, without a language model: it answers what people say to a mirror."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.intent import async_register_timer_handler
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.mira.coordinator import SIGNAL_DECISION, MiraCoordinator
from custom_components.mira.models.event import Event
from house.sidecar import SidecarProcess
from tests.integration.conftest import SetUp
from tests.integration.persona import PERSONA_ID, Asked, add_persona, ask
from tests.integration.phrasings import AFTERWARDS, FIRST, Phrasing

ANSWERED_BEFORE = {"again", "why", "forget"}
"""What is only said where something was said before."""


async def texts(hass: HomeAssistant, language: str) -> dict[str, str]:
    """What a persona says by itself, by what it answers."""
    all_texts = await async_get_translations(hass, language, "common", ["mira"])
    head = "component.mira.common.persona_says_"
    return {key.removeprefix(head): text for key, text in all_texts.items() if key.startswith(head)}


class House:
    """A household with a mirror whose persona has no language model, and what comes of what is said to it."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry, lights: list[ServiceCall]) -> None:
        self.hass = hass
        self.coordinator = entry.runtime_data
        self.lights = lights
        self.timers = 0
        self.expressed: list[str] = []
        async_dispatcher_connect(hass, SIGNAL_DECISION, self._decided)
        async_register_timer_handler(hass, self.device_id, self._timer)

    @property
    def device_id(self) -> str:
        return str(self.coordinator.device_id)

    @callback
    def _timer(self, *_: Any) -> None:
        self.timers += 1

    @callback
    def _decided(self, _: MiraCoordinator, event: Event) -> None:
        if event.action == "express":
            self.expressed.append(event.payload["emotion"])

    @property
    def done(self) -> dict[str, Any]:
        """What can be seen in the house, by the outcome that changes it."""
        state = self.coordinator.data.snapshot.state
        return {
            "light": len(self.lights),
            "todo": [todo.summary for todo in state.todos],
            "page": state.page,
            "timer": self.timers,
            "camera": state.camera,
        }

    async def say(self, text: str, language: str = "en", **asking: Any) -> Asked:
        """Say this in front of the mirror."""
        return await ask(self.hass, text, language=language, **{"device_id": self.device_id, **asking})

    async def comes_to(self, phrasing: Phrasing) -> bool:
        """Whether the sentence leads to what it is meant to, and to nothing else."""
        language, _, outcome = phrasing
        await self._reset()
        first = await self.say("who are you", "en") if outcome in ANSWERED_BEFORE else None
        before, conversation_id = self.done, first.conversation_id if first else None
        self.expressed.clear()
        asked = await self.say(phrasing.text, language, conversation_id=conversation_id)
        await self.coordinator.expression.async_told(PERSONA_ID)
        await self.hass.async_block_till_done()
        changed = {name for name, value in self.done.items() if value != before[name]}
        if outcome in before:
            return changed == {outcome}
        is_shown = not outcome.startswith("look") or self.expressed[:1] == [outcome.split()[1]]
        if changed or asked.result.response.error_code or not is_shown:
            return False
        if outcome == "time":
            return re.search(r"\d", asked.speech) is not None
        if outcome == "weather":
            return "21" in asked.speech
        if outcome == "again":
            return first is not None and asked.speech == first.speech
        what = {"why": "why_answer"}.get(outcome, outcome.split()[0])
        says = (await texts(self.hass, language))[what].format(name="Mira")
        return asked.speech == says and self.expressed != []

    async def _reset(self) -> None:
        """Have the house as it was before anybody said something."""
        for todo in self.coordinator.data.snapshot.state.todos:
            await self.coordinator.async_command("remove_todo", {"uid": todo.uid})
        await self.coordinator.async_command("show_page", {"page": "home"})
        await self.coordinator.async_command("set_camera", {"on": True})
        await self.hass.async_block_till_done()


@pytest.fixture
async def house(hass: HomeAssistant, sidecar_at_once: SidecarProcess, set_up: SetUp) -> House:
    """The household: a light in the kitchen, the weather, and the mirror."""
    for component in ("conversation", "intent", "weather"):
        assert await async_setup_component(hass, component, {})
    areas, entities = ar.async_get(hass), er.async_get(hass)
    kitchen = areas.async_create("Kitchen", aliases={"Küche"})
    light = entities.async_get_or_create("light", "test", "1", original_name="Kitchen light").entity_id
    entities.async_update_entity(light, area_id=kitchen.id)
    hass.states.async_set(light, "off", {"friendly_name": "Kitchen light"})
    temperature = {"temperature": 21, "temperature_unit": "°C", "friendly_name": "Home"}
    hass.states.async_set("weather.home", "sunny", temperature)
    for entity_id in (light, "weather.home"):
        async_expose_entity(hass, "conversation", entity_id, True)
    entry = await set_up()
    await add_persona(hass, entry)
    return House(hass, entry, async_mock_service(hass, "light", "turn_on"))


@pytest.mark.parametrize(("phrasings", "count"), [(FIRST, 60), (AFTERWARDS, 40)])
async def test_a_persona_without_a_model_understands_what_people_say_to_a_mirror(
    house: House, phrasings: Sequence[Phrasing], count: int
) -> None:
    missed = [phrasing.text for phrasing in phrasings if not await house.comes_to(phrasing)]
    assert len(phrasings) == count
    assert missed == []
