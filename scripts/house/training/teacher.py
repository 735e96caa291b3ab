"""Who is imitated: tries plans for the next three hours on a model of the room, and takes the first step of the best.

It knows more than the net will: CO2, how many people there are and will be, and the weather to come but for rain.
Its model of the room is wrong, as any would be.
"""

import numpy as np
from numba import njit

from house.network import Numbers
from house.training.rooms import CO2, FROST_MOST, FROST_STEADY, RATIO, TEMPERATURE, WALLS, pass_time
from house.training.tapes import Tape, Walls
from mira_sidecar.subjects.windows.core.air import relative_humidity
from mira_sidecar.subjects.windows.core.planner import LADDER
from mira_sidecar.subjects.windows.core.slice import RoomKind

WRONG_BY = 0.2
"""The spread of each number of its room model."""
_STEPS = np.array([2, 2, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4])
"""Of a plan, in steps of five minutes: three hours."""
_RAIN_STAYS = 6
"""Of those steps: for so long it goes on raining, as far as anybody knows."""


_TRIED = (0, 10, 25, 100)
"""Of the ladder: between steps that come to nearly the same, who imitates could not decide."""


def _plans() -> Numbers:
    """Where the window stands at first, for how many steps of a plan, and where after that."""
    always = [(step, len(_STEPS), step) for step in _TRIED]
    for_now = [(step, steps, then) for step in _TRIED for steps in (1, 3) for then in (0, 10) if step > then]
    later = [(0, steps, then) for then in (25, 100) for steps in (2, 4)]
    return np.array(always + for_now + later, float)


PLANS = _plans()
LADDER_STEPS = np.array(LADDER, float)
WARM, COLD, HUMID, STUFFY, MOULD, MOVE, HEAT, LATER_CO2, LATER_HUMID, LATER_WARM, FURTHER = range(11)
WEIGHTS: dict[RoomKind, Numbers] = {
    "bedroom": np.array([1.0, 1.5, 1.0, 1.0, 0.10, 0.03, 0.7, 0.5, 0.4, 0.3, 0.2]),
    "living": np.array([1.0, 1.5, 1.0, 1.0, 0.10, 0.03, 0.2, 0.5, 0.4, 0.3, 0.2]),
    "bath": np.array([1.0, 1.5, 1.0, 1.0, 0.10, 0.03, 0.7, 0.5, 0.4, 0.3, 0.2]),
}
"""What an hour of each costs; a run; a kWh; what is left over at the end. Tuned on climates 3, 7 and 10."""
SAVINGS = (0.0, 0.5, 1.0)
"""What people ask for: comfort, something between, and a low bill."""
OF_HEAT = np.array([0.5, 1.0, 2.0])
"""How much heat costs for each of them."""


@njit(cache=True)
def _ramp(value: float, good: float, bad: float) -> float:
    """0 where it is good, 1 where it is bad."""
    return min(max((value - good) / (bad - good), 0.0), 1.0)


@njit(cache=True)
def _discomfort(room: Numbers, tape: Tape, step: int, people: float, weights: Numbers) -> float:
    """Of an hour like this."""
    temperature, ratio = room[TEMPERATURE], room[RATIO]
    humidity = relative_humidity(temperature, ratio)
    outside = tape.temperature[step]
    corner = relative_humidity(outside + 0.7 * (temperature - outside), ratio)
    cost = weights[MOULD] * _ramp(corner, 76.0, 84.0)
    if people < 0.5:
        return cost
    coldest = 17.0 if tape.asleep[step] else 19.0
    warm = weights[WARM] * (_ramp(temperature, tape.too_warm[step] - 0.8, tape.too_warm[step] + 0.2))
    cold = weights[COLD] * _ramp(-temperature, -coldest - 0.5, -coldest + 0.2)
    humid = weights[HUMID] * _ramp(humidity, 57.0, 61.0)
    stuffy = weights[STUFFY] * _ramp(room[CO2], 850.0, 1050.0)
    further = (
        max(0.0, temperature - tape.too_warm[step]) * 0.5
        + max(0.0, coldest - temperature)
        + max(0.0, humidity - 60.0) * 0.05
        + max(0.0, room[CO2] - 1000.0) / 1000.0
    )
    worst = max(warm, cold, humid, stuffy)
    return cost + worst + weights[FURTHER] * (warm + cold + humid + stuffy - worst + further)


@njit(cache=True)
def _afterwards(room: Numbers, tape: Tape, step: int, people: float, weights: Numbers) -> float:
    """What the end of a plan leaves behind."""
    cost = weights[LATER_CO2] * _ramp(room[CO2], 600.0, 1200.0) * (people > 0.5)
    cost += weights[LATER_HUMID] * _ramp(relative_humidity(room[TEMPERATURE], room[RATIO]), 52.0, 62.0)
    if tape.heated_to[step] == 0:
        cost += weights[LATER_WARM] * max(0.0, room[WALLS] - tape.too_warm[step] + 2.0)
    return cost


@njit(cache=True, nogil=True)
def choose(
    walls: Walls, room: Numbers, tape: Tape, start: int, standing: float, weights: Numbers, plans: Numbers
) -> Numbers:
    """For each of `OF_HEAT`, where the window should stand now, in percent."""
    best, chosen = np.full(len(OF_HEAT), 1e18), np.zeros(len(OF_HEAT))
    tried, last = room.copy(), len(tape.people) - 1
    for plan in range(len(plans)):
        tried[:] = room
        comfort, heat, at, step, now = 0.0, 0.0, standing, start, 0.0
        people = tape.people[start]
        for number in range(len(_STEPS)):
            position = plans[plan, 0] if number < plans[plan, 1] else plans[plan, 2]
            most = 100.0 if tape.stays[step] > 0 else tape.stays[step]
            if number == 0:
                most = tape.opens[step]
            elif tape.rain[start] and number < _RAIN_STAYS:
                most = 0.0
            if tape.cold[step]:
                most = min(most, FROST_MOST if number < 2 else FROST_STEADY)
            position = min(position, most)
            if number == 0:
                now = position
            comfort += weights[MOVE] * (abs(position - at) > 0)
            people = tape.people[step]
            moisture = tape.moisture[start] * np.exp(-number / 2)
            seconds = _STEPS[number] * 300.0
            heat += pass_time(walls, tried, tape, step, position, people, moisture, seconds) * seconds / 3.6e6
            comfort += _discomfort(tried, tape, step, people, weights) * seconds / 3600
            at = position
            step = min(step + _STEPS[number], last)
        comfort += _afterwards(tried, tape, step, people, weights)
        for setting in range(len(OF_HEAT)):
            cost = comfort + weights[HEAT] * OF_HEAT[setting] * heat
            if cost < best[setting]:
                best[setting], chosen[setting] = cost, now
    return chosen
