"""The simulator once more, for compiled code: a year in a tenth of a second. Tests hold it to the real one.

What is pure there is used as it is; the step of a room and Mira's policies are written again, for arrays.
"""

import math

import numpy as np
from numba import njit
from numba.extending import register_jitable

from house.network import Numbers
from house.training.tapes import Tape, Walls
from mira_sidecar.subjects.windows.core.air import (
    absolute_humidity,
    humidity_ratio,
    relative_humidity,
    saturation_pressure,
)
from mira_sidecar.subjects.windows.core.slice import TOLERANCE
from mira_sidecar.subjects.windows.simulator.rooms import airflow

for _pure in (saturation_pressure, relative_humidity, humidity_ratio, absolute_humidity, airflow):
    register_jitable(_pure)

TEMPERATURE, WALLS, RATIO, BUFFERED, CO2 = range(5)
"""Where the numbers of a room stand."""
TARGET, OPEN_SINCE, LAST_RUN, RUNS = range(4)
"""Where those of a window stand: in percent, the step or -1, the step, and how many runs there were."""
REMEMBERED = 64
"""Runs, more than there are in a day."""
_NEVER = -100_000
_DAY, _REST, _FROST, _PAUSE = 288, 1, 4, 12
"""In steps: a day; the rest of a motor; how long a window may be open in the cold, and has to be shut after that."""
FROST_MOST, FROST_STEADY = 50.0, 25.0
_RUNS_A_DAY = 20


@njit(cache=True)
def at_first() -> Numbers:
    """A room as the simulator begins."""
    return np.array([21.0, 21.0, 0.006, 0.006, 600.0])


@njit(cache=True)
def pass_time(
    walls: Walls, room: Numbers, tape: Tape, step: int, position: float, people: float, moisture: float, step_s: float
) -> float:
    """As `advance` of the simulator, with the weather of this step; the power of the heating, in W."""
    outside, asleep = tape.temperature[step], tape.asleep[step] > 0
    flow = airflow(walls, position, room[TEMPERATURE], outside, tape.wind[step])  # type: ignore[arg-type]
    mass = flow * 1.2 / 3600
    gains = people * (60.0 if asleep else 75.0) + tape.electric[step]
    sun = tape.sun[step] * walls.glass * walls.lets_in
    wanted = tape.heated_to[step]
    heating = min(max((wanted - room[TEMPERATURE]) * 800.0, 0.0), 24 * walls.volume) if wanted else 0.0
    kept = walls.air / step_s
    warmth = room[TEMPERATURE] * kept + mass * 1006.0 * outside + walls.to_walls * room[WALLS]
    room[TEMPERATURE] = (warmth + 0.35 * sun + gains + heating) / (kept + mass * 1006.0 + walls.to_walls)
    kept = walls.walls / step_s
    warmth = room[WALLS] * kept + walls.to_walls * room[TEMPERATURE] + walls.loss * outside
    room[WALLS] = (warmth + 0.65 * sun) / (kept + walls.to_walls + walls.loss)
    gained = (people * (40.0 if asleep else 55.0) + moisture) / 3.6e6
    buffering = walls.exchange / 3600 * walls.buffer
    kept = walls.volume * 1.2 / step_s
    ratio = room[RATIO] * kept + mass * tape.ratio[step] + buffering * room[BUFFERED] + gained
    pressure = saturation_pressure(room[TEMPERATURE])
    room[RATIO] = min(ratio / (kept + mass + buffering), 0.62198 * pressure / (101_325 - pressure))
    room[BUFFERED] += (room[RATIO] - room[BUFFERED]) * walls.exchange * step_s / 3600 / 6
    litres = people * (13.0 if asleep else 18.0)
    kept, fresh = walls.volume / step_s, flow / 3600
    room[CO2] = (room[CO2] * kept + fresh * 420.0 + litres / 3.6) / (kept + fresh)
    return heating


@njit(cache=True)
def shut_window() -> Numbers:
    """A window that never moved."""
    return np.array([0.0, -1.0, float(_NEVER), 0.0])


@njit(cache=True)
def move(window: Numbers, ran: Numbers, step: int, position: float) -> None:
    """The motor runs."""
    if position > 0 and window[OPEN_SINCE] < 0:
        window[OPEN_SINCE] = step
    # On a short way the drive is taken to have arrived before its last report: what it says then counts as shut.
    if position == 0 or (position <= TOLERANCE and abs(position - window[TARGET]) <= 2 * TOLERANCE):
        window[OPEN_SINCE] = -1
    ran[int(window[RUNS]) % REMEMBERED] = step
    window[TARGET], window[LAST_RUN] = position, step
    window[RUNS] += 1


@njit(cache=True)
def shut_for_safety(window: Numbers, ran: Numbers, tape: Tape, step: int) -> None:
    """As `core.safety` does."""
    most = tape.stays[step]
    since = window[OPEN_SINCE]
    if tape.cold[step] and since >= 0 and step - since >= _FROST:
        most = min(most, FROST_STEADY)
    if window[TARGET] > most:
        move(window, ran, step, most)


@njit(cache=True)
def wish(window: Numbers, ran: Numbers, tape: Tape, step: int, wanted: float, sure: bool) -> None:
    """As `core.planner.command_for` and `core.policies` do with what a planner advises."""
    most = tape.opens[step]
    if tape.cold[step]:
        since = window[OPEN_SINCE]
        aired = step - since >= _FROST if since >= 0 else step - window[LAST_RUN] < _PAUSE
        most = min(most, FROST_STEADY if aired else FROST_MOST)
    position = min(wanted, most)
    if abs(position - window[TARGET]) < TOLERANCE or step - window[LAST_RUN] <= _REST:
        return
    if np.sum(ran > step - _DAY) >= _RUNS_A_DAY or (position > window[TARGET] and not sure):
        return
    move(window, ran, step, position)


@njit(cache=True)
def memory() -> Numbers:
    """Of a motor's runs."""
    return np.full(REMEMBERED, float(_NEVER))


FIGURES = ("out", "warm", "cold", "humid", "stuffy", "mould", "heat_kwh", "runs", "most_runs", "days")


@njit(cache=True)
def count(figures: Numbers, room: Numbers, tape: Tape, step: int, heating: float) -> None:
    """As `simulator.figures` does, for one step."""
    hours = 1 / 12
    figures[9] += hours / 24
    figures[6] += heating * hours / 1000
    outside = tape.temperature[step]
    corner = outside + 0.7 * (room[TEMPERATURE] - outside)
    figures[5] += hours * (relative_humidity(corner, room[RATIO]) > 80)
    if tape.people[step] == 0:
        return
    warm = room[TEMPERATURE] > tape.too_warm[step]
    cold = room[TEMPERATURE] < (17.0 if tape.asleep[step] else 19.0)
    humid = relative_humidity(room[TEMPERATURE], room[RATIO]) > 60
    stuffy = room[CO2] > 1000
    figures[0] += hours * (warm or cold or humid or stuffy)
    figures[1] += hours * warm
    figures[2] += hours * cold
    figures[3] += hours * humid
    figures[4] += hours * stuffy


@njit(cache=True)
def draught(wind: float, warmer: float) -> float:
    """What drives air through a sash, beside its area."""
    return math.sqrt(0.01 + 0.001 * wind * wind + 0.0035 * abs(warmer))
