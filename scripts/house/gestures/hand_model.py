"""A hand of bones in three dimensions, which makes every shape that Mira knows, and others, as a camera sees them.

Lengths are in palms (wrist to middle knuckle); x to the thumb's side, y to the fingers, z out of the palm. The bones'
proportions are those of a grown-up's hand (Buryanov and Kotiuk, 2010, for fingers; the thumb measured on photographs).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

type Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
type Random = np.random.Generator

SHAPES = ("open", "closed", "pointing", "thumb", "victory", "ok", "rock", "call", "pinch", "other")

_KNUCKLES = np.array(((0.30, 0.94, 0), (0.02, 1.0, 0), (-0.22, 0.94, 0), (-0.42, 0.82, 0)))
_BONES = np.array(((0.46, 0.27, 0.20), (0.51, 0.31, 0.21), (0.47, 0.29, 0.21), (0.37, 0.21, 0.19)))
_SPREAD = np.radians((7.0, 0.0, -7.0, -15.0))
"""How far the fingers of a relaxed hand are apart."""
_THUMB_ROOT = np.array((0.26, 0.20, 0.08))
_THUMB_BONES = (0.45, 0.36, 0.28)
_THUMB_BESIDE = ((0.28, 0.3, 0.12), (0.42, 0.62, 0.2), (0.46, 0.9, 0.25))
"""Where a thumb begins to reach from: so it bends as thumbs do."""
_FOLDED = np.radians((78.0, 100.0, 55.0))
_STRETCHED = np.radians((2.0, 4.0, 3.0))
_CURLED = np.radians((35.0, 55.0, 30.0))


@dataclass
class Posture:
    """How the fingers of one hand are bent, and where its thumb is."""

    bends: Array
    """Shape (4, 3): radians at each finger's joints."""
    spread: float
    """Times the spread of a relaxed hand."""
    thumb: Array
    """Where the thumb's tip reaches for, as far as it gets."""


def shape_of(name: str, random: Random) -> Posture:
    """One of the many ways to show a shape."""
    return _MAKERS[name](random)


def again(posture: Posture, random: Random) -> Posture:
    """The posture as the same person shows it another time."""
    bends = posture.bends + random.normal(0, np.radians(4), (4, 1)) + random.normal(0, np.radians(2), (4, 3))
    thumb = posture.thumb + random.normal(0, 0.04, 3)
    return Posture(bends, posture.spread + random.normal(0, 0.12), thumb)


def points_of(posture: Posture, random: Random) -> Array:
    """The 21 landmarks of the posture, of a hand with proportions of its own: shape (21, 3)."""
    bones = _BONES * random.normal(1, 0.05, (4, 1)) * random.normal(1, 0.03, (4, 3))
    knuckles = _KNUCKLES * random.normal((1, 1, 1), (0.08, 0.04, 0))
    points = np.zeros((21, 3))
    for finger in range(4):
        points[5 + 4 * finger : 9 + 4 * finger] = _finger(
            knuckles[finger], bones[finger], posture.bends[finger], _SPREAD[finger] * posture.spread
        )
    touching = np.isnan(posture.thumb).any()
    goal = points[8] + random.normal(0, 0.03, 3) if touching else posture.thumb
    points[1:5] = _thumb(goal, _THUMB_ROOT * random.normal(1, 0.06, 3), random.normal(1.05, 0.1))
    return points


def seen(points: Array, random: Random, *, aside: float = 50.0, roll: float = 180.0, noise: float = 0.02) -> Array:
    """The landmarks as a camera sees them, y down: shape (21, 2).

    The hand is turned `aside` degrees at most, leans towards or away from the camera by 50, and is rolled. Half of the
    hands are left ones, a quarter shows its back.
    """
    flip = -1.0 if random.random() < 0.5 else 1.0
    yaw, pitch = random.uniform(-aside, aside), random.uniform(-50, 50)
    if random.random() < 0.25:
        yaw += 180
    turned = points * (flip, 1, 1) @ about(1, yaw).T @ about(0, pitch).T @ about(2, random.uniform(-roll, roll)).T
    near = 1 + turned[:, 2:] / random.uniform(5, 12)  # half a metre to more than one
    flat: Array = turned[:, :2] * near * (1, -1)
    return flat + random.normal(0, noise, flat.shape)


