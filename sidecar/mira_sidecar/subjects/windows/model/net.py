"""A planner by a trained model: a small net for each kind of room. Pure; some 50 µs an answer, without a library."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mira_sidecar.subjects.windows.core.needs import Needs
from mira_sidecar.subjects.windows.core.planner import LADDER, Advice, Planner, Readings, nearest_step
from mira_sidecar.subjects.windows.core.slice import Feature, RoomKind
from mira_sidecar.subjects.windows.model.format import KindOf, Layer, Model
from mira_sidecar.subjects.windows.model.inputs import BEHIND, Situation, values

BALANCED = 0.5
_CLIP = 5.0
_TOLD = 3
_MATTERS = 1.0
"""Percent of opening by which an answer changes without a feature that is worth a word."""


@dataclass(frozen=True, slots=True)
class Net:
    """For one kind of room. `saving`: 0 comfort, 1 saving. `explains`: whether it says what mattered."""

    name: str
    of: KindOf
    layers: Sequence[Layer]
    saving: float = BALANCED
    explains: bool = True

    def advise(self, readings: Readings, position: int) -> Advice:
        """The likeliest step, unless the present one is nearly as likely."""
        situation = Situation.of(readings, position, self.saving, self.of.usual)
        likely = self.probabilities(situation)
        best, stays = max(likely), likely[LADDER.index(nearest_step(position))]
        advised = nearest_step(position) if best - stays < self.of.stay else LADDER[likely.index(best)]
        return Advice(advised, tuple(likely), self._mattered(situation, likely) if self.explains else ())

    def plausible(self, advice: Advice) -> tuple[int, ...]:
        """The steps of which one is the right one in nine of ten cases; empty where that was never measured."""
        limit = self.of.conformal.get("90")
        if limit is None:
            return ()
        return tuple(step for step, p in zip(LADDER, advice.probabilities, strict=True) if 1 - p <= limit)

    def probabilities(self, situation: Situation) -> list[float]:
        """Of each step of the ladder."""
        names = [one.name for one in self.of.inputs]
        row = [
            min(_CLIP, max(-_CLIP, (value - one.mean) / one.scale))
            for one, value in zip(self.of.inputs, values(names, situation), strict=True)
        ]
        for number, (weights, biases) in enumerate(self.layers):
            if number:
                row = [value if value > 0 else 0.0 for value in row]
            row = [math.sumprod(each, row) + bias for each, bias in zip(weights, biases, strict=True)]
        highest = max(row)
        grown = [math.exp((value - highest) / self.of.calibration_temperature) for value in row]
        total = sum(grown)
        return [value / total for value in grown]

    def _mattered(self, situation: Situation, likely: Sequence[float]) -> tuple[Feature, ...]:
        """Those without which the mean opening would be most different, were they as usual."""
        mean, changes = expected(likely), dict[Feature, float]()
        for feature in BEHIND:
            without = self.probabilities(situation.with_usual(feature, self.of.usual))
            changes[feature] = abs(expected(without) - mean)
        ranked = sorted(changes, key=lambda feature: -changes[feature])
        return tuple(feature for feature in ranked[:_TOLD] if changes[feature] >= _MATTERS)


def expected(likely: Sequence[float]) -> float:
    """The mean opening, in percent."""
    return math.sumprod(likely, LADDER)


def net_for(model: Model, kind: RoomKind, *, saving: float = BALANCED, explains: bool = True) -> Net:
    """The net for a kind of room. Raises KeyError where the model has none."""
    return Net(model.id, model.manifest.kinds[kind], model.layers[kind], saving, explains)


def planner_for(model: Model | None, kind: RoomKind, *, saving: float = BALANCED, explains: bool = True) -> Planner:
    """Who advises in a kind of room: the model, or `needs` where there is none for it."""
    if model is None or kind not in model.layers:
        return Needs(kind)
    return net_for(model, kind, saving=saving, explains=explains)
