"""A persona looks: a real sidecar with a real camera stream takes the picture, and real agents hand it to the model."""

import asyncio
import base64
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Literal, override
from unittest.mock import AsyncMock

import numpy as np
import pytest
from homeassistant.components import conversation
from homeassistant.components.conversation.chat_log import current_chat_log
from homeassistant.components.llm import DOMAIN as LLM
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent, llm
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.mira import looking
from custom_components.mira.agent_facts import AgentFacts, async_agent_facts
from custom_components.mira.emotions import EMOTIONS, Emotion
from custom_components.mira.expression import Wanted
from custom_components.mira.llm import Look
from custom_components.mira.looking_sentences import wanted_in
from house.hand_video import jpeg
from house.model import Call, Die, Say, StandInModel
from house.redis import RedisServer
from house.sidecar import SidecarProcess
from house.stream_server import StreamServer
from tests.integration.persona import ask, persona, set_up_agent, until

AGENTS = pytest.mark.parametrize("kind", ["llama_cpp", "ollama"])
MEANWHILE = pytest.mark.parametrize("countdown_ms", [10_000])
"""The picture is not taken before the test has done something."""
MAY_I = "May I take a photo now? Answer on the mirror: tap Yes, or show a thumb up."

type Meet = Callable[..., Awaitable[MockConfigEntry]]


@pytest.fixture
async def model(socket_enabled: None) -> AsyncIterator[StandInModel]:
    """The stand-in, which answers by what the test puts into its turns."""
    async with StandInModel() as model:
        yield model


@pytest.fixture
def camera(socket_enabled: None) -> Iterator[StreamServer]:
    with StreamServer(jpeg(np.full((480, 640, 3), 90, np.uint8)), rate=15) as server:
        yield server


@pytest.fixture
def countdown_ms() -> int:
    """From the yes to the picture."""
    return 500


