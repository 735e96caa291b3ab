"""A year of a room whose window a net, the teacher or both move, and what the teacher says to what comes up."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from house.network import Numbers
from house.training.rooms import (
    FIGURES,
    LAST_RUN,
    RATIO,
    RUNS,
    TARGET,
    TEMPERATURE,
    at_first,
    count,
    draught,
    memory,
    pass_time,
    shut_for_safety,
    shut_window,
    wish,
)
from house.training.tapes import Tape, Walls
from house.training.teacher import LADDER_STEPS, OF_HEAT, SAVINGS, choose
from mira_sidecar.subjects.windows.core.air import absolute_humidity, humidity_ratio, relative_humidity
from mira_sidecar.subjects.windows.simulator.year import PLANNED_EACH

INPUTS = (
    "temperature",
    "humidity",
    "drier",
    "outdoor_temperature",
    "outdoor_moisture",
    "wind",
    "rain",
    "hour_sin",
    "hour_cos",
    "half_day_sin",
    "half_day_cos",
    "occupied",
    "quiet",
    "position",
    "temperature_trend",
    "humidity_trend",
    "outdoor_mean",
    "too_warm",
    "warmer",
    "draught",
    "occupied_h",
    "since_run_h",
    "too_humid",
    "usually_there",
    "saving",
)
"""As `model.inputs` computes them from readings; tests hold this to it. nan: not known."""
_DAY, _SETTLING = 288, 14
_FORGOTTEN = math.exp(-600 / 1800)
"""Of the past half hour, from plan to plan."""
SURE = 0.45
"""As `min_confidence` of the settings."""


class Net(NamedTuple):
    """Two rectified layers and a softmax over the ladder."""

    mean: Numbers
    scale: Numbers
    w0: Numbers
    b0: Numbers
    w1: Numbers
    b1: Numbers
    w2: Numbers
    b2: Numbers
    temperature: float
    stay: float


class RoomYear(NamedTuple):
    """A year in a room."""

    walls: Walls
    known: Walls
    """As the teacher believes them to be."""
    tape: Tape
    setting: int
    """Of `SAVINGS`."""


class Lessons(NamedTuple):
    """When the teacher is asked, and what it goes by."""

    weights: Numbers
    plans: Numbers
    each: int
    """So many plans from one answer to the next; 0: never."""
    first: int
    watched: bool
    """Whether the teacher moves the window itself."""


@njit(cache=True)
def _look(
    inputs: Numbers, trend: Numbers, room: Numbers, window: Numbers, tape: Tape, step: int, saving: float
) -> None:
    """`trend`: the means of temperature and humidity in the last half hour; they are brought up to now."""
    temperature = room[TEMPERATURE] + tape.bias_k
    humidity = min(100.0, relative_humidity(room[TEMPERATURE], room[RATIO]) + tape.bias_percent)
    outside, wind, mean = tape.temperature[step], tape.wind[step], tape.outdoor_mean[step]
    outdoor_moisture = absolute_humidity(outside, tape.ratio[step])
    part = 2 * math.pi * (step % _DAY) / _DAY
    if step == 0:
        trend[0], trend[1] = temperature, humidity
    inputs[0], inputs[1] = temperature, humidity
    inputs[2] = absolute_humidity(temperature, humidity_ratio(temperature, humidity)) - outdoor_moisture
    inputs[3], inputs[4], inputs[5], inputs[6] = outside, outdoor_moisture, wind, tape.rain[step]
    inputs[7], inputs[8], inputs[9], inputs[10] = math.sin(part), math.cos(part), math.sin(2 * part), math.cos(2 * part)
    inputs[11], inputs[12], inputs[13] = tape.people[step] > 0, tape.asleep[step], window[TARGET] / 100
    inputs[14], inputs[15] = temperature - trend[0], humidity - trend[1]
    inputs[16], inputs[17] = mean, temperature - min(max(0.33 * mean + 20.8, 24.5), 28.0)
    inputs[18], inputs[19] = temperature - outside, draught(wind, temperature - outside)
    inputs[20], inputs[21] = tape.occupied_h[step], min((step - window[LAST_RUN]) / 12, 6.0)
    inputs[22], inputs[23] = max(0.0, humidity - 60.0), tape.usually_there[step]
    inputs[24] = saving
    trend[0] = temperature + (trend[0] - temperature) * _FORGOTTEN
    trend[1] = humidity + (trend[1] - humidity) * _FORGOTTEN


@njit(cache=True)
def _hidden(values: Numbers, weights: Numbers, bias: Numbers) -> Numbers:
    out = bias.copy()
    for row, value in enumerate(values):
        if value != 0:
            for column in range(len(out)):
                out[column] += value * weights[row, column]
    return out


@njit(cache=True)
def scaled(net: Net, inputs: Numbers) -> Numbers:
    """As the net wants them. What is not known is as usual."""
    values = np.minimum(np.maximum((inputs - net.mean) / net.scale, -5.0), 5.0)
    return np.where(np.isnan(values), 0.0, values)


@njit(cache=True)
def probabilities(net: Net, inputs: Numbers) -> Numbers:
    """Of each step of the ladder."""
    values = scaled(net, inputs)
    values = np.maximum(_hidden(values, net.w0, net.b0), 0.0)
    values = np.maximum(_hidden(values, net.w1, net.b1), 0.0)
    grown = _hidden(values, net.w2, net.b2) / net.temperature
    grown = np.exp(grown - grown.max())
    return grown / grown.sum()


@njit(cache=True)
def _advised(net: Net, inputs: Numbers, standing: float) -> tuple[float, bool]:
    """As `model.net` advises; and whether it is sure enough to open."""
    told = probabilities(net, inputs)
    best, present = int(np.argmax(told)), int(np.argmin(np.abs(LADDER_STEPS - standing)))
    if told[best] - told[present] < net.stay:
        best = present
    return (standing if best == present else LADDER_STEPS[best]), told[best] >= SURE


@njit(cache=True, nogil=True)
def live(year: RoomYear, net: Net, lessons: Lessons) -> tuple[Numbers, Numbers, Numbers]:
    """The figures of a year; what came up, and in each setting the teacher's answer to it, by rows."""
    tape, plans = year.tape, len(year.tape.people) // PLANNED_EACH
    room, window, ran, trend = at_first(), shut_window(), memory(), np.zeros(2)
    figures, runs = np.zeros(len(FIGURES)), 0.0
    rows = plans // lessons.each + 1 if lessons.each else 0
    seen, answers, row = np.zeros((rows, len(INPUTS))), np.zeros((rows, len(OF_HEAT))), 0
    inputs: Numbers = np.zeros(len(INPUTS))
    answer: Numbers = np.zeros(len(OF_HEAT))
    for step in range(len(tape.people)):
        shut_for_safety(window, ran, tape, step)
        if step % PLANNED_EACH == 0:
            _look(inputs, trend, room, window, tape, step, SAVINGS[year.setting])
            noted = lessons.each > 0 and step // PLANNED_EACH % lessons.each == lessons.first
            wanted, sure = window[TARGET], True
            if noted or lessons.watched:
                answer = choose(year.known, room, tape, step, window[TARGET], lessons.weights, lessons.plans)
                wanted = answer[year.setting]
            if noted:
                seen[row], answers[row] = inputs, answer
                row += 1
            if not lessons.watched:
                wanted, sure = _advised(net, inputs, window[TARGET])
            wish(window, ran, tape, step, wanted, sure)
        heating = pass_time(year.walls, room, tape, step, window[TARGET], tape.people[step], tape.moisture[step], 300.0)
        if step >= _SETTLING * _DAY:
            count(figures, room, tape, step, heating)
            if step % _DAY == _DAY - 1:
                figures[7] += window[RUNS] - runs
                figures[8] = max(figures[8], window[RUNS] - runs)
        if step % _DAY == _DAY - 1:
            runs = window[RUNS]
    return figures, seen[:row], answers[:row]
