"""From hands to gestures: a pose once when it has been held, a motion once when it is made. Pure: it has no clock."""

from collections.abc import Sequence

from mira_sidecar.subjects.gesture.seen import LiveHand

from .circles import CircleDetector
from .engagement import Engagement
from .following import matched
from .hand import Hand
from .holds import PoseHold
from .lessons import Recorder, Strokes
from .messages import GestureRule, Handedness, Recognised, RecogniserSettings, Sampled
from .own import OwnGestures
from .poses import Pose, pose_of_shapes, shapes_of
from .swipes import SwipeDetector
from .track import LOST_MS, Point, point_of
from .waves import WaveDetector

_MOST = 2
"""Hands that are followed at once: one person's."""
_EVERY = GestureRule()
_AGREEING = 0.25
"""How much one frame says about which hand it is, against those before."""


class Recogniser:
    """Watches the hands in front of one mirror."""

    def __init__(self, settings: RecogniserSettings) -> None:
        self._settings = settings
        self._own = OwnGestures(settings.own)
        self._followed: dict[int, _Followed] = {}
        self._count = 0

    def observe(self, t_ms: float, hands: Sequence[Hand]) -> list[Recognised]:
        """What the hands of the frame taken at `t_ms` complete; times must not go back."""
        own = [hand.flipped() if self._settings.mirrored else hand for hand in hands]
        self._followed = {key: each for key, each in self._followed.items() if t_ms - each.seen_ms <= LOST_MS}
        known = {key: (each.seen_ms, each.hand) for key, each in self._followed.items()}
        shown: dict[int, Hand] = {}
        for hand, key in zip(own, matched(known, own, t_ms), strict=True):
            if key is not None:
                shown[key] = hand
            elif len(self._followed) < _MOST:
                self._count += 1
                self._followed[self._count] = _Followed(self._settings, self._own, hand, t_ms)
                shown[self._count] = hand
        found = (each.observe(t_ms, shown.get(key)) for key, each in self._followed.items())
        return [recognised for recognised in found if recognised]

    def samples(self) -> list[Sampled]:
        """What the last frame has completed of a lesson."""
        return [each.sampled for each in self._followed.values() if each.sampled]

    def live(self) -> list[LiveHand]:
        """What the last frame's hands are about, for a display."""
        return [each.live() for each in self._followed.values() if each.in_sight]


class _Followed:
    """One hand, for as long as it is in the picture."""

    def __init__(self, settings: RecogniserSettings, own: OwnGestures, hand: Hand, t_ms: float) -> None:
        self._settings = settings
        self._own = own
        self._strokes = Strokes()
        self._recorder = Recorder(settings.lesson) if settings.lesson else None
        self.sampled: Sampled | None = None
        self.hand = hand
        self.seen_ms = t_ms
        self.in_sight = True
        self._right = 0.0
        """Above 0 it is more likely the right hand."""
        self._gate = Engagement()
        self._hold = PoseHold()
        self._swipes = SwipeDetector()
        self._waves = WaveDetector()
        self._circles = CircleDetector()

    @property
    def handedness(self) -> Handedness:
        """Which hand it is, by the frames so far."""
        return "right" if self._right > 0 else "left"

    def observe(self, t_ms: float, hand: Hand | None) -> Recognised | None:
        """What the hand completes with this frame; None for the hand: it is not in it."""
        self.in_sight = hand is not None
        self.sampled = None
        if hand is None:
            swipe = self._swipes.observe(t_ms, None)
            self._hold.observe(t_ms, None)
            return self._motion(swipe.name, swipe.confidence, t_ms) if swipe else None
        self.hand, self.seen_ms = hand, t_ms
        side = 1.0 if hand.handedness == "right" else -1.0
        self._right += _AGREEING * (side - self._right) if self._right else side
        shapes = shapes_of(hand, rules=self._settings.shapes == "rules")
        ready = self._gate.observe(t_ms, hand)
        point = point_of(t_ms, hand, ready=ready, is_open=shapes["open"] >= 0.5)
        moved = self._moved(t_ms, point)
        way = self._strokes.observe(point, moving=self._swipes.moving)
        if self._recorder:
            self.sampled = self._recorder.observe(t_ms, hand, way, still=ready and not self._swipes.moving)
            return None
        if way and ready and (shown := self._own.motion(way)):
            return self._motion(*shown, t_ms)
        if moved or self._swipes.moving:
            self._hold.moved(t_ms)
            return moved
        own = self._own.pose(hand)
        pose = Pose(*own) if own else pose_of_shapes(hand, shapes)
        self._hold.observe(t_ms, pose if ready and pose and self._counts(pose.name, pose.confidence) else None)
        return self._held(t_ms, pose)

    def live(self) -> LiveHand:
        """What a display shows of it."""
        width, height = self.hand.picture
        x, y = self.hand.centre.tolist()
        right, up = self._swipes.travel
        pose = self._hold.pose
        hold_ms = self._hold_ms(pose) if pose else 0
        return LiveHand(
            handedness=self.handedness,
            x=round(1 - x / width, 4),
            y=round(y / height, 4),
            size=round(self.hand.palm / height, 4),
            engaged=self._gate.engaged and not self._swipes.moving,
            pose=pose,
            confidence=round(self._hold.confidence, 3),
            held_ms=hold_ms if self._hold.state == "fired" else min(hold_ms, round(self._hold.held_ms(self.seen_ms))),
            hold_ms=hold_ms,
            travel_x=round(right, 2),
            travel_y=round(up, 2),
            landmarks=[(round(1 - x, 3), round(y, 3)) for x, y in (self.hand.landmarks / (width, height)).tolist()],
        )

    def _moved(self, t_ms: float, point: Point) -> Recognised | None:
        """The motion that is completed; where several are, the one that takes longest."""
        swipe = self._swipes.observe(t_ms, point)
        wave = self._waves.observe(point)
        circle = self._circles.observe(point, self._swipes.rest)
        if wave is not None and self._counts("wave", wave):
            self._circles.forget()
            self._swipes.forget()
            return self._motion("wave", wave, t_ms)
        if circle and self._counts(circle.name, circle.confidence):
            self._waves.forget()
            self._swipes.forget()
            return self._motion(circle.name, circle.confidence, t_ms)
        if swipe is None or self._waves.going_on(t_ms):
            return None
        return self._motion(swipe.name, swipe.confidence, t_ms)

    def _held(self, t_ms: float, pose: Pose | None) -> Recognised | None:
        """The pose whose time is up with this frame."""
        if self._hold.state != "holding" or pose is None or pose.name != self._hold.pose:
            return None
        held_ms = self._hold.held_ms(t_ms)
        if held_ms < self._hold_ms(pose.name):
            return None
        self._hold.fire()
        return self._recognised(pose.name, round(held_ms), self._hold.confidence, t_ms)

    def _motion(self, name: str, confidence: float, t_ms: float) -> Recognised | None:
        return self._recognised(name, 0, confidence, t_ms) if self._counts(name, confidence) else None

    def _recognised(self, name: str, hold_ms: int, confidence: float, t_ms: float) -> Recognised:
        sure = round(min(1.0, confidence), 3)
        return Recognised(name=name, handedness=self.handedness, hold_ms=hold_ms, confidence=sure, t_ms=t_ms)

    def _counts(self, name: str, confidence: float) -> bool:
        rule = self._settings.gestures.get(name, _EVERY)
        return rule.enabled and confidence >= rule.min_confidence

    def _hold_ms(self, name: str) -> int:
        own = self._settings.gestures.get(name, _EVERY).hold_ms
        return self._settings.hold_ms if own is None else own
