"""`/ws/interact`: another program talks to a persona of the mirror, in text or sound, and has its answer as it comes.

What is said here is no command and no yes to anything: it goes to the persona alone, and opens no turn at the mirror.
"""

import asyncio
import contextlib
from typing import Final
from uuid import uuid7

import msgspec

from mira_sidecar.api.connections import Connection, GoneError
from mira_sidecar.api.errors import ApiError, invalid
from mira_sidecar.core.decision import Rate
from mira_sidecar.core.reading import fault_in
from mira_sidecar.core.traffic import Traffic, spend
from mira_sidecar.parts import Shell
from mira_sidecar.subjects.people.core.slice import people
from mira_sidecar.subjects.talk.core.interaction import (
    MOST_TEXT,
    PIECE,
    AskAudio,
    AskText,
    AudioEnd,
    AuthOk,
    AuthSaid,
    CancelSaid,
    FromClient,
    InteractionStart,
    StreamEnd,
    TextSaid,
)
from mira_sidecar.subjects.talk.home import Home, Turn
from mira_sidecar.subjects.talk.sound import samples_of

MOST_SESSIONS: Final = 16
MOST_SOUND: Final = 10_000_000
"""Bytes of sound that is sent at once."""
MOST_SOUND_OF_ALL: Final = 40_000_000
MOST_BYTES: Final = 65_536
"""Of a message from a client."""
_DECODERS: Final = 2
_PAUSE_S = 0.1
"""After each refusal: who sends nothing but faults costs little."""
_UNKNOWN: Final = "unknown"
_FROM_CLIENT: msgspec.json.Decoder[FromClient] = msgspec.json.Decoder(FromClient)


class Interactions:
    """Those who talk now."""

    def __init__(self, shell: Shell) -> None:
        self.home = Home(shell.redis, shell.keys)
        self.sound = 0
        """Bytes that are being collected."""
        self.decoding = asyncio.Semaphore(_DECODERS)
        self._clock = shell.clock
        # A turn is like something said at the mirror, for each key.
        self._rate: Rate | None = shell.settings.rules.rates.get("voice")
        self._traffic: Traffic = {}
        self._sessions = 0

    async def serve(self, connection: Connection) -> None:
        """Serve one. Raises GoneError, where it is refused."""
        if self._sessions >= MOST_SESSIONS:
            await connection.refuse(ApiError(503, "TOO_MANY_SESSIONS", "Too many talk at once.", retry_after=5))
            return
        self._sessions += 1
        session = _Session(self, connection)
        try:
            async with self.home.listening():
                await session.run()
        finally:
            self._sessions -= 1

    def spend(self, connection: Connection) -> None:
        """Count something that is said. Raises ApiError where its key has said too much lately."""
        if self._rate is None:
            return
        key = connection.caller.key.id
        self._traffic, is_admitted = spend(self._traffic, key, self._rate, self._clock.now_ms())
        if not is_admitted:
            raise ApiError(429, "RATE_LIMITED", "This key says too much at once.", retry_after=1)


