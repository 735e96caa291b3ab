"""The path of a command: inbox → core → store → outbox."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid7

import msgspec
import structlog
from redis.exceptions import RedisError

from mira_sidecar.core.actions.access import is_blocked
from mira_sidecar.core.actions.system import overdue
from mira_sidecar.core.arbiter import Position, settle
from mira_sidecar.core.decision import Refusal, Rules
from mira_sidecar.core.reading import Garbage, Misfit, read
from mira_sidecar.core.state import Document
from mira_sidecar.pace import Stopwatch
from mira_sidecar.pins import PinDesk, touches_pin
from mira_sidecar.protocol import EVENTS_KEPT, Command, Event, Problem, Snapshot, instant
from mira_sidecar.snapshots import Snapshots, picture
from mira_sidecar.store.errors import DuplicateCommandError, StoreError
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.succession import Succession
from mira_sidecar.transport.inbox import Entry
from mira_sidecar.transport.lease import LeaseLostError
from mira_sidecar.transport.link import Link

log = structlog.get_logger()

type Deed = tuple[str, dict[str, Any]]
"""An action of the sidecar's own, with its payload."""
_FAULT = Refusal("fault", "arbiter", "Mira itself failed on this command; the sidecar's log says more.")
_BACKOFF_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class _Request:
    """A command on its way, with when it came."""

    command: Command | Misfit
    arrived_ms: int

    @property
    def id(self) -> str:
        return self.command.command.id if isinstance(self.command, Misfit) else self.command.id


@dataclass(slots=True)
class _Batch:
    """What came of the requests of a batch."""

    position: Position
    events: list[Event] = field(default_factory=list)
    again: list[Event] = field(default_factory=list)
    pin: bytes | None = None


