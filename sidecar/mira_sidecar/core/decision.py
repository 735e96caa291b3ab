"""The words of a decision: what an action or a policy says, and what it may look at."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import msgspec

from mira_sidecar.core.state import Document
from mira_sidecar.protocol import Command, PatchOperation, Sender
from mira_sidecar.reasons import Value, Values


class Refusal(msgspec.Struct, frozen=True):
    """Why a command is not carried out."""

    reason: str
    """A stable code, of those that every mirror knows or of its subject's; clients translate it."""
    policy: str
    values: Values = {}
    """What comes with this reason."""
    patch: Sequence[PatchOperation] = ()
    """What the attempt changes all the same: wrong tries of a PIN are counted."""
    unheard: bool = False
    """Whether nothing of what was asked for may be noted."""
    passes: bool = False
    """Whether the same may be possible later, once somebody has made room."""
    looked: Sequence[str] = ()
    """Policies of the action's own that had nothing against it, in order, ahead of the one that refused."""


class InvalidValueError(ValueError):
    """A payload whose types fit, and whose values do not."""

    def __init__(self, fault: str, field: str) -> None:
        super().__init__(f"{fault}: {field}")
        self.values: dict[str, Value] = {"fault": fault, "field": field}


class Resolved(NamedTuple):
    """An action with its payload that means the same whenever it is done."""

    action: str
    payload: dict[str, Any]


class Undo(msgspec.Struct, frozen=True):
    """The command that takes a change back."""

    action: str
    payload: dict[str, Any]
    is_undo: bool = False
    """Whether the change to take back was itself a taking back."""


class Change(msgspec.Struct, frozen=True):
    """What a command does."""

    payload: dict[str, Any]
    """What was done, complete, for the log."""
    patch: Sequence[PatchOperation] = ()
    touches: tuple[str, ...] = ()
    """The places that it changes: `camera`, `page`, `todo:<uid>`. Conflicts and undo go by these."""
    risks: tuple[str, ...] = ()
    """What of it may need a PIN or a confirmation; of what is done to many, also the action for one."""
    undo: Undo | None = None
    resolved: Resolved | None = None
    """What does this very change, where what was asked for depends on the moment: `toggle_camera` is a `set_camera`."""
    answers: bool = False
    """Whether it answers a question: that needs no confirmation, and nobody is ahead of it."""
    consent: bool = False
    """Whether somebody at the mirror, other than who asked, has to agree, whatever the settings say."""
    asks_ms: int | None = None
    """It is itself a question, to be answered within so many milliseconds."""
    closes: bool = False
    """Whether it closes the camera or the microphone: that is always possible, for whoever may send at all."""
    agreed: bool = False
    """Whether the PIN came with it: that is the yes, and nobody is asked once more."""
    looked: Sequence[str] = ()
    """Policies of the action's own that looked at it: a confirmation or an undo does not get around these."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many commands a source may send."""

    a_second: float
    burst: int
    """How many at once after a pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the owner may tune."""

    ranks: Mapping[str, int] = field(
        default_factory=lambda: {"touch": 6, "voice": 5, "gesture": 4, "automation": 3, "sensor": 2, "system": 1}
    )
    """Whose word counts more when two contradict each other: the higher number."""
    hold_ms: int = 800
    """Milliseconds in which a change stands against lower-ranked sources."""
    confirm: frozenset[str] = frozenset({"camera_on", "clear_completed_todos"})
    """Risks, or names of actions, that need confirmation."""
    confirm_ms: int = 15_000
    """Milliseconds to answer a question in."""
    guarded: frozenset[tuple[str, str]] = frozenset({("camera_on", "touch"), ("microphone_on", "touch")})
    """Risks, or names of actions, with the source from which they need the PIN, once there is one."""
    rates: Mapping[str, Rate] = field(
        default_factory=lambda: {
            "touch": Rate(20, 40),
            "voice": Rate(5, 10),
            "gesture": Rate(10, 20),
            "automation": Rate(200, 2_000),
            "sensor": Rate(50, 500),
        }
    )
    """By source, for each sender; one that is not named is not limited."""
    own: Mapping[str, Any] = field(default_factory=dict)
    """What of subjects may be tuned, by their names: their settings."""

    def of[S](self, subject: str, settings: Callable[[], S]) -> S:
        """The settings of a subject; as they are by default where none are here."""
        own: S | None = self.own.get(subject)
        return settings() if own is None else own


class Mirror(Protocol):
    """What an action may ask of all the others."""

    @property
    def risky(self) -> Sequence[str]:
        """The names by which what is risky is marked."""

    def perform(self, document: Document, name: str, raw: dict[str, Any], context: Context) -> Change | Refusal:
        """Another action, carried out inside one: what a confirmation or an undo stands for."""

    def about(self, document: Document, change: Change) -> list[dict[str, Any]]:
        """What a change is about, in words that people know."""


class Context(msgspec.Struct, frozen=True):
    """One command at one moment."""

    command: Command
    now_ms: int
    """Unix milliseconds by the Redis server's clock."""
    captured_ms: int
    """When the command was captured: its `ts`, and never later than `arrived_ms`."""
    arrived_ms: int
    """When it came into its stream, and never later than `now_ms`."""
    sender: Sender | None
    """Whose stream it came in; None for the mirror's own."""
    rules: Rules
    mirror: Mirror

    @property
    def is_observed(self) -> bool:
        """Whether it is from what observes or carries something out, or from the mirror itself, and nobody's wish."""
        return self.command.source in ("sensor", "system")


@dataclass(frozen=True, slots=True)
class Action[P]:
    """Something a command can ask for."""

    name: str
    payload: type[P]
    perform: Callable[[Document, P, Context], Change | Refusal]
    own: bool = False
    """Whether only the mirror itself may ask for it."""
    closes: bool = False
    """Whether it may close a camera or a microphone."""
    takes_pin: bool = False
    """Whether it comes with a PIN, which is compared and hashed when it comes: some 50 ms a PIN."""
