"""The display's figures are taken from real parts; what they are, `scripts/bench display` says."""

from pathlib import Path

import pytest

from house.bench import display
from house.bench.figures import DISPLAY
from house.bench.glass import growth


@pytest.mark.usefixtures("socket_enabled")
def test_every_figure_of_the_display_is_taken(tmp_path: Path) -> None:
    effort = display.Effort(visits=1, gestures=3, minutes=0.02, looks=2, turns=1, rest_s=0.1)
    found = display.take(tmp_path, effort, print)
    assert set(found) == {target.key for target in DISPLAY}
    assert "mira.js " in found["first_load_kb"].note
    seen = (
        "first_load_kb",
        "entity_painted_p50_ms",
        "entity_painted_p99_ms",
        "command_painted_p50_ms",
        "first_clock_s",
    )
    assert all((found[key].value or 0) > 0 for key in seen)


def test_growth_is_between_the_first_third_and_the_last() -> None:
    assert growth([10, 99, 10, 50, 50, 50, 13, 13, 0]) == 3
    assert growth([1, 1, 1]) == 0
