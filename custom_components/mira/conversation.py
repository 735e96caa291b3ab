"""Personas as conversation agents: each answers by another agent of Home Assistant's, with a face and without tags."""

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Literal, override

from homeassistant.components.conversation import (
    AssistantContent,
    ChatLog,
    Content,
    ConversationEntity,
    ConversationEntityFeature,
    ConversationInput,
    ConversationResult,
    UserContent,
)
from homeassistant.components.conversation.agent_manager import async_get_agent
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS
from homeassistant.components.conversation.models import AbstractConversationAgent
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_LANGUAGE, CONF_PROMPT, MATCH_ALL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import intent
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .coordinator import MiraConfigEntry, MiraCoordinator
from .entity import unique_id
from .expression import Asked
from .history import History
from .looking import Looks
from .persona import (
    CONF_AGENT,
    CONF_AI_TASK,
    CONF_MEMORY,
    CONF_PICTURES,
    PICTURES,
    person_of,
    personas,
    system_prompt,
)
from .persona_answers import OwnAnswers
from .persona_reply import Outcome, PersonaReply
from .speaking_up import just_said
from .subentries import async_follow_subentries

PARALLEL_UPDATES = 0

PERSONA = EntityDescription(key="persona")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the personas, and those that are added later."""
    coordinator = entry.runtime_data
    known: set[str] = set()
    gone: set[str] = set()

    @callback
    def look() -> None:
        there = personas(entry)
        for subentry_id in known.difference(there, gone):
            gone.add(subentry_id)
            coordinator.expression.delete(subentry_id)
        for subentry_id, subentry in there.items():
            if subentry_id not in known:
                known.add(subentry_id)  # for good: Home Assistant removes what is of a subentry that goes
                async_add_entities([MiraPersona(coordinator, subentry)], config_subentry_id=subentry_id)

    entry.async_on_unload(async_follow_subentries(coordinator, look))
    entry.async_on_unload(coordinator.async_add_listener(coordinator.expression.look))
    coordinator.expression.look()


class MiraPersona(ConversationEntity):
    """A persona. It answers whether its mirror is there or not."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_translation_key = PERSONA.key

    def __init__(self, coordinator: MiraCoordinator, subentry: ConfigSubentry) -> None:
        self._coordinator = coordinator
        self._subentry = subentry
        self.entity_description = PERSONA
        self._attr_unique_id = unique_id(coordinator, f"{PERSONA.key}_{subentry.subentry_id}")
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, subentry.subentry_id)},
            name=subentry.title,
            manufacturer="Mira",
            model="Persona",
            entry_type=DeviceEntryType.SERVICE,
        )

    @override
    async def async_added_to_hass(self) -> None:
        """Follow its settings."""
        await super().async_added_to_hass()
        self.async_on_remove(async_follow_subentries(self._coordinator, self._async_take_settings))

    @callback
    def _async_take_settings(self) -> None:
        """Take the name and the agent that were chosen anew; the rest is looked at with each reply."""
        if TYPE_CHECKING:
            assert self.device_entry  # an entity that is there has one
        dr.async_get(self.hass).async_update_device(self.device_entry.id, name=self._subentry.title)
        self.async_write_ha_state()

    @property
    def _agent(self) -> AbstractConversationAgent | ConversationEntity | None:
        """Who thinks; None where there is no such agent, or it is a persona, which might ask us in turn."""
        agent = async_get_agent(self.hass, self._subentry.data[CONF_AGENT])
        return None if isinstance(agent, MiraPersona) else agent

    @property
    @override
    def supports_streaming(self) -> bool:
        """Whether the agent does."""
        return isinstance(self._agent, ConversationEntity) and self._agent.supports_streaming

    @property
    @override
    def supported_features(self) -> ConversationEntityFeature:
        """What the agent can do."""
        features = self._agent.supported_features if isinstance(self._agent, ConversationEntity) else None
        return ConversationEntityFeature(features or 0)

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        """The language that was chosen, else those of the agent."""
        if language := self._subentry.data.get(CONF_LANGUAGE):
            return [language]
        return self._agent.supported_languages if self._agent else MATCH_ALL

    @override
    async def _async_handle_message(self, user_input: ConversationInput, chat_log: ChatLog) -> ConversationResult:
        """Answer as the persona."""
        # Kept for what is said next in this conversation, as agents keep it.
        chat_log.extra_system_prompt = user_input.extra_system_prompt or chat_log.extra_system_prompt
        expression = self._coordinator.expression
        asked, said, data = self._asked(user_input), _Said(chat_log, self.entity_id), self._subentry.data
        history = History(self._coordinator, asked.persona, asked.person, data.get(CONF_AI_TASK))
        entry = self._coordinator.config_entry
        shown = expression.begin(asked, said.keep, partial(history.async_shorten, asked.context))
        also = (just_said(self._coordinator, user_input.device_id), chat_log.extra_system_prompt)
        reply = PersonaReply(
            self.hass,
            entry,
            data[CONF_AGENT] if self._agent else None,
            partial(system_prompt, data.get(CONF_PROMPT, ""), "\n".join(filter(None, also))),
            user_input,
            chat_log,
            shown.express,
            shown.say,
            OwnAnswers(self._coordinator, self._subentry, user_input, chat_log, shown),
            Looks(self.hass, self._coordinator, self._subentry.data[CONF_AGENT], shown, user_input.language),
            partial(history.async_recall, asked.text) if asked.remembers else None,
        )
        try:
            async for content in chat_log.async_add_delta_content_stream(self.entity_id, reply.deltas()):
                said.contents.append(content)
        except BaseException:
            reply.outcome = Outcome.INTERRUPTED
            raise
        finally:
            reply.cancel()
            shown.end(reply.outcome)
            expression.outcomes[reply.outcome] += 1
            expression.unknown_tags += reply.unknown_tags
        return _result(user_input, chat_log, reply)

    def _asked(self, user_input: ConversationInput) -> Asked:
        """What the mirror is told of the question."""
        coordinator, data = self._coordinator, self._subentry.data
        is_at_mirror = user_input.device_id is not None and user_input.device_id == coordinator.device_id
        person, may_keep = person_of(self.hass, coordinator, user_input.context)
        return Asked(
            persona=self._subentry.subentry_id,
            pictures=data.get(CONF_PICTURES, PICTURES[0]),
            remembers=may_keep and data.get(CONF_MEMORY, True),
            text=user_input.text,
            language=user_input.language,
            context=user_input.context,
            person=person,
            turn=coordinator.expression.turn if is_at_mirror else None,
        )


