"""The path of a command: inbox → core → store → outbox."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Literal

import structlog
from redis.exceptions import RedisError

from mira_sidecar.core.arbiter import Position
from mira_sidecar.core.reading import Garbage, Misfit, read
from mira_sidecar.core.state import Document
from mira_sidecar.core.subject import Deed
from mira_sidecar.core.upkeep import LATE_MS, opened
from mira_sidecar.deciding import Batch, Decider, Request, own_command
from mira_sidecar.pace import Stopwatch
from mira_sidecar.protocol import Event, Head, Problem, Snapshot, Source, instant, milliseconds
from mira_sidecar.snapshots import Snapshots, picture
from mira_sidecar.store.errors import DuplicateCommandError, StoreError
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.succession import Succession
from mira_sidecar.transport.inbox import Entry
from mira_sidecar.transport.lease import LeaseLostError
from mira_sidecar.transport.link import Link
from mira_sidecar.transport.outbox import AlteredStreamError

log = structlog.get_logger()

_BACKOFF_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
SLOW_S = 2.0
"""A turn that takes longer is a problem: meanwhile nothing can be switched off."""
_SURELY_IN_TIME_S = 1.0
"""What was stored so soon is acted on, however short its life was."""
_LINES = 20
"""Of a larger batch there is one line in the log: a line costs as much as a decision."""


class Flow:
    """Decides commands one batch after the other; a batch is what came in while the last one was stored."""

    def __init__(
        self,
        *,
        store: EventStore,
        snapshots: Snapshots,
        succession: Succession,
        link: Link,
        decider: Decider,
        position: Position,
        stopwatch: Stopwatch,
        lacking: Callable[[Document], Iterable[Deed]],
        due: Callable[[Document], Iterable[Deed]],
        decided: Callable[[Sequence[Event], Sequence[Event]], None],
        changed: Callable[[], None],
    ) -> None:
        """`lacking`: what a state has to have before anybody looks at it; `due`: what is then to be done first.

        Both whenever we begin to decide. `decided` hears each batch once it is stored and published, and the
        answers that were given again.
        """
        self._store = store
        self._snapshots = snapshots
        self._succession = succession
        self._link = link
        self._decider = decider
        self._registry = decider.registry
        self._lacking = lacking
        self._due = due
        self._decided = decided
        self._changed = changed
        self.position = position
        self._stopwatch = stopwatch
        self.connected = False
        self._heard: int | None = None
        """How far we have published the log; None: not at all yet."""
        self._problems: dict[str, Problem] = {}
        self._working_since: float | None = None
        """When the turn began by the steady clock; None between turns, and while a problem is known."""

    @property
    def problem(self) -> Problem | None:
        """What keeps commands from being decided, or heard."""
        return next(iter(self._problems.values()), None)

    @property
    def deciding(self) -> bool:
        """Whether a command that is sent now is decided now."""
        return self.connected and not self._problems

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop`, through every outage of Redis. Raises ForeignLogError or MirrorTakenError."""
        attempt = 0
        while not stop.is_set():
            try:
                await self._open(stop)
                attempt = 0
                while self.connected and not (stop.is_set() or self._link.lease.wanted_back):
                    self._link.lease.check()
                    entries = await self._link.inbox.read()
                    with self._working():
                        if self._link.lease.emptied:
                            await self._fill()
                        await self._turn(entries, stop)
                    self.trouble("disk", None)
                if self._link.lease.wanted_back:
                    log.info("makes way for the primary sidecar", seq=self.position.seq)
                await self._close()
                continue
            except LeaseLostError:
                log.warning("decides no more: the lease has ended", seq=self.position.seq)
            except AlteredStreamError:
                log.warning("decides no more: somebody else goes on writing to the events stream")
            except (RedisError, OSError) as error:
                if self.connected or attempt == 0:
                    log.warning("waiting for Redis", why=self._link.explain(error))
                self._disconnected()
                await self._link.renew()
            except StoreError as error:
                self.trouble("store", Problem(error.code, str(error)))
            self._disconnected()
            await _sleep(_BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)], stop)
            attempt += 1

    def watch(self) -> float:
        """Look at the turn that is under way, from beside it; the seconds that it has taken so far."""
        took_s = 0.0 if self._working_since is None else time.monotonic() - self._working_since
        if took_s >= SLOW_S:
            text = (
                f"The disk of {self._store.path} does not answer, or this machine is overloaded. "
                "Check both; Mira goes on by itself."
            )
            self.trouble("disk", Problem("disk_slow", text))
        return took_s

    @contextlib.contextmanager
    def _working(self) -> Iterator[None]:
        """While it lasts, nothing that comes in is heard."""
        self._working_since = time.monotonic()
        try:
            yield
        finally:
            self._working_since = None

    def trouble(self, kind: Literal["store", "disk", "redis"], problem: Problem | None) -> None:
        """Something keeps commands from being decided, or heard; None: it does so no more."""
        if problem == self._problems.get(kind):
            return
        if problem is None:
            del self._problems[kind]
            log.info("commands are decided again" if not self._problems else "one trouble less", after=kind)
        else:
            log.error("commands wait", code=problem.code, why=problem.message)
            self._problems[kind] = problem
        self._changed()

    async def _open(self, stop: asyncio.Event) -> None:
        """Get the lease, give Redis what it lacks of the log, and listen; or be told to stop."""
        position = await self._succession.take_over(self.position, stop)
        if position is None:
            return
        self.position = position
        unheard = await self._fill()
        await self._link.inbox.open()
        await self._link.clock.sync()
        self.connected = True
        with self._working():
            await self._resume_clock()
            if lacking := list(self._lacking(self.position.document)):
                # Alone: whatever else looks at the state may look at that.
                await self._carry_out([], stop, first=lacking, due=False)
            await self._shift_times(stop)
            first = [*self._revocations(unheard, {}), *self._due(self.position.document)]
            await self._carry_out([], stop, first=first)
        if stop.is_set():
            return
        self._problems.clear()
        self._changed()
        log.info("serving", seq=self.position.seq, rev=self.position.rev)

    async def _fill(self) -> list[Event]:
        """Give Redis what it lacks of the log; the events of which nobody had heard, where Redis had the others."""
        self._link.lease.emptied = False
        heard = self._heard
        since = await self._succession.fill(self.position, self._snapshot())
        if heard is None:
            heard = since
        self._heard = self.position.seq
        if heard is None:
            return []  # of a Redis that is empty nobody can tell what it had
        return [event async for page in self._store.events_after(heard) for event in page]

    async def _resume_clock(self) -> None:
        """Notice where the clock was set back while we were away."""
        last = await self._store.event(self.position.seq)
        if last is not None:
            self._link.clock.resume(milliseconds(last.ts))

    async def _shift_times(self, stop: asyncio.Event) -> None:
        """Where the clock jumped, have what is still to come in this state come when it would have."""
        if jump_ms := self._link.clock.jump_ms:
            log.warning("the clock of Redis jumped", by_ms=jump_ms)
            await self._carry_out([], stop, first=[("shift_times", {"by_ms": jump_ms})], due=False)
            self._link.clock.jump_ms -= jump_ms

    async def _close(self) -> None:
        """Leave in order: with a picture of the state, and the lease free at once."""
        if self.connected:
            await self._snapshots.keep(self.position, instant(self._link.clock.now_ms()), least=1)
        self._disconnected()
        await self._link.lease.release()

    def _disconnected(self) -> None:
        self.connected = False
        self._changed()

    def _snapshot(self) -> Snapshot:
        """The state now, as it is published now and then."""
        return picture(self.position, instant(self._link.clock.now_ms()))

    def _head(self) -> Head:
        """Where the log ends now, as it is published each time."""
        return Head(self.position.rev, self.position.seq, instant(self._link.clock.now_ms()))

    async def _turn(self, entries: list[Entry], stop: asyncio.Event) -> None:
        """Decide, store and publish what came in, and what is due by itself."""
        clock = self._link.clock
        requests, dead = _read(entries, self._registry.from_home)
        now_ms = clock.now_ms()
        if any(_looks_wrong(request, now_ms) for request in requests):
            # Its sender's clock is wrong, or what we know of Redis' clock is.
            await clock.sync()
        await self._shift_times(stop)
        if requests or dead or self._decider.is_due() or self._overdue():
            await self._carry_out(requests, stop, entries=entries, dead=dead)
        else:
            await self._check()

    async def _check(self) -> None:
        """See that nobody else has written to what Redis has of the log while there was nothing to say."""
        try:
            await self._link.outbox.check(self.position.seq)
        except AlteredStreamError:
            await self._fill()

    async def _carry_out(
        self,
        requests: Sequence[Request],
        stop: asyncio.Event,
        *,
        first: Iterable[Deed] = (),
        due: bool = True,
        entries: Sequence[Entry] = (),
        dead: Sequence[tuple[Entry, str]] = (),
    ) -> None:
        """Decide, store and publish these requests, before them our own `first`, after them what is `due` by itself."""
        began = time.monotonic()
        stored = await self._stored(requests, stop, first=list(first), due=due)
        if stored is None:
            return
        batch, bodies = stored
        changed = batch.position.rev != self.position.rev
        self.position = batch.position
        publish = partial(self._link.outbox.publish, answered=entries, again=batch.again, dead=dead)
        try:
            waiting = await publish(batch.events, bodies, self._head(), self._snapshot)
        except AlteredStreamError:
            # Somebody else has written to the events stream, or emptied it: it gets these events with all others.
            await self._fill()
            waiting = await publish((), (), self._head(), self._snapshot)
        self._link.inbox.expect(waiting)
        self._heard = self.position.seq
        ended = time.monotonic()
        self._stopwatch.note(ended, len(requests), ended - began)
        _log(batch, dead)
        self._decided(batch.events, batch.again)
        if changed:
            self._changed()
        await self._snapshots.keep(self.position, instant(self._link.clock.now_ms()))

    async def _stored(
        self, requests: Sequence[Request], stop: asyncio.Event, *, first: list[Deed], due: bool
    ) -> tuple[Batch, list[bytes]] | None:
        """Decide and store a batch, however long that takes. None: told to stop; Redis still has the entries."""
        known: dict[str, Event] | None = {}
        attempt = 0
        while True:
            try:
                if known is None:
                    known = await self._store.answers(request.known.id for request in requests)
                # Anew each time: what we ask of ourselves must not expire while a disk is full.
                own = self._own(first), self._own(self._overdue() if due else [])
                batch = await self._decider.decide(self.position, [*own[0], *requests, *own[1]], known)
                began = time.monotonic()
                bodies = await self._append(batch)
            except DuplicateCommandError:
                known = None
                continue
            except StoreError as error:
                # Nothing was stored, so nothing was decided: the entries are decided anew, at a later hour.
                self._working_since = None
                self.trouble("store", Problem(error.code, str(error)))
                if await _sleep(_BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)], stop):
                    return None
                attempt += 1
                self._working_since = time.monotonic()
                continue
            self._decider.take(batch)
            self.trouble("store", None)
            if time.monotonic() - began > _SURELY_IN_TIME_S:
                # Where that fails we begin again from what is stored, and revoke it then.
                bodies += await self._revoke_what_is_late(batch, requests)
            return batch, bodies

    async def _append(self, batch: Batch) -> list[bytes]:
        if not (batch.events or batch.coalesced):
            return []
        self._link.lease.check()
        return await self._store.append(batch.events, batch.pins, batch.coalesced)

    async def _revoke_what_is_late(self, batch: Batch, requests: Sequence[Request]) -> list[bytes]:
        """Take back, in the same batch, what was opened by commands whose life was over before they were stored."""
        commands = [request.known for request in requests]
        lives = {command.id: milliseconds(command.ts) + command.ttl_ms for command in commands}
        deeds = self._revocations(batch.events, lives)
        if not deeds:
            return []
        more = await self._decider.decide(batch.position, self._own(deeds), {})
        bodies = await self._append(more)
        batch.position = more.position
        batch.events += more.events
        return bodies

    def _revocations(self, events: Sequence[Event], lives: dict[str, int]) -> list[Deed]:
        """What is to be taken back of what these events opened; `lives`: until when commands may be carried out."""
        now_ms = self._link.clock.now_ms()
        return [
            ("revoke", {"command_id": event.command_id, "opened": what})
            for what, event in opened(self._registry.openings, events)
            if now_ms > lives.get(event.command_id, milliseconds(event.ts) + LATE_MS)
        ]

    def _own(self, deeds: Iterable[Deed]) -> list[Request]:
        now_ms = self._link.clock.now_ms()
        return [Request(own_command(action, payload, now_ms), None, now_ms) for action, payload in deeds]

    def _overdue(self) -> list[Deed]:
        return self._registry.due(self.position.document, self._link.clock.now_ms())


