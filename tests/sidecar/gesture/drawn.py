"""Hands drawn with numbers, where no photograph shows the pose or the movement."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np

from mira_sidecar.subjects.gesture.worker.hand import Hand, Points

# The back of a left hand, fingers up, the wrist at (0, 0), one palm long.
_KNUCKLES = {"index": (0.28, -0.95), "middle": (0.0, -1.0), "ring": (-0.24, -0.95), "little": (-0.45, -0.82)}
_STRETCHED = ((0, 0), (0, -0.4), (0, -0.65), (0, -0.85))
_FOLDED = ((0, 0), (0, -0.3), (0, -0.1), (0, 0.1))
_THUMB_IN = ((0.25, -0.2), (0.4, -0.45), (0.25, -0.65), (0.05, -0.7))
_THUMB_OUT = ((0.25, -0.2), (0.45, -0.4), (0.8, -0.45), (1.1, -0.45))
ALL = ("index", "middle", "ring", "little")


def drawn(
    *stretched: str,
    thumb_out: bool = False,
    spread: float = 0.0,
    turned: float = 0.0,
    at: tuple[float, float] = (320, 240),
    palm: float = 60,
) -> Hand:
    """A hand with these fingers stretched, `turned` degrees to the right, its wrist `at` these pixels."""
    points = [(0.0, 0.0), *(_THUMB_OUT if thumb_out else _THUMB_IN)]
    for number, (finger, (x, y)) in enumerate(_KNUCKLES.items()):
        shape = _STRETCHED if finger in stretched else _FOLDED
        points += [(x + dx + spread * (1 - number) * -dy, y + dy) for dx, dy in shape]
    angle = np.radians(turned)
    rotation = np.array(((np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))))
    landmarks: Points = (np.array(points) @ rotation * palm + np.array(at)).astype(np.float32)
    return Hand(landmarks=landmarks, handedness="left", score=1.0, picture=(640, 480))


def track(
    *stations: tuple[float, float, float], rate: float = 15, jitter: float = 0.0, turned: float = 0.0
) -> Iterator[tuple[float, Hand]]:
    """An open hand (palm 60 px) that passes stations (seconds, x, y) on straight lines: times in ms, and hands."""
    random = np.random.default_rng(1)
    for (start, x0, y0), (end, x1, y1) in pairwise(stations):
        for now in np.arange(start, end, 1 / rate):
            part = (now - start) / (end - start)
            x, y = np.array((x0 + part * (x1 - x0), y0 + part * (y1 - y0))) + random.normal(0, jitter, 2)
            yield now * 1000, drawn(*ALL, at=(x, y), turned=turned)


def still(seconds: float, hand: Hand | None, *, start: float = 0.0, rate: float = 15) -> Iterable[tuple[float, Hand]]:
    """The same hand for a while; None: no hand."""
    return [(now * 1000, hand) for now in np.arange(start, start + seconds, 1 / rate)]