@pytest.fixture
def sidecar(
    redis_server: RedisServer, tmp_path: Path, camera: StreamServer, countdown_ms: int
) -> Iterator[SidecarProcess]:
    """The real sidecar with that camera, which is on."""
    flags: dict[str, Any] = {"camera": camera.url, "subjects": "talk", "confirm": "none"}
    flags["talk_countdown_ms"] = countdown_ms
    process = SidecarProcess(redis_server.url, tmp_path / "mira.db", name="Hall mirror", **flags)
    process.start()
    process.bus.send("set_camera", {"on": True})
    yield process
    process.kill()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where pictures are while an agent may look at them."""
    folder = tmp_path / "memory"
    folder.mkdir()
    monkeypatch.setattr(looking, "_IN_MEMORY", str(folder))
    return folder


@pytest.fixture
async def meet(
    hass: HomeAssistant, model: StandInModel, sidecar: SidecarProcess, entry: MockConfigEntry, folder: Path
) -> AsyncIterator[Meet]:
    """Sets up a mirror with a persona over an agent; no picture is left in the end."""
    assert await async_setup_component(hass, LLM, {})
    mirrors: list[MockConfigEntry] = []

    async def meet(kind: str = "llama_cpp", *, agent: str | None = None) -> MockConfigEntry:
        agent = agent or await set_up_agent(hass, kind, model)
        mirror = MockConfigEntry(
            domain="mira",
            title=entry.title,
            unique_id=sidecar.bus.presence()["server_id"],  # type: ignore[index]
            data=entry.data,
            subentries_data=[persona(agent)],
        )
        mirrors.append(mirror)
        mirror.add_to_hass(hass)
        assert await hass.config_entries.async_setup(mirror.entry_id)
        await until(lambda: mirror.runtime_data.data.snapshot.state.camera)
        return mirror

    yield meet
    await until(lambda: list(folder.iterdir()) == [])
    assert hass.data.get(looking.LOOKS, {}) == {}
    for mirror in mirrors:
        await hass.config_entries.async_unload(mirror.entry_id)


def state(sidecar: SidecarProcess) -> dict[str, Any]:
    return sidecar.bus.snapshot()["state"]  # type: ignore[index]


async def asked(sidecar: SidecarProcess) -> dict[str, Any]:
    """Wait for the question at the mirror."""
    await until(lambda: state(sidecar)["pending"])
    pending: dict[str, Any] = state(sidecar)["pending"]
    assert pending["action"] == "request_capture"
    return pending


async def answer(sidecar: SidecarProcess, said: Literal["confirm", "cancel"]) -> None:
    pending = await asked(sidecar)
    await asyncio.to_thread(sidecar.bus.send, said, {"command_id": pending["command_id"]}, source="touch")


def pictures(request: dict[str, Any]) -> list[bytes]:
    """Those of the last message that a model was sent."""
    message = request["messages"][-1]
    given = message.get("images")
    if given is None and isinstance(message["content"], list):
        given = [part["image_url"]["url"] for part in message["content"] if part["type"] == "image_url"]
    return [base64.b64decode(re.sub(r"^data:image/jpeg;base64,", "", each)) for each in given or []]


@AGENTS
async def test_who_asks_to_be_looked_at_is_seen_once_somebody_agrees(
    hass: HomeAssistant, meet: Meet, model: StandInModel, sidecar: SidecarProcess, kind: str
) -> None:
    await meet(kind)
    model.turns = [[Say("[emotion:happy] You look well.")]]
    asking = asyncio.create_task(ask(hass, "How do I look?"))
    pending = await asked(sidecar)
    name = {"llama_cpp": "llama.cpp", "ollama": "Ollama"}[kind]
    (reply,) = state(sidecar)["parts"]["talk"]["replies"]
    assert pending["payload"] == {"kind": "photo", "agent": name, "cloud": False, "reply": reply}
    assert model.requests == []
    await answer(sidecar, "confirm")
    said = await asking
    assert said.said == f"{MAY_I}You look well."
    assert said.speech == "You look well."
    (picture,) = pictures(model.requests[-1])
    assert picture.startswith(b"\xff\xd8")
    assert sum(each["role"] == "user" for each in model.requests[-1]["messages"]) == 1
    assert [each.attachments for each in said.content if isinstance(each, conversation.UserContent)] == [None]
    assert state(sidecar)["parts"]["talk"]["capture"] is None


@AGENTS
async def test_a_model_takes_a_photo_by_its_tool_and_sees_it_in_the_next_message(
    hass: HomeAssistant, meet: Meet, model: StandInModel, sidecar: SidecarProcess, kind: str
) -> None:
    await meet(kind)
    model.turns = [
        [Say("[emotion:curious] Let me see."), Call("mira__look")],
        [Say("[emotion:thinking] One moment.")],
        [Say("[emotion:joy] A green hat!")],
    ]
    asking = asyncio.create_task(ask(hass, "guess what is on my head"))
    await answer(sidecar, "confirm")
    said = await asking
    assert said.said == "Let me see.One moment.A green hat!"
    assert [len(pictures(each)) for each in model.requests] == [0, 0, 1]
    assert said.history[0] == ("user", "guess what is on my head")
    assert len([each for each in said.history if each[0] == "user"]) == 1


@AGENTS
async def test_a_model_is_told_that_somebody_said_no(
    hass: HomeAssistant, meet: Meet, model: StandInModel, sidecar: SidecarProcess, kind: str
) -> None:
    await meet(kind)
    model.turns = [[Call("mira__look")], [Say("[emotion:sorry] Then I guess: a hat?")]]
    asking = asyncio.create_task(ask(hass, "guess what is on my head"))
    await answer(sidecar, "cancel")
    assert (await asking).speech == "Then I guess: a hat?"
    assert "All right, I am not looking." in str(model.requests[-1]["messages"][-1])
    assert len(model.requests) == 2


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "All right, I am not looking."), ("de", "In Ordnung, ich sehe nicht hin.")]
)
async def test_a_no_is_answered_without_the_model(
    hass: HomeAssistant, *, meet: Meet, model: StandInModel, sidecar: SidecarProcess, language: str, sentence: str
) -> None:
    mirror = await meet()
    asking = asyncio.create_task(ask(hass, {"en": "look at me", "de": "schau mich an"}[language], language=language))
    await answer(sidecar, "cancel")
    said = await asking
    assert said.speech == sentence
    assert said.result.response.error_code is None
    assert model.requests == []
    assert mirror.runtime_data.expression.outcomes == {"answered": 1}


async def test_a_program_that_talks_is_told_that_a_picture_is_asked_for(
    hass: HomeAssistant, meet: Meet, sidecar: SidecarProcess
) -> None:
    expression, context = (await meet()).runtime_data.expression, Context()
    news: list[Emotion | Wanted] = []
    unfollow = expression.follow(context.id, news.append)
    asking = asyncio.create_task(ask(hass, "Take a photo", context=context))
    await answer(sidecar, "cancel")
    await asking
    unfollow()
    assert news == [Wanted("photo"), EMOTIONS["sorry"]]


async def test_nobody_is_looked_at_while_the_camera_is_off(
    hass: HomeAssistant, meet: Meet, model: StandInModel, sidecar: SidecarProcess
) -> None:
    await meet()
    asking = asyncio.create_task(ask(hass, "look at me"))
    await asked(sidecar)
    await asyncio.to_thread(sidecar.bus.send, "set_camera", {"on": False})
    assert (await asking).speech == "I cannot look: the camera is off."
    assert (await ask(hass, "look at me")).speech == "The camera is off."
    assert model.requests == []


@MEANWHILE
async def test_a_camera_that_is_switched_off_while_the_picture_is_taken_shows_nothing(
    hass: HomeAssistant, meet: Meet, model: StandInModel, sidecar: SidecarProcess
) -> None:
    await meet()
    asking = asyncio.create_task(ask(hass, "look at me"))
    await answer(sidecar, "confirm")
    await until(lambda: state(sidecar)["parts"]["talk"]["capture"])
    await asyncio.to_thread(sidecar.bus.send, "set_camera", {"on": False})
    assert (await asking).speech == "I cannot look: the camera is off."


async def test_where_nobody_answers_that_is_said(
    hass: HomeAssistant, meet: Meet, model: StandInModel, sidecar: SidecarProcess
) -> None:
    sidecar.stop()
    sidecar.flags["confirm_ms"] = 1_000
    sidecar.start()
    await asyncio.to_thread(sidecar.bus.send, "set_camera", {"on": True})
    await meet()
    assert (await ask(hass, "look at me")).speech == "Nobody said yes, so I have not looked."
    assert model.requests == []


async def test_a_mirror_that_goes_away_meanwhile_is_not_waited_for(
    hass: HomeAssistant, *, meet: Meet, sidecar: SidecarProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    await meet()
    monkeypatch.setattr(looking, "PATIENCE_S", 0.5)
    assert (await ask(hass, "look at me")).speech == "Sorry, that did not work: I have no picture."
    await until(lambda: state(sidecar)["pending"] is None)


async def test_nobody_is_asked_for_a_reply_that_the_mirror_does_not_know(
    hass: HomeAssistant, *, meet: Meet, sidecar: SidecarProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = await meet()
    monkeypatch.setattr(mirror.runtime_data.expression, "_async_decide", AsyncMock(return_value=None))
    assert (await ask(hass, "look at me")).speech == "Sorry, that did not work: I have no picture."
    assert state(sidecar)["pending"] is None


async def test_who_waits_no_more_takes_the_question_back(
    hass: HomeAssistant, meet: Meet, sidecar: SidecarProcess
) -> None:
    mirror = await meet()
    asking = asyncio.create_task(ask(hass, "look at me"))
    await asked(sidecar)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await until(lambda: state(sidecar)["pending"] is None)
    assert mirror.runtime_data.expression.outcomes == {"interrupted": 1}


@MEANWHILE
async def test_who_waits_no_more_has_nobody_photographed(
    hass: HomeAssistant, *, meet: Meet, sidecar: SidecarProcess, camera: StreamServer, folder: Path
) -> None:
    await meet()
    asking = asyncio.create_task(ask(hass, "look at me"))
    await answer(sidecar, "confirm")
    await until(lambda: state(sidecar)["parts"]["talk"]["capture"])
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await until(lambda: state(sidecar)["parts"]["talk"]["capture"] is None)
    await until(lambda: camera.connections == 0)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("ends", ["breaks", "is left", "is left while the file is written"])
async def test_the_picture_is_gone_however_the_reply_ends(
    hass: HomeAssistant,
    *,
    meet: Meet,
    model: StandInModel,
    sidecar: SidecarProcess,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    ends: str,
) -> None:
    await meet()
    model.turns = [[Say("[emotion:happy] You"), Die(0.1) if ends == "breaks" else Say(" look", 30)]]
    write, began = looking._write, asyncio.Event()

    def slowly(*arguments: Any) -> Path:
        hass.loop.call_soon_threadsafe(began.set)
        time.sleep(0.3)
        return write(*arguments)

    if ends == "is left while the file is written":
        monkeypatch.setattr(looking, "_write", slowly)
    asking = asyncio.create_task(ask(hass, "look at me"))
    await answer(sidecar, "confirm")
    if ends == "breaks":
        assert "broke off" in (await asking).said
        return
    await (began.wait() if ends == "is left while the file is written" else until(lambda: model.requests))
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await asyncio.sleep(0.5)  # `meet` looks whether it is gone


async def test_a_disk_that_is_full_is_a_picture_that_failed(
    hass: HomeAssistant, *, meet: Meet, sidecar: SidecarProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    await meet()

    def full(descriptor: int, mode: str) -> Any:
        raise OSError

    monkeypatch.setattr("custom_components.mira.looking.os.fdopen", full)
    asking = asyncio.create_task(ask(hass, "look at me"))
    await answer(sidecar, "confirm")
    assert (await asking).speech == "Sorry, that did not work: I have no picture."


async def test_a_picture_that_is_gone_before_it_is_fetched_has_failed(
    hass: HomeAssistant, *, meet: Meet, sidecar: SidecarProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = await meet()
    query = mirror.runtime_data.async_query

    async def another(kind: str, payload: dict[str, Any]) -> Any:
        return await query(kind, {**payload, "id": "0198c0de-0000-7000-8000-000000000000"})

    monkeypatch.setattr(mirror.runtime_data, "async_query", another)
    asking = asyncio.create_task(ask(hass, "look at me"))
    await answer(sidecar, "confirm")
    assert (await asking).speech == "Sorry, that did not work: I have no picture."


async def test_an_agent_that_does_not_stream_sees_it_too(
    hass: HomeAssistant, meet: Meet, model: StandInModel, sidecar: SidecarProcess
) -> None:
    await meet(agent=await set_up_agent(hass, "llama_cpp", model, streaming=False))
    model.turns = [[Say("[emotion:joy] Hello there.")]]
    asking = asyncio.create_task(ask(hass, "look at me"))
    await answer(sidecar, "confirm")
    said = await asking
    assert (said.said, said.speech) == (f"{MAY_I}Hello there.", "Hello there.")
    assert len(pictures(model.requests[-1])) == 1


async def test_no_more_than_two_pictures_are_taken_for_an_answer(
    hass: HomeAssistant, meet: Meet, model: StandInModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    await meet()
    monkeypatch.setattr(looking, "MOST", 0)
    model.turns = [[Call("mira__look")], [Say("Hm.")]]
    await ask(hass, "guess what is on my head")
    assert "I have looked often enough for one answer." in str(model.requests[-1]["messages"][-1])


async def test_the_tool_is_for_personas_alone(hass: HomeAssistant, meet: Meet) -> None:
    await meet()
    context = llm.LLMContext("test", Context(), "en", "conversation", None)
    api = await llm.async_get_api(hass, "assist", context)
    assert "mira__look" not in [tool.name for tool in api.tools]
    for nobody in (context, llm.LLMContext("test", None, "en", "conversation", None)):
        told = await Look().async_call(hass, llm.ToolInput("mira__look", {}), nobody)
        assert told.error


class Agent(conversation.AbstractConversationAgent):
    """An agent that keeps the pictures that it is handed, or does not look at them."""

    def __init__(self, *, looks: bool) -> None:
        self.looks = looks
        self.seen: list[tuple[str, bytes]] = []

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        return "*"

    @override
    async def async_process(self, user_input: conversation.ConversationInput) -> conversation.ConversationResult:
        log = current_chat_log.get()
        assert log
        last = log.content[-1]
        assert isinstance(last, conversation.UserContent)
        for each in (last.attachments or []) if self.looks else []:
            self.seen.append((each.mime_type, each.path.read_bytes()))
        response = intent.IntentResponse(language=user_input.language)
        response.async_set_speech("I see.")
        return conversation.ConversationResult(response, user_input.conversation_id)


def set_agent(hass: HomeAssistant, domain: str, agent: Agent) -> str:
    entry = MockConfigEntry(domain=domain)
    entry.add_to_hass(hass)
    conversation.async_set_agent(hass, entry, agent)
    return entry.entry_id


async def test_an_agent_that_takes_videos_gets_one_and_who_agrees_reads_that_it_goes_to_a_cloud(
    hass: HomeAssistant, meet: Meet, sidecar: SidecarProcess
) -> None:
    agent = Agent(looks=True)
    assert await async_setup_component(hass, "conversation", {})
    await meet(agent=set_agent(hass, "google_generative_ai_conversation", agent))
    asking = asyncio.create_task(ask(hass, "take a video of me"))
    pending = await asked(sidecar)
    named = {name: pending["payload"][name] for name in ("kind", "agent", "cloud")}
    assert named == {"kind": "video", "agent": "Google Gemini", "cloud": True}
    await answer(sidecar, "confirm")
    said = await asking
    assert "It goes to Google Gemini, outside of your home." in said.said
    assert said.speech == "I see."
    ((kind, video),) = agent.seen
    assert (kind, video[4:8]) == ("video/mp4", b"ftyp")


async def test_an_agent_that_does_not_look_is_not_taken_for_one_that_did(
    hass: HomeAssistant, meet: Meet, sidecar: SidecarProcess
) -> None:
    assert await async_setup_component(hass, "conversation", {})
    await meet(agent=set_agent(hass, "unknown", Agent(looks=False)))
    asking = asyncio.create_task(ask(hass, "look at me"))
    await answer(sidecar, "confirm")
    assert "My conversation agent has not looked at the picture. It seems to take none." in (await asking).said


@pytest.mark.parametrize(
    ("text", "agent", "sentence"),
    [
        (
            "look at me",
            "conversation.home_assistant",
            "I cannot look at pictures: my conversation agent takes text alone.",
        ),
        ("film me", None, "I cannot watch videos: my conversation agent takes none. Ask me for a photo instead."),
    ],
)
async def test_what_an_agent_cannot_see_is_not_taken(
    hass: HomeAssistant, *, meet: Meet, model: StandInModel, text: str, agent: str | None, sentence: str
) -> None:
    await meet(agent=agent)
    assert (await ask(hass, text)).speech == sentence
    assert model.requests == []


async def test_a_mirror_without_a_camera_says_so(
    hass: HomeAssistant, meet: Meet, model: StandInModel, sidecar: SidecarProcess
) -> None:
    sidecar.stop()
    sidecar.flags["camera"] = None
    sidecar.start()
    await asyncio.to_thread(sidecar.bus.send, "set_camera", {"on": True})
    await meet()
    assert (await ask(hass, "look at me")).speech == "I cannot look: this mirror has no camera."


@pytest.mark.parametrize(
    ("domain", "data", "facts"),
    [
        ("openai_conversation", {}, AgentFacts("OpenAI", in_cloud=True, sees=frozenset({"photo"}))),
        ("anthropic", {}, AgentFacts("Anthropic", in_cloud=True, sees=frozenset({"photo"}))),
        (
            "google_generative_ai_conversation",
            {},
            AgentFacts("Google Gemini", in_cloud=True, sees=frozenset({"photo", "video"})),
        ),
        ("wyoming", {}, AgentFacts("Wyoming Protocol", in_cloud=False, sees=frozenset())),
        ("nowhere", {}, AgentFacts("nowhere", in_cloud=True, sees=frozenset({"photo"}))),
        *(
            ("ollama", {"url": url}, AgentFacts("Ollama", in_cloud=in_cloud, sees=frozenset({"photo"})))
            for url, in_cloud in (
                ("http://127.0.0.1:11434", False),
                ("http://192.168.1.4:11434", False),
                ("http://ollama:11434", False),
                ("http://nas.local:11434", False),
                ("https://ollama.com", True),
                ("http://8.8.8.8:11434", True),
                ("http://[not:an:address", True),
            )
        ),
    ],
)
async def test_whether_an_agent_is_in_the_house_is_known_by_its_integration_and_its_address(
    hass: HomeAssistant, domain: str, data: dict[str, Any], facts: AgentFacts
) -> None:
    entry = MockConfigEntry(domain=domain, data=data)
    entry.add_to_hass(hass)
    assert await async_agent_facts(hass, entry.entry_id) == facts


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("en", "Take a picture of me, please.", "photo"),
        ("en", "Can you take a photo?", "photo"),
        ("en-GB", "Look at me!", "photo"),
        ("en", "How do I look?", "photo"),
        ("en", "What am I holding?", "photo"),
        ("en", "What do you see?", "photo"),
        ("en", "Take a video of us", "video"),
        ("en", "film me", "video"),
        ("en", "Take a picture off the wall", None),
        ("en", "How do I look up a word?", None),
        ("en", "What do you see in him?", None),
        ("de", "Mach bitte mal ein Foto von mir", "photo"),
        ("de", "Kannst du ein Bild von uns machen?", "photo"),
        ("de", "Schau mich mal an", "photo"),
        ("de", "Wie sehe ich aus?", "photo"),
        ("de", "Was halte ich in der Hand?", "photo"),
        ("de", "Was siehst du?", "photo"),
        ("de", "Nimm ein Video auf", "video"),
        ("de", "Schau mal, ob die Tür zu ist", None),
        ("de", "How do I look?", None),
        ("fr", "Regarde-moi", None),
    ],
)
def test_who_wants_to_be_looked_at_is_understood(language: str, text: str, kind: str | None) -> None:
    assert wanted_in(text, language) == kind
