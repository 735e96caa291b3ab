"""What people do before a mirror that is no gesture: walking by, talking with their hands, teeth, hair, rest."""

import math
from collections.abc import Callable

import numpy as np

from house.gestures.hand_model import Array, Random
from house.gestures.tracks import PICTURE, Actor, Film, Way, eased


def _passing(actor: Actor, random: Random) -> None:
    """Somebody walks by: a hand crosses the picture, swinging, relaxed."""
    side = 1 if random.random() < 0.5 else -1
    seconds = random.uniform(0.5, 1.6)
    actor.at = (-20.0 if side > 0 else PICTURE[0] + 20.0, random.uniform(0.4, 0.95) * PICTURE[1])
    wide = side * (PICTURE[0] + 40) / actor.palm
    actor.show(
        actor.shape(random.choice(["relaxed", "closed", "open"])),
        seconds,
        lambda s: (wide * s / seconds, 0.4 * math.sin(6 * s)),
        turned=random.choice([0.0, 150.0, 180.0]),
        lost=0.1,
    )


def _about(actor: Actor, random: Random) -> None:
    """Somebody talks with their hands: smooth ways in all directions, shapes that change."""
    for _ in range(random.integers(3, 8)):
        tones = [(random.uniform(0.2, 1.4), random.uniform(0, 6.28), random.normal(0, 0.8, 2)) for _ in range(4)]
        actor.at = (random.uniform(0.3, 0.7) * PICTURE[0], random.uniform(0.4, 0.8) * PICTURE[1])

        def way(s: float, tones: list[tuple[float, float, Array]] = tones) -> tuple[float, float]:
            x, y = sum((tone * math.sin(6.28 * hertz * s + phase) for hertz, phase, tone in tones), np.zeros(2))
            return float(x), float(y)

        shape = actor.shape(random.choice(["relaxed", "other", "open", "closed", "pointing"]))
        actor.show(shape, random.uniform(0.5, 1.5), way, turned=random.uniform(-60, 60), lost=0.05)


def _brushing(actor: Actor, random: Random) -> None:
    """Somebody brushes their teeth: a closed hand near the middle, to and fro, quickly, in bouts."""
    points = actor.shape("closed" if random.random() < 0.6 else "gripping")
    turned = random.choice([-70.0, 70.0]) + random.normal(0, 15)
    for _ in range(random.integers(2, 6)):
        actor.show(points, random.uniform(1.5, 5), _scrub(random), turned=turned, lost=0.03)
        aside = eased(random.normal(0, 0.4), random.normal(0, 0.4), 0.4)
        actor.show(points, random.uniform(0.1, 0.4), aside, turned=turned)


def _scrub(random: Random) -> Way:
    """To and fro, a little aside, a little round."""
    hertz, swing = random.uniform(2.5, 5), random.uniform(0.1, 0.5)
    slant, small = random.uniform(-0.7, 0.7), random.uniform(0, 0.12)

    def way(s: float) -> tuple[float, float]:
        angle = 2 * math.pi * hertz * s
        return swing * math.sin(angle), slant * swing * math.sin(angle) + small * math.cos(angle)

    return way


def _hair(actor: Actor, random: Random) -> None:
    """Somebody does their hair: a hand is raised from below, fiddles high up, and is lowered."""
    actor.at = (random.uniform(0.3, 0.7) * PICTURE[0], PICTURE[1] - 5.0)
    shape, up = actor.shape(random.choice(["relaxed", "gripping"])), random.uniform(2.0, 4.0)
    seconds = random.uniform(0.4, 0.9)
    actor.show(shape, seconds, eased(random.normal(0, 0.5), -up, seconds), lost=0.05)
    hertz, wide, high = random.uniform(0.5, 2), random.uniform(0.05, 0.6), random.uniform(0.05, 0.6)
    actor.show(
        shape,
        random.uniform(1, 5),
        lambda s: (wide * math.sin(6.28 * hertz * s), high * math.sin(5.1 * hertz * s)),
        turned=random.uniform(-40, 40),
    )
    actor.show(shape, seconds, eased(random.normal(0, 0.5), up, seconds), lost=0.05)


def _resting(actor: Actor, random: Random) -> None:
    """A relaxed hand keeps still: on the basin, at the chin, hanging."""
    turned = random.choice([random.uniform(-180, 180), random.uniform(-40, 40)])
    shape = actor.shape(random.choice(["relaxed", "gripping"]))
    actor.show(shape, random.uniform(1, 4), lambda s: (0.05 * math.sin(s), 0.05 * math.cos(1.3 * s)), turned=turned)


def _flicker(actor: Actor, random: Random) -> None:
    """No hand at all: what the models take for one for a frame or two, in one place or another."""
    for _ in range(random.integers(5, 20)):
        actor.at = (random.uniform(0, PICTURE[0]), random.uniform(0, PICTURE[1]))
        shape = actor.shape(random.choice(["open", "closed", "other", "thumb", "pinch"]))
        actor.show(shape + random.normal(0, 0.15, shape.shape), float(random.integers(1, 4)) / 30, lost=0.3)
        actor.absent(random.uniform(0.03, 0.6))


NON_GESTURES: dict[str, Callable[[Actor, Random], None]] = {
    "passing": _passing,
    "waving about": _about,
    "brushing teeth": _brushing,
    "doing hair": _hair,
    "resting": _resting,
    "flicker": _flicker,
}


def nothing(kind: str, random: Random, rate: float = 15) -> Film:
    """Some seconds of what is no gesture."""
    actor = Actor(random, rate)
    NON_GESTURES[kind](actor, random)
    actor.absent(random.uniform(0.4, 0.8))
    return Film(frames=actor.frames)
