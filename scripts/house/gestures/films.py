"""Folders of films with a known truth, made from photographs of hands: for `mira-sidecar gestures evaluate`."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from house.gestures.hand_model import Random
from house.gestures.tracks import SWIPES
from house.hand_video import Place, Scene, Stretch
from mira_sidecar.subjects.gesture.worker.truth import Shown, Truth

POSES = {"four": "palm", "pointing_up": "pointing_up", "thumb_down": "thumb_down", "rock": "rock"}
"""What the photographs of testdata show, by the beginning of their names."""


def write(folder: Path, photographs: Path, random: Random, *, each: int, progress: Callable[[str], None]) -> None:
    """Films of each pose and swipe, and as many of nothing, into the folder."""
    palms = sorted(photographs.glob("four_*.png"))
    for number in range(each):
        for name in SWIPES:
            _write(folder / f"{name}_{number:02}", _scene(palms, random), *swipe(name, random))
        for beginning, name in POSES.items():
            shown = sorted(photographs.glob(f"{beginning}_*.png"))
            _write(folder / f"{name}_{number:02}", _scene(shown, random), *pose(name, random))
        for name, film in NOTHING.items():
            _write(folder / f"{name}_{number:02}", _scene(palms, random), film(random), [])
        progress(f"filming, round {number + 1} of {each}")


def _scene(photographs: list[Path], random: Random) -> Scene:
    """A hand of some size and lean, in some light, with noise and blur, some with a sleeve."""
    return Scene(
        photograph=photographs[random.integers(len(photographs))],
        hand_height=float(random.uniform(0.38, 0.5)),
        noise=float(random.uniform(2, 8)),
        angle=float(random.uniform(-15, 15)),
        light=float(random.uniform(0.6, 1.1)),
        blur=float(random.uniform(0, 1 / 60)),
        covered=float(random.choice([0.0, 0.08])),
        seed=int(random.integers(1 << 30)),
    )


def _write(path: Path, scene: Scene, stretches: list[Stretch], shown: list[Shown]) -> None:
    scene.write(path.with_suffix(".avi"), *stretches)
    path.with_suffix(".json").write_bytes(msgspec.json.encode(Truth(gestures=shown)))


def swipe(name: str, random: Random, *, rested_s: float | None = None) -> tuple[list[Stretch], list[Shown]]:
    """Rest, for about half a second where it is not said, a swipe of some speed and slant in the picture, rest."""
    right, down = SWIPES[name]
    length = float(random.uniform(0.4, 0.5)) if right else float(random.uniform(0.42, 0.5))
    aside = float(random.uniform(-0.06, 0.06))
    start = (0.5 - right * length / 2 - abs(down) * aside, 0.5 - down * length / 2 - abs(right) * aside)
    end = (0.5 + right * length / 2 + abs(down) * aside, 0.5 + down * length / 2 + abs(right) * aside)
    rest = rested_s or float(random.uniform(0.4, 0.6))
    seconds = float(random.uniform(0.2, 0.4))
    stretches = [
        Stretch(seconds=0.3),
        Stretch(seconds=rest, start=start),
        Stretch(seconds=seconds, start=start, end=end),
        Stretch(seconds=0.4, start=end),
        Stretch(seconds=0.7),
    ]
    return stretches, [Shown(name, round(0.3 + rest, 3), round(0.3 + rest + seconds, 3))]


def pose(name: str, random: Random) -> tuple[list[Stretch], list[Shown]]:
    """A hand that is there, is held, and is gone."""
    place = (float(random.uniform(0.3, 0.7)), float(random.uniform(0.4, 0.6)))
    held = float(random.uniform(1.2, 1.6))
    stretches = [Stretch(seconds=0.4), Stretch(seconds=held, start=place), Stretch(seconds=0.9)]
    return stretches, [Shown(name, 0.4, round(0.4 + held, 3))]


def _passing(random: Random) -> list[Stretch]:
    """A hand that crosses the picture."""
    high, seconds = float(random.uniform(0.3, 0.8)), float(random.uniform(0.5, 1.2))
    side = random.choice([-1, 1])
    start, end = (0.5 - 0.7 * side, high), (0.5 + 0.7 * side, high)
    return [Stretch(seconds=0.3), Stretch(seconds=seconds, start=start, end=end), Stretch(seconds=0.8)]


def _brushing(random: Random) -> list[Stretch]:
    """A hand that goes to and fro a little, quickly."""
    middle: Place = (float(random.uniform(0.4, 0.6)), float(random.uniform(0.45, 0.65)))
    swing, seconds = float(random.uniform(0.01, 0.04)), float(random.uniform(0.1, 0.16))
    left, right = (middle[0] - swing, middle[1]), (middle[0] + swing, middle[1] + swing / 3)
    scrubs = [
        Stretch(seconds=seconds, start=one, end=other)
        for turn in range(20)
        for one, other in [(left, right) if turn % 2 else (right, left)]
    ]
    return [Stretch(seconds=0.2), *scrubs, Stretch(seconds=0.8)]


def _raised(random: Random) -> list[Stretch]:
    """A hand that is raised from below, is somewhere for a moment, and is lowered."""
    x, y = float(random.uniform(0.3, 0.7)), float(random.uniform(0.35, 0.6))
    up = float(random.uniform(0.25, 0.6))
    below, there = (x, 1.3), (x, y)
    return [
        Stretch(seconds=0.3),
        Stretch(seconds=up, start=below, end=there),
        Stretch(seconds=0.3, start=there),
        Stretch(seconds=up, start=there, end=below),
        Stretch(seconds=0.8),
    ]


def _empty(_random: Random) -> list[Stretch]:
    return [Stretch(seconds=3.0)]


NOTHING: dict[str, Callable[[Random], list[Stretch]]] = {
    "passing": _passing,
    "brushing": _brushing,
    "raised": _raised,
    "empty": _empty,
}
