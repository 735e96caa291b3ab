"""Waves and circles: what is one, what only looks like one, and what they are not beside swipes."""

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from mira_sidecar.subjects.gesture.worker.hand import Hand
from mira_sidecar.subjects.gesture.worker.messages import GestureRule, RecogniserSettings
from mira_sidecar.subjects.gesture.worker.recogniser import Recogniser
from tests.sidecar.gesture.drawn import ALL, drawn

PALM_PX = 60.0
type Way = Callable[[float], tuple[float, float]]
"""Where the hand is after so many seconds: palms to the right and down in the camera's picture, from its middle."""


def moving(*parts: tuple[float, Way], rate: float = 30, fingers: tuple[str, ...] = ALL) -> Iterator[tuple[float, Hand]]:
    """A hand that goes these ways, one after the other, each for so many seconds, trembling a little."""
    random, now = np.random.default_rng(1), 0.0
    for seconds, way in parts:
        for part in np.arange(0, seconds, 1 / rate):
            x, y = way(part)
            at = (320 + PALM_PX * x + random.normal(0, 0.7), 260 + PALM_PX * y + random.normal(0, 0.7))
            yield (now + part) * 1000, drawn(*fingers, at=at, palm=PALM_PX)
        now += seconds


def names(*parts: tuple[float, Way], off: tuple[str, ...] = (), **how: float | tuple[str, ...]) -> list[str]:
    rules = {name: GestureRule(enabled=False) for name in (*off, "palm", "fist")}
    recogniser = Recogniser(RecogniserSettings(gestures=rules))
    return [seen.name for t_ms, hand in moving(*parts, **how) for seen in recogniser.observe(t_ms, [hand])]


def at(x: float, y: float) -> Way:
    return lambda _: (x, y)


def swinging(amplitude: float, hertz: float = 2.0, slant: float = 0.0) -> Way:
    """From the middle, so many palms to each side."""
    return lambda s: (amplitude * math.sin(2 * math.pi * hertz * s), slant * math.sin(2 * math.pi * hertz * s))


def circling(radius: float, seconds: float, turns: float = 1.0) -> Way:
    """From the top; to the right of the picture first, which is the left of the person."""

    def way(s: float) -> tuple[float, float]:
        angle = 2 * math.pi * min(s / seconds, turns)
        return radius * math.sin(angle), -radius * math.cos(angle)

    return way


REST = (0.5, at(0, 0))


@pytest.mark.parametrize("rate", [15, 30])
@pytest.mark.parametrize(("amplitude", "hertz"), [(0.6, 2.5), (0.8, 2.0), (1.2, 1.5)])
def test_an_open_hand_that_swings_is_one_wave_and_no_swipe(amplitude: float, hertz: float, rate: float) -> None:
    assert names(REST, (4 / hertz, swinging(amplitude, hertz)), (1, at(0, 0)), rate=rate)[:1] == ["wave"]
    assert not {"swipe_left", "swipe_right"} & set(names(REST, (6 / hertz, swinging(amplitude, hertz)), rate=rate))


def test_two_swings_are_no_wave() -> None:
    assert names(REST, (0.5, swinging(0.8, 2.0)), (1, at(0, 0))) == []


def test_brushing_teeth_is_no_wave() -> None:
    assert names(REST, (8, swinging(0.3, 3.5)), fingers=()) == []
    assert names(REST, (8, swinging(0.8, 3.0)), fingers=()) == []


def test_a_hand_that_is_shaken_up_and_down_is_no_wave() -> None:
    assert names(REST, (4, swinging(0.2, 2.0, slant=1.0))) == []


def test_a_wave_that_is_switched_off_is_nothing() -> None:
    assert names(REST, (3, swinging(0.8)), off=("wave",)) == []


@pytest.mark.parametrize("rate", [15, 30])
@pytest.mark.parametrize(("radius", "seconds"), [(0.8, 0.9), (1.3, 1.2), (1.8, 1.6)])
def test_a_circle_is_told_with_its_direction(radius: float, seconds: float, rate: float) -> None:
    start = (0.5, at(0, -radius))
    there = names(start, (seconds, circling(radius, seconds)), (0.6, at(0, -radius)), rate=rate)
    assert there == ["circle_counter_clockwise"]

    def other(s: float) -> tuple[float, float]:
        x, y = circling(radius, seconds)(s)
        return -x, y

    assert names(start, (seconds, other), (0.6, at(0, -radius)), rate=rate) == ["circle_clockwise"]


def test_two_turns_are_two_circles() -> None:
    found = names((0.5, at(0, -1.3)), (2.6, circling(1.3, 1.2, turns=2)))
    assert found == ["circle_counter_clockwise"] * 2


def test_half_a_circle_is_none() -> None:
    assert names((0.5, at(0, -1.3)), (0.6, circling(1.3, 1.2, turns=0.5)), (1, at(0, 1.3))) == []


def test_a_small_circle_is_a_hand_that_scrubs() -> None:
    assert names((0.5, at(0, -0.3)), (3, circling(0.3, 0.5, turns=6))) == []


def test_to_and_fro_on_a_line_is_no_circle() -> None:
    assert names(REST, (4, swinging(1.0, 0.6, slant=1.0)), off=("wave",)) == []


def test_a_swipe_that_ends_in_the_picture_counts_soon_after_its_end() -> None:
    recogniser = Recogniser(RecogniserSettings())
    way = [(0.6, at(0, 0)), (0.3, lambda s: (-2.0 * s / 0.3, 0)), (0.6, at(-2, 0))]
    seen = [(t_ms, found.name) for t_ms, hand in moving(*way) for found in recogniser.observe(t_ms, [hand])]
    (when,) = [t_ms for t_ms, name in seen if name == "swipe_right"]
    assert 800 < when <= 1_050
