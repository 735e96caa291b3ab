"""What crosses the wire between the sidecar and its clients: version 2.

These structs are the one source of the protocol; `mira-sidecar schema` writes their JSON Schema to
`docs/protocol/v2.json`. The keys and the rules of the conversation are in `docs/protocol/README.md`.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mira_sidecar.reasons import Values, json_schemas

PROTOCOL_VERSION = 2

_DATE, _TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2}", r"[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}"
type Source = Literal["voice", "gesture", "touch", "automation", "sensor", "system"]
"""`sensor`: what a worker or the integration observes; `system`: the mirror itself, never from outside."""
type Sender = Literal["home", "gesture", "voice", "sensor", "api"]
"""Who sends: each kind has a commands stream of its own, so that Redis can say who may write there."""
CARRIES: dict[Sender, tuple[Source, ...]] = {
    "home": ("automation", "touch"),
    "gesture": ("gesture",),
    "voice": ("voice",),
    "sensor": ("sensor",),
    "api": ("automation", "touch", "voice", "sensor"),
}
"""The sources that a sender may name; the first is what is noted where it names another."""
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


class Switch(msgspec.Struct, frozen=True):
    on: bool
    """What was asked for. What is really open is in the presence."""


class TodoItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One todo; its place in the list is its order."""

    uid: str
    summary: str
    status: Literal["needs_action", "completed"] = "needs_action"
    due: str | None = None
    """A date, `2026-11-20`, or a time with its offset, `2026-11-20T18:00:00+01:00`."""
    description: str | None = None
    completed: Instant | None = None
    """When it was completed."""


class Gesture(msgspec.Struct, frozen=True):
    """The last gesture that was accepted."""

    name: str
    confidence: float | None
    handedness: Literal["left", "right"] | None
    hold_ms: int
    at: Instant


class Utterance(msgspec.Struct, frozen=True):
    text: str
    at: Instant


ButtonId = Annotated[str, Meta(pattern=r"^[a-z0-9_]{1,32}$(?!\n)")]


class MessageButton(msgspec.Struct, frozen=True):
    """A button below a message; a press on it ends the message."""

    id: ButtonId
    label: Annotated[str, Meta(min_length=1, max_length=40)]


class Message(msgspec.Struct, frozen=True, omit_defaults=True):
    """A text on the glass, until its time is over or one of its buttons is pressed."""

    text: str
    title: str | None
    at: Instant
    until: Instant
    id: str | None = None
    """Names it to `press_button`, where it has buttons: the id of the command that showed it."""
    picture: str | None = None
    """Where Home Assistant has it: a media-source id, an entity, or a path."""
    buttons: list[MessageButton] = []


class Pending(msgspec.Struct, frozen=True):
    """A command that needs confirmation, and waits for it."""

    command_id: str
    source: Source
    action: str
    """What a confirmation does, whatever happens until then: `toggle_camera` waits as `set_camera`."""
    payload: dict[str, Any]
    risks: list[str]
    asked_at: Instant
    deadline: Instant
    about: list[TodoItem] = []
    """The todos that it would add, change or remove, as they were when it was asked: uid, summary and status."""
    sender: Sender | None = None
    """Whose stream the command came in; null for the mirror's own."""
    user_id: str | None = None
    """The user who asked, as far as the sender says."""
    consent: bool = False
    """Whether it takes somebody at the mirror, other than who asked."""


class PinTries(msgspec.Struct, frozen=True):
    """What wrong PINs have cost one sender."""

    wrong_tries: int = 0
    blocked_until: Instant | None = None
    """No PIN is compared until then."""


class Access(msgspec.Struct, frozen=True):
    """What the PIN guards, and whether it is open."""

    pin_set: bool = False
    unlocked_until: Instant | None = None
    wrong_tries: int = 0
    """Of the sender `home`: the display and Home Assistant."""
    blocked_until: Instant | None = None
    """No PIN of theirs is compared until then, because of wrong tries."""
    elsewhere: dict[Sender, PinTries] = {}
    """The same of the other senders: none of them can lock the owner out."""


class LastChange(msgspec.Struct, frozen=True):
    """Who changed a place last."""

    command_id: str
    source: Source
    captured_at: Instant


class Undoable(msgspec.Struct, frozen=True):
    """A change that can be taken back, and the action that does it."""

    command_id: str
    source: Source
    touches: list[str]
    action: str
    payload: dict[str, Any]
    is_undo: bool = False


