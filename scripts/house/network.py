"""A small network: rectified layers and a softmax, trained with Adam (Kingma and Ba, 2015)."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

type Rows = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
type Numbers = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
_RATE = 3e-3
_DECAY = 1e-4


class Network:
    """Its weights are `w0`, `b0`, `w1`, … of layers that are so wide, from the inputs to the outputs."""

    def __init__(self, widths: Sequence[int], random: np.random.Generator, smooth: float = 0.0) -> None:
        """`smooth`: of a label's weight that goes to all the others, so that it does not become surer than right."""
        self._last, self._smooth = len(widths) - 2, smooth
        self.weights: dict[str, Rows] = {}
        for layer, (wide, narrow) in enumerate(pairwise(widths)):
            self.weights[f"w{layer}"] = random.normal(0, np.sqrt(2 / wide), (wide, narrow)).astype(np.float32)
            self.weights[f"b{layer}"] = np.zeros(narrow, np.float32)
        self._first = {name: np.zeros_like(each) for name, each in self.weights.items()}
        self._second = {name: np.zeros_like(each) for name, each in self.weights.items()}
        self._step = 0

    def learn(self, values: Rows, labels: np.ndarray, steps: int) -> None:
        """One step of `steps`, the last of them the smallest."""
        self._step += 1
        rate = _RATE * 0.5 * (1 + np.cos(np.pi * self._step / steps))
        for name, slope in self._slopes(values, labels).items():
            first, second = self._first[name], self._second[name]
            first += 0.1 * (slope - first)
            second += 0.001 * (slope**2 - second)
            change = first / (1 - 0.9**self._step) / (np.sqrt(second / (1 - 0.999**self._step)) + 1e-8)
            self.weights[name] -= rate * (change + _DECAY * self.weights[name])

    def outputs(self, values: Rows) -> Rows:
        """Of the last layer, before the softmax."""
        return self._layers(values)[1]

    def _layers(self, values: Rows) -> tuple[list[Rows], Rows]:
        inputs = [values]
        for layer in range(self._last):
            inputs.append(np.maximum(inputs[-1] @ self.weights[f"w{layer}"] + self.weights[f"b{layer}"], 0))
        return inputs, inputs[-1] @ self.weights[f"w{self._last}"] + self.weights[f"b{self._last}"]

    def _slopes(self, values: Rows, labels: np.ndarray) -> dict[str, Rows]:
        inputs, out = self._layers(values)
        grown = np.exp(out - out.max(axis=1, keepdims=True))
        wanted = np.full_like(out, self._smooth / out.shape[1])
        wanted[np.arange(len(labels)), labels] += 1 - self._smooth
        slope = (grown / grown.sum(axis=1, keepdims=True) - wanted) / len(labels)
        slopes: dict[str, Rows] = {}
        for layer in range(self._last, -1, -1):
            slopes[f"w{layer}"] = inputs[layer].T @ slope
            slopes[f"b{layer}"] = slope.sum(axis=0)
            slope = (slope @ self.weights[f"w{layer}"].T) * (inputs[layer] > 0)
        return slopes
