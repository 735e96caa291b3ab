"""A persona over Home Assistant's own agents, which are real and speak with the stand-in model over sockets."""

import asyncio
import logging
import time
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from homeassistant.components import conversation
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import intent, llm
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser, async_mock_service

from custom_components.mira import persona_reply
from custom_components.mira.diagnostics import async_get_config_entry_diagnostics
from custom_components.mira.emotions import Emotion
from custom_components.mira.expression import Wanted
from custom_components.mira.migrate import async_migrate_unique_id
from house.model import Call, Die, Say, StandInModel
from tests.integration.conftest import Meet, SetUp, StateBecomes
from tests.integration.persona import PERSONA, PERSONA_ID, add_persona, ask, set_up_agent, until
from tests.integration.spoken_mirror import BLOCK, SpokenMirror, over
from tests.integration.talking import async_talk
from tests.integration.written_mirror import WrittenMirror

EMOTION = "sensor.hall_mirror_emotion"
AGENTS = pytest.mark.parametrize("kind", ["llama_cpp", "ollama"])


def emotion_of(hass: HomeAssistant) -> str:
    """What the sensor shows."""
    state = hass.states.get(EMOTION)
    assert state
    return state.state


@AGENTS
async def test_a_persona_expresses_first_and_answers_as_the_words_come(
    hass: HomeAssistant, *, meet: Meet, model: StandInModel, mirror: SpokenMirror, kind: str
) -> None:
    entry = await meet(kind)
    expressed: list[tuple[str, int]] = []
    streamed: list[dict[str, Any]] = []

    def follow(emotion: Emotion | Wanted) -> None:
        assert isinstance(emotion, Emotion)
        expressed.append((emotion.name, sum(bool(delta.get("content")) for delta in streamed)))

    context = Context()
    unfollow = entry.runtime_data.expression.follow(context.id, follow)
    model.turns = [[Say("[emo"), Say("tion:hap", 0.02), Say("py] Hel", 0.02), Say("lo.", 0.02), Say(" You?", 0.02)]]
    asked = await ask(hass, "hello", streamed=streamed, context=context)
    unfollow()
    assert expressed == [("happy", 0)]
    assert [delta["content"] for delta in asked.streamed if delta.get("content")] == ["Hel", "lo.", " You?"]
    assert asked.said == asked.speech == "Hello. You?"
    assert asked.history == [("user", "hello"), ("assistant", "Hello. You?")]
    assert asked.result.continue_conversation
    await over(mirror)


@AGENTS
async def test_the_tag_is_in_no_history_and_in_no_later_request(
    hass: HomeAssistant, meet: Meet, model: StandInModel, kind: str
) -> None:
    await meet(kind)
    model.turns = [[Say("[emotion:happy] Hello 😊.")], [Say("[emotion:sad] Oh.")]]
    first = await ask(hass, "hello")
    await ask(hass, "I am not well", conversation_id=first.conversation_id)
    system, *messages = model.requests[-1]["messages"]
    assert [(each["role"], each["content"]) for each in messages] == [
        ("user", "hello"),
        ("assistant", "Hello ."),
        ("user", "I am not well"),
    ]
    assert "You are an assistant." in system["content"]
    assert "You are Mira, and kind." in system["content"]
    kept = "".join(str(log.as_dict()) for log in hass.data[DATA_CHAT_LOGS].values())
    assert "[emotion" not in kept
    assert "😊" not in kept
    assert len(hass.data[DATA_CHAT_LOGS]) == 1


async def test_what_was_asked_for_beside_the_prompt_stays_in_the_conversation(
    hass: HomeAssistant, meet: Meet, model: StandInModel
) -> None:
    await meet(prompt="")
    model.turns = [[Say("Yes?")], [Say("Good.")]]
    first = await ask(hass, "hello", extra_system_prompt="The garage is open.")
    await ask(hass, "close it", conversation_id=first.conversation_id)
    assert ["The garage is open." in each["messages"][0]["content"] for each in model.requests] == [True, True]


class Lamp(llm.Tool):
    """A tool that notes who calls."""

    name = "lamp"
    description = "Switches the lamp."
    integration = "mira"

    def __init__(self) -> None:
        self.callers: list[tuple[str | None, str | None]] = []

    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        assert llm_context.context
        self.callers.append((llm_context.context.user_id, llm_context.device_id))
        return llm.ToolResult({"lamp": "on"})


