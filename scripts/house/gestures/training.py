"""Trains the network of the classifier of gestures: a minute on one core, the same weights each time."""

from collections.abc import Callable, Mapping

import numpy as np

from house.gestures.hand_model import SHAPES as MODELLED
from house.gestures.hand_model import points_of, seen, shape_of
from house.gestures.recorded import Recorded
from house.network import Network
from mira_sidecar.subjects.gesture.worker.classifier import FEATURES, SHAPES, Rows, features

WIDTHS = (FEATURES, 96, 32, len(SHAPES) + 1)
_MODELLED = 2_000
"""Hands of each shape that the model makes."""
_SHARES = {"other": 2.0, "closed": 2.0, "pinch": 0.6}
"""Times as many: the network expects a shape as often as it was trained with it; fists are common."""
_ASIDE = {"thumb": 95.0, "closed": 95.0, "call": 70.0}
"""Degrees that hands are turned: a thumb is shown with the fist's side to the camera."""
_RECORDED_TIMES = 15
_EPOCHS = 40
_BATCH = 256
_SMOOTH = 0.03
"""Of a label's weight that goes to all the others, so that the network does not become surer than it is right."""
_OUTPUTS = (*SHAPES, "other")


def modelled(each: int, seed: int, shares: Mapping[str, float] = {}) -> tuple[Rows, np.ndarray]:
    """So many hands of each shape, or a share of it, and the numbers of their shapes."""
    random = np.random.default_rng(seed)
    names = [name for name in MODELLED for _ in range(round(each * shares.get(name, 1)))]
    hands = [seen(points_of(shape_of(name, random), random), random, aside=_ASIDE.get(name, 50)) for name in names]
    return np.array(hands, np.float32), np.array([_OUTPUTS.index(name) for name in names])


def train(recorded: Recorded, rows: np.ndarray, progress: Callable[[str], None], seed: int = 1) -> dict[str, Rows]:
    """The weights, from these rows of the recorded hands and from hands of the model."""
    random = np.random.default_rng(seed)
    hands, labels = modelled(_MODELLED, seed, _SHARES)
    own = np.array([_OUTPUTS.index(shape) for shape in recorded.shapes[rows]])
    hands = np.concatenate((hands, np.tile(recorded.hands[rows], (_RECORDED_TIMES, 1, 1))))
    labels = np.concatenate((labels, np.tile(own, _RECORDED_TIMES)))
    network = Network(WIDTHS, random, _SMOOTH)
    steps = len(hands) // _BATCH * _EPOCHS
    for epoch in range(_EPOCHS):
        order = random.permutation(len(hands))[: len(hands) // _BATCH * _BATCH]
        for batch in order.reshape(-1, _BATCH):
            network.learn(features(_varied(hands[batch], random)), labels[batch], steps)
        progress(f"round {epoch + 1} of {_EPOCHS}")
    return network.weights


def _varied(hands: Rows, random: np.random.Generator) -> Rows:
    """The hands mirrored or not, leaning, squeezed, and trembling: as another camera would see them."""
    count = len(hands)
    hands = hands - hands[:, :1]
    hands = hands / np.abs(hands).max(axis=(1, 2), keepdims=True)
    squeeze = np.eye(2) + random.normal(0, 0.2, (count, 2, 2))
    squeeze[:, :, 0] *= random.choice((-1, 1), (count, 1))
    varied: Rows = (hands @ squeeze + random.normal(0, 0.012, hands.shape)).astype(np.float32)
    return varied
