"""A trained net: how sure it may be, when it stays where it is, and its file."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Literal, NamedTuple

import numpy as np

from house.network import Numbers
from house.training import training
from house.training.calibration import best_temperature, calibration_error, conformal_limit, covered, softmax
from house.training.rooms import FIGURES
from house.training.training import Each, Learned, room_year, watch
from house.training.years import INPUTS, Net, RoomYear
from mira_sidecar.subjects.windows.core.slice import RoomKind
from mira_sidecar.subjects.windows.model.format import InputOf, KindOf, Layer, Manifest, write
from mira_sidecar.subjects.windows.model.inputs import INPUTS as KNOWN
from mira_sidecar.subjects.windows.simulator.climates import CLIMATES, HELD_BACK

CALIBRATED_ON, _CALIBRATION_SEEDS = 5, (401, 402, 403, 404)
_MEASURED_SEEDS = (2, 5)
_STAYS = (0.0, 0.1, 0.2, 0.3, 0.4)
_RUNS = 7.0
"""A day: below the eight that are the limit in climates that it has not seen."""
_BALANCED = 1
_ASKED = 6
STEPS = training.STEPS + (2 + len(_STAYS)) * len(_CALIBRATION_SEEDS)
_MAY_BE_MISSING = ("usually_there", "quiet")


class Judged(NamedTuple):
    """A net with what was measured of it."""

    net: Net
    conformal: Mapping[Literal["90", "95"], float]
    figures: Mapping[str, float]


def judge(kind: RoomKind, net: Net, each: Each) -> Judged:
    """Calibrate it, in a climate that it was not trained with."""
    asked = [(CLIMATES[CALIBRATED_ON], seed) for seed in _CALIBRATION_SEEDS]
    years = [year._replace(setting=_BALANCED) for year in each(partial(room_year, kind), asked)]
    learned = [one for _, one in each(partial(watch, kind, net=net, each=_ASKED), years)]
    outputs, right = answers_of(net, learned)
    net = net._replace(temperature=best_temperature(outputs, right))
    likely = softmax(outputs, net.temperature)
    net = net._replace(stay=_stay(kind, net, years, each))
    conformal: dict[Literal["90", "95"], float] = {
        "90": conformal_limit(likely, right, 0.90),
        "95": conformal_limit(likely, right, 0.95),
    }
    agreement = float((likely.argmax(axis=1) == right).mean())
    return Judged(net, conformal, {"agreement": agreement, "ece": calibration_error(likely, right)})


def _stay(kind: RoomKind, net: Net, years: Sequence[RoomYear], each: Each) -> float:
    """The least with which the motor runs seldom enough."""
    runs = []
    for stay in _STAYS:
        lived = each(partial(watch, kind, net=net._replace(stay=stay)), years)
        figures = np.sum([one for one, _ in lived], axis=0)
        runs.append(figures[FIGURES.index("runs")] / figures[FIGURES.index("days")])
    return next((stay for stay, one in zip(_STAYS, runs, strict=True) if one <= _RUNS), _STAYS[-1])


def measure(kind: RoomKind, judged: Judged, each: Each) -> dict[str, float]:
    """How sure it may be, in the climates that are kept back and rooms of other seeds, against the teacher."""
    asked = [(CLIMATES[one], seed) for one in HELD_BACK for seed in _MEASURED_SEEDS]
    years = [year._replace(setting=_BALANCED) for year in each(partial(room_year, kind), asked)]
    learned = [one for _, one in each(partial(watch, kind, net=judged.net, each=_ASKED), years)]
    outputs, right = answers_of(judged.net, learned)
    likely = softmax(outputs, judged.net.temperature)
    return {
        "agreement": float((likely.argmax(axis=1) == right).mean()),
        "within a step": float((abs(likely.argmax(axis=1) - right) <= 1).mean()),
        "ECE before": calibration_error(softmax(outputs), right),
        "ECE": calibration_error(likely, right),
        "covered of 90 %": covered(likely, right, judged.conformal["90"]),
        "covered of 95 %": covered(likely, right, judged.conformal["95"]),
        "one answer": float(((1 - likely <= judged.conformal["90"]).sum(axis=1) == 1).mean()),
    }


def answers_of(net: Net, learned: Sequence[Learned]) -> tuple[Numbers, np.ndarray]:
    """What it puts out, and the steps that are right, in the balanced setting."""
    inputs = np.concatenate([one.inputs for one in learned])
    inputs[:, INPUTS.index("saving")] = 0.5
    values: Numbers = training.scaled(inputs, net.mean, net.scale).astype(float)
    hidden = np.maximum(values @ net.w0 + net.b0, 0)
    hidden = np.maximum(hidden @ net.w1 + net.b1, 0)
    answers = np.concatenate([one.answers for one in learned])[:, _BALANCED]
    return hidden @ net.w2 + net.b2, training.steps_of(answers)


def packed(name: str, kinds: Mapping[RoomKind, Judged]) -> bytes:
    """The file of a model."""
    manifest = Manifest(
        format=1,
        id=name,
        ladder=[0, 5, 10, 25, 50, 100],
        kinds={kind: _described(judged) for kind, judged in kinds.items()},
        by="scripts/train-windows: simulated rooms in the climates "
        + ", ".join(map(str, training.CLIMATES_OF))
        + f" and two hotter ones, calibrated on {CALIBRATED_ON}",
    )
    return write(manifest, {kind: _layers(judged.net) for kind, judged in kinds.items()})


def _layers(net: Net) -> list[Layer]:
    pairs = ((net.w0[_used(net)], net.b0), (net.w1, net.b1), (net.w2, net.b2))
    return [(weights.T.tolist(), biases.tolist()) for weights, biases in pairs]


def _used(net: Net) -> np.ndarray:
    """Which inputs it goes by."""
    return np.asarray(net.w0.any(axis=1))


def _described(judged: Judged) -> KindOf:
    net = judged.net
    numbers = zip(INPUTS, net.mean.tolist(), net.scale.tolist(), _used(net), strict=True)
    return KindOf(
        inputs=[InputOf(name, KNOWN[name].unit, mean, scale) for name, mean, scale, used in numbers if used],
        hidden=list(training.HIDDEN),
        usual={name: float(net.mean[INPUTS.index(name)]) for name in _MAY_BE_MISSING},
        calibration_temperature=net.temperature,
        conformal=dict(judged.conformal),
        stay=net.stay,
        figures={name: round(value, 4) for name, value in judged.figures.items()},
    )


def in_words(figures: Mapping[str, float]) -> str:
    """On a line."""
    return ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
