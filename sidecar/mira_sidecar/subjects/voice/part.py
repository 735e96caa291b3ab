"""The voice's part: who speaks to the mirror is heard and answered, and what was said is kept for some days."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, override
from uuid import uuid7

import msgspec
import structlog
from redis.exceptions import RedisError, ResponseError

from mira_sidecar.config import Settings
from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed
from mira_sidecar.devices.owner import Looker
from mira_sidecar.operations.findings import Finding
from mira_sidecar.parts import Now, Part, Shell, Work
from mira_sidecar.protocol import DeviceId, Event, Keys, Problem, Source, instant
from mira_sidecar.queries.kind import Asking
from mira_sidecar.subjects.voice.core.slice import MOST_ACTIVE, voice
from mira_sidecar.subjects.voice.core.turns import ended, silenced
from mira_sidecar.subjects.voice.figures import AskedVoice, LiveLevels, LiveSpeech, VoiceFigures
from mira_sidecar.subjects.voice.mouth import Mouth
from mira_sidecar.subjects.voice.names import FIRST_WORD
from mira_sidecar.subjects.voice.said import SaidWords
from mira_sidecar.subjects.voice.settings import VoiceSettings
from mira_sidecar.subjects.voice.teacher import WordTeacher
from mira_sidecar.subjects.voice.worker import words
from mira_sidecar.subjects.voice.worker.messages import (
    Heard,
    Level,
    Listening,
    LookerSettings,
    Message,
    Missed,
    Take,
    Woken,
)
from mira_sidecar.transport.connection import connect
from mira_sidecar.transport.live import LiveChannel
from mira_sidecar.transport.sound import Frame, SoundOut
from mira_sidecar.transport.subscription import Subscription

log = structlog.get_logger()

_LEVELS_S = 10.0
"""For so long levels are measured, after somebody has asked for them."""
_SHOWN_S = 3_600.0
"""How long it is shown that a wake word was not answered."""
_QUIET = "palm"
"""The gesture that ends what the mirror says."""
_WAKES = 4
"""Wake words of which it is remembered when they ended, until they are decided."""
_decode = msgspec.json.Decoder(Message)


class _Sent(NamedTuple):
    """What of a turn was sent last."""

    turn: str
    sequence: int


class VoicePart(Part):
    """Listens in the microphones, hands Home Assistant the sound of a turn, and plays what that says."""

    modules = (words.LIBRARY,)
    looks_at = ("microphone",)

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        settings = shell.settings.of(VoiceSettings)
        self._settings = settings
        self._words = words.built_in()
        self._trying = settings.wake_models is not None
        """Whether models of the folder have not been tried yet."""
        self._tried = False
        """Whether they have been, and the state does not say so yet."""
        self._now: Now | None = None
        self._said = SaidWords(shell)
        self._teacher = WordTeacher(shell.side, shell.submit)
        self._loudness = LiveChannel(shell.redis, shell.keys.live)
        self._mouth = Mouth(shell.speaker, self._tell, self._show_loudness)
        self._out = SoundOut(shell.redis, shell.keys.audio)
        self._in = Subscription(shell.redis, shell.keys.speech, self._mouth.take, "speech")
        self._microphones = shell.devices.of("microphone")
        self._lookers = {name: self._looker(name) for name in self._microphones}
        self._deeds = asyncio.Queue[tuple[Source, str, dict[str, Any]]]()
        self._ended: str | None = None
        """The turn that was said to be over, until the state says so."""
        self._turn: str | None = None
        self._listens: str | None = None
        """The turn whose sound is sent."""
        self._woken: dict[str, float] = {}
        """When wake words ended, by the command that says so."""
        self._sent: _Sent | None = None
        self._levels: dict[DeviceId, Level] = {}
        self._live = LiveChannel(shell.redis, shell.keys.live)
        self._levels_until = 0.0
        self._wakes = 0
        self._missed = 0

    @override
    @classmethod
    async def checks(cls, settings: Settings) -> AsyncIterator[Finding]:
        own = settings.of(VoiceSettings)
        known, refused = await words.found(own.wake_models)
        for fault in _faults(own, known, refused):
            yield Finding("wake word", False, fault)
        yield Finding("wake words", True, f"there are: {', '.join(known)}")
        if settings.microphone:
            yield await _listened_to(settings)

    @override
    def due_at_start(self, document: Document) -> Iterator[Deed]:
        own = voice(document)
        if own["turn"]:
            yield ended(own["turn"], "failed", "restarted")
        if own["speech"]:
            yield silenced(own["speech"], "failed")
        if deed := self._choice(document):
            yield deed

    @override
    def changed(self, now: Now) -> None:
        self._now = now
        self._said.changed(now.document)
        if self.shell.speaker is not None:
            self._in.listen(now.deciding)
        self._teacher.changed(now)
        if now.connected:
            self.shell.bulletin.degraded("voice.takes", self._teacher.lacking(now.document))
        self._follow(now)

    @override
    def decided(self, events: Sequence[Event]) -> None:
        self._said.decided(events)
        speaks = self._now is not None and self._now.deciding and voice(self._now.document)["speech"]
        if speaks and any(map(_asks_for_quiet, events)):
            self._deeds.put_nowait(("gesture", "stop_talking", {}))

    @override
    def questions(self) -> tuple[Asking[Any], ...]:
        return (Asking("voice", AskedVoice, self._figures),)

    @override
    def works(self) -> dict[str, Work]:
        works: dict[str, Work] = {"said": self._said.pass_on, "keeping": self._said.keep, "deeds": self._carry_out}
        works["trials"] = self._try_words  # not of the name of what it reports, which would count as sound with it
        if self._microphones:
            works |= {"audio": self._out.run, "levels": self._live.run, "teaching": self._teach}
        if self.shell.speaker is not None:
            works |= {"speech": self._in.run, "loudness": self._loudness.run}
        return works

    async def _try_words(self) -> None:
        """Listen for words of one's own as soon as each was tried, and say which there are once all were."""
        refused: dict[str, str] = {}
        if self._settings.wake_models is not None:
            async for file, found in words.own(self._settings.wake_models):
                if isinstance(found, str):
                    refused[file] = found
                else:
                    self._words[found.model.id] = found
                    self._again()
            self._trying, self._tried = False, True
            self._again()
        if faults := [*_faults(self._settings, self._words, refused)]:
            # Which they are is not for the log: a word of one's own may be a name.
            log.warning("wake words cannot be used: `mira-sidecar doctor` says why", count=len(faults))
            text = f"Wake words that cannot be used: {'; '.join(faults)}."
            self.shell.bulletin.degraded("voice.words", Problem("wake_models", text))

    def _choice(self, document: Document) -> Deed | None:
        """What brings the wake words of the state in line with those that can be heard."""
        if not self._microphones:
            return None  # Nothing is heard here, and what was chosen stays.
        own, known = voice(document), {name: msgspec.to_builtins(word.about) for name, word in self._words.items()}
        if self._trying:
            # What could be heard before is not given up until it was tried.
            known = {**own["words"], **known}
        known |= {name: {"phrase": each["phrase"], "languages": []} for name, each in own["taught"].items()}
        # The first time, nobody has chosen yet.
        before = own["active"] if own["words"] else [FIRST_WORD]
        wanted = list(dict.fromkeys(self._settings.wake_words or before))
        active = [word for word in wanted if word in known][:MOST_ACTIVE]
        if known == own["words"] and active == own["active"]:
            return None
        return "set_voice", {"words": known, "active": active}

    def _looker(self, microphone: DeviceId) -> Looker:
        return Looker(
            name="voice",
            module="mira_sidecar.subjects.voice.worker.looker",
            hear=partial(self._hear, microphone),
            closed=partial(self._closed, microphone),
        )

    def _follow(self, now: Now) -> None:
        """Listen and speak as the state says."""
        own = voice(now.document)
        turn, speech = (own["turn"], own["speech"]) if now.deciding else (None, None)
        self._mouth.follow(speech)
        if turn and turn["id"] != self._turn:
            if turn["how"] == "wake" and self._settings.chime:
                self._mouth.greet(turn["id"])
            # What wakes has its microphone, be it another machine's; what is asked to listen here needs one here.
            if turn["how"] == "listen" and turn["microphone"] not in self._microphones:
                self._fail(turn, "no_microphone")
        self._turn = turn["id"] if turn else None
        listens = turn if turn and turn["stage"] == "listening" and now.document["microphone"]["on"] else None
        self._listens = listens["id"] if listens else None
        if self._sent and self._sent.turn != self._listens:
            self._finish()
        self._order(now.document, listens)
        if self._tried and now.deciding:
            # Once: what somebody chooses afterwards holds.
            self._tried = False
            if deed := self._choice(now.document):
                self._tell(deed)

    def _order(self, document: Document, listens: Mapping[str, Any] | None) -> None:
        models = [self._words[word].model for word in voice(document)["active"] if word in self._words]
        levels = time.monotonic() < self._levels_until
        for name, owner in self._microphones.items():
            listening = None
            if listens and listens["microphone"] == name:
                listening = Listening(turn=listens["id"], since_ms=self._woken.get(listens["id"]))
            order = LookerSettings(
                words=models,
                taught=self._teacher.words(document),
                lesson=self._teacher.lesson(document),
                listening=listening,
                levels=levels,
            )
            owner.look(self._lookers[name], order)

    async def _hear(self, microphone: DeviceId, said: msgspec.Raw) -> None:
        """Take what the looker in a microphone's process says."""
        match message := _decode.decode(said):
            case Heard():
                # What was told before it listened no more is still on its way.
                if message.turn == self._listens:
                    self._sent = _Sent(message.turn, message.sequence)
                    self._out.send(Frame(message.turn, message.sequence, message.pcm))
            case Woken():
                await self._wake(microphone, message)
            case Missed():
                self._missed += message.count
            case Take():
                await self._teacher.keep(message)
            case Level():
                self._levels[microphone] = message
                if time.monotonic() < self._levels_until:
                    self._live.show(LiveLevels(instant(self.shell.clock.now_ms()), self._pairs()))

    async def _wake(self, microphone: DeviceId, woken: Woken) -> None:
        """Ask for a turn, where somebody would answer."""
        self._mouth.warm()
        if why := await _unheard(self._out):
            self._missed += 1
            self.shell.bulletin.happened(Problem("voice_no_home_assistant", why), _SHOWN_S)
            return
        self.shell.bulletin.degraded("voice_no_home_assistant", None)
        self._wakes += 1
        command_id = str(uuid7())
        self._woken[command_id] = woken.t_ms
        while len(self._woken) > _WAKES:
            del self._woken[next(iter(self._woken))]
        await self.shell.submit(
            "voice",
            "wake",
            {"word": woken.word, "microphone": microphone},
            confidence=woken.confidence,
            age_ms=max(0, round(time.monotonic() * 1000 - woken.t_ms)),
            command_id=command_id,
        )

    def _show_loudness(self, speech: str, level: float) -> None:
        self._loudness.show(LiveSpeech(instant(self.shell.clock.now_ms()), speech, level))

    def _closed(self, microphone: DeviceId) -> None:
        """A microphone is closed."""
        self._levels.pop(microphone, None)
        if self._now is None or not self._now.deciding:
            return
        turn = voice(self._now.document)["turn"]
        if turn and turn["microphone"] == microphone and turn["stage"] == "listening":
            self._listens = None
            self._finish()
            if self._now.document["microphone"]["on"]:
                self._fail(turn, "microphone_lost")

    def _finish(self) -> None:
        """Say that no more sound of a turn comes."""
        if self._sent:
            self._out.send(Frame(self._sent.turn, self._sent.sequence + 1, last=True))
        self._sent = None

    def _fail(self, turn: Mapping[str, Any], code: str) -> None:
        """End a turn that cannot go on, once."""
        if self._ended != turn["id"]:
            self._ended = turn["id"]
            self._tell(ended(turn, "failed", code))

    def _tell(self, deed: Deed) -> None:
        """Have something decided soon. Returns at once."""
        self._deeds.put_nowait(("sensor", *deed))

    async def _carry_out(self) -> None:
        while True:
            await self.shell.submit(*await self._deeds.get())

    async def _teach(self) -> None:
        await self._teacher.run(lambda: self.changed(self._now) if self._now else None)

    async def _figures(self, asked: AskedVoice) -> VoiceFigures:
        """How voice fares; whoever asks for levels gets them from the next time on."""
        if asked.levels and self._microphones:
            self._levels_until = time.monotonic() + _LEVELS_S
            self._again()
            asyncio.get_running_loop().call_later(_LEVELS_S, self._again)
        return VoiceFigures(
            levels=self._pairs(),
            wakes=self._wakes,
            near_misses=self._missed,
            unfit_frames=self._mouth.unfit,
        )

    def _pairs(self) -> dict[DeviceId, tuple[float, float]]:
        return {name: (level.level_db, level.noise_db) for name, level in self._levels.items()}

    def _again(self) -> None:
        if time.monotonic() >= self._levels_until:
            self._levels.clear()
        if self._now is not None:
            self._follow(self._now)