@pytest.fixture
def lamp(hass: HomeAssistant) -> Lamp:
    """The tool, of an interface that an agent can be given."""
    tool = Lamp()

    class House(llm.API):
        async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
            return llm.APIInstance(self, "You have a lamp.", llm_context, [tool])

    llm.async_register_api(hass, House(hass=hass, id="house", name="House"))
    return tool


@AGENTS
async def test_tools_run_for_whoever_asks_and_are_shown_and_the_tag_after_them_is_not_said(
    hass: HomeAssistant, *, meet: Meet, model: StandInModel, lamp: Lamp, hass_admin_user: MockUser, kind: str
) -> None:
    await meet(agent=await set_up_agent(hass, kind, model, api=["house"]))
    model.turns = [
        [Say("[emotion:thinking] Let me see."), Call("lamp")],
        [Say("[emotion:joy] The lamp is on.")],
    ]
    context = Context(user_id=hass_admin_user.id)
    asked = await ask(hass, "light", context=context, device_id="here")
    assert lamp.callers == [(hass_admin_user.id, "here")]
    assert asked.said == "Let me see.The lamp is on."
    assert asked.speech == "The lamp is on."
    shown = [type(each) for each in asked.content]
    assert shown[2:] == [
        conversation.AssistantContent,
        conversation.ToolResultContent,
        conversation.AssistantContent,
    ]
    assert asked.content[3].result == llm.ToolResult({"lamp": "on"})  # type: ignore[union-attr]
    assert "tool" in [each["role"] for each in model.requests[-1]["messages"]]


async def test_an_action_of_assist_is_done_and_told_by_the_agents_own_result(
    hass: HomeAssistant, meet: Meet, model: StandInModel
) -> None:
    assert await async_setup_component(hass, "intent", {})
    hass.states.async_set("light.kitchen", "off", {"friendly_name": "Kitchen"})
    async_expose_entity(hass, "conversation", "light.kitchen", True)
    calls = async_mock_service(hass, "light", "turn_on")
    await meet()
    model.turns = [[Call("intent__HassTurnOn", {"name": "Kitchen"})], [Say("[emotion:happy] It is on.")]]
    asked = await ask(hass, "light")
    assert len(calls) == 1
    assert asked.speech == "It is on."
    assert asked.result.response.response_type is intent.IntentResponseType.ACTION_DONE
    assert [each.entity_id for each in asked.result.response.matched_states] == ["light.kitchen"]


@AGENTS
async def test_a_picture_reaches_the_model(
    hass: HomeAssistant, meet: Meet, model: StandInModel, tmp_path: Path, kind: str
) -> None:
    await meet(kind)
    picture = tmp_path / "a.jpg"
    picture.write_bytes(b"\xff\xd8\xff\xe0JPEG")
    model.turns = [[Say("A cat.")]]
    attachment = conversation.Attachment("media-source://camera/camera.hall", "image/jpeg", picture)
    await ask(hass, "what is there", attachments=[attachment])
    message = model.requests[-1]["messages"][-1]
    pictures = message.get("images") or [part for part in message["content"] if part["type"] == "image_url"]
    assert len(pictures) == 1
    assert sum(each["role"] == "user" for each in model.requests[-1]["messages"]) == 1


@AGENTS
async def test_who_asks_no_more_has_the_models_stream_closed(
    hass: HomeAssistant, meet: Meet, model: StandInModel, state_becomes: StateBecomes, kind: str
) -> None:
    mirror = await meet(kind)
    model.turns = [[Say("[emotion:happy] Hello"), Say(" there", 30)]]
    streamed: list[dict[str, Any]] = []
    asking = asyncio.create_task(ask(hass, "hello", streamed=streamed))
    await until(lambda: any(delta.get("content") for delta in streamed))
    await state_becomes(EMOTION, "happy")
    asking.cancel()
    cancelled = time.perf_counter()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await until(lambda: model.closed)
    assert model.closed[0] - cancelled < 1  # how fast is measured by scripts/bench talk
    await state_becomes(EMOTION, "neutral")
    assert mirror.runtime_data.expression.outcomes == {"interrupted": 1}


