"""The routes that every mirror has: its health and figures, commands, the state, the log, and a PIN."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import uuid7

import msgspec
import structlog
from msgspec import Meta
from redis.exceptions import RedisError

from mira_sidecar import __version__
from mira_sidecar.api.commands import Commands, UnheardWordsError
from mira_sidecar.api.errors import ApiError
from mira_sidecar.api.figures import CONTENT_TYPE, Figures, Now
from mira_sidecar.api.routes import Answer, Call, Caller, Nothing, Raw, Route
from mira_sidecar.api.tokens import Mint
from mira_sidecar.api.watching import StateMessage, Watch
from mira_sidecar.core.registry import Registry
from mira_sidecar.protocol import (
    Command,
    CommandId,
    Confidence,
    Event,
    Instant,
    MirrorName,
    Origin,
    Presence,
    Problem,
    Source,
    instant,
)
from mira_sidecar.store.errors import StoreError
from mira_sidecar.store.log_reader import LogReader
from mira_sidecar.transport.connection import RedisClock
from mira_sidecar.words import near

log = structlog.get_logger()

_BEYOND_S = 1.0
"""How long after a command's life its answer may still come: that it was too late."""
_MOST_EVENTS = 1_000


class Health(msgspec.Struct, frozen=True):
    """Whether the sidecar is there, and decides."""

    status: Literal["ok", "degraded", "unavailable"]
    """`degraded`: commands are decided, and something else does not work; `unavailable`: they are not decided."""
    version: str
    mirror: MirrorName
    deciding: bool
    problems: list[str]
    """Stable codes."""


class CommandBody(msgspec.Struct, frozen=True):
    """A command. Only `action` is needed."""

    action: Annotated[str, Meta(min_length=1, max_length=64)]
    payload: dict[str, Any] = {}
    """What the action takes. `text` is read as the `summary` of a to-do, and what was said by `utterance`."""
    source: Source | None = None
    """That of the key."""
    id: CommandId | None = None
    """The same again gets the first answer again. One is made where it is left out."""
    ts: Instant | None = None
    """When it was captured; now, where it is left out."""
    ttl_ms: Annotated[int, Meta(ge=1, le=60_000)] = 5_000
    """Milliseconds after `ts` in which it may still be decided."""
    confidence: Confidence | None = None
    confirm: bool = False
    """Whether it needs a yes at the mirror, whatever the settings say."""
    words: dict[str, Any] | None = None
    """What is never written into the log, such as a name."""


class Decision(msgspec.Struct, frozen=True):
    """What became of a command."""

    id: str
    status: Literal["accepted", "rejected", "pending"]
    """`pending`: it waits for a yes."""
    payload: dict[str, Any]
    """What was done, complete."""
    reason: str | None
    """`rejected`: a stable code, such as `microphone_off`."""
    message: str | None
    """`rejected`: the reason as an English sentence."""
    seq: int
    """The place of the answer in the log."""
    ts: Instant
    """When it was decided."""


class EventsQuery(msgspec.Struct, frozen=True):
    """Which events."""

    after: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    """Those behind this place, the oldest first."""
    before: Annotated[int, Meta(ge=1, le=2**53)] | None = None
    """Those ahead of this place, the newest first, as where neither is given."""
    limit: Annotated[int, Meta(ge=1, le=_MOST_EVENTS)] = 100


class Events(msgspec.Struct, frozen=True):
    """A page of the log."""

    events: list[Event]
    next: int | None
    """For `after` or `before` of the next page; null at the end."""


class PinBody(msgspec.Struct, frozen=True):
    """A PIN."""

    pin: Annotated[str, Meta(min_length=1, max_length=64)]


class Granted(msgspec.Struct, frozen=True):
    """A token: `Authorization: Bearer <token>` in the place of the key."""

    token: str
    """A JWT."""
    cap: list[str]
    """What it allows."""
    expires_at: Instant
    unlocked_until: Instant
    """Until then the mirror itself is unlocked."""


