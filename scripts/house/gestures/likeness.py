"""Fits the measure by which gestures that people taught are compared: how alike two hands' postures are."""

import numpy as np

from house.gestures.hand_model import SHAPES, again, points_of, seen, shape_of
from mira_sidecar.subjects.gesture.worker.classifier import FEATURES, Rows, features

_POSTURES = 600
_VIEWS = 12
"""Of each posture, of one hand."""
_NAMES = (*SHAPES, "relaxed", "gripping")
"""Half of the postures; the others are of any kind."""
_ASIDE = 45.0
"""Degrees that a hand is turned at most."""
_DIRECTIONS = 24
"""On the recordings 12 were worse, and 40 with hands of bones."""
_SHRUNK = 0.02
"""Of the mean variance, added to each measure's: some hardly vary between views, and are not to decide alone."""


def fitted(without: str | None = None, seed: int = 1) -> Rows:
    """The measure (151, 24), fitted `without` a shape.

    The directions in which postures differ most, against how much the same one differs between views, and its spread
    between views is 1 in each (linear discriminant analysis, Fisher, 1936, for many classes).
    """
    random = np.random.default_rng(seed)
    names = [name for name in _NAMES if name != without]
    rows = np.stack(
        [_views(names[random.integers(len(names))], random) for _ in range(_POSTURES // 2)]
        + [_views("any", random) for _ in range(_POSTURES - _POSTURES // 2)]
    ).astype(np.float64)
    means = rows.mean(axis=1)
    off = (rows - means[:, np.newaxis]).reshape(-1, FEATURES)
    within = off.T @ off / (_POSTURES * (_VIEWS - 1))
    within += _SHRUNK * np.trace(within) / FEATURES * np.eye(FEATURES)
    whitened = np.linalg.cholesky(np.linalg.inv(within))
    _, directions = np.linalg.eigh(whitened.T @ np.cov(means.T) @ whitened)
    measure: Rows = (whitened @ directions[:, : -_DIRECTIONS - 1 : -1]).astype(np.float32)
    return measure


def _views(name: str, random: np.random.Generator) -> Rows:
    """What one hand in one posture looks like: (views, 151)."""
    posture, hand = shape_of(name, random), int(random.integers(1 << 32))
    views = [
        seen(points_of(again(posture, random), np.random.default_rng(hand)), random, aside=_ASIDE)
        for _ in range(_VIEWS)
    ]
    return features(np.array(views, np.float32))
