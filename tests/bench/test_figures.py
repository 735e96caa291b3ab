"""How figures are taken and shown; what they are is for `scripts/bench` to say."""

from pathlib import Path

import pytest

from house.bench import decision, path
from house.bench.figures import SIDECAR, Measured, Target, as_json, as_table
from house.bench.sampling import alternating, median_ratio, percentile

TARGETS = (Target("fast", 2), Target("often", 100, at_least=True), Target("not_here", 1, unit="ms"))
MEASURED = {"fast": Measured(2.0, "a"), "often": Measured(99.0, "b"), "not_here": Measured(None, "no compiler")}


def test_a_percentile_is_the_smallest_sample_that_so_many_do_not_exceed() -> None:
    samples = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert [percentile(samples, percent) for percent in (1, 20, 50, 99, 100)] == [1, 1, 3, 5, 5]


def test_nobody_is_always_first() -> None:
    order: list[str] = []
    given = alternating(3, [lambda: order.append("a"), lambda: order.append("b")])
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert [len(side) for side in given] == [3, 3]


def test_a_ratio_is_the_median_of_the_rounds_ratios() -> None:
    assert median_ratio([2, 30, 8], [1, 10, 2]) == 3


def test_a_figure_holds_or_is_missed_or_could_not_be_taken() -> None:
    assert as_json(TARGETS, MEASURED) == {
        "fast": {"value": 2.0, "target": 2, "holds": True},
        "often": {"value": 99.0, "target": 100, "holds": False},
        "not_here": {"value": None, "target": 1, "holds": None},
    }
    assert as_table(TARGETS, MEASURED).splitlines()[2:] == [
        "| `fast` | 2 times | ≤ 2 times | holds | a |",
        "| `often` | 99 times | ≥ 100 times | missed | b |",
        "| `not_here` | — | ≤ 1 ms | — | no compiler |",
    ]


@pytest.mark.usefixtures("socket_enabled")
def test_the_real_sidecar_is_measured_beside_the_floor(tmp_path: Path) -> None:
    found = path.latency(tmp_path, path.Effort(1, 20, 1, 1, 1, 1)) | decision.figures(1)
    assert set(found) < {target.key for target in SIDECAR}
    assert all(figure.value and figure.value > 0 for figure in found.values())