class Flow:
    """Decides commands one batch after the other; a batch is what came in while the last one was stored."""

    def __init__(
        self,
        *,
        store: EventStore,
        snapshots: Snapshots,
        succession: Succession,
        link: Link,
        rules: Rules,
        position: Position,
        stopwatch: Stopwatch,
        due: Callable[[Document], Iterable[Deed]],
        changed: Callable[[], None],
    ) -> None:
        self._store = store
        self._snapshots = snapshots
        self._succession = succession
        self._link = link
        self._rules = rules
        self._due = due
        self._changed = changed
        self.position = position
        self._stopwatch = stopwatch
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
                await self._open(stop)
                attempt = 0
                while self.connected and not (stop.is_set() or self._link.lease.wanted_back):
                    self._link.lease.check()
                    await self._turn(await self._link.inbox.read(), stop)
                if self._link.lease.wanted_back:
                    log.info("makes way for the mirror's own sidecar", seq=self.position.seq)
                await self._close()
                continue
            except LeaseLostError:
                log.warning("decides no more: the lease has ended", seq=self.position.seq)
            except (RedisError, OSError) as error:
                if self.connected or attempt == 0:
                    log.warning("waiting for Redis", why=self._link.explain(error))
            except StoreError as error:
                self._fail(error)
            self._disconnected()
            await _sleep(_BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)], stop)
            attempt += 1

    async def _open(self, stop: asyncio.Event) -> None:
        """Get the lease, give Redis what it lacks of the log, and listen; or be told to stop."""
        position = await self._succession.take_over(self.position, stop)
        if position is None:
            return
        self.position = position
        last = await self._link.feed.last()
        erased = await self._store.must_republish()
        anew = erased or last is None or not await self._link.feed.is_complete()
        since = max(last.seq if last and not anew else 0, position.seq - EVENTS_KEPT)
        await self._link.outbox.refill(self._store.events_after(since), self.snapshot(), anew=anew)
        if erased:
            await self._store.republished()
        await self._link.inbox.open()
        await self._link.clock.sync()
        self.connected, self.problem = True, None
        self._changed()
        log.info("serving", seq=position.seq, rev=position.rev)
        await self._turn([], stop, self._due(position.document))

    async def _close(self) -> None:
        """Leave in order: with a picture of the state, and the lease free at once."""
        if self.connected:
            await self._snapshots.keep(self.position, instant(self._link.clock.now_ms()), least=1)
        self._disconnected()
        await self._link.lease.release()

    def _disconnected(self) -> None:
        self.connected = False
        self._changed()

    def snapshot(self) -> Snapshot:
        """The state now, as it is published."""
        return picture(self.position, instant(self._link.clock.now_ms()))

    async def _turn(self, entries: list[Entry], stop: asyncio.Event, due: Iterable[Deed] = ()) -> None:
        """Decide, store and publish what came in, and what is due by itself."""
        began = time.monotonic()
        requests, dead = _read(entries)
        now_ms = self._link.clock.now_ms()
        for action, payload in (*due, *overdue(self.position.document, now_ms)):
            requests.append(_Request(own_command(action, payload, now_ms), now_ms))
        if not requests and not dead:
            return
        batch = await self._stored(requests, stop)
        if batch is None:
            return
        changed = batch.position.rev != self.position.rev
        self.position = batch.position
        await self._link.outbox.publish(batch.events, self.snapshot(), answered=entries, again=batch.again, dead=dead)
        ended = time.monotonic()
        self._stopwatch.note(ended, len(requests), ended - began)
        _log(batch.events, dead)
        if changed:
            self._changed()
        await self._snapshots.keep(self.position, instant(self._link.clock.now_ms()))

    async def _stored(self, requests: list[_Request], stop: asyncio.Event) -> _Batch | None:
        """Decide and store a batch, however long that takes. None: told to stop; Redis still has the entries."""
        known: dict[str, Event] | None = {}
        attempt = 0
        while True:
            try:
                if known is None:
                    known = await self._store.answers(request.id for request in requests)
                batch = await self._decide(requests, known)
                if batch.events:
                    self._link.lease.check()
                    await self._store.append(batch.events, batch.pin)
            except DuplicateCommandError:
                known = None
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

    async def _decide(self, requests: list[_Request], known: dict[str, Event]) -> _Batch:
        answers = dict(known)
        batch = _Batch(self.position)
        now_ms = self._link.clock.now_ms()
        desk = PinDesk(await self._store.pin()) if any(touches_pin(request.command) for request in requests) else None
        for request in requests:
            if request.id in answers:
                batch.again.append(answers[request.id])
                continue
            passed = request
            if desk:
                blocked = is_blocked(batch.position.document, now_ms)
                passed = _Request(await desk.pass_on(request.command, blocked=blocked), request.arrived_ms)
            batch.position, events = self._settle(batch.position, passed, now_ms)
            answers[request.id] = events[0]
            batch.events += events
            if desk and events[0].type == "accepted":
                desk.accept()
        batch.pin = desk.accepted if desk else None
        return batch

    def _settle(self, position: Position, request: _Request, now_ms: int) -> tuple[Position, list[Event]]:
        """Decide one request. A fault of ours costs that one command, not the mirror: it would come again for ever."""

        def settled(command: Command | Misfit) -> tuple[Position, list[Event]]:
            times = {"arrived_ms": request.arrived_ms, "now_ms": now_ms}
            return settle(position, command, **times, rules=self._rules, new_id=new_id)

        try:
            return settled(request.command)
        except Exception:
            command = request.command.command if isinstance(request.command, Misfit) else request.command
            log.exception("a fault of Mira: please report it", command_id=command.id, action=command.action)
            return settled(Misfit(msgspec.structs.replace(command, payload={}), _FAULT))

    def _fail(self, error: StoreError) -> None:
        problem = Problem(error.code, str(error))
        if problem != self.problem:
            log.error("commands wait", why=problem.message)
            self.problem = problem
            self._changed()


def _read(entries: list[Entry]) -> tuple[list[_Request], list[tuple[Entry, str]]]:
    """What can be decided, and what is no command, with the reason."""
    requests: list[_Request] = []
    dead: list[tuple[Entry, str]] = []
    for entry in entries:
        found = read(entry.body) if entry.body is not None else Garbage("The entry has no field `command`.")
        if isinstance(found, Garbage):
            dead.append((entry, found.reason))
        else:
            requests.append(_Request(found, entry.arrived_ms))
    return requests, dead


def _log(events: list[Event], dead: list[tuple[Entry, str]]) -> None:
    for event in events:
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
    for _, reason in dead:
        log.warning("unreadable entry parked", why=reason)


def own_command(action: str, payload: dict[str, Any], now_ms: int) -> Command:
    """A command of the sidecar itself."""
    return Command(id=new_id(), ts=instant(now_ms), source="system", action=action, payload=payload)


def new_id() -> str:
    """The id of an event, or of a command of our own: later ones sort behind earlier ones."""
    return str(uuid7())


async def _sleep(seconds: float, stop: asyncio.Event) -> bool:
    """Wait, or less when told to stop; whether that was so."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return False
    return True
