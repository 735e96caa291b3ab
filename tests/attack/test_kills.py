"""The sidecar killed (SIGKILL) at any moment: every command decided once, every event seen once."""

from typing import Any

from house.event_log import last_seq
from tests.attack.effort import Progress, times
from tests.attack.siege import Siege
from tests.sidecar.process.mirror import Mirror

KILLS = times(20, full=200)
_STARTING = 0.25
"""The share of kills that strike while it is still starting."""


def test_killed_again_and_again_under_load_nothing_is_lost_and_nothing_done_twice(
    siege: Siege, progress: Progress
) -> None:
    mirror = siege.mirror
    caught = unpublished = 0
    with siege:
        for number in range(1, KILLS + 1):
            progress(f"kill {number} of {KILLS}")
            siege.lull(0.6)
            mirror.sidecar.kill()
            caught += in_hand(mirror) > 0
            unpublished += last_seq(mirror.database) > last_published(mirror)
            if number < KILLS and siege.random.random() < _STARTING:
                mirror.sidecar.launch()
            else:
                mirror.sidecar.start()
    assert siege.of_state.gaps == 0
    progress(f"{KILLS} kills, {caught} with commands in hand, {unpublished} before publication; {siege.check()}")


def in_hand(mirror: Mirror) -> int:
    """Commands that it has read and not answered."""
    return mirror.pending()


def last_published(mirror: Mirror) -> int:
    """The place of the last event in Redis."""
    found: Any = mirror.redis.xrevrange(mirror.keys.events, count=1)
    return int(found[0][0].partition("-")[0]) if found else 0
