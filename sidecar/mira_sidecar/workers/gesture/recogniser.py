"""From hands to gestures: a pose once when it has been held, a swipe once a movement. Pure: it has no clock."""

from collections.abc import Sequence
from dataclasses import dataclass

from mira_sidecar.protocol import LiveHand

from .hand import Hand
from .messages import GestureRule, Recognised, RecogniserSettings
from .poses import Pose, PoseName, pose_of
from .swipes import SwipeDetector

_RELEASE_MS = 400
"""A pose not seen for so long is released; a frame or two in which it cannot be told are part of holding it."""
_EVERY = GestureRule()


@dataclass
class _Hold:
    """A pose, from when it was first seen until it is released."""

    since_ms: float
    last_ms: float
    frames: int = 0
    confidence: float = 0.0
    """The sum over the frames; one without the pose adds nothing."""
    fired: bool = False


class Recogniser:
    """Watches one person's hand; only the first of several hands counts."""

    def __init__(self, settings: RecogniserSettings) -> None:
        self._settings = settings
        self._hand: Hand | None = None
        self._t_ms = 0.0
        self._pose: Pose | None = None
        self._swipes = SwipeDetector()
        self._holds: dict[PoseName, _Hold] = {}

    def observe(self, t_ms: float, hands: Sequence[Hand]) -> list[Recognised]:
        """What the hands of the frame taken at `t_ms` complete; times must not go back."""
        hand = hands[0] if hands else None
        if hand and self._settings.mirrored:
            hand = hand.flipped()
        self._hand, self._t_ms = hand, t_ms
        swipe = self._swipes.observe(t_ms, hand)
        if hand and swipe and self._rule(swipe.name).enabled:
            self._restart()
            return [_recognised(swipe.name, hand, 0, swipe.confidence, t_ms)]
        held = self._hold(t_ms, hand)
        return [_recognised(*held, t_ms)] if held else []

    def live(self) -> list[LiveHand]:
        """What the last frame's hands are about, for a display."""
        if self._hand is None:
            return []
        hand, pose = self._hand, self._pose
        width, height = hand.picture
        x, y = hand.centre.tolist()
        right, up = self._swipes.travel
        hold = self._holds.get(pose.name) if pose else None
        hold_ms = self._hold_ms(pose.name) if pose else 0
        held_ms = 0 if hold is None else hold_ms if hold.fired else min(hold_ms, round(self._t_ms - hold.since_ms))
        return [
            LiveHand(
                handedness=hand.handedness,
                x=round(1 - x / width, 4),
                y=round(y / height, 4),
                size=round(hand.palm / height, 4),
                engaged=not self._swipes.moving,
                pose=pose.name if pose else None,
                confidence=round(pose.confidence, 3) if pose else 0.0,
                held_ms=held_ms,
                hold_ms=hold_ms,
                travel_x=round(right, 2),
                travel_y=round(up, 2),
            )
        ]

    def _rule(self, name: str) -> GestureRule:
        return self._settings.gestures.get(name, _EVERY)

    def _hold_ms(self, name: str) -> int:
        own = self._rule(name).hold_ms
        return self._settings.hold_ms if own is None else own

    def _shown(self, hand: Hand) -> Pose | None:
        """The pose that the hand shows, where it counts."""
        pose = pose_of(hand)
        if pose is None:
            return None
        rule = self._rule(pose.name)
        return pose if rule.enabled and pose.confidence >= rule.min_confidence else None

    def _hold(self, t_ms: float, hand: Hand | None) -> tuple[str, Hand, int, float] | None:
        """The pose whose time is up with this frame."""
        self._pose = pose = self._shown(hand) if hand else None
        if hand and self._swipes.moving:
            self._restart()
            for hold in self._holds.values():
                hold.last_ms = t_ms  # moved, not released
            pose = None
        self._holds = {name: hold for name, hold in self._holds.items() if t_ms - hold.last_ms <= _RELEASE_MS}
        for hold in self._holds.values():
            hold.frames += 1
        if hand is None or pose is None:
            return None
        hold = self._seen(t_ms, pose)
        held_ms = t_ms - hold.since_ms
        if hold.fired or held_ms < self._hold_ms(pose.name):
            return None
        hold.fired = True
        return pose.name, hand, round(held_ms), hold.confidence / hold.frames

    def _seen(self, t_ms: float, pose: Pose) -> _Hold:
        hold = self._holds.setdefault(pose.name, _Hold(t_ms, t_ms, frames=1))
        hold.last_ms = t_ms
        hold.confidence += pose.confidence
        return hold

    def _restart(self) -> None:
        """Count the time of poses that have not fired yet anew."""
        self._holds = {name: hold for name, hold in self._holds.items() if hold.fired}


def _recognised(name: str, hand: Hand, hold_ms: int, confidence: float, t_ms: float) -> Recognised:
    return Recognised(
        name=name,
        handedness=hand.handedness,
        hold_ms=hold_ms,
        confidence=round(min(1.0, confidence), 3),
        t_ms=t_ms,
    )
