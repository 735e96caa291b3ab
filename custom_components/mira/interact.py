"""Answers other programs that talk over the sidecar's API: by the mirror's persona, and as the words come.

What they say is no answer to a question at the mirror, and opens no turn there.
"""

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from typing import TYPE_CHECKING, Any, Final

from homeassistant.components import stt
from homeassistant.components.assist_pipeline import Pipeline, async_get_pipeline
from homeassistant.components.assist_pipeline.select import get_chosen_pipeline
from homeassistant.components.conversation import (
    ChatLog,
    ConversationResult,
    UserContent,
    async_converse,
    async_get_chat_log,
)
from homeassistant.components.conversation.agent_manager import async_get_agent
from homeassistant.const import MATCH_ALL, Platform
from homeassistant.core import Context, callback
from homeassistant.helpers import chat_session, intent
from homeassistant.helpers import entity_registry as er

from .client.interaction import LONGEST, Asked
from .client.sound import TurnSound
from .const import DOMAIN
from .conversation import PERSONA
from .coordinator import MiraCoordinator
from .emotions import NEUTRAL, Emotion
from .entity import unique_id
from .errors import MiraError
from .expression import Wanted
from .models.talk import Talk
from .persona import CONF_AGENT, personas
from .select import PIPELINES
from .speech_filter import SpeechFilter

_LOGGER = logging.getLogger(__name__)

MOST_TURNS: Final = 16
"""That are answered at a time."""
_PIECE: Final = 4_000
"""Characters in a message: an agent may say all at once."""
_EMOJIS: Final = 100
_FAILED: Final = (intent.IntentResponseErrorCode.UNKNOWN, intent.IntentResponseErrorCode.FAILED_TO_HANDLE)


class _NoAnswerError(Exception):
    """There is none, for a stated reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Turn:
    """Something that was said, while it is answered."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.sound = TurnSound()
        self.messages = asyncio.Queue[dict[str, Any] | None]()
        """What is still to be told of it; None at its end."""
        self.task: asyncio.Task[None] | None = None
        self.is_refused = False
        """Too many others are being answered."""
        self.has_said = False
        self._has_ended = False
        self._last = ""
        self._told = 0
        self._emojis: list[str] = []

    @callback
    def tell(self, kind: str, /, **fields: Any) -> None:
        """Have this told, after what was told before."""
        place = {"session": self.asked.session, "turn": self.asked.turn, "n": self._told}
        self._told += 1
        self.messages.put_nowait({**place, "type": kind, **fields})

    @callback
    def express(self, emotion: Emotion) -> None:
        """This is expressed from here on."""
        self._emojis.append(emotion.emoji)
        self.tell("emotion", tag=emotion.name, emoji=emotion.emoji, hexcode=emotion.hexcode)

    @callback
    def follow(self, news: Emotion | Wanted) -> None:
        """This is what the persona does beside its words."""
        if isinstance(news, Wanted):
            self.tell("capture_request", kind=news.kind)
        else:
            self.express(news)

    @callback
    def say(self, text: str) -> None:
        """This is said. An emotion comes first, whatever the agent."""
        if not self._emojis:
            self.express(NEUTRAL)
        if self._has_ended and not (self._last.isspace() or text[0].isspace()):
            text = f" {text}"
        self.has_said, self._has_ended, self._last = True, False, text[-1]
        for place in range(0, len(text), _PIECE):
            self.tell("text_chunk", text=text[place : place + _PIECE])

    @callback
    def end_message(self) -> None:
        """What is said next is another message, as after a tool: a space parts them."""
        self._has_ended = self.has_said

    @callback
    def end(self, heard: str | None) -> None:
        """All is said; `heard`: what was understood of a sound."""
        self.tell("response_meta", emojis=self._emojis[:_EMOJIS], actions=[], heard=heard)
        self.tell("stream_end")


