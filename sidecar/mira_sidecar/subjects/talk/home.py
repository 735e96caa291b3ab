"""Home Assistant, asked over Redis in the name of other programs, and what it answers, sorted by turn."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import msgspec
import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from mira_sidecar.api.errors import ApiError
from mira_sidecar.protocol import Keys
from mira_sidecar.subjects.talk.core.interaction import AnswerPart, AskAudio, AskCancel, AskText, Failure, Told

log = structlog.get_logger()

_READ_S = 0.5
_CONNECT_S = 2.0
_LOOK_S = 2.0
"""Between two looks whether Home Assistant still listens."""
_SILENT_S = 330.0
"""For which an answer may stand still: a tool of Home Assistant's may wait 300 s for a person."""
_MOST_BYTES: Final = 65_536
_WAITING: Final = 1_000
"""Parts of one answer that wait at most for a client that reads slowly."""
_FAILURES: Final = {
    "NO_AGENT": (503, "The persona has no conversation agent that could answer. Choose one in Home Assistant.", 60),
    "NO_SPEECH_TO_TEXT": (501, "The mirror's assistant has no speech-to-text. Choose one in Home Assistant.", None),
    "NOTHING_HEARD": (422, "No words were understood in this sound.", None),
    "UNKNOWN_PERSONA": (404, "The mirror has no such persona. Leave `persona` out for its first one.", None),
    "TOO_MANY_SESSIONS": (503, "Home Assistant answers too many at once.", 5),
    "NOT_ANSWERED": (503, "The persona could not answer, or not to the end. Try again.", 1),
}
"""What Home Assistant may say: its status, a sentence, and seconds until it may be otherwise."""
_TOLD = msgspec.json.Decoder(Told)
_PART: msgspec.json.Decoder[AnswerPart | Failure] = msgspec.json.Decoder(AnswerPart | Failure)


def _failed(code: str) -> ApiError:
    status, text, retry_after = _FAILURES.get(code, _FAILURES["NOT_ANSWERED"])
    return ApiError(status, code if code in _FAILURES else "NOT_ANSWERED", text, retry_after=retry_after)


def _no_home() -> ApiError:
    text = "Home Assistant does not listen. Start it, and see that the mirror is available there."
    return ApiError(503, "NO_HOME_ASSISTANT", text, retry_after=5)


def _no_redis() -> ApiError:
    return ApiError(503, "REDIS_UNAVAILABLE", "Redis cannot be used just now.", retry_after=2)


class Turn:
    """Something that was said, until it is answered."""

    def __init__(self, session: str, turn: str) -> None:
        self.session = session
        self.id = turn
        self.parts = asyncio.Queue[AnswerPart | ApiError](_WAITING)
        self._next = 0

    def take(self, told: Told, body: bytes) -> None:
        """Take what is told of it, where it is next."""
        if told.n < self._next:
            return
        try:
            if told.n > self._next:
                raise _failed("NOT_ANSWERED")  # something was lost: Redis keeps the order
            part = _PART.decode(body)
            self._next += 1
            self.parts.put_nowait(_failed(part.code) if isinstance(part, Failure) else part)
        except ValueError, RecursionError, asyncio.QueueFull, ApiError:
            self.fail(_failed("NOT_ANSWERED"))

    def fail(self, error: ApiError) -> None:
        """There is no more of it."""
        if self.parts.full():
            self.parts.get_nowait()
        self.parts.put_nowait(error)


class Home:
    """Listens while somebody is there for whom it does."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._turns: dict[str, Turn] = {}
        self._users = 0
        self._listening: asyncio.Task[None] | None = None
        self._hears = asyncio.Event()

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen, in this block and those of others."""
        self._users += 1
        self._listening = self._listening or asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._users -= 1
            if not self._users:
                self._listening.cancel()
                self._listening = None
                self._hears.clear()

    @contextlib.asynccontextmanager
    async def turn(self, session: str, turn_id: str) -> AsyncIterator[Turn]:
        """A turn whose answer is heard in this block. It is over then, also for Home Assistant. Raises ApiError."""
        try:
            async with asyncio.timeout(_CONNECT_S):
                await self._hears.wait()
        except TimeoutError as error:
            raise _no_redis() from error
        turn = self._turns[turn_id] = Turn(session, turn_id)
        try:
            yield turn
        finally:
            del self._turns[turn_id]

    async def ask(self, message: AskText | AskAudio | AskCancel) -> None:
        """Send it. Raises ApiError."""
        try:
            heard_by = await self._redis.publish(self._keys.asking, msgspec.json.encode(message))
        except (RedisError, OSError) as error:
            raise _no_redis() from error
        if not heard_by:
            raise _no_home()

    async def cancel(self, turn: Turn) -> None:
        """Nobody wants the answer any more."""
        with contextlib.suppress(ApiError):
            await self.ask(AskCancel(turn.session, turn.id))

    async def answer(self, turn: Turn) -> AsyncIterator[AnswerPart]:
        """The parts of the answer, until it has ended. Raises ApiError."""
        waited = 0.0
        while True:
            try:
                async with asyncio.timeout(_LOOK_S):
                    part = await turn.parts.get()
            except TimeoutError as error:
                waited += _LOOK_S
                await self._check()
                if waited >= _SILENT_S:
                    text = "No answer came, or no more of it. Try again."
                    raise ApiError(504, "NO_ANSWER", text, retry_after=5) from error
                continue
            waited = 0.0
            if isinstance(part, ApiError):
                raise part
            yield part

    async def _check(self) -> None:
        """Raise ApiError where nobody is there any more who could answer."""
        try:
            ((_, count),) = await self._redis.pubsub_numsub(self._keys.asking)
        except (RedisError, OSError) as error:
            raise _no_redis() from error
        if not int(count):
            raise _no_home()

    async def _run(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(self._keys.telling)
                    await self._hear(channel)
            except (RedisError, OSError) as error:
                # What was told meanwhile is lost.
                log.debug("no answers are heard", why=str(error))
                self._hears.clear()
                for turn in self._turns.values():
                    turn.fail(_no_redis())
                await asyncio.sleep(_READ_S)

    async def _hear(self, channel: PubSub) -> None:
        while True:
            message = await channel.get_message(timeout=_READ_S)
            if message and message["type"] == "subscribe":
                self._hears.set()
            elif message and message["type"] == "message":
                self._take(message["data"])

    def _take(self, body: bytes) -> None:
        if len(body) > _MOST_BYTES:
            return
        try:
            told = _TOLD.decode(body)
        except ValueError, RecursionError:
            return
        turn = self._turns.get(told.turn)
        if turn is not None and turn.session == told.session:
            turn.take(told, body)
