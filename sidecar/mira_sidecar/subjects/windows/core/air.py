"""Moist air at sea level: what a temperature and a relative humidity mean, and how warm is too warm.

Formulas after Magnus (Sonntag 1990).
"""

import math

_PRESSURE = 101_325.0
"""In Pa."""
_RATIO = 0.62198
"""Of the molar masses of water and dry air."""
_GAS_CONSTANT = 461.5
"""Of water vapour, in J/(kg·K)."""


def saturation_pressure(temperature: float) -> float:
    """Over water, in Pa, at °C."""
    return 610.94 * math.exp(17.625 * temperature / (temperature + 243.04))


def humidity_ratio(temperature: float, humidity: float) -> float:
    """Kilograms of water in a kilogram of dry air, from °C and %."""
    pressure = humidity / 100 * saturation_pressure(temperature)
    return _RATIO * pressure / (_PRESSURE - pressure)


def relative_humidity(temperature: float, ratio: float) -> float:
    """In %, from °C and kg/kg; more than 100 where water would condense."""
    return 100 * ratio * _PRESSURE / (_RATIO + ratio) / saturation_pressure(temperature)


def absolute_humidity(temperature: float, ratio: float) -> float:
    """Grams of water in a cubic metre of air, from °C and kg/kg."""
    return 1000 * ratio * _PRESSURE / (_RATIO + ratio) / (_GAS_CONSTANT * (temperature + 273.15))


def too_warm(running_mean: float) -> float:
    """From where on it is too warm, by the mean of the days before: EN 16798-1, between category I and II, in °C."""
    return min(max(0.33 * running_mean + 20.8, 24.5), 28.0)
