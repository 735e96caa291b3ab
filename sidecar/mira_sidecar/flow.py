"""The path of a command: inbox → core → store → outbox."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid7

import msgspec
import structlog
from redis.exceptions import RedisError

from mira_sidecar.core.arbiter import Position, fold, settle
from mira_sidecar.core.decision import Rules
from mira_sidecar.core.reading import Garbage, Misfit, read
from mira_sidecar.core.state import initial_document
from mira_sidecar.protocol import EVENTS_KEPT, Command, Event, Problem, Snapshot, State, instant
from mira_sidecar.store.event_store import DuplicateCommandError, EventStore, StoreError
from mira_sidecar.transport.connection import RedisClock
from mira_sidecar.transport.inbox import Entry, Inbox
from mira_sidecar.transport.outbox import Outbox
from mira_sidecar.transport.presence import PresenceKey

log = structlog.get_logger()

SNAPSHOT_EVERY = 1_000
"""Events between snapshots: folding a tail of that length takes 3 ms, where a million take 3 s."""
_BACKOFF_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class ForeignLogError(Exception):
    """Redis holds events of another log, or newer ones than the database; the text says what to do."""


class MirrorTakenError(Exception):
    """Another sidecar, with another database, serves this mirror on this Redis."""


async def load(store: EventStore) -> Position:
    """Where the log ends: the last snapshot and what came after it. Raises StoreError where it does not fold."""
    snapshot = await store.snapshot()
    if snapshot is None:
        position = Position(0, 0, initial_document())
    else:
        position = Position(snapshot.seq, snapshot.rev, msgspec.to_builtins(snapshot.state))
    try:
        async for events in store.events_after(position.seq):
            for event in events:
                position = fold(position, event)
    except (ValueError, LookupError, TypeError) as error:
        raise StoreError(f"The log in {store.path} is damaged ({error}). Restore it from a backup.") from error
    return position


async def enact(
    store: EventStore, position: Position, action: str, payload: dict[str, Any], *, now_ms: int, rules: Rules
) -> Position:
    """Decide and store a command of the sidecar's own, before it serves anyone."""
    command = Command(id=_new_id(), ts=instant(now_ms), source="system", action=action, payload=payload)
    position, events = settle(position, command, arrived_ms=now_ms, now_ms=now_ms, rules=rules, new_id=_new_id)
    await store.append(events)
    return position


@dataclass(slots=True)
class _Batch:
    """Entries on their way, and what came of them."""

    requests: list[tuple[Entry, Command | Misfit]]
    dead: list[tuple[Entry, str]]
    position: Position
    events: list[Event]
    again: list[Event]


