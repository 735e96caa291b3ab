"""The chart of gestures in docs/gestures.md: each shape by the hand of bones that also trains the classifier.

`PYTHONPATH=scripts .venv/bin/python -m house.gesture_chart` draws it anew. Look at it before you keep it.
"""

import sys
from typing import Any, Final

import numpy as np

from house.configuration import REPOSITORY
from house.gestures.hand_model import Array, about, points_of, shape_of

CHART: Final = REPOSITORY / "docs/images/gestures.svg"

POSES: Final = {
    "palm": ("open", 0, 0),
    "fist": ("closed", 0, 0),
    "pointing_up": ("pointing", 0, 0),
    "thumb_up": ("thumb", 57, 0),
    "thumb_down": ("thumb", -123, 0),
    "victory": ("victory", 0, 0),
    "ok": ("ok", 0, 55),
    "pinch": ("pinch", 0, 55),
    "rock": ("rock", 0, 0),
    "call": ("call", 0, 0),
}
"""By gesture, its shape; and the degrees by which the hand is turned to the right, and to the side."""
MOTIONS: Final = {
    "swipe_left": "M 8 0 H -38",
    "swipe_right": "M -8 0 H 38",
    "swipe_up": "M 0 8 V -38",
    "swipe_down": "M 0 -8 V 38",
    "wave": "M -34 -24 Q 0 -46 34 -24 Q 0 -34 -30 -14",
    "circle_clockwise": "M 0 -38 A 38 38 0 1 1 -20 -32",
    "circle_counter_clockwise": "M 0 -38 A 38 38 0 1 0 20 -32",
}
"""The way of the hand's middle."""
COLUMNS, WIDTH, HEIGHT = 6, 165, 170
_PALM: Final = (0, 1, 5, 9, 13, 17)
_FINGERS: Final = ((1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12), (13, 14, 15, 16), (17, 18, 19, 20))


class _Mean:
    """In place of chance: the middle of whatever it is asked for."""

    def normal(self, middle: Any, _deviation: Any, size: Any = None) -> Any:
        return np.broadcast_to(np.asarray(middle, float), size or np.shape(middle))

    def uniform(self, low: float, high: float) -> float:
        return (low + high) / 2

    def random(self) -> float:
        return 0.5


def main() -> int:
    """Draw the chart."""
    CHART.write_text(chart())
    return 0


def chart() -> str:
    """All gestures with their names, as SVG."""
    cells = [(name, hand(*shape)) for name, shape in POSES.items()]
    still = hand(*POSES["palm"])
    cells += [(name, f'<g opacity=".45">{still}</g>{_arrow(way)}') for name, way in MOTIONS.items()]
    drawn = [
        f'<g transform="translate({WIDTH * (at % COLUMNS) + WIDTH // 2} {HEIGHT * (at // COLUMNS) + 80})">{picture}'
        f'<text y="76">{name}</text></g>'
        for at, (name, picture) in enumerate(cells)
    ]
    width, height = WIDTH * COLUMNS, HEIGHT * -(-len(cells) // COLUMNS)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">\n'
        "<title>The gestures that every mirror knows</title>\n"
        "<style>text { font: 13px sans-serif; text-anchor: middle; fill: #222 } "
        "path { fill: none; stroke-linecap: round; stroke-linejoin: round }</style>\n"
        f'<rect width="{width}" height="{height}" rx="12" fill="#fff"/>\n' + "\n".join(drawn) + "\n</svg>\n"
    )


def hand(shape: str, right: float, aside: float) -> str:
    """A right hand as its owner sees it in the mirror."""
    mean: Any = _Mean()
    points = points_of(shape_of(shape, mean), mean) * (-1, -1, 1) @ about(1, aside).T @ about(2, right).T
    flat = points[:, :2]
    flat = (flat - (flat.max(axis=0) + flat.min(axis=0)) / 2) * 50
    palm = [*flat[list(_PALM)], flat[0] + (flat[17] - flat[5]) * 0.35]
    fingers = sorted(_FINGERS, key=lambda finger: points[finger[-1], 2])
    parts = [_stroke(palm, 17, closed=True), *(_stroke(flat[list(finger)], 11) for finger in fingers)]
    return "".join(parts)


def _stroke(points: list[Array] | Array, width: float, *, closed: bool = False) -> str:
    """A thick line with an outline; filled, where it is closed."""
    way = "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points) + ("Z" if closed else "")
    fill = ' style="fill:#dde5e9"' if closed else ""
    return (
        f'<path d="{way}" stroke="#37474f" stroke-width="{width + 3:g}"/>'
        f'<path d="{way}" stroke="#dde5e9" stroke-width="{width:g}"{fill}/>'
    )


def _arrow(way: str) -> str:
    head = '<marker id="head" viewBox="0 0 6 6" refX="3" refY="3" markerWidth="4" markerHeight="4" orient="auto">'
    tip = f'<defs>{head}<path d="M0 0L6 3L0 6Z" style="fill:#1565c0"/></marker></defs>'
    return f'{tip}<path d="{way}" stroke="#1565c0" stroke-width="6" marker-end="url(#head)"/>'


if __name__ == "__main__":
    sys.exit(main())
