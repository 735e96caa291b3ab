"""The mirror as a satellite of Assist: what is said at it goes through a pipeline of Home Assistant, the reply back."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, override

from homeassistant.components import tts
from homeassistant.components.assist_pipeline import PipelineEvent, PipelineEventType, PipelineStage
from homeassistant.components.assist_pipeline.pipeline import async_get_pipeline
from homeassistant.components.assist_satellite import (
    AssistSatelliteAnnouncement,
    AssistSatelliteConfiguration,
    AssistSatelliteEntity,
    AssistSatelliteEntityDescription,
    AssistSatelliteEntityFeature,
    AssistSatelliteWakeWord,
)
from homeassistant.components.assist_satellite.const import PREANNOUNCE_URL
from homeassistant.components.intent import TimerEventType, TimerInfo, async_register_timer_handler
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client.sound import Hearing, TurnSound
from .const import DOMAIN, LANGUAGE
from .coordinator import SIGNAL_CAUSE, SIGNAL_DECISION, MiraConfigEntry, MiraCoordinator, translated
from .enhanced_sound import EnhancedSound
from .entity import MiraEntity, MiraEntityDescription, async_add_described, unique_id
from .errors import NotLoaded
from .models.event import Event
from .models.json_object import Document
from .models.voice import VERSION, Turn, Voice
from .select import ENHANCED, PIPELINES, SOUND, VAD_SENSITIVITY
from .spoken_answers import answer_in, stops
from .spoken_media import as_stream, async_fetch

PARALLEL_UPDATES = 0

_LOGGER = logging.getLogger(__name__)

_MAX_HEARD = 1_000
"""Characters of an utterance."""
_OUTCOMES_KEPT = 8
_LONGEST_S = 30
"""For so long a turn waits for its next stage."""
_OUTCOMES = {
    "stt_no_text_recognized": "nothing_heard",
    "no_intent_match": "not_understood",
    "duplicate_wake_up_detected": "stopped",
}
"""What has become of a turn, by Home Assistant's code; every other one is a failure."""

type Files = Sequence[AsyncIterable[bytes]]


@dataclass(frozen=True, kw_only=True)
class MiraSatelliteDescription(AssistSatelliteEntityDescription, MiraEntityDescription):
    """Describes the satellite."""


SATELLITE = MiraSatelliteDescription(key="assist_satellite", subject="voice", subject_version=VERSION)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: MiraConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the satellite."""
    async_add_described(entry, async_add_entities, MiraSatellite, [SATELLITE])


def protocol_code(code: str) -> str:
    """A code of Home Assistant's as the protocol writes it."""
    return re.sub(r"[^a-z0-9_]", "_", code.lower())[:64]


@dataclass(frozen=True)
class _Report:
    """What the mirror is told of a turn."""

    action: str
    payload: Document = field(repr=False)
    source: str
    words: Document | None = field(repr=False)


