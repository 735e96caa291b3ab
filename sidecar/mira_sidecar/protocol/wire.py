"""What is asked and what became of it: commands, events, patches, and the words that they are made of."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mira_sidecar.reasons import Values

PROTOCOL_VERSION = 2

_DATE, _TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}", r"[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}"
type Source = Literal["voice", "gesture", "touch", "automation", "sensor", "system"]
"""`sensor`: what a worker or the integration observes; `system`: the mirror itself, never from outside."""
type Sender = Literal["home", "gesture", "voice", "sensor", "api"]
"""Who sends: each kind has a commands stream of its own, so that Redis can say who may write there."""
CARRIES: dict[Sender, tuple[Source, ...]] = {
    "gesture": ("gesture",),
    "voice": ("voice",),
    "sensor": ("sensor",),
    "home": ("automation", "touch", "voice", "sensor"),
    "api": ("automation", "touch", "voice", "sensor"),
}
"""The sources that a sender may name; the first is what is noted where it names another.

Whoever alone has a source comes first."""
HOME_SAYS_FOR_US: tuple[Source, ...] = ("voice", "sensor")
"""The sources that Home Assistant may name only for the actions that a subject lets it (`Subject.from_home`): it says
what it made of what this mirror itself heard, and does nothing else by voice."""
KNOWS_PERSONS: frozenset[Sender] = frozenset({"gesture", "voice", "sensor"})
"""The senders that may say who it was: what sees and hears people. Others know a user, not who is before the glass.
Home Assistant may in what it says for the mirror (`HOME_SAYS_FOR_US`): whom a persona answers."""
type EventType = Literal["accepted", "rejected", "state_patch"]
type Instant = Annotated[str, Meta(pattern=rf"^{_DATE}T{_TIME}Z$(?!\n)")]
"""UTC with milliseconds, `2026-11-20T12:00:00.000Z`: sorts as text in the order of time."""

CommandId = Annotated[str, Meta(pattern=r"^[0-9A-Za-z_-]{8,64}$(?!\n)")]
MirrorName = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,32}$(?!\n)")]
Confidence = Annotated[float, Meta(ge=0, le=1)]
HoldMs = Annotated[int, Meta(ge=100, le=10_000)]
CooldownMs = Annotated[int, Meta(ge=0, le=60_000)]
MAX_COMMAND_BYTES = 65_536
"""A longer command is refused unread: the largest payload that an action takes is under 6 kB."""
MAX_COMMAND_LEVELS = 32
"""A command that is nested deeper is refused, although no payload needs more than 2: it would stand in the log, and not
every reader of JSON gets that deep (orjson 1,024 levels, SQLite 1,000)."""


class Origin(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a command came from, as far as its sender says."""

    device: Annotated[str, Meta(max_length=64)] | None = None
    user_id: Annotated[str, Meta(max_length=64)] | None = None
    context_id: Annotated[str, Meta(max_length=64)] | None = None
    person: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    """The id of the person who was recognised, never a name. Not every sender may say one (`KNOWS_PERSONS`)."""


class Command(msgspec.Struct, frozen=True, omit_defaults=True):
    """A request, from one source, to be decided once."""

    id: CommandId
    """Chosen by the sender; the same id again gets the first answer again."""
    ts: Instant
    """When it was captured, by the Redis server's clock."""
    source: Source
    action: Annotated[str, Meta(min_length=1, max_length=64)]
    payload: dict[str, Any] = {}
    ttl_ms: Annotated[int, Meta(ge=1, le=3_600_000)] = 5_000
    """Milliseconds after `ts` in which it may still be decided."""
    confidence: Confidence | None = None
    origin: Origin | None = None
    confirm: bool = False
    """It needs confirmation, whatever the settings say."""


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stored fact. Each command ends in exactly one `accepted` or `rejected`."""

    seq: int
    """Place in the log, from 1, without gaps; also the id of its entry in the events stream."""
    id: str
    ts: Instant
    """When it was decided."""
    command_id: str
    type: EventType
    source: Source
    action: str
    payload: dict[str, Any] = {}
    """`accepted`: what was done, complete (an added todo has its uid); `state_patch`: `patch`."""
    captured_at: Instant | None = None
    confidence: float | None = None
    origin: Origin | None = None
    rev: int | None = None
    """`state_patch`: the revision that the patch leads to."""
    reason: str | None = None
    """`rejected`: a stable code, such as `camera_off`."""
    policy: str | None = None
    """`rejected`: the policy that decided."""
    message: str | None = None
    """`rejected`: the reason and its values as an English sentence, for logs; clients word them themselves."""
    looked: list[str] = []
    """The policies that looked at the command, in order; the last one decided, unless it was accepted."""
    sender: Sender | None = None
    """Whose stream the command came in; absent for the mirror's own."""
    count: int = 1
    """`rejected`: how many refusals of one kind it counts, from one sender within a second. The first of them has an
    event of its own, a moment before."""
    values: Values = {}
    """`rejected`: what there is to say besides the reason, such as a limit. The schema has them under `Reasons`, and
    under `Faults` for those that come with a `fault`. None of it was said or written by anybody."""


class PatchOperation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One operation of RFC 6902, of the three that Mira uses."""

    op: Literal["add", "remove", "replace"]
    path: str
    value: Any = msgspec.UNSET


class StatePatch(msgspec.Struct, frozen=True):
    """A change of the state document, for displays that need no history."""

    rev: int
    ts: Instant
    command_id: str
    patch: list[PatchOperation]


@lru_cache(maxsize=256)  # several times a command, for all commands of a batch
def instant(milliseconds: int) -> Instant:
    """Unix time in milliseconds as text."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@lru_cache(maxsize=256)
def milliseconds(moment: Instant) -> int:
    """The inverse of `instant`. Raises ValueError where the text is no time (month 13)."""
    return round(datetime.fromisoformat(moment).timestamp() * 1000)
