"""What the palm model's numbers mean: boxes with a wrist and a knuckle. Pure."""

from dataclasses import dataclass

import numpy as np

type Row = np.ndarray[tuple[int, ...], np.dtype[np.float32]]

PALM_SIZE = 192
"""The model's input, pixels on a side."""
_LAYERS = ((8, 2), (16, 6))
"""(stride in pixels, anchors in a cell) of the model's two layers: 24 x 24 x 2 + 12 x 12 x 6 = 2016."""
_MIN_SCORE = 0.5
_SAME_PALM = 0.3
"""Boxes that overlap by more of their union are the same palm."""


@dataclass(frozen=True, eq=False)
class Palm:
    """A palm: centre and size of its upright box, the wrist and the middle knuckle, in pixels."""

    x: float
    y: float
    width: float
    height: float
    wrist: Row
    knuckle: Row

    def scaled(self, scale: float, right: float, down: float) -> Palm:
        """The palm in another image: times `scale`, then moved."""
        by = np.array((right, down), np.float32)
        return Palm(
            self.x * scale + right,
            self.y * scale + down,
            self.width * scale,
            self.height * scale,
            self.wrist * np.float32(scale) + by,
            self.knuckle * np.float32(scale) + by,
        )


def _anchors() -> Row:
    """The centres that the boxes are relative to, in pixels: shape (2016, 2)."""
    layers = []
    for stride, count in _LAYERS:
        steps = (np.arange(PALM_SIZE // stride, dtype=np.float32) + np.float32(0.5)) * stride
        x, y = np.meshgrid(steps, steps)
        layers.append(np.stack((x, y), axis=-1).reshape(-1, 2).repeat(count, axis=0))
    anchors: Row = np.concatenate(layers)
    return anchors


_ANCHORS = _anchors()


def decode_palms(boxes: Row, scores: Row) -> list[Palm]:
    """The palms in the model's output, the surest first.

    `boxes` (2016, 18): centre, size and seven points, in pixels from the anchor; `scores` (2016,): logits.
    Boxes of the same palm are averaged by their scores (weighted non-maximum suppression, BlazeFace, 2019).
    """
    sure = 1 / (1 + np.exp(-np.clip(scores, -100, 100)))
    kept = np.flatnonzero(sure >= _MIN_SCORE)
    kept = kept[np.argsort(-sure[kept])]
    found = boxes[kept].reshape(-1, 9, 2).copy()
    found[:, [0, 2, 3, 4, 5, 6, 7, 8]] += _ANCHORS[kept][:, np.newaxis]
    weights = sure[kept]
    palms = []
    while len(found):
        same = _overlap(found[0], found) > _SAME_PALM
        same[0] = True
        mean = np.average(found[same], axis=0, weights=weights[same]).astype(np.float32)
        (x, y), (width, height) = mean[:2].tolist()
        palms.append(Palm(x, y, width, height, mean[2], mean[4]))
        found, weights = found[~same], weights[~same]
    return palms


def _overlap(one: Row, many: Row) -> Row:
    """Intersection over union of a box with each of many."""
    low = np.maximum(one[0] - one[1] / 2, many[:, 0] - many[:, 1] / 2)
    high = np.minimum(one[0] + one[1] / 2, many[:, 0] + many[:, 1] / 2)
    common = np.prod(np.clip(high - low, 0, None), axis=1)
    union = np.prod(one[1]) + np.prod(many[:, 1], axis=1) - common
    ratio: Row = common / np.maximum(union, 1e-6)
    return ratio
