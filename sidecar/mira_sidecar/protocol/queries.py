"""Questions about the log, and their answers."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mira_sidecar.protocol.wire import CommandId, Event, Instant, Source
from mira_sidecar.reasons import Values


class Query(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question about the log. It changes nothing there, and leaves nothing."""

    id: CommandId
    """Chosen by the sender, who knows the reply by it."""
    kind: Annotated[str, Meta(min_length=1, max_length=64)]
    payload: dict[str, Any] = {}
    ttl_ms: Annotated[int, Meta(ge=1, le=60_000)] = 5_000
    """Milliseconds after its arrival in which it may still be answered."""


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a query is answered."""

    query_id: str
    result: dict[str, Any] | None = None
    """What the kind of query promises; null where it is refused."""
    reason: str | None = None
    """Why it is refused: a stable code, such as `unknown_command`."""
    message: str | None = None
    """The reason and its values as an English sentence, for logs."""
    values: Values = {}
    """As those of an event, under `QueryReasons` in the schema."""


class Changed(msgspec.Struct, frozen=True, omit_defaults=True):
    """One place of the state; `before` is absent where something was added, `after` where it was removed."""

    place: str
    """With dots: `camera.on`, `todos`."""
    before: Any = msgspec.UNSET
    after: Any = msgspec.UNSET


class Related(msgspec.Struct, frozen=True):
    """Another command, and what it has to do with the one that is explained."""

    how: str
    command_id: str
    seq: int
    ts: Instant
    source: Source
    action: str


class Explanation(msgspec.Struct, frozen=True):
    """What became of a command, and why: the result of the query `explain`."""

    answer: Event
    changed: list[Changed] | None
    """Null where the state before it is not at hand."""
    rev: int | None
    """The revision that it led to."""
    before: list[Related]
    """What it refers to: the question that it answers, what it takes back, what it lost to."""
    led_to: list[Related]
    waiting: bool
    """Whether it is a question that still waits at the end of what was looked at."""
    undoable: bool
    """Whether it could be taken back at the end of what was looked at."""
