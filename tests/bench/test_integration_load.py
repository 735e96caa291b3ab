"""A thousand events a second into a real Home Assistant. How fast they are seen, `scripts/bench integration` says."""

from pathlib import Path

import pytest

from house.bench import flood, integration
from house.bench.figures import INTEGRATION


@pytest.mark.usefixtures("socket_enabled")
def test_home_assistant_loses_no_event_of_a_flood(tmp_path: Path) -> None:
    found = integration.measure(tmp_path, quick=True, progress=print)
    assert set(found) == {target.key for target in INTEGRATION}
    assert found["events_lost"].value == 0


def test_what_is_missing_twice_or_out_of_order_counts_as_lost() -> None:
    assert [integration.wrong(seen, [1, 2, 3]) for seen in ([1, 2, 3], [1, 3], [1, 2, 2, 3], [2, 1, 3])] == [0, 1, 1, 1]


def test_of_a_hundred_events_sixty_are_decisions() -> None:
    decided = flood.decisions(100)
    assert len(decided) == 60
    assert decided[:21] == list(range(1, 22))
    assert decided[21] == 23
