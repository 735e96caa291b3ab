"""What a persona remembers: the real sidecar keeps it, and the agent gets that and nothing twice."""

import asyncio
from typing import Any
from uuid import uuid7

import pytest
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.mira import history
from custom_components.mira.coordinator import MiraCoordinator
from custom_components.mira.models.json_object import Document
from house.model import Say, StandInModel
from house.sidecar import SidecarProcess
from tests.integration.conftest import Meet
from tests.integration.persona import PERSONA, PERSONA_ID, ask, until

DAY = "2026-11-29"
ANNA = f"p_{uuid7().hex}"


@pytest.fixture
def mirror(sidecar: SidecarProcess) -> SidecarProcess:
    """The mirror that decides here is the real one."""
    return sidecar


async def kept(entry: MockConfigEntry, messages: int, person: str | None = None) -> Document:
    """What the sidecar has kept, once it is so many messages."""
    coordinator: MiraCoordinator = entry.runtime_data
    asked = {"persona": PERSONA_ID, "limit": 100} | ({"person": person} if person else {})
    found: Document = {}

    async with asyncio.timeout(10):
        while not found or len(found["messages"]) != messages:
            await asyncio.sleep(0.05)
            found = await coordinator.async_query("talk_history", asked)
    return found


async def summed_up(entry: MockConfigEntry) -> Document:
    """What the sidecar has kept, once the older messages are a summary: there are as few on the way to many."""
    found: Document = {}
    async with asyncio.timeout(10):
        while not found.get("summary"):
            await asyncio.sleep(0.05)
            found = await kept(entry, history.KEPT)
    return found


def got(model: StandInModel) -> list[tuple[str, str]]:
    """What the model got last, without the system's prompt."""
    return [(each["role"], each["content"]) for each in model.requests[-1]["messages"][1:]]


def prompt(model: StandInModel) -> str:
    """The system's prompt that it got last."""
    return str(model.requests[-1]["messages"][0]["content"])


async def test_what_was_said_is_known_in_the_next_conversation_and_nothing_is_there_twice(
    hass: HomeAssistant, meet: Meet, model: StandInModel
) -> None:
    entry = await meet()
    model.turns = [[Say("[emotion:happy] Hello.")], [Say("Yes?")], [Say("Well.")]]
    first = await ask(hass, "I am Anna")
    await kept(entry, 2)
    await ask(hass, "who am I", conversation_id=first.conversation_id)
    before = [("user", "I am Anna"), ("assistant", "Hello.")]
    assert got(model) == [*before, ("user", "who am I")]
    await kept(entry, 4)
    await ask(hass, "hello")
    assert got(model) == [*before, ("user", "who am I"), ("assistant", "Yes?"), ("user", "hello")]


async def test_a_persona_without_memory_knows_the_conversation_alone(
    hass: HomeAssistant, meet: Meet, model: StandInModel
) -> None:
    entry = await meet(memory=False)
    model.turns = [[Say("Hello.")], [Say("Yes?")], [Say("Well.")]]
    first = await ask(hass, "I am Anna")
    await ask(hass, "who am I", conversation_id=first.conversation_id)
    assert got(model) == [("user", "I am Anna"), ("assistant", "Hello."), ("user", "who am I")]
    await ask(hass, "hello")
    assert got(model) == [("user", "hello")]
    await kept(entry, 0)