@dataclass
class _Run:
    """A turn while Home Assistant answers it."""

    turn: Turn
    began: float
    """By our monotonic clock, when the mirror opened it."""
    sound: TurnSound
    enhanced: EnhancedSound | None = None
    """What speech-to-text wants made of the sound."""
    task: asyncio.Task[Any] | None = field(default_factory=asyncio.current_task)
    tasks: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)
    reports: asyncio.Queue[_Report | None] = field(default_factory=asyncio.Queue)
    trace: dict[str, int] = field(default_factory=dict)
    """Milliseconds from the turn's opening until something was reached."""
    outcome: str = "answered"
    code: str | None = None
    language: str = ""
    token: str | None = None
    """Of the reply's sound."""
    role: str = "assistant"
    """Who says what comes from the agent: what a tool answers is nothing to be shown."""
    is_thinking: bool = False
    is_settled: bool = False
    """The mirror itself was answered, or is to be quiet: there is nothing left for an agent."""
    continues: bool = False
    """The agent waits for an answer."""
    speaking: asyncio.Task[str] | None = None
    """Ends with the outcome of the reply's speech."""
    heard_since: float | None = None
    """By our monotonic clock, when the first of that was sent."""
    heard_s: float = 0
    """For how long it was heard, once it is over."""
    is_heard: bool = False
    """The reply was heard to its end, or is to be read."""

    async def heard(self) -> AsyncGenerator[bytes]:
        """The sound, as speech-to-text gets it."""
        async for piece in self.sound.chunks():
            yield self.enhanced.enhance(piece) if self.enhanced else piece

    def reached(self, stage: str) -> None:
        """Note how long it took until here."""
        self.trace[f"{stage}_ms"] = round(1000 * (time.monotonic() - self.began))

    def fail(self, code: str) -> None:
        """It was not answered, and this is why."""
        self.code = protocol_code(code)
        self.outcome = _OUTCOMES.get(self.code, "failed")

    def tell(self, action: str, payload: Document, *, source: str = "sensor", words: Document | None = None) -> None:
        """Have the mirror told, after what it was told before."""
        self.reports.put_nowait(_Report(action, payload, source, words))

    def tell_end(self) -> None:
        """Have the mirror told how it ended, and of nothing else afterwards but that it is to listen again."""
        ending = {"turn": self.turn.id, "outcome": self.outcome, "trace": self.trace}
        self.tell("end_turn", ending | ({"code": self.code} if self.code else {}))
        if self.continues:
            again = {"microphone": self.turn.microphone, "word": self.turn.word}
            self.tell("listen", {name: value for name, value in again.items() if value}, source="automation")
        self.reports.put_nowait(None)


