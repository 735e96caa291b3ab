"""What the client hands out: the messages of docs/protocol as frozen dataclasses.

Each is read tolerantly: fields of a newer sidecar are ignored, and what breaks the protocol raises
BadMessage with the field's name. Contents stay out of `repr`, so that no todo gets into a log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Self

from .errors import CannotConnect, MiraError, WrongProtocol
from .fields import Fields

PROTOCOL_VERSION = 2

type Document = Mapping[str, Any]
"""A message as it came, with the fields that this version does not know."""


@dataclass(frozen=True)
class Todo:
    """One todo; its place in the list is its order."""

    uid: str
    summary: str = field(repr=False)
    completed: bool
    due: date | datetime | None
    description: str | None = field(repr=False)
    completed_at: datetime | None

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """A TodoItem of the protocol."""
        return cls(
            uid=fields.required("uid", str),
            summary=fields.required("summary", str),
            completed=fields.optional("status", str) == "completed",
            due=fields.optional_due("due"),
            description=fields.optional("description", str),
            completed_at=fields.optional_time("completed"),
        )


@dataclass(frozen=True)
class Pending:
    """A command that waits for a yes or a no."""

    command_id: str
    action: str
    payload: Document = field(repr=False)
    deadline: datetime | None
    risks: frozenset[str]
    """What it would switch on, whatever was asked for: `camera_on`, `microphone_on`."""

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """A Pending of the protocol."""
        return cls(
            command_id=fields.required("command_id", str),
            action=fields.required("action", str),
            payload=fields.optional("payload", dict) or {},
            deadline=fields.optional_time("deadline"),
            risks=frozenset(fields.texts("risks") if "risks" in fields.document else ()),
        )


@dataclass(frozen=True)
class Message:
    """What stands on the glass until its time is over."""

    text: str = field(repr=False)
    until: datetime | None

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """A Message of the protocol."""
        return cls(fields.required("text", str), fields.optional_time("until"))


@dataclass(frozen=True)
class Access:
    """What the PIN guards, and whether it is open. Without a PIN nothing is guarded."""

    pin_set: bool = False
    unlocked_until: datetime | None = None
    wrong_tries: int = 0
    blocked_until: datetime | None = None
    """No PIN is compared before that time, because of wrong tries."""

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """An Access of the protocol."""
        return cls(
            pin_set=fields.optional("pin_set", bool) or False,
            unlocked_until=fields.optional_time("unlocked_until"),
            wrong_tries=fields.optional("wrong_tries", int) or 0,
            blocked_until=fields.optional_time("blocked_until"),
        )


@dataclass(frozen=True)
class Thresholds:
    """From where on a gesture counts."""

    gesture_min_confidence: float
    """0 to 1."""
    gesture_hold_ms: int
    gesture_cooldown_ms: int
    gestures_off: frozenset[str] | None
    """Gestures that were switched off; None of a sidecar that knows no such thing."""
    own_hold_ms: Mapping[str, int]
    """Of gestures that have a hold time of their own."""

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Thresholds of the protocol."""
        own = fields.optional_object("gestures")
        rules = {name: own.object(name) for name in own.document} if own else {}
        holds = {name: rule.optional("hold_ms", int) for name, rule in rules.items()}
        off = frozenset(name for name, rule in rules.items() if rule.optional("enabled", bool) is False)
        return cls(
            gesture_min_confidence=fields.required("gesture_min_confidence", float),
            gesture_hold_ms=fields.required("gesture_hold_ms", int),
            gesture_cooldown_ms=fields.required("gesture_cooldown_ms", int),
            gestures_off=off if own else None,
            own_hold_ms={name: hold_ms for name, hold_ms in holds.items() if hold_ms is not None},
        )

    def hold_ms(self, gesture: str) -> int:
        """How long a pose is held until it counts."""
        return self.own_hold_ms.get(gesture, self.gesture_hold_ms)