class _Words:
    """What an agent says, as it comes. A persona's is clean; that of another agent passes the filter here."""

    def __init__(self, turn: Turn, *, is_persona: bool) -> None:
        self.turn = turn
        self._is_persona = is_persona
        self._filter = SpeechFilter()
        self._role = "assistant"

    @callback
    def hear(self, log: ChatLog, delta: dict[str, Any]) -> None:
        """Take what is added to the conversation."""
        if role := delta.get("role"):
            self._end_message()
            self._role = role
        if self._role == "assistant" and (content := delta.get("content")):
            self._say(content)

    @callback
    def end(self, response: intent.IntentResponse) -> None:
        """The agent has said everything; where nothing came, it is all in the response."""
        self._end_message()
        text = response.speech.get("plain", {}).get("speech")
        if text and not self.turn.has_said:
            self._say(text)
            self._end_message()

    def _say(self, text: str) -> None:
        self._pass_on([text] if self._is_persona else self._filter.feed(text))

    def _end_message(self) -> None:
        self._pass_on(self._filter.end())
        self._filter = SpeechFilter()
        self.turn.end_message()

    def _pass_on(self, pieces: Iterable[str | Emotion]) -> None:
        for piece in pieces:
            if isinstance(piece, Emotion):
                self.turn.express(piece)
            else:
                self.turn.say(piece)


@callback
def async_answer_programs(coordinator: MiraCoordinator) -> None:
    """Answer other programs while the mirror is there, until its entry is unloaded."""
    interactions = Interactions(coordinator)
    coordinator.config_entry.async_on_unload(coordinator.async_add_listener(interactions.async_follow))
    interactions.async_follow()


