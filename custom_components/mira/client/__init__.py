"""Speaks with one mirror's sidecar over Redis, as docs/protocol says. Free of Home Assistant, as this whole folder."""

import asyncio
import json
import logging
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from ssl import SSLContext
from typing import Any, cast
from uuid import uuid7

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from ..errors import BadMessage, CannotWrite, MiraError, NoAnswer, NoMirror, NotListening, TooLong, WrongProtocol
from ..models.event import Event
from ..models.presence import Presence
from ..models.state import Snapshot, published
from ..models.view import MirrorView
from . import sound
from .commands import Command, Decision, instant
from .connection import Keys, Server, redis_errors
from .event_log import BATCH, Entries, EventLog, Trail, events_in, read_entry, sequence
from .pubsub import Channel, asking_channel, audio_channel, live_channel, said_channel
from .queries import Queries
from .redis_checks import RedisChecks, checked

_LOGGER = logging.getLogger(__name__)

type Listener = Callable[[MirrorView, Sequence[Event]], None]
"""Is given the view and the events that led to it; called in the event loop, must not wait."""

COMMANDS_KEPT = 10_000
"""Commands that wait at most while no sidecar decides: what is dropped then has expired."""
MAX_COMMAND_BYTES = 65_536
"""The sidecar refuses a longer command unread."""
_POLL = 0.5
"""Seconds between two looks at the presence, which expires after three."""
_FIRST_DELAY, _LAST_DELAY = 0.5, 5.0
"""Seconds between two attempts to connect: doubled each time."""
_GRACE = 2.0
"""Seconds after a command's expiry in which its answer may still be under way."""
_SLOW = 0.5
"""Seconds after which an answer of Redis says too little about its clock: the call may have been repeated."""
_CHECK_AGE = 10.0
"""Seconds after which the Redis server's clock is measured again, and whether it still takes what is written."""
_NO_STATE = "The mirror's state is not there yet; the sidecar is about to write it."