async def test_an_agent_that_does_not_stream_answers_in_one_piece(
    hass: HomeAssistant, meet: Meet, model: StandInModel, lamp: Lamp
) -> None:
    await meet(agent=await set_up_agent(hass, "llama_cpp", model, streaming=False))
    model.turns = [[Say("[emotion:joy] Hello. "), Say("You?")]]
    asked = await ask(hass, "hello")
    assert asked.said == asked.speech == "Hello. You?"


async def test_the_built_in_agent_answers_what_it_knows_and_says_what_it_does_not(
    hass: HomeAssistant, meet: Meet
) -> None:
    assert await async_setup_component(hass, "intent", {})
    await meet(agent="conversation.home_assistant")
    asked = await ask(hass, "what time is it")
    assert asked.said == asked.speech != ""
    assert asked.result.response.intent
    assert asked.result.response.intent.intent_type == "HassGetCurrentTime"
    asked = await ask(hass, "tell me a story")
    assert asked.said == asked.speech == "Sorry, I am not aware of any device called a story"
    assert asked.result.response.error_code is intent.IntentResponseErrorCode.NO_VALID_TARGETS


class Legacy(conversation.models.AbstractConversationAgent):
    """An agent of the old kind, which is no entity and keeps no log."""

    supported_languages = ["en"]  # noqa: RUF012

    async def async_process(self, user_input: conversation.ConversationInput) -> conversation.ConversationResult:
        response = intent.IntentResponse(language=user_input.language)
        response.async_set_speech("[emotion:proud] As ever.")
        return conversation.ConversationResult(response, user_input.conversation_id)


async def test_an_agent_that_is_no_entity_answers_too(hass: HomeAssistant, meet: Meet) -> None:
    assert await async_setup_component(hass, "conversation", {})
    other = MockConfigEntry(domain="legacy")
    other.add_to_hass(hass)
    conversation.async_set_agent(hass, other, Legacy())
    await meet(agent=other.entry_id)
    asked = await ask(hass, "how are you")
    assert asked.said == asked.speech == "As ever."
    state = hass.states.get(PERSONA)
    assert state
    assert state.attributes["supported_features"] == 0


class Failure(NamedTuple):
    """What a model does, what becomes of the reply, and how it ends."""

    turn: list[Say | Die]
    outcome: str
    english: str
    german: str


FAILURES = {
    "dies in its answer": Failure(
        [Say("[emotion:happy] Hello"), Die(0.02)],
        "broke_off",
        "Hello Sorry, my answer broke off here.",
        "Hello Leider ist meine Antwort hier abgebrochen.",
    ),
    "dies before it": Failure(
        [Die()],
        "failed",
        "Sorry, I could not get an answer. Please try again.",
        "Leider habe ich keine Antwort bekommen. Bitte versuche es noch einmal.",
    ),
    "hangs": Failure(
        [Say("Well, "), Say("so", 30)],
        "timed_out",
        "Well, Sorry, the answer takes too long. Please try again later.",
        "Well, Die Antwort dauert leider zu lange. Bitte versuche es später noch einmal.",
    ),
    "floods": Failure(
        [Say("word " * 20) for _ in range(1_000)],
        "too_long",
        "word This is getting too long, so I stop here.",
        "word Das wird zu lang, deshalb höre ich hier auf.",
    ),
    "floods at once": Failure(
        [Say("word " * 50_000)],
        "too_long",
        "word This is getting too long, so I stop here.",
        "word Das wird zu lang, deshalb höre ich hier auf.",
    ),
    "floods with what is not said": Failure(
        [Say("😊" * 100) for _ in range(1_000)],
        "too_long",
        "This is getting too long, so I stop here.",
        "Das wird zu lang, deshalb höre ich hier auf.",
    ),
    "answers nothing": Failure(
        [],
        "failed",
        "Sorry, I could not get an answer. Please try again.",
        "Leider habe ich keine Antwort bekommen. Bitte versuche es noch einmal.",
    ),
    "answers a tag alone": Failure(
        [Say("[emotion:confused]")],
        "no_answer",
        "Sorry, I have no answer to that.",
        "Darauf habe ich leider keine Antwort.",
    ),
}