@dataclass
class _Said:
    """What is in the chat log of a reply that is interrupted: there is to be what was heard of it."""

    log: ChatLog
    agent_id: str
    contents: list[Content] = field(default_factory=list)
    """The reply's, as far as they were made to their ends."""

    @callback
    def keep(self, heard: str) -> None:
        """Keep that alone, as far as Home Assistant keeps the conversation at all."""
        kept = self.log.hass.data.get(DATA_CHAT_LOGS, {}).get(self.log.conversation_id)
        if kept is None:
            return
        ours = {id(content) for content in self.contents}
        if not any(id(content) in ours for content in kept.content):
            # It was interrupted in the making, of which Home Assistant keeps nothing.
            asked = [content for content in self.log.content if isinstance(content, UserContent)][-1:]
            kept.content += [*asked, AssistantContent(self.agent_id, heard)] if heard else []
            return
        for place, content in enumerate(kept.content):
            if id(content) in ours and isinstance(content, AssistantContent) and content.content:
                length = len(content.content)
                kept.content[place] = replace(content, content=heard[:length] or None)
                heard = heard[length:]


def _result(user_input: ConversationInput, chat_log: ChatLog, reply: PersonaReply) -> ConversationResult:
    """The agent's own result with what was said: that it has failed is an error, which is said too."""
    response = reply.result.response if reply.result else intent.IntentResponse(language=user_input.language)
    said = getattr(chat_log.content[-1], "content", None) or ""
    continues = chat_log.continue_conversation
    if reply.outcome is not Outcome.ANSWERED:
        response.async_set_error(intent.IntentResponseErrorCode.FAILED_TO_HANDLE, said)
        continues = False
    response.async_set_speech(said)
    return ConversationResult(response, chat_log.conversation_id, continue_conversation=continues)
