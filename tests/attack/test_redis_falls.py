"""Redis killed, emptied, cut short or paused under load: it carries and keeps nothing that the log does not have."""

import time
from collections.abc import Callable

import pytest

from tests.attack.effort import FULL, Progress, times
from tests.attack.siege import Siege

FALLS = times(3, full=20)
PAUSES = times(1, full=5)
_PAUSE_S = 10.0 if FULL else 6.0
"""Longer than the sidecar waits for an answer (5 s), and than its presence lives (3 s): that is what matters."""


def with_its_data(siege: Siege) -> None:
    """Nothing more."""


def without_its_data(siege: Siege) -> None:
    siege.mirror.server.empty()


def without_its_last_moment(siege: Siege) -> None:
    """As after a power cut, which takes what was not on its disk yet: acknowledged commands are there once more."""
    newest = max(siege.mirror.server.directory.glob("appendonlydir/*.incr.aof"))
    size = newest.stat().st_size
    with newest.open("r+b") as file:
        file.truncate(size - siege.random.randrange(min(size, 50_000)))


@pytest.mark.parametrize("comes_back", [with_its_data, without_its_data, without_its_last_moment])
def test_redis_is_killed_under_load_and_comes_back(
    siege: Siege, progress: Progress, comes_back: Callable[[Siege], None]
) -> None:
    server = siege.mirror.server
    with siege:
        for _ in siege.rounds("fall", FALLS, progress):
            server.kill()
            siege.lull(0.5)
            comes_back(siege)
            server.start()
    progress(f"{FALLS} falls; {siege.check()}")


def test_redis_and_the_sidecar_are_killed_at_the_same_time(siege: Siege, progress: Progress) -> None:
    mirror = siege.mirror
    with siege:
        for _ in siege.rounds("fall", FALLS, progress):
            mirror.server.kill()
            mirror.sidecar.kill()
            siege.random.choice((with_its_data, without_its_data, without_its_last_moment))(siege)
            mirror.server.start()
            mirror.sidecar.start()
    progress(f"{FALLS} falls; {siege.check()}")


@pytest.mark.parametrize("seconds", [1.0, _PAUSE_S])
def test_redis_hangs_under_load(siege: Siege, progress: Progress, seconds: float) -> None:
    with siege:
        for _ in siege.rounds(f"pause of {seconds:.0f} s", PAUSES, progress):
            siege.mirror.server.pause()
            time.sleep(seconds)
            siege.mirror.server.resume()
    progress(f"{PAUSES} pauses of {seconds:.0f} s; {siege.check()}")