@dataclass(frozen=True)
class State:
    """The parts of the state document that entities show."""

    microphone: bool
    """Asked for; what is really open is in the presence."""
    camera: bool
    """Asked for; what is really open is in the presence."""
    page: str
    pages: tuple[str, ...]
    todos: tuple[Todo, ...]
    message: Message | None
    """The last one, also after its time."""
    gesture: str | None
    """The name of the last accepted gesture."""
    utterance: str | None = field(repr=False)
    """What was said last, of what the mirror accepted."""
    pending: Pending | None
    access: Access
    thresholds: Thresholds | None
    """None of an older sidecar."""
    taught: tuple[str, ...]
    """The names of gestures that people taught."""

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """A State of the protocol."""
        message, gesture, utterance, pending, access, thresholds, taught = (
            fields.optional_object(name)
            for name in ("message", "gesture", "utterance", "pending", "access", "thresholds", "taught")
        )
        return cls(
            microphone=fields.object("microphone").required("on", bool),
            camera=fields.object("camera").required("on", bool),
            page=fields.required("page", str),
            pages=fields.texts("pages"),
            todos=tuple(Todo.read(item) for item in fields.objects("todos")),
            message=Message.read(message) if message else None,
            gesture=gesture.required("name", str) if gesture else None,
            utterance=utterance.required("text", str) if utterance else None,
            pending=Pending.read(pending) if pending else None,
            access=Access.read(access) if access else Access(),
            thresholds=Thresholds.read(thresholds) if thresholds else None,
            taught=tuple(taught.document) if taught else (),
        )


@dataclass(frozen=True)
class Snapshot:
    """The state with its place in the log."""

    rev: int
    seq: int
    state: State
    document: Document = field(repr=False)
    """The state document as it came, for the display."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """A Snapshot of the protocol. Raises BadMessage."""
        fields = Fields.parse("The mirror's state", text)
        state = fields.object("state")
        return cls(
            rev=fields.required("rev", int),
            seq=fields.required("seq", int),
            state=State.read(state),
            document=state.document,
        )


@dataclass(frozen=True)
class Event:
    """A stored fact."""

    seq: int
    at: datetime
    """When it was decided."""
    command_id: str
    type: str
    source: str
    sender: str | None
    """Whose stream its command came in; None: the mirror's own."""
    action: str
    payload: Document = field(repr=False)
    confidence: float | None
    count: int
    """For how many refusals of one kind it stands; more than one: it sums them up, and answers none of them."""
    reason: str | None
    values: Document
    """What there is to say besides the reason."""
    document: Document = field(repr=False)
    """The event as it came."""
    replayed: bool
    """It happened while nobody listened: to be shown, not to be acted on."""
    sent_again: bool = False
    """It refuses a command that we send once more: the last word is not spoken."""

    @classmethod
    def parse(cls, text: str, *, replayed_until: int = 0) -> Self:
        """An Event of the protocol; up to the sequence number `replayed_until` a replayed one. Raises BadMessage."""
        fields = Fields.parse("An event of the mirror", text)
        seq = fields.required("seq", int)
        return cls(
            seq=seq,
            at=fields.time("ts"),
            command_id=fields.required("command_id", str),
            type=fields.required("type", str),
            source=fields.required("source", str),
            sender=fields.optional("sender", str),
            action=fields.required("action", str),
            payload=fields.optional("payload", dict) or {},
            confidence=fields.optional("confidence", float),
            count=fields.optional("count", int) or 1,
            reason=fields.optional("reason", str),
            values=fields.optional("values", dict) or {},
            document=fields.document,
            replayed=seq <= replayed_until,
        )

    @property
    def decides(self) -> bool:
        """Whether it is the arbiter's answer to a command."""
        return self.type in ("accepted", "rejected") and self.count == 1

    @property
    def asks_back(self) -> bool:
        """Whether the mirror asks for a yes before it does what was asked for."""
        return self.type == "accepted" and self.payload.get("outcome") == "pending"

    @property
    def deadline(self) -> datetime | None:
        """Until when the mirror waits for the answer, where it asks back. Raises BadMessage."""
        return Fields("A question of the mirror", self.payload).optional_time("deadline")


@dataclass(frozen=True)
class Picture:
    """What the pictures of a camera are like."""

    width: int
    height: int
    mirrored: bool
    """Whether it shows a person as a mirror does."""

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """A Picture of the protocol."""
        return cls(fields.required("width", int), fields.required("height", int), fields.required("mirrored", bool))


