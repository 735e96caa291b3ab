"""How well poses that were taught by ten examples are known again: on recorded hands, and on hands of bones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from house.gestures.hand_model import SHAPES, Posture, Random, again, points_of, seen, shape_of
from house.gestures.recorded import CLASSES, Recorded
from house.gestures.tracks import PICTURE
from mira_sidecar.subjects.gesture.worker.classifier import Rows
from mira_sidecar.subjects.gesture.worker.engagement import Engagement
from mira_sidecar.subjects.gesture.worker.hand import Hand
from mira_sidecar.subjects.gesture.worker.messages import OwnGesture
from mira_sidecar.subjects.gesture.worker.own import OwnGestures, pose_values

_SAMPLES = 10
_WINDOW, _NEXT = 40, 20
"""Recorded rows of which ten are shown, and those after them that are to be known."""
_OTHERS = (*(shape for shape in SHAPES if shape != "other"), "relaxed", "gripping", "other", "other")
_ASIDE, _ROLL, _NOISE = 30.0, 25.0, 0.012
"""Degrees that the hands of bones are turned and lean, and the noise of their landmarks, in palms."""


@dataclass
class Known:
    """Hands that were taken for what was taught."""

    found: int = 0
    shown: int = 0
    """With the pose."""
    taken: int = 0
    others: int = 0
    """With another."""

    def __add__(self, more: Known) -> Known:
        """Both together."""
        return Known(
            found=self.found + more.found,
            shown=self.shown + more.shown,
            taken=self.taken + more.taken,
            others=self.others + more.others,
        )

    def add(self, own: OwnGestures, shown: Sequence[Hand], others: Sequence[Hand]) -> None:
        """Look at hands that show the pose, and at others."""
        self.found += sum(own.pose(hand) is not None for hand in shown)
        self.taken += sum(own.pose(hand) is not None for hand in others)
        self.shown += len(shown)
        self.others += len(others)


def on_recordings(hands: Recorded, likeness: Rows | None = None, parts: tuple[int, ...] = (0, 1)) -> Known:
    """Ten of 40 rows in a row are shown; then come the next 20, and all rows of other shapes.

    Of all windows of rows, those of these parts: every other one. Hands that are not engaged are left out, as at the
    mirror.
    """
    seen_hands = [_placed(points) for points in hands.hands]
    engaged = np.array([_engages(hand) for hand in seen_hands])
    known = Known()
    for shape in CLASSES:
        mine = np.flatnonzero((hands.shapes == shape) & engaged)
        others = [seen_hands[row] for row in np.flatnonzero((hands.shapes != shape) & engaged)]
        for number, start in enumerate(range(0, len(mine) - _WINDOW - _NEXT, _NEXT)):
            if number % 2 in parts:
                window = [seen_hands[row] for row in mine[start : start + _WINDOW + _NEXT]]
                known.add(_taught(window[: _WINDOW : _WINDOW // _SAMPLES], likeness), window[_WINDOW:], others)
    return known


def on_bones(shape: str, random: Random, lessons: int, likeness: Rows | None = None) -> Known:
    """A hand of bones shows a shape ten times, and then 30 times more; others are what else the same hand may show."""
    known = Known()
    for _ in range(lessons):
        posture, bones = shape_of(shape, random), int(random.integers(1 << 32))

        def views(count: int, posture: Posture = posture, bones: int = bones) -> list[Hand]:
            return [_view(again(posture, random), bones, random) for _ in range(count)]

        own = _taught(views(_SAMPLES), likeness)
        others = [_view(shape_of(name, random), bones, random) for name in _OTHERS if name != shape for _ in range(12)]
        known.add(own, views(30), others)
    return known


def _taught(samples: Sequence[Hand], likeness: Rows | None) -> OwnGestures:
    values = [pose_values(hand) for hand in samples]
    return OwnGestures([OwnGesture(name="taught", kind="pose", samples=values)], likeness)


def _view(posture: Posture, bones: int, random: Random) -> Hand:
    points = points_of(posture, np.random.default_rng(bones))
    return _placed(seen(points, random, aside=_ASIDE, roll=_ROLL, noise=_NOISE).astype(np.float32))


def _placed(points: Rows) -> Hand:
    """The hand in the middle of a picture, near enough."""
    size = float(np.linalg.norm(points[9] - points[0]))
    landmarks = (points - points.mean(axis=0)) / max(size, 1e-6) * 80 + np.array(PICTURE) / 2
    return Hand(landmarks=landmarks.astype(np.float32), handedness="right", score=1.0, picture=PICTURE)


def _engages(hand: Hand) -> bool:
    gate = Engagement()
    return [gate.observe(t_ms, hand) for t_ms in (0, 100)][-1]