def _looks_wrong(request: Request, now_ms: int) -> bool:
    """Whether the command's time cannot be right, or is so long ago that it will be refused for it."""
    if isinstance(request.command, Misfit):
        return False
    age_ms = now_ms - milliseconds(request.command.ts)
    return age_ms > request.command.ttl_ms or age_ms < -LATE_MS


def _read(
    entries: list[Entry], from_home: Mapping[Source, Collection[str]]
) -> tuple[list[Request], list[tuple[Entry, str]]]:
    """What can be decided, and what is no command, with the reason."""
    requests: list[Request] = []
    dead: list[tuple[Entry, str]] = []
    for entry in entries:
        none = Garbage("The entry has no field `command`.")
        found = none if entry.body is None else read(entry.body, entry.sender, from_home)
        if isinstance(found, Garbage):
            dead.append((entry, found.reason))
        else:
            requests.append(Request(found, entry.sender, entry.arrived_ms))
    return requests, dead


def _log(batch: Batch, dead: Sequence[tuple[Entry, str]]) -> None:
    answers = [event for event in batch.events if event.type != "state_patch"]
    if len(answers) > _LINES:
        accepted = sum(event.type == "accepted" for event in answers)
        log.info("a crowd of commands", accepted=accepted, rejected=len(answers) - accepted, seq=answers[-1].seq)
    else:
        for event in answers:
            facts = {"reason": event.reason} if event.reason else {}
            log.info(
                event.type,
                command_id=event.command_id,
                source=event.source,
                action=event.action,
                seq=event.seq,
                **facts,
            )
    if dead:
        log.warning("unreadable entries parked", count=len(dead), why=dead[0][1], sender=dead[0][0].sender)


async def _sleep(seconds: float, stop: asyncio.Event) -> bool:
    """Wait, or less when told to stop; whether that was so."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return False
    return True