@dataclass(frozen=True)
class Device:
    """What was observed of a camera or microphone."""

    capture: str
    """`closed`, `opening`, `open`, `no_signal` or `failed`; `unknown`: it is there, and nobody observes it."""
    error: str | None
    entity: str | None
    """The camera of Home Assistant that it is, where it is one."""
    picture: Picture | None
    """Of a camera that is open."""
    filming: bool
    """Whether it is open for films that somebody agreed to: nothing is recognised meanwhile."""
    code: str | None
    """Of the error."""

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """A Device of the protocol."""
        picture = fields.optional_object("picture")
        return cls(
            capture=fields.required("capture", str),
            error=fields.optional("error", str),
            entity=fields.optional("entity", str),
            picture=Picture.read(picture) if picture else None,
            filming=fields.optional("filming", bool) or False,
            code=fields.optional("code", str),
        )


@dataclass(frozen=True)
class Problem:
    """What keeps the sidecar from deciding, or what does not work while it decides; as long as it lasts."""

    code: str
    message: str

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """A Problem of the protocol."""
        return cls(fields.required("code", str), fields.required("message", str))


@dataclass(frozen=True)
class Pace:
    """How fast the mirror decides, lately."""

    decision_ms_p50: float | None
    decision_ms_p95: float | None
    commands_a_minute: int

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """A Pace of the protocol."""
        return cls(
            decision_ms_p50=fields.optional("decision_ms_p50", float),
            decision_ms_p95=fields.optional("decision_ms_p95", float),
            commands_a_minute=fields.required("commands_a_minute", int),
        )


@dataclass(frozen=True)
class Presence:
    """The heartbeat of a running sidecar."""

    version: str
    server_id: str
    mirror: str
    name: str
    started_at: datetime
    devices: Mapping[str, Device]
    problem: Problem | None
    """What keeps it from deciding."""
    degraded: tuple[Problem, ...]
    """What does not work while it decides."""
    subjects: frozenset[str] | None
    """What the mirror can do beside its screen; None where its sidecar does not say."""
    standby: bool
    """Whether a standby serves, because the mirror's own sidecar is away."""
    pace: Pace | None
    log_bytes: int | None
    disk_free_mb: int | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """A Presence of the protocol. Raises WrongProtocol, without a look at the rest, or BadMessage."""
        fields = Fields.parse("The mirror's presence", text)
        protocol = fields.required("protocol", int)
        if protocol != PROTOCOL_VERSION:
            raise WrongProtocol(protocol, PROTOCOL_VERSION)
        devices = fields.object("devices")
        problem, pace = fields.optional_object("problem"), fields.optional_object("pace")
        subjects = fields.optional_object("subjects")
        return cls(
            version=fields.required("version", str),
            server_id=fields.required("server_id", str),
            mirror=fields.required("mirror", str),
            name=fields.required("name", str),
            started_at=fields.time("started_at"),
            devices={name: Device.read(devices.object(name)) for name in devices.document},
            problem=Problem.read(problem) if problem else None,
            degraded=tuple(map(Problem.read, fields.objects("degraded"))) if "degraded" in fields.document else (),
            subjects=frozenset(subjects.document) if subjects else None,
            standby=fields.optional("standby", bool) or False,
            pace=Pace.read(pace) if pace else None,
            log_bytes=fields.optional("log_bytes", int),
            disk_free_mb=fields.optional("disk_free_mb", int),
        )


@dataclass(frozen=True)
class MirrorView:
    """All that is known of the mirror right now. What was known stays while it is away."""

    snapshot: Snapshot | None = None
    presence: Presence | None = None
    error: MiraError | None = field(default_factory=lambda: CannotConnect("Not connected yet."))
    """Why the mirror is away."""

    @property
    def connected(self) -> bool:
        """Whether state and presence are those of now."""
        return self.error is None

    def has(self, part: str) -> bool | None:
        """Whether the mirror has a `camera`, a `microphone`, a `pin`, or `gesture`s; None where nobody can tell.

        A standby has other devices, and can do other things, than the sidecar whose place it takes, for as long as it
        does.
        """
        if part == "pin":
            return self.snapshot.state.access.pin_set if self.snapshot else None
        if self.presence is None:
            return None
        if part == "gesture" and self.presence.subjects is None:
            return True
        known = self.presence.subjects if part == "gesture" else self.presence.devices
        return part in (known or ()) or (None if self.presence.standby or not self.connected else False)

    def without_mirror(self, error: MiraError) -> Self:
        """The view when the mirror is away; the very same where nothing is new."""
        return self if str(self.error) == str(error) else replace(self, error=error)
