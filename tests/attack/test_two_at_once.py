"""Two sidecars started at the same moment."""

from pathlib import Path

from house.sidecar import SidecarProcess
from tests.attack.effort import Progress, times
from tests.attack.siege import Siege
from tests.sidecar.process.mirror import AT_ONCE

ROUNDS = times(3, full=30)


def test_of_two_with_the_same_database_one_serves_and_the_other_says_why_not(
    siege: Siege, tmp_path: Path, progress: Progress
) -> None:
    mirror = siege.mirror
    first = mirror.sidecar
    second = SidecarProcess(mirror.server.url, mirror.database, log=tmp_path / "second.log", **AT_ONCE)
    with siege:
        for number in range(1, ROUNDS + 1):
            progress(f"round {number} of {ROUNDS}")
            mirror.sidecar.kill()
            one, other = siege.random.sample((first, second), 2)
            one.launch()
            siege.lull(0.02)
            other.launch()
            mirror.until(lambda: (first.process.exit_code, second.process.exit_code).count(1) == 1)
            loser, mirror.sidecar = (first, second) if first.process.exit_code else (second, first)
            assert "Another sidecar is using the database" in loser.process.last_lines(1)
            assert mirror.sidecar.process.exit_code is None
            siege.until_served()
    progress(f"{ROUNDS} rounds; {siege.check()}")
