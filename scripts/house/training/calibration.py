"""How sure a net may be: one temperature for its outputs, and which steps are plausible (split conformal)."""

import math

import numpy as np

from house.network import Numbers

_BINS = 15


def softmax(outputs: np.ndarray, temperature: float = 1.0) -> Numbers:
    """Probabilities, by row."""
    scaled = outputs.astype(float) / temperature
    grown = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    likely: Numbers = grown / grown.sum(axis=1, keepdims=True)
    return likely


def of_right(likely: Numbers, right: np.ndarray) -> Numbers:
    """How likely the right step was held to be."""
    found: Numbers = likely[np.arange(len(right)), right]
    return found


def best_temperature(outputs: np.ndarray, right: np.ndarray) -> float:
    """The temperature at which what is right is likeliest."""
    tried = np.linspace(0.5, 4.0, 71)
    losses = [-np.log(of_right(softmax(outputs, one), right) + 1e-12).mean() for one in tried]
    return float(tried[int(np.argmin(losses))])


def conformal_limit(likely: Numbers, right: np.ndarray, coverage: float) -> float:
    """The limit q: the right step is among those with 1 - p <= q in so many cases."""
    misses = 1 - of_right(likely, right)
    return float(np.quantile(misses, min(1.0, math.ceil((len(right) + 1) * coverage) / len(right))))


def covered(likely: Numbers, right: np.ndarray, limit: float) -> float:
    """In which part of the cases the right step is among those."""
    return float((1 - of_right(likely, right) <= limit).mean())


def calibration_error(likely: Numbers, right: np.ndarray) -> float:
    """The expected calibration error (ECE) of the likeliest step, in 15 bins."""
    sure, hit = likely.max(axis=1), likely.argmax(axis=1) == right
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    apart = [abs(hit[bins == one].mean() - sure[bins == one].mean()) * (bins == one).mean() for one in set(bins)]
    return float(sum(apart))