class MiraClient:
    """One mirror. `connect`, then `run` for as long as it is of interest, then `close`."""

    def __init__(
        self,
        host: str,
        port: int,
        mirror: str,
        *,
        username: str | None = None,
        password: str | None = None,
        tls: SSLContext | None = None,
    ) -> None:
        self.mirror = mirror
        self.view = MirrorView()
        self._keys = Keys(mirror)
        self._server = Server(host, port, username, password, tls)
        self._commands = self._server.repeating()
        self.log = EventLog(self._commands, self._keys)
        self.live = live_channel(self._server, self._keys)
        self.said = said_channel(self._server, self._keys)
        self.audio = audio_channel(self._server, self._keys)
        self.asking = asking_channel(self._server, self._keys)
        self._more_answers = Channel[str](
            self._server, self._keys.answers, "Answers to many commands at once may be missed"
        )
        self.queries = Queries(self._commands, self._server, self._keys)
        self._seq: int | None = None
        self._trail = Trail()
        self._replayed_until = 0
        self._is_new = False
        """Whether the first look was just taken: what comes behind it is of no outage."""
        self._answers: dict[str, asyncio.Future[Event]] = {}
        self._first_tries: dict[str, float] = {}
        """Commands that are sent again if they are refused as expired before that time, by our monotonic clock."""
        self._clock_offset = 0.0
        self._clock_doubt = 0.0

    async def connect(self) -> MirrorView:
        """Take a first look. Raises CannotConnect or InvalidAuth; a sidecar that is away is in the view."""
        with redis_errors():
            await self._measure_clock(self._commands)
            self.view, _, _ = await self._look(self._commands)
        if self.view.snapshot:
            self._trail.begin(self.view.snapshot.seq)
            self._seq = self.view.snapshot.seq  # so that `run` finds the answers to what is sent before it
            self._replayed_until = self.view.snapshot.seq
            self._is_new = True
        return self.view

    @property
    def read_to(self) -> int | None:
        """The last event before those that a listener gets next; None: not known yet."""
        return self._seq

    async def probe(self) -> Presence:
        """Find the mirror. Raises CannotConnect, InvalidAuth, NoMirror, WrongProtocol or BadMessage."""
        view = await self.connect()
        if view.error or not view.presence:
            raise view.error or NoMirror("The mirror has not shown itself.")
        return view.presence

    async def close(self) -> None:
        """End the connections for commands; the one for reading ends with `run`."""
        await self._commands.aclose()

    async def run(self, listener: Listener) -> None:
        """Follow the mirror until cancelled, through every outage."""
        hearing = asyncio.create_task(self._more_answers.run(self._hear))
        try:
            await self._keep_following(listener)
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)

    async def _keep_following(self, listener: Listener) -> None:
        delay = _FIRST_DELAY
        while True:
            try:
                async with aclosing(self._follow()) as views:
                    async for view, events in views:
                        if view.connected:  # where Redis refuses what is written, each connection shows that once
                            delay = _FIRST_DELAY
                        self._hand_out(view, events, listener)
            except MiraError as err:
                _LOGGER.debug("Mirror %s: %s Next attempt in %s s", self.mirror, err, delay)
                self._hand_out(self.view.without_mirror(err), (), listener)
            except Exception:
                # Whatever it was: a mirror that looks alive and is not followed is worse.
                _LOGGER.exception("Mirror %s: unexpected error while following it", self.mirror)
                error = MiraError("Something unexpected happened; the log says what.")
                self._hand_out(self.view.without_mirror(error), (), listener)
            await self._renew()
            await asyncio.sleep(delay)
            delay = min(2 * delay, _LAST_DELAY)

    async def _renew(self) -> None:
        """Have everybody connect anew. What is under way ends on the old connection, which is closed then.

        Whatever it was: a task that ends here follows the mirror never again.
        """
        self._server.era += 1
        pool = self._commands.connection_pool
        await pool.update_active_connections_for_reconnect()  # type: ignore[no-untyped-call]
        with suppress(Exception):
            await pool.disconnect(inuse_connections=False)

    def _hand_out(self, view: MirrorView, events: Sequence[Event], listener: Listener) -> None:
        """Show the view, then answer: who sent a command finds its effect in place."""
        events = [self._judged(event) for event in events]
        changed = view != self.view
        self.view = view
        if changed or events:
            listener(view, events)
        for event in events:
            self._answer(event)

    def _judged(self, event: Event) -> Event:
        """The event, marked where it refuses what is sent again: nobody has to act on it, nor to be told of it."""
        until = self._first_tries.get(event.command_id, 0.0)
        sent_again = event.decides and event.reason == "expired" and time.monotonic() < until
        return replace(event, replayed=True, sent_again=True) if sent_again else event

    def _hear(self, text: str) -> None:
        """Take an answer that has no event of its own: that of a refusal which was counted together with others."""
        try:
            self._answer(self._judged(Event.parse(text)))
        except BadMessage as err:
            _LOGGER.debug("%s", err)

    def _answer(self, event: Event) -> None:
        answer = self._answers.get(event.command_id)
        if answer and not answer.done() and event.decides:
            answer.set_result(event)

    async def _follow(self) -> AsyncGenerator[tuple[MirrorView, Sequence[Event]]]:
        """Views and events of one connection.

        Ends where Redis refuses what is written: after a failover, it is the next connection that reaches the new
        primary. Raises CannotConnect or InvalidAuth.
        """
        with redis_errors():
            async with self._server.connections() as redis:
                events, read_to, outage = list[Event](), self._seq, not self._is_new
                self._is_new = False
                # Until the state says how far the outage went.
                self._replayed_until = sys.maxsize if outage else self._replayed_until
                checked, is_new = 0.0, True
                refusal: CannotWrite | None = None
                while True:
                    if is_new or time.monotonic() - checked > _CHECK_AGE:
                        await self._measure_clock(redis)
                        refusal = await self._write_refusal(redis)
                        checked = time.monotonic()
                    went_back = read_to is not None and self._seq is not None and read_to < self._seq
                    view, believed, taken_whole = await self._look(redis, events, anew=outage or went_back)
                    if cause := refusal or (view.error if isinstance(view.error, CannotWrite) else None):
                        if is_new:
                            yield self.view.without_mirror(cause), []
                        return
                    is_new = False
                    if len(believed) < len(events):
                        await asyncio.sleep(_POLL)
                        read_to = believed[-1].seq if believed else self._seq
                    self._seq = read_to
                    if view.snapshot and taken_whole:
                        self._resume(view.snapshot, after_outage=outage)
                        outage = False
                    new = [event for event in believed if not self._trail.has(event)]
                    for event in new:
                        self._trail.add(event)
                    yield view, new
                    try:
                        events, read_to = await self._read(redis)
                    except ResponseError as err:
                        if str(err).startswith("UNBLOCKED"):
                            return  # it was demoted while we waited
                        raise

    def _resume(self, snapshot: Snapshot, *, after_outage: bool) -> None:
        """Read on after the last event; after the snapshot's where there was none or the log begins anew."""
        anew = self._seq is None or snapshot.seq < self._seq
        if anew:
            self._seq = snapshot.seq
            self._trail.begin(snapshot.seq)
        if anew or after_outage:
            self._replayed_until = snapshot.seq

    async def _read(self, redis: Redis) -> tuple[list[Event], int | None]:
        """The events after the last ones, and how far that goes; waits for them a moment."""
        if self._seq is None:
            await asyncio.sleep(_POLL)
            return [], None
        events: list[Event] = []
        read_to = self._seq
        streams = await redis.xread({self._keys.events: f"{self._seq}-0"}, count=BATCH, block=round(_POLL * 1000))
        # Only now: while we waited, the sidecar may have filled the stream again, without what was forged there.
        if (end := await self._end(redis)) != self._seq:
            return [], end
        for _, entries in cast("list[tuple[str, Entries]]", streams):
            for entry_id, fields in entries:
                events += read_entry(entry_id, fields, replayed_until=self._replayed_until)
                if entry_id.endswith("-0"):
                    read_to = sequence(entry_id)
            if read_to == self._seq:
                await asyncio.sleep(_POLL)  # garbage that nothing can be read behind
        return events, read_to

    async def _end(self, redis: Redis) -> int | None:
        """Where to read on: behind the last event that we read and that is still there, if another one is not."""
        place = f"{self._seq}-0"
        there = cast("Entries", await redis.xrevrange(self._keys.events, max=place, min=place))
        if self._trail.fits(there):
            return self._seq
        before = cast("Entries", await redis.xrevrange(self._keys.events, max=place, count=BATCH))
        end = self._trail.end(before)
        return self._seq if end is None else end

    async def _look(
        self, redis: Redis, events: Sequence[Event] = (), *, anew: bool = True
    ) -> tuple[MirrorView, Sequence[Event], bool]:
        """The view after a look at the presence and these events, and those of them that are to be believed.

        Their patches lead to the state. Where they do not, after an absence and where it is to be taken `anew`, it is
        taken whole; the third says whether it was.
        """
        before = self.view
        presence_text, head = cast("list[str | None]", await redis.mget(self._keys.presence, self._keys.head))
        end = published(head)
        # Nobody publishes an event before its head: it is forged, or the log is just being filled.
        events = [event for event in events if end is not None and event.seq <= end]
        try:
            presence = self._presence(presence_text)
            same_run = before.presence is not None and presence.started_at == before.presence.started_at
            if before.snapshot and before.connected and same_run and not anew and before.snapshot.seq <= (end or 0):
                with suppress(BadMessage):
                    return MirrorView(before.snapshot.after(events), presence, None), events, False
            return MirrorView(await self._snapshot(redis), presence, None), events, True
        except NoMirror as err:
            # Where nobody can write, the presence expires: the sidecar may well be running.
            return before.without_mirror(await self._write_refusal(redis) or err), events, False
        except (WrongProtocol, BadMessage) as err:
            return before.without_mirror(err), events, False

    async def _snapshot(self, redis: Redis) -> Snapshot:
        """The state that was written last, and what the events behind it made of it. Raises NoMirror or BadMessage."""
        head, text = cast("list[str | None]", await redis.mget(self._keys.head, self._keys.state))
        end = published(head)
        if text is None or end is None:
            raise NoMirror(_NO_STATE)
        snapshot = Snapshot.parse(text)
        found = await redis.xrevrange(self._keys.events, max=f"{end}-0", min=f"({snapshot.seq}-0")
        entries = cast("Entries", found)[::-1]
        try:
            snapshot = snapshot.after(events_in(entries))
        except BadMessage as err:
            raise NoMirror(_NO_STATE) from err
        if snapshot.seq != end:
            raise NoMirror(_NO_STATE)
        return snapshot

    def _presence(self, text: str | None) -> Presence:
        if text is None:
            raise NoMirror(
                f"No sidecar of a mirror named {self.mirror} is running at this Redis server. "
                "Start it, or check the name."
            )
        return Presence.parse(text)

    async def _write_refusal(self, redis: Redis) -> CannotWrite | None:
        """Why Redis refuses what is written; None where it does not, or where that is not known."""
        try:
            with redis_errors():
                # Checked like every write, and writes nothing: no entry may have this id.
                await redis.xadd(self._keys.queries, {"": ""}, id="0-0")
        except CannotWrite as err:
            return err
        except MiraError:
            pass  # refused for its id, so it would have been taken
        return None

    async def _measure_clock(self, redis: Redis) -> None:
        """How far the Redis server's clock is ahead of our monotonic one; once more where the answer was slow."""
        sent, time_there, received = await _timed(redis)
        if received - sent > _SLOW:
            sent, time_there, received = await _timed(redis)
        self._clock_offset = time_there - (sent + received) / 2
        self._clock_doubt = (received - sent) / 2

    def now(self) -> datetime:
        """The time by the Redis server's clock, which is the mirror's too; as of the last measurement."""
        return self._at(time.monotonic())

    def _at(self, moment: float) -> datetime:
        """The same at a moment of our monotonic clock."""
        return datetime.fromtimestamp(moment + self._clock_offset, UTC)

    def clock_apart(self) -> float:
        """Seconds that lie at least between the Redis server's clock and that of this machine."""
        apart = abs((self.now() - datetime.now(UTC)).total_seconds())
        return max(0.0, apart - self._clock_doubt)

    async def round_trip(self) -> float:
        """Seconds that Redis takes to answer. Raises CannotConnect or InvalidAuth."""
        sent = time.monotonic()
        with redis_errors():
            await self._commands.ping()
        return time.monotonic() - sent

    async def check_redis(self) -> RedisChecks:
        """Look how the Redis server is set up. Raises CannotConnect or InvalidAuth."""
        with redis_errors():
            async with self._server.anonymous() as stranger:
                return await checked(self._commands, stranger, self.now())

    async def send(
        self,
        action: str,
        payload: Mapping[str, Any],
        *,
        source: str = "automation",
        confidence: float | None = None,
        confirm: bool = False,
        origin: Mapping[str, str | None] | None = None,
        ttl_ms: int = 5_000,
        words: Mapping[str, Any] | None = None,
    ) -> Decision:
        """Ask, and wait for the decision; `run` must be running.

        What is refused as expired although it is not, since the mirror's clock was put ahead, is asked once more by the
        new time: nothing was done, and it lives no longer for that. `words` go beside it, past the log.
        Raises CannotConnect, CannotWrite, InvalidAuth, NotListening, TooLong, or NoAnswer after the command's expiry.
        """
        asked = time.monotonic()
        command = Command(
            id=str(uuid7()),
            ts=instant(self._at(asked)),
            source=source,
            action=action,
            payload=payload,
            ttl_ms=ttl_ms,
            confidence=confidence,
            origin=origin,
            confirm=confirm or None,
            words=words,
        )
        self._first_tries[command.id] = asked + ttl_ms / 1000
        try:
            async with asyncio.timeout(ttl_ms / 1000 + _GRACE):
                answer = await self._answer_to(command)
                if answer.sent_again:
                    with redis_errors():
                        await self._measure_clock(self._commands)
                    answer = await self._answer_to(replace(command, id=str(uuid7()), ts=instant(self._at(asked))))
                return Decision.of(answer)
        except TimeoutError as err:
            raise NoAnswer(ttl_ms / 1000) from err
        finally:
            del self._first_tries[command.id]

    async def speak(self, speech_id: str, files: Iterable[AsyncIterable[bytes]], started: Callable[[], None]) -> None:
        """Send the sound of a speech that the mirror has accepted; `started` is called when the first of it is sent.

        Raises CannotConnect, InvalidAuth, or NotListening.
        """
        await sound.speak(self._commands, self._keys.speech, speech_id, files, started)

    async def tell(self, message: Mapping[str, Any]) -> None:
        """Tell a part of an answer for another program. Raises CannotConnect, InvalidAuth or NotListening."""
        with redis_errors():
            if not await self._commands.publish(self._keys.telling, json.dumps(message, ensure_ascii=False)):
                raise NotListening("No sidecar takes the answer for another program.")

    async def tell_readings(self, room: str, values: Mapping[str, float | None]) -> None:
        """Tell what is measured in a room; None: not known any more. Heard by nobody, it is of no use later.

        Raises CannotConnect, CannotWrite or InvalidAuth.
        """
        message = {"type": "readings", "room": room, "values": values, "at": instant(self.now())}
        with redis_errors():
            await self._commands.publish(self._keys.readings, json.dumps(message))

    async def _answer_to(self, command: Command) -> Event:
        """Send a command, and wait for the event that decides it."""
        text = command.encode()
        if (size := len(text.encode())) > MAX_COMMAND_BYTES:
            raise TooLong(size, MAX_COMMAND_BYTES)
        # Registered first: the answer may be here before XADD returns.
        answer = self._answers[command.id] = asyncio.Future[Event]()
        try:
            with redis_errors():
                # Words go first, so that they are there when their command is decided.
                if command.words is not None and not await self._commands.publish(
                    self._keys.private, command.encode_words()
                ):
                    raise NotListening("No sidecar hears private words.")
                await self._commands.xadd(
                    self._keys.commands, {"command": text}, maxlen=COMMANDS_KEPT, approximate=True
                )
            return await answer
        finally:
            del self._answers[command.id]


async def _timed(redis: Redis) -> tuple[float, float, float]:
    """The time by the Redis server's clock, between the times by our monotonic one before and after."""
    sent = time.monotonic()
    seconds, microseconds = await redis.time()
    return sent, seconds + microseconds / 1_000_000, time.monotonic()