class MiraSatellite(MiraEntity, AssistSatelliteEntity):
    """Answers the turns that the mirror opens, and has it say what is announced."""

    entity_description: MiraSatelliteDescription

    def __init__(self, coordinator: MiraCoordinator, description: MiraSatelliteDescription) -> None:
        super().__init__(coordinator, description)
        self._hearing = Hearing()
        self._listening: asyncio.Task[None] | None = None
        self._run: _Run | None = None
        self._answering: asyncio.Task[None] | None = None
        self._turns = asyncio.Lock()
        """Held by the turn that is being answered, to its very end."""
        self._outcomes: dict[str, str] = {}
        """How what was said last has ended, by speech."""
        self._news = asyncio.Event()
        """Set when the mirror has changed, and followed by another one."""
        self._awaited: str | None = None
        """The `listen` that waits for a yes at the mirror."""
        self._is_gone = False
        self._index = 0
        """The place of the pipeline of now: each wake word has one, with a conversation of its own."""
        self._conversations: dict[int, str | None] = {}

    @property
    @override
    def supported_features(self) -> AssistSatelliteEntityFeature:
        """What it can do: without a microphone nobody could answer."""
        hears = self.coordinator.data.has_kind("microphone")
        answers = AssistSatelliteEntityFeature.START_CONVERSATION if hears else AssistSatelliteEntityFeature(0)
        return AssistSatelliteEntityFeature.ANNOUNCE | answers

    @property  # type: ignore[explicit-override]  # which mypy does not see here
    @override
    def _conversation_id(self) -> str | None:
        """That of the pipeline of now; Home Assistant itself knows one for all of them."""
        return self._conversations.get(self._index)

    @_conversation_id.setter
    @override
    def _conversation_id(self, conversation_id: str | None) -> None:
        self._conversations[self._index] = conversation_id

    @property
    @override
    def tts_options(self) -> dict[str, Any]:
        """What local voices make anyway: nothing has to be converted before the first of it is heard."""
        return {tts.ATTR_PREFERRED_FORMAT: "wav"}

    @property
    @override
    def pipeline_entity_id(self) -> str | None:
        """The choice of the pipeline, by the wake word that was said."""
        return self._choice(PIPELINES[self._index].key)

    @property
    @override
    def vad_sensitivity_entity_id(self) -> str | None:
        """The choice of how long a pause ends what is said."""
        return self._choice(VAD_SENSITIVITY.key)

    def _choice(self, key: str) -> str | None:
        """The select of this key; None where somebody has disabled it, for which Home Assistant takes its default."""
        registry = er.async_get(self.hass)
        entity_id = registry.async_get_entity_id(Platform.SELECT, DOMAIN, unique_id(self.coordinator, key))
        return entity_id if entity_id and self.hass.states.get(entity_id) else None

    @property
    def _voice(self) -> Voice | None:
        return self.mirror.part(Voice) if self.mirror else None

    @callback
    @override
    def async_get_configuration(self) -> AssistSatelliteConfiguration:
        """The wake words that there are, and those that the mirror listens for."""
        voice = self._voice
        words = voice.words if voice else {}
        return AssistSatelliteConfiguration(
            available_wake_words=[
                AssistSatelliteWakeWord(word, known.phrase, list(known.languages)) for word, known in words.items()
            ],
            active_wake_words=list(voice.listened_for) if voice else [],
            max_active_wake_words=len(PIPELINES),
        )

    @override
    async def async_set_configuration(self, config: AssistSatelliteConfiguration) -> None:
        """Have the mirror listen for other wake words."""
        await self.async_command("set_voice", {"active": config.active_wake_words})

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the mirror, and take timers."""
        await super().async_added_to_hass()
        self.async_on_remove(async_dispatcher_connect(self.hass, SIGNAL_CAUSE, self._async_note))
        self.async_on_remove(async_dispatcher_connect(self.hass, SIGNAL_DECISION, self._async_decided))
        device_id = self.coordinator.device_id
        if TYPE_CHECKING:
            assert device_id  # an entity that is there has brought it
        self.async_on_remove(async_register_timer_handler(self.hass, device_id, self._async_timer))
        self.async_on_remove(self._async_stop)
        self._async_follow()

    @callback
    def _async_stop(self) -> None:
        self._is_gone = True
        for task in (self._listening, self._answering):
            if task:
                task.cancel()
        self._async_no_answer(self._ask_question_future)
        self._news.set()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._async_follow()
        super()._handle_coordinator_update()

    @callback
    def _async_follow(self) -> None:
        """Hear the mirror while it is there, and leave a turn that it has ended."""
        connected, client = self.coordinator.data.connected, self.coordinator.client
        if connected and not self._listening:
            self._listening = self._background(client.audio.run(self._hearing.hear), "audio")
        elif not connected and self._listening:
            self._listening.cancel()
            self._listening = None
        if self._run and self._run.task and not (connected and self._is_open(self._run.turn)):
            self._run.task.cancel()
        if not connected:
            self._async_no_answer(self._ask_question_future)
        self._news.set()
        self._news = asyncio.Event()

    def _background(self, coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        entry = self.coordinator.config_entry
        return entry.async_create_background_task(self.hass, coroutine, f"{DOMAIN} {self.entity_id} {name}")

    def _is_open(self, turn: Turn) -> bool:
        voice = self._voice
        return bool(voice and voice.turn and voice.turn.id == turn.id)

    @callback
    def _async_no_answer(self, asked: asyncio.Future[str | None] | None) -> None:
        """Have nobody wait for an answer that does not come any more."""
        if asked and not asked.done():
            asked.set_result(None)

    @callback
    def _async_note(self, coordinator: MiraCoordinator, event: Event) -> None:
        """Keep how a speech has ended, before the view says that it is over."""
        if coordinator is self.coordinator and (event.type, event.action) == ("accepted", "end_speech"):
            self._outcomes[str(event.payload.get("speech"))] = str(event.payload.get("outcome"))
            if len(self._outcomes) > _OUTCOMES_KEPT:
                del self._outcomes[next(iter(self._outcomes))]

    @callback
    def _async_decided(self, coordinator: MiraCoordinator, event: Event) -> None:
        """Answer a turn that the mirror has opened."""
        if coordinator is not self.coordinator:
            return
        turn, pending = self._voice.turn if self._voice else None, self.mirror.pending if self.mirror else None
        # Where it took a yes, the command that said it has opened the turn.
        if turn is None or turn.id != event.command_id or event.type != "accepted":
            if event.action == "listen" and event.asks_back:
                self._awaited = event.command_id  # the question itself may be shown a moment later
                return
            over_at_once = event.carried_out in ("wake", "listen")
            if over_at_once or (self._awaited and (pending is None or pending.command_id != self._awaited)):
                self._awaited = None
                self._async_no_answer(self._ask_question_future)
            return
        self._awaited = None
        if self._answering:
            self._answering.cancel()
        ago_s = (coordinator.client.now() - event.at).total_seconds()
        # One that is older than a turn lasts was opened by another clock than that of now.
        began = time.monotonic() - (ago_s if 0 < ago_s < _LONGEST_S else 0)
        self._answering = self._background(self._async_take_turn(turn, began), "turn")

    async def _async_take_turn(self, turn: Turn, began: float) -> None:
        """Answer a turn once the one before has ended."""
        async with self._turns:
            await self._async_answer(_Run(turn, began, self._hearing.open(turn.id)))

    async def _async_answer(self, run: _Run) -> None:
        """Answer a turn, until the mirror was told how it ended."""
        feed, asked, voice, word = self.coordinator.voice, self._ask_question_future, self._voice, run.turn.word
        self._run = run
        active = voice.listened_for[: len(PIPELINES)] if voice else ()
        self._index = active.index(word) if word in active else 0
        known = voice.words.get(word) if voice and word and run.turn.woken else None
        feed.begin("listening", turn=run.turn.id)
        self.coordinator.expression.turn = run.turn.id
        try:
            async with run.tasks as tasks:
                tasks.create_task(self._async_report(run))
                # Without a phrase where nobody said one: a button is no second satellite that heard the same.
                await self._async_run_pipeline(run, known.phrase if known else None)
                if run.speaking and await run.speaking not in ("played", "failed"):
                    run.continues = False  # somebody wants quiet
                else:
                    run.is_heard = run.outcome != "interrupted"
                self._run = None  # that it is over is no news from here on
                run.tell_end()
        finally:
            self._run = None
            self._index = 0
            self._hearing.close(run.turn.id)
            feed.end(run.code, turn=run.turn.id)
            self.coordinator.expression.end_turn(run.turn.id, run.heard_s, is_whole=run.is_heard)
            self._async_no_answer(asked)
            if not self._is_announcing:
                self.tts_response_finished()

    async def _async_report(self, run: _Run) -> None:
        """Tell the mirror how a turn goes on. What it refuses, or cannot be told, it knows better, or not at all."""
        while report := await run.reports.get():
            with suppress(HomeAssistantError):
                await self.coordinator.async_send(
                    report.action, report.payload, context=self._context, source=report.source, words=report.words
                )
            run.reports.task_done()

    async def _async_run_pipeline(self, run: _Run, phrase: str | None) -> None:
        """Have the pipeline work on what is heard. Where it has no voice, its reply is read on the screen."""
        speaks = async_get_pipeline(self.hass, self._resolve_pipeline()).tts_engine is not None
        try:
            await self.async_accept_pipeline_from_satellite(
                run.heard(),
                start_stage=PipelineStage.STT,
                end_stage=PipelineStage.TTS if speaks else PipelineStage.INTENT,
                wake_word_phrase=phrase,
            )
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task and task.cancelling():
                raise
            # The pipeline alone was cancelled: something is announced, or the mirror itself was answered.
            if not run.is_settled:
                run.outcome = "interrupted"

    @callback
    @override
    def on_pipeline_event(self, event: PipelineEvent) -> None:
        """Tell the mirror and the displays how it goes on."""
        take = self._steps.get(event.type)
        if self._run and take:
            take(self, self._run, event.data or {})

    @callback
    def _begin(self, run: _Run, data: Document) -> None:
        run.language = data["language"]
        run.token = data.get("tts_output", {}).get("token")

    @callback
    def _listen(self, run: _Run, data: Document) -> None:
        """Speech-to-text begins, and has said what it wants; engines that say nothing want everything."""
        run.reached("stt_started")
        chosen = self._choice(SOUND.key)
        state = self.hass.states.get(chosen) if chosen else None
        if state and state.state == ENHANCED:
            run.enhanced = EnhancedSound.wanted(data["audio_processing"])

    @callback
    def _think(self, run: _Run, data: Document) -> None:
        """Nothing more is listened to."""
        if not run.is_thinking:
            run.is_thinking = True
            run.reached("speech_ended")
            self.coordinator.voice.change(stage="thinking")
            run.tell("advance_turn", {"turn": run.turn.id, "stage": "thinking"})

    @callback
    def _hear(self, run: _Run, data: Document) -> None:
        """Tell the mirror what was said: the facts, and beside them the words. Yes, no and stop may be meant for it."""
        self._think(run, data)
        run.reached("stt")
        text = data["stt_output"]["text"]
        self.coordinator.voice.change(heard=text)
        heard = text[:_MAX_HEARD]
        answer = answer_in(text, run.language)
        language = run.language if re.fullmatch(LANGUAGE, run.language) else None
        facts = {"turn": run.turn.id, "length": len(heard), "answer": answer, "language": language}
        run.tell("utterance", facts, source="voice", words={"text": heard})
        if answer and self.mirror and self.mirror.pending:
            run.is_settled = True
        elif stops(text, run.language) and not self._ask_question_future:
            run.outcome, run.is_settled = "stopped", True
        if run.is_settled:
            raise asyncio.CancelledError  # of the pipeline, before its agent has done anything

    @callback
    def _progress(self, run: _Run, data: Document) -> None:
        """Show what the agent says while it says it, and have it spoken as soon as that is worth it."""
        delta = data.get("chat_log_delta") or {}
        run.role = delta.get("role", run.role)
        if run.role == "assistant" and delta.get("content"):
            self.coordinator.voice.grow(delta["content"])
        if data.get("tts_start_streaming"):
            self._speak(run, data)

    @callback
    def _understand(self, run: _Run, data: Document) -> None:
        run.reached("intent")
        output = data["intent_output"]
        response = output["response"]
        run.continues = output["continue_conversation"]
        failure = self.coordinator.expression.failure(run.turn.id)
        if failure or (response["response_type"] == "error" and response["data"]["code"] in _OUTCOMES):
            run.fail(failure or response["data"]["code"])
        self.coordinator.voice.change(reply=response["speech"].get("plain", {}).get("speech"))

    @callback
    def _speak(self, run: _Run, data: Document) -> None:
        """Have the reply said, which may still be in the making."""
        stream = tts.async_get_stream(self.hass, run.token) if run.token else None
        if stream and not run.speaking:
            run.speaking = run.tasks.create_task(self._async_reply(run, [stream.async_stream_result()]))

    @callback
    def _fail(self, run: _Run, data: Document) -> None:
        run.fail(data["code"])

    _steps: ClassVar[Mapping[str, Callable[[MiraSatellite, _Run, Document], None]]] = {
        PipelineEventType.RUN_START: _begin,
        PipelineEventType.STT_START: _listen,
        PipelineEventType.STT_VAD_END: _think,
        PipelineEventType.STT_END: _hear,
        PipelineEventType.INTENT_PROGRESS: _progress,
        PipelineEventType.INTENT_END: _understand,
        PipelineEventType.TTS_END: _speak,
        PipelineEventType.ERROR: _fail,
    }

    async def _async_reply(self, run: _Run, files: Files) -> str:
        await run.reports.join()

        @callback
        def started() -> None:
            run.reached("first_sound")
            run.heard_since = time.monotonic()
            self.coordinator.voice.change(stage="speaking")
            run.tell("advance_turn", {"turn": run.turn.id, "stage": "speaking"})

        try:
            return await self._async_say({"kind": "reply", "turn": run.turn.id}, files, started)
        except HomeAssistantError as err:
            _LOGGER.debug("The reply is not heard: %s", err)
            return "failed"
        finally:
            if run.heard_since is not None:
                run.heard_s = time.monotonic() - run.heard_since

    async def _async_say(self, payload: Document, files: Files, started: Callable[[], None]) -> str:
        """Have these files played, and wait for the end of it, which is told.

        Raises a translated error where the mirror refuses to, or is away.
        """
        said = await self.coordinator.async_command("say", payload, context=self._context)
        sending = self._background(self._async_send(said.command_id, files, started), "speech")
        try:
            while True:
                news, voice = self._news, self._voice
                if outcome := self._outcomes.get(said.command_id):
                    return outcome
                if error := NotLoaded("The satellite is gone.") if self._is_gone else self.coordinator.data.error:
                    raise HomeAssistantError(**translated(error))
                if not voice or voice.speech != said.command_id:
                    return "stopped"
                await news.wait()
        finally:
            sending.cancel()

    async def _async_send(self, speech_id: str, files: Files, started: Callable[[], None]) -> None:
        """Send the sound of a speech; where that cannot be made, or nobody takes it, the speech is over."""
        try:
            await self.coordinator.client.speak(speech_id, files, started)
        except Exception:  # whatever a voice raises: who waits for the end of the speech has to hear of it
            _LOGGER.debug("A speech was not sent to its end", exc_info=True)
            ending = {"speech": speech_id, "outcome": "failed"}
            with suppress(HomeAssistantError):
                await self.coordinator.async_send("end_speech", ending, source="sensor")

    async def _async_announce(self, kind: str, announcement: AssistSatelliteAnnouncement) -> str:
        """Have something announced. Raises a translated error where it was not heard."""
        token, before = announcement.tts_token, announcement.preannounce_media_id
        files: list[AsyncIterable[bytes]] = [as_stream(await async_fetch(self.hass, before))] if before else []
        if token and (stream := tts.async_get_stream(self.hass, token)):
            files.append(stream.async_stream_result())
        else:
            files.append(as_stream(await async_fetch(self.hass, announcement.media_id)))
        feed = self.coordinator.voice
        try:
            outcome = await self._async_say(
                {"kind": kind}, files, lambda: feed.begin("speaking", reply=announcement.message or None)
            )
        finally:
            feed.end(turn=None)
        if outcome == "failed":
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="not_played",
                translation_placeholders={"mirror": self.coordinator.name},
            )
        return outcome

    @override
    async def async_announce(self, announcement: AssistSatelliteAnnouncement) -> None:
        """Have something said, and wait until it was."""
        await self._async_announce("announcement", announcement)

    @override
    async def async_start_conversation(self, start_announcement: AssistSatelliteAnnouncement) -> None:
        """Have something asked, then listen. Whoever stops the question has no wish to answer it."""
        if not (self.mirror and self.mirror.microphone):
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="refused_microphone_off")
        if await self._async_announce("question", start_announcement) == "played":
            await self.async_command("listen", {})
        else:
            self._async_no_answer(self._ask_question_future)

    @callback
    def _async_timer(self, event: TimerEventType, timer: TimerInfo) -> None:
        """Show a timer, and ring when it has run out."""
        self.coordinator.voice.set_timer(event, timer)
        if event is TimerEventType.FINISHED:
            self._background(self._async_ring(), "timer")

    async def _async_ring(self) -> None:
        """Play Home Assistant's chime, twice, once nobody talks to the mirror."""
        if self._answering:
            await asyncio.wait([self._answering])
        with suppress(HomeAssistantError):  # no speaker, or busy with an announcement: the display shows it
            await self.async_internal_announce(media_id=PREANNOUNCE_URL)
