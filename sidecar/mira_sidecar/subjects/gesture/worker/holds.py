"""A pose from its first frame to its release: the state machine that docs/gestures.md draws. Pure."""

from dataclasses import dataclass
from typing import Literal

from .poses import Pose

_RELEASE_MS = 400
"""A pose not seen for so long is released; a frame or two in which it cannot be told are part of holding it."""
_AGREE = 3
"""Frames in a row that make a pose out of what a hand seems to show."""

type State = Literal["nothing", "seen", "holding", "fired"]


@dataclass
class _Span:
    """A pose since it was first seen."""

    name: str
    since_ms: float
    last_ms: float
    frames: int = 0
    seen: int = 0
    confidence: float = 0.0
    """The sum over the frames; one without the pose adds nothing."""

    def show(self, t_ms: float, confidence: float) -> None:
        self.last_ms = t_ms
        self.seen += 1
        self.confidence += confidence


class PoseHold:
    """What one hand holds."""

    def __init__(self) -> None:
        self._held: _Span | None = None
        self._fired = False
        self._next: _Span | None = None
        """What may replace the pose that is held, or become the first."""

    @property
    def state(self) -> State:
        """Where the hand is."""
        if self._held is None:
            return "nothing" if self._next is None else "seen"
        return "fired" if self._fired else "holding"

    @property
    def pose(self) -> str | None:
        """The pose that is held, or was until a moment ago."""
        return self._held.name if self._held else None

    def held_ms(self, t_ms: float) -> float:
        """How long it is held."""
        return t_ms - self._held.since_ms if self._held else 0.0

    @property
    def confidence(self) -> float:
        """On average since it was first seen."""
        return self._held.confidence / self._held.frames if self._held else 0.0

    def observe(self, t_ms: float, pose: Pose | None) -> None:
        """Take the pose of one more frame; None: none can be told, or there is no hand."""
        for span in (self._held, self._next):
            if span:
                span.frames += 1
        if self._held and pose and pose.name == self._held.name:
            self._held.show(t_ms, pose.confidence)
            self._next = None
        elif pose is None:
            self._next = None
        else:
            if self._next is None or self._next.name != pose.name:
                self._next = _Span(pose.name, t_ms, t_ms, frames=1)
            self._next.show(t_ms, pose.confidence)
            if self._next.seen >= _AGREE:
                self._held, self._next, self._fired = self._next, None, False
        self._let_go(t_ms)

    def moved(self, t_ms: float) -> None:
        """The hand moves: what has not fired begins anew, and what has is carried along."""
        self._next = None
        if not self._fired:
            self._held = None
        elif self._held:
            self._held.last_ms = t_ms

    def fire(self) -> None:
        """The pose has counted, and does not again before it is released."""
        self._fired = True

    def _let_go(self, t_ms: float) -> None:
        if self._held and t_ms - self._held.last_ms > _RELEASE_MS:
            self._held, self._fired = None, False