class Control:
    """What the routes need of the sidecar."""

    def __init__(
        self,
        *,
        mirror: MirrorName,
        registry: Registry,
        commands: Commands,
        watch: Watch,
        connections: Callable[[], int],
        figures: Figures,
        mint: Mint,
        clock: RedisClock,
        database: Path,
        presence: Callable[[], Presence],
        problem: Callable[[], Problem | None],
    ) -> None:
        self._mirror = mirror
        self._commands = commands
        self._watch = watch
        self._connections = connections
        self._figures = figures
        self._mint = mint
        self._clock = clock
        self._database = database
        self._presence = presence
        self._problem = problem
        self._capability_of = {
            action: capability for capability, actions in registry.capabilities.items() for action in actions
        }
        self._reading = asyncio.Semaphore(2)

    def routes(self) -> Iterator[Route]:
        """All of them."""
        for path in ("/health", "/api/health"):
            yield Route(
                method="GET",
                path=path,
                summary="Whether the mirror works",
                description=_HEALTH,
                tag="Mirror",
                capability=None,
                answer=Health,
                handle=self._health,
            )
        yield Route(
            method="GET",
            path="/metrics",
            summary="Figures for Prometheus",
            description="In Prometheus' text format: commands and how long they took, devices, the log, what fails.",
            tag="Mirror",
            capability="metrics.read",
            answer=CONTENT_TYPE,
            handle=self._metrics,
        )
        yield Route(
            method="POST",
            path="/api/v1/command",
            summary="Send a command",
            description=_COMMAND,
            tag="Mirror",
            capability="",
            body=CommandBody,
            examples=_COMMANDS,
            answer=Decision,
            answers=_DECISIONS,
            refuses=(409, 503, 504),
            handle=self._command,
        )
        yield Route(
            method="GET",
            path="/api/v1/state",
            summary="The state now",
            description=_STATE,
            tag="Mirror",
            capability="state.read",
            answer=StateMessage,
            handle=self._state,
        )
        yield Route(
            method="GET",
            path="/api/v1/events",
            summary="What happened",
            description=_EVENTS,
            tag="Mirror",
            capability="events.read",
            query=EventsQuery,
            answer=Events,
            refuses=(503,),
            handle=self._events,
        )
        yield Route(
            method="POST",
            path="/auth/pin",
            summary="Give a PIN",
            description=_PIN,
            tag="Mirror",
            capability="",
            body=PinBody,
            examples={"A PIN": {"pin": "2580"}},
            form=True,
            answer=Granted,
            refuses=(409, 503, 504),
            handle=self._pin,
        )

    async def _health(self, call: Call[Nothing, Nothing]) -> Answer:
        presence, deciding = self._presence(), self._watch.deciding
        problems = [one.code for one in (self._problem(), *presence.degraded) if one]
        status: Literal["ok", "degraded", "unavailable"] = "degraded" if problems else "ok"
        return Health(status if deciding else "unavailable", __version__, self._mirror, deciding, problems)

    async def _metrics(self, call: Call[Nothing, Nothing]) -> Answer:
        watch = self._watch
        now = Now(watch.position, watch.deciding, self._connections(), self._commands.waiting, watch.dropped)
        text = self._figures.text(self._presence(), now)
        return Raw(text, CONTENT_TYPE)

    async def _state(self, call: Call[Nothing, Nothing]) -> Answer:
        self._watch.check()
        return self._watch.state(sees_all=_known(call.caller).sees_all)

    async def _events(self, call: Call[EventsQuery, Nothing]) -> Answer:
        self._watch.check()
        async with self._reading:
            try:
                page = await asyncio.to_thread(_page, self._database, call.query)
            except StoreError as error:
                raise ApiError(503, "LOG_UNAVAILABLE", str(error), retry_after=5) from error
        if _known(call.caller).sees_all:
            return page
        return Events([seen for event in page.events if (seen := self._watch.public_event(event))], page.next)

    async def _command(self, call: Call[Nothing, CommandBody]) -> Answer:
        caller, body = _known(call.caller), call.body
        capability = self._capability_of.get(body.action)
        if capability is None:
            message = f"Mira knows no action of this name{near(body.action, self._capability_of)}."
            raise ApiError(422, "UNKNOWN_ACTION", message, details="action")
        caller.check(capability)
        if body.source not in (None, caller.key.source):
            message = f"Commands of this key come from `{caller.key.source}`. Leave `source` out, or use another key."
            raise ApiError(403, "SOURCE_NOT_ALLOWED", message, details="source")
        payload, words = _placed(body)
        command_id = body.id or str(uuid7())
        log.debug("a command", request_id=call.request_id, command_id=command_id, key=caller.key.id)
        event = await self._decided(
            Command(
                id=command_id,
                ts=body.ts or instant(self._clock.stamp_ms()),
                source=caller.key.source,
                action=body.action,
                payload=payload,
                ttl_ms=body.ttl_ms,
                confidence=body.confidence,
                origin=Origin(device=caller.device),
                confirm=body.confirm,
            ),
            words,
        )
        if not _is_of(event, caller):
            # Its answer may say what this key is not to know.
            raise ApiError(409, "ID_TAKEN", "Somebody else's command has this id. Choose another.", details="id")
        return Decision(
            event.command_id, _status(event), event.payload, event.reason, event.message, event.seq, event.ts
        )

    async def _pin(self, call: Call[Nothing, PinBody]) -> Answer:
        caller = _known(call.caller)
        if not caller.key.with_pin:
            # It unlocks the mirror for whoever stands there, too.
            caller.check("pin.use")
        event = await self._decided(
            Command(
                id=str(uuid7()),
                ts=instant(self._clock.stamp_ms()),
                source=caller.key.source,
                action="unlock",
                payload={"pin": call.body.pin},
                origin=Origin(device=caller.device),
            )
        )
        if event.type == "rejected":
            raise _pin_refused(event)
        allowed = caller.key.capabilities | caller.key.with_pin
        token, until = self._mint.make(caller.key.id, allowed)
        return Granted(token, sorted(allowed), instant(until * 1_000), event.payload["until"])

    async def _decided(self, command: Command, words: dict[str, Any] | None = None) -> Event:
        """The answer to a command. Raises ApiError."""
        self._watch.check()
        if not self._watch.deciding:
            problem = self._problem()
            text = problem.message if problem else "This sidecar does not decide just now."
            raise ApiError(503, "NOT_DECIDING", text, details=problem.code if problem else None, retry_after=2)
        try:
            return await self._commands.decided(command, words, within_s=command.ttl_ms / 1_000 + _BEYOND_S)
        except UnheardWordsError as error:
            text = "The words of the command are not heard just now, so it was not sent."
            raise ApiError(503, "WORDS_UNHEARD", text, retry_after=1) from error
        except TimeoutError as error:
            text = f"It is not decided yet, and may still be. Ask again with the id {command.id} for its answer."
            raise ApiError(504, "NOT_DECIDED_YET", text, details=command.id, retry_after=1) from error
        except (RedisError, OSError) as error:
            text = f"Redis did not take the command, or not for sure. Ask again with the id {command.id}."
            raise ApiError(503, "REDIS_UNAVAILABLE", text, details=command.id, retry_after=2) from error


