"""The whole of Mira at once: the same story that `scripts/develop --check` tells."""

from pathlib import Path

import pytest

from house.story import tell
from house.terminal import Terminal


@pytest.mark.timeout(300)
def test_a_palm_becomes_a_todo_on_the_glass_and_everything_survives_every_fall(tmp_path: Path) -> None:
    tell(tmp_path, Terminal())