def _asks_for_quiet(event: Event) -> bool:
    return event.type == "accepted" and event.action == "gesture" and event.payload.get("name") == _QUIET


def _faults(settings: VoiceSettings, known: Collection[str], refused: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the wake words of the settings."""
    yield from (f"{file}: {reason}" for file, reason in refused.items())
    for word in settings.wake_words:
        if word not in known:
            yield f"there is no `{word}`, and there are: {', '.join(known)}"


async def _listened_to(settings: Settings) -> Finding:
    """Whether Home Assistant would hear what is said."""
    redis = connect(settings.redis_url)
    try:
        why = await _unheard(SoundOut(redis, Keys(settings.mirror).audio))
    finally:
        await redis.aclose()
    return Finding("voice", not why, why or "Home Assistant listens to what is said")


async def _unheard(out: SoundOut) -> str | None:
    """Why nobody would hear what is said now, as sentences."""
    try:
        if await out.heard_by():
            return None
    except ResponseError as error:
        return f"Redis does not let Mira see whether Home Assistant listens ({error}). Give its user `+pubsub|numsub`."
    except RedisError, OSError:
        return "Redis does not answer, so no wake word is answered. Check that it runs."
    return "Home Assistant does not listen, so no wake word is answered. Check that it runs and has this mirror."


PART = VoicePart