class GestureTuning(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is otherwise for one gesture than for all; what is null is as for all."""

    enabled: bool = True
    min_confidence: Confidence | None = None
    hold_ms: HoldMs | None = None
    cooldown_ms: CooldownMs | None = None


class Thresholds(msgspec.Struct, frozen=True):
    """From where on a gesture counts."""

    gesture_min_confidence: Confidence = 0.7
    gesture_hold_ms: HoldMs = 600
    """Milliseconds that a pose has to be held."""
    gesture_cooldown_ms: CooldownMs = 1_000
    """Milliseconds in which the same gesture counts once."""
    gestures: dict[str, GestureTuning] = {}
    """By name, for those that are not as all."""


type GestureKind = Literal["pose", "motion"]


class Taught(msgspec.Struct, frozen=True):
    """A gesture that somebody has taught. How it looks is beside the log, in the sidecar alone."""

    kind: GestureKind
    samples: int
    command_id: str
    """Of what began the lesson: the yes to `teach_gesture`."""


class Teaching(msgspec.Struct, frozen=True):
    """A gesture that is being taught."""

    name: str
    kind: GestureKind
    samples: int
    """How many are wanted."""
    taken: int
    command_id: str
    until: Instant
    """No sample is taken after that."""


class State(msgspec.Struct, frozen=True):
    """The state document: what the mirror is, at a revision."""

    microphone: Switch
    camera: Switch
    page: str
    pages: list[str]
    todos: list[TodoItem]
    message: Message | None
    gesture: Gesture | None
    gestures_seen: dict[str, Instant]
    """When each gesture was last accepted: the cooldown counts from there."""
    utterance: Utterance | None
    pending: Pending | None = None
    access: Access = Access()
    last_changes: dict[str, LastChange] = {}
    """By place (`camera`, `microphone`, `page`, `lock`): what a contradicting command is measured against."""
    undoable: list[Undoable] = []
    """The last changes that can be taken back, oldest first."""
    thresholds: Thresholds = Thresholds()
    taught: dict[str, Taught] = {}
    teaching: Teaching | None = None
    parts: dict[str, Any] = {}
    """The slices of subjects that are switched on, by name."""


class Snapshot(msgspec.Struct, frozen=True):
    """The whole state document, with its place in the log."""

    rev: int
    seq: int
    at: Instant
    state: State


class Picture(msgspec.Struct, frozen=True):
    """What the pictures of a camera are like."""

    width: int
    """Pixels."""
    height: int
    mirrored: bool
    """Whether it shows a person as a mirror does: their left hand on the left."""


type DeviceName = Literal["camera", "microphone"]


class Device(msgspec.Struct, frozen=True):
    """What was observed of a camera or microphone, not what was asked for."""

    capture: Literal["closed", "opening", "open", "no_signal", "failed", "unknown"]
    """`no_signal`: it was reached, and sends no pictures; `unknown`: it is there, and nobody observes it."""
    error: str | None = None
    """Why it is not open although it should be, and what to do."""
    entity: str | None = None
    """The camera of Home Assistant that it is, where it is one."""
    picture: Picture | None = None
    """Of a camera that is open."""
    filming: bool = False
    """Whether it is open for films that somebody agreed to: nothing is recognised meanwhile."""


class Problem(msgspec.Struct, frozen=True):
    code: str
    message: str


class Pace(msgspec.Struct, frozen=True):
    """How fast commands are decided, lately."""

    decision_ms_p50: float | None
    """Milliseconds from the reading of a command until its answer is published, median of the last 1,000 batches."""
    decision_ms_p95: float | None
    commands_a_minute: int


class Presence(msgspec.Struct, frozen=True):
    """The heartbeat; it expires three seconds after the sidecar stops renewing it."""

    protocol: int
    version: str
    server_id: str
    """Stays the same as long as the database does."""
    mirror: MirrorName
    name: str
    """What people call the mirror."""
    node: str
    started_at: Instant
    devices: dict[DeviceName, Device]
    """Those that the sidecar has, no others."""
    problem: Problem | None = None
    """What keeps the sidecar from deciding (a full disk), while it lasts."""
    degraded: list[Problem] = []
    """What does not work although commands are decided, while it lasts."""
    subjects: dict[str, int] = {}
    """What the mirror can do, by name, and in which version."""
    standby: bool = False
    """Whether the standby serves, because the mirror's own sidecar is away."""
    pace: Pace | None = None
    """As of the last ten seconds."""
    log_bytes: int | None = None
    """What the event log takes on the disk, as of the last ten seconds."""
    disk_free_mb: int | None = None
    """What the log's disk has left, in tens of MB, as of the last ten seconds."""


class Lease(msgspec.Struct, frozen=True):
    """Which sidecar decides; it expires two seconds after its holder stops renewing it."""

    fence: int
    """Grows with every holder: nothing is published by one whose number is not the last."""
    server_id: str
    """Of the log, which a standby shares with the sidecar that it stands by for."""
    store_id: str
    """Of the database file, which nobody shares."""
    node: str


class LiveHand(msgspec.Struct, frozen=True, kw_only=True):
    """What a display shows of a hand while it is in the picture."""

    handedness: Literal["left", "right"]
    x: float
    """The middle of the palm as the person sees it in a mirror: 0 at their left, 1 at their right."""
    y: float
    """0 at the top, 1 at the bottom."""
    size: float
    """From the wrist to the middle knuckle, as a part of the picture's height."""
    engaged: bool
    """Whether the hand is raised, near, facing and steady: only then can it make a gesture."""
    pose: str | None
    """The pose that is being held, or was."""
    confidence: float
    held_ms: int
    """How long it is held already; as much as `hold_ms` once it has counted."""
    hold_ms: int
    """How long it has to be held; 0 without a pose."""
    travel_x: float
    """Palm lengths that the hand went to the person's right since it last rested."""
    travel_y: float
    """The same, upwards."""
    landmarks: list[tuple[float, float]]
    """`x` and `y` of MediaPipe's 21, in its order: the wrist, then four of each finger from the thumb on, palm to tip.

    Where a finger leaves the picture they are below 0 or above 1.
    """


class Live(msgspec.Struct, frozen=True):
    """What the camera sees of hands right now: at most 15 a second, never stored. No hands: the last one has gone."""

    ts: Instant
    """When the picture was taken."""
    hands: list[LiveHand]


class Query(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question about the log. It changes nothing there, and leaves nothing."""

    id: CommandId
    """Chosen by the sender; names the key that the reply comes to."""
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


class Keys:
    """Redis keys of one mirror. The braces keep them in one slot of a Redis Cluster."""

    def __init__(self, mirror: str) -> None:
        prefix = f"mira:{{{mirror}}}"
        self.commands: dict[Sender, str] = {sender: f"{prefix}:commands:{sender}" for sender in CARRIES}
        """The commands streams, by who sends there."""
        self.retired = (f"{prefix}:commands", f"{prefix}:commands:dead")
        """Keys of version 1 of the protocol, in which a PIN may have been left."""
        self.dead = f"{prefix}:dead"
        self.events = f"{prefix}:events"
        self.state = f"{prefix}:state"
        self.seal = f"{prefix}:seal"
        self.patches = f"{prefix}:patches"
        self.answers = f"{prefix}:answers"
        self.live = f"{prefix}:live"
        self.queries = f"{prefix}:queries"
        self.replies = f"{prefix}:replies"
        self.presence = f"{prefix}:presence"
        self.lease = f"{prefix}:lease"
        self.fence = f"{prefix}:fence"
        self.claim = f"{prefix}:claim"

    def commands_from(self, source: Source) -> str:
        """The stream for commands of this source. Raises LookupError for `system`: those are in none."""
        senders = [sender for sender, sources in CARRIES.items() if source in sources]
        return self.commands[senders[0]]


GROUP = "arbiter"
"""The consumer group on the commands streams."""
WAITING_KEPT = 10_000
"""Commands that a sender leaves in its stream while nobody decides (XADD with MAXLEN ~): older ones have expired."""
EVENTS_KEPT = 10_000
"""Events in the Redis stream; older ones are in SQLite alone."""
PRESENCE_TTL_MS = 3_000


@lru_cache(maxsize=256)  # several times a command, for all commands of a batch
def instant(milliseconds: int) -> Instant:
    """Unix time in milliseconds as text."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@lru_cache(maxsize=256)
def milliseconds(moment: Instant) -> int:
    """The inverse of `instant`. Raises ValueError where the text is no time (month 13)."""
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of every message, by name, under `$defs`."""
    messages = (Command, Event, StatePatch, Snapshot, Presence, Live, Lease, Query, Reply, Explanation)
    _, definitions = msgspec.json.schema_components(messages, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Mira protocol, version {PROTOCOL_VERSION}",
        "$defs": dict(sorted((definitions | json_schemas()).items())),
    }
