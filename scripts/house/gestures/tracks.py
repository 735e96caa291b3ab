"""Hands of bones that make gestures, as the models would see them: frames of landmarks with a truth.

The hand's size, place, angle, speed and noise are drawn for each film anew. That pictures are harder than this is
measured with films of photographs (films.py).
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from house.gestures.hand_model import Array, Random, points_of, shape_of
from mira_sidecar.subjects.gesture.worker.hand import Hand
from mira_sidecar.subjects.gesture.worker.messages import Handedness

PICTURE = (640, 480)
type Way = Callable[[float], tuple[float, float]]
"""Where the hand is after so many seconds: palms to the right and down in the picture, from where it starts."""

SHAPES_OF_POSES = {
    "palm": "open",
    "fist": "closed",
    "pointing_up": "pointing",
    "thumb_up": "thumb",
    "thumb_down": "thumb",
    "victory": "victory",
    "ok": "ok",
    "rock": "rock",
    "call": "call",
    "pinch": "pinch",
}
SWIPES = {"swipe_right": (-1, 0), "swipe_left": (1, 0), "swipe_up": (0, -1), "swipe_down": (0, 1)}
"""In the camera's picture, which shows the person's right on its left."""


@dataclass(frozen=True, kw_only=True)
class Film:
    """Frames of landmarks, and what is shown in them."""

    frames: list[tuple[float, list[Hand]]]
    """Milliseconds, hands."""
    gesture: str | None = None
    start_ms: float = 0.0
    end_ms: float = 0.0
    """The first and the last frame of the gesture; of a motion, those in which the hand moves."""

    @property
    def length_ms(self) -> float:
        """Of the film."""
        return self.frames[-1][0]


class Actor:
    """One hand, as big and as far to the side as it is drawn, that shows shapes and goes ways."""

    def __init__(self, random: Random, rate: float) -> None:
        self._random = random
        self._rate = rate
        self.palm = random.uniform(0.07, 0.2) * PICTURE[1]
        self._lean = random.uniform(-20, 20)
        self._left = random.random() < 0.5
        self._noise = random.uniform(0.004, 0.018)
        """Of each landmark, in palms; the whole hand trembles half as much."""
        self._view = _view(random, 25)
        self._now = 0.0
        self.frames: list[tuple[float, list[Hand]]] = []
        margin = 1.6 * self.palm
        self.at = (random.uniform(margin, PICTURE[0] - margin), random.uniform(margin, PICTURE[1] - margin))

    @property
    def ms(self) -> float:
        """How long the film is so far."""
        return self._now * 1000

    def absent(self, seconds: float) -> None:
        """No hand."""
        for _ in self._times(seconds):
            self.frames.append((self.ms, []))

    def show(
        self, points: Array, seconds: float, way: Way | None = None, *, turned: float = 0.0, lost: float = 0.01
    ) -> None:
        """The hand with these landmarks on its way; in a share of the frames it is `lost`, as one that is blurred."""
        x = y = 0.0
        for part in self._times(seconds):
            x, y = way(part) if way else (0.0, 0.0)
            hand = self._hand(points, x, y, turned)
            self.frames.append((self.ms, [] if self._random.random() < lost else [hand]))
        if way:
            x, y = way(seconds)
            self.at = (self.at[0] + x * self.palm, self.at[1] + y * self.palm)

    def shape(self, name: str) -> Array:
        """The landmarks of one way to show a shape."""
        return points_of(shape_of(name, self._random), self._random)

    def thumb_tilt(self, points: Array) -> float:
        """Degrees from straight up to the right in which the thumb points."""
        flat = self._flat(points, 0.0)
        right, down = (flat[4] - flat[2]).tolist()
        return math.degrees(math.atan2(right, -down))

    def _flat(self, points: Array, turned: float) -> Array:
        """The landmarks as the camera sees them, in palms, y down."""
        flip = -1.0 if self._left else 1.0
        angle = np.radians(self._lean + turned)
        cos, sin = np.cos(angle), np.sin(angle)
        flat: Array = (points * (flip, 1, 1) @ self._view.T)[:, :2] * (1, -1) @ np.array(((cos, sin), (-sin, cos)))
        return flat

    def _times(self, seconds: float) -> Iterator[float]:
        start = self._now
        for frame in range(round(seconds * self._rate)):
            self._now = start + frame / self._rate
            yield frame / self._rate
        self._now = start + round(seconds * self._rate) / self._rate

    def _hand(self, points: Array, x: float, y: float, turned: float) -> Hand:
        flat = self._flat(points, turned)
        tremble = self._random.normal(0, self._noise / 2, 2)
        flat = flat + self._random.normal(0, self._noise, flat.shape) + tremble + (x, y)
        landmarks = (flat * self.palm + self.at).astype(np.float32)
        # A right hand's palm has its thumb on the picture's right.
        handedness: Handedness = "left" if self._left else "right"
        if self._random.random() < 0.02:
            handedness = "right" if self._left else "left"
        score = float(np.clip(self._random.normal(0.97, 0.03), 0.5, 1))
        return Hand(landmarks=landmarks, handedness=handedness, score=score, picture=PICTURE)


def pose(name: str, random: Random, rate: float = 30) -> Film:
    """A hand that comes, holds a pose for more than a second, and goes."""
    actor = Actor(random, rate)
    points = actor.shape(SHAPES_OF_POSES[name])
    turned = 0.0
    if name.startswith("thumb"):
        points, turned = _thumb(actor, 0.0 if name == "thumb_up" else 180.0)
    actor.absent(random.uniform(0.2, 0.6))
    actor.show(points, 0.3, eased(0, random.uniform(1, 2), 0.3, back=True), turned=turned)
    start = actor.ms
    actor.show(points, random.uniform(1.2, 2.0), turned=turned)
    end = actor.ms
    actor.absent(0.8)
    return Film(frames=actor.frames, gesture=name, start_ms=start, end_ms=end)


def swipe(name: str, random: Random, rate: float = 30) -> Film:
    """A hand that rests, swipes with some speed, length, slant and bow, rests, and comes back or goes."""
    actor = Actor(random, rate)
    right, down = SWIPES[name]
    room = 0.6 * PICTURE[0 if right else 1] / actor.palm
    length, seconds = min(room, random.uniform(2.0, 4.5)), random.uniform(0.18, 0.4)
    points = actor.shape("open" if random.random() < 0.7 else "other")
    actor.at = (
        PICTURE[0] / 2 - right * length * actor.palm / 2,
        PICTURE[1] / 2 + 0.5 * actor.palm - down * length * actor.palm / 2,
    )
    actor.absent(random.uniform(0.2, 0.5))
    actor.show(points, random.uniform(0.35, 0.6))
    start = actor.ms
    slant, bow = random.uniform(-0.25, 0.25) * length, random.uniform(-0.08, 0.08) * length
    actor.show(points, seconds, _swung(right * length, down * length, slant, bow, seconds), lost=0.05)
    end = actor.ms
    actor.show(points, random.uniform(0.3, 0.45))
    if random.random() < 0.5:
        actor.show(points, 0.5, eased(-right * length, -down * length, 0.5))
    actor.absent(0.8)
    return Film(frames=actor.frames, gesture=name, start_ms=start, end_ms=end)


def wave(random: Random, rate: float = 30) -> Film:
    """An open hand that is raised and swings three to five times to and fro."""
    actor = Actor(random, rate)
    points = actor.shape("open")
    hertz, swing = random.uniform(1.5, 3.0), random.uniform(0.5, 1.1)
    actor.absent(0.3)
    actor.show(points, random.uniform(0.2, 0.6))
    start = actor.ms
    seconds = random.uniform(3, 5) / hertz
    actor.show(points, seconds, lambda s: (swing * math.sin(2 * math.pi * hertz * s), 0.1 * math.sin(9 * s)), lost=0.04)
    end = actor.ms
    actor.absent(0.8)
    return Film(frames=actor.frames, gesture="wave", start_ms=start, end_ms=end)


def circle(name: str, random: Random, rate: float = 30) -> Film:
    """A hand that draws one circle, not quite round."""
    actor = Actor(random, rate)
    radius, seconds = random.uniform(0.8, 1.8), random.uniform(0.8, 1.7)
    points = actor.shape("pointing" if random.random() < 0.5 else "open")
    actor.at = (PICTURE[0] / 2, PICTURE[1] / 2 + 0.5 * actor.palm - radius * actor.palm)
    actor.absent(0.3)
    actor.show(points, random.uniform(0.3, 0.7))
    start = actor.ms
    # Clockwise for the person is to their right first, which is the picture's left.
    side = -1.0 if name == "circle_clockwise" else 1.0
    oval, turns = random.uniform(0.85, 1.15), random.uniform(1.0, 1.08)

    def way(s: float) -> tuple[float, float]:
        angle = 2 * math.pi * turns * s / seconds
        return side * radius * oval * math.sin(angle), radius * (1 - math.cos(angle))

    actor.show(points, seconds, way, lost=0.03)
    end = actor.ms
    actor.show(points, 0.3)
    actor.absent(0.8)
    return Film(frames=actor.frames, gesture=name, start_ms=start, end_ms=end)


def _view(random: Random, most: float) -> Array:
    """A hand seen a little from the side."""
    yaw, pitch = np.radians(random.uniform(-most, most, 2))
    about_y = np.array(((np.cos(yaw), 0, np.sin(yaw)), (0, 1, 0), (-np.sin(yaw), 0, np.cos(yaw))))
    about_x = np.array(((1, 0, 0), (0, np.cos(pitch), -np.sin(pitch)), (0, np.sin(pitch), np.cos(pitch))))
    view: Array = about_x @ about_y
    return view


def _thumb(actor: Actor, to: float) -> tuple[Array, float]:
    """A hand whose thumb points there, and how far it is turned for that: as far as a forearm can."""
    while True:
        points = actor.shape("thumb")
        turned = (to - actor.thumb_tilt(points) + 180) % 360 - 180
        if abs(turned) <= 100:
            return points, turned


def eased(right: float, down: float, seconds: float, *, back: bool = False) -> Way:
    """A movement that begins and ends slowly (minimum jerk, Flash and Hogan, 1985); `back`: it ends at 0."""

    def way(s: float) -> tuple[float, float]:
        part = min(1.0, s / seconds)
        done = part**3 * (10 - 15 * part + 6 * part**2)
        left = done - 1 if back else done
        return (right * left, -down * left) if back else (right * left, down * left)

    return way


def _swung(right: float, down: float, slant: float, bow: float, seconds: float) -> Way:
    """The same, a little aside of the axis and bent."""
    across = (0.0, 1.0) if right else (1.0, 0.0)
    straight = eased(right, down, seconds)

    def way(s: float) -> tuple[float, float]:
        x, y = straight(s)
        part = min(1.0, (abs(x) + abs(y)) / (abs(right) + abs(down)))
        aside = slant * part + 4 * bow * part * (1 - part)
        return x + aside * across[0], y + aside * across[1]

    return way
