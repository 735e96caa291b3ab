"""The command line of `scripts/train-shapes`."""

import argparse
import os
import sys
from pathlib import Path

import numpy as np

from house.configuration import REPOSITORY
from house.gestures import likeness, recorded, training
from house.terminal import Terminal
from mira_sidecar.subjects.gesture.worker import classifier, own


def main() -> int:
    """Train, and write the weights; 1 where the recorded hands are missing."""
    given = _parser().parse_args()
    terminal = Terminal(sys.stderr)
    try:
        hands = recorded.read(given.recorded)
    except OSError as error:
        terminal.say(f"train-shapes: {error}. MIRA_TESTDATA says where the recorded hands are.")
        return 1
    rows, held_out = hands.split(recorded.HELD_OUT)
    weights = training.train(hands, rows, terminal.passing)
    np.savez(given.output, allow_pickle=False, **weights)
    told = classifier.Classifier(weights).probabilities(hands.hands[held_out])[:, : len(recorded.CLASSES)]
    right = np.mean(np.array(recorded.CLASSES)[told.argmax(axis=1)] == hands.shapes[held_out])
    terminal.say(f"{given.output}: {right:.1%} of {held_out.sum()} held-out hands are told apart")
    np.save(given.likeness, likeness.fitted())
    terminal.say(f"{given.likeness}: how alike hands are, for poses that people teach")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/train-shapes",
        description="Trains the classifier of hand shapes, and fits the measure of taught poses.",
    )
    testdata = Path(os.environ.get("MIRA_TESTDATA") or REPOSITORY.parent / "shared" / "testdata")
    table = testdata / "landmarks" / "static_poses.csv"
    parser.add_argument("--recorded", type=Path, default=table, metavar="CSV", help="the recorded hands")
    package = Path(classifier.__file__).parent
    weights, measure = package / classifier.WEIGHTS, package / own.LIKENESS
    parser.add_argument("--output", type=Path, default=weights, metavar="NPZ", help="the weights (the package's own)")
    parser.add_argument("--likeness", type=Path, default=measure, metavar="NPY", help="the measure of taught poses")
    return parser


if __name__ == "__main__":
    sys.exit(main())