@AGENTS
@pytest.mark.parametrize("language", ["en", "de-AT"])
@pytest.mark.parametrize("failure", FAILURES.values(), ids=list(FAILURES))
async def test_a_model_that(
    hass: HomeAssistant,
    *,
    meet: Meet,
    model: StandInModel,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kind: str,
    language: str,
    failure: Failure,
) -> None:
    """Has one stated outcome, is spoken of plainly, and leaves what was said before."""
    monkeypatch.setattr(persona_reply, "SILENCE_S", 1.5)
    mirror = await meet(kind)
    model.turns = [failure.turn]
    caplog.clear()
    asked = await ask(hass, "hello", language=language)
    assert asked.said.endswith(failure.english if language == "en" else failure.german)
    assert len(asked.said) <= persona_reply.LONGEST + 100
    assert asked.speech == asked.said == asked.history[-1][1]
    assert asked.result.response.error_code is intent.IntentResponseErrorCode.FAILED_TO_HANDLE
    assert not asked.result.continue_conversation
    assert mirror.runtime_data.expression.outcomes == {failure.outcome: 1}
    await until(lambda: emotion_of(hass) == "neutral")
    assert [record for record in caplog.records if record.exc_info and record.levelno > logging.DEBUG] == []
    model.turns = [[Say("[emotion:happy] Here I am.")]]
    again = await ask(hass, "hello", conversation_id=asked.conversation_id)
    assert again.said == "Here I am."


async def test_an_answer_in_one_piece_may_be_no_longer_than_others(
    hass: HomeAssistant, meet: Meet, model: StandInModel
) -> None:
    mirror = await meet(agent=await set_up_agent(hass, "llama_cpp", model, streaming=False))
    model.turns = [[Say("word " * 50_000)]]
    asked = await ask(hass, "hello")
    assert asked.said.endswith("word This is getting too long, so I stop here.")
    assert len(asked.said) <= persona_reply.LONGEST + 100
    assert mirror.runtime_data.expression.outcomes == {"too_long": 1}


