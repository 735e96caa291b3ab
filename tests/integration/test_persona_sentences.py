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

from custom_components.mira.client.commands import Decision
from custom_components.mira.coordinator import SIGNAL_DECISION, MiraCoordinator
from custom_components.mira.emotions import EMOTIONS
from custom_components.mira.models.event import Event
from custom_components.mira.models.talk import Talk
from custom_components.mira.persona_sentences import _DE_FEELINGS, _EN_FEELINGS, Meant, meant
from house.sidecar import SidecarProcess
from tests.integration.conftest import SetUp
from tests.integration.persona import PERSONA_ID, Asked, add_persona, ask, until
from tests.integration.phrasings import AFTERWARDS, FIRST, Phrasing
from tests.integration.talking import Talk as Talking
from tests.integration.talking import async_talk
from tests.integration.written_mirror import WrittenMirror

ANSWERED_BEFORE = {"again", "why", "forget"}
"""What is only said where something was said before."""


async def texts(hass: HomeAssistant, language: str) -> dict[str, str]:
    """What a persona says by itself, by what it answers."""
    all_texts = await async_get_translations(hass, language, "common", ["mira"])
    head = "component.mira.common.says_"
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


async def says(house: House, text: str, language: str = "en", **asking: Any) -> tuple[str, list[str]]:
    """What the persona answers, and what it expresses."""
    house.expressed.clear()
    asked = await house.say(text, language, **asking)
    await house.coordinator.expression.async_told(PERSONA_ID)
    return asked.speech, house.expressed


FEELINGS = {
    "en": ("look {}", "make a {} face", _EN_FEELINGS),
    "de": ("schau mal {}", "mach ein {} Gesicht", _DE_FEELINGS),
}


@pytest.mark.parametrize("language", FEELINGS)
def test_each_emotion_is_known_by_its_everyday_words(language: str) -> None:
    *sentences, words = FEELINGS[language]
    assert set(words) == set(EMOTIONS)
    for emotion, said in words.items():
        for word in said.split("|"):
            for sentence in sentences:
                assert meant(sentence.format(word), language, "Mira") == Meant("look", emotion), (sentence, word)


def test_a_noun_in_german_has_an_ending() -> None:
    for face in ("ein trauriges Gesicht", "eine traurige Miene", "einen traurigen Blick"):
        assert meant(f"mach mal {face}", "de", "Mira") == Meant("look", "sad")


@pytest.mark.parametrize(
    ("text", "language", "what"),
    [
        ("Thanks, Mira. Goodbye!", "en", "goodbye"),
        ("WHAT\N{RIGHT SINGLE QUOTATION MARK}S YOUR NAME?", "en-GB", "name"),
        ("are you Mira", "en", "name"),
        ("hello Otto", "en", None),
        ("good morning, turn on the light", "en", None),
        ("", "en", None),
        ("?!", "de", None),
        ("bonjour", "fr", None),
    ],
)
def test_a_text_is_understood_as_a_whole_or_not_at_all(text: str, language: str, what: str | None) -> None:
    found = meant(text, language, "Mira")
    assert (found and found.what) == what


def test_a_name_that_nobody_can_say_is_no_trouble() -> None:
    assert meant("hello", "en", "!!!") == Meant("hello")


async def test_an_emotion_that_somebody_asked_for_stays_for_a_while(house: House) -> None:
    assert (await says(house, "look sad"))[0] == "Like this."
    await until(lambda: house.expressed == ["sad", "sad"])  # with the answer, and once that is over
    await house.hass.async_block_till_done()
    face = house.coordinator.data.snapshot.state.part(Talk)
    assert face
    assert face.emotion == "sad"


async def test_what_home_assistant_says_of_itself_stays_where_the_persona_has_no_other_words(house: House) -> None:
    said, expressed = await says(house, "who made you")
    assert "Home Assistant community" in said
    assert expressed != []
    assert (await says(house, "never mind"))[0] == "All right."


