"""A gesture is timed to the stream with a real camera and sidecar; how long it takes, `scripts/bench gestures` says."""

from pathlib import Path

import numpy as np
import pytest

from house.bench import gesture_worker
from house.bench.figures import GESTURES
from house.hands import photograph


@pytest.mark.usefixtures("socket_enabled")
def test_every_figure_of_the_gesture_worker_is_taken(tmp_path: Path) -> None:
    hand = photograph()
    if hand is None:
        pytest.skip("there are no recorded hands; MIRA_TESTDATA says where they are")
    effort = gesture_worker.Effort(rounds=1, seconds=1)
    found = gesture_worker.figures(tmp_path, hand, np.random.default_rng(1), effort, print)
    assert set(found) < {target.key for target in GESTURES}
    assert found["motion_end_to_stream_ms"].value is not None
    watching, waiting = (found[f"worker_cpu_percent_with_{who}"].value or 0 for who in ("a_hand", "nobody"))
    assert watching > waiting
    assert (found["worker_rss_mb"].value or 0) > 50
