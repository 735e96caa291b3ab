"""The state document: what a mirror is. A new subject's slice is one member of `parts`."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mira_sidecar.protocol.wire import Confidence, CooldownMs, HoldMs, Instant, Sender, Source


class Switch(msgspec.Struct, frozen=True):
    """A microphone or camera, as it was asked for."""

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
    """That something was said last, and of which kind; not what."""

    length: int
    """How many characters it has, written down."""
    answer: Literal["yes", "no"] | None
    language: str | None
    """Such as `de` or `pt-BR`."""
    at: Instant
    turn: str | msgspec.UnsetType = msgspec.UNSET
    """The turn in which it was heard, where it was one."""


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


class OwnPin(msgspec.Struct, frozen=True):
    """A person's own PIN."""

    opens: list[str] | None = None
    """The risks and actions that it opens; null: all."""


class Access(msgspec.Struct, frozen=True):
    """What the PIN guards, and whether it is open."""

    pin_set: bool = False
    unlocked_until: Instant | None = None
    wrong_tries: int = 0
    """Of the sender `home`: the display and Home Assistant."""
    blocked_until: Instant | None = None
    """No PIN of theirs is compared until then, because of wrong tries."""
    elsewhere: dict[Annotated[str, Meta(max_length=64)], PinTries] = {}
    """The same of the other senders, by name: none of them can lock the owner out. Of the API by key: `api:<id>`."""
    unlocked_by: str | None = None
    """Whose PIN opened it, by their id; null: the household's."""
    persons: dict[str, OwnPin] = {}
    """Who has a PIN of their own, by id."""


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


class Head(msgspec.Struct, frozen=True):
    """How far the log is published."""

    rev: int
    seq: int
    """Of the last event; none is to be believed beyond it."""
    at: Instant


class Snapshot(msgspec.Struct, frozen=True):
    """The whole state document, with its place in the log, which may lie behind the head's."""

    rev: int
    seq: int
    at: Instant
    state: State