def _known(caller: Caller | None) -> Caller:
    assert caller  # noqa: S101 - for the type checker: the routes are not open
    return caller


def _is_of(event: Event, caller: Caller) -> bool:
    """Whether it answers a command of this key. One refusal may stand for the same by several keys."""
    is_own = event.origin is not None and event.origin.device == caller.device
    return event.sender == "api" and (is_own or event.type == "rejected")


def _placed(body: CommandBody) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The payload and the words of a command, with a `text` where it belongs."""
    payload, words = dict(body.payload), body.words
    text = payload.get("text")
    if body.action == "add_todo" and "summary" not in payload and isinstance(text, str):
        payload["summary"] = payload.pop("text")
    if body.action == "utterance" and words is None and isinstance(text, str):
        words = {"text": payload.pop("text")}
        payload["length"] = len(text)
    return payload, words


def _status(event: Event) -> Literal["accepted", "rejected", "pending"]:
    if event.type == "rejected":
        return "rejected"
    return "pending" if event.payload.get("outcome") == "pending" else "accepted"


def _pin_refused(event: Event) -> ApiError:
    """Why a PIN opens nothing."""
    reason = event.reason or ""
    if reason in ("pin_blocked", "rate_limited"):
        seconds = event.values.get("seconds")
        retry_after = int(seconds) if isinstance(seconds, int) else 1
        return ApiError(429, reason.upper(), event.message or "", retry_after=retry_after)
    return ApiError(403 if reason == "wrong_pin" else 409, reason.upper(), event.message or "")


def _page(database: Path, query: EventsQuery) -> Events:
    with LogReader(database) as log:
        if query.after is not None:
            events = log.after(query.after, query.limit)
        else:
            events = log.ahead_of(query.before, query.limit)
    # A full page is followed by another, as a rule: only that one knows.
    return Events(events, events[-1].seq if len(events) == query.limit else None)


_HEALTH = """Open to everybody: it says nothing of anybody. The answer is 200 also where the mirror does not decide:
then `status` is `unavailable`, and `problems` says why. `/health` and `/api/health` are the same."""
_STATE = """All that the mirror shows and remembers, as of `rev`. What is about people is there for who may also
`people.read`. The WebSocket `/ws/state` begins with the same, and then says what changes."""
_EVENTS = """The log, a page at a time: what became of each command, and each change. The newest come first, and `next`
is for `before` of the next page; with `after` they come in order, and `next` is for `after`. What is about people is
there for who may also `people.read`: for others a page may be shorter than `limit`."""
_COMMAND = """The answer comes once the command is decided, written to the disk and published: also a refusal by the
mirror is an answer (200, `status: rejected`, with the `reason`). The key says from where its commands come, and which
actions it may ask for. A body without a JSON content type is taken, too:

    curl -X POST http://127.0.0.1:PORT/api/v1/command -H 'X-API-Key: …' \\
      -d '{"source":"voice","action":"add_todo","payload":{"text":"buy milk"}}'