class _Session:
    """One who talks."""

    def __init__(self, among: Interactions, connection: Connection) -> None:
        self._among = among
        self._connection = connection
        self._id = uuid7().hex
        self._conversation = self._id
        """As Home Assistant is told: another for each who speaks."""
        self._start: InteractionStart | None = None
        self._sound = bytearray()
        self._is_refused = False
        """What comes of the sound of now is dropped: it was too much."""
        self._turns = asyncio.TaskGroup()
        self._turn: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Take what is said until the client has gone."""
        try:
            async with self._turns:
                try:
                    await self._take_all()
                finally:
                    self._drop_sound()
                    await self._end_turn()
        except* GoneError:
            pass

    async def _take_all(self) -> None:
        """Raises GoneError."""
        await self._connection.send(AuthOk(self._id))
        while True:
            said = await self._connection.receive()
            try:
                await self._take(said)
            except ApiError as error:
                await self._connection.refuse(error)
                await asyncio.sleep(_PAUSE_S)

    async def _take(self, said: str | bytes) -> None:
        """Raises ApiError."""
        if isinstance(said, bytes):
            self._collect(said)
            return
        try:
            message = _FROM_CLIENT.decode(said)
        except (ValueError, RecursionError) as error:
            raise _fault(said, error) from error
        match message:
            case InteractionStart():
                await self._begin(message)
            case TextSaid() | AudioEnd():
                await self._say(message)
            case CancelSaid():
                self._drop_sound()
                await self._interrupt()
            case AuthSaid():
                pass

    async def _begin(self, start: InteractionStart) -> None:
        """Somebody speaks from here on. Raises ApiError."""
        self._check_person(start.user_id)
        self._drop_sound()
        await self._interrupt()
        self._start, self._conversation = start, uuid7().hex

    def _check_person(self, person: str) -> None:
        """Raises ApiError where they may not speak here, or not any more."""
        caller = self._connection.caller
        if person == _UNKNOWN:
            return
        # What a persona remembers of somebody is theirs, and of those who may read all that is about people.
        if person != caller.key.person and (caller.key.person is not None or not caller.sees_all):
            text = "This key may not speak for this person. Use a key with their `--person`, or `unknown`."
            raise ApiError(403, "PERSON_NOT_ALLOWED", text, details="user_id")
        if person not in people(self._connection.document)["persons"]:
            text = "The mirror knows no person with this id. Use `unknown` for anybody."
            raise ApiError(404, "UNKNOWN_USER", text, details="user_id")

    def _collect(self, sound: bytes) -> None:
        """Raises ApiError."""
        if self._is_refused:
            return
        if self._start is None:
            raise self._refused_sound(_not_started())
        if len(self._sound) + len(sound) > MOST_SOUND:
            text = f"More than {MOST_SOUND:,} bytes of sound were sent at once."
            raise self._refused_sound(ApiError(413, "AUDIO_TOO_LONG", text))
        if self._among.sound + len(sound) > MOST_SOUND_OF_ALL:
            text = "Too much sound is being sent by others."
            raise self._refused_sound(ApiError(503, "BUSY", text, retry_after=5))
        self._sound += sound
        self._among.sound += len(sound)

    def _refused_sound(self, error: ApiError) -> ApiError:
        self._drop_sound()
        self._is_refused = True
        return error

    def _drop_sound(self) -> bytes:
        """What was sent so far, which is kept no more."""
        sound = bytes(self._sound)
        self._among.sound -= len(sound)
        self._sound.clear()
        self._is_refused = False
        return sound

    async def _say(self, said: TextSaid | AudioEnd) -> None:
        """Have it answered, and not what was said before. Raises ApiError."""
        was_refused = self._is_refused
        sound = self._drop_sound()
        if isinstance(said, AudioEnd) and was_refused:
            return  # that was said already
        if self._start is None:
            raise _not_started()
        if isinstance(said, TextSaid) and not said.text.strip():
            raise ApiError(422, "BAD_REQUEST", "There is nothing in `text`.", details="text")
        self._check_person(self._start.user_id)
        self._among.spend(self._connection)
        await self._interrupt()
        self._turn = self._turns.create_task(self._answer(self._start, said, sound))

    async def _interrupt(self) -> None:
        """End what is being answered, and say so."""
        if await self._end_turn():
            await self._connection.send(StreamEnd("interrupted"))

    async def _end_turn(self) -> bool:
        """Whether there was one."""
        turn, self._turn = self._turn, None
        if turn is None or turn.done():
            return False
        turn.cancel()
        await asyncio.wait([turn])
        return turn.cancelled()

    async def _answer(self, start: InteractionStart, said: TextSaid | AudioEnd, sound: bytes) -> None:
        home = self._among.home
        with contextlib.suppress(GoneError):  # who reads notices it, too
            try:
                samples = b"" if isinstance(said, TextSaid) else await self._samples(sound, said)
                async with home.turn(self._conversation, uuid7().hex) as turn:
                    try:
                        await self._ask(turn, start, said, samples)
                        await self._pass_on(turn)
                    except BaseException:
                        await home.cancel(turn)
                        raise
            except ApiError as error:
                await self._connection.refuse(error)

    async def _samples(self, sound: bytes, said: AudioEnd) -> bytes:
        """Raises ApiError."""
        async with self._among.decoding:
            return await samples_of(sound, said.format)

    async def _ask(self, turn: Turn, start: InteractionStart, said: TextSaid | AudioEnd, samples: bytes) -> None:
        """Raises ApiError."""
        person = None if start.user_id == _UNKNOWN else start.user_id
        who = (person, start.persona, start.language)
        if isinstance(said, TextSaid):
            await self._among.home.ask(AskText(turn.session, turn.id, said.text, *who))
            return
        for sequence, place in enumerate(range(0, len(samples), PIECE)):
            piece, is_last = samples[place : place + PIECE], place + PIECE >= len(samples)
            await self._among.home.ask(AskAudio(turn.session, turn.id, sequence, piece, is_last, *who))

    async def _pass_on(self, turn: Turn) -> None:
        """Pass the answer on until it has ended. Raises ApiError, GoneError."""
        async for part in self._among.home.answer(turn):
            await self._connection.send(part)
            if isinstance(part, StreamEnd):
                return


def _not_started() -> ApiError:
    return ApiError(409, "NOT_STARTED", "Say `interaction_start` first, with a `user_id` or `unknown`.")


def _fault(said: str, error: Exception) -> ApiError:
    """What is wrong with a message."""
    if isinstance(error, msgspec.ValidationError) and "Object contains" not in str(error):
        kind = _kind_of(said)
        if kind is TextSaid and "length <=" in str(error):
            return ApiError(413, "TEXT_TOO_LONG", f"`text` has more than {MOST_TEXT:,} characters.", details="text")
        if kind is not None:
            return invalid(fault_in(error, kind))
    text = "This is no message: `interaction_start`, `text`, `audio_end` and `cancel` are, as JSON."
    return ApiError(400, "BAD_MESSAGE", text)


class _Typed(msgspec.Struct):
    type: str


def _kind_of(said: str) -> type[msgspec.Struct] | None:
    """What it is meant to be."""
    with contextlib.suppress(ValueError, RecursionError):
        given = msgspec.json.decode(said, type=_Typed).type
        kinds = (InteractionStart, TextSaid, AudioEnd, CancelSaid)
        return next((kind for kind in kinds if kind.__struct_config__.tag == given), None)
    return None