class Flow:
    """Decides commands one batch after the other; a batch is what came in while the last one was stored."""

    def __init__(
        self,
        *,
        store: EventStore,
        inbox: Inbox,
        outbox: Outbox,
        presence: PresenceKey,
        clock: RedisClock,
        rules: Rules,
        position: Position,
        changed: Callable[[], None],
        explain: Callable[[RedisError | OSError], str],
    ) -> None:
        self._store = store
        self._inbox = inbox
        self._outbox = outbox
        self._presence = presence
        self._clock = clock
        self._rules = rules
        self._changed = changed
        self._explain = explain
        self._snapshot_seq = position.seq
        self.position = position
        self.connected = False
        self.problem: Problem | None = None

    @property
    def deciding(self) -> bool:
        """Whether a command that is sent now is decided now."""
        return self.connected and self.problem is None

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop`, through every outage of Redis. Raises ForeignLogError or MirrorTakenError."""
        attempt = 0
        while not stop.is_set():
            try:
                await self._open()
                attempt = 0
                while not stop.is_set():
                    entries = await self._inbox.read()
                    if entries:
                        await self._serve(entries, stop)
            except (RedisError, OSError) as error:
                if self.connected or attempt == 0:
                    log.warning("waiting for Redis", why=self._explain(error))
                self.connected = False
                self._changed()
                await _sleep(_BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)], stop)
                attempt += 1
        await self._save_snapshot()

    async def _open(self) -> None:
        """Take up the conversation with Redis: give it what it lacks of the log, then listen."""
        rival = await self._presence.read()
        if rival is not None and rival.server_id != self._store.server_id:
            raise MirrorTakenError(
                f"Another sidecar ({rival.node}) serves the mirror `{rival.mirror}` on this Redis. "
                "Stop it, or give this mirror another name with `mirror`."
            )
        last = await self._outbox.last_event()
        if last is not None:
            own = await self._store.event(last.seq)
            if last.seq > self.position.seq or (own is not None and own.id != last.id):
                raise ForeignLogError(
                    f"Redis holds event {last.seq} of this mirror, and the database {self._store.path}, which ends at "
                    f"{self.position.seq}, does not have it. Restore the database, set `database` to the right one, "
                    "or, to begin anew, delete the mirror's keys in Redis."
                )
        if last is None or not await self._outbox.is_complete():
            await self._outbox.forget_events()
            last = None
        since = max(last.seq if last else 0, self.position.seq - EVENTS_KEPT)
        await self._outbox.refill(self._store.events_after(since), self.snapshot())
        await self._inbox.open()
        await self._clock.sync()
        self.connected = True
        self._changed()
        log.info("serving", seq=self.position.seq, rev=self.position.rev)

    def snapshot(self) -> Snapshot:
        """The state now, as it is published and kept."""
        state = msgspec.convert(self.position.document, State)
        return Snapshot(self.position.rev, self.position.seq, instant(self._clock.now_ms()), state)

    async def _serve(self, entries: list[Entry], stop: asyncio.Event) -> None:
        batch = await self._stored(entries, stop)
        if batch is None:
            return
        changed = batch.position.rev != self.position.rev
        self.position = batch.position
        await self._outbox.publish(batch.events, self.snapshot(), answered=entries, again=batch.again, dead=batch.dead)
        for event in batch.events:
            if event.type != "state_patch":
                facts = {"reason": event.reason} if event.reason else {}
                log.info(
                    event.type,
                    command_id=event.command_id,
                    source=event.source,
                    action=event.action,
                    seq=event.seq,
                    **facts,
                )
        for _, reason in batch.dead:
            log.warning("unreadable entry parked", why=reason)
        if changed:
            self._changed()
        if self.position.seq - self._snapshot_seq >= SNAPSHOT_EVERY:
            await self._save_snapshot()

    async def _stored(self, entries: list[Entry], stop: asyncio.Event) -> _Batch | None:
        """Decide and store a batch, however long that takes. None: told to stop; Redis still has the entries."""
        known: dict[str, Event] = {}
        attempt = 0
        while True:
            batch = self._decide(entries, known)
            try:
                if batch.events:
                    await self._store.append(batch.events)
            except DuplicateCommandError:
                known |= await self._store.answers(request.id for request in _commands(batch))
                continue
            except StoreError as error:
                # Nothing was stored, so nothing was decided: the entries are decided anew, at a later hour.
                self._fail(error)
                if await _sleep(_BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)], stop):
                    return None
                attempt += 1
                continue
            if self.problem is not None:
                log.info("the database can be written again")
                self.problem = None
                self._changed()
            return batch

    def _decide(self, entries: list[Entry], known: dict[str, Event]) -> _Batch:
        answers = dict(known)
        batch = _Batch([], [], self.position, [], [])
        now_ms = self._clock.now_ms()
        for entry in entries:
            request = read(entry.body) if entry.body is not None else Garbage("The entry has no field `command`.")
            if isinstance(request, Garbage):
                batch.dead.append((entry, request.reason))
                continue
            batch.requests.append((entry, request))
            command = request.command if isinstance(request, Misfit) else request
            if command.id in answers:
                batch.again.append(answers[command.id])
                continue
            batch.position, events = settle(
                batch.position,
                request,
                arrived_ms=entry.arrived_ms,
                now_ms=now_ms,
                rules=self._rules,
                new_id=_new_id,
            )
            answers[command.id] = events[0]
            batch.events += events
        return batch

    def _fail(self, error: StoreError) -> None:
        problem = Problem(error.code, str(error))
        if problem != self.problem:
            log.error("commands wait", why=problem.message)
            self.problem = problem
            self._changed()

    async def _save_snapshot(self) -> None:
        if self.position.seq == self._snapshot_seq:
            return
        try:
            await self._store.save_snapshot(self.snapshot())
            self._snapshot_seq = self.position.seq
        except StoreError as error:
            log.warning("no snapshot: the next start takes longer", why=str(error))


def _commands(batch: _Batch) -> list[Command]:
    return [request.command if isinstance(request, Misfit) else request for _, request in batch.requests]


def _new_id() -> str:
    return str(uuid7())


async def _sleep(seconds: float, stop: asyncio.Event) -> bool:
    """Wait, or less when told to stop; whether that was so."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return False
    return True
