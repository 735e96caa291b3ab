"""From the requests of a batch to what is stored and published of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import uuid7

import msgspec
import structlog

from mira_sidecar.core.access import is_blocked, own_pins, tried_by
from mira_sidecar.core.arbiter import Position, settle
from mira_sidecar.core.coalescing import Refusals, counted, ended, sums
from mira_sidecar.core.decision import Refusal, Rules
from mira_sidecar.core.reading import Misfit
from mira_sidecar.core.registry import Registry
from mira_sidecar.core.traffic import Traffic, admit
from mira_sidecar.pins import PinDesk
from mira_sidecar.protocol import Command, Event, Sender, instant
from mira_sidecar.store.event_store import EventStore
from mira_sidecar.transport.connection import RedisClock

log = structlog.get_logger()

_FAULT = Refusal("fault", "arbiter")


@dataclass(frozen=True, slots=True)
class Request:
    """A command on its way, with whose it is and when it came."""

    command: Command | Misfit
    sender: Sender | None
    """None: the mirror's own."""
    arrived_ms: int

    @property
    def known(self) -> Command:
        """As much of the command as could be read."""
        return self.command.command if isinstance(self.command, Misfit) else self.command


@dataclass(slots=True)
class Batch:
    """What came of the requests of a batch."""

    position: Position
    traffic: Traffic
    refusals: Refusals
    events: list[Event] = field(default_factory=list)
    again: list[Event] = field(default_factory=list)
    """Answers that are given without an event of their own."""
    coalesced: list[tuple[str, int]] = field(default_factory=list)
    """Refused commands without an event of their own, with the place of the one that stands for them."""
    pins: dict[str | None, bytes] = field(default_factory=dict)
    """The hashes of PINs to store with it; empty bytes take one away."""


class Decider:
    """Decides batches. Remembers of the last ones what is not in the log: who sent how many, and what was refused."""

    def __init__(self, registry: Registry, store: EventStore, clock: RedisClock, rules: Rules) -> None:
        self.registry = registry
        self._store = store
        self._clock = clock
        self._rules = rules
        self._traffic: Traffic = {}
        self._refusals: Refusals = {}

    async def decide(self, position: Position, requests: Iterable[Request], known: Mapping[str, Event]) -> Batch:
        """What comes of these requests; `known` are first answers to some of them. Raises StoreError.

        What is remembered is so only once the batch has been taken.
        """
        answers = dict(known)
        batch = Batch(position, self._traffic, self._refusals)
        desk: PinDesk | None = None
        for request in requests:
            command = request.known
            if command.id in answers:
                batch.again.append(answers[command.id])
                continue
            # Its own moment: what came before it in the batch may have taken a while.
            now_ms = self._clock.now_ms()
            with_pin = command.action in self.registry.with_pin
            batch.traffic, admitted = admit(
                batch.traffic, request.sender, command, self._rules, now_ms, has_pin=with_pin
            )
            passed, has_pin = request.command, False
            if admitted and isinstance(passed, Command) and with_pin:
                desk = desk or await self._desk(batch.position)
                by = tried_by(batch.position.document, request.sender, command)
                blocked = is_blocked(batch.position.document, by, now_ms)
                passed, has_pin = await desk.pass_on(passed, blocked=blocked), True
            after, events = self._settle(batch.position, passed, request, now_ms, admitted=admitted)
            answers[command.id] = self._note(batch, after, events, now_ms)
            if desk and has_pin and events[0].type == "accepted":
                desk.accept()
            if desk:
                desk.forget_but(own_pins(batch.position.document))
        now_ms = self._clock.now_ms()
        batch.refusals, over = ended(batch.refusals, now_ms)
        batch.position, events = sums(batch.position, over, iter(new_id, ""), now_ms)
        batch.events += events
        if desk is None and own_pins(position.document).keys() - own_pins(batch.position.document).keys():
            desk = await self._desk(batch.position)
        batch.pins = desk.accepted if desk else {}
        return batch

    def take(self, batch: Batch) -> None:
        """Go on from there: it is stored."""
        self._traffic, self._refusals = batch.traffic, batch.refusals

    async def _desk(self, position: Position) -> PinDesk:
        desk = PinDesk(await self._store.pins())
        desk.forget_but(own_pins(position.document))
        return desk

    def is_due(self) -> bool:
        """Whether refusals are to be summed up, although nothing else may be to do."""
        return bool(ended(self._refusals, self._clock.now_ms())[1])

    def _note(self, batch: Batch, after: Position, events: list[Event], now_ms: int) -> Event:
        """Add what was decided to the batch; the answer."""
        answer = events[0]
        if answer.type == "rejected" and len(events) == 1 and answer.sender is not None:
            batch.refusals, standing = counted(batch.refusals, answer, now_ms)
            if standing is not None:
                batch.coalesced.append((answer.command_id, standing.event.seq))
                answer = standing.in_place_of(answer)
                batch.again.append(answer)
                return answer
        batch.position = after
        batch.events += events
        return answer

    def _settle(
        self, position: Position, command: Command | Misfit, request: Request, now_ms: int, *, admitted: bool
    ) -> tuple[Position, list[Event]]:
        """Decide one request. A fault of ours costs that one command, not the mirror: it would come again for ever."""

        def settled(command: Command | Misfit) -> tuple[Position, list[Event]]:
            return settle(
                self.registry,
                position,
                command,
                sender=request.sender,
                arrived_ms=request.arrived_ms,
                now_ms=now_ms,
                rules=self._rules,
                new_id=new_id,
                admitted=admitted,
            )

        try:
            return settled(command)
        except Exception:
            known = request.known
            log.exception("a fault of Mira: please report it", command_id=known.id, action=known.action)
            return settled(Misfit(msgspec.structs.replace(known, payload={}), _FAULT))


def own_command(action: str, payload: dict[str, object], now_ms: int) -> Command:
    """A command of the sidecar itself."""
    return Command(id=new_id(), ts=instant(now_ms), source="system", action=action, payload=payload)


def new_id() -> str:
    """The id of an event, or of a command of our own: later ones sort behind earlier ones."""
    return str(uuid7())
