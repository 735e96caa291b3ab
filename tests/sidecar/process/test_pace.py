"""What the sidecar says of its own pace."""

import pytest

from mira_sidecar.pace import Stopwatch
from mira_sidecar.protocol import Pace
from tests.sidecar.process.mirror import Mirror


def test_of_nothing_there_are_no_times() -> None:
    assert Stopwatch().read(1_000) == Pace(None, None, 0)


def test_half_of_the_batches_take_no_longer_than_the_median() -> None:
    watch = Stopwatch()
    for milliseconds in (4, 1, 2, 3, 100):
        watch.note(1_000, 1, milliseconds / 1_000)
    assert watch.read(1_000) == Pace(3, 100, 5)


def test_what_was_a_minute_ago_counts_no_more() -> None:
    watch = Stopwatch()
    watch.note(1_000, 40, 0.001)
    watch.note(1_050, 2, 0.001)
    assert watch.read(1_059).commands_a_minute == 42
    assert watch.read(1_061).commands_a_minute == 2


def test_a_flood_is_reckoned_from_its_last_thousand_batches() -> None:
    watch = Stopwatch()
    for number in range(5_000):
        watch.note(1_000 + number / 100, 1, 0.001)
    assert watch.read(1_050).commands_a_minute == pytest.approx(6_000, rel=0.02)


def test_the_presence_has_the_pace_the_size_of_the_log_and_what_its_disk_has_left(mirror: Mirror) -> None:
    presence = mirror.presence()
    assert presence
    assert presence["log_bytes"] > 4_096
    assert presence["disk_free_mb"] % 10 == 0
    assert set(presence["pace"]) == {"decision_ms_p50", "decision_ms_p95", "commands_a_minute"}
