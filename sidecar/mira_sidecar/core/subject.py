"""What the core knows of a subject: a record. The core knows none of them by name; which there are is handed in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from mira_sidecar.core.decision import Action, Change, Context, Mirror, Refusal
from mira_sidecar.core.state import Document
from mira_sidecar.core.summary import Line
from mira_sidecar.protocol import Event, Source
from mira_sidecar.reasons import Wording

type Outcome = Change | Refusal
type Policy = Callable[[Document, Context, Outcome], Refusal | None]
"""Why a command is not carried out, from the state, the command, and what it would do; None where nothing is against
it. Its name is the one in the log, and its first line says to people what it stands for."""
type Steps = tuple[str, ...]
"""The way to a place in the state: names of members, `*` for each member of an object or list."""
type Deed = tuple[str, dict[str, Any]]
"""An action, with its payload, that the mirror asks of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A member of the state that stands for something open, and its value while that is closed."""

    path: str
    closed: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A name in the payload of an answer, behind which the ids of other commands stand."""

    name: str
    how: str
    """What the answer has to do with them."""
    back: str = ""
    """The same, seen from there; empty where it is not told."""
    action: str | None = None
    """Only in the answers to this action."""
    brings: bool = False
    """Whether the answer may hold what came with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An acceptance in the log, from which its command is to be found again."""

    answer: Event
    patch: Event | None
    """What it changed."""

    def value(self, path: str) -> dict[str, Any]:
        """What it first put at a path of the state, where it changed anything; otherwise what was done."""
        operations = self.patch.payload["patch"] if self.patch else ()
        return next((dict(one["value"]) for one in operations if one["path"] == path), self.answer.payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """All that the core is told of a subject. Everything but its name may be left out."""

    name: str
    version: int = 1
    """Grows when clients have to know that it has changed."""
    default: bool = False
    """Whether it is switched on where the settings say nothing. Those that lie below always are."""
    below: bool = False
    """Whether other subjects build on it. Those that lie below come first."""
    part: Mapping[str, Any] | None = None
    """Its slice of the state, `parts.<name>`, when it is switched on first."""
    actions: tuple[Action[Any], ...] = ()
    inner: tuple[Action[Any], ...] = ()
    """What no command may ask for: an undo does."""
    capabilities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What a key of the API may be given, `todo.write`, and the actions that each allows; none where it is for a
    route alone. Each action has one, unless only the mirror itself may do it."""
    from_home: Mapping[Source, tuple[str, ...]] = field(default_factory=dict)
    """By source, the actions that Home Assistant may send with it, of the sources with which it may not send all."""
    for_everybody: bool = True
    """Whether whoever may read the state may read its slice, too."""

    gates: tuple[Policy, ...] = ()
    """Whether a command is seen or heard at all; asked after `expiry`, ahead of how sure it is."""
    policies: tuple[Policy, ...] = ()
    """What else may be against a command; asked ahead of the PIN."""
    checks: Mapping[str, Policy] = field(default_factory=dict)
    """By action, what is against what another subject's would do; it is asked first, and only there."""
    confidence: Mapping[Source, Callable[[Document, Context], float]] = field(default_factory=dict)
    """How sure a command of a source has to be, from 0 to 1."""
    reasons: Mapping[str, Wording] = field(default_factory=dict)
    """Why its commands are refused, beside the reasons that every mirror knows."""
    unheard: frozenset[str] = frozenset()
    """Those of its reasons after which the log has too little of a command to decide it again."""
    faults: Mapping[str, Wording] = field(default_factory=dict)
    """What can be wrong with what it is sent, beside the faults that every mirror knows."""
    query_reasons: Mapping[str, Wording] = field(default_factory=dict)
    """Why its queries are refused, beside the reasons that every mirror knows."""
    risks: tuple[str, ...] = ()
    """What of its changes may need a PIN or a confirmation, by whatever action it comes."""

    places: tuple[str, ...] = ()
    """The places over which sources may contradict each other; `window:*`: each whose name begins so."""
    times: tuple[Steps, ...] = ()
    """The times in the state by which something is decided later."""
    openings: Mapping[str, Opening] = field(default_factory=dict)
    """What is closed again where it was opened by a command that was stored too late."""
    traces: Mapping[Steps, Any] = field(default_factory=dict)
    """What in the state remembers commands, and what it is in a state that remembers none."""
    due: Callable[[Document, int, Mirror], Iterable[Deed]] = lambda document, now_ms, mirror: ()
    """What a state asks for by itself at a time in Unix milliseconds."""

    messages: tuple[type[msgspec.Struct], ...] = ()
    """What it says to clients beside the log, for the JSON Schema."""
    summary: Callable[[Document], Iterable[Line]] = lambda document: ()
    """What its part of a state is, for people; where it says nothing, its slice is shown as it is."""
    about: Callable[[Document, Change], list[dict[str, Any]]] = lambda document, change: []
    """What a change is about, in words that people know; shown with the question whether it is to be done."""
    references: tuple[Reference, ...] = ()
    asked: Mapping[str, Callable[[Recorded], dict[str, Any]]] = field(default_factory=dict)
    """By action, the payload that was asked for, where the log has another: what was done."""
    traits: frozenset[str] = frozenset()
    """Words of its own in payloads and states, beside names of fields and literals: none of them is anybody's."""
    kinds: frozenset[str] = frozenset()
    """Kinds of places that are named with what is theirs: `todo` in `todo:<uid>`."""
    is_plain: Callable[[str, str], bool] = lambda name, text: False
    """Whether a text behind a name in its payloads says nothing of anybody, though it is none of those words."""
    lasting: Callable[[Document, Iterable[Event]], list[str]] = lambda document, answers: []
    """What these answers wrote into the state that is still there, in people's words."""
