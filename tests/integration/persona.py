"""Agents of Home Assistant's own over the stand-in model, personas over them, and somebody who asks."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntry, ConfigSubentry, ConfigSubentryData, ConfigSubentryDataWithId
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers import chat_session
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from house.model import NAME, StandInModel, ollama_url, openai_url

PERSONA_ID = "01jpersona0000000000000000"
PERSONA = "conversation.mira"


def persona(agent: str, **changes: Any) -> ConfigSubentryDataWithId:
    """The subentry of a persona called Mira."""
    return ConfigSubentryDataWithId(
        data={"agent": agent, "prompt": "You are Mira, and kind.", **changes},
        subentry_type="persona",
        subentry_id=PERSONA_ID,
        title="Mira",
        unique_id=None,
    )


async def add_persona(hass: HomeAssistant, entry: ConfigEntry, agent: str = "conversation.home_assistant") -> None:
    """Add it to a mirror that is set up."""
    added = persona(agent)
    subentry = ConfigSubentry(
        data=MappingProxyType(added["data"]),
        subentry_id=PERSONA_ID,
        subentry_type=added["subentry_type"],
        title=added["title"],
        unique_id=None,
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    await hass.async_block_till_done()


async def set_up_agent(
    hass: HomeAssistant, kind: str, model: StandInModel, *, streaming: bool = True, api: list[str] | None = None
) -> str:
    """Set up `llama_cpp` or `ollama` over the stand-in model; its agent."""
    own: dict[str, Any] = {"llm_hass_api": api or ["assist"], "prompt": "You are an assistant."}
    if kind == "llama_cpp":
        data: dict[str, Any] = {"base_url": openai_url(model.port), "streaming": streaming}
        version, own = (1, 1), {**own, "chat_model": NAME}
    else:
        data = {"url": ollama_url(model.port)}
        version = (3, 4)
        own |= {"model": f"{NAME}:latest", "num_ctx": 8192, "max_history": 20, "keep_alive": -1}
    entry = MockConfigEntry(
        domain=kind,
        data=data,
        version=version[0],
        minor_version=version[1],
        subentries_data=[
            ConfigSubentryData(data=own, subentry_type="conversation", title="Stand-in", unique_id=None),
        ],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    (entity,) = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return entity.entity_id


@dataclass
class Asked:
    """What came of a question."""

    conversation_id: str
    result: conversation.ConversationResult
    streamed: list[dict[str, Any]] = field(default_factory=list)
    """Deltas, as they came."""
    content: list[conversation.Content] = field(default_factory=list)
    """The chat log afterwards."""

    @property
    def said(self) -> str:
        """All that was streamed as text of the persona."""
        role, text = "assistant", ""
        for delta in self.streamed:
            role = delta.get("role", role)
            text += (delta.get("content") or "") if role == "assistant" else ""
        return text

    @property
    def speech(self) -> str:
        """What is spoken where nothing is streamed."""
        return str(self.result.response.speech["plain"]["speech"])

    @property
    def history(self) -> list[tuple[str, str | None]]:
        """Who has said what, as Home Assistant keeps it."""
        return [
            (each.role, each.content)
            for each in self.content
            if isinstance(each, conversation.UserContent | conversation.AssistantContent)
        ]


async def ask(
    hass: HomeAssistant,
    text: str,
    *,
    agent: str = PERSONA,
    conversation_id: str | None = None,
    streamed: list[dict[str, Any]] | None = None,
    attachments: list[conversation.Attachment] | None = None,
    **asking: Any,
) -> Asked:
    """Ask as the pipeline does: in a session of its own, with a listener to the chat log."""
    deltas = [] if streamed is None else streamed

    @callback
    def listen(log: conversation.ChatLog, delta: dict[str, Any]) -> None:
        deltas.append(delta)

    with (
        chat_session.async_get_chat_session(hass, conversation_id) as session,
        conversation.async_get_chat_log(hass, session, chat_log_delta_listener=listen) as log,
    ):
        log.async_add_user_content(conversation.UserContent(text, attachments=attachments))
        given = {"context": Context(), "language": "en", **asking}
        result = await conversation.async_converse(hass, text, session.conversation_id, agent_id=agent, **given)
        return Asked(session.conversation_id, result, deltas, list(log.content))


async def until(holds: Callable[[], object]) -> None:
    """Wait, at most ten seconds, until something holds."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - it may hold for any reason
            await asyncio.sleep(0.001)