async def test_the_households_own_sentence_comes_first(house: House) -> None:
    night = {
        "triggers": [{"trigger": "conversation", "command": "good night"}],
        "actions": [{"set_conversation_response": "Lights out."}],
    }
    assert await async_setup_component(house.hass, "automation", {"automation": night})
    assert (await says(house, "good night"))[0] == "Lights out."
    assert (await says(house, "sleep well"))[0] == "Good night. Sleep well."


async def test_another_language_is_left_to_the_agent(house: House) -> None:
    said, expressed = await says(house, "qui es-tu", "fr")
    assert "Mira" not in said
    assert expressed == ["confused"]


async def test_what_was_not_said_cannot_be_said_again_or_explained(house: House) -> None:
    assert await says(house, "say that again") == ("I have not said anything yet.", ["confused"])
    assert (await says(house, "why did you say that"))[0] == "I have not said anything by myself lately."
    await house.say("who are you")  # in another conversation, whoever that was
    assert (await says(house, "say that again"))[0] == "I have not said anything yet."


async def test_the_camera_is_that_of_the_mirror_in_front_of_which_it_is_said(house: House) -> None:
    await house.coordinator.async_command("set_camera", {"on": True})
    assert (await says(house, "turn off the camera", device_id="kitchen"))[1] == ["confused"]
    assert house.done["camera"]
    assert await says(house, "turn off the camera", device_id=None) == ("The camera is off.", ["happy"])
    assert (await says(house, "mach die Kamera an", "de"))[0] == "Die Kamera ist an."


async def test_what_is_forgotten_is_in_no_conversation(house: House) -> None:
    first = await house.say("who are you")
    forgotten = await house.say("forget what we talked about", conversation_id=first.conversation_id)
    assert forgotten.speech == "I have forgotten what we talked about."
    assert forgotten.history == [("user", "forget what we talked about"), ("assistant", forgotten.speech)]
    await house.coordinator.expression.async_told(PERSONA_ID)
    kept = await house.coordinator.async_query("talk_history", {"persona": PERSONA_ID})
    assert "who are you" not in str(kept)


async def test_a_person_has_their_own_words_forgotten(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    person = "01jperson0000000000000000a"
    monkeypatch.setattr("custom_components.mira.persona_answers.person_of", lambda *_: (person, True))
    asked: list[dict[str, Any]] = []

    async def send(action: str, payload: dict[str, Any], **how: Any) -> Decision:
        asked.append({"action": action, "payload": payload, **how})
        return Decision("1", "rejected", "rate_limited", {}, 2, {})

    monkeypatch.setattr(
        "custom_components.mira.coordinator.MiraCoordinator.async_send", lambda _, *a, **b: send(*a, **b)
    )
    said = (await house.say("forget what we talked about")).speech
    assert said.startswith("The mirror refused: ")
    (command,) = [one for one in asked if one["action"] == "forget_talk"]
    assert (command["payload"], command["person"], command["source"]) == ({"persona": PERSONA_ID}, person, "sensor")


@pytest.fixture
async def other(hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp) -> Talking:
    """A persona over an agent that understands nothing, and says so while it streams."""
    entry = await set_up()
    talk = await async_talk(hass)
    talk.misunderstands, talk.reply = True, ["What?"]
    await add_persona(hass, entry, "conversation.head")
    return talk


async def test_another_agent_that_does_not_understand_says_so_in_its_own_way(
    hass: HomeAssistant, other: Talking
) -> None:
    assert (await ask(hass, "who are you")).speech == "What?"  # that was on its way already


async def test_a_mirror_that_keeps_no_talk_and_has_no_microphone_is_not_asked(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp
) -> None:
    written_mirror.presence(subjects={"screen": 1}, devices={})
    entry = await set_up()
    await add_persona(hass, entry)
    assert (await ask(hass, "forget what we talked about")).speech == "I have forgotten what we talked about."
    assert (await ask(hass, "turn on the microphone")).result.response.error_code is not None


async def test_a_mirror_that_is_unavailable_says_so(house: House, sidecar_at_once: SidecarProcess) -> None:
    sidecar_at_once.kill()
    await until(lambda: house.coordinator.data.error)
    assert (await house.say("turn off the camera")).speech == "Hall mirror cannot be reached."