async def test_a_model_that_thinks_without_end_is_stopped(
    hass: HomeAssistant, meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = await meet()
    monkeypatch.setattr(persona_reply, "LONGEST_THOUGHT", 100)

    async def thinking(*args: Any, **kwargs: Any) -> Any:
        log = conversation.chat_log.current_chat_log.get()
        assert log
        assert log.delta_listener
        while True:
            log.delta_listener(log, {"thinking_content": "Hm. "})
            await asyncio.sleep(0)

    monkeypatch.setattr(persona_reply, "async_converse", thinking)
    asked = await ask(hass, "hello")
    assert asked.said == "This is getting too long, so I stop here."
    assert mirror.runtime_data.expression.outcomes == {"too_long": 1}


async def test_a_tool_may_take_longer_than_a_model(
    hass: HomeAssistant, meet: Meet, model: StandInModel, lamp: Lamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(persona_reply, "SILENCE_S", 1.5)
    await meet(agent=await set_up_agent(hass, "llama_cpp", model, api=["house"]))

    async def slow(*args: Any) -> llm.ToolResult:
        await asyncio.sleep(2)
        return llm.ToolResult({})

    monkeypatch.setattr(lamp, "async_call", slow)
    model.turns = [[Call("lamp")], [Say("Done.")]]
    assert (await ask(hass, "light")).said == "Done."


@pytest.mark.parametrize("agent", ["conversation.gone", PERSONA])
async def test_without_an_agent_it_says_so(hass: HomeAssistant, meet: Meet, agent: str) -> None:
    await meet(agent=agent)
    asked = await ask(hass, "hello")
    assert asked.said == asked.speech == "Sorry, I cannot answer: my conversation agent is not available."


async def test_an_agent_that_cannot_begin_is_not_quoted(hass: HomeAssistant, meet: Meet, model: StandInModel) -> None:
    """What Home Assistant makes of its error is in English, and full of names."""
    await meet(agent=await set_up_agent(hass, "llama_cpp", model, api=["unknown"]))
    asked = await ask(hass, "hello", language="de")
    assert asked.said == asked.speech == "Leider habe ich keine Antwort bekommen. Bitte versuche es noch einmal."


async def test_a_mirror_that_is_unloaded_ends_the_answer_plainly(
    hass: HomeAssistant, meet: Meet, model: StandInModel
) -> None:
    mirror = await meet()
    model.turns = [[Say("[emotion:happy] Hello"), Say(" there", 30)]]
    streamed: list[dict[str, Any]] = []
    asking = asyncio.create_task(ask(hass, "hello", streamed=streamed))
    await until(lambda: any(delta.get("content") for delta in streamed))
    assert await hass.config_entries.async_unload(mirror.entry_id)
    assert (await asking).said == "Hello Sorry, my answer broke off here."
    await until(lambda: model.closed)


async def test_an_unknown_tag_is_neutral_and_counted(hass: HomeAssistant, meet: Meet, model: StandInModel) -> None:
    mirror = await meet()
    model.turns = [[Say("[emotion:grumpy] Well.")]]
    assert (await ask(hass, "hello")).said == "Well."
    diagnostics = await async_get_config_entry_diagnostics(hass, mirror)
    assert diagnostics["personas"] == {"count": 1, "outcomes": {"answered": 1}, "unknown_tags": 1}


async def test_a_newer_reply_is_what_is_expressed(hass: HomeAssistant, meet: Meet, model: StandInModel) -> None:
    await meet()
    model.turns = [
        [Say("[emotion:sad] One"), Say(" [emotion:angry] more", 0.3)],
        [Say("[emotion:happy] Two"), Say(".", 0.6)],
    ]
    first = asyncio.create_task(ask(hass, "one"))
    await until(lambda: emotion_of(hass) == "sad")
    second = asyncio.create_task(ask(hass, "two"))
    await until(lambda: emotion_of(hass) == "happy")
    await first
    assert emotion_of(hass) == "happy"
    await second
    await until(lambda: emotion_of(hass) == "neutral")


async def test_at_the_mirror_it_is_heard_without_tags_and_keeps_its_emotion_until_the_turn_is_over(
    hass: HomeAssistant,
    *,
    meet: Meet,
    model: StandInModel,
    mirror: SpokenMirror,
    written_mirror: WrittenMirror,
    state_becomes: StateBecomes,
) -> None:
    mirror.plays = False
    await meet()
    talk = await async_talk(hass)
    await talk.set_pipeline(conversation_engine=PERSONA)
    await until(lambda: written_mirror.redis.pubsub_numsub("mira:{hall}:audio")[0][1])
    words = [f"word {number} " for number in range(30)]
    model.turns = [[Say("[emo"), Say("tion:love] "), *(Say(word, 0.01) for word in words), Say("😊.")]]
    turn = await mirror.open()
    await mirror.hear(turn, BLOCK)
    state = await state_becomes(EMOTION, "love")
    assert (state.attributes["emoji"], state.attributes["hexcode"]) == ("😍", "1F60D")
    await until(lambda: mirror.frames and mirror.frames[-1].last)
    assert len(talk.spoken) > 1  # while it came
    assert "".join(talk.spoken) == "".join([*words, "."])
    assert emotion_of(hass) == "love"
    await mirror.end_speech()
    await state_becomes(EMOTION, "neutral")


async def test_personas_come_and_go_while_the_mirror_is_there(
    hass: HomeAssistant, set_up: SetUp, written_mirror: WrittenMirror
) -> None:
    mirror = await set_up()
    assert hass.states.async_entity_ids("conversation") == ["conversation.home_assistant"]
    handler = (mirror.entry_id, "persona")
    flows = hass.config_entries.subentries

    flow = await flows.async_init(handler, context={"source": "user"})
    assert flow["step_id"] == "user"
    given = {"name": " ", "agent": "conversation.gone"}
    flow = await flows.async_configure(flow["flow_id"], given)
    assert flow["errors"] == {"name": "required", "agent": "agent_not_found"}
    given = {"name": "Mira ", "agent": "conversation.home_assistant", "prompt": "Be kind.", "language": "de"}
    flow = await flows.async_configure(flow["flow_id"], given)
    assert flow["type"] == "create_entry"
    await hass.async_block_till_done()
    state = hass.states.get(PERSONA)
    assert state
    assert state.name == "Mira"
    info = conversation.async_get_agent_info(hass, PERSONA)
    assert info
    assert not info.supports_streaming
    assert conversation.agent_manager.async_get_agent(hass, PERSONA).supported_languages == ["de"]

    (subentry_id,) = mirror.subentries
    flow = await flows.async_init(handler, context={"source": "reconfigure", "subentry_id": subentry_id})
    suggested = {
        str(key): key.description["suggested_value"] if key.description else None for key in flow["data_schema"].schema
    }
    assert suggested == {**given, "name": "Mira", "pictures": "drawn", "memory": True, "ai_task": None}
    flow = await flows.async_configure(flow["flow_id"], {"name": "Mirror", "agent": PERSONA})
    assert flow["errors"] == {"agent": "own_agent"}
    flow = await flows.async_configure(flow["flow_id"], {"name": "Mirror", "agent": "conversation.home_assistant"})
    assert (flow["type"], flow["reason"]) == ("abort", "reconfigure_successful")
    await hass.async_block_till_done()
    state = hass.states.get(PERSONA)
    assert state
    assert state.name == "Mirror"
    assert "de" in conversation.agent_manager.async_get_agent(hass, PERSONA).supported_languages

    hass.config_entries.async_remove_subentry(mirror, subentry_id)
    await hass.async_block_till_done()
    assert hass.states.get(PERSONA) is None
    assert er.async_get(hass).async_get(PERSONA) is None
    assert [device.name for device in dr.async_entries_for_config_entry(dr.async_get(hass), mirror.entry_id)] == [
        "Hall mirror"
    ]


async def test_a_persona_that_is_switched_off_can_be_changed(
    hass: HomeAssistant, written_mirror: WrittenMirror, set_up: SetUp, entry: MockConfigEntry
) -> None:
    registry = er.async_get(hass)
    registry.async_get_or_create(
        "conversation",
        "mira",
        f"{entry.unique_id}_persona_{PERSONA_ID}",
        suggested_object_id="mira",
        disabled_by=er.RegistryEntryDisabler.USER,
    )
    mirror = await set_up()
    await add_persona(hass, mirror)
    hass.config_entries.async_update_subentry(mirror, mirror.subentries[PERSONA_ID], title="Mirror")
    await hass.async_block_till_done()
    assert hass.states.get(PERSONA) is None


async def test_a_mirror_with_a_new_database_keeps_its_personas(hass: HomeAssistant, meet: Meet) -> None:
    mirror = await meet()
    assert await async_migrate_unique_id(hass, mirror, "new")
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), mirror.entry_id)
    assert {device.name: device.identifiers for device in devices} == {
        "Hall mirror": {("mira", "new")},
        "Mira": {("mira", PERSONA_ID)},
    }
    entity = er.async_get(hass).async_get(PERSONA)
    assert entity
    assert entity.unique_id == f"new_persona_{PERSONA_ID}"


