"""Two sidecars with copies of one data folder: one serves all the time, the other says why it does not."""

import shutil
import time
from pathlib import Path

from house.sidecar import SidecarProcess
from tests.attack.effort import Progress, times
from tests.attack.siege import Siege
from tests.sidecar.process.mirror import AT_ONCE

WATCHED_S = times(6, full=60)
ROUNDS = times(1, full=8)


def test_of_two_with_copies_of_a_folder_one_serves_steadily_and_both_say_so(
    siege: Siege, tmp_path: Path, progress: Progress
) -> None:
    mirror = siege.mirror
    siege.others.add(mirror.send("toggle_camera")["command_id"])
    folder = tmp_path / "copy"
    folder.mkdir()
    for file in mirror.database.parent.glob(f"{mirror.database.name}*"):
        shutil.copy2(file, folder)
    clone = SidecarProcess(mirror.server.url, folder / mirror.database.name, log=tmp_path / "clone.log", **AT_ONCE)
    first = mirror.sidecar
    with siege:
        for number in range(1, ROUNDS + 1):
            progress(f"round {number} of {ROUNDS}")
            serving, waiting = (first, clone) if mirror.is_served_by(first) else (clone, first)
            if waiting.process.pid is None or waiting.process.exit_code is not None:
                waiting.launch()
            fence = mirror.redis.get(mirror.keys.fence)
            until = time.monotonic() + WATCHED_S
            while time.monotonic() < until:
                assert mirror.redis.get(mirror.keys.fence) == fence
                assert mirror.is_served_by(serving)
                time.sleep(0.05)
            mirror.until(lambda: mirror.degraded() == ["cloned_log"])
            said = "this sidecar waits: another one serves the mirror with a copy of this log"
            mirror.until(lambda: said in waiting.process.last_lines(10_000))  # noqa: B023
            siege.until_served()
            serving.kill()
            mirror.until(lambda: mirror.is_served_by(waiting), 20)  # noqa: B023
            mirror.sidecar = waiting
            siege.until_served()
    progress(f"{ROUNDS} rounds; {siege.check()}")
    clone.kill()
