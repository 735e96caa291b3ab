"""One reply of a persona: the agent behind it is asked in a session of its own, and what it says passes the filter.

Why in a session of its own, and not in the caller's: docs/decisions.md.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from homeassistant.components.conversation import (
    AssistantContent,
    AssistantContentDeltaDict,
    ChatLog,
    Content,
    ConversationInput,
    ConversationResult,
    ToolResultContent,
    ToolResultContentDeltaDict,
    UserContent,
    async_converse,
    async_get_chat_log,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import chat_session, intent
from homeassistant.helpers.llm import ToolResult
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN
from .coordinator import MiraConfigEntry
from .emotions import EMOTIONS, Emotion
from .history import Earlier
from .looking import LookError, Looks
from .looking_sentences import wanted_in
from .persona_answers import OwnAnswers
from .speech_filter import SpeechFilter
from .translation import base_language

_LOGGER = logging.getLogger(__name__)

SILENCE_S: Final = 60.0
"""Seconds for which an agent may say nothing: a small machine reads a long prompt before its first word."""
TOOL_S: Final = 300.0
"""The same while it waits for a tool, which may wait for a person."""
LONGEST: Final = 6_000
"""Characters of a reply: seven minutes of speech."""
LONGEST_THOUGHT: Final = 60_000
"""Characters that a model may think in."""
_LOOK: Final = "(This is the picture that you took. Go on with what you were asked.)"

_NOT_UNDERSTOOD: Final = (
    intent.IntentResponseErrorCode.NO_INTENT_MATCH,
    intent.IntentResponseErrorCode.NO_VALID_TARGETS,
)

type Delta = AssistantContentDeltaDict | ToolResultContentDeltaDict


class Outcome(StrEnum):
    """What has become of a reply. All but the first two have a sentence that is said."""

    ANSWERED = "answered"
    INTERRUPTED = "interrupted"
    """Whoever asked wants it no more."""
    NO_AGENT = "no_agent"
    """The agent is not there, or is a persona itself."""
    FAILED = "failed"
    """It could not answer."""
    BROKE_OFF = "broke_off"
    """It had begun to."""
    TIMED_OUT = "timed_out"
    TOO_LONG = "too_long"
    NO_ANSWER = "no_answer"
    """It said nothing, or nothing that can be said."""


@dataclass
class PersonaReply:
    """What the agent `agent_id` says as this persona; None: there is no such agent."""

    hass: HomeAssistant
    entry: MiraConfigEntry
    agent_id: str | None
    prompt: Callable[[str | None], str]
    """Makes of a summary the text beside the agent's own prompt. It gives no rights: those are the agent's, and of
    whoever asks."""
    user_input: ConversationInput
    chat_log: ChatLog
    express: Callable[[Emotion], None]
    say: Callable[[str], None]
    """Is told what whoever asked gets."""
    own: OwnAnswers
    """What the persona answers by itself, where its agent has not understood."""
    looks: Looks
    """What may be seen while it is made."""
    recall: Callable[[], Awaitable[Earlier | None]] | None = None
    """Gets what was said before; without that, the agent has the conversation so far."""
    outcome: Outcome = Outcome.ANSWERED
    result: ConversationResult | None = None
    """The agent's own."""
    _filters: list[SpeechFilter] = field(default_factory=lambda: [SpeechFilter()])
    """One for each message: a model begins each with a tag, also after a tool."""
    _heard: asyncio.Queue[dict[str, Any] | None] = field(default_factory=asyncio.Queue)
    """What the agent says as it comes; None when it has ended."""
    _in_one_piece: list[AssistantContent | ToolResultContent] = field(default_factory=list)
    """All that it has said and done."""
    _asking: asyncio.Task[None] | None = None
    _length: int = 0
    _thought: int = 0
    _tools: int = 0
    """Calls that have no result yet."""
    _last: str = ""
    """What was said last in the message of now."""
    _is_message: bool = False
    """What is said now belongs to a message that has begun."""
    _has_said: bool = False
    _has_expressed: bool = False
    _has_streamed: bool = False
    """The agent itself has."""

    @property
    def unknown_tags(self) -> int:
        """Tags that name no emotion."""
        return sum(each.unknown for each in self._filters)

    def cancel(self) -> None:
        """Have the agent stop, which closes its stream."""
        if self._asking:
            self._asking.cancel()

    async def deltas(self) -> AsyncGenerator[Delta]:
        """What is said, as it comes, for the chat log of whoever asked. It ends with a plain sentence where it must."""
        if self.agent_id is None:
            self.outcome = Outcome.NO_AGENT
        else:
            # A task has a context of its own: sessions within sessions would forget the outer one.
            self._asking = self.entry.async_create_background_task(self.hass, self._async_ask(), "mira persona")
            async for delta in self._async_streamed():
                yield delta
            self.cancel()
        if self.outcome is Outcome.ANSWERED and not self._has_said:
            self.outcome = Outcome.NO_ANSWER
        if self.outcome is not Outcome.ANSWERED:
            _LOGGER.warning("A persona has no answer of its agent %s: %s", self.agent_id or "(gone)", self.outcome)
            for delta in self._pieces([EMOTIONS["sorry"], await self._async_sentence()]):
                yield delta

    async def _async_streamed(self) -> AsyncGenerator[Delta]:
        """What the agent says, and then what has become of it."""
        try:
            while (heard := await self._async_next()) is not None:
                for delta in self._forwarded(heard):
                    yield delta
                if self._is_too_long:
                    break
        except TimeoutError:
            self.outcome = Outcome.TIMED_OUT
        if self._is_answered and not self._has_streamed:
            for delta in self._whole():
                yield delta
        for delta in self._rest():
            yield delta
        if self._is_too_long:
            self.outcome = Outcome.TOO_LONG
        elif self.outcome is Outcome.ANSWERED and not self._is_answered:
            self.outcome = Outcome.BROKE_OFF if self._has_said else Outcome.FAILED

    @property
    def _is_too_long(self) -> bool:
        return self._length > LONGEST or self._thought > LONGEST_THOUGHT

    @property
    def _is_answered(self) -> bool:
        """Whether the agent came to an end of its own; what Home Assistant makes of an agent's error is none."""
        unknown = intent.IntentResponseErrorCode.UNKNOWN
        return self.result is not None and self.result.response.error_code is not unknown

    async def _async_next(self) -> dict[str, Any] | None:
        async with asyncio.timeout(TOOL_S if self._tools > 0 or self.looks.is_looking else SILENCE_S):
            return await self._heard.get()

    async def _async_ask(self) -> None:
        """Ask the agent what it says to this and to what was said before."""
        try:
            await self._async_converse(await self.recall() if self.recall else None)
        finally:
            self._heard.put_nowait(None)

    async def _async_converse(self, earlier: Earlier | None) -> None:
        """Leave nothing of the agent's session behind: there the tags are still in."""
        asked = self.user_input

        def hear(log: ChatLog, delta: dict[str, Any]) -> None:
            self._has_streamed = True
            self._heard.put_nowait(delta)

        with (
            chat_session.async_get_chat_session(self.hass) as session,
            async_get_chat_log(self.hass, session, chat_log_delta_listener=hear) as log,
        ):
            empty = log.content.copy()
            log.content.extend(_said_before(self.chat_log.content, earlier, asked.agent_id))
            before = len(log.content)
            prompt = self.prompt(earlier.summary if earlier else None)
            try:
                with self.looks.open():
                    await self._async_look()
                    self.looks.hand_to(log, asked.text)
                    result = await self._async_say_to_agent(asked.text, session.conversation_id, prompt)
                    # What a tool has taken cannot come with the tool's result, but with a message behind it.
                    while self.looks.hand_to(log, _LOOK):
                        result = await self._async_say_to_agent(_LOOK, session.conversation_id, prompt)
                if not self._has_streamed and (instead := await self.own.async_instead(result)):
                    self.result = instead
                    del log.content[before:]
                if self.looks.is_unread:
                    self._say(self.looks.text("unread"))
            except LookError as error:
                self.result = ConversationResult(intent.IntentResponse(asked.language), session.conversation_id)
                self._say(f"[emotion:sorry] {error}")
            except Exception:  # whatever a library of the agent's raises: nobody is to hear that
                _LOGGER.debug("%s failed", self.agent_id, exc_info=True)
            finally:
                self._in_one_piece = [
                    content
                    for content in log.content[before:]
                    if isinstance(content, AssistantContent | ToolResultContent)
                ]
                log.content[:] = empty

    async def _async_look(self) -> None:
        """Look first where that is what is asked for. Raises LookError."""
        if kind := wanted_in(self.user_input.text, self.user_input.language):
            await self.looks.async_look(kind, self._say)

    async def _async_say_to_agent(self, text: str, conversation_id: str, prompt: str) -> ConversationResult:
        asked = self.user_input
        self.result = await async_converse(
            self.hass,
            text,
            conversation_id,
            asked.context,
            asked.language,
            self.agent_id,
            asked.device_id,
            asked.satellite_id,
            prompt,
        )
        return self.result

    def _say(self, sentence: str) -> None:
        """Say something that is not the agent's, in a message of its own."""
        self._heard.put_nowait({"role": "assistant"})
        self._heard.put_nowait({"content": sentence})

    def _whole(self) -> Iterator[Delta]:
        """What an agent has said in one piece. One without tags, such as Home Assistant's own, feels by what it did."""
        deltas = list(self._in_its_pieces())
        if self.result and not self._has_expressed and (emotion := _emotion_of(self.result.response)):
            self.express(emotion)
        yield from deltas

    def _in_its_pieces(self) -> Iterator[Delta]:
        for content in self._in_one_piece:
            yield from self._forwarded(content.as_dict())
        if self.result and not any(content.content for content in self._in_one_piece if content.role == "assistant"):
            speech = self.result.response.speech.get("plain", {}).get("speech", "")
            yield from self._forwarded({"role": "assistant", "content": speech} if speech else {})

    def _forwarded(self, heard: dict[str, Any]) -> Iterator[Delta]:
        """The same for the chat log of whoever asked. Tools have run already: there they are shown."""
        role = heard.get("role")
        if role == "tool_result":
            yield from self._rest()
            self._tools -= 1
            self._is_message = False
            yield {
                "role": role,
                "tool_call_id": heard["tool_call_id"],
                "tool_name": heard["tool_name"],
                "result": ToolResult(**heard["result"]),
            }
            return
        if role == "assistant":
            yield from self._rest()
            self._filters.append(SpeechFilter())
            self._tools = 0
            yield from self._message()
        if thought := heard.get("thinking_content"):
            self._thought += len(thought)
            yield {"thinking_content": thought}
        if content := heard.get("content"):
            left = max(0, LONGEST - self._length)
            self._length += len(content)
            yield from self._pieces(self._filters[-1].feed(content[:left]))
        if calls := heard.get("tool_calls"):
            yield from self._rest()
            self._tools += len(calls)
            yield {"tool_calls": [replace(call, external=True) for call in calls]}

    def _rest(self) -> Iterator[Delta]:
        """What the filter has held back of the message of now."""
        yield from self._pieces(self._filters[-1].end())

    def _message(self) -> Iterator[Delta]:
        """Begin a message."""
        self._is_message = True
        self._last = ""
        yield {"role": "assistant"}

    def _pieces(self, pieces: Iterable[str | Emotion]) -> Iterator[Delta]:
        for piece in pieces:
            if isinstance(piece, Emotion):
                self._has_expressed = True
                self.express(piece)
                continue
            if not self._is_message:
                yield from self._message()
            self._last = piece
            self._has_said = self._has_said or not piece.isspace()
            self.say(piece)
            yield {"content": piece}

    async def _async_sentence(self) -> str:
        """What has become of it, to be said."""
        language = base_language(self.user_input.language)
        texts = await async_get_translations(self.hass, language, "common", [DOMAIN])
        sentence = texts[f"component.{DOMAIN}.common.persona_{self.outcome}"]
        return f" {sentence}" if self._is_message and self._last and not self._last[-1].isspace() else sentence


def _said_before(contents: Iterable[Content], earlier: Earlier | None, agent_id: str) -> list[Content]:
    """What was said so far, for the agent; pictures come along. What the mirror remembers takes the place of the log.

    Without tools and what their results were: each vendor wants its own marks back with those.
    """
    said: list[Content] = []
    for content in contents:
        if isinstance(content, UserContent):
            said.append(content)
        elif isinstance(content, AssistantContent) and content.content:
            said.append(AssistantContent(agent_id=content.agent_id, content=content.content))
    if earlier is None:
        return said
    remembered = [
        UserContent(each.text) if each.is_question else AssistantContent(agent_id=agent_id, content=each.text)
        for each in earlier.sent()
    ]
    return [*remembered, *said[-1:]]


def _emotion_of(response: intent.IntentResponse) -> Emotion | None:
    """What an agent feels that does not say so; None at an answer, which may be any."""
    if response.response_type is intent.IntentResponseType.ACTION_DONE:
        return EMOTIONS["happy"]
    if response.error_code is None:
        return None
    return EMOTIONS["confused" if response.error_code in _NOT_UNDERSTOOD else "sorry"]