async def test_a_mirror_that_was_never_there_has_no_device_to_keep(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    entry.add_to_hass(hass)
    assert await async_migrate_unique_id(hass, entry, "new")
    assert entry.unique_id == "new"


async def test_a_mirror_shows_what_its_own_persona_expresses_alone(
    hass: HomeAssistant, meet: Meet, model: StandInModel, bath: MockConfigEntry
) -> None:
    await meet()
    bath.add_to_hass(hass)
    assert await hass.config_entries.async_setup(bath.entry_id)
    hass.config_entries.async_add_subentry(
        bath,
        ConfigSubentry(
            data=MappingProxyType({"agent": "conversation.home_assistant"}),
            subentry_type="persona",
            title="Other",
            unique_id=None,
        ),
    )
    await hass.async_block_till_done()
    model.turns = [[Say("[emotion:sad] It is 7"), Say("", 0.2)]]
    asking = asyncio.create_task(ask(hass, "hello"))
    await until(lambda: emotion_of(hass) == "sad")
    other = hass.states.get("sensor.bath_emotion")
    assert other
    assert other.state == "neutral"
    assert (await asking).said == "It is 7"


async def test_a_persona_answers_while_its_mirror_is_away(
    hass: HomeAssistant, meet: Meet, model: StandInModel, written_mirror: WrittenMirror, state_becomes: StateBecomes
) -> None:
    await meet()
    written_mirror.redis.delete("mira:{hall}:presence")
    await state_becomes(EMOTION, "unavailable")
    model.turns = [[Say("Hello.")]]
    assert (await ask(hass, "hello")).said == "Hello."
