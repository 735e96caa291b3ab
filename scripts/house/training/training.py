"""Trains the net of a kind of room: it watches the teacher, tries itself, and is told what would have been better."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np

from house.network import Network, Numbers, Rows
from house.training.tapes import Walls, tape_of
from house.training.teacher import LADDER_STEPS, PLANS, SAVINGS, WEIGHTS, WRONG_BY
from house.training.years import INPUTS, Lessons, Net, RoomYear, live
from mira_sidecar.subjects.windows.core.slice import RoomKind
from mira_sidecar.subjects.windows.simulator.climates import CLIMATES, Climate, made
from mira_sidecar.subjects.windows.simulator.year import Scene

HIDDEN = (48, 48)
CLIMATES_OF = (1, 3, 4, 7, 10, 2, 6, 8, 11, 14)
_FIRST_SEED = 101
HOT = (Climate("A hot summer", 13.5, 11.5, 5.5, 2.6, 0.05), Climate("Hot and humid", 15.5, 9.5, 4.0, 3.2, 0.09))
"""Warmer than any of ours: what a net has never seen it does not know."""
WATCHED = 3
"""Rooms in which the teacher moves the window, before the net tries."""
ASKED = 6
"""The teacher is asked at each sixth plan of the net."""
_MISSING = {"usually_there": 0.15, "quiet": 0.1}
"""How often a reading is left out, which a house may not have."""
_EPOCHS = (4, 4, 8)
"""Of each round of fitting; after each but the last, the net tries itself in all rooms."""
STEPS = WATCHED + (len(_EPOCHS)) * (len(CLIMATES_OF) + len(HOT))
"""Years that are made or lived."""
_BATCH = 512
_RARE = 0.03
_AT = {name: place for place, name in enumerate(INPUTS)}
_SAVING = _AT["saving"]


UNSEEN = ("position", "since_run_h")
"""Inputs that the net is not shown. The teacher mostly leaves a window where it is: a net that sees where that is
learns to leave it there, and nothing else. That it moves seldom is what `stay` is for."""


class Learned(NamedTuple):
    """What came up in a year, and what the teacher said to it in each setting."""

    inputs: Numbers
    answers: Numbers


class Each(Protocol):
    """Does something with each of these, some at a time, in their order."""

    def __call__[T, R](self, what: Callable[[T], R], things: Iterable[T]) -> Iterable[R]:
        """What it comes to."""


def room_year(kind: RoomKind, asked: tuple[Climate, int]) -> RoomYear:
    """A room of this kind in this climate, of this seed."""
    climate, seed = asked
    scene = Scene.of(kind, seed, made(climate, seed))
    walls = Walls.of(scene)
    known = walls.mistaken(np.random.default_rng(seed), WRONG_BY)
    return RoomYear(walls, known, tape_of(scene), seed % len(SAVINGS))


def watch(
    kind: RoomKind, year: RoomYear, *, net: Net, each: int = 0, first: int = 0, watched: bool = False
) -> tuple[Numbers, Learned]:
    """The figures of a year, and what is learned in it."""
    figures, inputs, answers = live(year, net, Lessons(WEIGHTS[kind], PLANS, each, first, watched))
    return figures, Learned(inputs, answers)


def train(kind: RoomKind, each: Each) -> Net:
    """The net of a kind of room."""
    climates = [*(CLIMATES[number] for number in CLIMATES_OF), *HOT]
    asked = [(climate, _FIRST_SEED + number) for number, climate in enumerate(climates)]
    years = list(each(partial(room_year, kind), asked))
    random, net = np.random.default_rng(1), blank()
    first = partial(watch, kind, net=net, each=2, watched=True)
    learned = [one for _, one in each(first, years[:WATCHED])]
    for number, epochs in enumerate(_EPOCHS):
        net = fitted(learned, random, epochs)
        if number + 1 < len(_EPOCHS):
            learned += [one for _, one in each(partial(watch, kind, net=net, each=ASKED, first=number), years)]
    return net


def blank() -> Net:
    """A net that knows nothing."""
    inputs, (first, second), steps = len(INPUTS), HIDDEN, len(LADDER_STEPS)
    zeros = np.zeros
    return Net(
        *(zeros(inputs), np.ones(inputs), zeros((inputs, first)), zeros(first), zeros((first, second)), zeros(second)),
        *(zeros((second, steps)), zeros(steps), 1.0, 0.0),
    )


def fitted(learned: Sequence[Learned], random: np.random.Generator, epochs: int) -> Net:
    """A net that answers as the teacher did."""
    inputs = np.concatenate([one.inputs for one in learned])
    answers = steps_of(np.concatenate([one.answers for one in learned]))
    rare, steps = known(inputs, random)
    inputs, answers = np.concatenate((inputs, rare)), np.concatenate((answers, steps))
    mean, scale = np.nanmean(inputs, axis=0), np.nanstd(inputs, axis=0)
    mean[_SAVING] = scale[_SAVING] = 0.5
    scale[scale < 1e-6] = 1.0
    unseen = np.isin(INPUTS, UNSEEN)
    values = np.where(unseen, np.float32(0), scaled(inputs, mean, scale))
    network = Network((len(INPUTS), *HIDDEN, len(LADDER_STEPS)), random)
    batches = len(values) // _BATCH
    for _ in range(epochs):
        order = random.permutation(len(values))[: batches * _BATCH]
        for batch in order.reshape(-1, _BATCH):
            setting = random.integers(0, len(SAVINGS), _BATCH)
            rows = with_gaps(values[batch], random)
            rows[:, _SAVING] = 2 * np.array(SAVINGS)[setting] - 1
            network.learn(rows, answers[batch, setting], epochs * batches)
    weights = {name: each.astype(float) for name, each in network.weights.items()}
    # Of what was always the same nothing was learned.
    same = (inputs == inputs[0]).all(axis=0) & (np.array(INPUTS) != "saving")
    weights["w0"][same | unseen] = 0.0
    return Net(mean, scale, temperature=1.0, stay=0.0, **weights)


def known(inputs: Numbers, random: np.random.Generator) -> tuple[Numbers, np.ndarray]:
    """Situations with a clear answer which are too rare in years to be learned from them, and the steps.

    A storm, and a room that is too hot with hotter air outside: shut. One that is too hot with cooler air: open.
    """
    stormy, hot, cooled = (inputs[random.random(len(inputs)) < _RARE].copy() for _ in range(3))
    stormy[:, _AT["wind"]] = random.uniform(10, 18, len(stormy))
    for rows, low, high in ((hot, 0.5, 10.0), (cooled, -14.0, -3.0)):
        count, mean = len(rows), random.uniform(14, 25, len(rows))
        inside = too_warm_from(mean) + random.uniform(0.5, 6, count)
        rows[:, _AT["temperature"]], rows[:, _AT["outdoor_mean"]] = inside, mean
        rows[:, _AT["outdoor_temperature"]] = inside + random.uniform(low, high, count)
        rows[:, _AT["outdoor_moisture"]] = random.uniform(6, 14, count)
        rows[:, _AT["drier"]] = random.uniform(-6, 8, count)
    cooled[:, _AT["rain"]], cooled[:, _AT["wind"]] = 0.0, random.uniform(0, 7, len(cooled))
    rows = np.concatenate((stormy, hot, cooled))
    rows[:, _AT["warmer"]] = rows[:, _AT["temperature"]] - rows[:, _AT["outdoor_temperature"]]
    rows[:, _AT["too_warm"]] = rows[:, _AT["temperature"]] - too_warm_from(rows[:, _AT["outdoor_mean"]])
    warmer, wind = abs(rows[:, _AT["warmer"]]), rows[:, _AT["wind"]]
    rows[:, _AT["draught"]] = np.sqrt(0.01 + 0.001 * wind**2 + 0.0035 * warmer)
    steps = np.zeros((len(rows), len(SAVINGS)), int)
    steps[-len(cooled) :] = len(LADDER_STEPS) - 1
    return rows, steps


def too_warm_from(means: Numbers) -> Numbers:
    """As `core.air.too_warm`, of many."""
    return np.clip(0.33 * means + 20.8, 24.5, 28.0)


def scaled(inputs: Numbers, mean: Numbers, scale: Numbers) -> Rows:
    """As a net wants them."""
    values: Rows = np.nan_to_num(np.clip((inputs - mean) / scale, -5, 5)).astype(np.float32)
    return values


def with_gaps(values: Rows, random: np.random.Generator) -> Rows:
    """Rows in which some readings are missing."""
    rows = values.copy()
    for name, share in _MISSING.items():
        rows[random.random(len(rows)) < share, _AT[name]] = 0.0
    return rows


def steps_of(positions: Numbers) -> np.ndarray:
    """Their places on the ladder."""
    return np.searchsorted(LADDER_STEPS, positions - 1e-9)
