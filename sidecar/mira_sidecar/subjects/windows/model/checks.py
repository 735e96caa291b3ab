"""What a model must never do, tried before it is used: answers against what is known.

Its answers are finite whatever it is asked: weights and inputs are bounded. Its mean opening is looked at on a grid of
situations, not its likeliest step: that jumps. `SLACK` is allowed.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from mira_sidecar.subjects.windows.core.planner import Readings
from mira_sidecar.subjects.windows.core.slice import RoomKind
from mira_sidecar.subjects.windows.model.format import Model
from mira_sidecar.subjects.windows.model.inputs import Situation
from mira_sidecar.subjects.windows.model.net import Net, expected, net_for

SLACK = 5.0
"""Percent of opening."""
_POSITIONS = (0, 10, 100)
_MILD = Readings(temperature=22.0, humidity=50.0, outdoor_temperature=12.0, outdoor_mean=12.0, wind=3.0)


class Rule(NamedTuple):
    """One reading rises, and the window may not be opened further by that, or less far."""

    text: str
    starts: Sequence[Readings]
    steps: Callable[[Readings], Sequence[Readings]]
    opens: bool
    """False: never further. True: never less far."""


def _each(name: str, *steps: float) -> Callable[[Readings], Sequence[Readings]]:
    changes: list[dict[str, Any]] = [{name: step} for step in steps]
    return lambda start: [start._replace(**change) for change in changes]


_HOT = [
    _MILD._replace(temperature=inside, outdoor_temperature=inside, outdoor_mean=21.0, humidity=humidity, occupied=there)
    for inside in (27.0, 29.0, 31.0)
    for humidity in (40.0, 55.0)
    for there in (False, True)
]
_ROOMS = [
    _MILD._replace(temperature=inside, humidity=humidity, outdoor_temperature=outside, occupied=True)
    for inside in (20.0, 23.0, 26.0)
    for humidity in (45.0, 65.0)
    for outside in (2.0, 12.0, 18.0)
]
RULES = (
    Rule(
        "In a hot room it opens further the hotter it is outside.",
        _HOT,
        lambda start: [start._replace(outdoor_temperature=start.temperature + by) for by in (0.0, 2.0, 4.0, 6.0, 8.0)],
        opens=False,
    ),
    Rule("In the rain it opens further than without.", _ROOMS, _each("rain", False, True), opens=False),
    Rule("In a storm it opens further than in a light wind.", _ROOMS, _each("wind", 3.0, 12.0), opens=False),
    Rule(
        "In a room that is too hot it opens less far than in one that is not, with cooler air outside.",
        [_MILD._replace(outdoor_temperature=15.0, outdoor_mean=18.0, occupied=there) for there in (False, True)],
        _each("temperature", 22.0, 30.0),
        opens=True,
    ),
    Rule(
        "With people in the room it opens less far the more CO2 there is.",
        [room for room in _ROOMS if room.humidity < 60],
        _each("co2", 600.0, 1_000.0, 1_800.0),
        opens=True,
    ),
)


def objections(model: Model) -> list[str]:
    """What speaks against using a model, a sentence each; none where it may be used."""
    return [f"The model for {kind} is not used. {why}" for kind in model.layers for why in _against(kind, model)]


def _against(kind: RoomKind, model: Model) -> Iterator[str]:
    net = net_for(model, kind)
    for rule in RULES:
        if found := _broken(net, rule):
            yield f"{rule.text} {found}"


def _broken(net: Net, rule: Rule) -> str | None:
    """The worst case of it, in words; None where it is kept."""
    worst = max((_excess(net, rule, start, position) for start, position in _cases(rule)), key=lambda case: case[0])
    if worst[0] <= SLACK:
        return None
    _, before, after = worst
    return f"In one of the cases that were tried, it goes from {before:.0f}% to {after:.0f}%, in the mean."


def _cases(rule: Rule) -> Iterator[tuple[Readings, int]]:
    return itertools.product(rule.starts, _POSITIONS)


def _excess(net: Net, rule: Rule, start: Readings, position: int) -> tuple[float, float, float]:
    """By how much an answer is wrong at most on the way up: from which mean opening, to which."""
    means = [
        expected(net.probabilities(Situation.of(step, position, net.saving, net.of.usual)))
        for step in rule.steps(start)
    ]
    pairs = itertools.combinations(means, 2)
    sign = -1 if rule.opens else 1
    return max((sign * (after - before), before, after) for before, after in pairs)