async def test_a_mirror_that_is_slow_to_remember_keeps_nobody_waiting(
    hass: HomeAssistant, meet: Meet, model: StandInModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await meet()
    model.turns = [[Say("Hello.")], [Say("Yes?")]]
    first = await ask(hass, "I am Anna")
    await kept(entry, 2)
    monkeypatch.setattr(history, "PATIENCE_S", 0.0)
    await ask(hass, "who am I", conversation_id=first.conversation_id)
    assert got(model) == [("user", "I am Anna"), ("assistant", "Hello."), ("user", "who am I")]


@pytest.mark.parametrize("consents", [["memory"], []])
async def test_whom_the_mirror_knows_has_a_memory_of_their_own_if_they_agree(
    hass: HomeAssistant,
    *,
    meet: Meet,
    model: StandInModel,
    hass_admin_user: MockUser,
    consents: list[str],
) -> None:
    entry = await meet()
    anna = er.async_get(hass).async_get_or_create("person", "person", "anna", suggested_object_id="anna")
    hass.states.async_set(anna.entity_id, "home", {"user_id": hass_admin_user.id})
    added = {"person": ANNA, "ha_person": anna.id, "consents": consents}
    await entry.runtime_data.async_command("add_person", added, words={"name": "Anna"})
    model.turns = [[Say("Hello.")], [Say("Hm.")], [Say("Yes?")]]
    hers = Context(user_id=hass_admin_user.id)
    first = await ask(hass, "I am Anna", context=hers)
    await kept(entry, 2 if consents else 0, ANNA)
    await ask(hass, "who am I")
    assert got(model) == [("user", "who am I")]
    await kept(entry, 2)
    again = Context(user_id=hass_admin_user.id)
    await ask(hass, "and now", context=again, conversation_id=first.conversation_id)
    assert got(model) == [("user", "I am Anna"), ("assistant", "Hello."), ("user", "and now")]


async def talk_for_long(hass: HomeAssistant, model: StandInModel) -> None:
    """Say so much that it is summed up."""
    said = ["I'm allergic to nuts.", *(f"Is it {number} now?" for number in range(1, history.MOST // 2))]
    for number, asked in enumerate(said):
        model.turns = [[Say(f"Answer {number}.")]]
        await ask(hass, asked)


async def test_what_was_said_long_ago_is_summed_up_by_rules(
    hass: HomeAssistant, meet: Meet, model: StandInModel
) -> None:
    entry = await meet()
    await talk_for_long(hass, model)
    found = await summed_up(entry)
    assert found["summary"] == "I'm allergic to nuts."
    assert found["count"] == history.KEPT
    model.turns = [[Say("Yes.")]]
    await ask(hass, "hello")
    assert "I'm allergic to nuts." in prompt(model)
    assert len(got(model)) == history.KEPT + 1
    events = [
        event for event in (await entry.runtime_data.client.log.page(limit=200)).events if event.action == "compact"
    ]
    assert [event.payload["by"] for event in events] == ["rules"]
    assert events[0].payload["messages"] == history.MOST - history.KEPT


class Task:
    """An AI task that answers what the test wants."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self.asked: dict[str, Any] = {}

    async def generate(self, hass: HomeAssistant, **asked: Any) -> Any:
        self.asked = asked
        if isinstance(self.data, Exception):
            raise self.data
        return self


@pytest.mark.parametrize(
    ("data", "by"),
    [
        ({"summary": "Allergic to nuts, of course."}, "model"),
        ({"summary": "  "}, "rules"),
        ({"summary": 5}, "rules"),
        ({}, "rules"),
        (HomeAssistantError("gone"), "rules"),
    ],
)
async def test_the_ai_task_of_the_persona_sums_up_and_where_it_fails_the_rules_do(
    hass: HomeAssistant, *, meet: Meet, model: StandInModel, monkeypatch: pytest.MonkeyPatch, data: Any, by: str
) -> None:
    task = Task(data)
    monkeypatch.setattr("homeassistant.components.ai_task.async_generate_data", task.generate)
    entry = await meet(ai_task="ai_task.summaries")
    await talk_for_long(hass, model)
    found = await summed_up(entry)
    assert found["summary"] == ("Allergic to nuts, of course." if by == "model" else "I'm allergic to nuts.")
    assert task.asked["entity_id"] == "ai_task.summaries"
    assert "person: I'm allergic to nuts." in task.asked["instructions"]


async def test_where_nothing_lasting_was_said_nothing_is_left_of_it(
    hass: HomeAssistant, meet: Meet, model: StandInModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MOST", 6)
    entry = await meet()
    for _ in range(3):
        model.turns = [[Say("Yes.")]]
        await ask(hass, "what time is it")
    assert (await summed_up(entry))["summary"] == "-"


async def test_a_conversation_is_summed_up_once_at_a_time_and_again_later_where_that_fails(
    hass: HomeAssistant, meet: Meet, model: StandInModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await meet()
    coordinator: MiraCoordinator = entry.runtime_data
    monkeypatch.setattr(history, "MOST", 6)
    coordinator.compacting.add((PERSONA_ID, None))
    for _ in range(3):
        model.turns = [[Say("Yes.")]]
        await ask(hass, "I like tea.")
    await kept(entry, 6)
    coordinator.compacting.clear()
    asked = coordinator.async_query

    async def refuses(kind: str, payload: Any) -> Document:
        raise HomeAssistantError

    thread = history.History(coordinator, PERSONA_ID, None, None)
    monkeypatch.setattr(coordinator, "async_query", refuses)
    await thread.async_shorten(Context())
    monkeypatch.setattr(coordinator, "async_query", asked)
    await kept(entry, 6)
    await thread.async_shorten(Context())
    assert (await summed_up(entry))["summary"] == "I like tea."


async def test_a_persona_that_is_deleted_is_forgotten_by_the_mirror(
    hass: HomeAssistant, meet: Meet, model: StandInModel
) -> None:
    entry = await meet()
    model.turns = [[Say("Hello.")]]
    await ask(hass, "I am Anna")
    await kept(entry, 2)
    hass.config_entries.async_remove_subentry(entry, PERSONA_ID)
    await kept(entry, 0)


async def test_the_mirror_expresses_what_is_asked_and_forgets_what_was_said(
    hass: HomeAssistant, meet: Meet, model: StandInModel, hass_read_only_user: MockUser
) -> None:
    entry = await meet()
    call = hass.services.async_call

    async def act(action: str, **data: Any) -> Any:
        return await call("mira", action, data, blocking=True, return_response=True)

    assert (await act("express", emotion="joy", seconds=60))["outcome"] == "accepted"
    await until(lambda: hass.states.get("sensor.hall_mirror_emotion").state == "joy")  # type: ignore[union-attr]
    model.turns = [[Say("Hello.")]]
    await ask(hass, "I am Anna")
    await kept(entry, 2)
    with pytest.raises(HomeAssistantError, match="no persona"):
        await act("forget_talk", persona="conversation.home_assistant")
    with pytest.raises(HomeAssistantError):
        await call(
            "mira", "forget_talk", {"everybody": True}, blocking=True, context=Context(user_id=hass_read_only_user.id)
        )
    await kept(entry, 2)
    assert (await act("forget_talk", persona=PERSONA))["outcome"] == "accepted"
    await kept(entry, 0)


def test_of_what_was_said_an_agent_gets_the_newest_that_has_room() -> None:
    messages = [history.Message(str(number), True, f"{number}" * 2_000, DAY) for number in range(5)]
    sent = history.Earlier("s" * 500, messages, 5).sent()
    assert [len(each.text) for each in sent] == [1_000, 2_000, 2_000]
    assert sum(len(each.text) for each in sent) == history.SENT - 500


def test_the_question_of_now_is_none_of_before() -> None:
    messages = [history.Message("1", True, "hello", DAY), history.Message("2", False, "hello", DAY)]
    assert history.Earlier(None, messages[:1], 1).without("hello").is_empty
    assert not history.Earlier(None, messages, 2).without("hello").is_empty
    assert not history.Earlier(None, messages[:1], 1).without("other").is_empty