def _finger(knuckle: Array, bones: Array, bends: Array, spread: float) -> Array:
    """A finger's knuckle, two joints and tip."""
    angles = np.cumsum(bends)
    along, out = np.cumsum(bones * np.cos(angles)), np.cumsum(bones * np.sin(angles))
    aside = spread * np.cos(bends[0])
    joints = np.stack((along * np.sin(aside), along * np.cos(aside), out), axis=1)
    return np.vstack((knuckle, knuckle + joints))


def _thumb(goal: Array, root: Array, size: float) -> Array:
    """The thumb's root, joints and tip, which reaches for the goal (FABRIK, Aristidou and Lasenby, 2011)."""
    lengths = [length * size for length in _THUMB_BONES]
    joints = [root, *(root + np.array(_THUMB_BESIDE))]
    for _ in range(8):
        joints[3] = goal
        for at in (2, 1):
            joints[at] = joints[at + 1] + _unit(joints[at] - joints[at + 1]) * lengths[at]
        for at in (1, 2, 3):
            joints[at] = joints[at - 1] + _unit(joints[at] - joints[at - 1]) * lengths[at - 1]
    return np.array(joints)


def _unit(vector: Array) -> Array:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def about(axis: int, degrees: float) -> Array:
    """The rotation about an axis."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    one, two = [other for other in range(3) if other != axis]
    turn = np.eye(3)
    turn[one, one] = turn[two, two] = cos
    turn[one, two], turn[two, one] = -sin, sin
    return turn


def _bends(random: Random, *stretched: int, tight: float = 1.0) -> Array:
    """Bends with these fingers stretched (0: index) and the others folded."""
    bends = np.array([_STRETCHED if finger in stretched else _FOLDED * tight for finger in range(4)])
    bends += random.normal(0, np.radians(6), (4, 1)) + random.normal(0, np.radians(4), (4, 3))
    return np.clip(bends, np.radians(-8), np.radians(115))


def _thumb_in(random: Random) -> Array:
    """Across the folded fingers, or along the index finger."""
    if random.random() < 0.65:
        return np.array((random.uniform(-0.25, 0.2), random.uniform(0.55, 0.9), random.uniform(0.35, 0.6)))
    return np.array((random.uniform(0.38, 0.5), random.uniform(0.85, 1.1), random.uniform(0.15, 0.4)))


def _thumb_out(random: Random, lowest: float = 0.0, highest: float = 75.0) -> Array:
    """Off the hand, so many degrees from aside to upwards."""
    angle = np.radians(random.uniform(lowest, highest))
    aim = np.array((np.cos(angle), np.sin(angle), random.uniform(0.0, 0.35)))
    return _THUMB_ROOT + aim * 1.3


def _thumb_any(random: Random) -> Array:
    return _thumb_out(random) if random.random() < 0.5 else _thumb_in(random)


def _open(random: Random) -> Posture:
    spread = random.uniform(-0.2, 2.2)
    across = np.array((random.uniform(-0.3, 0.2), random.uniform(0.6, 0.9), random.uniform(0.1, 0.3)))
    thumb = _thumb_out(random, 5, 85) if random.random() < 0.6 else across
    return Posture(_bends(random, 0, 1, 2, 3), spread, thumb)


def _closed(random: Random) -> Posture:
    return Posture(_bends(random, tight=random.uniform(0.8, 1.05)), random.uniform(-0.3, 0.6), _thumb_in(random))


def _pointing(random: Random) -> Posture:
    thumb = _thumb_in(random) if random.random() < 0.8 else _thumb_out(random, 0, 60)
    return Posture(_bends(random, 0, tight=random.uniform(0.8, 1.05)), random.uniform(-0.3, 0.8), thumb)


def _thumb_shape(random: Random) -> Posture:
    bends = _bends(random, tight=random.uniform(0.8, 1.05))
    return Posture(bends, random.uniform(-0.3, 0.4), _thumb_out(random, 0, 70))


def _victory(random: Random) -> Posture:
    return Posture(_bends(random, 0, 1), random.uniform(2.0, 4.0), _thumb_in(random))


def _rock(random: Random) -> Posture:
    return Posture(_bends(random, 0, 3), random.uniform(0, 2), _thumb_any(random))


def _call(random: Random) -> Posture:
    return Posture(_bends(random, 3), random.uniform(0, 2.5), _thumb_out(random, 0, 75))


_TOUCHING = np.full(3, np.nan)
"""The thumb reaches for the tip of the index finger."""


def _index_to_thumb(random: Random, bends: Array) -> Array:
    bends[0] = np.radians((random.uniform(40, 62), random.uniform(42, 68), random.uniform(10, 40)))
    return bends


def _ok(random: Random) -> Posture:
    bends = _index_to_thumb(random, _bends(random, 1, 2, 3))
    bends[1:, 0] += np.radians((random.uniform(0, 25), random.uniform(0, 15), random.uniform(-5, 8)))
    return Posture(bends, random.uniform(0, 2.2), _TOUCHING)


def _pinch(random: Random) -> Posture:
    bends = _index_to_thumb(random, _bends(random, tight=random.uniform(0.75, 1.0)))
    return Posture(bends, random.uniform(-0.3, 0.6), _TOUCHING)


def _other(random: Random) -> Posture:
    """A hand that means nothing: relaxed, half closed, or with fingers stretched that no shape has."""
    kind = random.integers(5)
    if kind == 0:
        return _relaxed(random)
    if kind == 1:  # two fingers side by side
        return Posture(_bends(random, 0, 1), random.uniform(-1.0, 0.6), _thumb_any(random))
    if kind == 2:  # as many as no shape has
        fingers: tuple[int, ...] = ((0, 1, 2), (1, 2, 3), (1,), (3,), (2, 3), (1, 2), (0, 1, 3))[random.integers(7)]
        return Posture(_bends(random, *fingers), random.uniform(0, 2), _thumb_in(random))
    if kind == 3:  # some fingers half way
        bends = _bends(random, *np.flatnonzero(random.random(4) < 0.5).tolist())
        for finger in random.permutation(4)[: random.integers(2, 4)]:
            bends[finger] = _CURLED * random.uniform(0.8, 1.2)
        return Posture(bends, random.uniform(0, 1.5), _thumb_any(random))
    return _gripping(random)


def _relaxed(random: Random) -> Posture:
    bends = np.tile(_CURLED, (4, 1)) * random.uniform(0.5, 1.25, (4, 1)) + random.normal(0, np.radians(6), (4, 3))
    return Posture(bends, random.uniform(-0.2, 1.2), _thumb_any(random))


def _gripping(random: Random) -> Posture:
    """Around a cup, or a brush."""
    bends = np.tile(np.radians((20, 40, 25)), (4, 1)) * random.uniform(0.9, 1.4)
    return Posture(bends, random.uniform(-0.5, 0.3), np.array((0.25, 0.9, 0.75)) + random.normal(0, 0.08, 3))


def _any(random: Random) -> Posture:
    """Each finger for itself: stretched, folded, curled or anything between; the thumb anywhere."""
    anyhow = np.radians(random.uniform((0, 0, 0), (80, 100, 50), (4, 3)))
    ways = np.stack((np.tile(_STRETCHED, (4, 1)), np.tile(_FOLDED, (4, 1)), np.tile(_CURLED, (4, 1)), anyhow))
    bends = ways[random.integers(len(ways), size=4), np.arange(4)]
    reach = random.uniform((-0.3, 0.1, 0.0), (1.3, 1.4, 0.6))
    return Posture(bends, random.uniform(-0.3, 2.5), _TOUCHING if random.random() < 0.15 else reach)


_MAKERS: dict[str, Callable[[Random], Posture]] = {
    "open": _open,
    "closed": _closed,
    "pointing": _pointing,
    "thumb": _thumb_shape,
    "victory": _victory,
    "ok": _ok,
    "rock": _rock,
    "call": _call,
    "pinch": _pinch,
    "other": _other,
    "relaxed": _relaxed,
    "gripping": _gripping,
    "any": _any,
}
