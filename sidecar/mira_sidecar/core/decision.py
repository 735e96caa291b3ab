"""The words of a decision: what an action or a policy says, and what it may look at."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mira_sidecar.core.state import Document
from mira_sidecar.protocol import Command, PatchOperation


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command is not carried out."""

    reason: str
    """A stable code; clients translate it."""
    policy: str
    message: str
    """A plain sentence."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a command does."""

    payload: dict[str, Any]
    """What was done, complete, for the log."""
    patch: Sequence[PatchOperation] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the owner may tune."""

    min_confidence: Mapping[str, float] = field(default_factory=lambda: {"gesture": 0.7, "voice": 0.5})
    """0 to 1, by source; a command without a confidence is certain."""
    gesture_cooldown_ms: int = 1_000
    """Milliseconds in which the same gesture counts once."""


@dataclass(frozen=True, slots=True)
class Context:
    """One command at one moment."""

    command: Command
    now_ms: int
    """Unix milliseconds by the Redis server's clock."""
    captured_ms: int
    """When the command was captured: its `ts`, and never later than `now_ms`."""
    rules: Rules


@dataclass(frozen=True, slots=True)
class Action[P]:
    """Something a command can ask for."""

    name: str
    payload: type[P]
    perform: Callable[[Document, P, Context], Change | Refusal]