This one needs a key whose source is `voice`, and a microphone that is on."""
_COMMANDS = {
    "A to-do, by voice": {"source": "voice", "action": "add_todo", "payload": {"text": "buy milk"}},
    "A page": {"action": "show_page", "payload": {"page": "todos"}},
    "A message": {"action": "show_message", "payload": {"title": "Door", "text": "The parcel is here."}},
    "The camera off": {"action": "set_camera", "payload": {"on": False}},
    "A yes to the question at the mirror": {"action": "confirm", "payload": {}},
    "The same command again, as often as needed": {
        "id": "01922b3c-parcel",
        "action": "show_message",
        "payload": {"text": "The parcel is here."},
        "ttl_ms": 30_000,
    },
}
_DECISIONS = {
    "Done": {
        "id": "019a8e5c-7f3e-7d60-9c65-2f0d8a1b4c11",
        "status": "accepted",
        "payload": {"uid": "019a8e5c-7f3e-7d60-9c65-2f0d8a1b4c11", "summary": "buy milk", "status": "needs_action"},
        "reason": None,
        "message": None,
        "seq": 412,
        "ts": "2026-11-28T07:30:12.482Z",
        "request_id": "01a223ae60ec7568a8dc3d046c75b3a9",
    },
    "Rejected": {
        "id": "019a8e5c-9120-7a4b-8f1c-5b7a90c2d3e4",
        "status": "rejected",
        "payload": {},
        "reason": "microphone_off",
        "message": "The microphone is off.",
        "seq": 413,
        "ts": "2026-11-28T07:30:13.105Z",
        "request_id": "01a223ae6ec4759f85223e819997fbd8",
    },
}
_PIN = """Unlocks the mirror, as the PIN at the mirror does, and gives a token for ten minutes. It allows what the key
allows, and what the key allows only `with_pin`. Wrong tries are counted by key, and cost time from the fifth on."""