class Interactions:
    """Those who talk over the API."""

    def __init__(self, coordinator: MiraCoordinator) -> None:
        self._coordinator = coordinator
        self._turns: dict[str, Turn] = {}
        """By conversation: each says one thing at a time."""
        self._listening: asyncio.Task[None] | None = None

    @callback
    def async_follow(self) -> None:
        """Listen while the mirror is there, and let go of everybody where it is not."""
        data = self._coordinator.data
        is_there = data.connected and bool(data.has_subject(Talk.subject))
        if is_there and not self._listening:
            self._listening = self._background(self._coordinator.client.asking.run(self._async_hear), "asking")
        elif not is_there and self._listening:
            self._listening.cancel()
            self._listening = None
            for turn in list(self._turns.values()):
                self._async_cancel(turn)

    def _background(self, coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        coordinator = self._coordinator
        return coordinator.config_entry.async_create_background_task(
            coordinator.hass, coroutine, f"{DOMAIN} {coordinator.name} {name}"
        )

    @callback
    def _async_hear(self, asked: Asked) -> None:
        turn = self._turns.get(asked.session)
        if turn and turn.asked.turn == asked.turn:
            if asked.sound:
                turn.sound.hear(asked.sound)
            elif asked.kind == "cancel":
                self._async_cancel(turn)
        elif asked.kind == "text" or (asked.sound and not asked.sound.sequence):
            if turn:
                self._async_cancel(turn)
            self._async_begin(Turn(asked))

    @callback
    def _async_cancel(self, turn: Turn) -> None:
        """Nobody wants this answer any more: the model's stream is closed."""
        del self._turns[turn.asked.session]
        if TYPE_CHECKING:
            assert turn.task
        turn.task.cancel()

    @callback
    def _async_begin(self, turn: Turn) -> None:
        if turn.asked.sound:
            turn.sound.hear(turn.asked.sound)
        turn.is_refused = len(self._turns) >= MOST_TURNS
        if not turn.is_refused:
            self._turns[turn.asked.session] = turn
        turn.task = self._background(self._async_take(turn), "interaction")

    async def _async_take(self, turn: Turn) -> None:
        """Answer, and tell what comes as it comes. Where it cannot be told, nobody has to think about it either."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._async_tell(turn))
                try:
                    await self._async_answer(turn)
                except _NoAnswerError as err:
                    turn.tell("error", code=err.code)
                except Exception:  # whatever a library of an agent's raises: nobody is to hear that
                    _LOGGER.debug("A program was not answered", exc_info=True)
                    turn.tell("error", code="NOT_ANSWERED")
                turn.messages.put_nowait(None)
        except* MiraError as errors:
            _LOGGER.debug("An answer was not told: %s", errors.exceptions[0])
        finally:
            if self._turns.get(turn.asked.session) is turn:
                del self._turns[turn.asked.session]

    async def _async_tell(self, turn: Turn) -> None:
        while message := await turn.messages.get():
            await self._coordinator.client.tell(message)

    async def _async_answer(self, turn: Turn) -> None:
        """Raises _NoAnswerError."""
        if turn.is_refused:
            raise _NoAnswerError("TOO_MANY_SESSIONS")
        pipeline = self._pipeline
        agent_id, is_persona = self._agent(turn.asked.persona, pipeline)
        heard = await self._async_understood(turn, pipeline) if turn.asked.sound else None
        words = _Words(turn, is_persona=is_persona)
        context = Context()
        unfollow = self._coordinator.expression.follow(context.id, turn.follow, turn.asked.person)
        try:
            result = await self._async_converse(words, heard or turn.asked.text, context, agent_id, pipeline)
        finally:
            unfollow()
        words.end(result.response)
        if result.response.error_code in _FAILED:
            raise _NoAnswerError("NOT_ANSWERED")
        turn.end(heard)

    @property
    def _pipeline(self) -> Pipeline:
        """That of the mirror's assistant."""
        hass = self._coordinator.hass
        prefix = unique_id(self._coordinator, PIPELINES[0].key).removesuffix("-pipeline")
        return async_get_pipeline(hass, get_chosen_pipeline(hass, DOMAIN, prefix))

    @callback
    def _agent(self, wanted: str | None, pipeline: Pipeline) -> tuple[str, bool]:
        """Who answers, and whether that is a persona of the mirror's. Raises _NoAnswerError."""
        hass, known = self._coordinator.hass, list(personas(self._coordinator.config_entry).values())
        if wanted is not None:
            known = [each for each in known if wanted in (each.subentry_id, each.title)]
            if not known:
                raise _NoAnswerError("UNKNOWN_PERSONA")
        agent_id: str | None = pipeline.conversation_engine
        if known:
            entity = unique_id(self._coordinator, f"{PERSONA.key}_{known[0].subentry_id}")
            agent_id = er.async_get(hass).async_get_entity_id(Platform.CONVERSATION, DOMAIN, entity)
        needed = [agent_id, *(each.data[CONF_AGENT] for each in known[:1])]
        if agent_id is None or None in [async_get_agent(hass, each) for each in needed]:
            raise _NoAnswerError("NO_AGENT")
        return agent_id, bool(known)

    async def _async_understood(self, turn: Turn, pipeline: Pipeline) -> str:
        """What is said in a sound. Raises _NoAnswerError."""
        engine_id = pipeline.stt_engine
        engine = stt.async_get_speech_to_text_engine(self._coordinator.hass, engine_id) if engine_id else None
        metadata = stt.SpeechMetadata(
            pipeline.stt_language or pipeline.language,
            stt.AudioFormats.WAV,
            stt.AudioCodecs.PCM,
            stt.AudioBitRates.BITRATE_16,
            stt.AudioSampleRates.SAMPLERATE_16000,
            stt.AudioChannels.CHANNEL_MONO,
        )
        if engine is None or not engine.check_metadata(metadata):
            raise _NoAnswerError("NO_SPEECH_TO_TEXT")
        result = await engine.async_process_audio_stream(metadata, turn.sound.chunks())
        text = (result.text or "").strip()
        if result.result is not stt.SpeechResultState.SUCCESS or not text:
            raise _NoAnswerError("NOTHING_HEARD")
        return text[:LONGEST]

    async def _async_converse(
        self, words: _Words, text: str, context: Context, agent_id: str, pipeline: Pipeline
    ) -> ConversationResult:
        """Ask the agent, in the conversation of whoever talks."""
        hass, asked = self._coordinator.hass, words.turn.asked
        chosen = pipeline.conversation_language
        language = asked.language or (pipeline.language if chosen == MATCH_ALL else chosen)
        with (
            chat_session.async_get_chat_session(hass, asked.session) as session,
            async_get_chat_log(hass, session, chat_log_delta_listener=words.hear) as log,
        ):
            log.async_add_user_content(UserContent(text))
            return await async_converse(hass, text, session.conversation_id, context, language, agent_id)
